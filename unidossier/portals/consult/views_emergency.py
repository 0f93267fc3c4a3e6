"""Consult: emergency access and its end."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from unidossier.portals.consult.views import CONSULT
from unidossier.portals.shared import emergency_pages


def emergency(request: HttpRequest) -> HttpResponse:
    """State an emergency and go in."""
    return emergency_pages.emergency(request, face=CONSULT)


def end(request: HttpRequest, patient: UUID) -> HttpResponse:
    """End the emergency access to one record."""
    return emergency_pages.end(request, patient, face=CONSULT)
