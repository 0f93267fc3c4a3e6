"""FHIRPath Patch: operations as Parameters. hl7.org/fhir/R4/fhirpatch.html"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unidossier.exchange.fhir.patching.path import (
    PathNotUnderstood,
    Place,
    Steps,
    find,
    named,
    structure_of,
)
from unidossier.exchange.fhir.patching.refused import MOST_OPERATIONS, PatchRefused, without_empty
from unidossier.exchange.fhir.xml.elements import Element, elements_of

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Operation:
    """The parts of one operation, and where it stands."""

    place: str
    kind: str
    path: str
    parts: dict[str, Json]
    steps: Steps

    def refused(self, text: str) -> PatchRefused:
        return PatchRefused(self.place, text)

    def index(self, name: str) -> int:
        value = self.parts.get(name, {}).get("valueInteger")
        if not isinstance(value, int) or value < 0:
            raise self.refused(f"'{self.kind}' needs {name}: a valueInteger from 0 on")
        return value


def apply_fhirpath_patch(resource: Json, parameters: Json) -> Json:
    """Return the resource with all operations made, in their order. Raises PatchRefused; nothing is half done."""
    given = parameters.get("parameter", [])
    if not given or len(given) > MOST_OPERATIONS:
        raise PatchRefused("Parameters.parameter", f"send 1 to {MOST_OPERATIONS} operations")
    steps = Steps()
    for index, one in enumerate(given):
        operation = _operation(one, place=f"Parameters.parameter[{index}]", steps=steps)
        try:
            _OPERATIONS[operation.kind](resource, operation)
        except PathNotUnderstood as fault:
            raise operation.refused(str(fault)) from None
    return without_empty(resource)


def _operation(given: Json, *, place: str, steps: Steps) -> _Operation:
    parts = {part["name"]: part for part in given.get("part", ())}
    kind, path = (_text(parts.get(name, {})) for name in ("type", "path"))
    if given.get("name") != "operation" or kind not in _OPERATIONS or not path:
        text = f"each parameter is named operation, with the parts type ({', '.join(_OPERATIONS)}) and path"
        raise PatchRefused(place, text)
    return _Operation(place, kind, path, parts, steps)


def _add(resource: Json, operation: _Operation) -> None:
    name = _text(operation.parts.get("name", {}))
    found = _one(resource, operation)
    if not name or not isinstance(found.value, dict):
        raise operation.refused("'add' needs a name, and a path that leads to an object")
    element, value = _given(operation, structure=structure_of(found), name=name)
    owner = found.value
    if element.repeats:
        owner.setdefault(element.name, []).append(value)
        return
    if any(other.name in owner for other in named(structure_of(found), name)):
        raise operation.refused(f"'{name[:60]}' has a value already; replace it")
    owner[element.name] = value


def _insert(resource: Json, operation: _Operation) -> None:
    path, _, name = operation.path.rpartition(".")
    found = find(resource, path, steps=operation.steps) if path else []
    if len(found) != 1 or not isinstance(found[0].value, dict):
        raise operation.refused("'insert' needs a path that ends in one list, such as Patient.name")
    element, value = _given(operation, structure=structure_of(found[0]), name=name)
    held = found[0].value.setdefault(element.name, [])
    index = operation.index("index")
    if not isinstance(held, list) or index > len(held):
        raise operation.refused(f"the index is beyond the end of the list, which has {len(held)}")
    held.insert(index, value)


def _delete(resource: Json, operation: _Operation) -> None:
    found = find(resource, operation.path, steps=operation.steps)
    if len(found) > 1:
        raise operation.refused(f"the path leads to {len(found)} elements; name one")
    for place in found:
        _require_inside(place, operation)
        del place.holder[place.key]  # type: ignore[arg-type]


def _replace(resource: Json, operation: _Operation) -> None:
    found = _one(resource, operation)
    _require_inside(found, operation)
    if isinstance(found.holder, list):
        element = elements_of(found.structure)[found.name]
        found.holder[found.key] = _value(operation, element)  # type: ignore[index]
        return
    name = _of_choice(found.structure, found.name) or found.name
    element, value = _given(operation, structure=found.structure, name=name)
    del found.owner[found.name]
    found.owner[element.name] = value


def _move(resource: Json, operation: _Operation) -> None:
    found = find(resource, operation.path, steps=operation.steps)
    held = found[0].holder if found else None
    if not isinstance(held, list) or any(one.holder is not held for one in found):
        raise operation.refused("'move' needs a path that leads to one list")
    source, destination = operation.index("source"), operation.index("destination")
    if source >= len(held) or destination >= len(held):
        raise operation.refused(f"source and destination are below {len(held)}")
    held.insert(destination, held.pop(source))


_OPERATIONS: dict[str, Callable[[Json, _Operation], None]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}


def _one(resource: Json, operation: _Operation) -> Place:
    found = find(resource, operation.path, steps=operation.steps)
    if len(found) != 1:
        raise operation.refused(f"the path leads to {len(found)} elements; it must lead to one")
    return found[0]


def _require_inside(place: Place, operation: _Operation) -> None:
    if not place.name:
        raise operation.refused("the resource itself is updated by PUT and deleted by DELETE")


def _of_choice(structure: str, name: str) -> str | None:
    """Return `value` for valueQuantity where the structure has that choice."""
    element = elements_of(structure)[name]
    base = name.removesuffix(element.code[:1].upper() + element.code[1:])
    return base if base != name and len(named(structure, base)) > 1 else None


def _given(operation: _Operation, *, structure: str, name: str) -> tuple[Element, Any]:
    """Return the element that a name and the type of the value mean, and the value."""
    part = operation.parts.get("value", {})
    key = next((key for key in part if key.startswith("value")), "")
    elements = elements_of(structure)
    element = elements.get(name) or elements.get(name + key.removeprefix("value"))
    if element is None:
        raise operation.refused(
            f"'{name[:60]}' is not an element there in FHIR R4, or not with a value of this type"
        )
    return element, _value(operation, element)


def _value(operation: _Operation, element: Element) -> Any:
    part = operation.parts.get("value")
    if part is None:
        raise operation.refused(f"'{operation.kind}' needs a value")
    return _built(part, code=element.code, operation=operation)


def _built(part: Json, *, code: str, operation: _Operation) -> Any:
    """Return a value: of a data type as it is, of a structure without a name of its own from its parts."""
    for key, value in part.items():
        if key.startswith("value"):
            return value
    if "resource" in part:
        return part["resource"]
    built: Json = {}
    for inner in part.get("part", ()):
        name = inner["name"]
        key = next((key for key in inner if key.startswith("value")), "")
        elements = elements_of(code)
        element = elements.get(name) or elements.get(name + key.removeprefix("value"))
        if element is None:
            raise operation.refused(f"'{name[:60]}' is not an element there in FHIR R4")
        value = _built(inner, code=element.code, operation=operation)
        if element.repeats:
            built.setdefault(element.name, []).append(value)
        else:
            built[element.name] = value
    return built


def _text(part: Json) -> str:
    value = part.get("valueCode", part.get("valueString", ""))
    return value if isinstance(value, str) else ""
