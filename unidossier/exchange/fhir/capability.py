"""What this server does, and no more. hl7.org/fhir/R4/capabilitystatement.html"""

from importlib.metadata import version

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.content import require_json_wanted
from unidossier.exchange.fhir.outcome import MEDIA_TYPE
from unidossier.record.arrival import PATIENT_TYPES

INTERACTIONS = ("read", "vread", "create", "update")
SYSTEM_INTERACTIONS = ("transaction", "batch")
DATE = "2026-11-21"  # of the last change to what is told here


async def capability(request: Request) -> Response:
    """GET [base]/metadata. Open to all: it tells nothing of anybody."""
    require_json_wanted(request)
    return Response(orjson.dumps(statement(str(request.base_url))), media_type=MEDIA_TYPE)


def statement(base_url: str) -> dict[str, object]:
    """Return the CapabilityStatement of the server at `base_url`."""
    rest = {
        "mode": "server",
        "security": {
            "cors": False,
            "description": "Every request but this one carries `Authorization: Bearer TOKEN`. Each is decided and "
            "entered in the log of accesses that the patient reads.",
        },
        "resource": [_resource(name) for name in sorted(PATIENT_TYPES)],
        "interaction": [{"code": code} for code in SYSTEM_INTERACTIONS],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "Unidossier", "version": version("unidossier")},
        "implementation": {"description": "Unidossier", "url": f"{base_url.rstrip('/')}/fhir"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [rest],
    }


def _resource(name: str) -> dict[str, object]:
    return {
        "type": name,
        "interaction": [{"code": code} for code in INTERACTIONS],
        "versioning": "versioned",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": False,
        "conditionalRead": "not-match",
        "conditionalUpdate": False,
        "conditionalDelete": "not-supported",
    }
