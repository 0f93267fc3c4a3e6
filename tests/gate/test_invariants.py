"""What must hold whatever the order of the rules, on every combination, in the oracle and in the SQL.

Each invariant stands beside its twin: the same facts with the obstacle removed do permit somewhere, so that
no invariant holds only because nothing was ever permitted.
"""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.gate.facts import CARERS, DOMAIN, PROFESSIONALS
from tests.gate.oracle import PERMITS
from tests.gate.table import DecisionTable

ACTORS = frozenset(DOMAIN["actor"])
ACTS = frozenset(DOMAIN["act"])
TIES = frozenset(DOMAIN["tie"])
ENTITLED = {"active": True, "strong": True, "lawful": True, "rights": True}
OPEN = {"act": "open"}
GLASS = {"glass": "valid", "may_break_glass": True}

# id -> (facts under which nobody is ever permitted, the same with the obstacle removed: somebody is)
NEVER: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "ACD-7 without account in force": ({"active": False}, {"active": True}),
    "ALL-3 without second factor": ({"strong": False}, {"strong": True}),
    "ACD-6 for a forbidden purpose": ({"lawful": False}, {"lawful": True}),
    "ACS-1 without a right in the function table": ({"rights": False}, {"rights": True}),
    "ACS-4 governance, but for the tasks of the Desk": (
        {"actor": "governance", "act": ACTS - {"govern"}},
        {"actor": "governance", "act": "govern"},
    ),
    "ALL-4 the Desk about patients of other institutions": (
        {"actor": "governance", "tie": TIES - {"institution"}},
        {"actor": "governance", "tie": "institution"},
    ),
    "ACS-4 the tasks of the Desk by anybody else": (
        {"actor": ACTORS - {"governance"}, "act": "govern"},
        {"actor": "governance", "act": "govern"},
    ),
    "EXC-2 the Desk about a patient who excluded the person": (
        {"actor": "governance", "exclusion": {"plain", "absolute"}},
        {"actor": "governance", "exclusion": "none"},
    ),
    "REP-4 deciding by carers, staff, governance and machines": (
        {"act": "decide", "actor": ACTORS - {"patient", "representative"}},
        {"act": "decide", "actor": {"patient", "representative"}},
    ),
    "REP-3 deciding under a mandate that does not say so": (
        {"act": "decide", "actor": "representative", "tie": {"foster", "mandate", "trusted"}},
        {"act": "decide", "actor": "representative", "tie": "mandate-decides"},
    ),
    "EXC-7 past an absolute exclusion": (
        {"exclusion": "absolute", "actor": PROFESSIONALS},
        {"exclusion": "none", "actor": PROFESSIONALS},
    ),
    "EXC-2 past a plain exclusion without lifting": (
        {"exclusion": "plain", "lifting": False, "actor": PROFESSIONALS},
        {"exclusion": "plain", "lifting": True, "actor": PROFESSIONALS},
    ),
    "EXC-7 staff past any exclusion, lifted or not": (
        {"exclusion": {"plain", "absolute"}, "actor": "staff"},
        {"exclusion": "none", "actor": "staff"},
    ),
    "BTG-6 by the glass past an exclusion": (
        {"exclusion": {"plain", "absolute"}, "lifting": False, "actor": CARERS, **GLASS},
        {"exclusion": "none", "lifting": False, "actor": CARERS, **GLASS},
    ),
    "DTH-1 the patient's account after death": (
        {"actor": "patient", "dead": True},
        {"actor": "patient", "dead": False},
    ),
    "DTH-1 a representative after death": (
        {"actor": "representative", "dead": True},
        {"actor": "representative", "dead": False},
    ),
    "DTH-1 an outside carer after death, unless designated": (
        {"actor": "outside", "dead": True, "tie": TIES - {"designated"}},
        {"actor": "outside", "dead": True, "tie": "designated"},
    ),
    "DTH-1 planning for a deceased": (
        {"act": "plan", "dead": True},
        {"act": "plan", "dead": False},
    ),
    "DTH-1 a lifting after death": (
        {"exclusion": "plain", "lifting": True, "dead": True, "actor": PROFESSIONALS},
        {"exclusion": "plain", "lifting": True, "dead": False, "actor": PROFESSIONALS},
    ),
    "DTH-3 a designation before death": (
        {"tie": "designated", "dead": False, "act": "open", "glass": "none", "lifting": False},
        {"tie": "designated", "dead": True, "act": "open", "glass": "none", "lifting": False},
    ),
    "ACD-1 a record that is not his own, by the patient's account": (
        {"actor": "patient", "tie": TIES - {"own"}},
        {"actor": "patient", "tie": "own"},
    ),
    "REP-2 a child under 15 itself": (
        {"actor": "patient", "age": "minor"},
        {"actor": "patient", "age": "opened"},
    ),
    "REP-1 a parent from the 15th birthday": (
        {"actor": "representative", "tie": "parent", "age": "of-age"},
        {"actor": "representative", "tie": "parent", "age": "minor"},
    ),
    "REP-1 a representation under dispute": (
        {"actor": "representative", "tie": "suspended"},
        {"actor": "representative", "tie": "legal"},
    ),
    "REP-4 a representative without representation": (
        {
            "actor": "representative",
            "tie": TIES - {"parent", "legal", "foster", "mandate", "mandate-decides", "trusted"},
        },
        {"actor": "representative", "tie": "trusted"},
    ),
    "ACS-5 a machine on data of another institution": (
        {"actor": "machine", "act": "open", "tie": TIES - {"institution"}},
        {"actor": "machine", "act": "open", "tie": "institution"},
    ),
    "XCH-1 delivering by a human being": (
        {"act": "deliver", "actor": ACTORS - {"machine"}},
        {"act": "deliver", "actor": "machine"},
    ),
    "ACD-2 planning by patient, representative or outside carer": (
        {"act": "plan", "actor": {"patient", "representative", "outside"}},
        {"act": "plan", "actor": {"inside", "staff", "machine"}},
    ),
    "CON-10 from outside against the refusal, glass or not, unless dead or lifted": (
        {"actor": "outside", "refuses_outside": True, "dead": False, "lifting": False},
        {"actor": "outside", "refuses_outside": False, "dead": False, "lifting": False},
    ),
    "CON-9 opening while suspended, glass or not, unless lifted": (
        {"act": "open", "tie": "suspended", "lifting": False},
        {"act": "open", "tie": "consent", "lifting": False},
    ),
    "CON-4 by being GP of record alone where no institution is gp-default": (
        {"act": "open", "tie": "gp", "gp_default": False, "glass": "none", "lifting": False},
        {"act": "open", "tie": "gp", "gp_default": True, "glass": "none", "lifting": False},
    ),
    "CON-6 by a pending link": (
        {"act": "open", "tie": "pending", "glass": "none", "lifting": False},
        {"act": "open", "tie": "work", "glass": "none", "lifting": False},
    ),
    "ACD-4 by a relation that ended": (
        {"act": "open", "tie": "ended", "glass": "none", "lifting": False},
        {"act": "open", "tie": "work", "glass": "none", "lifting": False},
    ),
    "ACD-1 without relation": (
        {"act": "open", "tie": "none", "glass": "none", "lifting": False},
        {"act": "open", "tie": "none", "glass": "valid", "lifting": False},
    ),
    "BTG-1 by an incomplete glass": (
        {"act": "open", "tie": "none", "glass": "incomplete", "lifting": False},
        {"act": "open", "tie": "none", "glass": "valid", "lifting": False},
    ),
    "BTG-2 by the glass with a function that may not": (
        {"act": "open", "tie": "none", "glass": "valid", "may_break_glass": False, "lifting": False},
        {"act": "open", "tie": "none", "glass": "valid", "may_break_glass": True, "lifting": False},
    ),
    "BTG-1 staff by the glass": (
        {"act": "open", "actor": "staff", "tie": TIES - {"work", "consent", "gp"}, **GLASS},
        {"act": "open", "actor": "inside", "tie": TIES - {"work", "consent", "gp"}, **GLASS},
    ),
    "BTG-3 the glass of a deceased": (
        {"act": "open", "tie": "none", "dead": True, **GLASS},
        {"act": "open", "tie": "none", "dead": False, **GLASS},
    ),
}

# fact -> (value that may only take away, value without it): never permitted with it where refused without it
NARROWS = {
    "exclusion": ("plain", "none"),
    "dead": (True, False),
    "refuses_outside": (True, False),
}

# fact -> (value that may only give, value without it)
WIDENS = {
    "active": (True, False),
    "strong": (True, False),
    "lawful": (True, False),
    "rights": (True, False),
    "may_break_glass": (True, False),
    "gp_default": (True, False),
    "glass": ("valid", "none"),
    "lifting": (True, False),
}

# id -> facts under which access is always given: care must not be denied
ALWAYS: dict[str, dict[str, object]] = {
    "MY-4 his own record, of age and alive": {
        **OPEN,
        "actor": "patient",
        "tie": "own",
        "age": {"opened", "of-age"},
        "dead": False,
    },
    "EXC an exclusion never closes the patient's own record": {
        **OPEN,
        "actor": "patient",
        "tie": "own",
        "age": "of-age",
        "dead": False,
        "exclusion": {"plain", "absolute"},
    },
    "REP-1 a parent of a child under 15": {
        **OPEN,
        "actor": "representative",
        "tie": "parent",
        "age": {"minor", "opened"},
        "dead": False,
    },
    "REP-3 a legal representative": {**OPEN, "actor": "representative", "tie": "legal", "dead": False},
    "ACD-2 a relation of work inside, also after death (DTH-2)": {
        **OPEN,
        "actor": {"inside", "staff"},
        "tie": "work",
        "exclusion": "none",
        "glass": "none",
    },
    "CON-10 a refusal of outside never shuts out the inside": {
        **OPEN,
        "actor": "inside",
        "tie": "work",
        "exclusion": "none",
        "glass": "none",
        "refuses_outside": True,
    },
    "BTG-1 an emergency of somebody unknown": {
        **OPEN,
        **GLASS,
        "actor": "inside",
        "tie": {"none", "pending", "ended"},
        "exclusion": "none",
        "dead": False,
    },
    "BTG-1 the GP of record where consent is asked first": {
        **OPEN,
        **GLASS,
        "actor": "outside",
        "tie": "gp",
        "exclusion": "none",
        "dead": False,
        "refuses_outside": False,
    },
    "EXC-7 a lifting in force": {
        **OPEN,
        "actor": CARERS,
        "exclusion": "plain",
        "lifting": True,
        "dead": False,
    },
    "DTH-3 the professional designated": {
        **OPEN,
        "actor": CARERS,
        "tie": "designated",
        "dead": True,
        "exclusion": "none",
    },
    "XCH-1 late results": {"act": "deliver", "actor": "machine", "tie": "institution"},
    "ACD-2 planning for the living": {
        "act": "plan",
        "actor": {"inside", "staff", "machine"},
        "exclusion": "none",
        "dead": False,
    },
}

# facts that must not touch these actors at all: the rule itself stays the same
INDIFFERENT = {
    "exclusions touch neither patients nor machines": ("exclusion", {"patient", "representative", "machine"}),
    "liftings touch carers only": ("lifting", ACTORS - CARERS),
    "the glass is for carers": ("glass", {"patient", "representative", "governance", "machine"}),
    "the refusal of outside touches the outside only": ("refuses_outside", ACTORS - {"outside"}),
    "age touches the patient's side only": ("age", PROFESSIONALS | {"machine", "governance"}),
    "gp-default touches carers only": ("gp_default", ACTORS - CARERS),
    "death does not stop a machine reading its own": ("dead", {"governance"}),
}


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest, record_property) -> Iterator[None]:
    """Count each invariant once, where it is checked on the SQL."""
    if "sql" in request.node.name:
        record_property("invariants", 1)
    yield


@pytest.mark.parametrize("name", NEVER)
def test_nobody_is_permitted(decisions: DecisionTable, name: str):
    forbidden, twin = NEVER[name]
    assert decisions.count_permitted(**forbidden) == 0
    assert decisions.count_permitted(**twin) > 0, "the twin permits nothing: this invariant proves nothing"


@pytest.mark.parametrize("name", ALWAYS)
def test_access_is_never_denied(decisions: DecisionTable, name: str):
    refused = decisions.rules(**ENTITLED, **ALWAYS[name]) - PERMITS
    assert not refused


@pytest.mark.parametrize("fact", NARROWS)
def test_a_protection_never_opens_anything(decisions: DecisionTable, fact: str):
    # a death opens exactly one thing: the reading right of the designated professional
    others = {"tie": TIES - {"designated"}} if fact == "dead" else {}
    # a lifting opens an excluded record by itself: it is looked at on its own above
    others |= {"lifting": False} if fact == "exclusion" else {}
    protected, bare = NARROWS[fact]
    with_it, without = (decisions.permitted(**others, **{fact: value}) for value in (protected, bare))
    assert not np.any(with_it & ~without)
    assert np.any(without & ~with_it)


@pytest.mark.parametrize("fact", WIDENS)
def test_a_proof_never_closes_anything(decisions: DecisionTable, fact: str):
    proven, bare = WIDENS[fact]
    with_it, without = (decisions.permitted(**{fact: value}) for value in (proven, bare))
    assert not np.any(without & ~with_it)
    assert np.any(with_it & ~without)


@pytest.mark.parametrize("name", INDIFFERENT)
def test_a_fact_does_not_touch_the_actor(decisions: DecisionTable, name: str):
    fact, actors = INDIFFERENT[name]
    for actor in actors:
        answers = [decisions.codes(actor=actor, **{fact: value}) for value in DOMAIN[fact]]
        assert all(np.array_equal(answers[0], other) for other in answers[1:]), actor


def test_the_first_bars_answer_before_anything_about_the_patient(decisions: DecisionTable):
    assert decisions.rules(active=False) == {"ACD-7.ended"}
    assert decisions.rules(active=True, strong=False) == {"ALL-3.second-factor"}
    assert decisions.rules(active=True, strong=True, lawful=False) == {"ACD-6.purpose"}


def test_an_excluded_carer_learns_only_that(decisions: DecisionTable):
    asked = {"active": True, "strong": True, "lawful": True, "actor": PROFESSIONALS}
    assert decisions.rules(**asked, exclusion="absolute") == {"EXC-2.excluded"}
    assert decisions.rules(**asked, exclusion="plain", lifting=False) == {"EXC-2.excluded"}


def test_break_the_glass_is_named_only_where_the_glass_was_asked(decisions: DecisionTable):
    named = {"BTG-1.emergency", "BTG-2.function", "BTG-1.incomplete"}
    assert not decisions.rules(glass="none") & named
    assert "BTG-1.emergency" in decisions.rules(glass="valid")
    assert "BTG-1.emergency" not in decisions.rules(glass="incomplete")


def test_a_relation_in_force_needs_no_glass(decisions: DecisionTable):
    asked = {**ENTITLED, **OPEN, **GLASS, "actor": "inside", "exclusion": "none", "lifting": False}
    assert decisions.rules(**asked, tie="work") == {"ACD-2.work"}
    assert decisions.rules(**asked, tie="consent") == {"ACD-3.consent"}
