"""Ward: the patient summary, for a referral, an ambulance, a hospital abroad."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from unidossier.actions.open_record import show_patient
from unidossier.portals.shared import views_summary


def page(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Whom it is about, what it holds, and how to take it."""
    who = show_patient(request.requester.secret, patient=patient)
    return views_summary.page(request, face="ward", places=(patient,), who=who)
