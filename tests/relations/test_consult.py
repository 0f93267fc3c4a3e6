"""Requests, links, renewal, trust: the law as a table, each refusal beside its permit (CON-5 to CON-8, CON-10, ACD-3)."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from uuid import UUID

import psycopg
import pytest

from tests.gate.reader import Reader
from tests.gate.world import World
from tests.relations.outside import Outsider, known, number, relation_of, told
from unidossier.kernel.brussels import BRUSSELS, midnight
from unidossier.kernel.period import add_months
from unidossier.kernel.uuid7 import new_id

TODAY = datetime.now(BRUSSELS).date()
SILENT: dict[str, Callable[[World, UUID, Outsider], object]] = {
    "deceased (DTH-1)": lambda w, p, c: w.run(
        "UPDATE registry.patient SET deceased_at = now() WHERE id = %s", p
    ),
    "refuses access from outside (CON-10)": lambda w, p, c: w.run(
        "UPDATE registry.patient SET refuses_outside = true WHERE id = %s", p
    ),
    "excluded the carer (EXC-2)": lambda w, p, c: w.exclude(p, c.worker.person),
}


@pytest.fixture
def carer(world: World) -> Outsider:
    return Outsider.make(world)


def opens(reader: Reader, carer: Outsider, patient: UUID) -> bool:
    return reader.grant(carer.secret, patient).allowed


def refused_with(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(psycopg.Error) as fault:
        act()
    assert (fault.value.sqlstate, fault.value.diag.message_primary) == ("UD010", code)


def test_a_request_waits_tells_the_patient_and_opens_nothing(
    world: World, carer: Outsider, reader: Reader
) -> None:  # CON-5
    patient, digits = known(world)
    assert carer.ask(digits) == "made"
    assert relation_of(world, patient, carer.worker.person) == ("request", "pending", False, "number-typed")
    assert told(world, patient) == ["request"]
    assert not opens(reader, carer, patient)
    ((days,),) = world.run("SELECT ends_at - now() FROM relations.relation WHERE patient_id = %s", patient)
    assert timedelta(days=29, hours=20) < days < timedelta(days=30, hours=4)  # silence refuses after 30 days


def test_an_accepted_request_opens_and_only_then_the_carer_learns_of_it(
    world: World, carer: Outsider, reader: Reader
) -> None:  # CON-5
    patient, digits = known(world)
    carer.ask(digits)
    assert carer.attempts() == [(digits, "request", "waiting")]
    world.run(
        "UPDATE relations.relation SET state = 'in-force', consented = true WHERE patient_id = %s AND person_id = %s",
        patient, carer.worker.person,
    )  # fmt: skip
    assert carer.attempts() == [(digits, "request", "open")]
    assert opens(reader, carer, patient)


def test_a_refused_request_reads_as_one_that_nobody_answered(world: World, carer: Outsider) -> None:  # ACD-8
    patient, digits = known(world)
    carer.ask(digits)
    world.run("UPDATE relations.relation SET state = 'refused' WHERE patient_id = %s", patient)
    nobody = number()
    carer.ask(nobody)
    assert carer.attempts() == [(digits, "request", "waiting"), (nobody, "request", "waiting")]


def test_a_link_opens_only_when_the_signed_form_is_declared(
    world: World, carer: Outsider, reader: Reader
) -> None:  # CON-6
    patient, digits = known(world)
    attempt = new_id()
    assert carer.link(digits, attempt=attempt) == "made"
    assert relation_of(world, patient, carer.worker.person) == ("link", "pending", False, "number-typed")
    assert (opens(reader, carer, patient), told(world, patient)) == (False, [])
    assert carer.declare(attempt, TODAY - timedelta(days=3)) == "declared"
    assert relation_of(world, patient, carer.worker.person) == ("link", "in-force", True, "signed-form")
    assert (opens(reader, carer, patient), told(world, patient)) == (True, ["link"])
    ((ends,),) = world.run("SELECT ends_at FROM relations.relation WHERE patient_id = %s", patient)
    assert ends == add_months(midnight(TODAY - timedelta(days=3)), 12)  # CON-7: from the date of the form
    letters = world.run("SELECT way FROM notices.dispatch WHERE patient_id = %s", patient)
    assert ("letter",) in letters  # CON-8


@pytest.mark.parametrize("why", SILENT)
def test_who_may_not_be_linked_looks_like_nobody(
    world: World, carer: Outsider, reader: Reader, why: str
) -> None:  # ACD-8, CON-6
    patient, digits = known(world)
    SILENT[why](world, patient, carer)
    nobody = number()
    carer.linked(digits)
    carer.linked(nobody)
    assert [line[1:] for line in carer.attempts()] == [("link", "declared")] * 2
    assert relation_of(world, patient, carer.worker.person) == ()
    assert (opens(reader, carer, patient), told(world, patient)) == (False, [])
    assert carer.ask(digits) == carer.ask(nobody) == "made"
    assert relation_of(world, patient, carer.worker.person) == ()


@pytest.mark.parametrize("why", SILENT)
def test_what_comes_between_link_and_form_still_bars(
    world: World, carer: Outsider, reader: Reader, why: str
) -> None:
    patient, digits = known(world)
    attempt = new_id()
    carer.link(digits, attempt=attempt)
    SILENT[why](world, patient, carer)
    assert carer.declare(attempt, TODAY) == "declared"
    assert relation_of(world, patient, carer.worker.person)[1] == "pending"
    assert not opens(reader, carer, patient)


def test_a_patient_registered_meanwhile_is_opened_by_the_form(
    world: World, carer: Outsider, reader: Reader
) -> None:  # CON-6
    digits, attempt = number(), new_id()
    carer.link(digits, attempt=attempt)
    patient = world.patient()
    world.run(
        "INSERT INTO registry.patient_identifier (patient_id, system, value) VALUES (%s, 'x/ssin', %s)",
        patient,
        digits,
    )
    carer.declare(attempt, TODAY)
    assert opens(reader, carer, patient)


def test_the_patient_sees_who_tried(world: World, carer: Outsider) -> None:  # LOG-1, T15
    patient, digits = known(world)
    world.exclude(patient, carer.worker.person)
    carer.ask(digits)
    ((rule, permitted, detail),) = world.run(
        "SELECT rule, permitted, detail::text FROM log.entry WHERE patient_id = %s AND verb = 'ask-access'",
        patient,
    )
    assert (rule, permitted) == ("EXC-2.excluded", False)
    assert digits not in detail


@pytest.mark.parametrize(
    ("code", "signed"),
    [("signed-in-future", TODAY + timedelta(days=1)), ("signed-too-old", TODAY - timedelta(days=94))],
)
def test_the_date_of_the_form(world: World, carer: Outsider, code: str, signed: date) -> None:  # CON-6
    attempt = new_id()
    carer.link(number(), attempt=attempt)
    refused_with(code, lambda: carer.declare(attempt, signed))
    assert carer.declare(attempt, TODAY - timedelta(days=88)) == "declared"


def test_a_link_needs_an_informed_patient_and_a_recent_contact(carer: Outsider) -> None:  # CON-6
    refused_with("not-informed", lambda: carer.link(number(), informed=False))
    refused_with("contact-in-future", lambda: carer.link(number(), contact=TODAY + timedelta(days=1)))
    refused_with("contact-too-old", lambda: carer.link(number(), contact=TODAY - timedelta(days=31)))
    assert carer.link(number(), contact=TODAY - timedelta(days=30)) == "made"


def test_a_request_needs_a_reason(carer: Outsider) -> None:  # CON-5
    refused_with("reason-too-short", lambda: carer.ask(number(), reason="a  b      c   "))
    assert carer.ask(number(), reason="back pains") == "made"


def test_nobody_declares_the_form_of_another(world: World, carer: Outsider) -> None:
    attempt = new_id()
    carer.link(number(), attempt=attempt)
    refused_with("no-such-link", lambda: Outsider.make(world).declare(attempt, TODAY))


def test_the_same_form_twice_is_one_attempt(world: World, carer: Outsider) -> None:
    patient, digits = known(world)
    attempt = new_id()
    assert [carer.ask(digits, attempt=attempt) for _ in range(2)] == ["made", "made"]
    assert len(carer.attempts()) == 1
    assert told(world, patient) == ["request"]


def test_a_second_request_for_the_same_number_waits_known_or_not(world: World, carer: Outsider) -> None:
    _patient, digits = known(world)
    nobody = number()
    assert [carer.ask(digits), carer.ask(nobody)] == ["made", "made"]
    assert [carer.ask(digits), carer.ask(nobody)] == ["waits", "waits"]


def test_carers_inside_and_sessions_without_second_factor_try_nothing(world: World) -> None:  # ALL-3
    patient, digits = known(world)
    inside = world.worker("specialist", world.institution())
    weak = Outsider.make(world, strong=False)
    assert Outsider(world, inside, world.session(inside)).ask(digits) == "refused"
    assert weak.ask(digits) == "refused"
    assert told(world, patient) == []


def test_of_500_numbers_tried_twenty_pass_known_or_not(
    world: World, carer: Outsider
) -> None:  # T15, misses.a-day
    patients = dict(known(world) for _ in range(10))
    tries = [*patients.values(), *(number() for _ in range(490))]
    answers = [carer.ask(digits) for digits in tries[5:30]] + [
        carer.ask(digits) for digits in (*tries[:5], *tries[30:])
    ]
    assert answers == ["made"] * 20 + ["too-many"] * 480
    assert Outsider.make(world).ask(tries[0]) == "made"  # somebody else's day


def test_a_second_account_of_the_same_human_being_does_not_begin_at_nought(
    world: World, carer: Outsider
) -> None:  # EXC-6
    for _ in range(20):
        carer.ask(number())
    again = world.worker("gp", carer.worker.institution, human=carer.worker.person)
    assert Outsider(world, again, world.session(again, face="consult")).ask(number()) == "too-many"


def test_known_and_unknown_take_the_same_time(world: World, carer: Outsider) -> None:  # T15
    world.setting(carer.worker.institution, name="misses.a-day", value="1000")
    took: dict[bool, list[float]] = {True: [], False: []}
    asked = [known(world)[1] if turn % 2 == 0 else number() for turn in range(160)]
    with psycopg.connect(world.dsns.app, autocommit=True) as connection:
        for turn, digits in enumerate(asked):
            is_known = turn % 2 == 0
            began = time.perf_counter()
            connection.execute(
                "SELECT relations.ask_access(%s, %s, %s, 'Al Roe', 'treats him for back pain')",
                (carer.secret, new_id(), digits),
            )
            took[is_known].append(time.perf_counter() - began)
    one, other = (median(took[is_known][10:]) for is_known in (True, False))
    # the same rows are written for both; the spread of single answers is far wider than what is left between them
    assert abs(one - other) < 0.25 * min(one, other), took


def link_ending(world: World, patient: UUID, carer: Outsider, *, days: float, kind: str = "link") -> UUID:
    return world.relation(
        patient, carer.worker, kind=kind, consented=kind == "link", ends_at=datetime.now(UTC) + timedelta(days=days)
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["link", "gp"])
def test_a_contact_renews_what_ends_soon_and_tells_the_patient(
    world: World, carer: Outsider, kind: str
) -> None:  # CON-7
    patient, _ = known(world)
    relation = link_ending(world, patient, carer, days=20, kind=kind)
    world.item(patient, world.institution())  # the GP of record stands on the setting of who holds something
    contact = TODAY - timedelta(days=2)
    for _ in range(2):  # the second time is the same form sent again
        until = carer.under(
            "renew-relation", patient, "SELECT relations.renew_relation(%s, %s)", relation, contact
        )
        assert until == add_months(midnight(contact), 12)
    assert told(world, patient) == ["renewal"]


@pytest.mark.parametrize(
    ("code", "days", "contact"),
    [
        ("not-ending-soon", 40, TODAY),
        ("contact-in-future", 20, TODAY + timedelta(days=1)),
        ("contact-too-old", 20, TODAY - timedelta(days=31)),
    ],
)
def test_renewal_is_never_silent_nor_early(
    world: World, carer: Outsider, code: str, days: float, contact: date
) -> None:  # CON-7
    patient, _ = known(world)
    relation = link_ending(world, patient, carer, days=days)
    refused_with(
        code,
        lambda: carer.under(
            "renew-relation", patient, "SELECT relations.renew_relation(%s, %s)", relation, contact
        ),
    )
    assert told(world, patient) == []


def test_nobody_renews_the_relation_of_another(world: World, carer: Outsider) -> None:
    patient, _ = known(world)
    colleague = Outsider.make(world)
    link_ending(world, patient, carer, days=20)
    relation = link_ending(world, patient, colleague, days=20)
    refused_with(
        "no-such-relation",
        lambda: carer.under(
            "renew-relation", patient, "SELECT relations.renew_relation(%s, %s)", relation, TODAY
        ),
    )


TRUST = "SELECT relations.declare_trust(%s, %s, %s, 'holiday')"


def test_the_gp_of_record_gives_a_colleague_access_for_a_time(
    world: World, carer: Outsider, reader: Reader
) -> None:  # ACD-3
    patient, _ = known(world)
    link_ending(world, patient, carer, days=200, kind="gp")
    world.item(patient, world.institution())
    colleague = Outsider.make(world)
    assert not opens(reader, colleague, patient)
    until = TODAY + timedelta(days=30)
    carer.under("declare-trust", patient, TRUST, new_id(), colleague.worker.employment, until)
    assert relation_of(world, patient, colleague.worker.person) == ("granted", "in-force", False, "declared")
    assert opens(reader, colleague, patient)
    assert told(world, patient) == ["access"]
    ((ends,),) = world.run(
        "SELECT ends_at FROM relations.relation WHERE person_id = %s", colleague.worker.person
    )
    assert ends == midnight(until + timedelta(days=1))  # the last day counts whole


@pytest.mark.parametrize(
    ("code", "until"),
    [("too-long", TODAY + timedelta(days=95)), ("ended-before", TODAY - timedelta(days=1))],
)
def test_trust_has_an_end(world: World, carer: Outsider, code: str, until: date) -> None:  # ACD-3, ACD-4
    patient, _ = known(world)
    link_ending(world, patient, carer, days=200, kind="gp")
    world.item(patient, world.institution())
    colleague = Outsider.make(world)
    refused_with(
        code,
        lambda: carer.under("declare-trust", patient, TRUST, new_id(), colleague.worker.employment, until),
    )


def test_only_the_gp_of_record_gives_trust(world: World, carer: Outsider) -> None:  # ACD-3
    patient, _ = known(world)
    link_ending(world, patient, carer, days=200)
    colleague = Outsider.make(world)
    refused_with(
        "not-the-gp",
        lambda: carer.under("declare-trust", patient, TRUST, new_id(), colleague.worker.employment, TODAY),
    )


def test_an_excluded_colleague_stays_out_whatever_the_gp_declares(
    world: World, carer: Outsider, reader: Reader
) -> None:  # EXC-2
    patient, _ = known(world)
    link_ending(world, patient, carer, days=200, kind="gp")
    world.item(patient, world.institution())
    colleague = Outsider.make(world)
    world.exclude(patient, colleague.worker.person)
    carer.under("declare-trust", patient, TRUST, new_id(), colleague.worker.employment, TODAY)
    assert not opens(reader, colleague, patient)
