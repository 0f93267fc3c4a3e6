"""How an app gets its token, told under the address of the API. SMART App Launch 2.2, 5; hl7.org/fhir/R4/security.html"""

import os

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.exchange.fhir.outcome import NO_STORE
from unidossier.exchange.fhir.room import BASE, Json, Room
from unidossier.signin.smart.discovery import smart_configuration

PATH = f"{BASE}/.well-known/smart-configuration"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"


async def configuration(request: Request) -> Response:
    """GET [base]/.well-known/smart-configuration. Open to all."""
    body = orjson.dumps(smart_configuration(_origin(str(request.base_url))))
    return Response(body, headers=NO_STORE, media_type="application/json")


def _origin(address: str) -> str:
    """Return where browsers find this server: the address that is set, or on this machine alone the one that was called."""
    told = os.environ.get("UNIDOSSIER_ORIGIN", "").rstrip("/")
    return told if told.startswith("https://") else address.rstrip("/")


def _of_rest(address: str) -> Json:
    told = smart_configuration(_origin(address.removesuffix(BASE)))
    places = (
        ("authorize", told["authorization_endpoint"]),
        ("token", told["token_endpoint"]),
        ("introspect", told["introspection_endpoint"]),
        ("revoke", told["revocation_endpoint"]),
    )
    extension = {
        "url": OAUTH_URIS,
        "extension": [{"url": name, "valueUri": place} for name, place in places],
    }
    service = {"coding": [{"system": SERVICE, "code": "SMART-on-FHIR"}], "text": "SMART App Launch 2.2"}
    return {"security": {"cors": True, "extension": [extension], "service": [service]}}


ROOM = Room(routes=(Route(PATH, configuration),), beside=(("GET", PATH),), of_rest=_of_rest)
