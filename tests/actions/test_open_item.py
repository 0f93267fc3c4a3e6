"""Open one item, one value over the years, and who may open it: unknown, hidden and refused look alike (ACD-8, MY-14)."""

from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, days, row
from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.actions.open_item import ItemNotFound, open_attachment, open_item
from unidossier.actions.show_trend import show_trend
from unidossier.gate.door import AccessRefused
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id

LOINC = "http://loinc.org"
POTASSIUM = "2823-3"


def test_an_item_comes_whole(clinic: Clinic) -> None:
    panel, part, file = new_id(), new_id(), "ab" * 32
    attached = {"sha256": file, "name": "scan.pdf", "media_type": "application/pdf", "size": 10}
    clinic.store(row(panel, status="draft"))
    clinic.store(
        row(panel, attachments=[attached], resource='{"second": true}'), row(part, part_of=str(panel))
    )
    opened = open_item(clinic.secret, item=panel)
    assert opened.patient["id"] == clinic.patient
    assert (opened.line["id"], opened.line["version"]) == (panel, 2)
    assert [one["version"] for one in opened.versions] == [2, 1]
    assert opened.versions[0]["resource"] == '{"second": true}'
    assert [one["id"] for one in opened.parts] == [part]
    assert [one["name"] for one in opened.attachments] == ["scan.pdf"]
    assert [one["mine"] for one in opened.relations] == [True]


def test_the_item_of_a_stranger_and_one_of_nobody_are_refused_alike(clinic: Clinic) -> None:
    stranger = clinic.world.session(clinic.world.worker("specialist", clinic.id))
    item = clinic.world.item(clinic.patient, clinic.id)
    told = set()
    for wanted in (item, new_id()):
        with pytest.raises(AccessRefused) as refused:
            open_item(stranger, item=wanted)
        told.add((refused.value.rule, str(refused.value)))
    assert len(told) == 1
    assert open_item(clinic.secret, item=item).line["id"] == item


def test_an_item_is_not_opened_under_the_name_of_another_patient(clinic: Clinic) -> None:
    other = clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    item = clinic.world.item(other, clinic.id)
    with pytest.raises(ItemNotFound):
        open_item(clinic.secret, item=item, patient=clinic.patient)
    assert open_item(clinic.secret, item=item, patient=other).line["id"] == item


def test_a_category_not_open_hides_the_item_and_its_file(clinic: Clinic) -> None:
    item = new_id()
    file = {"sha256": "cd" * 32, "name": "letter.pdf", "media_type": "application/pdf", "size": 3}
    clinic.store(row(item, category=int(Category.PSYCHIATRY), attachments=[file]))
    nurse = clinic.colleague("nurse")
    for act in (
        lambda secret: open_item(secret, item=item),
        lambda secret: open_attachment(secret, item=item, sha256=bytes.fromhex("cd" * 32)),
    ):
        with pytest.raises(ItemNotFound):
            act(nurse)
        assert act(clinic.secret)


def test_a_file_is_opened_by_its_own_digest_alone(clinic: Clinic) -> None:
    item = new_id()
    file = {"sha256": "ab" * 32, "name": "scan.pdf", "media_type": "application/pdf", "size": 10}
    clinic.store(row(item, attachments=[file]))
    patient, opened = open_attachment(clinic.secret, item=item, sha256=bytes.fromhex("ab" * 32))
    assert (patient, opened["name"]) == (clinic.patient, "scan.pdf")
    with pytest.raises(ItemNotFound):
        open_attachment(clinic.secret, item=item, sha256=bytes(32))


# the course of a value


def _value(item: UUID, value: float | None, **changes: Any) -> dict[str, Any]:
    told = {"code_system": LOINC, "code": POTASSIUM, "value_num": value, "unit": "mmol/L"}
    return row(item, **({"category": int(Category.LABORATORY)} | told | changes))


def test_a_trend_is_every_final_value_oldest_first_over_all_institutions(clinic: Clinic) -> None:
    elsewhere = clinic.colleague(house=clinic.world.institution())
    items, withdrawn = [new_id() for _ in range(4)], new_id()
    clinic.store(
        _value(items[2], 4.2, clinical_at="2025-01-01T00:00:00Z"),
        _value(items[0], 5.6, clinical_at="2019-01-01T00:00:00Z"),
        _value(new_id(), 9.9, status="draft"),
        _value(withdrawn, 9.9),
        _value(new_id(), None, value_text="haemolysed"),
        _value(new_id(), 9.9, code="2951-2"),
    )
    clinic.store(_value(items[1], 5.1, clinical_at="2022-01-01T00:00:00Z"), secret=elsewhere)
    clinic.store(_value(withdrawn, 9.9, status="entered-in-error"))
    clinic.store(_value(items[3], 4.0, clinical_at="2025-01-02T00:00:00Z"), secret=elsewhere)
    clinic.store(
        _value(items[3], 4.4, clinical_at="2025-01-02T00:00:00Z", status="amended"), secret=elsewhere
    )
    course = show_trend(clinic.secret, patient=clinic.patient, code=POTASSIUM)
    assert [one["id"] for one in course.points] == items
    assert [float(one["value_num"]) for one in course.points] == [5.6, 5.1, 4.2, 4.4]
    assert (course.patient["id"], course.rule, len(course.relations)) == (clinic.patient, "ACD-2.work", 2)


def test_a_code_of_another_system_is_another_code(clinic: Clinic) -> None:
    item = new_id()
    clinic.store(_value(item, 5.6), _value(new_id(), 1, code_system="urn:house"))
    shown = show_trend(clinic.secret, patient=clinic.patient, code=POTASSIUM, system=LOINC).points
    assert [one["id"] for one in shown] == [item]
    assert len(show_trend(clinic.secret, patient=clinic.patient, code=POTASSIUM).points) == 2


def test_a_trend_shows_no_value_that_the_function_may_not_see(clinic: Clinic) -> None:
    clinic.store(_value(new_id(), 5.6))
    pharmacist = clinic.colleague("pharmacist-hospital")
    assert show_trend(pharmacist, patient=clinic.patient, code=POTASSIUM).points == []
    assert len(show_trend(clinic.secret, patient=clinic.patient, code=POTASSIUM).points) == 1


# who has access


def test_who_has_access_now_and_until_when(clinic: Clinic) -> None:
    gp = clinic.world.worker("gp", clinic.world.institution(network=False))
    ends = days(100)
    clinic.world.relation(clinic.patient, gp, kind="granted", consented=True, proof="declared", ends_at=ends)
    for state in (
        {"ends_at": days(-1)},
        {"starts_at": days(1)},
        {"state": "pending"},
        {"state": "withdrawn"},
    ):
        clinic.world.relation(clinic.patient, clinic.world.worker("nurse", clinic.id), **state)
    team = clinic.world.team(clinic.id)
    clinic.world.relation(clinic.patient, clinic.physician, person_id=None, team_id=team)
    own = clinic.world.own_session(clinic.patient)
    told = list_who_has_access(own, patient=clinic.patient)
    relating = [one for one in told.standing if one["state"] == "in-force"]
    assert (told.patient["id"], told.rule, told.mandates, told.linked) == (clinic.patient, "MY-4.own", [], [])
    assert {one["person_id"] or one["team_id"] for one in relating} == {
        gp.person,
        clinic.physician.person,
        team,
    }
    (granted,) = [one for one in relating if one["person_id"] == gp.person]
    assert (granted["kind"], granted["proof"], granted["consented"]) == ("granted", "declared", True)
    assert (granted["ends_at"], granted["function"], granted["mine"]) == (ends, "gp", False)
    assert granted["person"].strip()


def test_who_acts_for_the_patient_now(clinic: Clinic) -> None:  # REP-4
    acting, former = clinic.world.person(professional=False), clinic.world.person(professional=False)
    clinic.world.represent(clinic.patient, acting, kind="mandate", name="Els Claes")
    clinic.world.represent(clinic.patient, former, kind="legal", ends_at=days(-1), starts_at=days(-2))
    own = clinic.world.own_session(clinic.patient)
    (one,) = list_who_has_access(own, patient=clinic.patient).mandates
    assert (one["kind"], one["name"], one["ends_at"]) == ("mandate", "Els Claes", None)
    assert list_who_has_access(own, patient=clinic.patient).linked == []


def test_who_has_access_is_told_to_nobody_without_access(clinic: Clinic) -> None:
    stranger = clinic.world.session(clinic.world.worker("specialist", clinic.id))
    for patient in (clinic.patient, new_id()):
        with pytest.raises(AccessRefused, match=r"ACD-1\.none"):
            list_who_has_access(stranger, patient=patient)
