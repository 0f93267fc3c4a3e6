"""Of whom a resource is, and who made it."""

from collections.abc import Iterator, Mapping
from typing import Any

from unidossier.record.describe.contact import describe_person
from unidossier.record.describe.paths import each, get, resolve
from unidossier.record.describe.shapes import SHAPES, UNKNOWN

NOBODY: Mapping[str, dict[str, Any]] = {}


def author_of(
    resource: dict[str, Any], *, beside: Mapping[str, dict[str, Any]] = NOBODY
) -> tuple[str | None, str]:
    """Return the reference of the first author with a name and that name; else the first reference and ""."""
    shape = SHAPES.get(resource["resourceType"], UNKNOWN)
    first: str | None = None
    for one in _referred(resource, shape.author):
        reference = one.get("reference")
        if resource["resourceType"] == "Appointment" and _is_patient(reference):
            continue
        name = one.get("display") or _name(resolve(resource, reference, beside=beside))
        if name:
            return reference, name
        first = first or reference
    return first, ""


def patient_of(resource: dict[str, Any]) -> str | None:
    """Return the reference of the patient as written, or "system|value" of the identifier; None when there is none.

    A urn or a contained patient without identifier is given as written. Other subjects (a group, a device) are no patient.
    """
    kind = resource["resourceType"]
    if kind == "Patient":
        return f"Patient/{resource['id']}" if resource.get("id") else None
    paths = ("participant.actor",) if kind == "Appointment" else SHAPES.get(kind, UNKNOWN).patient
    for one in _referred(resource, paths):
        reference = one.get("reference")
        if reference and reference.startswith("#"):
            return _identifier(resolve(resource, reference, beside=NOBODY) or {}) or reference
        if reference and (_is_patient(reference) or (kind != "Appointment" and _names_no_type(reference))):
            return reference
        if not reference and (found := _identifier(one)) and one.get("type") in (None, "Patient"):
            return found
    return None


def _referred(resource: dict[str, Any], paths: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Give the References at each path, all entries of a repeating element."""
    for path in paths:
        parent, _, last = path.rpartition(".")
        holders = (
            each(resource, parent)
            if parent and "." not in parent
            else [get(resource, parent) if parent else resource]
        )
        for holder in holders:
            if isinstance(holder, dict):
                yield from each(holder, last)


def _is_patient(reference: str | None) -> bool:
    # Patient?identifier=...: named by a condition (hl7.org/fhir/R4/http.html#trules)
    return reference is not None and (
        reference.startswith(("Patient/", "Patient?")) or "/Patient/" in reference
    )


def _names_no_type(reference: str) -> bool:
    return reference.startswith("urn:") or "/" not in reference


def _identifier(element: dict[str, Any]) -> str | None:
    value = get(element, "identifier.value")
    return f"{get(element, 'identifier.system') or ''}|{value}" if value else None


def _name(resource: dict[str, Any] | None) -> str:
    if resource is None:
        return ""
    if isinstance(resource.get("name"), str):
        return resource["name"]
    return describe_person(resource, language="en").title or ""
