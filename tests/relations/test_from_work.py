"""Relations come from work, move with it and end with it (ACD-2, ACD-4), in the transaction that stores it."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days, row
from tests.relations.work import (
    IMAGING,
    LABORATORY,
    REFERRAL,
    appointment,
    care_team,
    encounter,
    order,
    person,
    team,
    ward,
)
from unidossier.database.connections import pool
from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.kernel.brussels import BRUSSELS, localize
from unidossier.kernel.category import Category, in_mask
from unidossier.kernel.period import add_months
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record
from unidossier.record.work import CARD_READ

LEAD = timedelta(days=7)
HALF_AN_HOUR = timedelta(minutes=30)
FOR_EVER = "infinity"


def made(clinic: Clinic, item: str | UUID) -> dict[UUID, tuple[str, datetime, Any]]:
    """Give who holds a relation made by this work: kind, start, end ("infinity" while it goes on)."""
    rows = clinic.world.run(
        """SELECT coalesce(person_id, team_id), kind, starts_at, nullif(ends_at, 'infinity') FROM relations.relation
        WHERE patient_id = %s AND source_id = %s""",
        clinic.patient,
        item,
    )
    return {who: (kind, starts, ends or FOR_EVER) for who, kind, starts, ends in rows}


def after(end: datetime, *, months: int) -> datetime:
    return add_months(end, months)


def before(start: datetime, *, lead: timedelta) -> datetime:
    """The same time of the clock in Brussels, whole days earlier."""
    wall = start.astimezone(BRUSSELS).replace(tzinfo=None)
    return localize(wall - lead)


def next_change_of_clocks() -> datetime:
    """Give noon in Brussels of the day on which its clocks next change."""
    day = days(1).astimezone(BRUSSELS).replace(hour=12, minute=0, second=0)
    while (day - timedelta(days=1)).utcoffset() == day.utcoffset():
        day += timedelta(days=1)
    return day.astimezone(UTC)


def is_over(clinic: Clinic, item: str | UUID, who: UUID) -> bool:
    ((over,),) = clinic.world.run(
        "SELECT ends_at <= now() FROM relations.relation WHERE source_id = %s AND coalesce(person_id, team_id) = %s",
        item,
        who,
    )
    return bool(over)


def epoch(clinic: Clinic) -> int:
    rows = clinic.world.run("SELECT epoch FROM gate.epoch WHERE subject = %s", clinic.patient)
    return rows[0][0] if rows else 0


@pytest.fixture
def surgeon(clinic: Clinic) -> UUID:
    return clinic.world.worker("specialist", clinic.id).person


@pytest.fixture
def service(clinic: Clinic) -> UUID:
    return clinic.world.team(clinic.id, kind="service")


# appointments


def test_an_appointment_opens_seven_days_before_and_three_months_after(clinic: Clinic, surgeon: UUID) -> None:
    starts = days(20)
    sent = appointment(person(surgeon), starts=starts, ends=starts + timedelta(hours=2))
    clinic.send(sent)
    assert made(clinic, sent["id"]) == {
        surgeon: ("appointment", before(starts, lead=LEAD), after(starts + timedelta(hours=2), months=3))
    }


def test_its_team_and_its_person_each_hold_one(clinic: Clinic, surgeon: UUID, service: UUID) -> None:
    nurse = clinic.world.worker("nurse", clinic.id).person
    sent = appointment(team(service), person(surgeon), person(nurse), starts=1)
    clinic.send(sent)
    assert made(clinic, sent["id"]).keys() == {service, surgeon, nurse}


def test_a_moved_appointment_moves_its_relation(clinic: Clinic, surgeon: UUID) -> None:
    item, first, second = new_id(), days(2), days(40)
    clinic.send(appointment(person(surgeon), starts=first, item=item))
    assert made(clinic, item)[surgeon][1] == before(first, lead=LEAD)
    clinic.send(appointment(person(surgeon), starts=second, item=item))
    ends = after(second + HALF_AN_HOUR, months=3)
    assert made(clinic, item) == {surgeon: ("appointment", before(second, lead=LEAD), ends)}
    assert clinic.world.run("SELECT starts_at FROM relations.appointment WHERE id = %s", item) == [(second,)]


def on_each_connection(statement: str, *values: str) -> None:
    """Which of them the next act draws is the pool's affair."""
    with ExitStack() as held:
        for _ in range(pool().get_stats()["pool_size"]):
            held.enter_context(pool().connection()).execute(statement, values)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Brussels", "America/Lima"])
def test_days_and_months_are_counted_in_brussels(clinic: Clinic, surgeon: UUID, zone: str) -> None:
    """Summer time begins or ends between start and end; the session's own time zone says nothing."""
    starts = next_change_of_clocks() + timedelta(days=1)
    sent = appointment(person(surgeon), starts=starts)
    on_each_connection("SELECT set_config('TimeZone', %s, false)", zone)
    try:
        clinic.send(sent)
    finally:
        on_each_connection("RESET TimeZone")
    ends = after(starts + HALF_AN_HOUR, months=3)
    assert made(clinic, sent["id"]) == {surgeon: ("appointment", before(starts, lead=LEAD), ends)}
    assert starts - before(starts, lead=LEAD) != LEAD  # the clocks did change in between


@pytest.mark.parametrize("status", ["cancelled", "noshow", "entered-in-error"])
def test_what_does_not_take_place_ends_its_relation(
    clinic: Clinic, surgeon: UUID, service: UUID, status: str
) -> None:
    item = new_id()
    actors = (person(surgeon), team(service))
    clinic.send(appointment(*actors, starts=1, item=item))
    assert [is_over(clinic, item, who) for who in (surgeon, service)] == [False, False]
    clinic.send(appointment(*actors, starts=1, item=item, status=status))
    assert [is_over(clinic, item, who) for who in (surgeon, service)] == [True, True]


@pytest.mark.parametrize("status", ["arrived", "checked-in", "fulfilled"])
def test_what_takes_place_keeps_it(clinic: Clinic, surgeon: UUID, status: str) -> None:
    item = new_id()
    clinic.send(appointment(person(surgeon), starts=-0.1, item=item))
    clinic.send(appointment(person(surgeon), starts=-0.1, item=item, status=status))
    assert not is_over(clinic, item, surgeon)


def test_an_appointment_called_off_and_booked_again_opens_again(clinic: Clinic, surgeon: UUID) -> None:
    item, starts = new_id(), days(3)
    for status in ("booked", "cancelled", "booked"):
        clinic.send(appointment(person(surgeon), starts=starts, item=item, status=status))
    assert made(clinic, item)[surgeon][2] == after(starts + HALF_AN_HOUR, months=3)


def test_who_is_replaced_loses_what_the_work_gave(clinic: Clinic, surgeon: UUID, service: UUID) -> None:
    item, stand_in = new_id(), clinic.world.worker("specialist", clinic.id).person
    clinic.send(appointment(person(surgeon), team(service), starts=1, item=item))
    clinic.send(appointment(person(stand_in), team(service), starts=1, item=item))
    over = {who: is_over(clinic, item, who) for who in (surgeon, stand_in, service)}
    assert over == {surgeon: True, stand_in: False, service: False}


def test_replacing_somebody_takes_nothing_that_other_work_gave(clinic: Clinic, surgeon: UUID) -> None:
    item, other = new_id(), new_id()
    stand_in = clinic.world.worker("specialist", clinic.id).person
    for each in (item, other):
        clinic.send(appointment(person(surgeon), starts=1, item=each))
    clinic.send(appointment(person(stand_in), starts=1, item=item))
    assert (is_over(clinic, item, surgeon), is_over(clinic, other, surgeon)) == (True, False)


def test_what_the_patient_withdrew_comes_not_back_by_telling_the_work_again(
    clinic: Clinic, surgeon: UUID
) -> None:
    item = new_id()
    clinic.send(appointment(person(surgeon), starts=1, item=item))
    clinic.world.run("UPDATE relations.relation SET state = 'withdrawn' WHERE source_id = %s", item)
    clinic.send(appointment(person(surgeon), starts=2, item=item))
    rows = clinic.world.run("SELECT state FROM relations.relation WHERE source_id = %s", item)
    assert rows == [("withdrawn",)]


# stays and consultations


def test_a_stay_that_goes_on_has_no_end_and_then_three_months(clinic: Clinic, service: UUID) -> None:
    item, starts, ends = new_id(), days(-3), days(-0.5)
    clinic.send(encounter(ward(service), starts=starts, item=item))
    assert made(clinic, item) == {service: ("stay", starts, FOR_EVER)}
    clinic.send(encounter(ward(service), starts=starts, ends=ends, item=item))
    assert made(clinic, item) == {service: ("stay", starts, after(ends, months=3))}
    assert clinic.world.run("SELECT ends_at FROM relations.stay WHERE id = %s", item) == [(ends,)]


def test_a_cancelled_stay_ends_at_once(clinic: Clinic, service: UUID) -> None:
    item = new_id()
    clinic.send(encounter(ward(service), starts=-1, item=item))
    clinic.send(encounter(ward(service), starts=-1, item=item, status="cancelled"))
    assert is_over(clinic, item, service)
    stays = clinic.world.run("SELECT starts_at = ends_at FROM relations.stay WHERE id = %s", item)
    assert stays == [(True,)]  # nobody lies there


def test_a_transfer_gives_the_new_ward_and_takes_the_old(clinic: Clinic, service: UUID) -> None:
    item, next_ward = new_id(), clinic.world.team(clinic.id)
    clinic.send(encounter(ward(service), starts=-2, item=item))
    clinic.send(encounter(ward(next_ward), starts=-2, item=item))
    assert (is_over(clinic, item, service), is_over(clinic, item, next_ward)) == (True, False)
    assert clinic.world.run("SELECT team_id FROM relations.stay WHERE id = %s", item) == [(next_ward,)]


def test_a_consultation_lays_nobody_down(clinic: Clinic, surgeon: UUID) -> None:
    sent = encounter(starts=days(-1), ends=days(-0.9), kind="AMB")
    sent["participant"] = [{"individual": person(surgeon)}]
    clinic.send(sent)
    ((kind, _, ends),) = made(clinic, sent["id"]).values()
    told = datetime.fromisoformat(sent["period"]["end"])
    assert (kind, ends) == ("contact", after(told, months=3))
    assert clinic.world.run("SELECT 1 FROM relations.stay WHERE id = %s", sent["id"]) == []


# orders, referrals, care teams


@pytest.mark.parametrize(
    ("category", "kind", "opens", "closes"),
    [
        (LABORATORY, "order", {Category.LABORATORY, Category.ORDER}, {Category.IMAGING, Category.PSYCHIATRY}),
        (IMAGING, "order", {Category.IMAGING, Category.ALLERGY}, {Category.PSYCHIATRY, Category.LETTER}),
        (REFERRAL, "referral", set(Category), set()),
    ],
)
def test_an_order_opens_what_it_needs_and_a_referral_all(
    clinic: Clinic,
    service: UUID,
    category: str,
    kind: str,
    opens: set[Category],
    closes: set[Category],
) -> None:
    sent = order(team(service), authored=-1, category=category)
    clinic.send(sent)
    ((told, mask, starts, ends),) = clinic.world.run(
        "SELECT kind, categories, starts_at, ends_at FROM relations.relation WHERE source_id = %s", sent["id"]
    )
    authored = datetime.fromisoformat(sent["authoredOn"])
    assert (told, starts, ends) == (kind, authored, after(authored, months=3))
    assert opens <= set(in_mask(mask))
    assert not closes & set(in_mask(mask))


def test_a_revoked_order_ends(clinic: Clinic, service: UUID) -> None:
    item = new_id()
    clinic.send(order(team(service), authored=-1, item=item))
    assert not is_over(clinic, item, service)
    clinic.send(order(team(service), authored=-1, item=item, status="revoked"))
    assert is_over(clinic, item, service)


def test_a_care_team_ends_with_its_period_to_the_instant(clinic: Clinic, surgeon: UUID) -> None:
    sent = care_team(person(surgeon), starts=-1, ends=10)
    clinic.send(sent)
    ends = datetime.fromisoformat(sent["period"]["end"])
    assert made(clinic, sent["id"])[surgeon][2] == ends
    clinic.send(sent | {"status": "inactive"})
    assert is_over(clinic, sent["id"], surgeon)


# lengths, houses, long ago, told again


def test_a_visit_to_the_emergency_department_opens_for_a_month(
    clinic: Clinic, service: UUID
) -> None:  # ACD-4
    ends = days(-0.5)
    sent = encounter(ward(service), starts=-1, ends=ends, kind="EMER")
    clinic.send(sent)
    assert made(clinic, sent["id"])[service][2] == after(ends, months=1)


@pytest.mark.parametrize(("was_read", "months"), [(True, 15), (False, 3)])
def test_a_card_read_at_a_consultation_opens_for_longer(  # ACD-4, ACD-5
    clinic: Clinic, service: UUID, was_read: bool, months: int
) -> None:
    ends = days(-0.5)
    sent = encounter(ward(service), starts=-0.6, ends=ends, kind="AMB")
    clinic.send(sent | {"extension": [{"url": CARD_READ, "valueBoolean": was_read}]})
    assert made(clinic, sent["id"])[service][2] == after(ends, months=months)
    proofs = clinic.world.run("SELECT proof FROM relations.relation WHERE source_id = %s", UUID(sent["id"]))
    assert proofs == [("eid-reading" if was_read else "work",)]


def test_each_institution_has_its_own_lengths(clinic: Clinic, surgeon: UUID) -> None:
    other = clinic.world.institution()
    starts = days(20)
    for house, name, value in (
        (clinic.id, "lead.appointment", "2 days"),
        (clinic.id, "length.appointment", "1 month"),
        (other, "length.appointment", "9 days"),  # of somebody else
    ):
        clinic.world.setting(house, name=name, value=value)
    sent = appointment(person(surgeon), starts=starts)
    clinic.send(sent)
    ends = after(starts + HALF_AN_HOUR, months=1)
    assert made(clinic, sent["id"])[surgeon][1:] == (before(starts, lead=timedelta(days=2)), ends)


def test_a_house_makes_relations_for_its_own_alone(clinic: Clinic, surgeon: UUID, service: UUID) -> None:
    """Also when the sender's own names were resolved to people and teams of another house."""
    elsewhere = clinic.world.institution()
    stranger = clinic.world.worker("specialist", elsewhere).person
    foreign_team = clinic.world.team(elsewhere)
    for work in (
        {"person": stranger, "team": foreign_team, "others": [{"person": surgeon}, {"team": service}]},
        {"person": surgeon, "team": service, "others": [{"person": stranger}, {"team": foreign_team}]},
    ):
        item = new_id()
        told = {"kind": "appointment", "status": "booked", "starts": days(1), "ends": days(2)} | work
        sent = row(item, type="Appointment", category=int(Category.AGENDA), work=told)
        ask = Ask(verb="deliver", patient=clinic.patient)
        door.write(clinic.machine_secret, ask, record.store(json.dumps([sent], default=str)))
        assert made(clinic, item).keys() == {surgeon, service}


def test_who_left_the_house_gets_none(clinic: Clinic, surgeon: UUID) -> None:
    left = clinic.world.worker("specialist", clinic.id)
    clinic.world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", left.employment)
    sent = appointment(person(left.person), person(surgeon), starts=1)
    clinic.send(sent)
    assert made(clinic, sent["id"]).keys() == {surgeon}


@pytest.mark.parametrize(("ago", "opens"), [(80, True), (100, False), (3000, False)])
def test_work_of_long_ago_opens_nothing(clinic: Clinic, surgeon: UUID, ago: float, opens: bool) -> None:
    sent = appointment(person(surgeon), starts=-ago, status="fulfilled")
    clinic.send(sent)
    assert made(clinic, sent["id"]).keys() == ({surgeon} if opens else set())
    agenda = clinic.world.run("SELECT status FROM relations.appointment WHERE id = %s", sent["id"])
    assert agenda == [("fulfilled",)]  # it took place nevertheless


@pytest.mark.parametrize("status", ["proposed", "cancelled"])
def test_what_was_never_agreed_opens_nothing(clinic: Clinic, surgeon: UUID, status: str) -> None:
    sent = appointment(person(surgeon), starts=1, status=status)
    clinic.send(sent)
    assert made(clinic, sent["id"]) == {}


def test_the_same_work_told_again_changes_nothing(clinic: Clinic, surgeon: UUID, service: UUID) -> None:
    sent = [
        appointment(person(surgeon), team(service), starts=1),
        encounter(ward(service), starts=-1),
        order(team(service), authored=-1),
        care_team(person(surgeon), starts=-1),
    ]
    for one in sent:
        clinic.send(one)
    rows = "SELECT r::text, r.xmin::text FROM relations.relation r WHERE patient_id = %s ORDER BY id"
    rows_before, epoch_before = clinic.world.run(rows, clinic.patient), epoch(clinic)
    assert len(rows_before) == 1 + 5  # the physician's own, and those of the four
    assert [clinic.send(one).outcome for one in sent] == ["unchanged"] * 4
    assert (clinic.world.run(rows, clinic.patient), epoch(clinic)) == (rows_before, epoch_before)
    clinic.send(sent[0] | {"status": "cancelled"})
    assert epoch(clinic) > epoch_before
