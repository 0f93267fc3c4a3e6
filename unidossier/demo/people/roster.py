"""Duty rosters of the wards for this week and the next."""

from collections.abc import Iterator, Set
from datetime import date, timedelta

from unidossier.demo.when import instant
from unidossier.demo.world import Duty, Employment

# early, late, night: start and end on the clock; the night ends on the next day
_SHIFTS = (((6, 45), (14, 45)), ((14, 15), (22, 15)), ((22, 0), (7, 0)))
_FUNCTIONS = ("nurse", "practical-nurse", "midwife", "trainee-physician", "emergency-physician")


def _duty(person: str, team: str, day: date, shift: int) -> Duty:
    start, end = _SHIFTS[shift]
    last = day + timedelta(days=1) if shift == 2 else day
    return Duty(person=person, team=team, starts=instant(day, *start), ends=instant(last, *end))


def duties(employments: list[Employment], today: date, *, always: Set[str] = frozenset()) -> Iterator[Duty]:
    """Roster lines from Monday of this week for fourteen days; every shift of every ward has somebody.

    `always`: keys of persons who belong to their ward at any hour, as a head nurse does; the roster leaves them out.
    """
    monday = today - timedelta(days=today.weekday())
    members: dict[str, list[str]] = {}
    for post in employments:
        if post.function in _FUNCTIONS and post.until is None and post.person not in always:
            for team in post.teams:
                members.setdefault(team, []).append(post.person)
    for team, people in members.items():
        if not team.endswith(("-ward", ".emergency")):
            continue
        for offset in range(14):
            day = monday + timedelta(days=offset)
            # The turn moves by one a day, so nobody has two shifts on one day while a team has three people.
            for shift in range(3):
                yield _duty(people[(offset + shift) % len(people)], team, day, shift)
