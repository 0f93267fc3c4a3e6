"""The course of one value over the years, as a chart and as a table. One verb, three faces."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.show_trend import show_trend
from unidossier.gate.door import Row
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.present.course import course
from unidossier.portals.shared.record_parts import Face

YEARS = {"1": 1, "5": 5}


def trend(request: HttpRequest, patient: UUID, *, template: str, face: Face) -> HttpResponse:
    """Show the values of `?code=&system=`, of one year, five years or all."""
    code, system = request.GET.get("code", "")[:100], request.GET.get("system", "")[:200] or None
    if not code:
        raise Http404
    opened = show_trend(request.requester.secret, patient=patient, code=code, system=system)
    if not opened.points:
        raise Http404
    chosen = request.GET.get("years", "")
    shown = _within(opened.points, YEARS.get(chosen))
    context = {
        "banner": banner(
            opened.patient,
            rule=opened.rule,
            relations=opened.relations,
            at=timezone.now(),
            href=face.record(patient),
            opens=opened.opens,
            allergies=opened.allergies,
        ),
        "trend": course(shown),
        "back_href": face.record(patient),
        "others": (),
        "periods": _periods(request, chosen),
    }
    return render(request, template, frame(request, **context))


def _within(lines: list[Row], years: int | None) -> list[Row]:
    """Keep the lines of the last `years` before the newest value; a period without values shows all."""
    if years is None:
        return lines
    since = timezone.now() - timedelta(days=round(365.25 * years))
    return [line for line in lines if line["clinical_at"] >= since] or lines


def _periods(request: HttpRequest, chosen: str) -> tuple[Entry, ...]:
    def href(years: str) -> str:
        pairs = {"code": request.GET.get("code", ""), "system": request.GET.get("system", "")} | (
            {"years": years} if years else {}
        )
        return f"{request.path}?{urlencode(pairs)}"

    words = {"1": _("1 year"), "5": _("5 years"), "": _("All")}
    return tuple(
        Entry(label=label, href=href(years), is_here=chosen == years) for years, label in words.items()
    )
