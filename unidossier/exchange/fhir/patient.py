"""The Patient of the registry, who belongs to no single institution. hl7.org/fhir/R4/patient.html"""

from typing import Any

import orjson

from unidossier.gate.door import Query, Row

PATIENT_QUERIES = (
    Query("SELECT id, family, given, birth_date, sex, language, deceased_at FROM registry.patient"),
    Query(
        "SELECT system, value FROM registry.patient_identifier WHERE until_at IS NULL ORDER BY system, value"
    ),
)


def patient_text(patients: list[Row], identifiers: list[Row]) -> bytes:
    """Return the resource, made from the two rows of PATIENT_QUERIES."""
    (row,) = patients
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(row["id"]),
        "identifier": [{"system": one["system"], "value": one["value"]} for one in identifiers],
        "name": [{"use": "official", "family": row["family"], "given": row["given"].split()}],
        "gender": row["sex"],
        "birthDate": row["birth_date"],
        "deceasedDateTime": row["deceased_at"],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": row["language"]}]}}],
    }
    if not patient["name"][0]["given"]:
        del patient["name"][0]["given"]
    return orjson.dumps({name: value for name, value in patient.items() if value})
