"""Requests that nobody sends on purpose: any route, any method, parameters and bodies that are nearly right. `FUZZ` says how many."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from starlette.routing import BaseRoute, Route

from tests.fhir.resources import bundle, entry, observation, patient

HOW_MANY = int(os.environ.get("FUZZ", "120"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
TYPES = (
    "Observation",
    "Patient",
    "Bundle",
    "AuditEvent",
    "Subscription",
    "Group",
    "ValueSet",
    "Basic",
    "x",
    "_history",
    "$everything",
)
NAMES = """_id _lastUpdated _count _sort _include _revinclude _has:Observation:patient:code _summary _elements _total _type _since _page _format
    _pretty _text _content _filter _outputFormat patient subject code date value-quantity status identifier name birthdate category code:in
    code:text code:not patient.name patient:Patient.name:exact subject:identifier combo-code-value-quantity url system version filter start end
    date:missing encounter organization ground task agent:identifier resource mode profile onlyCertainMatches"""
VALUES = """1 0 -1 99999999999999999999 1e400 5.4|http://unitsofmeasure.org|mg ge2026-01-01 eq2026-02-30 gt 2026 2026-13 ap1 | || a|b|c , ,,
    true false null NaN count text data http://loinc.org|2823-3 |2823-3 Patient/1 Patient/ ../../etc/passwd %00 * $ \\ \\, \\| a,b\\,c Observation:patient
    Observation:patient:Patient *:* application/fhir+xml text/html -date,code date:x"""
HEADERS = {
    "accept": (
        "*/*",
        "text/html",
        "application/fhir+xml",
        "application/fhir+json;fhirVersion=9",
        ";;q=x",
        "",
    ),
    "content-type": (
        *("application/fhir+json", "application/json", "application/json-patch+json", "application/fhir+xml"),
        *(
            "application/x-www-form-urlencoded",
            "text/plain",
            "multipart/form-data",
            "application/fhir+json; charset=latin-1",
            "",
        ),
    ),
    "prefer": (
        "return=minimal",
        "return=OperationOutcome",
        "handling=strict",
        "respond-async",
        "return=;,=",
        "",
    ),
    "if-match": ('W/"1"', 'W/"99999999999"', '"', "*", "1"),
    "if-none-match": ('W/"1"', "*", '"'),
    "if-none-exist": ("identifier=1", "identifier=a|b", "?", "&&=&", "_id=%ff"),
    "if-modified-since": ("Sat, 21 Nov 2026 10:00:00 GMT", "yesterday"),
    "content-encoding": ("gzip", "identity", "x"),
}
_odd = st.one_of(
    st.text(max_size=30),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.just([]),
    st.just({}),
    st.lists(st.none(), min_size=1, max_size=3),
    st.sampled_from(
        [
            "0001-01-01",
            "9999-12-31T23:59:60Z",
            "\u0000",
            "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
            "Patient/x" * 50,
        ]
    ),
)


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    params: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"{self.method} {self.path} {self.params} {self.headers} {self.body[:2000]!r}"


def requests(routes: Sequence[BaseRoute], ids: list[str]) -> st.SearchStrategy[Asked]:
    """Give requests to these routes; `ids` are of things that exist."""
    found = [one for one in routes if isinstance(one, Route)]
    words = st.one_of(st.sampled_from(VALUES.split()), st.sampled_from(ids), st.text(max_size=20))
    pairs = st.lists(st.tuples(st.sampled_from(NAMES.split()), words), max_size=4)
    return st.builds(
        lambda route, method, values, params, headers, body: Asked(
            method or sorted(route.methods or {"GET"})[0], _filled(route.path, values), params, headers, body
        ),
        st.sampled_from(found),
        st.one_of(st.just(""), st.just(""), st.sampled_from(METHODS)),
        st.lists(st.one_of(st.sampled_from(ids), st.sampled_from(TYPES), _segment), min_size=8, max_size=8),
        pairs,
        _headers(),
        st.one_of(_nearly_right(ids), st.binary(max_size=200), st.just(b"")),
    )


_segment = st.text(st.characters(codec="utf-8", exclude_characters="/?#%\\"), min_size=1, max_size=20).filter(
    lambda one: one not in (".", "..")
)


def _filled(path: str, values: list[str]) -> str:
    """Put values in the places of a route; a place that names a type gets one that exists, mostly."""
    from urllib.parse import quote

    parts, given = [], iter(values)
    for part in path.split("/"):
        value = next(given, "1") if part.startswith("{") else part
        if part.startswith("{type") and value not in TYPES:
            value = "Observation"
        parts.append(value if part == value else quote(value, safe="$"))
    return "/".join(parts)


def _headers() -> st.SearchStrategy[dict[str, str]]:
    chosen = {name: st.sampled_from(values) for name, values in HEADERS.items()}
    return st.fixed_dictionaries({}, optional=chosen).map(
        # what is said of the body fits it, mostly
        lambda told: {"content-type": "application/fhir+json"} | told
    )


def _nearly_right(ids: list[str]) -> st.SearchStrategy[bytes]:
    """Give valid bodies of which one or two places were changed."""

    def bodies() -> list[Any]:
        about = f"Patient/{ids[0]}"
        inner = entry(observation(about))
        return [
            observation(about),
            observation(about) | {"id": ids[-1]},
            patient(),
            bundle(inner, entry(observation(about), method="PUT", url=f"Observation/{uuid4()}")),
            bundle(inner, {"request": {"method": "GET", "url": f"Observation/{ids[-1]}"}}, type="batch"),
            {
                "resourceType": "Parameters",
                "parameter": [{"name": "resource", "resource": observation(about)}],
            },
            [{"op": "replace", "path": "/status", "value": "amended"}],
            {
                "resourceType": "Subscription",
                "status": "requested",
                "reason": "x",
                "criteria": "Observation?",
                "channel": {"type": "rest-hook"},
            },
        ]

    changes = st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from(["drop", "set", "add"]), _odd), max_size=2
    )
    return st.builds(_changed, st.integers(0, 7).map(lambda nth: bodies()[nth]), changes)


def _changed(body: Any, changes: list[tuple[int, str, Any]]) -> bytes:
    for nth, how, value in changes:
        places = list(_places(body))
        if not places:
            break
        holder, key = places[nth % len(places)]
        if how == "drop":
            del holder[key]
        elif how == "add" and isinstance(holder, dict):
            holder[str(value)[:20]] = value
        else:
            holder[key] = value
    return json.dumps(body).encode()


def _places(body: Any) -> list[tuple[Any, Any]]:
    made: list[tuple[Any, Any]] = []
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in list(items):
        made += [(body, key), *_places(value)]
    return made
