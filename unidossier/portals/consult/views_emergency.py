"""Consult: emergency access and its end; what others opened of a GP's patients (BTG-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unidossier.portals.consult.views import CONSULT
from unidossier.portals.shared import emergency_lines, emergency_pages
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.record_parts import fragment


def emergency(request: HttpRequest) -> HttpResponse:
    """State an emergency and go in."""
    return emergency_pages.emergency(request, face=CONSULT)


def end(request: HttpRequest, patient: UUID) -> HttpResponse:
    """End the emergency access to one record."""
    return emergency_pages.end(request, patient, face=CONSULT)


def emergencies(request: HttpRequest) -> HttpResponse:
    """Whose record of a GP's patients was opened in the last seven days: a part of the first page, or a page."""
    lines = emergency_lines.emergencies(request, href=CONSULT.record, at=timezone.now())
    name = "emergencies_part" if fragment(request) == "emergencies" else "emergencies"
    return render(request, f"consult/{name}.html", frame(request, emergencies=lines))
