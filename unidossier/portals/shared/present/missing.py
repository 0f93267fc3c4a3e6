"""What is lawfully missing in the list of who looked, in sentences: nobody's list gets shorter in silence (MY-15, LOG-3, LOG-4)."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.gate.door import Row
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.templatetags.unidossier import day, day_time
from unidossier.portals.shared.words.keeping import GROUNDS


def gaps(erased: list[Row], lost: list[Row]) -> tuple[str, ...]:
    """Return a sentence for each erased line (log.missing.erased) and each restore by which lines were lost (log.missing.lost)."""
    return (*(_erased(row) for row in erased), *(_lost(row) for row in lost))


def _erased(row: Row) -> str:
    return _("A line was erased by two people on %(day)s: %(ground)s. %(institution)s can tell you more.") % {
        "day": day(row["erased_at"].astimezone(BRUSSELS)),
        "ground": GROUNDS[row["ground"]],
        "institution": in_words(row["institution"]),
    }


def _lost(row: Row) -> str:
    since = row["since"]
    told = ngettext(
        "%(n)s line of the log of all patients, made between %(since)s and %(until)s, was lost when the database was set back. It may have been about you; only its seal is known.",
        "%(n)s lines of the log of all patients, made between %(since)s and %(until)s, were lost when the database was set back. Some may have been about you; only their seals are known.",
        row["lost"],
    )
    return told % {
        "n": row["lost"],
        "since": day_time(since.astimezone(BRUSSELS)) if since else "?",
        "until": day_time(row["until"].astimezone(BRUSSELS)),
    }
