"""Patient/[id]/$summary: the International Patient Summary, as a FHIR document or as a PDF. hl7.org/fhir/uv/ips/OperationDefinition/summary"""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unidossier.actions.match_patient import find_by_number
from unidossier.actions.take_summary import take_summary
from unidossier.exchange.fhir.bearer import Bearer, bearer_of, secret_of
from unidossier.exchange.fhir.operations.language import asked_language
from unidossier.exchange.fhir.operations.parameters import Asked, asked_of
from unidossier.exchange.fhir.operations.reading import patient_id
from unidossier.exchange.fhir.outcome import MEDIA_TYPE, NO_STORE, not_found, refused
from unidossier.exchange.fhir.room import BASE, Interaction, Room, base_of
from unidossier.exchange.fhir.wanted import require_wanted
from unidossier.gate.door import AccessRefused, RightsChanged
from unidossier.record.summary import document, summary_pdf

PDF = "application/pdf"
PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"
PARAMETERS = frozenset({"profile", "language"})
LONGEST = 400  # characters of a number with its system


async def summary(request: Request) -> Response:
    """GET or POST [base]/Patient/[id]/$summary: a Bundle of type document; with `_format=application/pdf` its paper."""
    secret = secret_of(request)
    _require_form(request)
    id_ = patient_id(request.path_params["id"])
    asked = await asked_of(request, allowed=PARAMETERS)
    return await _answer(request, asked, secret=secret, id_=id_)


async def summary_by_number(request: Request) -> Response:
    """GET or POST [base]/Patient/$summary?identifier=[system]|[value]: the same, of whom has this number among those who may be found."""
    bearer = await bearer_of(request)
    _require_form(request)
    asked = await asked_of(request, allowed=PARAMETERS | {"identifier"})
    system, bar, value = (asked.text("identifier") or "").partition("|")
    if not (system and bar and value) or len(system) + len(value) > LONGEST:
        told = "name the patient by a number with its system: identifier=[system]|[value]"
        raise refused(400, "required", told, expression="identifier")
    found = await asyncio.to_thread(_find, bearer, system, value)
    if len(found) != 1:  # one who cannot be told from another is nobody
        raise not_found()
    return await _answer(request, asked, secret=bearer.secret, id_=found[0])


def _find(bearer: Bearer, system: str, value: str) -> list[UUID]:
    try:
        return find_by_number(bearer.secret, system=system, value=value, is_machine=bearer.is_machine)
    except (AccessRefused, RightsChanged):
        return []  # ACD-8


def _require_form(request: Request) -> None:
    if not _wants_paper(request):
        require_wanted(request)


async def _answer(request: Request, asked: Asked, *, secret: bytes, id_: UUID) -> Response:
    is_paper = _wants_paper(request)
    _require_profile(asked)
    language = asked_language(request, asked.text("language"))
    base = base_of(request)
    try:
        made = await asyncio.to_thread(_make, secret, id_, language, None if is_paper else base)
    except (AccessRefused, RightsChanged):
        raise not_found() from None  # ACD-8
    return Response(made, headers=NO_STORE, media_type=PDF if is_paper else MEDIA_TYPE)


def _make(secret: bytes, patient: UUID, language: str | None, base: str | None) -> bytes:
    """Return the document, or the paper when there is no address for its resources."""
    gathered = take_summary(secret, patient=patient, at=datetime.now(UTC), language=language)
    return summary_pdf(gathered) if base is None else document(gathered, base=base)


def _wants_paper(request: Request) -> bool:
    asked = request.query_params.get("_format")
    if asked is not None:
        return asked in (PDF, "pdf")
    return request.headers.get("accept", "").partition(";")[0].strip().lower() == PDF


def _require_profile(asked: Asked) -> None:
    profile = asked.text("profile")
    if profile is not None and profile.partition("|")[0] != PROFILE:
        told = f"the summary is made by the profile {PROFILE} alone; leave 'profile' out"
        raise refused(400, "not-supported", told, expression="profile")


_PATH, _BY_NUMBER = f"{BASE}/Patient/{{id}}/$summary", f"{BASE}/Patient/$summary"
ROOM = Room(
    routes=(
        Route(_BY_NUMBER, summary_by_number, methods=["GET", "POST"]),
        Route(_PATH, summary, methods=["GET", "POST"]),
    ),
    interactions=(
        Interaction(
            code="$summary",
            at=tuple((method, path) for path in (_PATH, _BY_NUMBER) for method in ("GET", "POST")),
            types=frozenset({"Patient"}),
            definition="http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
        ),
    ),
)
