"""The overview of accesses as a paper in the patient's language (LOG-5)."""

from collections.abc import Mapping
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from unidossier.actions.make_overview import Overview
from unidossier.gate.door import Row
from unidossier.paper.sheet import typeset
from unidossier.portals.shared.present.log import by_way_of, done, refused_words
from unidossier.portals.shared.present.missing import gaps
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.templatetags.unidossier import born, day, day_time

TEMPLATE = Path(__file__).parent / "paper" / "table.typ"


def overview_pdf(made: Overview, *, institution: Mapping[str, str]) -> bytes:
    """Return the PDF of an overview. A word of the people: named, by a pseudonym, or by function and institution alone."""
    with translation.override(made.patient["language"]):
        patient = f"{made.patient['given']} {made.patient['family']}"
        number = _("Overview %(number)s") % {"number": made.number}
        content = {
            "title": _("Who opened your record"),
            "lang": translation.get_language()[:2],
            "institution": in_words(dict(institution)),
            "facts": [
                [_("Patient"), patient],
                [_("Birth date"), born(made.patient["birth_date"])],
                [_("Number"), str(made.number)],
                [_("Made on"), day_time(made.made_at.astimezone(BRUSSELS))],
                [
                    _("Period"),
                    f"{day(made.since.astimezone(BRUSSELS))} – {day(made.made_at.astimezone(BRUSSELS))}",
                ],
            ],
            "paragraphs": [
                _("Every time somebody opened your record, or saw your name in a list, with the reason."),
                *filter(None, (refused_words(made.refused),)),
                *gaps(made.erased, made.lost),
                _presentation(made.presentation),
                _("Questions? Ask the ombuds service of this hospital and give the number of this overview."),
            ],
            "sections": [],
            "columns": [_("When"), _("Who"), _("What"), _("Why")],
            "widths": [3, 5, 4, 4],
            "rows": [_row(line) for line in made.lines]
            or [["–", _("Nobody opened your record in this period."), "", ""]],
            "foot": f"{number} · {patient}",
        }
        return typeset(TEMPLATE, content, at=made.made_at)


def _presentation(presentation: str) -> str:
    return {
        "named": _("People are shown by their names."),
        "pseudonymised": _("People are shown by a code: the same code is always the same person."),
        "anonymised": _(
            "People are shown by their function and hospital, without names; the time is that of the hour."
        ),
    }[presentation]


def _row(line: Row) -> list[str]:
    at = line["at"].astimezone(BRUSSELS)
    said = (
        line["who"],
        in_words(line["function_words"]) or _kind(line["kind"]),
        in_words(line["department"]),
        in_words(line["institution"]),
    )
    who = ", ".join(dict.fromkeys(filter(None, said)))  # a practice is its own department
    what = ", ".join(filter(None, (done(line), by_way_of(line))))
    return [str(day_time(at)), who, what, in_words(line["rule_words"])]


def _kind(kind: str) -> str:
    return {
        "carer": _("a carer"),
        "staff": _("staff"),
        "governance": _("administration of the hospital"),
    }.get(kind, "")
