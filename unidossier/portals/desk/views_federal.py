"""Desk: how fresh the federal platform's word is (EXC-8), and what became of its feeds. For registration and data protection."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from unidossier.actions.show_federal import show_federal
from unidossier.portals.shared.frame import frame

OUTCOMES = {
    "applied": _("taken over"),
    "older": _("older than what is known: nothing changed"),
    "gap": _("changes in between were missing: everything was asked for"),
    "half": _("did not come whole: nothing changed"),
    "stopped": _("too many exclusions were missing: stopped, nothing changed"),
}
KINDS = {"full": _("everything"), "delta": _("what changed")}


def federal(request: HttpRequest) -> HttpResponse:
    """The age of what is known, and the last feeds."""
    fresh, feeds = show_federal(request.requester.secret)
    lines = tuple(
        {**row, "kind_words": KINDS[row["kind"]], "outcome_words": OUTCOMES[row["outcome"]]} for row in feeds
    )
    context = {
        "fresh": fresh,
        "minutes": int(fresh["age_s"] // 60) if fresh else None,
        "is_old": fresh is None or fresh["age_s"] > settings.FEDERAL_ALARM_S,
        "lines": lines,
    }
    return render(request, "desk/federal.html", frame(request, **context))
