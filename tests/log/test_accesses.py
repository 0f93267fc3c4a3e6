"""Who looked, as the patient reads it: fed by the log itself, names nobody else, and loses nothing (MY-15)."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days
from tests.gate.reader import GLASS
from tests.log.entries import add_entries
from unidossier.actions.list_accesses import PAGE, Accesses, list_accesses
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_record import open_record
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask, RecordUnreadable
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter


@pytest.fixture
def own(clinic: Clinic) -> bytes:
    return clinic.world.own_session(clinic.patient)


def _open(clinic: Clinic, secret: bytes | None = None) -> None:
    open_record(secret or clinic.secret, patient=clinic.patient, chosen=Filter())


def _others(accesses: Accesses) -> list[str]:
    """Give the verbs of people other than the patient himself, newest first."""
    return [one["verb"] for one in accesses.entries if one["function"] != "patient"]


def test_an_access_tells_who_when_why_and_by_which_rule(clinic: Clinic, own: bytes) -> None:
    started = datetime.now(UTC) - timedelta(seconds=1)
    _open(clinic)
    accesses = list_accesses(own, patient=clinic.patient)
    (entry,) = [one for one in accesses.entries if one["function"] != "patient"]
    ((name,),) = clinic.world.run(
        "SELECT given || ' ' || family FROM registry.person WHERE id = %s", clinic.physician.person
    )
    assert (entry["person_name"], entry["function"], entry["institution_id"]) == (
        name,
        "specialist",
        clinic.id,
    )
    assert (entry["verb"], entry["purpose"], entry["rule"]) == ("open-record", "care", "ACD-2.work")
    assert entry["rule_words"]["nl"] and entry["verb_words"]["fr"] and entry["function_words"]["de"]
    assert started <= entry["at"] <= datetime.now(UTC) + timedelta(seconds=1)


def test_looking_at_the_list_is_in_the_list(clinic: Clinic, own: bytes) -> None:
    for _ in range(3):
        accesses = list_accesses(own, patient=clinic.patient)
    assert [one["verb"] for one in accesses.entries] == ["who-looked"] * 3 + ["sign-in"]


def test_a_list_is_a_line_that_names_nobody_else(clinic: Clinic, own: bytes) -> None:
    other = clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    list_my_patients(clinic.secret)
    accesses = list_accesses(own, patient=clinic.patient)
    assert _others(accesses) == ["list-patients"]
    (line,) = [one for one in accesses.entries if one["in_list"]]
    assert (line["person_name"] != "", line["items"]) == (True, None)
    ((family,),) = clinic.world.run("SELECT family FROM registry.patient WHERE id = %s", other)
    told = json.dumps(accesses.entries, default=str)
    assert str(other) not in told
    assert family not in told
    others_own = list_accesses(clinic.world.own_session(other), patient=other)
    assert _others(others_own) == ["list-patients"]  # the other reads his line of the same entry


def test_break_the_glass_is_marked_without_its_words(clinic: Clinic, own: bytes) -> None:
    stranger = clinic.world.session(clinic.world.worker("emergency-physician", clinic.id))
    door.read(stranger, Ask(verb="open-record", patient=clinic.patient, glass=GLASS))
    (entry,) = [one for one in list_accesses(own, patient=clinic.patient).entries if one["glass_reason"]]
    assert (entry["rule"], entry["glass_reason"]) == ("BTG-1.emergency", GLASS["reason"])
    assert GLASS["text"] not in json.dumps(entry, default=str)


def test_machines_stand_apart(clinic: Clinic, own: bytes) -> None:
    _open(clinic)
    clinic.send({"resourceType": "Condition", "id": str(new_id()), "code": {"text": "Asthma"}})
    people = list_accesses(own, patient=clinic.patient)
    machines = list_accesses(own, patient=clinic.patient, machines=True)
    assert _others(people) == ["open-record"]
    assert _others(machines) == ["deliver"]
    assert {one["function"] for one in machines.entries} == {"machine"}


def test_refused_tries_are_counted_and_name_nobody(clinic: Clinic, own: bytes) -> None:
    """An excluded person must not be betrayed by a typing error: months and counts, no names."""
    excluded = clinic.world.worker("specialist", clinic.id)
    clinic.world.exclude(clinic.patient, excluded.person)
    secret = clinic.world.session(excluded)
    for _ in range(3):
        with pytest.raises(AccessRefused, match=r"EXC-2\.excluded"):
            _open(clinic, secret)
    accesses = list_accesses(own, patient=clinic.patient)
    assert _others(accesses) == []
    assert [set(one) for one in accesses.refused] == [{"month", "tries"}]
    assert accesses.refused[0]["tries"] == 3


def test_months_of_refused_tries_are_those_of_brussels(clinic: Clinic, own: bytes) -> None:
    for at, count in (
        ("2026-03-31T21:59:59Z", 1),  # still March
        ("2026-03-31T22:00:00Z", 2),  # April in Brussels
        ("2026-10-31T22:59:59Z", 4),  # winter time by then
        ("2026-10-31T23:00:00Z", 8),
    ):
        add_entries(clinic, count, at=at, permitted=False, rule="ACD-1.none")
    refused = list_accesses(own, patient=clinic.patient).refused
    assert [(one["month"], one["tries"]) for one in refused] == [
        (date(2026, 11, 1), 8),
        (date(2026, 10, 1), 4),
        (date(2026, 4, 1), 2),
        (date(2026, 3, 1), 1),
    ]


def _pages(own: bytes, patient: UUID, *, between: object = None) -> list[list[int]]:
    """Read to the end; return the numbers of each page. `between`: called after each page."""
    pages, before = [], None
    while True:
        page = list_accesses(own, patient=patient, before=before)
        pages.append([one["id"] for one in page.entries])
        if page.before is None:
            return pages
        before = page.before
        if callable(between):
            between()


@pytest.mark.parametrize("count", [PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 30])
def test_the_pages_are_the_whole_list_while_new_entries_arrive(
    clinic: Clinic, own: bytes, count: int
) -> None:
    add_entries(clinic, count // 2)
    list_my_patients(clinic.secret)  # a line of another kind in between
    add_entries(clinic, count - count // 2)
    before = clinic.world.run(
        """SELECT id FROM log.entry WHERE patient_id = %s UNION ALL
        SELECT entry_id FROM log.listed WHERE patient_id = %s ORDER BY 1 DESC""",
        clinic.patient,
        clinic.patient,
    )
    assert len(before) == count + 2  # the sign-in of the patient and the list
    pages = _pages(own, clinic.patient, between=lambda: _open(clinic))
    read = [number for page in pages for number in page]
    assert len(read) == len(set(read))
    assert read[1:] == [number for (number,) in before]  # the first is the reading of the first page
    assert [len(page) for page in pages[:-1]] == [PAGE] * (len(pages) - 1)


def test_a_period_is_half_open(clinic: Clinic, own: bytes) -> None:
    since = datetime(2026, 3, 1, tzinfo=UTC)
    until = datetime(2026, 4, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    for at in (since - second, since, until - second, until):
        add_entries(clinic, 1, at=at)
    page = list_accesses(own, patient=clinic.patient, since=since, until=until)
    assert [one["at"] for one in page.entries] == [until - second, since]


def test_five_years_are_shown(clinic: Clinic, own: bytes) -> None:
    add_entries(clinic, 1, at=days(-365 * 5 + 10), verb="open-item")
    add_entries(clinic, 1, at=days(-365 * 5 - 10), verb="show-trend")
    assert _others(list_accesses(own, patient=clinic.patient)) == ["open-item"]


def test_the_list_is_the_patients_and_those_who_act_for_him(clinic: Clinic) -> None:
    guardian = clinic.world.person(professional=False)
    clinic.world.represent(clinic.patient, guardian, kind="legal")
    assert list_accesses(clinic.world.representative_session(guardian), patient=clinic.patient).entries
    with pytest.raises(RecordUnreadable, match="UD002"):
        list_accesses(clinic.secret, patient=clinic.patient)  # a carer in a relation: no log
    with pytest.raises(AccessRefused):
        list_accesses(clinic.world.own_session(clinic.world.patient()), patient=clinic.patient)
