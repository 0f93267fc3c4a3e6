"""Who looked, as the patient reads it: fed by the log itself, by visits, names nobody else, and loses nothing (MY-15)."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days
from tests.gate.reader import GLASS
from tests.log.entries import add_entries
from unidossier.actions.list_accesses import ON_A_PAGE, PAGE, Accesses, list_accesses, take_accesses
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_record import open_record
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask, RecordUnreadable, Row
from unidossier.kernel.sortkey import sort_key
from unidossier.kernel.uuid7 import new_id
from unidossier.log.queries import LINES, Chosen
from unidossier.record.queries import Filter

OWN = Chosen(side="own")
MACHINES = Chosen(side="machines")


@pytest.fixture
def own(clinic: Clinic) -> bytes:
    return clinic.world.own_session(clinic.patient)


def _open(clinic: Clinic, secret: bytes | None = None) -> None:
    open_record(secret or clinic.secret, patient=clinic.patient, chosen=Filter())


def lines_of(accesses: Accesses) -> list[Row]:
    """Give the lines of all visits of a page."""
    return [line for visit in accesses.visits for line in visit]


def _verbs(accesses: Accesses) -> list[str]:
    return [line["verb"] for line in lines_of(accesses)]


def _at(clinic: Clinic, minutes: float, **columns: object) -> None:
    """Add an access of the physician on a day of June, so many minutes after ten."""
    at = datetime(2026, 6, 10, 8, tzinfo=UTC) + timedelta(minutes=minutes)
    physician = {
        "person_id": clinic.physician.person,
        "institution_id": clinic.id,
        "function": "specialist",
    }
    add_entries(clinic, 1, at=at, **physician | columns)


def test_an_access_tells_who_when_why_and_by_which_rule(clinic: Clinic, own: bytes) -> None:
    started = datetime.now(UTC) - timedelta(seconds=1)
    _open(clinic)
    (entry,) = lines_of(list_accesses(own, patient=clinic.patient))
    ((name,),) = clinic.world.run(
        "SELECT given || ' ' || family FROM registry.person WHERE id = %s", clinic.physician.person
    )
    assert (entry["who"], entry["function"], entry["institution_id"]) == (name, "specialist", clinic.id)
    assert (entry["verb"], entry["purpose"], entry["rule"]) == ("open-record", "care", "ACD-2.work")
    assert entry["rule_words"]["nl"] and entry["verb_words"]["fr"] and entry["function_words"]["de"]
    assert started <= entry["at"] <= datetime.now(UTC) + timedelta(seconds=1)


def test_the_reason_is_what_made_the_relation(clinic: Clinic, own: bytes) -> None:
    _open(clinic)
    (entry,) = lines_of(list_accesses(own, patient=clinic.patient))
    ((kind,),) = clinic.world.run("SELECT kind FROM relations.relation WHERE patient_id = %s", clinic.patient)
    assert entry["tie"] == kind


def test_own_looks_stand_apart_and_are_listed_there(clinic: Clinic, own: bytes) -> None:
    for _ in range(2):
        list_accesses(own, patient=clinic.patient)
    accesses = list_accesses(own, patient=clinic.patient, chosen=OWN)
    assert _verbs(accesses) == ["sign-in"] + ["who-looked"] * 3
    assert len(accesses.visits) == 1  # folded
    assert lines_of(list_accesses(own, patient=clinic.patient)) == []


def test_a_visit_is_one_person_at_one_institution_close_in_time(clinic: Clinic, own: bytes) -> None:
    for minutes in (
        0,
        10,
        39,
        70,
        60 * 24,
    ):  # half an hour and a minute after 39; the same hour of the next day
        _at(clinic, minutes)
    _at(clinic, 5, person_id=clinic.world.worker("nurse", clinic.id).person, function="nurse")
    visits = list_accesses(own, patient=clinic.patient).visits
    assert sorted(len(visit) for visit in visits) == [1, 1, 1, 3]
    assert {visit[0]["in_visit"] for visit in visits} == {1, 3}
    long = next(visit for visit in visits if len(visit) == 3)
    assert [line["at"] for line in long] == sorted(line["at"] for line in long)


def test_a_visit_ends_with_the_day_of_brussels(clinic: Clinic, own: bytes) -> None:
    for minute in (59, 61):
        add_entries(clinic, 1, at=datetime(2026, 6, 10, 21, tzinfo=UTC) + timedelta(minutes=minute))
    assert len(list_accesses(own, patient=clinic.patient).visits) == 2


def test_a_long_visit_counts_what_it_leaves_out(clinic: Clinic, own: bytes) -> None:
    add_entries(clinic, LINES + 7, at=days(-3))
    (visit,) = list_accesses(own, patient=clinic.patient).visits
    assert (len(visit), visit[0]["in_visit"]) == (LINES, LINES + 7)


def test_documents_are_told_by_title_where_the_reader_may_see_them(clinic: Clinic, own: bytes) -> None:
    seen, held = new_id(), new_id()
    for item, title, until in ((seen, "Letter after the stay", None), (held, "Not yet discussed", days(3))):
        clinic.world.item(clinic.patient, clinic.id, id=item, title=title, held_until=until)
    _at(clinic, 0, verb="open-item", items=[seen])
    _at(clinic, 1, verb="open-item", items=[held])
    first, second = lines_of(list_accesses(own, patient=clinic.patient))
    assert [one["title"] for one in first["titles"]] == ["Letter after the stay"]
    assert second["titles"] is None and "Not yet" not in json.dumps(second, default=str)


def test_a_list_is_a_line_that_names_nobody_else(clinic: Clinic, own: bytes) -> None:
    other = clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    list_my_patients(clinic.secret)
    accesses = list_accesses(own, patient=clinic.patient)
    assert _verbs(accesses) == ["list-patients"]
    (line,) = [one for one in lines_of(accesses) if one["in_list"]]
    assert (line["who"] != "", line["items"]) == (True, None)
    ((family,),) = clinic.world.run("SELECT family FROM registry.patient WHERE id = %s", other)
    told = json.dumps(accesses.visits, default=str)
    assert str(other) not in told
    assert family not in told
    others_own = list_accesses(clinic.world.own_session(other), patient=other)
    assert _verbs(others_own) == ["list-patients"]  # the other reads his line of the same entry


def test_break_the_glass_is_marked_without_its_words(clinic: Clinic, own: bytes) -> None:
    stranger = clinic.world.session(clinic.world.worker("emergency-physician", clinic.id))
    door.read(stranger, Ask(verb="open-record", patient=clinic.patient, glass=GLASS))
    _open(clinic)
    (entry,) = lines_of(list_accesses(own, patient=clinic.patient, chosen=Chosen(glass=True)))
    assert (entry["rule"], entry["glass_reason"]) == ("BTG-1.emergency", GLASS["reason"])
    assert GLASS["text"] not in json.dumps(entry, default=str)


def test_machines_stand_apart(clinic: Clinic, own: bytes) -> None:
    _open(clinic)
    clinic.send({"resourceType": "Condition", "id": str(new_id()), "code": {"text": "Asthma"}})
    assert _verbs(list_accesses(own, patient=clinic.patient)) == ["open-record"]
    machines = list_accesses(own, patient=clinic.patient, chosen=MACHINES)
    assert _verbs(machines) == ["deliver"]
    assert {one["function"] for one in lines_of(machines)} == {"machine"}


def test_refused_tries_are_counted_and_name_nobody(clinic: Clinic, own: bytes) -> None:
    """An excluded person must not be betrayed by a typing error: months and counts, no names."""
    excluded = clinic.world.worker("specialist", clinic.id)
    clinic.world.exclude(clinic.patient, excluded.person)
    secret = clinic.world.session(excluded)
    for _ in range(3):
        with pytest.raises(AccessRefused, match=r"EXC-2\.excluded"):
            _open(clinic, secret)
    accesses = list_accesses(own, patient=clinic.patient)
    assert lines_of(accesses) == []
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
    """Read to the end; return the visits of each page. `between`: called after each page."""
    pages, upto, before = [], None, None
    while True:
        page = list_accesses(own, patient=patient, upto=upto, before=before)
        pages.append([visit[0]["visit"] for visit in page.visits])
        if page.before is None:
            return pages
        upto, before = page.upto, page.before
        if callable(between):
            between()


@pytest.mark.parametrize("count", [PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 3])
def test_the_pages_are_the_whole_list_while_new_entries_arrive(
    clinic: Clinic, own: bytes, count: int
) -> None:
    for nth in range(count):
        _at(clinic, 60 * 24 * (nth - count))
    _open(clinic)

    def meanwhile() -> None:
        _open(clinic)  # the newest visit grows
        _at(clinic, 1)

    pages = _pages(own, clinic.patient, between=meanwhile)
    read = [number for page in pages for number in page]
    assert len(read) == len(set(read)) == count + 1
    assert read == sorted(read, reverse=True)
    assert [len(page) for page in pages[:-1]] == [PAGE] * (len(pages) - 1)


def test_a_page_holds_less_where_somebody_looked_at_very_much(clinic: Clinic, own: bytes) -> None:
    for day in range(5):
        for nth in range(ON_A_PAGE // 2):
            _at(clinic, 60 * 24 * (day - 9) + nth / 10)
    pages = _pages(own, clinic.patient)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({number for page in pages for number in page}) == 5


def test_a_period_is_half_open(clinic: Clinic, own: bytes) -> None:
    since = datetime(2026, 3, 1, tzinfo=UTC)
    until = datetime(2026, 4, 1, tzinfo=UTC)
    second = timedelta(seconds=1)
    for at in (since - second, since, until - second, until):
        add_entries(clinic, 1, at=at)
    page = list_accesses(own, patient=clinic.patient, chosen=Chosen(since=since, until=until))
    assert [one["at"] for one in lines_of(page)] == [until - second, since]


def test_each_filter_keeps_what_fits(clinic: Clinic, own: bytes) -> None:
    nurse = clinic.world.worker("nurse", clinic.world.institution())
    letter = new_id()
    clinic.world.item(clinic.patient, clinic.id, id=letter, category=10)
    _at(clinic, 0, verb="open-item", items=[letter])
    _at(clinic, 60, verb="open-record", categories=1 << 8)
    add_entries(
        clinic,
        1,
        at=days(-2),
        person_id=nurse.person,
        institution_id=nurse.institution,
        function="nurse",
        rule="BTG-1.emergency",
    )

    def found(**chosen: object) -> list[tuple[str, str]]:
        page = list_accesses(own, patient=clinic.patient, chosen=Chosen(**chosen))  # type: ignore[arg-type]
        return sorted((one["function"], one["verb"]) for one in lines_of(page))

    assert found(institution=clinic.id) == [("specialist", "open-item"), ("specialist", "open-record")]
    assert found(function="nurse") == found(glass=True) == found(institution=nurse.institution)
    assert found(function="nurse") == [("nurse", "open-record")]
    assert found(category=10) == [("specialist", "open-item")]
    assert found(category=8) == [("specialist", "open-record")]
    assert found(category=9) == []


def test_a_search_finds_every_word_of_a_name(clinic: Clinic, own: bytes) -> None:
    given, family = clinic.world.run(
        "SELECT given, family FROM registry.person WHERE id = %s", clinic.physician.person
    )[0]
    _at(clinic, 0)
    for sought, found in ((f"{given} {family}", 1), (family.upper(), 1), (f"{given} Nobody", 0)):
        page = list_accesses(own, patient=clinic.patient, chosen=Chosen(name=sort_key(sought)))
        assert len(lines_of(page)) == found, sought


def test_five_years_are_shown(clinic: Clinic, own: bytes) -> None:
    add_entries(clinic, 1, at=days(-365 * 5 + 10), verb="open-item")
    add_entries(clinic, 1, at=days(-365 * 5 - 10), verb="show-trend")
    assert _verbs(list_accesses(own, patient=clinic.patient)) == ["open-item"]


def test_taking_it_out_is_an_entry_of_its_own(clinic: Clinic, own: bytes) -> None:
    _open(clinic)
    taken = take_accesses(own, patient=clinic.patient, chosen=Chosen())
    assert [line["verb"] for visit in taken.visits for line in visit] == ["open-record"]
    ((verb,),) = clinic.world.run("SELECT verb FROM log.entry WHERE id = %s", taken.entry)
    assert verb == "take-accesses"
    with pytest.raises(AccessRefused):
        take_accesses(
            clinic.world.own_session(clinic.world.patient()), patient=clinic.patient, chosen=Chosen()
        )


def test_the_list_is_the_patients_and_those_who_act_for_him(clinic: Clinic) -> None:
    guardian = clinic.world.person(professional=False)
    clinic.world.represent(clinic.patient, guardian, kind="legal")
    _open(clinic)
    assert lines_of(list_accesses(clinic.world.representative_session(guardian), patient=clinic.patient))
    with pytest.raises(RecordUnreadable, match="UD002"):
        list_accesses(clinic.secret, patient=clinic.patient)  # a carer in a relation: no log
    with pytest.raises(AccessRefused):
        list_accesses(clinic.world.own_session(clinic.world.patient()), patient=clinic.patient)
