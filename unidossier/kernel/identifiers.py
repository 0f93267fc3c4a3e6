"""FHIR systems of the identifiers used in Belgium. Source: hl7-be/ehealth-be-core, NamingSystem resources."""

from typing import Any

_CORE = "https://www.ehealth.fgov.be/standards/fhir/core/NamingSystem/"

SSIN = _CORE + "ssin"  # value: 11 digits, no punctuation; national and BIS numbers alike
NIHDI = _CORE + "nihdi"  # older form, for people and organisations
NIHDI_PROFESSIONAL = _CORE + "nihdi-professional"
NIHDI_ORGANIZATION = _CORE + "nihdi-organization"
CBE = _CORE + "cbe"  # enterprise number: 10 digits, the first 0 or 1

SSIN_OID = "urn:oid:2.16.840.1.113883.3.6777.5.1"
NIHDI_SYSTEMS = frozenset({NIHDI, NIHDI_PROFESSIONAL, NIHDI_ORGANIZATION})
SSIN_SYSTEMS = frozenset({SSIN, SSIN_OID})


def values_of(resource: dict[str, Any], *, systems: frozenset[str]) -> list[str]:
    """Return the identifier values of a resource in one of `systems`, in order, without those marked `old`.

    `resource` is parsed, and its `identifier` a list of Identifier (Patient, Practitioner, Organization ...).
    """
    return [
        identifier["value"]
        for identifier in resource.get("identifier", ())
        if identifier.get("system") in systems and identifier.get("value") and identifier.get("use") != "old"
    ]
