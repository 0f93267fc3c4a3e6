"""LOG-7: each entry exports as a FHIR AuditEvent by IHE BALP; every verb, permitted and refused, for whom it may concern."""

import base64
import json
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.gate.world import World
from tests.log.audit.balp import ADDRESS, PROFILES, faults
from unidossier.log.audit import Shown, audit_events
from unidossier.log.audit.verbs import KINDS, Kind, VerbUnknown, kind_of
from unidossier.record.validation import validate

PATIENT, ITEM, PERSON, HOUSE, OTHER = (UUID(int=n) for n in range(1, 6))


def an_entry(**columns: Any) -> dict[str, Any]:
    """An entry of a nurse of a hospital about one patient."""
    return {
        "id": 2026110000000000042,
        "at": datetime(2026, 11, 22, 5, 0, 0, 123456, tzinfo=UTC),
        "session_id": uuid4(),
        "person_id": PERSON,
        "person_name": "Jo Doe",
        "function": "nurse",
        "institution_id": HOUSE,
        "acting_for": None,
        "patient_id": PATIENT,
        "patients": None,
        "verb": "open-item",
        "categories": 0b100000010,
        "items": [ITEM],
        "detail": {"text": "hip"},
        "purpose": "care",
        "rule": "ACD-2.work",
        "permitted": True,
        "origin": "ward",
        "device": "0123456789abcdef",
        "address": "192.0.2.7",
        "glass_reason": None,
        "glass_text": None,
    } | columns


def _claimed(event: dict[str, Any]) -> str | None:
    (claimed,) = event.get("meta", {}).get("profile", [None])
    return claimed.removeprefix(ADDRESS) if claimed else None


@pytest.mark.parametrize("verb", KINDS)
def test_every_verb_is_a_valid_event_that_keeps_its_profile(verb: str) -> None:
    for about, permitted, shown in product(("one", "list", "nobody"), (True, False), Shown):
        entry = an_entry(
            verb=verb,
            permitted=permitted,
            patient_id=PATIENT if about == "one" else None,
            patients=[PATIENT, OTHER] if about == "list" else None,
            items=[ITEM] if about == "one" else None,
        )
        events = audit_events(entry, shown=shown)
        assert len(events) == (2 if about == "list" else 1)
        for event in events:
            assert validate(json.dumps(event).encode()).resource_type == "AuditEvent"
            name = _claimed(event)
            is_decision = not permitted and verb not in ("sign-in", "sign-out")
            if about != "nobody" and (is_decision or kind_of(verb).value in PROFILES):
                assert name is not None
            assert name is None or faults(event, name) == []
            assert event["outcome"] == ("0" if permitted else "8")


def test_every_verb_of_the_gate_has_its_kind(world: World) -> None:
    verbs = {verb for (verb,) in world.run("SELECT slug FROM gate.verb")}
    assert sorted(verbs - KINDS.keys()) == []
    with pytest.raises(VerbUnknown):
        kind_of("fly")


def test_a_refusal_is_an_authorization_decision_and_says_why() -> None:
    """The resource profiles are for what succeeded; a denial follows AuthZconsent (BALP 3:5.7.6)."""
    refused = an_entry(permitted=False, rule="EXC-2.excluded", rule_words="excluded by the patient")
    (event,) = audit_events(refused, shown=Shown.WHOLE)
    assert (_claimed(event), event["outcome"], event["outcomeDesc"]) == (
        "AuthZconsent",
        "8",
        "excluded by the patient",
    )
    (permitted,) = audit_events(an_entry(), shown=Shown.WHOLE)
    assert (_claimed(permitted), permitted["outcome"]) == ("PatientRead", "0")


def test_break_the_glass_is_a_purpose_of_use() -> None:
    entry = an_entry(verb="break-the-glass", glass_reason="unconscious", glass_text="Found in the street")
    (event,) = audit_events(entry, shown=Shown.WHOLE)
    assert event["purposeOfEvent"][0]["coding"][0]["code"] == "BTG"
    assert "Found in the street" in json.dumps(event)
    (told,) = audit_events(entry, shown=Shown.PRESENTED)
    assert "Found in the street" not in json.dumps(told) and "unconscious" in json.dumps(told)


def test_one_event_for_each_patient_of_a_list_names_nobody_else() -> None:
    """BALP PatientQuery: one AuditEvent is created for every patient."""
    listed = an_entry(verb="list-patients", patient_id=None, patients=[PATIENT, OTHER], items=None)
    first, second = audit_events(listed, shown=Shown.PRESENTED)
    assert str(PATIENT) in json.dumps(first) and str(OTHER) not in json.dumps(first)
    assert str(OTHER) in json.dumps(second) and str(PATIENT) not in json.dumps(second)
    assert first["id"] != second["id"]


def test_one_event_for_each_item() -> None:
    events = audit_events(an_entry(items=[ITEM, OTHER]), shown=Shown.WHOLE)
    assert [one["entity"][1]["what"]["identifier"]["value"] for one in events] == [
        f"urn:uuid:{ITEM}",
        f"urn:uuid:{OTHER}",
    ]


@pytest.mark.parametrize(
    ("presentation", "has", "has_not"),
    [
        ("named", ("Jo Doe", str(PERSON)), ()),
        ("pseudonymised", ("K7QXA",), ("Jo Doe", str(PERSON))),
        ("anonymised", ("nurse",), ("Jo Doe", str(PERSON), "K7QXA")),
    ],
)
def test_the_patient_reads_what_the_institution_presents(
    presentation: str, has: tuple[str, ...], has_not: tuple[str, ...]
) -> None:
    """MY-15; and never the device, the address or the words searched, which those who answer for the log do read."""
    presented = {
        "presentation": presentation,
        "pseudonym": "K7QXA" if presentation == "pseudonymised" else "",
    }
    for verb in ("open-item", "search-record", "break-the-glass"):
        entry = an_entry(verb=verb, **presented)
        (event,) = audit_events(entry, shown=Shown.PRESENTED)
        text = json.dumps(event) + _query_of(event)
        assert all(one in text for one in has)
        for one in (*has_not, "192.0.2.7", "0123456789abcdef", "hip"):
            assert one not in text
        whole = audit_events(entry, shown=Shown.WHOLE)[0]
        told = json.dumps(whole) + _query_of(whole)
        assert "192.0.2.7" in told and "0123456789abcdef" in told and "Jo Doe" in told
        if kind_of(verb) is Kind.QUERY:
            assert "hip" in told


def _query_of(event: dict[str, Any]) -> str:
    return "".join(base64.b64decode(one["query"]).decode() for one in event["entity"] if "query" in one)


def test_acting_for_somebody_is_told() -> None:
    """REP-5."""
    (event,) = audit_events(
        an_entry(function="representative", acting_for=OTHER, institution_id=None), shown=Shown.WHOLE
    )
    (user,) = [one for one in event["agent"] if one["requestor"]]
    assert user["who"]["type"] == "RelatedPerson"
    assert user["policy"] == ["urn:unidossier:rule:ACD-2.work", f"urn:uuid:{OTHER}"]


def test_the_table_of_the_profiles_finds_faults() -> None:
    """A proof that could not fail would be none."""
    (event,) = audit_events(an_entry(), shown=Shown.WHOLE)
    assert faults(event, "PatientRead") == []
    assert faults(event, "PatientQuery") != []
    for spoiled in (
        event | {"action": "E"},
        event | {"outcome": "8"},
        event | {"entity": event["entity"][:1]},
        event | {"agent": event["agent"][1:]},
        event | {"agent": [one | {"network": {"type": "2"}} for one in event["agent"]]},
        event | {"subtype": []},
    ):
        assert faults(spoiled, "PatientRead") != []
