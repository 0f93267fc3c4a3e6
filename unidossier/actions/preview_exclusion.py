"""What an exclusion, or a withdrawal, would do (EXC-9): told before anything is saved, and changing nothing."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.registry import queries as registry
from unidossier.relations import queries as relations


class PersonNotFound(Exception):
    """Nobody who works in care, and no team, has this id."""


@dataclass(frozen=True, kw_only=True)
class Effects:
    """`posts`: where the person works; `touched`: relations that lose access (`how`: own, team); `planned`: appointments to come; `excluded`: exclusions in force of him."""

    patient: Row
    rule: str
    posts: list[Row]
    touched: list[Row]
    planned: list[Row]
    excluded: list[Row]

    @property
    def is_by_form(self) -> bool:
        """Whether his institution takes exclusions by form alone (EXC-4): the one that `relations.post_of` would choose."""
        return self.posts[0]["online"] == "off"


def preview_exclusion(secret: bytes, *, patient: UUID, person: UUID) -> Effects:
    """Return what would lose access when this human being is excluded. Raises PersonNotFound and the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "preview", "person": str(person)}),
        registry.patient(),
        relations.one_professional(person),
        relations.touched_by(person),
        relations.planned_with(person),
        relations.exclusions(),
    )
    patients, posts, touched, planned, exclusions = granted.rows
    if not posts:
        raise PersonNotFound(str(person))
    return Effects(
        patient=patients[0],
        rule=granted.rule,
        posts=posts,
        touched=touched,
        planned=planned,
        excluded=[one for one in exclusions if one["human_id"] == posts[0]["human_id"]],
    )


@dataclass(frozen=True, kw_only=True)
class TeamEffects:
    """One team with its people of now, and its relations with the patient."""

    patient: Row
    rule: str
    team: Row
    touched: list[Row]


def preview_team(secret: bytes, *, patient: UUID, team: UUID) -> TeamEffects:
    """Return what a team would lose. Raises PersonNotFound and the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "preview", "team": str(team)}),
        registry.patient(),
        relations.team(team),
        relations.standing(),
    )
    patients, teams, standing = granted.rows
    if not teams:
        raise PersonNotFound(str(team))
    return TeamEffects(
        patient=patients[0],
        rule=granted.rule,
        team=teams[0],
        touched=[one for one in standing if one["team_id"] == team],
    )
