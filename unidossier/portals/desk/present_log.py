"""Entries of the log that a search found or a task gathered, as lines of a table: who, about whom, what, why; never what stood in a record (ACS-4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.gate.door import Row
from unidossier.portals.desk.present_oversight import in_categories
from unidossier.portals.shared.components.shell import FACE_NAMES as FACES
from unidossier.portals.shared.present.words import BRUSSELS, in_words


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """`when` is an instant of Brussels; `whole_day` where the people are anonymised. `who_href`, `about_href`: the same search about them alone."""

    id: str  # as it travels in a form: a number would be shown with the separators of the language
    when: datetime
    whole_day: bool
    who: str
    function: str
    about: str
    what: str
    categories: str
    why: str
    whence: str  # face, browser, network address (LOG-1); '' where the reader is not told
    is_glass: bool
    is_refused: bool
    who_href: str = ""
    about_href: str = ""


def log_lines(rows: Iterable[Row], *, asked: dict[str, str] | None = None) -> tuple[LogLine, ...]:
    """Return rows of log.oversight.found as lines; `asked` is the search as it stands in the address, None without links."""
    return tuple(_line(row, asked) for row in rows)


def _line(row: Row, asked: dict[str, str] | None) -> LogLine:
    return LogLine(
        id=str(row["id"]),
        when=row["at"].astimezone(BRUSSELS),
        whole_day=row["presentation"] == "anonymised",
        who=row["person_name"] or (_("not named") if row["presentation"] != "named" else "–"),
        function=in_words(row["function_words"]),
        about=_about(row),
        what=in_words(row["verb_words"]) or row["verb"],
        categories=in_categories(row["categories"]) if row["patient_id"] or row["elsewhere"] else "",
        why=in_words(row["rule_words"]) or row["rule"],
        whence=" · ".join(
            filter(None, (FACES.get(row["origin"] or "", row["origin"]), row["device"], row["address"]))
        ),
        is_glass=row["glass_reason"] is not None,
        is_refused=not row["permitted"],
        who_href=_narrowed(asked, "person", row["person_id"]),
        about_href=_narrowed(asked, "patient", row["patient_id"]),
    )


def _about(row: Row) -> str:
    if row["family"]:
        return f"{row['family']} {row['given']}"
    if row["elsewhere"]:
        return _("a patient whom you may not be told")
    if row["named"]:
        return ngettext("%(n)s patient in a list", "%(n)s patients in a list", row["named"]) % {
            "n": row["named"]
        }
    return ""


def _narrowed(asked: dict[str, str] | None, name: str, value: object) -> str:
    if asked is None or value is None or asked.get(name) == str(value):
        return ""
    return f"{reverse('desk:log')}?{urlencode({**asked, name: str(value)})}"
