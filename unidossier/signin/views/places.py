"""After the proof: the place to go on from, and for what (ACD-6). The same page changes place later."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from unidossier.signin.cast import FACE_NAMES
from unidossier.signin.claims import ClaimsRefused
from unidossier.signin.display import keep_choices_of
from unidossier.signin.enter import FORBIDDEN, PurposeForbidden, enter, person_of
from unidossier.signin.factors import is_strong
from unidossier.signin.way import way_into
from unidossier.signin.whoami import Identity, Place, whoami

# ACD-6: what a carer may state; the last four are refused, and the attempt is written down
PURPOSES = {
    "care": gettext_lazy("the care of my patients"),
    "insurance": gettext_lazy("insurance"),
    "occupational-medicine": gettext_lazy("occupational medicine"),
    "fund-control": gettext_lazy("control by a health insurance fund"),
    "expertise": gettext_lazy("expert reports"),
}
assert set(FORBIDDEN) == set(PURPOSES) - {"care"}


@login_required
def arrive(request: HttpRequest) -> HttpResponse:
    """Lead to the second factor, into the only place, or let choose one and state the purpose."""
    if not is_strong(request):
        return redirect("second-factor-first")
    identity, places = _places(request)
    if request.method == "POST":
        return _go(request, identity, places)
    mine = [place for place in places if place.kind in ("patient", "representative")]
    # a carer states his purpose; whoever comes for himself has only one
    if identity and len(places) == 1 and mine and request.requester is None:
        return _into(request, identity, places[0], purpose=places[0].purpose)
    return _choose(request, identity, places)


def _places(request: HttpRequest) -> tuple[Identity | None, list[Place]]:
    try:
        identity = whoami(person_of(request))
    except ClaimsRefused:  # the person is no longer in the registry
        return None, []
    return identity, [place for place in identity.places if place.face in settings.FACES]


def _go(request: HttpRequest, identity: Identity | None, places: list[Place]) -> HttpResponse:
    place = next((place for place in places if place.id == request.POST.get("place")), None)
    if identity is None or place is None:
        return _choose(request, identity, places, error=_("Choose one of the places below."), status=400)
    try:
        return _into(request, identity, place, purpose=request.POST.get("purpose", ""))
    except PurposeForbidden:
        return _choose(request, identity, places, error=_forbidden(request), status=403)


def _forbidden(request: HttpRequest) -> str:
    stated = request.POST.get("purpose", "")
    if stated not in FORBIDDEN:
        return _("The record is open for care only. State care as your purpose, or do not go on.")
    return _(
        "The record is never open for this purpose: %(purpose)s. The law forbids it. This attempt was written down. State care as your purpose, or do not go on."
    ) % {"purpose": PURPOSES[stated]}


def _into(request: HttpRequest, identity: Identity, place: Place, *, purpose: str) -> HttpResponse:
    wanted = request.POST.get("next") or request.GET.get("next")
    enter(request, identity, place=place, purpose=purpose)
    response = HttpResponseRedirect(way_into(request, face=place.face, wanted=wanted))
    keep_choices_of(request.user, request, response)
    return response


def _has_apps(request: HttpRequest) -> bool:
    # ACS-4: no app is let in from the Desk
    return request.requester is not None and request.requester.face != "desk"


def _choose(
    request: HttpRequest,
    identity: Identity | None,
    places: list[Place],
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    language = get_language() or "en"
    here = request.requester.place if request.requester else ""
    lines = [
        {
            "id": place.id,
            "face": FACE_NAMES[place.face],
            "function": place.function_words.get(language, ""),
            "institution": place.institution_names.get(language, ""),
            "kind": place.kind,
            "purpose": place.purpose,
            "is_here": place.id == here,
        }
        for place in places
    ]
    context = {
        "name": identity.name if identity else "",
        "care": [line for line in lines if line["purpose"] == "care"],
        "places": [line for line in lines if line["purpose"] != "care"],
        "purposes": tuple(PURPOSES.items()),
        "error": error,
        "apps_href": f"/{request.requester.face}/apps/" if _has_apps(request) else "",
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "signin/places.html", context, status=status)
