"""A PostgreSQL of the hospital's own: one command makes the roles, two addresses name it, everything runs on it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.trouble.conftest import linux_only
from tests.trouble.installation import Installation
from tests.trouble.own_postgres import OwnPostgres, own_postgres
from tests.trouble.resources import report
from tests.trouble.visitor import ApiClient, Visitor, rows
from unidossier.demo.fill.ids import patient_id

pytestmark = [linux_only, pytest.mark.prove]

RITA = patient_id("p-000001")
APP, MIGRATE = "unidossier_app", "unidossier_migrate"
PASSWORDS = {APP: "app-password-1", MIGRATE: "migrate-password-2"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgres]:
    with own_postgres(tmp_path_factory.mktemp("own") / "server") as made:
        yield made


@pytest.fixture(scope="module")
def addresses(server: OwnPostgres) -> dict[str, str]:
    """What the administrator writes down for the product."""
    return {
        "DATABASE_URL": server.address(APP, password=PASSWORDS[APP]),
        "DATABASE_MIGRATE_URL": server.address(MIGRATE, password=PASSWORDS[MIGRATE]),
    }


@pytest.fixture(scope="module")
def with_roles(server: OwnPostgres, tmp_path_factory: pytest.TempPathFactory) -> OwnPostgres:
    """The server after the one documented command."""
    admin = Installation(tmp_path_factory.mktemp("admin") / "home")
    for _ in range(2):  # safe to repeat
        done = admin.run(
            "roles",
            server.address(),
            UNIDOSSIER_APP_PASSWORD=PASSWORDS[APP],
            UNIDOSSIER_MIGRATE_PASSWORD=PASSWORDS[MIGRATE],
        )
        assert done.returncode == 0, done.stderr
    assert PASSWORDS[APP] not in done.stdout + done.stderr
    assert not (admin.home / "pg").exists()
    return server


@pytest.fixture(scope="module")
def site(
    with_roles: OwnPostgres, addresses: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """The demo on it."""
    made = Installation(tmp_path_factory.mktemp("site") / "home", settings=addresses)
    try:
        for command in ("migrate", "check"):
            done = made.run(command)
            assert done.returncode == 0, done.stdout + done.stderr
        made.start("demo")
        yield made
    finally:
        made.end()


def test_before_the_roles_the_command_to_run_is_told(server: OwnPostgres, tmp_path: Path) -> None:
    stranger = Installation(
        tmp_path / "home",
        settings={"DATABASE_URL": server.address("nobody_here", password="x")},
    )
    done = stranger.run("migrate")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "password authentication failed" in done.stderr


def test_the_demo_runs_on_it_with_passwords(site: Installation, server: OwnPostgres) -> None:
    assert not (site.home / "pg").exists()  # no second database hides behind
    with Visitor(site.port) as visitor:
        visitor.sign_in("an.verlinden")
        assert rows(visitor.get(f"/ward/patient/{RITA}/").text) >= 20
    with ApiClient(site.port, token=site.token("an.verlinden")) as client:
        answer = client.create(report(str(RITA), mark="on a server of our own"))
        assert answer.status_code == 201, answer.text
        assert client.read("Composition", answer.json()["id"]).status_code == 200
    assert server.query("SELECT count(*) FROM record.item")[0][0] > 1_000


def test_a_wrong_password_is_told(site: Installation, server: OwnPostgres, tmp_path: Path) -> None:
    wrong = {name: server.address(APP, password="wrong") for name in ("DATABASE_URL", "DATABASE_MIGRATE_URL")}
    done = site.run("check", **wrong)
    assert done.returncode == 1
    assert "password authentication failed" in done.stderr and "wrong@" not in done.stderr


FORBIDDEN = {
    "read past the gate": "SELECT * FROM record.item",
    "read the log": "SELECT * FROM log.entry",
    "write past the one writer": "INSERT INTO record.presence VALUES (gen_random_uuid(), gen_random_uuid())",
    "change the log": "DELETE FROM log.entry",
    "empty the log": "TRUNCATE log.entry",
    "make a table": "CREATE TABLE public.mine (a int)",
    "make a function": "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make a schema": "CREATE SCHEMA mine",
    "make a temporary table": "CREATE TEMPORARY TABLE mine (a int)",
    "turn row security off": "ALTER TABLE record.item DISABLE ROW LEVEL SECURITY",
    "become the owner": "SET ROLE unidossier_owner",
    "become the migrating role": "SET ROLE unidossier_migrate",
    "change the decision": "UPDATE gate.rule SET permits = true",
    "read the keys": "SELECT * FROM gate.key",
    "read files of the machine": "SELECT pg_read_file('/etc/passwd')",
    "run programs": "COPY (SELECT 1) TO PROGRAM 'true'",
    "give itself rights": "GRANT unidossier_owner TO unidossier_app",
    "set its own password": "ALTER ROLE unidossier_app SUPERUSER",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_application_cannot(site: Installation, addresses: dict[str, str], statement: str) -> None:
    with (
        psycopg.connect(addresses["DATABASE_URL"], autocommit=True) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        connection.execute(statement)  # type: ignore[call-overload]
    assert refused.value.sqlstate in ("42501", "UD002", "55000"), (refused.value.sqlstate, str(refused.value))


def test_backup_tells_whose_it_is(site: Installation, tmp_path: Path) -> None:
    done = site.run("backup", tmp_path / "saved.tar")
    assert done.returncode == 1
    assert "back it up with its own tools" in " ".join(done.stderr.split())


def test_serve_runs_on_it_and_offers_no_fictional_people(
    site: Installation, addresses: dict[str, str], tmp_path: Path
) -> None:
    """Runs last: a second installation on the same database, as real life has it."""
    assert site.stop() == 0
    real = Installation(site.home, settings=addresses)
    try:
        real.start("serve")
        with Visitor(real.port) as visitor:
            page = visitor.get("/sign-in")
            assert page.status_code == 200 and "an.verlinden" not in page.text
            assert visitor.post("/sign-in/demo", {"username": "an.verlinden"}).status_code == 404
        assert real.stop() == 0
    finally:
        real.end()
