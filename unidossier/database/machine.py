"""The machine account of an institution, made by an administrator of the database; the application cannot make one (ACS-5)."""

import json

import psycopg

from unidossier.database.connections import migrate_dsn

LANGUAGES = ("fr", "nl", "de", "en")


class InstitutionUnknown(Exception):
    """No institution has this key, and no name was given to make it."""


def make_machine(key: str, *, name: str | None, language: str, federal: bool) -> bool:
    """Make the account, and the institution outside the network when it is not there; return whether anything was made.

    `federal`: the account brings what the federal platform says (EXC-3). Each change is an entry of the log (LOG-1).
    Raises InstitutionUnknown, and psycopg errors when the database is away.
    """
    names = json.dumps(dict.fromkeys(LANGUAGES, name)) if name else None
    try:
        with psycopg.connect(migrate_dsn(), autocommit=True) as connection:
            row = connection.execute(
                "SELECT registry.make_machine(%s, %s::jsonb, %s, %s)", (key, names, language, federal)
            ).fetchone()
    except psycopg.Error as fault:
        if fault.sqlstate != "UD010":
            raise
        raise InstitutionUnknown(
            f"No institution has the key {key}. Give its name to make it: unidossier machine {key} --name ..."
        ) from fault
    assert row is not None
    return bool(row[0]["made"])
