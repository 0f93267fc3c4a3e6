"""The patient summary to take along: what it is, its paper, and its file for the computer of another carer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.take_summary import take_summary
from unidossier.gate.door import Row
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import language
from unidossier.record.summary import Gathered, document, summary_pdf

API = "/fhir"


def page(
    request: HttpRequest, *, face: str, places: tuple[UUID, ...] = (), who: Row | None = None
) -> HttpResponse:
    """What the summary holds, and the two ways of taking it. Nothing of the record is read yet but whose it is (`who`)."""
    is_own = face == "my"
    context = {
        "title": _("My summary to take with me") if is_own else _("Patient summary"),
        "is_own": is_own,
        "who": who,
        "back_href": reverse(f"{face}:record", args=places),
        "paper_href": reverse(f"{face}:summary-paper", args=places),
        "file_href": reverse(f"{face}:summary-file", args=places),
    }
    return render(request, "summary.html", frame(request, **context))


def paper(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The summary as a PDF, in the language of the page."""
    gathered = _taken(request, patient)
    return _download(summary_pdf(gathered), name=f"summary-{gathered.entry}.pdf", kind="application/pdf")


def file(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The summary as a FHIR document (International Patient Summary)."""
    gathered = _taken(request, patient)
    made = document(gathered, base=request.build_absolute_uri(API))
    return _download(made, name=f"summary-{gathered.entry}.json", kind="application/fhir+json")


def _taken(request: HttpRequest, patient: UUID) -> Gathered:
    return take_summary(request.requester.secret, patient=patient, at=timezone.now(), language=language())


def _download(content: bytes, *, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
