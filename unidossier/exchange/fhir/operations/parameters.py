"""What an operation is asked: the query of a GET, or a Parameters resource in the body. hl7.org/fhir/R4/operations.html#request"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from unidossier.exchange.fhir.bearer import bearer_of
from unidossier.exchange.fhir.content import body_of
from unidossier.exchange.fhir.outcome import RequestRefused, refused
from unidossier.exchange.fhir.wanted import COMMON_PARAMETERS
from unidossier.record.validation import validate


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The parameters of one request by name, each a list: texts of a query, or values as FHIR JSON writes them."""

    values: Mapping[str, list[Any]] = field(default_factory=dict, repr=False)

    def one(self, name: str) -> Any | None:
        """Return a parameter that may come once; None when it is absent. Raises RequestRefused (400) for a second."""
        found = self.values.get(name, [])
        if len(found) > 1:
            raise refused(
                400, "invalid", f"'{name}' is given {len(found)} times; give it once", expression=name
            )
        return found[0] if found else None

    def text(self, name: str) -> str | None:
        """Return a parameter that is a text (code, uri, date, string). Raises RequestRefused (400)."""
        found = self.one(name)
        if found is not None and not isinstance(found, str):
            raise refused(400, "value", f"'{name}' is a text, such as a code or a URL", expression=name)
        return found

    def flag(self, name: str) -> bool:
        """Return a boolean parameter; False when it is absent. Raises RequestRefused (400)."""
        found = self.one(name)
        if found in (None, True, False):
            return bool(found)
        if found in ("true", "false"):
            return bool(found == "true")
        raise refused(400, "value", f"'{name}' is true or false", expression=name)

    def number(self, name: str, *, least: int, most: int) -> int | None:
        """Return a whole number within bounds; None when it is absent. Raises RequestRefused (400)."""
        found = self.one(name)
        if found is None:
            return None
        text = str(found)
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            raise refused(400, "value", f"'{name}' is a whole number from {least} to {most}", expression=name)
        return int(text)

    def words(self, name: str) -> list[str]:
        """Return every word of a parameter that may be repeated or hold several, parted by commas."""
        found = self.values.get(name, [])
        if any(not isinstance(one, str) for one in found):
            raise refused(400, "value", f"'{name}' is a text", expression=name)
        return [word.strip() for one in found for word in one.split(",") if word.strip()]


def from_query(request: Request, *, allowed: frozenset[str]) -> Asked:
    """Read the query of a GET. Raises RequestRefused (400) for a parameter that the operation does not have."""
    values: dict[str, list[Any]] = {}
    for name, value in request.query_params.multi_items():
        if name not in COMMON_PARAMETERS:
            values.setdefault(name, []).append(value)
    _require_known(values, allowed=allowed)
    return Asked(values=values)


async def asked_of(request: Request, *, allowed: frozenset[str], bare: str = "") -> Asked:
    """Read the query, and the Parameters resource of a POST; one of type `bare` is taken as the parameter `resource` by itself.

    Raises RequestRefused (400), SessionEnded, InvalidResource, ClientDisconnect."""
    told = from_query(request, allowed=allowed)
    if request.method != "POST" or is_empty(request):
        return told
    await bearer_of(request)  # of nobody a large body is read
    data = await body_of(request)
    if not data.strip():
        return told
    sent = await asyncio.to_thread(parameters_of, data, bare=bare)
    _require_known(sent.values, allowed=allowed)
    return Asked(values={**told.values, **sent.values})


def is_empty(request: Request) -> bool:
    """Tell whether a POST comes without a body, and so without saying of what kind it is."""
    headers = request.headers
    return (
        "content-type" not in headers
        and headers.get("content-length", "0") == "0"
        and "transfer-encoding" not in headers
    )


def parameters_of(data: bytes, *, bare: str = "") -> Asked:
    """Read a Parameters resource. Raises InvalidResource, RequestRefused (400) when it is another resource, and none of type `bare`."""
    checked = validate(data)
    if checked.resource_type == bare:
        return Asked(values={"resource": [checked.resource]})
    if checked.resource_type != "Parameters":
        told = f"send a Parameters resource here; this is a {checked.resource_type}"
        raise refused(400, "invalid", told, expression=f"{checked.resource_type}.resourceType")
    values: dict[str, list[Any]] = {}
    for parameter in checked.resource.get("parameter", ()):
        values.setdefault(parameter["name"], []).append(_value(parameter))
    return Asked(values=values)


def _value(parameter: dict[str, Any]) -> Any:
    if "resource" in parameter:
        return parameter["resource"]
    return next((value for key, value in parameter.items() if key.startswith("value")), None)


def _require_known(values: Mapping[str, list[Any]], *, allowed: frozenset[str]) -> None:
    unknown = sorted(name for name in values if name not in allowed)
    if unknown:
        raise unknown_parameter(unknown[0], allowed=allowed)


def unknown_parameter(name: str, *, allowed: frozenset[str]) -> RequestRefused:
    """Refuse a parameter: 400, naming those there are."""
    there = ", ".join(sorted(allowed)) or "none"
    return refused(
        400, "not-supported", f"'{name[:60]}' is no parameter here; there are: {there}", expression=name[:60]
    )
