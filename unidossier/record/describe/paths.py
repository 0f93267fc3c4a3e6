"""Reading a parsed resource by element paths: `period.start`, `category`, `content.attachment.title`. Lists give their first."""

from collections.abc import Mapping
from typing import Any


def get(element: Any, path: str) -> Any:
    """Return what stands at `path`, None when it is absent; of a list the first entry that has it."""
    for name in path.split("."):
        while isinstance(element, list):
            element = next((each for each in element if not isinstance(each, dict) or name in each), None)
        if not isinstance(element, dict):
            return None
        element = element.get(name)
    return element


def text_at(element: Any, path: str) -> str | None:
    """Return the string at `path`; None when there is none."""
    found = get(element, path)
    if isinstance(found, list):
        found = found[0] if found else None
    return found if isinstance(found, str) else None


def each(element: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a repeating or single element; [] when it is absent."""
    found = element.get(name)
    found = found if isinstance(found, list) else [found]
    return [entry for entry in found if isinstance(entry, dict)]


def resolve(
    resource: dict[str, Any], reference: str | None, *, beside: Mapping[str, dict[str, Any]]
) -> dict[str, Any] | None:
    """Return the resource that `reference` names, if it is contained (`#id`) or delivered `beside`; else None."""
    if not reference:
        return None
    if not reference.startswith("#"):
        return beside.get(reference)
    return next((inner for inner in each(resource, "contained") if inner.get("id") == reference[1:]), None)


def without_nothing(facts: dict[str, Any]) -> dict[str, Any]:
    """Return `facts` without the entries that say nothing (None, "", [], {})."""
    return {key: value for key, value in facts.items() if value not in (None, "", [], {})}
