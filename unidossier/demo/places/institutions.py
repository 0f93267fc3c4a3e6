"""The fictional institutions and their teams, from institutions.toml."""

import tomllib
from pathlib import Path

from unidossier.demo.numbers import institution_nihdi
from unidossier.demo.world import Institution, Team

_PLACES = tomllib.loads((Path(__file__).parent / "institutions.toml").read_text(encoding="utf-8"))
_FIRST_NUMBER = 99_101  # of the invented NIHDI numbers of institutions

_KINDS = {
    "laboratory": "laboratory",
    "imaging": "imaging",
    "secretariat": "secretariat",
    "reception": "secretariat",
    "practice": "practice",
}


def _institution(key: str, table: dict, number: int) -> Institution:
    facts = {name: value for name, value in table.items() if name != "teams"}
    return Institution(key=key, nihdi=institution_nihdi(_FIRST_NUMBER + number), **facts)


INSTITUTIONS = tuple(
    _institution(key, table, number) for number, (key, table) in enumerate(_PLACES["institution"].items())
)


def _kind(name: str) -> str:
    return "ward" if name.endswith("-ward") else _KINDS.get(name, "service")


def team_key(institution: str, name: str) -> str:
    """The key of a team: institution and name of the team, e.g. 'scheldedal.cardiology'."""
    return f"{institution}.{name}"


def _team(place: Institution, name: str) -> Team:
    names = place.names if name == "practice" else _PLACES["team"][name]
    return Team(key=team_key(place.key, name), institution=place.key, names=names, kind=_kind(name))


def teams() -> tuple[Team, ...]:
    """All teams; an institution outside the network has one, 'practice'."""
    return tuple(
        _team(place, name)
        for place in INSTITUTIONS
        for name in _PLACES["institution"][place.key].get("teams", ("practice",))
    )
