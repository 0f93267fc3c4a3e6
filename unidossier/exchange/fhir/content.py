"""What is sent and what is wanted: FHIR JSON in UTF-8, of bounded size. hl7.org/fhir/R4/http.html#mime-type"""

from starlette.requests import Request

from unidossier.exchange.fhir.outcome import refused

LARGEST_BODY = 20 * 1024 * 1024  # bytes; larger deliveries go by `unidossier import`
_JSON = frozenset({"application/fhir+json", "application/json", "application/json+fhir"})
_ACCEPTED = _JSON | {"*/*", "application/*"}
_FORMATS = _JSON | {"json"}


def require_json_wanted(request: Request) -> None:
    """Raise RequestRefused (406) when the client takes no FHIR JSON."""
    wanted = request.query_params.get("_format")
    if wanted is not None:
        if wanted.partition(";")[0].strip().replace(" ", "+") not in _FORMATS:
            raise refused(406, "not-supported", "Only FHIR JSON is given; ask for _format=json.")
        return
    accept = request.headers.get("accept", "*/*")
    ranges = [each.strip().lower() for each in accept.split(",")]
    if not any(_takes(each) for each in ranges):
        raise refused(406, "not-supported", "Only FHIR JSON is given; send Accept: application/fhir+json.")


async def body_of(request: Request) -> bytes:
    """Return the whole body. Raises RequestRefused (413, 415) and ClientDisconnect (a cut upload)."""
    _require_json_sent(request)
    told = request.headers.get("content-length", "0")
    if told.isdigit() and int(told) > LARGEST_BODY:
        raise _too_large()
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _require_json_sent(request: Request) -> None:
    media_type, *parameters = (
        part.strip().lower() for part in request.headers.get("content-type", "").split(";")
    )
    if media_type not in _JSON:
        raise refused(415, "not-supported", "Send FHIR JSON with Content-Type: application/fhir+json.")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8"):
            raise refused(415, "not-supported", "Send UTF-8; other encodings are not read.")


def _takes(accepted: str) -> bool:
    media_type, *parameters = (part.strip() for part in accepted.split(";"))
    return media_type in _ACCEPTED and not any(one.replace(" ", "") in ("q=0", "q=0.0") for one in parameters)


def _too_large() -> Exception:
    return refused(
        413, "too-long", f"At most {LARGEST_BODY // 1048576} MB are read in one request; send less at a time."
    )
