"""The patient banner: who it is, what he must not get, and why the record is open."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import Category
from unidossier.portals.shared.components.banner import PatientBanner, WhyIn
from unidossier.portals.shared.components.states import Reading
from unidossier.portals.shared.present.rows import title_of
from unidossier.portals.shared.present.vocabulary import rule_in_words
from unidossier.portals.shared.present.words import age, in_words, initials, local_day, number_of, why
from unidossier.portals.shared.words.emergency import REASONS

SEX = {"female": "F", "male": "M", "other": "X"}
NONE_KNOWN = frozenset(
    {"716186003", "409137002", "no-allergy-info", "no-known-allergies", "no-known-medication-allergies"}
)


def banner(
    patient: Row,
    *,
    rule: str,
    relations: list[Row],
    at: datetime,
    href: str,
    opens: int,
    allergies: list[Row] | None,
) -> PatientBanner:
    """Return the banner; `allergies` are lines of the summary, or None on a page that did not read them."""
    names, reading = allergy_words(allergies, opens=opens)
    number, kind = number_of(patient["numbers"])
    return PatientBanner(
        family=patient["family"],
        given=patient["given"],
        birth_date=patient["birth_date"],
        age=age(patient["birth_date"], at=_last_day(patient, at)),
        sex=SEX.get(patient["sex"] or "", ""),
        number=number,
        number_kind=kind,  # type: ignore[arg-type]
        initials=initials(patient["given"], patient["family"]),
        href=href,
        deceased_date=local_day(patient["deceased_at"]) if patient["deceased_at"] else None,
        allergies=names,
        allergies_reading=reading,
        why=_emergency(patient["emergency"], at=at, href=href) or why_in(rule, relations),
    )


def allergy_words(lines: list[Row] | None, *, opens: int) -> tuple[tuple[str, ...], Reading]:
    """Return the allergies in words and how they were read: found, none-known, none, closed (not this function's)."""
    if lines is None or not opens & Category.ALLERGY.bit:
        return (), "closed"
    active = [
        line
        for line in lines
        if (line["short"] or {}).get("clinicalStatus", "active") not in ("resolved", "inactive")
    ]
    named = [line for line in active if line["code"] not in NONE_KNOWN]
    if named:
        return tuple(dict.fromkeys(title_of(line)[0] for line in named)), "found"
    return (), "none-known" if active else "none"


def why_in(rule: str, relations: list[Row]) -> WhyIn | None:
    """Return the reason why this record is open, from the deciding line and the relation behind it."""
    if rule in ("MY-4.own", "REP-2.opened"):
        return None
    if rule == "BTG-1.emergency":
        return WhyIn(kind="glass", text=_("Emergency access"))
    if rule.startswith("REP-"):
        return WhyIn(kind="representative", text=rule_in_words(rule))
    wanted = {"CON-3.gp": ("gp",)}.get(rule)
    fitting = [one for one in relations if one["mine"] and (wanted is None or one["kind"] in wanted)]
    if not fitting:
        return WhyIn(kind="relation", text=rule_in_words(rule))
    # what goes on now comes before what runs out, a place before a name, and the longer before the shorter
    best = max(
        fitting,
        key=lambda one: (one["ends_at"] is None, bool(one["team"]), one["ends_at"] or one["starts_at"]),
    )
    place = in_words(best["team"])
    text = f"{why(best['kind'])}, {place}" if place else why(best["kind"])
    return WhyIn(kind="relation", text=text, until=best["ends_at"])


def _emergency(opening: Row | None, *, at: datetime, href: str) -> WhyIn | None:
    """Why one is in by an emergency (BTG-3): the reason, the time left, the way to end it. The same for a lifted exclusion."""
    if opening is None:
        return None
    until = datetime.fromisoformat(opening["until"])
    return WhyIn(
        kind="glass",
        text=str(REASONS[opening["reason"]]),
        until=until,
        minutes_left=max(0, int((until - at).total_seconds() // 60)),
        end_href=f"{href}emergency/end/",
    )


def _last_day(patient: Row, at: datetime) -> date:
    return local_day(patient["deceased_at"] or at)
