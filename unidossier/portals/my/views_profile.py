"""My: for whom one acts (REP-5). The choice is always visible on the page: the banner names the patient."""

from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from unidossier.actions.list_my_patients import list_my_patients
from unidossier.portals.my.whose import ACTING_FOR, NobodyChosen
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.present.patients import patient_line


def profiles(request: HttpRequest) -> HttpResponse:
    """Those for whom I act, one line each."""
    at = timezone.now()
    listed = list_my_patients(request.requester.secret)
    lines = tuple(
        patient_line(row, href=lambda one: reverse("my:choose-profile", args=[one]), at=at)
        for row in listed.patients
    )
    chosen = request.session.get(ACTING_FOR)
    return render(
        request,
        "my/profiles.html",
        frame(request, lines=lines, ids=[row["id"] for row in listed.patients], chosen=chosen),
    )


@posted(lambda _request, patient: reverse("my:profiles"))
def choose_profile(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Act for this patient from now on. A wrong choice opens nothing: the gate refuses."""
    request.session[ACTING_FOR] = str(patient)
    return redirect("my:home")


def for_somebody(view):
    """Send a representative who has not chosen yet to the choice."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NobodyChosen:
            return redirect("my:profiles")

    return guarded
