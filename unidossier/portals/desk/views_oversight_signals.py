"""Desk, data protection officer: accesses that no relation explains (LOG-6)."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unidossier.actions.look_for_signals import judge_signal as judge_one
from unidossier.actions.look_for_signals import list_signal_runs, look_for_signals
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_oversight import SignalForm
from unidossier.portals.desk.present_oversight import signal_facts
from unidossier.portals.desk.refusals import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.desk.views_log_task import gathered_context
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.words.signals import SIGNALS, signal_words


class PeriodForm(forms.Form):
    """Which days are looked through: first and last, both included."""

    since = DayField(label=gettext_lazy("From"))
    until = DayField(
        label=gettext_lazy("Until and including"), help_text=gettext_lazy("At most a month back.")
    )


def signals(request: HttpRequest) -> HttpResponse:
    """What is looked for, when it was done last, and a button to do it now."""
    today = timezone.localtime(timezone.now(), BRUSSELS).date()
    form = PeriodForm(request.POST or None, initial={"since": today - timedelta(days=1), "until": today})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            found = look_for_signals(
                request.requester.secret,
                since=datetime.combine(told["since"], time.min, tzinfo=BRUSSELS),
                until=datetime.combine(told["until"] + timedelta(days=1), time.min, tzinfo=BRUSSELS),
            )
        except ActRefused as refused:
            form.add_error(None, in_words(refused.code))
        else:
            messages.success(
                request, ngettext("%(n)s new signal.", "%(n)s new signals.", found) % {"n": found}
            )
            return redirect("desk:signals")
    context = {
        "form": form,
        "kinds": tuple(SIGNALS.values()),
        "runs": tuple(
            {**one, "last": one["until"] - timedelta(seconds=1)}
            for one in list_signal_runs(request.requester.secret)
        ),
        "tasks_href": f"{reverse('desk:home')}?kind=signal",
    }
    return render(request, "desk/oversight_signals.html", frame(request, **context))


def signal(request: HttpRequest, task: UUID) -> HttpResponse:
    """One signal: who, why it is shown, how often."""
    opened = task_or_404(request, task)
    context = {
        "told": signal_facts(opened.task["facts"]),
        **gathered_context(request, opened.task, why="signal", title=_("The entries behind it")),
        "ways": ((reverse("desk:judge-signal", args=[task]), _("Judge"), True),)
        if opened.task["state"] != "done"
        else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def _what(task: Row) -> str:
    """What a review of the day found; of an emergency access, who and whose record."""
    if "signal" in task["facts"]:
        return signal_words(str(task["facts"]["signal"]))
    return f"{task['person'] or ''} · {task['family'] or ''} {task['given'] or ''}"


def judge_signal(request: HttpRequest, task: UUID) -> HttpResponse:
    """Explained, or a case."""
    opened = task_or_404(request, task)
    page = "desk:signal" if opened.task["kind"] == "signal" else "desk:review"
    deed = Deed(
        title=_("What is behind it?"),
        text=_what(opened.task),
        label=_("Keep the judgement"),
        done=_("The judgement is kept."),
        back=reverse(page, args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _("A case goes to the medical director of this hospital. The judgement cannot be changed."),
        ),
        is_over=opened.task["state"] == "done",
    )
    return ask(
        request,
        SignalForm(request.POST or None),
        deed,
        act=lambda told: judge_one(
            request.requester.secret, task=task, outcome=told["outcome"], words=told["words"]
        ),
    )
