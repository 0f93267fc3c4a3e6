"""Ward: the record, a trend, a file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.record_parts import Face

WARD = Face(name="ward", template="ward/record.html", writes=True)


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient."""
    return views_record.record(request, patient, face=WARD)


def trend(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The course of one value."""
    return views_trend.trend(request, patient, template="ward/trend.html", face=WARD)
