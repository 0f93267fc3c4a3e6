"""Where the directory is asked, and what the CapabilityStatement tells of it."""

from starlette.routing import Route

from unidossier.exchange.fhir.directory.parameters import PARAMETERS
from unidossier.exchange.fhir.directory.rest import read, search
from unidossier.exchange.fhir.room import BASE, Interaction, Json, Room


def _of_type(name: str) -> Json:
    parameters = PARAMETERS.get(name)
    if parameters is None:
        return {}
    told: Json = {
        "versioning": "no-version",
        "conditionalRead": "not-match",
        "searchInclude": [f"{name}:{code}" for code, one in parameters.items() if one.target],
        "searchParam": [
            {"name": code, "definition": one.url, "type": one.kind} for code, one in parameters.items()
        ],
    }
    return told | ({"searchRevInclude": ["PractitionerRole:practitioner"]} if name == "Practitioner" else {})


ROOM = Room(
    routes=tuple(
        route
        for kind in PARAMETERS
        for route in (
            Route(f"{BASE}/{kind}", search, methods=["GET"]),
            Route(f"{BASE}/{kind}/_search", search, methods=["POST"]),
            Route(f"{BASE}/{kind}/{{id}}", read, methods=["GET"]),
        )
    ),
    interactions=tuple(
        one
        for kind in PARAMETERS
        for one in (
            Interaction(
                code="search-type",
                at=(("GET", f"{BASE}/{kind}"), ("POST", f"{BASE}/{kind}/_search")),
                types=frozenset({kind}),
            ),
            Interaction(code="read", at=(("GET", f"{BASE}/{kind}/{{id}}"),), types=frozenset({kind})),
        )
    ),
    of_type=_of_type,
)
