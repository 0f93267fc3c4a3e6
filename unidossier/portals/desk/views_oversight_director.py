"""Desk, medical director: reviews of emergencies and liftings, cases and their file for the Order (BTG-5, EXC-7, LOG-6, CON-11)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.find_posts import find_posts, name_of
from unidossier.actions.list_tasks import TaskNotFound
from unidossier.actions.open_request import show_asked_about
from unidossier.actions.review_access import review_access, show_review
from unidossier.actions.work_on_case import close_case as close
from unidossier.actions.work_on_case import export_case as export
from unidossier.actions.work_on_case import open_case as open_new_case
from unidossier.actions.work_on_case import show_case
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_oversight import CaseForm, CloseCaseForm, ReviewForm
from unidossier.portals.desk.paper_case import case_file
from unidossier.portals.desk.present_oversight import (
    entry_lines,
    opening_facts,
    request_facts,
    signal_facts,
)
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.desk.views_log_task import gathered_context
from unidossier.portals.desk.views_mandates import post_words
from unidossier.portals.shared.found import MAX_TEXT
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.templatetags.unidossier import born


def review(request: HttpRequest, task: UUID) -> HttpResponse:
    """An opening or a lifting: who, when, why, how long, and which verbs and categories, from the log."""
    try:
        shown = show_review(request.requester.secret, task=task)
    except TaskNotFound as absent:
        raise Http404 from absent
    about = shown.task.task
    is_mine = about["function"] == "medical-director"
    context = {
        "told": opening_facts(shown.opening),
        "notice": ""
        if shown.opening
        else _("The opening is not there any more. Judge by the entries of the log."),
        "entries": entry_lines(shown.entries),
        "entries_title": _("What was done in that time"),
        "ways": (
            (reverse("desk:judge-review" if is_mine else "desk:judge-signal", args=[task]), _("Judge"), True),
        )
        if about["state"] != "done"
        else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(shown.task), **context))


def judge_review(request: HttpRequest, task: UUID) -> HttpResponse:
    """Justified, a missing relation, or not justified."""
    opened = task_or_404(request, task)
    form = ReviewForm(request.POST or None, is_lifting=opened.task["kind"] == "lifting-review")
    deed = Deed(
        title=_("Was this access justified?"),
        text=f"{opened.task['person'] or ''} · {opened.task['family'] or ''} {opened.task['given'] or ''}",
        label=_("Keep the judgement"),
        done=_("The review is done."),
        back=reverse("desk:review", args=[task]),
        then=reverse("desk:home"),
        consequences=(_("The judgement cannot be changed. Not justified opens a case."),),
        is_over=opened.task["state"] == "done",
    )

    def act(told: dict[str, Any]) -> None:
        review_access(
            request.requester.secret,
            task=task,
            outcome=told["outcome"],
            words=told["words"],
            missing_work=told.get("missing_work", ""),
        )

    return ask(request, form, deed, act=act)


def case(request: HttpRequest, task: UUID) -> HttpResponse:
    """A case: what is known, the entries that may belong to it, its file."""
    try:
        shown = show_case(request.requester.secret, task=task)
    except TaskNotFound as absent:
        raise Http404 from absent
    about = shown.task.task
    facts = about["facts"]
    is_open = about["state"] != "done"
    context = {
        "told": signal_facts(facts) if "signal" in facts else request_facts(facts),
        **gathered_context(request, about, why="complaint", title=_("Entries in the case")),
        "entries": entry_lines(one for one in shown.entries if one["id"] not in shown.gathered),
        "entries_title": _("Other entries of the log in the year before") if about["patient_id"] else "",
        "has_more": shown.has_more,
        "gather_href": reverse("desk:gather", args=[task]) if is_open and shown.entries else "",
        "ways": ((reverse("desk:close-case", args=[task]), _("Close the case"), True),) if is_open else (),
        "posts": ((reverse("desk:export-case", args=[task]), _("File for the Order (PDF and JSON)")),),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(shown.task), **context))


def close_case(request: HttpRequest, task: UUID) -> HttpResponse:
    """Say how the case ended."""
    opened = task_or_404(request, task)
    deed = Deed(
        title=_("Close this case"),
        text=str(opened.task["facts"].get("told", "")),
        label=_("Close the case"),
        done=_("The case is closed."),
        back=reverse("desk:case", args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _("A closed case stays readable and its file can still be made. It is not opened again."),
            _("A request that waited for it goes back to the ombuds service."),
        ),
        is_over=opened.task["state"] == "done",
    )
    return ask(
        request,
        CloseCaseForm(request.POST or None),
        deed,
        act=lambda told: close(
            request.requester.secret, task=task, outcome=told["outcome"], words=told["words"]
        ),
    )


def choose_for_case(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Whom a new case is about, by name; or nobody who is known yet (LOG-6)."""
    row, _after = show_asked_about(request.requester.secret, patient=patient)
    query = request.GET.get("q", "").strip()[:MAX_TEXT]
    context = {
        "title": _("New case"),
        "name": f"{row['family']} {row['given']}, {born(row['birth_date'])}",
        "lead": _("Whom is the case about? Search somebody who works in care."),
        "query": query,
        "found": _found(query) if query else None,
        "patient_id": patient,
        "address": "desk:new-case-of",
        "confirm_href": reverse("desk:new-case-unnamed", args=[patient]),
        "confirm_words": _("Nobody is known yet"),
        "back_href": reverse("desk:about"),
        "back_words": _("Find a patient"),
    }
    return render(request, "desk/choose_person.html", frame(request, **context))


def _found(query: str) -> tuple[dict[str, Any], ...]:
    by_person: dict[UUID, list[Row]] = {}
    for one in find_posts(query):
        by_person.setdefault(one["person"], []).append(one)
    return tuple(
        {"person": person, "name": posts[0]["name"], "what": "; ".join(map(post_words, posts))}
        for person, posts in by_person.items()
    )


def new_case(request: HttpRequest, patient: UUID, person: UUID | None = None) -> HttpResponse:
    """A case from a complaint or a finding of one's own, about a carer when he is known (LOG-6)."""
    row, _after = show_asked_about(request.requester.secret, patient=patient)
    accused = name_of(person) if person else None
    if person and accused is None:
        raise Http404
    about = (f"{row['family']} {row['given']}, {born(row['birth_date'])}", accused or "")
    deed = Deed(
        title=_("New case"),
        text=" – ".join(part for part in about if part),
        label=_("Open the case"),
        done=_("The case is open."),
        back=reverse("desk:new-case", args=[patient]),
        then=reverse("desk:home"),
    )
    return ask(
        request,
        CaseForm(request.POST or None),
        deed,
        act=lambda told: open_new_case(
            request.requester.secret, patient=patient, task=told["made"], person=person, words=told["words"]
        ),
    )


@posted(lambda _request, task: reverse("desk:case", args=[task]))
def export_case(request: HttpRequest, task: UUID) -> HttpResponse:
    """The file of the case: a paper and the same as data, in one archive. Its making is an entry (CON-11)."""
    try:
        opened, entries = export(request.requester.secret, task=task)
    except TaskNotFound as absent:
        raise Http404 from absent
    answer = HttpResponse(
        case_file(opened, entries, institution=request.requester.institution_name),
        content_type="application/zip",
    )
    answer["Content-Disposition"] = f'attachment; filename="case-{opened.task["number"]}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer
