"""Bulk Data export of an institution's own data: asked for, looked after, fetched, ended. hl7.org/fhir/uv/bulkdata (2.0), ACS-5"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from unidossier.gate.door import AccessRefused, Query, call
from unidossier.record.export_files import drop_export


def start_export(secret: bytes, *, export: UUID, wanted: Mapping[str, Any]) -> None:
    """Ask for an export under the id `export`; the worker makes it (jobs/bulk.py).

    `wanted`: {"request": address, "level": system|patient|group} and, where given, "team" (of a group), "patients",
    "types", "since". Raises AccessRefused for all but machine accounts, ActRefused (`too-many-running`,
    `too-many-kept`, `no-such-group`), SessionEnded, RecordUnreadable.
    """
    sql = "SELECT record.start_export(%(secret)s::bytea, %(export)s, %(wanted)s::jsonb) AS id"
    told = json.dumps(dict(wanted), default=str)
    (row,) = call(Query(sql, {"secret": secret, "export": export, "wanted": told}))
    if row["id"] is None:
        raise AccessRefused("ACS-1.function")


def show_export(secret: bytes, *, export: UUID) -> dict[str, Any] | None:
    """Return how an export of one's own institution stands, as record.export_state says; None when there is none."""
    sql = "SELECT record.export_state(%(secret)s::bytea, %(export)s) AS told"
    (row,) = call(Query(sql, {"secret": secret, "export": export}))
    told: dict[str, Any] | None = row["told"]
    return told


def fetch_export(secret: bytes, *, export: UUID, resource_type: str) -> list[int] | None:
    """Return the numbers of the pieces of one file, with the entry that it was fetched; None when there is no such file."""
    sql = "SELECT record.fetch_export(%(secret)s::bytea, %(export)s, %(type)s) AS pieces"
    (row,) = call(Query(sql, {"secret": secret, "export": export, "type": resource_type}))
    pieces: list[int] | None = row["pieces"]
    return pieces


def end_export(secret: bytes, *, export: UUID) -> bool:
    """End an export and throw its files away; tell whether there was one."""
    sql = "SELECT record.end_export(%(secret)s::bytea, %(export)s) AS ended"
    (row,) = call(Query(sql, {"secret": secret, "export": export}))
    if row["ended"]:
        drop_export(export)
    return bool(row["ended"])
