"""While it is made: rights that end end it (T24), a killed worker loses nothing, an old one expires, a moving record shows one instant."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from tests.fhir.bulk.scene import Scene
from tests.fhir.bulk.strict_client import fetched, kick_off
from tests.fhir.conftest import Sender
from tests.fhir.subscriptions.scene import by_app
from tests.gate.server import Dsns
from tests.gate.world import Worker
from unidossier.database.home import Home
from unidossier.jobs.bulk import drop_ended, work_on_exports

MANY = 130  # patients: more than fit one page
_FILL = """WITH people AS (
    INSERT INTO registry.patient (id, family, given, sort_key, birth_date, entry_id)
    SELECT gen_random_uuid(), 'Many' || n, 'Al', 'many' || n, DATE '1950-01-01' + n, 0 FROM generate_series(1, %(many)s) n RETURNING id
), here AS (INSERT INTO record.presence SELECT id, %(house)s FROM people),
items AS (
    INSERT INTO record.item (patient_id, id, version, type, institution_id, category, status, title, language, clinical_at, entered_at, author_name, search)
    SELECT id, gen_random_uuid(), 1, 'Basic', %(house)s, 0, 'final', 'x', 'en', now(), now(), 'x', 'x' FROM people RETURNING patient_id, id
) INSERT INTO record.version (patient_id, item_id, version, institution_id, category, status, title, author_name, entry_id, resource, sha256)
SELECT patient_id, id, 1, %(house)s, 0, 'final', 'x', 'x', 0, '{"resourceType": "Basic", "id": "' || id || '"}', 'x' FROM items"""
# a worker that is killed when its first page lies on disk and is not marked yet
_KILLED = """
import os, signal
import unidossier.jobs.bulk as bulk
bulk._mark = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
bulk.work_on_exports(slice_s=30)
"""


@pytest.fixture(scope="module")
def crowd(scene: Scene, dsns: Dsns) -> Iterator[tuple[Worker, Sender]]:
    """A hospital of many patients with one item each, and a second account of it that looks on."""
    house = scene.world.institution()
    with psycopg.connect(dsns.root, autocommit=True) as connection:
        connection.execute(_FILL, {"many": MANY, "house": house})
    account = scene.world.worker("machine", house)
    yield account, Sender(scene.machine.client, scene.world.session(account, face="api", purpose="exchange"))
    scene.world.run("UPDATE record.export SET state = 'cancelled' WHERE institution_id = %s", house)
    scene.world.run("DELETE FROM record.presence WHERE institution_id = %s", house)


def lease_is_over(scene: Scene) -> None:
    scene.world.run("UPDATE record.export SET leased_until = '-infinity' WHERE state = 'running'")


def test_pages_follow_each_other_and_progress_is_told(scene: Scene, crowd: tuple[Worker, Sender]) -> None:
    _, machine = crowd
    status = kick_off(machine, "/fhir/$export?_type=Basic")
    assert work_on_exports(slice_s=0) == 1  # the foreign
    assert work_on_exports(slice_s=0) == 1
    assert machine.get(status).headers["x-progress"] == f"100 of {MANY} patients"
    work_on_exports(slice_s=30)
    assert len(fetched(machine, status).ids("Basic")) == MANY


def test_an_account_that_ends_ends_its_export_at_the_next_page(
    scene: Scene, crowd: tuple[Worker, Sender]
) -> None:
    account, looks_on = crowd
    ending = scene.world.worker("machine", account.institution)
    machine = Sender(looks_on.client, scene.world.session(ending, face="api", purpose="exchange"))
    status = kick_off(machine, "/fhir/Patient/$export?_type=Basic")
    assert work_on_exports(slice_s=0) == 1
    scene.world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", ending.employment)
    work_on_exports(slice_s=30)
    answer = looks_on.get(status)
    assert answer.status_code == 500 and "may not read" in answer.json()["issue"][0]["diagnostics"]
    assert machine.get(status).status_code == 401
    assert not (Home.find().path / "exports" / status.rpartition("/")[2]).exists()
    named = scene.world.run(
        "SELECT count(*) FROM log.listed WHERE person_id = %s AND verb = 'bulk-export'", ending.person
    )
    assert named == [(100,)]  # of the page before, and of no other


def test_a_function_that_machines_lose_ends_it_too(scene: Scene, crowd: tuple[Worker, Sender]) -> None:
    _, machine = crowd
    status = kick_off(machine, "/fhir/Patient/$export?_type=Basic")
    assert work_on_exports(slice_s=0) == 1
    with scene_without_reading_machines(scene):
        work_on_exports(slice_s=30)
    assert machine.get(status).status_code == 500


class scene_without_reading_machines:
    """A version of the function table in which machines read nothing, taken back at the end."""

    def __init__(self, scene: Scene) -> None:
        self._world = scene.world

    def __enter__(self) -> None:
        ((self._version,),) = self._world.run(
            "INSERT INTO gate.rights_version (version, made_by, reason) SELECT max(version) + 1, 'test', 'test' FROM gate.rights_version RETURNING version"
        )
        self._world.run(
            "INSERT INTO gate.rights SELECT %s, function, action, category FROM gate.rights WHERE version = %s AND NOT (function = 'machine' AND action = 'read')",
            self._version,
            self._version - 1,
        )

    def __exit__(self, *_: object) -> None:
        self._world.run("DELETE FROM gate.rights WHERE version = %s", self._version)
        self._world.run("DELETE FROM gate.rights_version WHERE version = %s", self._version)
        self._world.run(
            "UPDATE gate.epoch SET epoch = epoch + 1 WHERE subject = '00000000-0000-0000-0000-000000000000'"
        )


def test_a_worker_killed_half_way_loses_nothing_and_doubles_nothing(
    scene: Scene, crowd: tuple[Worker, Sender]
) -> None:
    _, machine = crowd
    status = kick_off(machine, "/fhir/Patient/$export?_type=Basic")
    killed = subprocess.run([sys.executable, "-c", _KILLED], env=os.environ, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert work_on_exports(slice_s=30) == 0, "the lease holds"
    assert list((Home.find().path / "exports" / status.rpartition("/")[2]).iterdir()), "its page lies on disk"
    lease_is_over(scene)
    assert work_on_exports(slice_s=30) == 2
    export = fetched(machine, status)
    assert len(export.files["Basic"]) == MANY == len(export.ids("Basic"))


def test_an_export_ended_under_way_leaves_no_file(scene: Scene, crowd: tuple[Worker, Sender]) -> None:
    _, machine = crowd
    status = kick_off(machine, "/fhir/Patient/$export?_type=Basic")
    assert work_on_exports(slice_s=0) == 1
    assert machine.client.request("DELETE", status, headers=machine.headers).status_code == 202
    assert work_on_exports(slice_s=30) == 0
    assert machine.get(status).status_code == 404
    assert not (Home.find().path / "exports" / status.rpartition("/")[2]).exists()


def test_files_expire(scene: Scene, crowd: tuple[Worker, Sender]) -> None:
    _, machine = crowd
    status = kick_off(machine, "/fhir/Patient/$export?_type=Basic")
    work_on_exports(slice_s=30)
    export = UUID(status.rpartition("/")[2])
    scene.world.run("UPDATE record.export SET ends_at = now() WHERE id = %s", export)
    assert machine.get(status).status_code == 404
    assert machine.get(f"/fhir/$export-file/{export}/Basic").status_code == 404
    assert drop_ended() >= 1 and not (Home.find().path / "exports" / str(export)).exists()


def test_what_was_being_stored_is_waited_for_and_what_came_later_is_not_in_it(
    scene: Scene, crowd: tuple[Worker, Sender], dsns: Dsns
) -> None:
    _, machine = crowd
    with psycopg.connect(dsns.app) as storing:
        storing.execute("SELECT 1")  # a transaction that began before the request
        status = kick_off(machine, "/fhir/Patient/$export?_type=Basic")
        assert work_on_exports(slice_s=1) == 0
        storing.rollback()
    ((patient, item),) = scene.world.run(
        "SELECT patient_id, id FROM record.item WHERE institution_id = %s LIMIT 1", crowd[0].institution
    )
    scene.world.run(
        """INSERT INTO record.version (patient_id, item_id, version, institution_id, category, status, title, author_name, entry_id, resource, sha256)
        SELECT patient_id, item_id, 2, institution_id, category, status, title, author_name, 0, '{"resourceType": "Basic", "id": "later"}', sha256 FROM record.version WHERE patient_id = %s AND item_id = %s""",
        *(patient, item),
    )
    scene.world.run(
        "UPDATE record.item SET version = 2, entered_at = now() WHERE patient_id = %s AND id = %s",
        patient,
        item,
    )
    work_on_exports(slice_s=30)
    ids = fetched(machine, status).ids("Basic")
    assert str(item) in ids and "later" not in ids


def test_an_app_exports_what_its_scopes_name_and_ends_with_its_suspension(
    scene: Scene, crowd: tuple[Worker, Sender]
) -> None:
    account, looks_on = crowd
    all_of = (1 << 21) - 1
    app = by_app(
        scene.world,
        looks_on.client,
        account,
        {"system": {"r": {"Basic": all_of}}},
        face="api",
        purpose="exchange",
    )
    assert app.get("/fhir/Patient/$export", prefer="respond-async").status_code == 403
    status = kick_off(app, "/fhir/Patient/$export?_type=Basic")
    assert work_on_exports(slice_s=0) == 1
    scene.world.run("UPDATE gate.app SET suspended_at = now()")
    assert work_on_exports(slice_s=30) == 0
    assert looks_on.get(status).status_code == 500
    assert app.get(status).status_code == 401
    scene.world.run("DELETE FROM record.export_part WHERE export_id = %s", status.rpartition("/")[2])
