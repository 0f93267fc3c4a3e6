"""Consult: a carer's patients, and their record: validated items only, what is outside his right simply not there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unidossier.actions.list_my_patients import list_my_patients
from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.emergency_lines import emergencies
from unidossier.portals.shared.found import after, found, more
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import patients as present
from unidossier.portals.shared.record_parts import Face

CONSULT = Face(name="consult", template="consult/record.html")


def home(request: HttpRequest) -> HttpResponse:
    """My patients with the bar that runs out (CON-12); with `?q=` those that fit."""
    at = timezone.now()
    context = {"reading": "found", "form": None} | found(request, href=CONSULT.record, at=at)
    if context["found"] is None:
        listed = list_my_patients(request.requester.secret, after=after(request), ending_first=True)
        context["groups"] = present.by_end(listed, href=CONSULT.record, at=at)
        context["more_href"] = more(request, listed.following)
        context["emergencies"] = emergencies(request, href=CONSULT.record, at=at)
    return render(request, "consult/home.html", frame(request, **context))


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient."""
    return views_record.record(request, patient, face=CONSULT)


def trend(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The course of one value."""
    return views_trend.trend(request, patient, template="consult/trend.html", face=CONSULT)
