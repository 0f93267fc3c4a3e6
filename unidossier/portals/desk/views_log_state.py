"""Desk: how the log of accesses stands: tree, signature, witnesses (LOG-3). For those who answer for it; nobody is named."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from unidossier.actions.compare_log import show_completeness
from unidossier.actions.show_log_state import show_log_state
from unidossier.gate.door import RecordUnreadable
from unidossier.portals.desk.present_completeness import closed_alarms, comparisons, gap_alarms
from unidossier.portals.desk.present_log_state import (
    Alarm,
    alarms_of,
    length,
    needed_words,
    watcher_line,
)
from unidossier.portals.shared.frame import frame

READERS = frozenset({"security-officer", "data-protection-officer", "medical-director", "ombuds"})
ALARMED = frozenset({"security-officer", "data-protection-officer"})


def log_state(request: HttpRequest) -> HttpResponse:
    """What is wrong first; then the figures, then each witness."""
    if request.requester.function not in READERS:
        raise PermissionDenied
    log, told, at = show_log_state(), show_completeness(), timezone.now()
    context = {
        "log": log,
        "at": at,
        "alarms": (*gap_alarms(told), *alarms_of(log)),
        "comparisons": comparisons(told),
        "closed": closed_alarms(told),
        "waiting": length(log.waiting) if log.waiting else "",
        "witnessed_ago": length(at - log.witnessed_at) if log.witnessed_at else "",
        "needed": needed_words(log),
        "restores_href": reverse("desk:log-restores") if request.requester.function in ALARMED else "",
        "witnesses": tuple(watcher_line(one) for one in log.witnesses),
    }
    return render(request, "desk/log_state.html", frame(request, **context))


def log_alarm(request: HttpRequest) -> Alarm | None:
    """Return the gravest alarm for the work list of those who must act on it, None when all is well or it is not theirs."""
    if request.requester.function not in ALARMED:
        return None
    try:
        log, told = show_log_state(), show_completeness()
    except RecordUnreadable:
        return None  # the work list itself tells that
    alarms = (*gap_alarms(told), *(alarms_of(log) if not log.is_well else ()))
    return alarms[0] if alarms else None
