"""Ward: open an app of the institution for the patient on the screen. SMART App Launch 2.2, 2.0.4"""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from csp.constants import HEADER as POLICY
from csp.utils import build_policy
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from unidossier.actions.launch_app import launch_app, list_launchable_apps
from unidossier.gate.door import ActRefused
from unidossier.portals.shared.frame import frame
from unidossier.portals.ward.views_record import WARD
from unidossier.signin.smart.answers import origin_of
from unidossier.signin.smart.app import source_of
from unidossier.signin.smart.discovery import fhir_base


def apps(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The apps that open for this patient; choosing one leads out to it."""
    found = list_launchable_apps(request.requester.secret, patient=patient)
    who = found.patient
    context: dict[str, Any] = {
        "patient": f"{who['family']} {who['given']}",
        "birth_date": who["birth_date"],
        "patient_id": who["id"],
        "apps": found.apps,
        "back_href": WARD.record(patient),
    }
    response = render(request, "ward/apps.html", frame(request, **context))
    # a form may lead to these apps, and to nobody else
    sources = sorted({source_of(one["launch_uri"]) for one in found.apps})
    response[POLICY] = build_policy(update={"form-action": sources})
    return response


def launch(request: HttpRequest, patient: UUID, app: UUID) -> HttpResponse:
    """Make the word for the app and lead there; the app then asks at the authorization server."""
    if request.method != "POST":
        return apps(request, patient)
    try:
        made = launch_app(request.requester.secret, patient=patient, app=app)
    except ActRefused:
        messages.error(request, _("This app is not there any more."))
        return redirect("ward:apps", patient)
    told = urlencode({"iss": fhir_base(origin_of(request)), "launch": made.word})
    response = HttpResponse(status=303)
    response["Location"] = f"{made.address}{'&' if urlsplit(made.address).query else '?'}{told}"
    response["Referrer-Policy"] = "no-referrer"
    return response
