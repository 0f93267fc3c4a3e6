"""A Binary as the bytes that it holds, where its own kind is asked for by Accept. hl7.org/fhir/R4/binary.html#rest"""

import base64

import orjson
from starlette.requests import Request
from starlette.responses import Response

from unidossier.exchange.fhir.outcome import refused
from unidossier.exchange.fhir.wanted import is_fhir_named

# whatever a sender called it, no browser shows it as a page of this address
_NO_PAGE = {
    "x-content-type-options": "nosniff",
    "content-disposition": "attachment",
    "content-security-policy": "sandbox; default-src 'none'",
}


def is_native(request: Request, *, resource_type: str) -> bool:
    """Tell whether the bytes are asked for: a Binary, by an Accept that names no form of FHIR."""
    if resource_type != "Binary" or "_format" in request.query_params:
        return False
    accept = request.headers.get("accept")
    return accept is not None and not is_fhir_named(accept)


def native(request: Request, text: str, *, headers: dict[str, str]) -> Response:
    """Return what the Binary holds, as the kind that its sender named. Raises RequestRefused (406) where another is asked for."""
    binary = orjson.loads(text)
    kind = binary["contentType"].partition(";")[0].strip().lower()
    asked = {one.partition(";")[0].strip().lower() for one in request.headers["accept"].split(",")}
    if not asked & {kind, f"{kind.partition('/')[0]}/*"}:
        raise refused(
            406,
            "not-supported",
            "The file is of another kind; ask for FHIR JSON, which names its contentType.",
        )
    # base64 may be broken into lines: R4 allows blanks in it
    data = base64.b64decode(binary.get("data", ""))
    told: str = binary["contentType"]
    is_header = told.isascii() and told.isprintable()
    return Response(
        data, headers=headers | _NO_PAGE | {"content-type": told if is_header else "application/octet-stream"}
    )
