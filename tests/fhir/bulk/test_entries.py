"""Each verb of an export leaves its entry, permitted and refused (LOG-1)."""

from uuid import UUID

import pytest

from tests.fhir.bulk.scene import Scene
from unidossier.actions.export_in_bulk import end_export, fetch_export, show_export, start_export
from unidossier.actions.make_export_page import make_export_page
from unidossier.gate.door import AccessRefused
from unidossier.jobs.bulk import work_on_exports
from unidossier.kernel.uuid7 import new_id

ENTRIES = (
    "SELECT permitted, patients FROM log.entry WHERE person_id = %s AND verb = 'bulk-export' ORDER BY id"
)
WANTED = {"request": "/fhir/$export", "level": "patient", "types": ["Patient"]}


def test_a_machine(scene: Scene) -> None:
    account = scene.world.worker("machine", scene.id)
    secret = scene.world.session(account, face="api", purpose="exchange")
    export = new_id()

    def entries() -> list[tuple[bool, list[UUID] | None]]:
        return scene.world.run(ENTRIES, account.person)  # type: ignore[return-value]

    start_export(secret, export=export, wanted=WANTED)
    assert entries() == [(True, None)]
    scene.world.run("UPDATE record.export SET state = 'running' WHERE id = %s", export)
    named = [str(one) for one in scene.patients]
    page = make_export_page(secret, export=export, patients=named, types=["Patient"], since=None)
    assert {one["patient_id"] for one in page.items} == set(scene.patients)
    assert set(entries()[1][1] or ()) == set(scene.patients)
    work_on_exports(slice_s=30)
    before = len(entries())
    assert show_export(secret, export=export)["state"] == "complete"  # type: ignore[index]
    assert fetch_export(secret, export=export, resource_type="Patient") == [0]
    assert fetch_export(secret, export=export, resource_type="Observation") is None
    assert end_export(secret, export=export)
    assert [one[0] for one in entries()[before:]] == [
        True,
        False,
        True,
    ]  # showing how it stands reads nothing


def test_a_person(scene: Scene) -> None:
    person = scene.world.worker("specialist", scene.id)
    secret = scene.world.session(person)
    with pytest.raises(AccessRefused):
        start_export(secret, export=new_id(), wanted=WANTED)
    with pytest.raises(AccessRefused):
        make_export_page(secret, export=new_id(), patients=[str(scene.patients[0])], types=None, since=None)
    assert show_export(secret, export=new_id()) is None
    assert [one[0] for one in scene.world.run(ENTRIES, person.person)] == [False, False, False]


def test_a_machine_is_given_no_patient_of_another_house(scene: Scene) -> None:
    """A page that names somebody of whom the institution holds nothing names him in vain (ACS-5)."""
    account = scene.world.worker("machine", scene.id)
    secret = scene.world.session(account, face="api", purpose="exchange")
    export, stranger = new_id(), scene.world.patient()
    scene.world.item(stranger, scene.world.institution())
    start_export(secret, export=export, wanted=WANTED)
    scene.world.run("UPDATE record.export SET state = 'running' WHERE id = %s", export)
    page = make_export_page(secret, export=export, patients=[str(stranger)], types=None, since=None)
    assert page.items == [] and page.patients == []
    assert scene.world.run(ENTRIES, account.person)[-1] == (True, [])
