"""Desk: the entries of the log that a case, a signal or a request has gathered; more in, some out, each with a reason (CON-11, LOG-6)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.gather_entries import gather_entries, list_gathered, take_out_entries
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.desk.forms_log import GatherForm, TakeOutForm
from unidossier.portals.desk.present_log import log_lines
from unidossier.portals.desk.refusals import in_words
from unidossier.portals.desk.views_home import page_of
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.present.words import BRUSSELS

LOOK_BACK = timedelta(days=30)


def log_about(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The search, about the patient who was found."""
    return redirect(f"{reverse('desk:log')}?{urlencode({'patient': str(patient)})}")


def gathered_context(request: HttpRequest, task: Row, *, why: str, title: str) -> dict[str, Any]:
    """Return what desk/gathered.html shows: gathered_title, gathered_lines, take_out_href and search_href ('' when the task is done)."""
    is_open = task["state"] != "done"
    return {
        "gathered_title": title,
        "gathered_lines": log_lines(list_gathered(request.requester.secret, task=task["id"])),
        "take_out_form": TakeOutForm(),
        "take_out_href": reverse("desk:take-out", args=[task["id"]]) if is_open else "",
        "search_href": _search_href(task, why=why) if is_open else "",
    }


def _search_href(task: Row, *, why: str) -> str:
    made = task["made_at"].astimezone(BRUSSELS).date()
    # the ombuds service learns no name from the log that the setting hides
    person = task["person_id"] if task["function"] != "ombuds" else None
    asked = {"person": person, "patient": task["patient_id"], "task": task["id"]}
    period = {"since": (made - LOOK_BACK).isoformat(), "until": (made + LOOK_BACK).isoformat()}
    told = {name: str(value) for name, value in asked.items() if value}
    return f"{reverse('desk:log')}?{urlencode({'why': why, **period, **told})}"


@posted(page_of)
def gather(request: HttpRequest, task: UUID) -> HttpResponse:
    """Put the ticked entries into the case."""
    form = GatherForm(request.POST)
    try:
        if form.is_valid():
            added = gather_entries(
                request.requester.secret,
                task=task,
                entries=_ticked(request),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("Entries added to the task: %(added)s.") % {"added": added})
        else:
            messages.error(request, _("Say why the entries belong to it, in a few words."))
    except ActRefused as refused:
        messages.error(request, in_words(refused.code))
    return redirect(page_of(request, task))


@posted(page_of)
def take_out(request: HttpRequest, task: UUID) -> HttpResponse:
    """Take the ticked entries out again; the history keeps it."""
    form = TakeOutForm(request.POST)
    try:
        if form.is_valid():
            taken = take_out_entries(
                request.requester.secret,
                task=task,
                entries=_ticked(request),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("Entries taken out: %(taken)s.") % {"taken": taken})
        else:
            messages.error(request, _("Say why the entries do not belong to it, in a few words."))
    except ActRefused as refused:
        messages.error(request, in_words(refused.code))
    return redirect(page_of(request, task))


def _ticked(request: HttpRequest) -> list[int]:
    # the numbers of entries are bigints
    told = request.POST.getlist("entry")
    return [
        int(one) for one in told if one.isascii() and one.isdecimal() and len(one) < 20 and int(one) < 2**63
    ]
