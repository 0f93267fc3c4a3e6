"""People who work in care, as lines to choose from: what a search found, and who looked lately."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from unidossier.gate.door import Row
from unidossier.portals.shared.present.words import in_words, language
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import institution_name

LATELY = 12


@dataclass(frozen=True, kw_only=True)
class CarerLine:
    """One person to choose: the name, where and as what he works, and the way onward."""

    name: str
    posts: tuple[str, ...]
    href: str


def found_people(rows: list[Row], *, href: Callable[[UUID], str]) -> tuple[CarerLine, ...]:
    """One line a person, all posts named; `href` is asked of the person."""
    by_person: dict[UUID, list[Row]] = {}
    for row in rows:
        by_person.setdefault(row["person_id"], []).append(row)
    return tuple(
        CarerLine(name=same[0]["person"], posts=tuple(_post(one) for one in same), href=href(person))
        for person, same in by_person.items()
    )


def found_posts(rows: list[Row], *, href: Callable[[UUID], str]) -> tuple[CarerLine, ...]:
    """One line a post: access is given to a carer in one place; `href` is asked of the employment."""
    return tuple(
        CarerLine(name=one["person"], posts=(_post(one),), href=href(one["employment_id"])) for one in rows
    )


def _post(row: Row) -> str:
    place = institution_name(row["institution_id"], language=language())
    return f"{FUNCTIONS.get(row['function'], row['function'])}, {place}"


def lately(entries: list[Row], *, href: Callable[[UUID], str]) -> tuple[CarerLine, ...]:
    """Carers and staff who looked lately, each once; only those whose names their institution shows (MY-15)."""
    found: dict[UUID, CarerLine] = {}
    for one in entries:
        if one["person_id"] is not None and one["institution_id"] is not None:
            post = f"{in_words(one['function_words'])}, {in_words(one['institution'])}"
            found.setdefault(
                one["person_id"],
                CarerLine(name=one["who"], posts=(post,), href=href(one["person_id"])),
            )
    return tuple(found.values())[:LATELY]
