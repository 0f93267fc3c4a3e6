"""What the sign-in page proposes to try can be tried, by day and by night: whoever has a portal has patients."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from unidossier.demo.when import instant
from unidossier.demo.world import PatientHistory, World
from unidossier.record.work import Parties, work_of

from .conftest import TODAY

CARED_FOR = timedelta(days=85)  # after work that is over a relation lasts three months (gate.setting_default)
NIGHT = instant(TODAY + timedelta(days=1), 3)


def _parties(cast: World) -> Parties:
    people = {f"Practitioner/{one.key}": ("person", one.key) for one in cast.persons}
    teams = {
        f"{kind}/{one.key}": ("team", one.key)
        for one in cast.teams
        for kind in ("Location", "HealthcareService", "Organization")
    }
    return people | teams  # type: ignore[return-value]


def _works(cast: World, told: list[PatientHistory]) -> Iterator[tuple[str, str, dict]]:
    """Give (patient, institution, facts) of the newest version of every piece of work that still gives a relation."""
    parties = _parties(cast)
    newest = {
        (each.fhir["resourceType"], each.fhir["id"]): (each.patient, each.institution, work)
        for history in told
        for each in history.resources
        if each.entered_at <= NIGHT and (work := work_of(each.fhir, parties=parties))
    }
    for patient, institution, work in newest.values():
        if work["status"] in ("cancelled", "noshow", "entered-in-error", "revoked"):
            continue
        ends: datetime | None = work["ends"]
        if ends is None or ends + CARED_FOR > NIGHT:
            yield patient, institution, work


@pytest.fixture(scope="module")
def patients_of(cast: World, told: list[PatientHistory]) -> dict[str, set[str]]:
    """The patients of each person at three in the morning after the first day: by name, by team, or as their GP."""
    houses, teams = _posts(cast)
    found: dict[str, set[str]] = defaultdict(set)
    for patient, institution, work in _works(cast, told):
        for party in [*work["others"], {"person": work["person"]}, {"team": work["team"]}]:
            who = {party["person"]} if party.get("person") else teams[party.get("team") or ""]
            for person in who:
                if institution in houses[person]:  # an institution makes relations for its own people
                    found[person].add(patient)
    for one in cast.patients:
        found[one.gp_key or ""].add(one.key)
    return found


Members = defaultdict[str, set[str]]


def _posts(cast: World) -> tuple[Members, Members]:
    """Give the institutions of each person, and the people of each team who belong to it at any hour."""
    houses: Members = defaultdict(set)
    teams: Members = defaultdict(set)
    rostered = {(one.person, one.team) for one in cast.duties}
    for post in cast.employments:
        if post.until is None:
            houses[post.person].add(post.institution)
            for team in post.teams:
                if (post.person, team) not in rostered:
                    teams[team].add(post.person)
    return houses, teams


def test_whoever_signs_in_at_a_portal_of_carers_has_patients(
    cast: World, patients_of: dict[str, set[str]]
) -> None:
    wanted = {
        one.username: one.person
        for one in cast.accounts
        if one.face in ("ward", "consult")
        and one.function != "researcher"  # his hint says that nothing opens
    }
    assert len(wanted) > 25
    assert {name for name, person in wanted.items() if not patients_of[person or ""]} == set()


@pytest.mark.parametrize(
    ("person", "number"),
    [
        ("scheldedal.cardiology.specialist.1", 1),
        ("scheldedal.cardiology.trainee-physician.1", 1),
        ("aldegonde.neurology.specialist.1", 11),
        ("vennblick.internal.specialist.1", 4),
        ("linde.paramedical.physiotherapist.1", 5),
        ("wilgen.practice.gp.1", 2),
    ],
)
def test_the_patient_a_hint_names_is_among_them(
    patients_of: dict[str, set[str]], person: str, number: int
) -> None:
    assert f"p-{number:06}" in patients_of[person]


@pytest.mark.parametrize(
    "person", ["scheldedal.secretariat.medical-secretary.1", "scheldedal.reception.reception.1"]
)
def test_who_plans_sees_the_agenda_of_the_day(cast: World, told: list[PatientHistory], person: str) -> None:
    (post,) = [one for one in cast.employments if one.person == person]
    today = {
        each.team
        for history in told
        for each in history.resources
        if each.fhir["resourceType"] == "Appointment" and each.fhir["start"][:10] == TODAY.isoformat()
    }
    assert len(today & set(post.teams)) >= 3
    assert not set(post.teams) & {"scheldedal.governance", "scheldedal.pharmacy"}
