"""Ward, start: today's agenda, my patients by ward, find one among those I may know of."""

from datetime import datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.show_agenda import show_agenda
from unidossier.portals.shared.found import after, found, more
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present import patients as present
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.ward.views_record import WARD


def home(request: HttpRequest) -> HttpResponse:
    """The patients I have a relation with now; with `?q=` those that fit."""
    at = timezone.now()
    today = datetime.combine(at.astimezone(BRUSSELS).date(), time.min, tzinfo=BRUSSELS)
    context = {"today": today.date(), "reading": "found"} | found(request, href=WARD.record, at=at)
    if context["found"] is None:
        secret = request.requester.secret
        listed = list_my_patients(secret, after=after(request))
        agenda = show_agenda(secret, since=today, until=today + timedelta(days=1))
        context |= {
            "groups": present.by_ward(listed, href=WARD.record, at=at),
            "agenda": present.agenda(agenda, href=WARD.record, at=at),
            "more_href": more(request, listed.following),
        }
    return render(request, "ward/home.html", frame(request, **context))
