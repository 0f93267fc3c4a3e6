"""The Patient of the registry, who belongs to no single institution. hl7.org/fhir/R4/patient.html

His versions are those of the registry (registry/sql/versions.sql), as the reader may see them.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from unidossier.gate.door import Query, Row

REPLACES = Query("SELECT registry.replaces() AS replaces")
_VERSIONS = "SELECT version, at, facts FROM registry.patient_versions(%(asked)s::uuid)"
# one that an institution sent under this id stands before the registry's own
_NO_ITEM = "NOT EXISTS (SELECT FROM record.item i WHERE i.id = %(asked)s::uuid)"


def newest_version(patient: UUID) -> Query:
    """Return the statement of what the registry says of a patient now: version, at, facts; no line where an item has his id."""
    return Query(f"{_VERSIONS} WHERE {_NO_ITEM} ORDER BY version DESC LIMIT 1", {"asked": patient})


def one_version(patient: UUID, version: int) -> Query:
    """Return the statement of one version; columns and lines of `newest_version`."""
    values = {"asked": patient, "version": version}
    return Query(f"{_VERSIONS} WHERE {_NO_ITEM} AND version = %(version)s", values)


def every_version(patient: UUID) -> Query:
    """Return the statement of all versions, the newest first; columns and lines of `newest_version`."""
    return Query(f"{_VERSIONS} WHERE {_NO_ITEM} ORDER BY version DESC", {"asked": patient})


def version_text(id_: UUID, row: Row) -> bytes:
    """Return the resource that a line of these statements means; of one who was merged only where he is now (REC-8)."""
    facts: dict[str, Any] = row["facts"]
    meta = {"versionId": str(row["version"]), "lastUpdated": _instant(row["at"])}
    if kept := facts.get("merged_into"):
        return _dumped(_merged(id_, kept=kept) | {"meta": meta})
    return _dumped(_resource(id_, facts) | {"meta": meta})


def merged_text(text: str, *, id_: UUID, kept: UUID | None, replaces: list[UUID]) -> bytes:
    """Return a stored Patient of a record that others were merged into; one that was merged away says only where he is now."""
    if id_ in replaces and kept is not None:
        return _dumped(_merged(id_, kept=str(kept)))
    if id_ != kept or '"link"' in text:
        return text.encode()
    link = orjson.dumps([_link(one, kind="replaces") for one in replaces]).decode()
    return f'{text.rstrip()[:-1]},"link":{link}}}'.encode()  # the sender's own words stay to the letter


def _resource(id_: UUID, facts: dict[str, Any]) -> dict[str, Any]:
    names = {"use": "official", "family": facts["family"], "given": facts.get("given", "").split()}
    died = facts.get("deceased_at")
    spoken = {"coding": [{"system": "urn:ietf:bcp:47", "code": facts["language"]}]}
    return {
        "resourceType": "Patient",
        "id": str(id_),
        "identifier": [{"system": one["system"], "value": one["value"]} for one in facts.get("numbers", ())],
        "active": True,
        "name": [{name: value for name, value in names.items() if value}],
        "gender": facts.get("sex"),
        "birthDate": facts.get("birth_date"),
        "deceasedDateTime": _instant(datetime.fromisoformat(died)) if died else None,
        "communication": [{"language": spoken}],
        "link": [_link(one, kind="replaces") for one in facts.get("replaces", ())],
    }


def _merged(merged: UUID, *, kept: str) -> dict[str, Any]:
    """Return what stands at the id of a merged patient. hl7.org/fhir/R4/patient.html#merging"""
    return {
        "resourceType": "Patient",
        "id": str(merged),
        "active": False,
        "link": [_link(kept, kind="replaced-by")],
    }


def _link(other: UUID | str, *, kind: str) -> dict[str, Any]:
    return {"other": {"reference": f"Patient/{other}"}, "type": kind}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _dumped(patient: dict[str, Any]) -> bytes:
    return orjson.dumps({name: value for name, value in patient.items() if value or value is False})
