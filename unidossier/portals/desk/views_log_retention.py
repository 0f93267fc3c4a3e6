"""Desk: how long the log is kept, by two officers; which months would go and what keeps the others (LOG-4)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.actions.change_setting import show_settings
from unidossier.actions.keep_log import (
    decide_setting,
    list_setting_proposals,
    preview_retention,
    propose_setting,
)
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_log_keeping import DecisionForm, YearsForm
from unidossier.portals.desk.refusals_keeping import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.words.keeping import STATES, STAYS

SETTING = "log.retention"
COUNTED_TO = 1_000_000  # entries of a month are counted up to here


def years_words(years: int) -> str:
    """Return a number of years in words."""
    return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}


def _now(request: HttpRequest) -> str:
    me = request.requester
    if me.institution_id is None:
        raise Http404
    return next(str(row["value"]) for row in show_settings(me.institution_id).now if row["name"] == SETTING)


def retention(request: HttpRequest) -> HttpResponse:
    """The months of the log, oldest first: what goes with the next run, what stays and why, what went."""
    value = _now(request)
    months = preview_retention(request.requester.secret)
    proposals = list_setting_proposals(request.requester.secret)
    context = {
        "kept": years_words(int(value)),
        "longest": years_words(max((one["years"] for one in months), default=int(value))),
        "months": tuple(_month(one) for one in months),
        "proposals": tuple(_proposal(one) for one in proposals),
    }
    return render(request, "desk/log_retention.html", frame(request, **context))


def _month(row: Row) -> dict[str, Any]:
    number = row["month"]
    return {
        "name": f"{number % 100:02}.{number // 100}",
        "entries": row["entries"],
        "is_many": row["entries"] >= COUNTED_TO,
        "goes": not row["reasons"] and row["dropped_at"] is None,
        "dropped_at": row["dropped_at"],
        "ends_at": row["ends_at"],
        "reasons": tuple(STAYS[one] for one in row["reasons"]),
    }


def _proposal(row: Row) -> dict[str, Any]:
    return {
        **row,
        "was_words": years_words(int(row["expected"])),
        "years_words": years_words(int(row["value"])),
        "state_words": STATES[row["state"]],
        "href": reverse("desk:decide-years", args=[row["id"]]) if row["state"] == "waiting" else "",
    }


def propose(request: HttpRequest) -> HttpResponse:
    """Propose another time of keeping."""
    value = _now(request)
    form = YearsForm(request.POST or None, initial={"value": value, "expected": value})
    back = reverse("desk:log-retention")
    deed = Deed(
        title=_("Propose how long the log is kept"),
        text=_("Now: %(years)s.") % {"years": years_words(int(value))},
        label=_("Propose it"),
        done=_("Proposed. A second person must confirm it: it stands in the work list."),
        back=back,
        then=back,
        consequences=(
            _("Nothing changes yet: a second person must confirm."),
            _("The longest time that any hospital of the network has set counts for all."),
            _("Whatever the time, entries stay as long as the record of the patient they name."),
        ),
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: propose_setting(
            request.requester.secret,
            proposal=told["made"],
            name=SETTING,
            value=str(told["value"]),
            expected=told["expected"],
            reason=told["reason"],
        ),
        words=in_words,
    )


def _proposal_or_404(request: HttpRequest, proposal: UUID) -> dict[str, Any]:
    found = list_setting_proposals(request.requester.secret, proposal=proposal)
    if not found:
        raise Http404
    return _proposal(found[0])


def decide(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Another officer confirms or refuses; who proposed may withdraw."""
    row = _proposal_or_404(request, proposal)
    back = reverse("desk:log-retention")
    deed = Deed(
        title=_("How long the log is kept"),
        text=f"{row['institution'] and row['maker']}: {row['reason']}",
        label=_("Keep the decision"),
        done=_("The decision is kept."),
        back=back,
        then=back,
        consequences=(
            _("Now: %(years)s.") % {"years": row["was_words"]},
            _("Then: %(years)s, from the moment of the confirmation.") % {"years": row["years_words"]},
        ),
        is_over=row["state"] != "waiting",
    )
    return ask(
        request,
        DecisionForm(request.POST or None, mine=row["made_by"] == request.requester.person_id),
        deed,
        act=lambda told: decide_setting(
            request.requester.secret, proposal=proposal, decision=told["decision"], words=told["words"]
        ),
        words=in_words,
    )


def setting_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """The task of the second person."""
    opened = task_or_404(request, task)
    row = _proposal_or_404(request, opened.task["subject_id"])
    context = {
        "told": (
            (_("Proposed by"), row["maker"]),
            (_("Now"), row["was_words"]),
            (_("Then"), row["years_words"]),
            (_("Reason"), row["reason"]),
        ),
        "ways": ((row["href"], _("Decide"), True),) if row["href"] else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))
