"""From an empty home to a database that may serve: keys, database, roles, schema, proof. Safe to repeat."""

import psycopg
from psycopg import sql

from unidossier.database.connections import DATABASE, migrate_dsn
from unidossier.database.home import Home
from unidossier.database.keys import GATE_HMAC, key, make_first_keys
from unidossier.database.lint import Finding, check
from unidossier.database.migrate import Migrated, create_roles, migrate
from unidossier.database.server import SUPERUSER, EmbeddedServer


class CatalogueNotClean(Exception):
    """The catalogue lint found faults: this database must not serve a record."""

    def __init__(self, findings: list[Finding]) -> None:
        told = "\n".join(f"  - {finding}" for finding in findings)
        super().__init__(f"The database is not safe to serve from. What is wrong:\n{told}")


def set_up(home: Home, *, server: EmbeddedServer | None) -> Migrated:
    """Bring everything below the application up to date, and prove the catalogue clean.

    `server` is None when DATABASE_URL names another one: an administrator has made its roles
    (`unidossier roles`). Raises CatalogueNotClean, KeyMissing, KeyExposed, psycopg errors.
    """
    make_first_keys(home)
    if server is not None:
        make_database(server)
        create_roles(server.dsn(SUPERUSER, DATABASE))
    migrated = migrate(migrate_dsn(), session_key=key(home, GATE_HMAC))
    findings = check(migrate_dsn())
    if findings:
        raise CatalogueNotClean(findings)
    return migrated


def make_database(server: EmbeddedServer) -> None:
    """Make the product's database in the embedded server, if there is none."""
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
