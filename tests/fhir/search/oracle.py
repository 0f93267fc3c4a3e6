"""What a search should find, by another hand: FHIRPath by fhirpathpy, and the comparisons written anew from the standard."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from fhirpathpy import compile as compile_path
from fhirpathpy.engine.nodes import ResourceNode
from fhirpathpy.models import models

Json = dict[str, Any]
BRUSSELS = ZoneInfo("Europe/Brussels")
_LOWEST, _HIGHEST = datetime(1, 1, 2, tzinfo=BRUSSELS), datetime(9999, 1, 1, tzinfo=BRUSSELS)


def _resolve(nodes: list[Any]) -> list[Any]:
    """Lead to what a reference names; of that only the type is known."""
    found = []
    for node in nodes:
        told = getattr(node, "data", node)
        match = re.search(r"([A-Z]\w+)/[^/]+$", told.get("reference", "") if isinstance(told, dict) else "")
        if match:
            found.append(ResourceNode.create_node({"resourceType": match[1]}, match[1]))
    return found


@cache
def _compiled(expression: str) -> Any:
    table = {"resolve": {"fn": _resolve, "arity": {0: []}, "nullable": False}}
    return compile_path(expression, models["r4"], {"userInvocationTable": table})


def values(expression: str, resource: Json) -> list[Any]:
    """Evaluate an expression by fhirpathpy."""
    kind = resource["resourceType"]
    # fhirpathpy does not know that an Observation is a Resource
    found = _compiled(re.sub(r"\b(Domain)?Resource\.", f"{kind}.", expression))(resource)
    return found if isinstance(found, list) else [found]


def contexts(expression: str, resource: Json) -> list[Json]:
    """Return where the parts of a composite are looked for: the resource itself, or elements in it."""
    found = []
    for one in expression.split(" | "):
        found += [resource] if "." not in one else values(one, resource)
    return found


def parts(expression: str, context: Json, resource: Json) -> list[Any]:
    """Return the values of one part of a composite in its context."""
    found: list[Any] = []
    for one in expression.split(" | "):
        base, one = (resource, one.removeprefix("%resource.")) if "%resource" in one else (context, one)
        told: list[Any] = [base]
        for step in _steps(one):
            told = [inner for node in told for inner in _listed(node.get(step))]
        found += told
    return found


def _steps(path: str) -> list[str]:
    if match := re.fullmatch(r"value\.as\((\w)(\w*)\)", path):
        return [f"value{match[1].upper()}{match[2]}"]
    return path.split(".")


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def asked(kind: str, value: Any) -> str | None:
    """Return how this very value is searched; None when it holds nothing to search by."""
    if kind == "token":
        return next((f"{system}|{code}" if system else code for system, code in _codings(value)), None)
    if kind in ("reference", "uri"):
        return value.get("reference") if isinstance(value, dict) else value
    if kind == "string":
        return next(iter(_texts(value)), None)
    if kind == "date":
        return next(iter(_dates(value)), (None,))[0]
    measured = _measures(value)
    return (
        None
        if not measured
        else f"{measured[0][0]}" + (f"|{measured[0][2]}|{measured[0][3]}" if kind == "quantity" else "")
    )


def has(kind: str, value: Any, text: str) -> bool:
    """Tell whether a value is what `text` searches."""
    if kind == "token":
        system, bar, code = text.rpartition("|")
        return any(
            one[1].lower() == code.lower() and (not bar or one[0] == system) for one in _codings(value)
        )
    if kind in ("reference", "uri"):
        return asked(kind, value) == text
    if kind == "string":
        return any(_folded(one).startswith(_folded(text)) for one in _texts(value))
    if kind == "date":
        low, high = span(text)
        return any(low <= start and end <= high for _, start, end in _dates(value))
    number, *unit = text.split("|")
    half = 0.5 * 10 ** -len(number.partition(".")[2])
    return any(
        float(number) - half <= low and high < float(number) + half and (not unit or unit == [system, code])
        for low, high, system, code in _measures(value)
    )


def span(text: str) -> tuple[datetime, datetime]:
    """Return the first instant that a date means, and the first after it."""
    if "T" in text:
        start = datetime.fromisoformat(text)
        return start, start + timedelta(seconds=1)
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    first = date(year, month or 1, day or 1)
    if day:
        after = first + timedelta(days=1)
    else:
        after = date(year + 1, 1, 1) if not month or month == 12 else date(year, month + 1, 1)
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS)


def _dates(value: Any) -> list[tuple[str, datetime, datetime]]:
    if isinstance(value, str):  # performedString is no date
        return [(value, *span(value))] if re.match(r"\d{4}", value) else []
    if "event" in value:
        return [one for event in value["event"] for one in _dates(event)]
    start, end = value.get("start"), value.get("end")
    if not start and not end:
        return []
    return [(start or end, span(start)[0] if start else _LOWEST, span(end)[1] if end else _HIGHEST)]


def _codings(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, bool):
        return [("", str(value).lower())]
    if isinstance(value, str):
        return [("", value)]
    if "coding" in value or ("text" in value and "value" not in value):
        return [(one.get("system", ""), one["code"]) for one in value.get("coding", ()) if "code" in one]
    if "code" in value:
        return [(value.get("system", ""), value["code"])]
    system = (
        ""
        if value.get("system") in ("phone", "email", "fax", "url", "sms", "pager", "other")
        else value.get("system", "")
    )
    return [(system, value["value"])] if "value" in value else []


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    told = []
    for name in (
        "family",
        "given",
        "prefix",
        "suffix",
        "text",
        "line",
        "city",
        "district",
        "state",
        "postalCode",
        "country",
    ):
        inner = value.get(name, [])
        told += [inner] if isinstance(inner, str) else inner
    return told


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


def _measures(value: Any) -> list[tuple[float, float, str, str]]:
    if isinstance(value, (int, float, Decimal)):
        return [(float(value), float(value), "", "")]
    if "currency" in value:
        return [(float(value["value"]), float(value["value"]), "urn:iso:std:iso:4217", value["currency"])]
    if "low" in value or "high" in value:
        unit = value.get("low") or value["high"]
        return [
            (
                float(value["low"]["value"]),
                float(value["high"]["value"]),
                unit.get("system", ""),
                unit.get("code", ""),
            )
        ]
    if "origin" in value:
        samples = [float(value["origin"]["value"]) + float(one) for one in value["data"].split()]
        return [(min(samples), max(samples), value["origin"]["system"], value["origin"]["code"])]
    if "value" not in value:
        return []
    return [(float(value["value"]), float(value["value"]), value.get("system", ""), value.get("code", ""))]
