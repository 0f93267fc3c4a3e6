"""Entries of the log as sentences for the patient (MY-15). Rows are those of log.queries: shown as each institution presents its people."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.gate.door import Row
from unidossier.kernel.category import EVERY_CATEGORY, in_mask
from unidossier.log.audit.verbs import ABOUT_AN_APP
from unidossier.portals.shared.components.log_line import Act, LogLine
from unidossier.portals.shared.components.visit import Visit, VisitLine
from unidossier.portals.shared.present.words import BRUSSELS, in_a_sentence, in_words
from unidossier.portals.shared.templatetags.unidossier import day, rule_words
from unidossier.portals.shared.words.accesses import GLASS, KINDS, PRESENTATIONS, PURPOSES, TIES, YOURS
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
    "fhir-match": "listed",
    "fhir-everything": "read",
    "fhir-summary": "read",
    "bulk-export": "read",
    "show-agenda": "listed",
}
GLASS_RULE = "BTG-1.emergency"
SHORT = 6  # acts named in the headline of a visit


def log_line(entry: Row) -> LogLine:
    """Return one line; the reader's own looks are told as "you"."""
    return LogLine(
        at=entry["at"].astimezone(BRUSSELS),
        act=ACTS.get(entry["verb"], "acted"),
        who=who(entry),
        rule=entry["rule"],
        function=in_words(entry["function_words"]),
        institution=in_words(entry["institution"]),
        what=_what(entry),
        on_behalf_of=_("the patient") if entry["acting"] else "",
        purpose=entry["purpose"],
        is_glass=entry["rule"] == GLASS_RULE,
        is_machine=entry["kind"] == "machine",
        is_self=bool(entry["is_self"]),
    )


def who(entry: Row) -> str:
    """Return the name, the code, or what kind of person it was."""
    if entry["presentation"] == "named":
        return entry["who"]
    if entry["who"]:
        return _("Person %(code)s") % {"code": entry["who"]}
    return str(KINDS.get(entry["kind"], ""))


def place(entry: Row) -> str:
    """Return function, department and institution, as far as they are shown."""
    parts = (
        in_words(entry["function_words"]) if entry["kind"] not in ("patient", "machine") else "",
        in_words(entry["department"]),
        in_words(entry["institution"]),
    )
    return ", ".join(dict.fromkeys(part for part in parts if part))  # a practice is its own department


def visit(
    lines: Sequence[Row], *, seen: int | None = None, ask_href: str = "", proof_href: str = ""
) -> Visit:
    """Return one visit from its lines, oldest first. `seen`: the newest number that the reader had on his page before.

    `ask_href`, `proof_href`: addresses in which %s stands for the number of the entry.
    """
    last = lines[-1]
    # of a long visit the newest lines alone are here: what is said of it is said of all of it
    whole, acts = last["whole"] or {}, last["acts"] or lines
    is_glass = whole.get("glass", False) or any(one["rule"] == GLASS_RULE for one in lines)
    rule = GLASS_RULE if is_glass else last["rule"]
    reason = whole.get("reason") or next((one["glass_reason"] for one in lines if one["glass_reason"]), "")
    return Visit(
        key=f"v{lines[0]['id']}",
        at=last["at"].astimezone(BRUSSELS),
        time=_span(lines, since=whole.get("since")),
        who=_("You") if last["is_self"] else who(last),
        place="" if last["is_self"] else place(last),
        what=_acts(acts),
        why=_why(last) if not is_glass else rule_words(rule),
        rule=rule,
        purpose=str(PURPOSES.get(last["purpose"], "")),
        on_behalf=_("for the patient") if last["acting"] else "",
        app=by_way_of(*acts),
        glass=str(GLASS.get(reason, "")) if is_glass else "",
        sign="glass" if is_glass else "machine" if last["kind"] == "machine" else "eye",
        is_glass=is_glass,
        is_self=bool(last["is_self"]),
        is_new=seen is not None and last["visit"] > seen,
        lines=tuple(_line(one, proof_href=proof_href) for one in lines),
        unlisted=last["in_visit"] - len(lines),
        ask_href=ask_href % last["id"] if ask_href else "",
        proof_href=proof_href % last["id"] if proof_href else "",
    )


def refused_words(months: Sequence[Row]) -> str:
    """Return how often somebody was refused, without names; empty when nobody was."""
    tries = sum(row["tries"] for row in months)
    if not tries:
        return ""
    told = ", ".join(f"{row['month']:%m/%Y}: {row['tries']}" for row in months[:12])
    text = ngettext(
        "One try to open your record was refused", "%(tries)s tries to open your record were refused", tries
    ) % {"tries": tries}
    return f"{text} ({told}). " + _("The ombuds service of your institution can tell you more.")


def _span(lines: Sequence[Row], *, since: str | None) -> str:
    begins = datetime.fromisoformat(since) if since else lines[0]["at"]
    first, last = begins.astimezone(BRUSSELS), lines[-1]["at"].astimezone(BRUSSELS)
    if lines[-1]["presentation"] == "anonymised":
        return _("%(first)s–%(last)s h") % {"first": f"{last:%H}", "last": f"{last + timedelta(hours=1):%H}"}
    return f"{first:%H:%M}" if f"{first:%H:%M}" == f"{last:%H:%M}" else f"{first:%H:%M}–{last:%H:%M}"


def _acts(acts: Sequence[Row]) -> str:
    counts: dict[str, int] = {}
    for one in acts:
        words = done(one)
        counts[words] = counts.get(words, 0) + one.get("times", 1)
    told = [f"{words} ({count}×)" if count > 1 else words for words, count in counts.items()]
    return ", ".join(told[:SHORT]) + (" …" if len(told) > SHORT else "")


def done(entry: Row) -> str:
    """Return what was done, in words."""
    if entry["verb"] == "deliver" and entry["step"] == "delete":
        return _("took back what it had delivered by computer")
    return in_words(entry["verb_words"]) or str(entry["verb"])


def by_way_of(*entries: Row) -> str:
    """Name the apps by way of which it was, or a part of it, each once (LOG-1)."""
    by_app = [one for one in entries if one["app"] and one["verb"] not in ABOUT_AN_APP]
    told = ", ".join(dict.fromkeys(f"“{one['app']['name']}”" for one in by_app))
    if not told:
        return ""
    words = _("with the app %(name)s") if len(by_app) == len(entries) else _("partly with the app %(name)s")
    return words % {"name": told}


def _titles(entry: Row) -> tuple[str, ...]:
    app = (entry["app"]["name"],) if entry["app"] and entry["verb"] in ABOUT_AN_APP else ()
    return (*app, *(one["title"] for one in entry["titles"] or ()))


def _why(line: Row) -> str:
    if line["tie"] == "appointment" and line["tie_at"]:
        return _("because you have an appointment on %(day)s") % {
            "day": day(line["tie_at"].astimezone(BRUSSELS))
        }
    return str(TIES.get(line["tie"] or "") or YOURS.get(line["rule"]) or rule_words(line["rule"]))


def _line(entry: Row, *, proof_href: str) -> VisitLine:
    is_hour = entry["presentation"] == "anonymised"
    return VisitLine(
        time="" if is_hour else f"{entry['at'].astimezone(BRUSSELS):%H:%M:%S}",
        what=done(entry),
        titles=_titles(entry),
        kinds=_kinds(entry),
        app=by_way_of(entry),
        proof_href=proof_href % entry["id"] if proof_href else "",
    )


def _kinds(entry: Row) -> str:
    categories = entry["categories"] & EVERY_CATEGORY
    if (
        entry["in_list"]
        or entry["items"]
        or entry["verb"] not in ("open-record", "search-record", "break-the-glass")
    ):
        return ""
    if categories == EVERY_CATEGORY:
        return _("all kinds of information")
    return ", ".join(in_a_sentence(str(PLAIN_KINDS[category.slug])) for category in in_mask(categories))


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
    return _("the record")


def how_shown(visits: Iterable[tuple[Row, ...]]) -> tuple[str, ...]:
    """Say of each institution among these visits that shows no names how it shows its people (MY-15)."""
    told = {
        (lines[-1]["presentation"], in_words(lines[-1]["institution"]))
        for lines in visits
        if lines[-1]["presentation"] in PRESENTATIONS
    }
    return tuple(str(PRESENTATIONS[how]) % {"institution": name} for how, name in sorted(told))
