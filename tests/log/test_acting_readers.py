"""What those who act for a patient read of "who looked" (MY-15, REP-1 to REP-4): a table of readers and lines, each beside the patient's own view."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days
from tests.log.entries import add_entries
from unidossier.actions.list_accesses import Accesses, list_accesses
from unidossier.actions.report_unknown import report_unknown
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.brussels import BRUSSELS, midnight
from unidossier.kernel.category import EVERY_CATEGORY, Category
from unidossier.log.queries import Chosen

TODAY = days(0).astimezone(BRUSSELS).date()
YOUNG = TODAY.replace(day=1) - timedelta(days=365 * 8)


@dataclass(frozen=True)
class Child:
    """A child of eight with one parent, whose link began a year ago, and the numbers of entries by what they tell."""

    clinic: Clinic
    patient: UUID
    parent: bytes
    entries: dict[str, int]

    def read(self, secret: bytes) -> Accesses:
        return list_accesses(secret, patient=self.patient)

    def seen(self, secret: bytes) -> set[str]:
        """Give the names of the entries in this reader's list."""
        read = {line["id"] for visit in self.read(secret).visits for line in visit}
        return {name for name, number in self.entries.items() if number in read}


def _item(clinic: Clinic, patient: UUID, **columns: object) -> UUID:
    return clinic.world.item(patient, clinic.id, **columns)


def _add(clinic: Clinic, patient: UUID, **columns: object) -> int:
    add_entries(clinic, 1, patient_id=patient, institution_id=clinic.id, **columns)
    ((number,),) = clinic.world.run("SELECT max(id) FROM log.entry WHERE patient_id = %s", patient)
    return number


@pytest.fixture
def child(clinic: Clinic) -> Child:
    patient = clinic.world.patient(birth=YOUNG)
    parent = clinic.world.person(professional=False)
    clinic.world.represent(patient, parent, kind="parent", starts_at=days(-365))
    psychologist, nurse = (clinic.world.worker(one, clinic.id).person for one in ("psychologist", "nurse"))
    plain = _item(clinic, patient)
    confidential = _item(clinic, patient, confidential=True)
    day = days(-20).replace(hour=9, minute=0)
    entries = {
        "before the link": _add(clinic, patient, at=days(-366), person_id=nurse),
        "plain": _add(clinic, patient, at=days(-30), person_id=nurse, verb="open-item", items=[plain]),
        "confidential": _add(
            clinic, patient, at=day, person_id=psychologist, verb="open-item", items=[confidential]
        ),
        "around it": _add(clinic, patient, at=day - timedelta(minutes=40), person_id=psychologist),
        "another day": _add(clinic, patient, at=day + timedelta(days=2), person_id=psychologist),
        "another person": _add(clinic, patient, at=day, person_id=nurse),
        "refused": _add(clinic, patient, at=days(-5), permitted=False, rule="ACD-1.none"),
    }
    return Child(clinic, patient, clinic.world.representative_session(parent), entries)


def _represented(child: Child, kind: str, **columns: object) -> bytes:
    person = child.clinic.world.person(professional=False)
    child.clinic.world.represent(child.patient, person, kind=kind, **columns)
    return child.clinic.world.representative_session(person)


def test_a_parent_reads_from_the_start_of_his_link_and_nothing_of_confidential_care(child: Child) -> None:
    assert child.seen(child.parent) == {"plain", "another day", "another person"}


def test_the_child_itself_reads_everything(child: Child) -> None:
    child.clinic.world.run(
        "UPDATE registry.patient SET own_opened_at = now() - interval '1 hour' WHERE id = %s", child.patient
    )
    assert child.seen(child.clinic.world.own_session(child.patient)) == set(child.entries) - {"refused"}


def test_a_mandate_reads_what_its_kinds_cover(child: Child) -> None:
    day = days(-10)
    clinic = child.clinic
    report = _item(clinic, child.patient, category=int(Category.REPORT))
    operation = _item(clinic, child.patient, category=int(Category.OPERATION))
    inside = _item(clinic, child.patient, category=int(Category.REPORT), internal_only=True)
    for nth, (name, item) in enumerate((("report", report), ("operation", operation), ("inside", inside))):
        person = clinic.world.worker("nurse", clinic.id).person
        at = day + timedelta(hours=nth)
        child.entries[name] = _add(
            clinic, child.patient, at=at, person_id=person, verb="open-item", items=[item]
        )
    starts = {"starts_at": days(-100)}
    mandate = _represented(child, "mandate", categories=Category.REPORT.bit | Category.AGENDA.bit, **starts)
    whole = _represented(child, "mandate", categories=EVERY_CATEGORY, **starts)
    legal = _represented(child, "legal", **starts)
    common = {"plain", "another day", "another person"}
    assert child.seen(mandate) == common | {"report"}
    assert child.seen(whole) == common | {"report", "operation"}
    assert child.seen(legal) == common | {"report", "operation", "inside"}


def test_each_reads_from_the_start_of_his_own_link(child: Child) -> None:
    late = _represented(child, "parent", starts_at=days(-25))
    assert child.seen(late) == {"another day", "another person"}


def test_refused_tries_are_counted_from_the_start_too(child: Child) -> None:
    assert sum(one["tries"] for one in child.read(child.parent).refused) == 1
    late = _represented(child, "parent", starts_at=days(-2))
    assert child.read(late).refused == []


def test_what_is_hidden_can_not_be_asked_about(child: Child) -> None:
    report_unknown(child.parent, patient=child.patient, entry=child.entries["plain"], words="")
    for name in ("confidential", "around it", "before the link", "refused"):
        with pytest.raises(ActRefused, match="no-such-entry"):
            report_unknown(child.parent, patient=child.patient, entry=child.entries[name], words="")


@pytest.mark.parametrize(("born", "reads"), [(1, True), (0, False), (-1, False)])
def test_a_parent_reads_until_the_fifteenth_birthday(clinic: Clinic, born: int, reads: bool) -> None:
    """born: days until the child is fifteen."""
    birthday = TODAY + timedelta(days=born)
    birth = date(birthday.year - 15, birthday.month, birthday.day)
    patient = clinic.world.patient(birth=birth)
    parent = clinic.world.person(professional=False)
    clinic.world.represent(patient, parent, kind="parent", starts_at=days(-365))
    secret = clinic.world.representative_session(parent)
    if reads:
        list_accesses(secret, patient=patient)
    else:
        with pytest.raises(AccessRefused):
            list_accesses(secret, patient=patient)


def test_an_older_child_that_opens_late_keeps_what_follows_its_birthday(clinic: Clinic) -> None:
    """An institution opens own access at eighteen: the parent's link stands, and ends for the log at that birthday alone."""
    clinic.world.setting(clinic.id, name="own-access.age", value="16")
    patient = clinic.world.patient(birth=TODAY.replace(year=TODAY.year - 15) - timedelta(days=30))
    clinic.world.item(patient, clinic.id)
    parent = clinic.world.person(professional=False)
    clinic.world.represent(patient, parent, kind="parent", starts_at=days(-365))
    number = _add(clinic, patient, at=days(-2))
    page = list_accesses(clinic.world.representative_session(parent), patient=patient)
    assert [line["id"] for visit in page.visits for line in visit] == [number]
    at_birthday = midnight(TODAY.replace(year=TODAY.year + 1) - timedelta(days=30))
    ((until,),) = clinic.world.run(
        "SELECT l.until FROM relations.representation r, gate.log_reach(r.patient_id, r.id) l WHERE r.patient_id = %s",
        patient,
    )
    assert until == at_birthday


def test_death_closes_it_to_all(child: Child) -> None:  # DTH-1
    child.read(child.parent)
    child.clinic.world.run(
        "UPDATE registry.patient SET deceased_at = now() - interval '1 second' WHERE id = %s", child.patient
    )
    for secret in (child.parent, child.clinic.world.own_session(child.patient)):
        with pytest.raises(AccessRefused, match="DTH-1"):
            child.read(secret)


def test_both_parents_see_each_other_look(child: Child) -> None:
    other = _represented(child, "parent", starts_at=days(-365))
    child.read(child.parent)
    page = list_accesses(other, patient=child.patient, chosen=Chosen(side="own"))
    lines = [line for visit in page.visits for line in visit]
    assert any(line["verb"] == "who-looked" and line["acting"] and not line["is_self"] for line in lines)
