"""Consult: a carer's patients, and their record: validated items only, what is outside his right simply not there."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unidossier.actions.list_my_patients import find_patient, list_my_patients
from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import patients as present
from unidossier.portals.shared.present.sought import sought_of
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.record_parts import Face

CONSULT = Face(name="consult", template="consult/record.html")


def home(request: HttpRequest) -> HttpResponse:
    """My patients with the bar that runs out (CON-12); with `?q=` those that fit."""
    at = timezone.now()
    since = datetime.combine(at.astimezone(BRUSSELS).date(), time.min, tzinfo=BRUSSELS)
    query = request.GET.get("q", "").strip()[:100]
    period = {"since": since, "until": since + timedelta(days=1)}
    context: dict = {"query": query, "reading": "found", "found": None, "form": None}
    if query:
        listed = find_patient(request.requester.secret, sought=sought_of(query), **period)
        context["found"] = tuple(
            present.patient_line(row, href=CONSULT.record, at=at) for row in listed.patients
        )
    else:
        listed = list_my_patients(request.requester.secret, **period)
        context["groups"] = present.by_end(listed, href=CONSULT.record, at=at)
    return render(request, "consult/home.html", frame(request, **context))


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient."""
    return views_record.record(request, patient, face=CONSULT)


def trend(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The course of one value."""
    return views_trend.trend(request, patient, template="consult/trend.html", face=CONSULT)
