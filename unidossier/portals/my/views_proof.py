"""My: a proof of who looked, to take home and to have checked by anybody (MY-15, LOG-3)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.actions.make_proof import make_proof, public_keys
from unidossier.gate.door import ActRefused
from unidossier.log.proof.carry import verifier
from unidossier.portals.my.deciding import why_not
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame

LAST_ENTRY = 2**63 - 1
PROGRAM, KEYS = "verify.pyz", "keys.txt"


def page(request: HttpRequest) -> HttpResponse:
    """What a proof is, the files, and how to check it."""
    context = {
        "install": "python -m pip install cryptography",
        "check": f"python {PROGRAM} {_name()} --keys {KEYS}",
        "back_href": reverse("my:who-looked"),
    }
    return render(request, "my/proof.html", frame(request, **context))


@for_somebody
def whole(request: HttpRequest) -> HttpResponse:
    """The proof of everything that the list shows."""
    return _file(request, entry=None)


@for_somebody
def one(request: HttpRequest, entry: int) -> HttpResponse:
    """The proof of one line."""
    if entry > LAST_ENTRY:
        raise Http404
    return _file(request, entry=entry)


def program(_request: HttpRequest) -> HttpResponse:
    """The program that checks, the same for everybody."""
    return _download(verifier(), name=PROGRAM, kind="application/zip")


def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of the log and its witnesses."""
    try:
        text = public_keys()
    except ActRefused as refused:
        messages.info(request, _why_no_proof(refused.code))
        return redirect("my:proof")
    return _download(text.encode(), name=KEYS, kind="text/plain; charset=utf-8")


def _file(request: HttpRequest, *, entry: int | None) -> HttpResponse:
    try:
        proof = make_proof(request.requester.secret, patient=subject(request), entry=entry)
    except ActRefused as refused:
        messages.info(request, _why_no_proof(refused.code))
        return redirect("my:proof")
    if not proof.entries:
        messages.info(
            request,
            ngettext(
                "This access is so new that it is not in the log yet. Try again in a moment.",
                "These accesses are so new that they are not in the log yet. Try again in a moment.",
                proof.waiting,
            ),
        )
        return redirect("my:proof")
    return _download(proof.content, name=_name(), kind="application/json")


def _name() -> str:
    return f"proof-{timezone.localdate():%Y-%m-%d}.json"


def _download(content: bytes, *, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def _why_no_proof(code: str) -> str:
    if code == "no-proof-now":
        return _(
            "A proof cannot be made at this moment. Your accesses are written down all the same. Try again later."
        )
    return why_not(code)
