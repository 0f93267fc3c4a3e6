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
from unidossier.gate.door import ActRefused
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_oversight import SignalForm
from unidossier.portals.desk.present_oversight import signal_facts, signal_words
from unidossier.portals.desk.refusals import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS

KINDS = (
    "self",
    "colleague",
    "same-name",
    "same-address",
    "planned-with-oneself",
    "emergency",
    "excluded",
    "bulk",
)


class PeriodForm(forms.Form):
    """Which days are looked through: first and last, both included."""

    since = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("This date does not exist.")},
    )
    until = forms.DateField(
        label=gettext_lazy("Until and including"),
        help_text=gettext_lazy("At most a month back."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("This date does not exist.")},
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
        except (ActRefused, OverflowError) as refused:
            form.add_error(None, in_words(getattr(refused, "code", "period-not-allowed")))
        else:
            messages.success(
                request, ngettext("%(n)s new signal.", "%(n)s new signals.", found) % {"n": found}
            )
            return redirect("desk:signals")
    context = {
        "form": form,
        "kinds": tuple(signal_words(kind) for kind in KINDS),
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
        "ways": ((reverse("desk:judge-signal", args=[task]), _("Judge"), True),)
        if opened.task["state"] != "done"
        else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def judge_signal(request: HttpRequest, task: UUID) -> HttpResponse:
    """Explained, or a case."""
    opened = task_or_404(request, task)
    page = "desk:signal" if opened.task["kind"] == "signal" else "desk:review"
    deed = Deed(
        title=_("What is behind it?"),
        text=signal_words(str(opened.task["facts"].get("signal", "emergency"))),
        label=_("Keep the judgement"),
        done=_("The judgement is kept."),
        back=reverse(page, args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _("A case goes to the medical director of this hospital. The judgement cannot be changed."),
        ),
    )
    return ask(
        request,
        SignalForm(request.POST or None),
        deed,
        act=lambda told: judge_one(
            request.requester.secret, task=task, outcome=told["outcome"], words=told["words"]
        ),
    )
