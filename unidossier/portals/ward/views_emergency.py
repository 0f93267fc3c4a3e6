"""Ward: emergency access, its end, and the confirmation of a colleague's lifting."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from unidossier.portals.shared import emergency_pages
from unidossier.portals.ward.views_record import WARD


def emergency(request: HttpRequest) -> HttpResponse:
    """State an emergency and go in."""
    return emergency_pages.emergency(request, face=WARD)


def end(request: HttpRequest, patient: UUID) -> HttpResponse:
    """End the emergency access to one record."""
    return emergency_pages.end(request, patient, face=WARD)


def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm for a colleague that nobody else was on duty."""
    return emergency_pages.confirm(request)
