"""Ids and references, rewritten in the text of a resource itself: nothing else in it moves, `72.50` stays `72.50`.

hl7.org/fhir/R4/references.html, hl7.org/fhir/R4/bundle.html#references
"""

import json
import re
from collections.abc import Mapping
from uuid import UUID

from unidossier.kernel.uuid7 import derived_id
from unidossier.record.stamp import members

Identified = tuple[str, str, str]  # resource type, system, value

# A name of a member in validated JSON: a text that ends in these words would hold an escaped quotation mark.
_REFERENCE = re.compile(r'("reference"\s*:\s*)("(?:[^"\\]|\\.)*")')
_ID = re.compile(r'"id"\s*:\s*"([A-Za-z0-9\-.]{1,64})"')
_TYPE_AND_ID = re.compile(r"([A-Z][A-Za-z]{2,40})/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?")
_CONDITIONAL = re.compile(r"([A-Z][A-Za-z]{2,40})\?identifier=([^|&]+)\|([^&]+)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Addresses:
    """What the references of one delivery mean here: each source reference has one address of ours, always the same.

    `own_ids`: a UUID is an id of ours (a client of the API); else every id is the sender's, and ours derived from it.
    `known`: addresses of people and teams of the registry, by the reference that names them. `base`: where this server is
    asked, without the last slash; what is below it is ours (hl7.org/fhir/R4/references.html#literal).
    """

    def __init__(
        self,
        institution_id: UUID,
        *,
        own_ids: bool = False,
        known: Mapping[str, str] | None = None,
        base: str = "",
    ) -> None:
        self._below = f"{base}/" if base else ""
        self._institution = institution_id
        self._own_ids = own_ids
        self._known = known or {}
        self._urls: dict[str, str] = {}
        self._identified: dict[Identified, str] = {}
        self._derived: dict[str, str] = {}

    def add(self, resource_type: str, *, id: UUID, full_url: str | None) -> None:
        """Note that the entry with `full_url` is stored under `id`.

        Beside `https://elsewhere/fhir/Patient/1` others write `Patient/1` (hl7.org/fhir/R4/bundle.html#references).
        """
        if full_url:
            self._urls[full_url] = f"{resource_type}/{id}"
            if "/" in full_url:
                relative = "/".join(full_url.split("/")[-2:])
                if _TYPE_AND_ID.fullmatch(relative):
                    self._urls.setdefault(relative, f"{resource_type}/{id}")

    def add_identifier(self, resource_type: str, *, id: UUID, system: str, value: str) -> None:
        """Note an identifier by which a conditional reference may name the entry."""
        self._identified[resource_type, system, value] = f"{resource_type}/{id}"

    def derived(self, resource_type: str, *, source_id: str) -> UUID:
        """Return our id of what the institution calls `source_id` (XCH-1)."""
        return derived_id(self._institution, resource_type=resource_type, source_id=source_id)

    def ours(self, reference: str) -> str | None:
        """Return `Type/id` as we store it; None when the reference stays as it is (contained, foreign, ours)."""
        if reference.startswith("#"):
            return None
        if found := self._urls.get(reference) or self._known.get(reference) or self._derived.get(reference):
            return found
        if self._below and reference.startswith(self._below):
            relative = reference[len(self._below) :]
            return (self.ours(relative) or relative) if _TYPE_AND_ID.fullmatch(relative) else None
        if match := _TYPE_AND_ID.fullmatch(reference):
            resource_type, source_id = match.groups()
            if self._own_ids and _UUID.fullmatch(source_id):
                return None
            found = f"{resource_type}/{self.derived(resource_type, source_id=source_id)}"
            self._derived[reference] = found
            return found
        if match := _CONDITIONAL.fullmatch(reference):
            resource_type, system, value = match.groups()
            return self._identified.get((resource_type, system, value))
        return None

    def id_of(self, reference: str, *, resource_type: str) -> UUID | None:
        """Return our id of what `reference` names, None when it is unknown or of another type."""
        found = self.ours(reference) or reference
        kind, _, text = found.partition("/")
        if kind != resource_type:
            return None
        try:
            return UUID(text)
        except ValueError:
            return None


def rewrite_references(text: str, *, addresses: Addresses) -> str:
    """Return the text with every Reference.reference as we store it; all else unchanged, to the character."""

    def replaced(match: re.Match[str]) -> str:
        literal = match.group(2)
        source = json.loads(literal) if "\\" in literal else literal[1:-1]
        ours = addresses.ours(source)
        return match.group() if ours is None else f'{match.group(1)}"{ours}"'

    return _REFERENCE.sub(replaced, text)


def with_id(text: str, *, id: UUID, given: str | None) -> str:
    """Return the text of a resource with its `id` (`given`, or None when it has none) replaced by ours."""
    if given is None:
        start = text.index("{") + 1
        return f'{text[:start]}"id":"{id}",{text[start:]}'
    found = [match.span() for match in _ID.finditer(text) if match.group(1) == given]
    # contained resources and elements have ids too: when in doubt, look at the outermost level alone
    start, end = found[0] if len(found) == 1 else _own_id(text)
    return f'{text[:start]}"id":"{id}"{text[end:]}'


def _own_id(text: str) -> tuple[int, int]:
    """Return the place of the member `id` of the outermost object of a valid JSON text."""
    return next((begin, end) for name, begin, _, end in members(text, at=text.index("{")) if name == "id")
