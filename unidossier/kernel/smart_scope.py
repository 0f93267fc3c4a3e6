"""Scopes of SMART App Launch 2.2, versions 1 and 2: what an app may do with which type, narrowed to categories.

build.fhir.org/ig/HL7/smart-app-launch/scopes-and-launch-context.html. Values only: the gate narrows by `opens`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unidossier.kernel.category import Category
from unidossier.kernel.fhir_types import RESOURCE_TYPES

EVERYTHING = (1 << 21) - 1  # every category
LONGEST = 4000  # characters of a request for scopes
PLAIN = frozenset(
    {"openid", "fhirUser", "profile", "launch", "launch/patient", "offline_access", "online_access"}
)
INTERACTIONS = "cruds"
# version 1 (SMART 1.0): .write is create, update and delete; .read is read and search
_V1 = {"read": "rs", "write": "cud", "*": INTERACTIONS}
_RESOURCE = re.compile(
    r"(?P<context>patient|user|system)/(?P<type>[A-Z][A-Za-z]{1,40}|\*)\.(?P<may>read|write|\*|c?r?u?d?s?)(?:\?(?P<search>.{1,300}))?"
)
_TYPES = RESOURCE_TYPES | {"*"}
_CATEGORY = "category="
_SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-category"
# what observation-category codes mean among our categories (record/describe/category.py)
_OBSERVATION = {
    "laboratory": Category.LABORATORY,
    "vital-signs": Category.VITAL_SIGN,
    "imaging": Category.IMAGING,
    "procedure": Category.EXAMINATION,
    "exam": Category.EXAMINATION,
    "therapy": Category.EXAMINATION,
    "activity": Category.EXAMINATION,
    "survey": Category.QUESTIONNAIRE,
    "social-history": Category.PROBLEM,
}


class ScopeUnknown(ValueError):
    """This scope is none of SMART's, is of no type of FHIR, or narrows by a search that is not done here; the message is the scope."""


@dataclass(frozen=True, kw_only=True)
class ResourceScope:
    """One scope over resources. `type` "*" is every type; `categories` a mask of kernel/category.py."""

    text: str  # as it was asked
    context: str  # patient, user, system
    type: str
    may: str  # letters of `cruds`
    categories: int = EVERYTHING

    def covers(self, other: "ResourceScope") -> bool:
        """Tell whether whoever has this scope has `other` too."""
        return (
            self.context == other.context
            and self.type in ("*", other.type)
            and set(other.may) <= set(self.may)
            and other.categories & ~self.categories == 0
        )


def split(text: str) -> tuple[str, ...]:
    """Return the scopes of a request, each once, in its order. Raises ScopeUnknown when it is too long or no list of scopes."""
    if len(text) > LONGEST or not re.fullmatch(r"[\x21\x23-\x5B\x5D-\x7E ]*", text):  # RFC 6749, 3.3
        raise ScopeUnknown(text[:60])
    return tuple(dict.fromkeys(text.split()))


def resource_scope(text: str) -> ResourceScope:
    """Read one scope over resources. Raises ScopeUnknown."""
    match = _RESOURCE.fullmatch(text)
    if match is None or not match["may"] or match["type"] not in _TYPES:
        raise ScopeUnknown(text[:120])
    search = match["search"]
    may = _V1.get(match["may"], match["may"])
    if search is None:
        return ResourceScope(text=text, context=match["context"], type=match["type"], may=may)
    if match["may"] in _V1 or match["type"] != "Observation":
        raise ScopeUnknown(
            text[:120]
        )  # version 1 knows no search; of other types no search stands for our categories
    return ResourceScope(
        text=text, context=match["context"], type=match["type"], may=may, categories=_mask(search, text=text)
    )


def _mask(search: str, *, text: str) -> int:
    """Return the categories that `category=...` names; several by comma are any of them."""
    if not search.startswith(_CATEGORY) or "&" in search:
        raise ScopeUnknown(text[:120])
    mask = 0
    for token in search.removeprefix(_CATEGORY).split(","):
        system, bar, code = token.rpartition("|")
        if code not in _OBSERVATION or (bar and system != _SYSTEM):
            raise ScopeUnknown(text[:120])
        mask |= 1 << _OBSERVATION[code]
    return mask


def understood(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return those of `scopes` that mean something here, in their order."""
    return tuple(scope for scope in scopes if scope in PLAIN or _is_resource(scope))


def _is_resource(text: str) -> bool:
    try:
        resource_scope(text)
    except ScopeUnknown:
        return False
    return True


def within(scopes: Iterable[str], most: Iterable[str]) -> tuple[str, ...]:
    """Return those of `scopes` that `most` covers, in their order: what an app asks for beyond its registration is dropped."""
    allowed = tuple(most)
    wide = [resource_scope(one) for one in allowed if one not in PLAIN and _is_resource(one)]
    kept = []
    for scope in understood(scopes):
        if scope in PLAIN:
            fits = scope in allowed
        else:
            asked = resource_scope(scope)
            fits = any(one.covers(asked) for one in wide)
        if fits:
            kept.append(scope)
    return tuple(kept)


def opens(scopes: Iterable[str]) -> dict[str, dict[str, dict[str, int]]]:
    """Return what the gate narrows by: context -> interaction (c r u d s) -> type or "*" -> mask of categories."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for one in resource_scopes(scopes):
        for letter in one.may:
            types = found.setdefault(one.context, {}).setdefault(letter, {})
            types[one.type] = types.get(one.type, 0) | one.categories
    return found


def resource_scopes(scopes: Iterable[str]) -> tuple[ResourceScope, ...]:
    """Return those over resources, read."""
    return tuple(resource_scope(one) for one in scopes if one not in PLAIN)


def of_contexts(scopes: Iterable[str], contexts: frozenset[str]) -> tuple[str, ...]:
    """Return the scopes without those over resources of other contexts."""
    return tuple(one for one in scopes if one in PLAIN or resource_scope(one).context in contexts)


Opens = Mapping[str, Mapping[str, Mapping[str, int]]]
