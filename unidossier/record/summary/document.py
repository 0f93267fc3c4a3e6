"""The summary as a FHIR document: a Bundle whose first entry is a Composition. hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"""

from typing import Any
from uuid import UUID, uuid4

import orjson

from unidossier.kernel.identifiers import SSIN
from unidossier.record.summary.entries import entry_of
from unidossier.record.summary.gathered import Filled, Gathered
from unidossier.record.summary.table import narrative, table_of
from unidossier.record.summary.words import word
from unidossier.terminology.systems import LOINC

Json = dict[str, Any]
IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_EMPTY_WORDS = {"withheld": "Information Withheld", "unavailable": "Unavailable"}


def document(gathered: Gathered, *, base: str) -> bytes:
    """Return the document as FHIR JSON. `base`: the address of the API, by which its resources can be read again."""
    entries: dict[str, Json] = {}
    device = _device()
    sections = [_section(one, gathered=gathered, entries=entries) for one in gathered.sections]
    composition = _composition(gathered, sections=sections, author=f"Device/{device['id']}")
    for one in [*entries.values()]:
        named = one.get("medicationReference", {}).get("reference")
        if named in gathered.beside:
            entries.setdefault(named, gathered.beside[named])
    houses = [_organization(gathered, one) for one in _sources(gathered)]
    resources = [composition, _patient(gathered.patient), device, *entries.values(), *houses]
    bundle = {
        "resourceType": "Bundle",
        "id": str(uuid4()),
        "meta": {"profile": [f"{IPS}Bundle-uv-ips"]},
        "language": gathered.language,
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid4()}"},
        "type": "document",
        "timestamp": gathered.at.isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one} for one in resources
        ],
    }
    return orjson.dumps(bundle)


def _composition(gathered: Gathered, *, sections: list[Json], author: str) -> Json:
    title = word("title", gathered.language)
    patient = gathered.patient
    return {
        "resourceType": "Composition",
        "id": str(uuid4()),
        "meta": {"profile": [f"{IPS}Composition-uv-ips"]},
        "language": gathered.language,
        "status": "final",
        "type": {"coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
        "subject": {"reference": f"Patient/{patient['id']}"},
        "date": gathered.at.isoformat(timespec="seconds"),
        "author": [{"reference": author}],
        "title": f"{title}: {patient['given']} {patient['family']}",
        "confidentiality": "N",
        "section": sections,
    }


def _section(filled: Filled, *, gathered: Gathered, entries: dict[str, Json]) -> Json:
    """Return one section, and put its resources into `entries` by reference."""
    table = table_of(filled, language=gathered.language)
    made: Json = {
        "title": table.title,
        "code": {"coding": [{"system": LOINC, "code": filled.section.loinc}]},
        "text": {"status": "generated", "div": narrative(table, language=gathered.language)},
    }
    references = []
    for line in filled.lines:
        reference = f"{line['type']}/{line['id']}"
        entries.setdefault(reference, entry_of(line, gathered=gathered))
        references.append({"reference": reference})
    if references:
        made["entry"] = references
    else:
        coding = {"system": EMPTY, "code": filled.empty, "display": _EMPTY_WORDS[filled.empty]}
        made["emptyReason"] = {"coding": [coding], "text": table.note}
    return made


def _patient(row: Json) -> Json:
    made: Json = {
        "resourceType": "Patient",
        "id": str(row["id"]),
        "meta": {"profile": [f"{IPS}Patient-uv-ips"]},
        "identifier": [
            {"system": one["system"], "value": one["value"]}
            for one in row["numbers"]
            if one["system"] == SSIN
        ],
        "name": [
            {"use": "official", "text": f"{row['given']} {row['family']}".strip(), "family": row["family"]}
            | ({"given": row["given"].split()} if row["given"].split() else {})
        ],
        "telecom": [
            {"system": system, "value": row["contact"][system]}
            for system in ("phone", "email")
            if (row["contact"] or {}).get(system)
        ],
        "gender": row["sex"],
        "birthDate": row["birth_date"].isoformat() if row["birth_date"] else None,
        "deceasedDateTime": row["deceased_at"].isoformat() if row["deceased_at"] else None,
        "address": [{"text": row["contact"]["address"]}] if (row["contact"] or {}).get("address") else [],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": row["language"]}]}}],
    }
    kept = {name: value for name, value in made.items() if value}
    if "birthDate" not in kept:
        kept["_birthDate"] = {
            "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
            ]
        }
    return kept


def _device() -> Json:
    """What put the document together: no person chose what is in it."""
    return {
        "resourceType": "Device",
        "id": str(uuid4()),
        "deviceName": [{"name": "Unidossier", "type": "user-friendly-name"}],
        "type": {"text": "Electronic health record"},
    }


def _sources(gathered: Gathered) -> list[UUID]:
    """Return the institutions whose lines are in the document, in the order of their first."""
    return list(dict.fromkeys(line["institution_id"] for one in gathered.sections for line in one.lines))


def _organization(gathered: Gathered, id_: UUID) -> Json:
    return {"resourceType": "Organization", "id": str(id_), "name": house(gathered, id_)}


def house(gathered: Gathered, id_: UUID) -> str:
    """Return the name of an institution in the language of the summary."""
    row = gathered.institutions.get(id_)
    names = row["names"] if row else {}
    return names.get(gathered.language) or names.get("en") or next(iter(names.values()), "") or str(id_)
