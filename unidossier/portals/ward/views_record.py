"""Ward: the record, a trend, a file."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_record import OpenRecord
from unidossier.kernel.function import PHYSICIANS
from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.record_parts import Face

USUAL_AGE = 15  # to show the way; the gate knows the age that each institution has set
WARD = Face(name="ward", template="ward/record.html", writes=True)


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient; a physician may open own access of a child (REP-2)."""
    is_physician = request.requester.function in PHYSICIANS
    return views_record.record(
        request, patient, face=replace(WARD, acts=_own_access) if is_physician else WARD
    )


def _own_access(opened: OpenRecord) -> tuple[Entry, ...]:
    birth, today = opened.patient["birth_date"], timezone.localdate()
    if birth is None or (today.year - birth.year, today.month, today.day) >= (
        USUAL_AGE,
        birth.month,
        birth.day,
    ):
        return ()
    href = reverse("ward:own-access", args=[opened.patient["id"]])
    return (Entry(label=_("Own access …"), href=href, glyph="key"),)


def trend(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The course of one value."""
    return views_trend.trend(request, patient, template="ward/trend.html", face=WARD)
