"""Who looked as a paper in the reader's language (MY-15): numbered and dated, the same lines as on the screen."""

from datetime import datetime
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from unidossier.actions.list_accesses import AccessPaper
from unidossier.paper.sheet import typeset
from unidossier.portals.my.access_filter import AccessFilter
from unidossier.portals.shared.components.visit import Visit
from unidossier.portals.shared.present.log import how_shown, refused_words, visit
from unidossier.portals.shared.present.missing import gaps
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.templatetags.unidossier import born, day, day_time

TEMPLATE = Path(__file__).parent / "paper" / "accesses.typ"


def accesses_pdf(taken: AccessPaper, *, told: AccessFilter, at: datetime, most: int) -> bytes:
    """Return the PDF. More visits than fit are counted and said."""
    patient = f"{taken.patient['given']} {taken.patient['family']}"
    number = _("Number %(number)s") % {"number": taken.entry}
    content = {
        "lang": (translation.get_language() or "en")[:2],
        "title": _("Who looked in your record"),
        "facts": [
            [_("Patient"), patient],
            [_("Birth date"), born(taken.patient["birth_date"])],
            [_("Number"), str(taken.entry)],
            [_("Made on"), str(day_time(at.astimezone(BRUSSELS)))],
            [_("Period"), _period(told)],
        ],
        "notes": [
            note
            for note in (
                _("This list is a choice: only what fits the filters.") if told.is_filtered else "",
                refused_words(taken.refused),
                *gaps(taken.erased, taken.lost),
                *how_shown(taken.visits),
                _(
                    "Only the newest %(most)s of %(total)s lines are on this paper. Choose a shorter period for the others."
                )
                % {"most": most, "total": taken.total}
                if taken.total > most
                else "",
            )
            if note
        ],
        "columns": [_("When"), _("Who"), _("What"), _("Why")],
        "visits": [_row(visit(lines)) for lines in taken.visits],
        "none": _("Nobody opened your record in this period."),
        "foot": f"Unidossier · {number} · {patient}",
    }
    return typeset(TEMPLATE, content, at=at)


def _period(told: AccessFilter) -> str:
    since = str(day(told.since)) if told.since else _("the last 5 years")
    return f"{since} – {day(told.until)}" if told.until else since


def _row(one: Visit) -> dict[str, object]:
    titles = [title for line in one.lines for title in line.titles]
    return {
        "day": str(day(one.at)),
        "time": one.time,
        "who": one.who,
        "place": one.place,
        "what": f"{one.what}, {one.app}" if one.app else one.what,
        "titles": list(dict.fromkeys(titles))[:20],
        "why": _("Emergency access: %(reason)s") % {"reason": one.glass} if one.glass else one.why,
        "rule": one.rule,
        "glass": one.is_glass,
    }
