"""What the reader of "who looked" chose to see: read from the address, and put back into it (MY-15)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from unidossier.gate.door import Row
from unidossier.kernel.category import Category
from unidossier.kernel.sortkey import sort_key
from unidossier.log.queries import Chosen, Side
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.portals.shared.words.kinds import PLAIN_KINDS

SIDES: Mapping[str, Side] = {"people": "people", "own": "own", "machines": "machines"}
LAST_ENTRY = 2**63 - 2


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value of a filter."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class AccessFilter:
    """The filter as typed, and as the log takes it."""

    chosen: Chosen
    text: str
    since: date | None
    until: date | None  # the last day that counts
    upto: int | None
    before: int | None
    seen: int | None

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the side is chosen."""
        return self.chosen != Chosen(side=self.chosen.side)

    def query(self, **more: object) -> str:
        """Return the address' query of this filter, with `more`."""
        told = {
            "by": self.chosen.side if self.chosen.side != "people" else "",
            "q": self.text,
            "from": self.since.isoformat() if self.since else "",
            "to": self.until.isoformat() if self.until else "",
            "institution": str(self.chosen.institution or ""),
            "function": self.chosen.function,
            "kind": Category(self.chosen.category).slug if self.chosen.category is not None else "",
            "glass": "1" if self.chosen.glass else "",
        } | {name: str(value) for name, value in more.items()}
        return urlencode({name: value for name, value in told.items() if value})


def read_filter(asked: QueryDict) -> AccessFilter:
    """Return what the address says; what makes no sense is as if it were not there."""
    since, until = _day(asked.get("from", "")), _day(asked.get("to", ""))
    text = " ".join(asked.get("q", "").replace("\x00", "").split())[:100]
    category = next((one for one in Category if one.slug == asked.get("kind")), None)
    function = asked.get("function", "")
    chosen = Chosen(
        side=SIDES.get(asked.get("by", ""), "people"),
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
        institution=_uuid(asked.get("institution", "")),
        function=function if function in FUNCTIONS else "",
        category=int(category) if category is not None else None,
        glass=asked.get("glass") == "1",
        name=sort_key(text),
    )
    return AccessFilter(
        chosen=chosen,
        text=text,
        since=since,
        until=until,
        upto=_number(asked.get("upto", "")),
        before=_number(asked.get("before", "")),
        seen=_number(asked.get("seen", "")),
    )


def choices(told: AccessFilter, places: list[Row]) -> dict[str, tuple[Choice, ...]]:
    """Return what the filters offer: institutions and functions of this side's lines, and every kind of information."""
    institutions = {
        str(one["institution_id"]): in_words(one["institution"]) for one in places if one["institution_id"]
    }
    functions = {one["function"]: in_words(one["function_words"]) for one in places if one["function"]}
    kinds = {one.slug: str(PLAIN_KINDS[one.slug]) for one in Category}
    category = told.chosen.category
    return {
        "institutions": _offered(institutions, str(told.chosen.institution or "")),
        "functions": _offered(functions, told.chosen.function),
        "kinds": _offered(kinds, Category(category).slug if category is not None else ""),
    }


def tabs(told: AccessFilter, *, here: str) -> tuple[Entry, ...]:
    """Return the three sides as tabs: people, the patient's own side, computers."""
    labels = {
        "people": _("Carers and staff"),
        "own": _("You and who acts for you"),
        "machines": _("Computer systems"),
    }
    return tuple(
        Entry(
            label=label,
            href=here if side == "people" else f"{here}?by={side}",
            is_here=told.chosen.side == side,
        )
        for side, label in labels.items()
    )


def _offered(words: dict[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=value, label=label, is_chosen=value == chosen)
        for value, label in sorted(words.items(), key=lambda one: sort_key(one[1]))
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    """Read the number of an entry: 19 digits, a bigint."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return number if number is not None and number <= LAST_ENTRY else None
