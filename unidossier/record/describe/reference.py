"""References inside a resource. hl7.org/fhir/R4/references.html"""

from typing import Any


def references(resource: dict[str, Any]) -> set[str]:
    """Return every reference string in the resource and what it contains: "Patient/1", "urn:uuid:...", "#contained"."""
    found: set[str] = set()
    waiting: list[Any] = [resource]
    while waiting:
        element = waiting.pop()
        if isinstance(element, dict):
            reference = element.get("reference")
            if isinstance(reference, str):
                found.add(reference)
            waiting += [value for value in element.values() if isinstance(value, (dict, list))]
        else:
            waiting += [value for value in element if isinstance(value, (dict, list))]
    return found


def members(resource: dict[str, Any]) -> list[str]:
    """Return the references of the observations that belong to a report or a panel, in its own order.

    An observation does not name its report: the writer sets `part_of` of these to the item of `resource`.
    """
    listed = {"DiagnosticReport": "result", "Observation": "hasMember"}.get(resource["resourceType"])
    if listed is None:
        return []
    return [one["reference"] for one in resource.get(listed) or () if isinstance(one.get("reference"), str)]
