"""An institution exports its own data, all of it and nothing else; each page is an entry that its patients see (ACS-5, MY-15)."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

from tests.fhir.bulk.scene import Scene
from tests.fhir.bulk.strict_client import fetch, kick_off
from tests.fhir.conftest import Sender
from tests.fhir.resources import observation
from unidossier.database.home import Home
from unidossier.jobs.bulk import work_on_exports


def test_all_that_was_sent_comes_back_equal_and_nothing_else(scene: Scene) -> None:
    export = fetch(scene.machine, "/fhir/Patient/$export")
    found = {f"{one['resourceType']}/{one['id']}": one for lines in export.files.values() for one in lines}
    assert found == scene.sent
    assert export.manifest["error"] == [] and export.manifest["request"].endswith("/fhir/Patient/$export")


def test_nothing_of_another_institution_is_in_it(scene: Scene) -> None:
    # another house holds something of the same patient
    theirs = scene.world.item(scene.patients[0], scene.world.institution())
    text = json.dumps(fetch(scene.machine, "/fhir/$export").files)
    assert str(theirs) not in text and "secret" not in text
    assert not [one for one in scene.elsewhere if one.partition("/")[2] in text]


def test_the_request_each_page_and_each_fetch_are_entries_and_every_patient_sees_it(scene: Scene) -> None:
    before = len(scene.entries())
    export = fetch(scene.machine, "/fhir/Patient/$export?_type=Observation")
    asked, page, complete, got = scene.entries()[before:]
    assert all(one[0] and one[1] == "ACS-5.institution" for one in (asked, page, complete, got))
    assert asked[3]["types"] == ["Observation"] and asked[3]["patients"] == 3 and asked[3]["state"] == "asked"
    assert set(page[2]) == set(scene.patients) and page[3]["count"] == 3 and "patients" not in page[3]
    assert complete[3]["state"] == "complete" and complete[3]["resources"] == len(export.files["Observation"])
    assert got[3]["fetched"] == "Observation" and got[3]["resources"] == complete[3]["resources"]
    for one in scene.patients:
        rows = scene.world.run(
            "SELECT verb FROM log.listed WHERE patient_id = %s AND person_id = %s", one, scene.account.person
        )
        assert ("bulk-export",) in rows


def test_since_and_type_narrow_and_a_later_version_comes_once(scene: Scene) -> None:
    since = datetime.now(UTC).isoformat()
    changed = next(one for name, one in scene.sent.items() if name.startswith("Observation"))
    changed = changed | {"status": "amended"}
    assert scene.machine.put(f"/fhir/Observation/{changed['id']}", changed).status_code == 200
    export = fetch(scene.machine, f"/fhir/Patient/$export?_since={quote(since)}&_type=Observation,Patient")
    assert export.files.keys() == {"Observation"}
    assert [(one["id"], one["status"]) for one in export.files["Observation"]] == [(changed["id"], "amended")]
    scene.sent[f"Observation/{changed['id']}"] = scene.machine.get(
        f"/fhir/Observation/{changed['id']}"
    ).json()


def test_what_was_taken_back_is_told_since_then_and_is_not_there_otherwise(scene: Scene) -> None:
    made = scene.machine.post("/fhir/Observation", observation(scene.patients[1])).json()
    since = datetime.now(UTC).isoformat()
    gone = scene.machine.client.request(
        "DELETE", f"/fhir/Observation/{made['id']}", headers=scene.machine.headers
    )
    assert gone.status_code == 204
    assert made["id"] not in fetch(scene.machine, "/fhir/Patient/$export?_type=Observation").ids(
        "Observation"
    )
    export = fetch(scene.machine, f"/fhir/Patient/$export?_since={quote(since)}")
    assert export.manifest["output"] == [] and [one["count"] for one in export.manifest["deleted"]] == [1]
    (bundle,) = export.files["Bundle"]
    assert bundle["entry"] == [{"request": {"method": "DELETE", "url": f"Observation/{made['id']}"}}]


def test_a_group_is_a_team_and_whom_it_treats_now(scene: Scene) -> None:
    team = scene.world.team(scene.id)
    scene.world.relation(scene.patients[1], scene.account, person_id=None, team_id=team)
    export = fetch(scene.machine, f"/fhir/Group/{team}/$export")
    assert export.ids("Patient") == {str(scene.patients[1])}
    answer = scene.machine.get(f"/fhir/Group/{uuid4()}/$export", prefer="respond-async")
    assert answer.status_code == 404
    theirs = scene.world.team(scene.world.institution())
    assert scene.machine.get(f"/fhir/Group/{theirs}/$export", prefer="respond-async").json() == answer.json()


def test_patients_named_by_post_alone(scene: Scene) -> None:
    named = [{"name": "patient", "valueReference": {"reference": f"Patient/{scene.patients[2]}"}}]
    # somebody of another house, named as well: nothing says whether he is known
    named.append({"name": "patient", "valueReference": {"reference": next(iter(scene.elsewhere))}})
    export = fetch(scene.machine, "/fhir/Patient/$export", {"resourceType": "Parameters", "parameter": named})
    assert export.ids("Patient") == {str(scene.patients[2])}


def test_whom_the_institution_never_sent_comes_as_the_registry_knows_him(scene: Scene) -> None:
    known = scene.world.patient()
    item = scene.world.item(known, scene.id)
    ((family,),) = scene.world.run("SELECT family FROM registry.patient WHERE id = %s", known)
    scene.world.run("UPDATE record.version SET resource = %s WHERE item_id = %s", _report(item, known), item)
    try:
        export = fetch(scene.machine, "/fhir/Patient/$export")
        (one,) = [each for each in export.files["Patient"] if each["id"] == str(known)]
        assert one["name"][0]["family"] == family
        assert one == scene.machine.get(f"/fhir/Patient/{known}").json()
    finally:
        scene.world.run("DELETE FROM record.presence WHERE patient_id = %s", known)


def _report(item: UUID, subject: UUID) -> str:
    resource = {"resourceType": "DocumentReference", "id": str(item), "status": "current"}
    return json.dumps(resource | {"subject": {"reference": f"Patient/{subject}"}}, indent=1)


def test_what_is_about_nobody_comes_with_the_system_alone(scene: Scene) -> None:
    house = {"resourceType": "Organization", "id": str(uuid4()), "name": "House of \n the test"}
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": house, "request": {"method": "PUT", "url": f"Organization/{house['id']}"}}],
    }
    assert scene.machine.post("/fhir", bundle).status_code == 200
    assert "Organization" not in fetch(scene.machine, "/fhir/Patient/$export").files
    assert fetch(scene.machine, "/fhir/$export?_type=Organization").ids("Organization") == {house["id"]}


def test_the_files_lie_sealed_and_go_with_the_export(scene: Scene) -> None:
    status = kick_off(scene.machine, "/fhir/Patient/$export")
    work_on_exports(slice_s=30)
    folder = Home.find().path / "exports" / status.rpartition("/")[2]
    pieces = list(folder.iterdir())
    assert pieces and not [
        one for one in pieces if b"Peeters" in one.read_bytes() or b'"id"' in one.read_bytes()
    ]
    assert {one.stat().st_mode & 0o777 for one in [*pieces, folder]} == {0o600, 0o700}
    _moved(pieces, folder)
    assert scene.machine.client.request("DELETE", status, headers=scene.machine.headers).status_code == 202
    assert scene.machine.get(status).status_code == 404 and not folder.exists()


def _moved(pieces: list[Path], folder: Path) -> None:
    """A piece under another's name does not open."""
    from unidossier.record.export_files import ExportMissing, get_piece

    one, other = sorted(pieces)[:2]
    text = other.read_bytes()
    other.write_bytes(one.read_bytes())
    kind, _, nth = other.name.rpartition(".")
    try:
        get_piece(UUID(folder.name), resource_type=kind, nth=int(nth))
    except ExportMissing:
        other.write_bytes(text)
    else:
        raise AssertionError("it opened")


def test_an_empty_institution_gets_an_empty_manifest(scene: Scene) -> None:
    house = scene.world.institution()
    account = scene.world.worker("machine", house)
    machine = Sender(scene.machine.client, scene.world.session(account, face="api", purpose="exchange"))
    assert fetch(machine, "/fhir/$export").manifest["output"] == []
