"""Lines of the registry's directory (registry/sql/directory.sql) as FHIR R4 resources, with the identifier systems of BeCore.

hl7.org/fhir/R4/practitioner.html, practitionerrole.html, organization.html; hl7-be/ehealth-be-core 2.1
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson

from unidossier.exchange.fhir.room import Json
from unidossier.log.audit.codes import FUNCTION

TYPES = ("HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole")
CD_HCPARTY = "https://www.ehealth.fgov.be/standards/fhir/core/CodeSystem/cd-hcparty"
ORGANIZATION_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"
# our functions in the list of KMEHR, where it has a word for them
PARTIES = {
    **dict.fromkeys(("gp", "specialist", "emergency-physician", "trainee-physician"), "persphysician"),
    **dict.fromkeys(("pharmacist-hospital", "pharmacist-public"), "perspharmacist"),
    **dict.fromkeys(("reception", "medical-secretary", "billing"), "persadministrative"),
    "dentist": "persdentist",
    "nurse": "persnurse",
    "practical-nurse": "perspracticalnurse",
    "midwife": "persmidwife",
    "physiotherapist": "persphysiotherapist",
    "social-worker": "perssocialworker",
}
_KINDS_OF_PLACE = {"ward": ("wa", "Ward")}
_PLACE_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"


def resource_text(kind: str, id_: UUID, facts: Json) -> str:
    """Return the resource: made of the facts of the registry, or as a sender gave it."""
    if "text" in facts:
        return str(facts["text"])
    if "resource" in facts:
        return orjson.dumps(facts["resource"]).decode()
    told = {"resourceType": kind, "id": str(id_)} | _MADE[kind](facts)
    return orjson.dumps({name: value for name, value in told.items() if value not in (None, [], {})}).decode()


def references_of(kind: str, facts: Json) -> dict[str, tuple[str, UUID]]:
    """Return to what a line of the registry refers, by the search parameter: {"organization": ("Organization", id)}."""
    found = {}
    if "person" in facts:
        found["practitioner"] = ("Practitioner", UUID(facts["person"]))
    if "institution" in facts:
        name = "partof" if kind == "Organization" else "organization"
        found[name] = ("Organization", UUID(facts["institution"]))
    return found


def _practitioner(facts: Json) -> Json:
    name = {"use": "official", "family": facts["family"], "given": facts["given"].split()}
    return {
        "identifier": _identifiers(facts),
        "active": facts["active"],
        "name": [{part: told for part, told in name.items() if told}],
    }


def _role(facts: Json) -> Json:
    code = [{"system": FUNCTION, "code": facts["function"], "display": facts["words"]["en"]}]
    if party := PARTIES.get(facts["function"]):
        code.append({"system": CD_HCPARTY, "code": party})
    period = {"start": facts["from"], "end": facts["until"]}
    return {
        "active": facts["active"],
        "period": {limit: told for limit, told in period.items() if told},
        "practitioner": {"reference": f"Practitioner/{facts['person']}", "display": facts["name"]},
        "organization": _organization_of(facts),
        "code": [{"coding": [one]} for one in code],
    }


def _organization(facts: Json) -> Json:
    name, others = _names(facts)
    code = ("dept", "Hospital Department") if "institution" in facts else ("prov", "Healthcare Provider")
    contact = facts.get("contact", {})
    systems = (("phone", contact.get("phone")), ("email", contact.get("email")))
    told: Json = {
        "identifier": _identifiers(facts),
        "active": True,
        "type": [{"coding": [{"system": ORGANIZATION_TYPE, "code": code[0], "display": code[1]}]}]
        if facts["network"]
        else [],
        "name": name,
        "alias": others,
        "telecom": [{"system": system, "value": value} for system, value in systems if value],
        "address": [{"text": contact["address"]}] if contact.get("address") else [],
    }
    return told | ({"partOf": _organization_of(facts)} if "institution" in facts else {})


def _location(facts: Json) -> Json:
    name, others = _names(facts)
    place = _KINDS_OF_PLACE.get(facts["kind"])
    told: Json = {"status": "active", "name": name, "alias": others, "mode": "instance"}
    if place:
        told["physicalType"] = {"coding": [{"system": _PLACE_TYPE, "code": place[0], "display": place[1]}]}
    return told | {"managingOrganization": _organization_of(facts)}


def _service(facts: Json) -> Json:
    name, _ = _names(facts)
    return {"active": True, "providedBy": _organization_of(facts), "name": name}


def _organization_of(facts: Json) -> Json:
    told = {"reference": f"Organization/{facts['institution']}", "display": _own_name(facts)}
    return {part: value for part, value in told.items() if value}


def _identifiers(facts: Json) -> list[Json]:
    return [{"system": one["system"], "value": one["value"]} for one in facts["numbers"]]


def _own_name(facts: Json) -> str:
    names = facts["institution_names"]
    return str(names.get(facts["language"]) or next(iter(names.values()), ""))


def _names(facts: Json) -> tuple[str | None, list[str]]:
    """Return the name in the institution's own language, and its other names."""
    names = facts["names"]
    own = names.get(facts["language"]) or next(iter(names.values()), None)
    return own, [one for one in dict.fromkeys(names.values()) if one != own]


_MADE: dict[str, Callable[[Json], dict[str, Any]]] = {
    "Practitioner": _practitioner,
    "PractitionerRole": _role,
    "Organization": _organization,
    "Location": _location,
    "HealthcareService": _service,
}
