"""Desk: what a named carer would see of a patient's record: the decision and the titles, never content (ACD-9, ACS-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unidossier.portals.shared.explaining import who_sees as answer
from unidossier.portals.shared.frame import frame


def who_sees(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Find a carer; see the decision about him and the titles he would see. For ombuds, director and officer."""
    context = answer(request, patient=patient, desk=True)
    return render(request, "desk/who_sees.html", frame(request, **context))
