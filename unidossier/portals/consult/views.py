"""Consult: a carer's patients, and their record: validated items only, what is outside his right simply not there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.list_attempts import list_attempts
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_record import OpenRecord
from unidossier.portals.consult.forms import NumberForm
from unidossier.portals.consult.pending import waiting_groups, with_renewal
from unidossier.portals.consult.views_tie import is_gp
from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.found import after, found, more
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import patients as present
from unidossier.portals.shared.record_parts import Face


def _acts(opened: OpenRecord) -> tuple[Entry, ...]:
    """The GP of record may let a colleague in (ACD-3)."""
    if not is_gp(opened.relations):
        return ()
    href = reverse("consult:trust", args=[opened.patient["id"]])
    return (Entry(label=_("Give a colleague access"), href=href),)


CONSULT = Face(name="consult", template="consult/record.html", acts=_acts)


def home(request: HttpRequest) -> HttpResponse:
    """My patients with the bar that runs out, pending and suspended ones on top (CON-12); with `?q=` those that fit."""
    at = timezone.now()
    ways = {"link_href": reverse("consult:link"), "ask_href": reverse("consult:ask")}
    context = {"reading": "found", "form": NumberForm(), **ways} | found(request, href=CONSULT.record, at=at)
    if context["found"] is None:
        listed = list_my_patients(request.requester.secret, after=after(request), ending_first=True)
        groups = with_renewal(present.by_end(listed, href=CONSULT.record, at=at), listed, at=at)
        is_first = after(request) is None
        told = list_attempts(request.requester.secret) if is_first else None
        context["groups"] = (*(waiting_groups(told, at=at) if told else ()), *groups)
        context["told"] = told.told if told else 0
        context["more_href"] = more(request, listed.following)
        context["emergencies_href"] = (
            reverse("consult:emergencies") if request.requester.function == "gp" else ""
        )
    return render(request, "consult/home.html", frame(request, **context))


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient."""
    return views_record.record(request, patient, face=CONSULT)


def trend(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The course of one value."""
    return views_trend.trend(request, patient, template="consult/trend.html", face=CONSULT)
