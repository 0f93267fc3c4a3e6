"""The address bar and the list: filters from a query string, filters and ribbon as shown, the address of the next page."""

import contextlib
from collections import Counter
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict

from unidossier.gate.door import Row
from unidossier.kernel.category import Category, UnknownCategory
from unidossier.portals.shared.components.filters import Choice, Filters
from unidossier.portals.shared.components.ribbon import Ribbon, draw_ribbon
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.portals.shared.words.kinds import KINDS, PLAIN_KINDS
from unidossier.record.queries import Filter, Place
from unidossier.registry.directory import directory

MAX_TEXT = 200


def filter_of(query: QueryDict) -> Filter:
    """Return what the address asks for; what it cannot mean is passed over, never an error page."""
    categories = []
    for slug in query.getlist("kind"):
        with contextlib.suppress(UnknownCategory):
            categories.append(int(Category.from_slug(slug)))
    by_key = {one.key: one.id for one in directory().values()}
    return Filter(
        text=query.get("q", "").strip()[:MAX_TEXT].replace("\x00", ""),
        categories=tuple(dict.fromkeys(categories)),
        institutions=tuple(by_key[key] for key in query.getlist("institution") if key in by_key),
        since=_instant(query.get("from", ""), end=False),
        until=_instant(query.get("to", ""), end=True),
    )


def _instant(text: str, *, end: bool) -> datetime | None:
    """Read a year or a day as the instant it begins, or (end) as the instant after it."""
    try:
        if len(text) == 4:
            day = date(int(text), 12, 31) if end else date(int(text), 1, 1)
        else:
            day = date.fromisoformat(text)
        if end:
            day += timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time.min, tzinfo=BRUSSELS)


def place_of(query: QueryDict) -> Place | None:
    """Return where the page begins, from `after=INSTANT_ID`."""
    at, _, item = query.get("after", "").partition("_")
    try:
        return Place(datetime.fromisoformat(at), UUID(item))
    except ValueError:
        return None


def address(action: str, query: QueryDict, **changes: str | None) -> str:
    """Return `action` with the filters of the address, changed; None drops one."""
    pairs = [
        (key, value)
        for key in ("q", "kind", "institution", "from", "to")
        for value in query.getlist(key)
        if value and key not in changes
    ]
    pairs += [(key, value) for key, value in changes.items() if value is not None]
    return f"{action}?{urlencode(pairs)}" if pairs else action


def after(place: Place | None) -> str | None:
    """Return the value of `after` for the next page."""
    return f"{place.clinical_at.isoformat()}_{place.id}" if place else None


def filters(
    shape: list[Row], chosen: Filter, *, action: str, query: QueryDict, plain: bool = False
) -> Filters:
    """Return the filters with a count behind each choice; a chosen one stays even when it counts nothing."""
    kinds: Counter[int] = Counter()
    places: Counter[UUID] = Counter()
    for row in shape:
        kinds[row["category"]] += row["items"]
        places[row["institution_id"]] += row["items"]
    words = PLAIN_KINDS if plain else KINDS
    shown = sorted({*kinds, *chosen.categories}, key=lambda code: (-kinds[code], code))
    since, until = query.get("from", ""), query.get("to", "")
    return Filters(
        action=action,
        text=chosen.text,
        kinds=tuple(
            Choice(
                value=Category(code).slug,
                label=str(words[Category(code).slug]),
                count=kinds[code],
                is_chosen=code in chosen.categories,
            )
            for code in shown
        ),
        institutions=tuple(
            Choice(
                value=directory()[one].key,
                label=directory()[one].name(language()),
                count=places[one],
                is_chosen=one in chosen.institutions,
            )
            for one in sorted({*places, *chosen.institutions}, key=lambda one: -places[one])
            if one in directory()
        ),
        from_date=_first_day(chosen.since) if since else None,
        to_date=_first_day(chosen.until, back=1) if until else None,
        total=sum(kinds.values()),
    )


def _first_day(at: datetime | None, *, back: int = 0) -> date | None:
    return None if at is None else at.astimezone(BRUSSELS).date() - timedelta(days=back)


def ribbon(shape: list[Row], *, birth: date | None, today: date, action: str, query: QueryDict) -> Ribbon:
    """Return the ribbon from birth (or the first item) to today; `action` is the address of the list without filters."""
    counted = [(row["year"], Category(row["category"]).slug, row["items"]) for row in shape]
    years = [text[:4] for text in (query.get("from", ""), query.get("to", ""))]
    begins, ends = (int(text) if text.isdecimal() and text.isascii() else None for text in years)
    return draw_ribbon(
        counted,
        last_year=today.year,
        first_year=birth.year if birth else None,
        from_year=begins,
        to_year=ends,
        list_href=address(action, query, **{"from": None, "to": None}),
    )
