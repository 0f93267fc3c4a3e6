"""My: my own record, the same list in plain words, and the course of a value."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.whose import subject
from unidossier.portals.shared import views_record, views_trend
from unidossier.portals.shared.components.banner import PatientBanner
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.record_parts import Face

MY = Face(name="my", template="my/record.html", plain=True)
KINDS = {
    "": (),
    "results": ("laboratory", "examination", "vital-sign"),
    "letters": ("report", "letter", "discharge", "operation", "psychiatry", "gynaecology"),
    "images": ("imaging",),
    "medicines": ("medication", "prescription", "vaccination"),
    "appointments": ("agenda",),
}


def my_banner(patient: Row, *, rule: str, at: datetime, allergies: list[Row] | None = None) -> PatientBanner:
    """The banner of my own record; without allergies on the pages that read no content."""
    opens = EVERY_CATEGORY if allergies is not None else 0
    made = banner(
        patient, rule=rule, relations=[], at=at, href=reverse("my:record"), opens=opens, allergies=allergies
    )
    if (
        made.why is not None and made.why.kind == "representative"
    ):  # the switch of profile is always on screen (REP-5)
        return replace(made, why=replace(made.why, change_href=reverse("my:profiles")))
    return made


@for_somebody
def record(request: HttpRequest) -> HttpResponse:
    """My record, or the part of it that HTMX asks for."""
    patient = subject(request)
    answer = views_record.part(request, patient, face=MY)
    if answer is not None:
        return answer
    opened, context = views_record.whole(request, patient, face=MY)
    context |= {
        "banner": my_banner(
            opened.patient,
            rule=opened.rule,
            at=timezone.now(),
            allergies=[line for line in opened.summary if line["category"] == 3],
        ),
        "title": _("My record"),
        "kinds": _tabs(request),
        "held": [row | {"until": row["until"].astimezone(BRUSSELS)} for row in opened.held],
    }
    return render(request, MY.template, frame(request, **context))


def _tabs(request: HttpRequest) -> tuple[Entry, ...]:
    words = {
        "": _("Everything"),
        "results": _("Results"),
        "letters": _("Letters and reports"),
        "images": _("Images"),
        "medicines": _("Medicines and vaccines"),
        "appointments": _("Appointments"),
    }
    here = tuple(request.GET.getlist("kind"))
    action = reverse("my:record")

    def href(kinds: tuple[str, ...]) -> str:
        return action + ("?" + "&".join(f"kind={one}" for one in kinds) if kinds else "")

    return tuple(
        Entry(label=words[name], href=href(kinds), is_here=here == kinds) for name, kinds in KINDS.items()
    )


@for_somebody
def trend(request: HttpRequest) -> HttpResponse:
    """The course of one of my values."""
    return views_trend.trend(request, subject(request), template="my/trend.html", face=MY)
