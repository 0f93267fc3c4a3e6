"""Desk, start: the work list of my function at my institution, and a task with its history.

A kind of task gets its own page by its line in kinds.py; that page reads the task with `actions.list_tasks.open_task`
and shows its history by including `desk/task_parts.html` with the context of `task_context`.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.list_tasks import (
    BY_HAND,
    STATES,
    After,
    Task,
    TaskNotFound,
    finish_task,
    list_tasks,
    note_task,
    open_task,
)
from unidossier.gate.door import ActRefused
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.kinds import kind_words, kinds_of, task_href
from unidossier.portals.desk.present_tasks import state_words, task_event, task_line
from unidossier.portals.desk.refusals import in_words
from unidossier.portals.desk.views_log_state import log_alarm
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.found import MAX_TEXT
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.present.sought import sought_of

ALARM = "log-alarm"  # of the log (LOG-8)


class NoteForm(forms.Form):
    """A note in the history of a task, and whether it waits for somebody else."""

    words = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("What was done or agreed. No medical details."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the note first.")},
    )
    waiting = forms.BooleanField(label=gettext_lazy("The task waits for somebody else"), required=False)


class DoneForm(forms.Form):
    """What was done, when a task is closed by hand."""

    words = forms.CharField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("No medical details."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what was done.")},
    )


def home(request: HttpRequest) -> HttpResponse:
    """The tasks in one state, the most urgent first; `?q=` is a name, a birth date, or a number of a task or patient."""
    at = timezone.now()
    state = request.GET.get("state", "open") if request.GET.get("state") in STATES else "open"
    kinds = kinds_of(request.requester.function)
    kind = request.GET.get("kind", "") if request.GET.get("kind") in dict(kinds) else ""
    query = request.GET.get("q", "").strip()[:MAX_TEXT]
    listed = list_tasks(
        request.requester.secret,
        state=state,
        kind=kind,
        sought=sought_of(query) if query else None,
        after=_after(request),
    )
    kept = {name: value for name, value in (("kind", kind), ("q", query)) if value}
    context = {
        "tabs": tuple(_tab(one, is_here=one == state, kept=kept) for one in STATES),
        "lines": tuple(task_line(one, at=at) for one in listed.tasks),
        "kinds": kinds,
        "kind": kind,
        "state": state,
        "query": query,
        "more_href": _more(listed.following, kept | {"state": state}),
        "is_filtered": bool(kind or query),
        "alarm": log_alarm(request),
    }
    return render(request, "desk/home.html", frame(request, **context))


def _tab(state: str, *, is_here: bool, kept: dict[str, str]) -> Entry:
    words = {"open": _("Open"), "waiting": _("Waiting"), "done": _("Done")}
    return Entry(
        label=words[state],
        href=f"{reverse('desk:home')}?{urlencode({'state': state, **kept})}",
        is_here=is_here,
    )


def _after(request: HttpRequest) -> After | None:
    place, _sep, task = request.GET.get("after", "").partition("_")
    try:
        return After(place=str(float(place)), id=UUID(task))
    except ValueError:
        return None


def _more(following: After | None, kept: dict[str, str]) -> str:
    if following is None:
        return ""
    return f"{reverse('desk:home')}?{urlencode({**kept, 'after': f'{following.place}_{following.id}'})}"


def task(request: HttpRequest, task: UUID) -> HttpResponse:
    """A task that has no page of its own: what it is about, its history, a note, and the way to close it."""
    opened = task_or_404(request, task)
    row = opened.task
    can_open = row["patient_id"] and request.requester.function == "registration-desk"
    ways = {
        "file_href": reverse("desk:file", args=[row["patient_id"]]) if can_open else "",
        "finish_href": reverse("desk:finish-task", args=[task])
        if row["kind"] in BY_HAND and row["state"] != "done"
        else "",
        "log_href": reverse("desk:log-state") if row["kind"] == ALARM else "",
    }
    return render(request, "desk/task.html", frame(request, **task_context(opened), **ways))


def page_of(request: HttpRequest, task: UUID) -> str:
    """Return the address of the page on which a task is done; Http404 for one that is not his."""
    return task_href(task_or_404(request, task).task)


@posted(page_of)
def note(request: HttpRequest, task: UUID) -> HttpResponse:
    """Write a note, then show the task again."""
    form = NoteForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            note_task(request.requester.secret, task=task, words=told["words"], waiting=told["waiting"])
            messages.success(request, _("The note is written."))
        except ActRefused as refused:
            messages.error(request, in_words(refused.code))
        return redirect(page_of(request, task))
    opened = task_or_404(request, task)
    return render(request, "desk/task.html", frame(request, **task_context(opened, form=form)))


def finish(request: HttpRequest, task: UUID) -> HttpResponse:
    """Ask for a word on what was done, then close the task."""
    row = task_or_404(request, task).task
    if row["kind"] not in BY_HAND:
        raise Http404
    deed = Deed(
        title=_("Close this task?"),
        text=f"{kind_words(row['kind'])} {row['number']}",
        label=_("Close the task"),
        done=_("The task is done."),
        back=reverse("desk:task", args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _(
                "The alarm ends. What you write, at least ten characters, stays on the page of the log with your name."
            ),
        )
        if row["kind"] == ALARM
        else (),
        is_over=row["state"] == "done",
    )
    return ask(
        request,
        DoneForm(request.POST or None),
        deed,
        act=lambda told: finish_task(request.requester.secret, task=task, words=told["words"]),
    )


def task_or_404(request: HttpRequest, task: UUID) -> Task:
    """Open a task, or answer as for an address that does not exist (ACD-8)."""
    try:
        return open_task(request.requester.secret, task=task)
    except TaskNotFound as absent:
        raise Http404 from absent


def task_context(opened: Task, *, form: forms.Form | None = None) -> dict[str, Any]:
    """Return what desk/task_parts.html shows: task, line, events, note_form (None when the task is done)."""
    is_done = opened.task["state"] == "done"
    waiting = opened.task["state"] == "waiting"
    return {
        "task": opened.task,
        "line": task_line(opened.task, at=timezone.now()),
        "kind_words": kind_words(opened.task["kind"]),
        "state_words": state_words(opened.task["state"]),
        "events": tuple(task_event(one) for one in opened.history),
        "note_form": None if is_done else form or NoteForm(initial={"waiting": waiting}),
    }
