"""The open figures of a hospital, year by year: a page, a paper, a table of data. Open to whoever comes: they name nobody."""

import csv
import io
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from unidossier.actions.show_yearly_figures import FIRST_YEAR, YearlyFigures, show_yearly_figures
from unidossier.paper.sheet import typeset
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.figures import FEWER, sections
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.portals.shared.templatetags.unidossier import day
from unidossier.registry.directory import Institution, directory

TEMPLATE = Path(__file__).parent / "paper" / "figures.typ"
FORMS = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


@require_safe
def hospitals(request: HttpRequest) -> HttpResponse:
    """The hospitals of the network, each with the way to its figures."""
    found = sorted((one for one in directory().values() if one.network), key=lambda one: one.name(language()))
    lines = tuple((reverse("figures-of", args=[one.id]), one.name(language())) for one in found)
    return render(request, "figures_hospitals.html", _framed(request, lines=lines))


@require_safe
def own_figures(request: HttpRequest) -> HttpResponse:
    """At the Desk: the figures of one's own hospital."""
    return figures(request, request.requester.institution_id)


@require_safe
def figures(request: HttpRequest, institution: UUID) -> HttpResponse:
    """One year of one hospital; `?year=`, else this year."""
    hospital = _hospital(institution)
    year = _year(request.GET.get("year", ""))
    shown = show_yearly_figures(institution=institution, year=year)
    context = {
        "hospital": hospital.name(language()),
        "year": str(year),
        "years": tuple(str(one) for one in range(_this_year(), max(FIRST_YEAR, _this_year() - 5) - 1, -1)),
        "sections": sections(shown),
        "is_empty": not shown.lines,
        "counted_to": shown.counted_to,
        "files": tuple(
            (reverse("figures-file", args=[institution, year, form]), form.upper()) for form in FORMS
        ),
    }
    return render(request, "figures.html", _framed(request, **context))


@require_safe
def figures_file(request: HttpRequest, institution: UUID, year: int, form: str) -> HttpResponse:
    """The same as CSV or PDF."""
    hospital = _hospital(institution)
    if form not in FORMS or not FIRST_YEAR <= year <= _this_year():
        raise Http404
    shown = show_yearly_figures(institution=institution, year=year)
    content = _csv(shown) if form == "csv" else _pdf(shown, hospital)
    answer = HttpResponse(content, content_type=FORMS[form])
    answer["Content-Disposition"] = f'attachment; filename="figures-{hospital.key}-{year}.{form}"'
    return answer


def _csv(shown: YearlyFigures) -> bytes:
    """Codes, not words, so that years and hospitals can be put side by side."""
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(("year", "part", "what", "also", "times"))
    for row in shown.lines:
        times = f"<{FEWER}" if row["times"] is None else row["times"]
        lines.writerow((shown.year, row["part"], row["what"], row["also"], times))
    return text.getvalue().encode()


def _pdf(shown: YearlyFigures, hospital: Institution) -> bytes:
    name = hospital.name(language())
    content = {
        "title": _("Open figures %(year)s") % {"year": shown.year},
        "lang": (get_language() or "en")[:2],
        "institution": name,
        "paragraphs": [_explained(), _counted(shown)],
        "sections": [
            {
                "title": one.title,
                "text": one.text,
                "columns": [name for name in one.columns if name] + [_("How often")],
                "rows": [
                    [
                        text
                        for text, head in ((line.what, one.columns[0]), (line.also, one.columns[1]))
                        if head
                    ]
                    + [line.told]
                    for line in one.lines
                ],
                "none": _("None."),
            }
            for one in sections(shown)
        ],
        "foot": f"{name} · {shown.year}",
    }
    return typeset(TEMPLATE, content, at=timezone.now())


def _explained() -> str:
    return _("These figures name nobody. A number below five is not told, for it may lead to a person.")


def _counted(shown: YearlyFigures) -> str:
    at = day(shown.counted_to.astimezone(BRUSSELS)) if shown.counted_to else "–"
    return _("Counted up to %(day)s.") % {"day": at}


def _hospital(institution: UUID) -> Institution:
    found = directory().get(institution)
    if found is None or not found.network:
        raise Http404
    return found


def _this_year() -> int:
    return timezone.localtime(timezone.now(), BRUSSELS).year


def _year(text: str) -> int:
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else _this_year()
    return year if FIRST_YEAR <= year <= _this_year() else _this_year()


def _framed(request: HttpRequest, **context: Any) -> dict[str, Any]:
    # a stranger has no face around the page
    return frame(request, **context) if request.requester else context
