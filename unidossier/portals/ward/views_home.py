"""Ward, start: today's agenda, my patients by ward, find one among those I may know of."""

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unidossier.actions.list_my_patients import find_patient, list_my_patients
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import patients as present
from unidossier.portals.shared.present.sought import sought_of
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.ward.views_record import WARD


def home(request: HttpRequest) -> HttpResponse:
    """The patients I have a relation with now; with `?q=` those that fit."""
    at = timezone.now()
    since = datetime.combine(at.astimezone(BRUSSELS).date(), time.min, tzinfo=BRUSSELS)
    until = since + timedelta(days=1)
    query = request.GET.get("q", "").strip()[:100]
    context: dict = {"today": since.date(), "query": query, "reading": "found", "found": None}
    if query:
        listed = find_patient(request.requester.secret, sought=sought_of(query), since=since, until=until)
        context["found"] = tuple(
            present.patient_line(row, href=WARD.record, at=at) for row in listed.patients
        )
    else:
        listed = list_my_patients(request.requester.secret, since=since, until=until)
        context["groups"] = present.by_ward(listed, href=WARD.record, at=at)
        context["agenda"] = present.agenda(listed, href=WARD.record, at=at)
    return render(request, "ward/home.html", frame(request, **context))
