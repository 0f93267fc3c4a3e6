"""Attacks on the one writer: other records, other houses, other categories, other versions (REC-5, ACS-1, XCH-1)."""

import json
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.gate.scene import NO_GRANT, NOT_WRITABLE, NOT_YOURS, Scene
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id

VERSION_CHANGED = "UD005"
STORE = "SELECT item_id, version, outcome FROM record.store(%s::jsonb)"


def _delivery(item: UUID, **changes: object) -> dict[str, object]:
    return {
        "id": str(item),
        "type": "DocumentReference",
        "category": int(Category.REPORT),
        "status": "final",
        "title": "Report",
        "language": "en",
        "clinical_at": "2026-01-01T00:00:00Z",
        "resource": '{"resourceType": "DocumentReference"}',
        "search_text": "",
    } | changes


def _store(
    scene: Scene, *deliveries: dict[str, object], verb: str = "write-report", secret: bytes | None = None
) -> list[tuple[Any, ...]]:
    granted = scene.reader.grant(secret or scene.secret, scene.treated, verb=verb)
    assert granted.allowed
    return scene.reader.read(granted.token, STORE, json.dumps(deliveries))


def _refusal(scene: Scene, *deliveries: dict[str, object], **asked: Any) -> str | None:
    with pytest.raises(psycopg.Error) as refusal:
        _store(scene, *deliveries, **asked)
    return refusal.value.sqlstate


def test_the_twin_a_report_is_stored_corrected_and_found_unchanged(scene: Scene):
    item = new_id()
    draft = _delivery(item, status="draft")
    assert _store(scene, draft) == [(item, 1, "created")]
    assert _store(scene, draft) == [(item, 1, "unchanged")]
    assert _store(scene, _delivery(item, expected=1)) == [(item, 2, "updated")]
    corrected = _delivery(item, status="amended", resource='{"corrected": true}', expected=2)
    assert _store(scene, corrected) == [(item, 3, "updated")]
    kept = scene.world.run("SELECT resource FROM record.version WHERE item_id = %s ORDER BY version", item)
    first = '{"resourceType": "DocumentReference"}'
    assert [text for (text,) in kept] == [first, first, '{"corrected": true}']


def test_a_reading_grant_does_not_write(scene: Scene, record_property):
    record_property("attacks", 1)
    assert _refusal(scene, _delivery(new_id()), verb="open-record") == NO_GRANT


def test_an_item_of_another_record_is_not_taken_over(scene: Scene, record_property):
    record_property("attacks", 1)
    assert _refusal(scene, _delivery(scene.stranger_item)) == NOT_YOURS


def test_an_item_of_another_house_is_not_overwritten(scene: Scene, record_property):
    record_property("attacks", 1)
    foreign = scene.world.item(scene.treated, scene.world.institution())
    assert _refusal(scene, _delivery(foreign)) == NOT_YOURS


def test_a_draft_of_another_house_is_not_overwritten(scene: Scene, record_property):
    record_property("attacks", 1)
    foreign = scene.world.item(scene.treated, scene.world.institution(), status="draft")
    assert _refusal(scene, _delivery(foreign)) == NOT_YOURS


WITHDRAWN, NOT_FORWARD = "entered-in-error", "UD009"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("final", "draft"),
        ("amended", "final"),
        (WITHDRAWN, "final"),
        (WITHDRAWN, "draft"),
        ("draft", "amended"),
    ],
)
def test_a_person_writes_forward_only(scene: Scene, record_property, was: str, becomes: str):
    record_property("attacks", 1)
    item = scene.world.item(scene.treated, scene.hospital, status=was)
    assert _refusal(scene, _delivery(item, status=becomes)) == NOT_FORWARD


def test_an_old_version_does_not_overwrite_a_newer(scene: Scene, record_property):
    record_property("attacks", 1)
    item = new_id()
    _store(scene, _delivery(item))
    _store(scene, _delivery(item, status="amended", resource='{"second": true}', expected=1))
    late = _delivery(item, status="amended", resource='{"late": true}', expected=1)
    assert _refusal(scene, late) == VERSION_CHANGED


@pytest.mark.parametrize("category", [Category.LABORATORY, Category.PSYCHIATRY, Category.PRESCRIPTION])
def test_a_function_writes_its_own_categories_only(scene: Scene, record_property, category: Category):
    record_property("attacks", 1)
    physiotherapist = scene.world.worker("physiotherapist", scene.hospital)
    scene.world.relation(scene.treated, physiotherapist)
    secret = scene.world.session(physiotherapist)
    assert _store(scene, _delivery(new_id()), secret=secret)
    forbidden = _delivery(new_id(), category=int(category))
    assert _refusal(scene, forbidden, secret=secret) == NOT_WRITABLE


def test_a_forbidden_category_cannot_hide_behind_an_allowed_one(scene: Scene, record_property):
    record_property("attacks", 1)
    physiotherapist = scene.world.worker("physiotherapist", scene.hospital)
    scene.world.relation(scene.treated, physiotherapist)
    secret = scene.world.session(physiotherapist)
    mixed = (_delivery(new_id()), _delivery(new_id(), category=int(Category.PSYCHIATRY)))
    assert _refusal(scene, *mixed, secret=secret) == NOT_WRITABLE
    stored = scene.world.run(
        "SELECT count(*) FROM record.item WHERE id IN (%s, %s)", mixed[0]["id"], mixed[1]["id"]
    )
    assert stored == [(0,)]


def test_an_existing_item_is_not_moved_out_of_a_category_one_may_not_write(scene: Scene, record_property):
    """A physiotherapist could otherwise turn a psychiatric report of his house into one of his own."""
    record_property("attacks", 1)
    hidden = scene.world.item(scene.treated, scene.hospital, category=int(Category.PSYCHIATRY))
    physiotherapist = scene.world.worker("physiotherapist", scene.hospital)
    scene.world.relation(scene.treated, physiotherapist)
    secret = scene.world.session(physiotherapist)
    taken = _delivery(hidden, status="amended")
    assert _refusal(scene, taken, secret=secret) in {NOT_WRITABLE, NOT_YOURS}


@pytest.mark.parametrize("category", [-1, 21, 32, 63, 64, None])
def test_a_category_that_does_not_exist_is_refused(scene: Scene, record_property, category: int | None):
    record_property("attacks", 1)
    assert _refusal(scene, _delivery(new_id(), category=category))


@pytest.mark.parametrize("status", ["", "FINAL", "deleted", None])
def test_a_status_that_does_not_exist_is_refused(scene: Scene, record_property, status: str | None):
    record_property("attacks", 1)
    assert _refusal(scene, _delivery(new_id(), status=status))


def test_two_deliveries_of_one_item_in_one_call_are_not_mixed_up(scene: Scene, record_property):
    record_property("attacks", 1)
    item = new_id()
    assert _refusal(scene, _delivery(item), _delivery(item, resource='{"other": true}'))
    assert scene.world.run("SELECT count(*) FROM record.version WHERE item_id = %s", item) == [(0,)]


def test_a_plan_grant_writes_no_clinical_content(scene: Scene, record_property):
    record_property("attacks", 1)
    granted = scene.reader.grant(scene.secret, scene.stranger, verb="plan")
    assert granted.allowed
    with pytest.raises(psycopg.Error) as refusal:
        scene.reader.read(granted.token, STORE, json.dumps([_delivery(new_id())]))
    assert refusal.value.sqlstate == NOT_WRITABLE


def test_an_excluded_writer_is_stopped_between_two_reports(scene: Scene, record_property):
    record_property("attacks", 1)
    granted = scene.grant(verb="write-report")
    assert scene.reader.read(granted.token, STORE, json.dumps([_delivery(new_id())]))
    scene.world.exclude(scene.treated, scene.physician.person)
    with pytest.raises(psycopg.Error) as refusal:
        scene.reader.read(granted.token, STORE, json.dumps([_delivery(new_id())]))
    assert refusal.value.sqlstate == "UD003"


def test_relations_made_by_work_reach_no_further_than_the_house(scene: Scene, record_property):
    """An appointment planned here must not open the record to the staff of another house."""
    record_property("attacks", 1)
    colleague = scene.world.worker("specialist", scene.hospital)
    foreigner = scene.world.worker("specialist", scene.world.institution())
    for worker, allowed in ((colleague, True), (foreigner, False)):
        work = {
            "kind": "appointment",
            "status": "booked",
            "starts": "2026-01-01T00:00:00Z",
            "ends": "2099-01-01T00:00:00Z",
            "person": str(worker.person),
        }
        delivery = _delivery(new_id(), type="Appointment", category=int(Category.AGENDA), work=work)
        granted = scene.reader.grant(scene.secret, scene.stranger, verb="plan")
        try:
            scene.reader.read(granted.token, STORE, json.dumps([delivery]))
        except psycopg.Error as refusal:
            assert refusal.sqlstate in {NOT_YOURS, NOT_WRITABLE}
        opened = scene.reader.grant(scene.world.session(worker), scene.stranger)
        assert opened.allowed is allowed


def test_an_item_does_not_become_one_of_another_type(scene: Scene, record_property):
    """The line of the list would go on saying what it was: a Patient that is an Observation, a letter that is a Condition."""
    record_property("attacks", 1)
    item = new_id()
    assert _store(scene, _delivery(item))
    assert _refusal(scene, _delivery(item, type="Composition", status="amended")) == NOT_YOURS


@pytest.mark.parametrize("expected", [None, 1, 7])
def test_what_may_not_be_written_tells_nothing_of_its_version(
    scene: Scene, record_property, expected: int | None
):
    """Beside it an item of another house: the two answers are the same, whatever version is named (ACD-8)."""
    record_property("attacks", 1)
    physiotherapist = scene.world.worker("physiotherapist", scene.hospital)
    scene.world.relation(scene.treated, physiotherapist)
    secret = scene.world.session(physiotherapist)
    hidden = scene.world.item(scene.treated, scene.hospital, category=int(Category.PSYCHIATRY))
    foreign = scene.world.item(scene.treated, scene.world.institution())
    for item in (hidden, foreign):
        assert _refusal(scene, _delivery(item, expected=expected), secret=secret) == NOT_YOURS
