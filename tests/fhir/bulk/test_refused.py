"""Who may not, and what is not understood: refused with the right status, and nothing is learned of another house (ACD-8)."""

from uuid import uuid4

import pytest

from tests.fhir.bulk.scene import Scene
from tests.fhir.bulk.strict_client import ASYNC, kick_off
from tests.fhir.conftest import Sender
from unidossier.jobs.bulk import work_on_exports

# name -> address, headers, what the answer says it is about
BAD = {
    "no Prefer": ("/fhir/$export", {}, "respond-async"),
    "another format": ("/fhir/$export?_outputFormat=csv", ASYNC, "_outputFormat"),
    "a day without a zone": ("/fhir/$export?_since=2026-01-01", ASYNC, "_since"),
    "before all time": ("/fhir/$export?_since=0001-01-01T00:00:00%2B14:00", ASYNC, "_since"),
    "no instant": ("/fhir/$export?_since=yesterday", ASYNC, "_since"),
    "an unknown type": ("/fhir/$export?_type=Observation,Foo", ASYNC, "Foo"),
    "a filter without a search": ("/fhir/$export?_typeFilter=Observation", ASYNC, "_typeFilter"),
    "a filter of a type of no record": (
        "/fhir/$export?_typeFilter=Organization%3Fname%3Da",
        ASYNC,
        "_typeFilter",
    ),
    "a filter of a type left out": (
        "/fhir/$export?_type=Patient&_typeFilter=Observation%3Fcode%3D1",
        ASYNC,
        "_type leaves out",
    ),
    "a filter that sorts": (
        "/fhir/$export?_typeFilter=Observation%3Fcode%3D1%26_sort%3Ddate",
        ASYNC,
        "_sort",
    ),
    "a filter that brings others": (
        "/fhir/$export?_typeFilter=Observation%3F_include%3DObservation:subject",
        ASYNC,
        "_include",
    ),
    "a filter that names a patient": (
        "/fhir/$export?_typeFilter=Observation%3Fpatient%3Da",
        ASYNC,
        "'patient'",
    ),
    "a filter by what is not known": (
        "/fhir/$export?_typeFilter=Observation%3Fflavour%3D1",
        ASYNC,
        "flavour",
    ),
    "a filter by an impossible date": (
        "/fhir/$export?_typeFilter=Observation%3Fdate%3D2026-02-31",
        ASYNC,
        "date",
    ),
    "elements": ("/fhir/$export?_elements=id,../x", ASYNC, "_elements"),
    "something unknown": ("/fhir/$export?organizeOutputBy=Patient", ASYNC, "organizeOutputBy"),
    "patients by GET": ("/fhir/Patient/$export?patient=Patient/1", ASYNC, "POST"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_understood_is_refused_and_starts_nothing(scene: Scene, name: str) -> None:
    address, headers, word = BAD[name]
    answer = scene.machine.get(address, **headers)
    assert answer.status_code == 400 and word in answer.json()["issue"][0]["diagnostics"]
    assert scene.world.run(
        "SELECT count(*) FROM record.export WHERE institution_id = %s AND state = 'waiting'", scene.id
    ) == [(0,)]


def test_lenient_leaves_out_what_is_not_known(scene: Scene) -> None:
    prefer = "respond-async, handling=lenient"
    assert (
        scene.machine.get("/fhir/$export?organizeOutputBy=x&_type=Foo,Patient", prefer=prefer).status_code
        == 202
    )


def test_a_filter_is_never_left_out(scene: Scene) -> None:
    prefer = "respond-async, handling=lenient"
    for one in ("x", "Observation%3Fflavour%3D1"):
        assert scene.machine.get(f"/fhir/$export?_typeFilter={one}", prefer=prefer).status_code == 400


@pytest.mark.parametrize("function", ["specialist", "nurse", "reception", "security-officer"])
def test_people_export_nothing_and_the_try_is_an_entry(scene: Scene, function: str) -> None:
    person = scene.world.worker(function, scene.id)
    sender = Sender(scene.machine.client, scene.world.session(person, face="api"))
    assert sender.get("/fhir/$export", **ASYNC).status_code == 403
    rows = scene.world.run(
        "SELECT permitted FROM log.entry WHERE person_id = %s AND verb = 'bulk-export'", person.person
    )
    assert rows == [(False,)]


def test_a_patient_and_nobody(scene: Scene) -> None:
    own = Sender(scene.machine.client, scene.world.own_session(scene.patients[0], face="api"))
    assert own.get("/fhir/$export", **ASYNC).status_code == 403
    assert scene.machine.client.get("/fhir/$export", headers=ASYNC).status_code == 401


def test_another_house_sees_nothing_of_an_export(scene: Scene) -> None:
    status = kick_off(scene.machine, "/fhir/Patient/$export")
    work_on_exports(slice_s=30)
    nobody = f"/fhir/$export-status/{uuid4()}"
    file = status.replace("$export-status", "$export-file") + "/Patient"
    assert scene.machine.get(file).status_code == 200
    for address in (status, file, nobody, f"{file}x"):
        assert scene.other.get(address).status_code == 404
    assert scene.other.get(status).json() == scene.other.get(nobody).json()
    assert scene.other.client.request("DELETE", status, headers=scene.other.headers).status_code == 404
    assert scene.machine.get(status).status_code == 200


def test_two_at_a_time_and_ten_kept(scene: Scene) -> None:
    first = kick_off(scene.machine, "/fhir/$export?_type=Patient")
    kick_off(scene.machine, "/fhir/$export?_type=Patient")
    third = scene.machine.get("/fhir/$export", **ASYNC)
    assert third.status_code == 429 and third.headers["retry-after"] == "60"
    assert scene.machine.client.request("DELETE", first, headers=scene.machine.headers).status_code == 202
    kick_off(scene.machine, "/fhir/$export?_type=Patient")
    scene.world.run("UPDATE record.export SET state = 'cancelled' WHERE institution_id = %s", scene.id)
    for _ in range(10):
        scene.world.run(
            """INSERT INTO record.export (id, institution_id, person_id, employment_id, request, level, waits_for, state, foreign_done, patients_all, entry_id)
            VALUES (gen_random_uuid(), %s, %s, %s, '', 'system', '{}', 'complete', true, 0, 0)""",
            *(scene.id, scene.account.person, scene.account.employment),
        )
    assert scene.machine.get("/fhir/$export", **ASYNC).status_code == 429
