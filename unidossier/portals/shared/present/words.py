"""Small texts that several presenters need: an age, a name in the reader's language, a number as people write it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.ssin import Ssin, SsinKind

BRUSSELS = ZoneInfo("Europe/Brussels")


def language() -> str:
    """Return the reader's language: fr, nl, de or en."""
    return (get_language() or "en")[:2]


def in_words(names: dict[str, str] | None) -> str:
    """Return the text of {"fr": ..., "nl": ...} in the reader's language, else in any."""
    if not names:
        return ""
    return names.get(language()) or names.get("en") or next(iter(names.values()), "")


def age(birth: date | None, *, at: date) -> str:
    """Return an age as clinicians write it: years, under two years months, under two months days."""
    if birth is None or birth > at:
        return ""
    months = (at.year - birth.year) * 12 + at.month - birth.month - (at.day < birth.day)
    if months >= 24:
        return str(months // 12)
    if months >= 2:
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}
    days = (at - birth).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def number_of(numbers: list[dict]) -> tuple[str, str]:
    """Return the number to show and its kind ("ssin", "bis", "local"): the national one first."""
    for one in numbers:
        if one["system"] == SSIN:
            parsed = Ssin.parse(one["value"])
            return parsed.formatted, "bis" if parsed.kind is SsinKind.BIS else "ssin"
    return (numbers[0]["value"], "local") if numbers else ("", "ssin")


def initials(*names: str) -> str:
    """Return the first letters of up to two names."""
    return "".join(name[:1].upper() for name in names if name)[:2]


def why(kind: str) -> str:
    """Return the kind of a relation in words."""
    return {
        "appointment": _("Appointment"),
        "stay": _("Stay"),
        "contact": _("Consultation"),
        "order": _("Examination asked"),
        "referral": _("Referral"),
        "care-team": _("Care team"),
        "gp": _("General practitioner"),
        "granted": _("Granted by the patient"),
        "request": _("Request accepted"),
        "link": _("Link signed by the patient"),
    }.get(kind, kind)


def proof(kind: str) -> str:
    """Return how a relation was proven, in words."""
    return {
        "work": _("from the care itself"),
        "eid-reading": _("identity card read"),
        "signed-form": _("signed form"),
        "number-typed": _("number typed by the carer"),
        "declared": _("declared"),
        "portal": _("on the portal, by the patient"),
    }.get(kind, kind)


def in_a_sentence(words: str) -> str:
    """Return a heading as it reads inside a sentence: German keeps the capitals of its nouns."""
    return words if language() == "de" else words[:1].lower() + words[1:]


def local_day(at: datetime) -> date:
    """Return the day in Brussels."""
    return at.astimezone(BRUSSELS).date()
