"""An app asks a person: who, for whom, what, how long. RFC 6749 4.1.1, SMART App Launch 2.2, RFC 9207; ACD-7: to be ended at any time."""

import hashlib
import json
import re
import secrets
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query, Row
from unidossier.kernel.smart_scope import opens
from unidossier.kernel.uuid7 import new_id
from unidossier.signin.middleware import to_sign_in
from unidossier.signin.smart.answers import origin_of
from unidossier.signin.smart.app import source_of
from unidossier.signin.smart.asked import Asked, AskedWrongly, AskRefused, answer_at, read_asked
from unidossier.signin.smart.consent import KEPT_UNASKED, LASTING, LASTS_S, extras, lasts, lines
from unidossier.signin.smart.discovery import fhir_base
from unidossier.signin.smart.patients import choices, chosen, launched, named
from unidossier.signin.smart.tokens import ALONE_S

FACES = ("my", "ward", "consult")  # nobody opens an app from the Desk (ACS-4)
GIVE = "SELECT gate.give_app_access(%(secret)s::bytea, %(given)s::jsonb)"
CHOSEN = "unidossier_patient"  # our own parameter beside the app's
SOUGHT = "unidossier_name"
CODE_BYTES = 32
LONGEST_S = 12 * 3600  # of an access that does not outlast the session


@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """GET /smart/authorize asks the person; POST is his answer. The app's parameters stand in the address both times."""
    query = dict(request.GET.lists())
    try:
        asked = read_asked(query, audience=fhir_base(origin_of(request)))
        return _with_person(request, asked)
    except AskedWrongly as wrong:
        return render(request, "signin/smart/wrong.html", {"why": str(wrong)}, status=400)
    except AskRefused as refused:
        told = {"error": refused.error, "error_description": refused.why}
        return _lead(request, refused.redirect_uri, state=refused.state, **told)


class NobodyChosen(Exception):
    """The app works with one patient, and the person has not said with whom."""


def _with_person(request: HttpRequest, asked: Asked) -> HttpResponse:
    me = request.requester
    if me is None:
        return to_sign_in(request)
    if me.face not in FACES:
        way = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('arrive')}?{way}")
    try:
        patient = _patient(request, asked)
        about = _about(request, asked, patient=patient)
    except NobodyChosen:
        return _ask_patient(request, asked)
    if request.method == "POST":
        return _answered(request, asked, patient=patient, about=about)
    return _ask(request, asked, about=about)


def _patient(request: HttpRequest, asked: Asked) -> UUID | None:
    """Return for whom the app is opened: of the launch, oneself, or whom the person chose. Raises NobodyChosen, AskRefused."""
    me = request.requester
    if asked.launch:
        patient = launched(me.secret, app=asked.app.id, launch_hash=_launch_hash(asked))
        if patient is None:
            raise _refusal(
                asked, "invalid_request", "this launch is over: open the app from the record again"
            )
        return patient
    if not asked.needs_patient:
        return None
    if me.patient is not None:
        return me.patient
    try:
        return UUID(request.GET.get(CHOSEN, ""))
    except ValueError:
        raise NobodyChosen from None


def _about(request: HttpRequest, asked: Asked, *, patient: UUID | None) -> Row | None:
    """Return the short facts of somebody else's record, when the gate opens it. Raises NobodyChosen, AskRefused."""
    if patient is None or patient == request.requester.patient:
        return None
    about = chosen(request.requester.secret, patient)
    if about is None and asked.launch:
        raise _refusal(asked, "access_denied", "the record of this patient is not open to this person")
    if about is None:
        raise NobodyChosen
    return about


def _ask_patient(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Let the person choose one of his own patients; the choice comes back in the address."""
    sought = request.GET.get(SOUGHT, "")[:80]
    found = choices(request.requester.secret, name=sought)
    base = {name: values[-1] for name, values in request.GET.lists() if name not in (CHOSEN, SOUGHT)}
    context = {
        "app": asked.app,
        "sought": sought,
        "sought_name": SOUGHT,
        "kept": tuple(base.items()),
        "patients": tuple(
            {"name": named(row), "href": f"{request.path}?{urlencode(base | {CHOSEN: row['id']})}"}
            for row in found
        ),
        "back_href": _address(request, asked, error="access_denied"),
    }
    return _leading_to(asked, render(request, "signin/smart/patient.html", context))


def _ask(
    request: HttpRequest, asked: Asked, *, about: Row | None, error: str = "", status: int = 200
) -> HttpResponse:
    is_own = request.requester.kind == "patient"
    context = {
        "app": asked.app,
        "institution": asked.app.institution_names.get(get_language() or "en", ""),
        "patient": named(about) if about else "",
        "is_own": is_own,
        "lines": lines(asked.scopes, is_own=is_own),
        "extras": extras(asked.scopes, is_own=is_own),
        "may_stay": any(scope in LASTING for scope in asked.scopes),
        "lasts": lasts(),
        "access": new_id(),
        "error": error,
    }
    return _leading_to(asked, render(request, "signin/smart/consent.html", context, status=status))


def _answered(request: HttpRequest, asked: Asked, *, patient: UUID | None, about: Row | None) -> HttpResponse:
    if request.POST.get("answer") != "allow":
        return _lead(
            request,
            asked.redirect_uri,
            state=asked.state,
            error="access_denied",
            error_description="the person refused",
        )
    scopes = _left(request, asked)
    if not [scope for scope in scopes if scope not in (*KEPT_UNASKED, *LASTING, "online_access")]:
        error = _("Tick at least one line, or refuse.")
        return _ask(request, asked, about=about, error=error, status=400)
    code = secrets.token_bytes(CODE_BYTES)
    given = _given(request, asked, scopes=scopes, patient=patient, code=code)
    try:
        door.call(Query(GIVE, {"secret": request.requester.secret, "given": json.dumps(given, default=str)}))
    except ActRefused as refused:
        why = {
            "given-already": _("You have answered this question already."),
            "no-such-launch": _("Open the app from the record again."),
        }
        context = {"why": why.get(refused.code, _("This app is not for the place where you are signed in."))}
        return render(request, "signin/smart/wrong.html", context, status=409)
    return _lead(request, asked.redirect_uri, state=asked.state, code=code.hex())


def _left(request: HttpRequest, asked: Asked) -> tuple[str, ...]:
    """Return the scopes that the person left ticked, of those asked for; what is only technique stays."""
    ticked = {scope for value in request.POST.getlist("scope") for scope in value.split()}
    if request.POST.get("stays") == "yes":
        ticked.update(LASTING)
    unasked = KEPT_UNASKED | {"online_access"}
    return tuple(scope for scope in asked.scopes if scope in unasked or scope in ticked)


def _given(
    request: HttpRequest, asked: Asked, *, scopes: tuple[str, ...], patient: UUID | None, code: bytes
) -> dict[str, Any]:
    stays = any(scope in LASTING for scope in scopes)
    if stays:
        lasts_s = LASTS_S.get(request.POST.get("lasts", ""), LASTS_S["day"])
    else:
        lasts_s = LONGEST_S if "online_access" in scopes else ALONE_S
    access = request.POST.get("access", "")
    return {
        "access": access if re.fullmatch(r"[0-9a-f-]{36}", access) else new_id(),
        "app": asked.app.id,
        "scope": " ".join(scopes),
        "opens": opens(scopes),
        "patient": None if asked.launch else patient,
        "launch": _launch_hash(asked).hex() if asked.launch else None,
        "stays": stays,
        "lasts_s": lasts_s,
        "code": hashlib.sha256(code).hexdigest(),
        "redirect_uri": asked.redirect_uri,
        "challenge": asked.challenge,
        "nonce": asked.nonce or None,
    }


def _launch_hash(asked: Asked) -> bytes:
    return hashlib.sha256(asked.launch.encode()).digest()


def _refusal(asked: Asked, error: str, why: str) -> AskRefused:
    return AskRefused(error, why, redirect_uri=asked.redirect_uri, state=asked.state)


def _address(request: HttpRequest, asked: Asked, **told: str) -> str:
    return answer_at(asked.redirect_uri, **told, state=asked.state, iss=origin_of(request))


def _lead(request: HttpRequest, redirect_uri: str, *, state: str, **told: str) -> HttpResponse:
    """Lead to the registered address, with who answers (RFC 9207). Apps on telephones have schemes of their own."""
    response = HttpResponse(status=303)
    response["Location"] = answer_at(redirect_uri, **told, state=state, iss=origin_of(request))
    response["Referrer-Policy"] = "no-referrer"
    return response


def _leading_to(asked: Asked, response: HttpResponse) -> HttpResponse:
    """Let the form of this page, and of no other, end at the app: browsers hold form-action against redirects too (CSP 3)."""
    response[POLICY] = build_policy(update={"form-action": [source_of(asked.redirect_uri)]})
    return response
