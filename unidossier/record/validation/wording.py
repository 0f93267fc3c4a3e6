"""From an error of the JSON schema to a sentence for the sender."""

from collections.abc import Iterator
from typing import Any

from jsonschema_rs import ValidationError

from unidossier.record.validation.issue import Issue, quoted
from unidossier.record.validation.schema import at_path

EXPECTED = {
    "base64Binary": "base64 text",
    "boolean": "true or false",
    "canonical": "a canonical address without spaces",
    "code": "a code without leading, trailing or double spaces",
    "date": "a date of the calendar such as 2024, 2024-02 or 2024-02-29",
    "dateTime": "a date such as 2024-02-29, or with seconds and time zone: 2024-02-29T14:30:00+01:00",
    "decimal": "a number without quotation marks",
    "id": "an id of 1 to 64 letters, digits, dots and hyphens",
    "instant": "a time with seconds and time zone such as 2024-02-29T14:30:00+01:00",
    "integer": "a whole number without quotation marks",
    "markdown": "text that is not empty",
    "oid": "an OID such as urn:oid:2.16.840.1.113883",
    "positiveInt": "a whole number from 1 on, without quotation marks",
    "string": "text that is not empty",
    "time": "a time of day such as 14:30:00",
    "unsignedInt": "a whole number from 0 on, without quotation marks",
    "uri": "an address without spaces",
    "url": "an address without spaces",
    "uuid": "a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520, in small letters",
    "xhtml": "an XHTML fragment that is not empty",
}
_SHAPES = {"object": "an object", "array": "a list", "string": "text", "null": "null"}


def issues_of(error: ValidationError) -> Iterator[Issue]:
    """Give the faults that one schema error stands for."""
    place = fhirpath(list(error.instance_path))
    match error.kind.name:
        case "additionalProperties":
            for name in error.kind.as_dict()["unexpected"]:
                yield Issue(
                    "structure", f"{place}.{name}", f"'{name[:60]}' is not an element here in FHIR R4"
                )
        case "required":
            name = error.kind.as_dict()["property"]
            yield Issue("required", f"{place}.{name}", f"'{name}' is required and missing")
        case "anyOf" if "allOf" in error.schema_path:
            yield _missing_choice(error, place=place)
        case "not":
            yield _second_choice(error, place=place)
        case "minProperties" if error.instance:  # only an Extension asks for more than one (ext-1)
            yield Issue("required", place, "an extension needs a value or extensions beside its url")
        case "minItems" | "minProperties":
            yield Issue(
                "structure",
                place,
                f"{quoted(error.instance)} is not allowed; fill it or leave the element out",
            )
        case _:
            yield _wrong_value(error, place=place)


def fhirpath(steps: list[str | int]) -> str:
    """Return `Bundle.entry[3].resource` for ["Bundle", "entry", 3, "resource"]."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)[1:]


def _missing_choice(error: ValidationError, *, place: str) -> Issue:
    options = [branch["required"][0] for branch in at_path(list(error.schema_path))]
    names = [name for name in options if not name.startswith("_")]
    text = f"'{names[0]}' is" if len(names) == 1 else f"one of {', '.join(names)} is"
    return Issue(
        "required", f"{place}.{names[0]}" if len(names) == 1 else place, f"{text} required and missing"
    )


def _second_choice(error: ValidationError, *, place: str) -> Issue:
    # ... dependencies, valueString, properties, valueInteger, not
    path = error.schema_path
    present = path[len(path) - 1 - path[::-1].index("dependencies") + 1]
    return Issue(
        "structure", place, f"'{present}' and '{path[-2]}' may not both be present; send one of them"
    )


def _wrong_value(error: ValidationError, *, place: str) -> Issue:
    expected, code = _expectation(list(error.schema_path))
    return Issue(code, place, f"expected {expected}; found {quoted(error.instance)}")


def _expectation(path: list[str | int]) -> tuple[str, str]:
    """Return what the schema around the failing keyword asks for, and the code of the issue."""
    if path[-1] == "anyOf":  # a place in a list of primitives: its value, or null beside an extension
        return _asked(at_path(path)[0])
    if len(path) == 3 and path[1] in EXPECTED:
        return EXPECTED[str(path[1])], "value"
    return _asked(at_path(path[:-1]))


def _asked(node: dict[str, Any]) -> tuple[str, str]:
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/definitions/")
        return EXPECTED.get(name, f"an object ({name})"), "value"
    if "enum" in node:
        codes = node["enum"]
        return "one of " + ", ".join(codes[:20]) + (
            f" ... ({len(codes)} codes)" if len(codes) > 20 else ""
        ), "code-invalid"
    return _SHAPES.get(node.get("type", ""), "another kind of value"), "structure"
