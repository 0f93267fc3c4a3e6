"""Consult: what a general practitioner was told about his patients: an emergency access, a death (BTG-4, DTH-1). Nothing clinical."""

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from unidossier.actions.read_told import read_told
from unidossier.gate.door import Row
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.templatetags.unidossier import day as in_days
from unidossier.portals.shared.words.emergency import REASONS
from unidossier.portals.shared.words.functions import FUNCTIONS


@dataclass(frozen=True, kw_only=True)
class TellLine:
    """One message in the reader's words. `birth` may be missing."""

    name: str
    birth: date | None
    at: datetime
    text: str
    beside: str
    is_new: bool


def messages(request: HttpRequest) -> HttpResponse:
    """The messages of the last 90 days, newest first; what is shown counts as read."""
    lines = tuple(tell_line(row) for row in read_told(request.requester.secret))
    return render(request, "consult/messages.html", frame(request, lines=lines))


def tell_line(row: Row) -> TellLine:
    """Put a row of actions.read_told into words."""
    facts = row["facts"]
    day = in_days(date.fromisoformat(facts["day"])) if facts.get("day") else ""
    words = {
        "death": _("Died on %(day)s. Your access to the record has ended.") % {"day": day},
        "death-reversed": _("The death was registered by mistake. Your access is as before."),
        "glass": _("The record was opened in an emergency."),
    }
    who = facts.get("who", "")
    function = str(FUNCTIONS.get(facts.get("function", ""), "")) if who else ""
    beside = (
        who,
        function,
        in_words(facts.get("institution")),
        str(REASONS.get(facts.get("reason", ""), "")),
    )
    return TellLine(
        name=str(facts.get("name", "")),
        birth=date.fromisoformat(facts["birth"]) if facts.get("birth") else None,
        at=row["at"].astimezone(BRUSSELS),
        text=words[row["kind"]],
        beside=" · ".join(part for part in beside if part),
        is_new=row["is_new"],
    )
