"""Desk, ombuds service: who stands behind a code of an overview or of "who looked" (LOG-5, MY-15). Nobody else may ask; each asking is an entry."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from unidossier.actions.resolve_pseudonym import OverviewNotFound, find_overview, resolve_pseudonym
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.desk.forms_log import CodeForm
from unidossier.portals.desk.refusals import in_words as refusal_words
from unidossier.portals.desk.views_home import task_or_404
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words


def code_of_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """From the request of a patient."""
    row = task_or_404(request, task).task
    form = CodeForm(request.POST or None, has_task=True)
    return _answered(request, form, patient=row["patient_id"], task=task)


def code_of_overview(request: HttpRequest) -> HttpResponse:
    """From the number that stands on an overview."""
    if request.requester.function != "ombuds":
        raise PermissionDenied
    return _answered(request, CodeForm(request.POST or None, has_task=False))


def _answered(
    request: HttpRequest, form: CodeForm, *, patient: UUID | None = None, task: UUID | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "back_href": reverse("desk:request", args=[task]) if task else reverse("desk:home"),
    }
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        number = told.get("overview")
        try:
            whose = patient or find_overview(request.requester.secret, number=number)
            found = resolve_pseudonym(
                request.requester.secret,
                patient=whose,
                code=told["code"].strip(),
                reason=told["reason"],
                task=task,
                overview=number,
            )
            context |= {"is_answered": True, "people": tuple(_person(one) for one in found)}
        except OverviewNotFound:
            form.add_error("overview", refusal_words("no-such-overview"))
        except ActRefused as refused:
            form.add_error(None, refusal_words(refused.code))
    return render(request, "desk/log_code.html", frame(request, **context))


def _person(row: Row) -> dict[str, str]:
    return {
        "name": row["person_name"],
        "function": in_words(row["function_words"]),
        "institution": in_words(row["institution"]),
    }
