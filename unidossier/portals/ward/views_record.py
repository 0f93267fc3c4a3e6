"""Ward: the record, a trend, a file."""

import time
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.launch_app import has_apps
from unidossier.actions.open_record import OpenRecord
from unidossier.kernel.category import Category, mask
from unidossier.kernel.function import PHYSICIANS
from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.record_parts import Face

USUAL_AGE = 15  # to show the way; the gate knows the age that each institution has set
WARD = Face(name="ward", template="ward/record.html", writes=True)


def record(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The record of one patient; a physician may open own access of a child (REP-2)."""
    is_physician = request.requester.function in PHYSICIANS
    own = _of_a_physician if is_physician else _summary
    apps = _apps if _has_apps(request) else _nothing
    face = replace(WARD, acts=lambda opened: (*own(opened), *apps(opened)))
    return views_record.record(request, patient, face=face)


def _has_apps(request: HttpRequest) -> bool:
    institution = request.requester.institution_id
    return institution is not None and has_apps(institution, int(time.monotonic() / 60))


def _apps(opened: OpenRecord) -> tuple[Entry, ...]:
    return (Entry(label=_("Apps …"), href=reverse("ward:apps", args=[opened.patient["id"]])),)


def _nothing(_opened: OpenRecord) -> tuple[Entry, ...]:
    return ()


def _of_a_physician(opened: OpenRecord) -> tuple[Entry, ...]:
    return (*_summary(opened), *_own_access(opened))


def _summary(opened: OpenRecord) -> tuple[Entry, ...]:
    """The summary to take along: for those whom something of it is open."""
    if not opened.opens & mask([Category.PROBLEM, Category.ALLERGY, Category.MEDICATION]):
        return ()
    href = reverse("ward:summary", args=[opened.patient["id"]])
    return (Entry(label=_("Patient summary"), href=href, glyph="out"),)


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
