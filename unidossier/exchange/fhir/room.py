"""A room of the API: its routes, and what the CapabilityStatement tells of them, side by side.

A module that serves something ends with one Room; `rooms.py` lists them. A test walks both ways: whatever is told is
served, whatever is served is told. hl7.org/fhir/R4/capabilitystatement.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from unidossier.record.patient_types import HELD_TYPES

BASE = "/fhir"
Json = dict[str, Any]
OnTheWire = tuple[str, str]  # method, path as the route writes it

# what the types of a record share, beside their interactions (rest.resource)
OF_A_RECORD = HELD_TYPES
# what is read by its id: a Provenance has its place beside what it is about, though it cannot be sent alone
READ_IN_A_RECORD = HELD_TYPES | {"Provenance"}
OF_THE_SYSTEM: frozenset[str] = frozenset()


def base_of(request: Request) -> str:
    """Return [base], the address of the API as the client wrote it."""
    return f"{str(request.base_url).rstrip('/')}{BASE}"


def _nothing(_: str) -> Json:
    return {}


@dataclass(frozen=True, kw_only=True)
class Interaction:
    """One thing that the server does.

    `code`: of restful-interaction (`vread`, `search-type`), or an operation with its sign, such as `$everything`.
    `at`: every method and path by which it is asked. `types`: of which resources it is told; OF_THE_SYSTEM for none.
    `definition`: the canonical address of an operation.
    """

    code: str
    at: tuple[OnTheWire, ...]
    types: frozenset[str] = OF_A_RECORD
    definition: str = ""


@dataclass(frozen=True, kw_only=True)
class Room:
    """Routes, the interactions they serve, and what else the statement tells.

    `beside`: what is served and is no interaction of FHIR (the statement itself, tokens).
    `of_type`: further elements of rest.resource of a type (searchParam, conditionalCreate); lists are joined.
    `of_rest`: further elements of rest, given the address of the API (security).
    """

    routes: tuple[BaseRoute, ...]
    interactions: tuple[Interaction, ...] = ()
    beside: tuple[OnTheWire, ...] = ()
    of_type: Callable[[str], Mapping[str, Any]] = _nothing
    of_rest: Callable[[str], Mapping[str, Any]] = _nothing
