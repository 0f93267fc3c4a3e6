"""Ward: the record, a trend, a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.views_record import Desk

WARD = Desk(face="ward", template="ward/record.html", writes=True)


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient."""
    return views_record.record(request, patient, desk=WARD)


def trend(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The course of one value."""
    return views_trend.trend(
        request, patient, face="ward", template="ward/trend.html", record_href=WARD.record(patient)
    )
