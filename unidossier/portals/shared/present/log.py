"""Entries of the log as sentences for the patient (MY-15)."""

from uuid import UUID

from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY, in_mask
from unidossier.portals.shared.components.log_line import Act, LogLine
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.words.kinds import PLAIN_KINDS

ACTS: dict[str, Act] = {
    "open-record": "opened",
    "search-record": "searched",
    "open-item": "read",
    "show-trend": "read",
    "open-attachment": "read",
    "fhir-read": "read",
    "who-looked": "opened",
    "sign-in": "signed-in",
    "sign-out": "signed-out",
    "write-report": "wrote",
    "plan": "wrote",
    "deliver": "wrote",
    "register-patient": "wrote",
    "list-patients": "listed",
    "find-patient": "listed",
    "show-agenda": "listed",
}


def log_line(entry: Row, *, me: UUID, ask_href: str = "") -> LogLine:
    """Return one line. `me` is the reader: his own looks are told as "you"."""
    return LogLine(
        at=entry["at"].astimezone(BRUSSELS),
        act=ACTS.get(entry["verb"], "acted"),
        who=entry["person_name"],
        rule=entry["rule"],
        function=in_words(entry["function_words"]),
        institution=in_words(entry["institution"]),
        what=_what(entry),
        on_behalf_of=_("the patient") if entry["acting_for"] else "",
        purpose=entry["purpose"],
        is_glass=entry["rule"] == "BTG-1.emergency",
        is_machine=entry["function"] == "machine",
        is_self=entry["person_id"] == me,
        ask_href=ask_href if entry["person_id"] != me else "",
    )


def _what(entry: Row) -> str:
    if entry["verb"] not in ACTS:
        return in_words(entry["verb_words"])
    if entry["verb"] == "who-looked":
        return _("the list of who looked")
    if entry["verb"] in ("plan", "register-patient"):
        return in_words({"en": _("an appointment or your details")})
    if entry["verb"] == "show-trend":
        return _("the course of a value")
    if entry["verb"] in ("list-patients", "find-patient", "show-agenda"):
        return {
            "list-patients": _("list of patients"),
            "find-patient": _("search by name"),
            "show-agenda": _("agenda"),
        }[entry["verb"]]
    if entry["items"]:
        return _("a document or result") if entry["verb"] != "write-report" else _("a report")
    categories = entry["categories"] & EVERY_CATEGORY
    if categories and categories != EVERY_CATEGORY and entry["verb"] == "open-record":
        names = [str(PLAIN_KINDS[category.slug]).lower() for category in in_mask(categories)]
        return _("the record (%(kinds)s)") % {
            "kinds": ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
        }
    return _("the record")
