"""The reference model: what is so in one small world, and what the rulebook makes of it. It knows no SQL.

From what is so it finds the facts of a decision; the decision itself is the oracle's (tests/gate/oracle.py). Instants are
aware datetimes; every period is half-open: its end is exclusive (ACD-4).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.gate.facts import CARERS, Facts

BRUSSELS = ZoneInfo("Europe/Brussels")
EVERYTHING = 2**21 - 1
STRONGEST_FIRST = ("legal", "parent", "foster", "mandate", "trusted")


@dataclass(kw_only=True)
class Period:
    """From `starts` until just before `ends`."""

    starts: datetime
    ends: datetime

    def holds(self, at: datetime) -> bool:
        return self.starts <= at < self.ends


@dataclass(kw_only=True)
class Relation(Period):
    id: UUID
    party: UUID  # a person or a team
    institution: UUID
    kind: str
    consented: bool
    state: str
    categories: int
    withdrawn_at: datetime | None = None

    def opens(self, at: datetime) -> bool:
        """In force; what was withdrawn was in force until then."""
        withdrawn_later = (
            self.state == "withdrawn" and self.withdrawn_at is not None and at < self.withdrawn_at
        )
        return self.holds(at) and (self.state == "in-force" or withdrawn_later)


@dataclass(kw_only=True)
class Exclusion(Period):
    id: UUID
    person: UUID
    absolute: bool


@dataclass(kw_only=True)
class Lifting(Period):
    id: UUID
    person: UUID


@dataclass(kw_only=True)
class Opening(Period):
    id: UUID
    person: UUID
    institution: UUID


@dataclass(kw_only=True)
class Representation(Period):
    id: UUID
    person: UUID
    kind: str
    state: str
    decides: bool
    categories: int
    withdrawn_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """In force or suspended; withdrawn ones stood until then."""
        gone = self.state == "withdrawn" and not (self.withdrawn_at is not None and at < self.withdrawn_at)
        return self.holds(at) and not gone


@dataclass(kw_only=True)
class Patient:
    id: UUID
    birth: date | None
    deceased_at: datetime | None = None
    refuses_outside: bool = False
    own_opened_at: datetime | None = None
    present_at: set[UUID] = field(default_factory=set)
    tasks: set[tuple[UUID, str]] = field(default_factory=set)  # institution and function of the Desk
    relations: list[Relation] = field(default_factory=list)
    exclusions: list[Exclusion] = field(default_factory=list)
    liftings: list[Lifting] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    representations: list[Representation] = field(default_factory=list)


@dataclass(kw_only=True)
class Institution:
    id: UUID
    network: bool
    consent_model: str = "gp-default"
    own_age: int = 15


@dataclass(kw_only=True)
class Post(Period):
    """An employment: it is the session's as long as its function stays the same."""

    id: UUID
    function: str


@dataclass(kw_only=True)
class Duty(Period):
    id: UUID
    team: UUID
    person: UUID


@dataclass(kw_only=True)
class Asker:
    """Somebody with an open session: `side` is the kind of his function, `patient` his own record."""

    secret: bytes
    person: UUID
    human: UUID
    side: str
    function: str
    institution: UUID | None = None
    post: Post | None = None
    patient: UUID | None = None
    purpose: str = "care"


@dataclass(kw_only=True)
class Tie:
    name: str
    reach: int = 0


@dataclass(kw_only=True)
class Small:
    """One small world."""

    institutions: dict[UUID, Institution]
    patients: list[Patient]
    askers: list[Asker]
    teams: list[tuple[UUID, UUID]]  # team and its institution
    duties: list[Duty] = field(default_factory=list)
    rights: dict[tuple[str, str], int] = field(default_factory=dict)  # function and action -> categories

    def facts(
        self, who: Asker, patient: Patient, *, act: str, action: str, glass: str, at: datetime
    ) -> Facts:
        """Return what the decision knows about `who` and `patient` at an instant."""
        tie = self.tie(who, patient, at=at).name
        excluded = self._exclusion(who, patient, at=at)
        return Facts(
            act=act,
            actor=self.actor(who),
            active=who.post is None or (who.post.function == who.function and who.post.holds(at)),
            strong=True,
            lawful=who.purpose in {"care", "own", "governance", "exchange"},
            rights=bool(self.rights.get((who.function, action))),
            may_break_glass=bool(self.rights.get((who.function, "break-the-glass"))),
            dead=patient.deceased_at is not None and patient.deceased_at <= at,
            exclusion=excluded,
            lifting=excluded != "none"
            and any(one.person == who.person and one.holds(at) for one in patient.liftings),
            age=self._age(patient, at=at),
            tie=tie,
            refuses_outside=patient.refuses_outside,
            gp_default=tie == "gp" and self._gp_opens(patient),
            glass=self._glass(who, patient, asked=glass, at=at),
        )

    def actor(self, who: Asker) -> str:
        """A carer is inside or outside by the place he works at now."""
        if who.side != "carer":
            return who.side
        assert who.institution is not None
        return "inside" if self.institutions[who.institution].network else "outside"

    def tie(self, who: Asker, patient: Patient, *, at: datetime) -> Tie:
        """Return the strongest tie between the two."""
        if who.side == "patient":
            return Tie(name="own" if who.patient == patient.id else "none", reach=EVERYTHING)
        if who.side == "machine":
            known = who.institution in patient.present_at
            return Tie(name="institution" if known else "none", reach=EVERYTHING)
        if who.side == "governance":
            return Tie(name="institution" if self._known(who, patient) else "none")
        if who.side == "representative":
            return self._representation(who, patient, at=at)
        return self._treatment(who, patient, at=at)

    def _known(self, who: Asker, patient: Patient) -> bool:
        return (
            who.function == "registration-desk"
            or who.institution in patient.present_at
            or any(one.institution == who.institution for one in patient.relations)
            or (who.institution, who.function) in patient.tasks
        )

    def _representation(self, who: Asker, patient: Patient, *, at: datetime) -> Tie:
        standing = [
            one
            for one in patient.representations
            if one.person == who.person and one.kind != "designated" and one.stands(at)
        ]
        if not standing:
            return Tie(name="none")
        is_grown = self._age(patient, at=at) == "of-age"
        best = min(standing, key=lambda one: _how_strong(one, is_grown=is_grown))
        if best.state == "suspended":
            return Tie(name="suspended", reach=best.categories)
        covers = best.decides and best.kind in ("foster", "mandate")
        return Tie(name="mandate-decides" if covers else best.kind, reach=best.categories)

    def _treatment(self, who: Asker, patient: Patient, *, at: datetime) -> Tie:
        parties = {who.person} | {
            one.team for one in self.duties if one.person == who.person and one.holds(at)
        }
        mine = [one for one in patient.relations if one.party in parties]
        open_ = [one for one in mine if one.opens(at)]
        found = _strongest(open_)
        dead = patient.deceased_at is not None and patient.deceased_at <= at
        opens_nothing = found.name == "none" or (found.name == "gp" and not self._gp_opens(patient))
        if dead and (opens_nothing or self.actor(who) == "outside"):
            found = self._designated(who, patient, at=at) or found
        if found.name != "none":
            return found
        begun = [one for one in mine if one.starts <= at]
        for state in ("suspended", "pending"):
            if any(one.state == state and at < one.ends for one in begun):
                return Tie(name=state)
        return Tie(name="ended" if begun else "none")

    def _gp_opens(self, patient: Patient) -> bool:
        return any(self.institutions[one].consent_model == "gp-default" for one in patient.present_at)

    def _designated(self, who: Asker, patient: Patient, *, at: datetime) -> Tie | None:
        for one in patient.representations:
            ours = one.person == who.person and one.kind == "designated" and one.state != "suspended"
            if ours and one.stands(at):
                return Tie(name="designated", reach=one.categories)
        return None

    def _exclusion(self, who: Asker, patient: Patient, *, at: datetime) -> str:
        """EXC-6: by human being, as the registry knows him now."""
        humans = {one.person: one.human for one in self.askers}
        standing = [one for one in patient.exclusions if humans[one.person] == who.human and one.holds(at)]
        if not standing:
            return "none"
        return "absolute" if any(one.absolute for one in standing) else "plain"

    def _age(self, patient: Patient, *, at: datetime) -> str:
        """REP-1, REP-2, to the second in Brussels."""
        years = max((self.institutions[one].own_age for one in patient.present_at), default=15)
        if patient.birth is None or at >= birthday(patient.birth, years):
            return "of-age"
        return "opened" if patient.own_opened_at is not None and patient.own_opened_at <= at else "minor"

    def _glass(self, who: Asker, patient: Patient, *, asked: str, at: datetime) -> str:
        """BTG-3: an opening stands for the place where it was made, and needs to be looked for by carers without relation."""
        if asked != "none" or self.actor(who) not in CARERS:
            return asked
        if self.tie(who, patient, at=at).name in ("work", "consent"):
            return asked
        stands = any(
            one.person == who.person and one.institution == who.institution and one.holds(at)
            for one in patient.openings
        )
        return "valid" if stands else "none"


def _strongest(open_: list[Relation]) -> Tie:
    reach = 0
    for one in open_:
        reach |= one.categories
    if any(one.consented for one in open_):
        return Tie(name="consent", reach=reach)
    if any(one.kind != "gp" for one in open_):
        return Tie(name="work", reach=reach)
    return Tie(name="gp" if open_ else "none", reach=reach)


def _how_strong(one: Representation, *, is_grown: bool) -> tuple[object, ...]:
    """The one that lets him do most. A parent's link of a child that has grown up hides no mandate it gave (REP-2)."""
    return (
        one.state == "suspended",
        one.kind == "parent" and is_grown,
        one.kind not in ("legal", "parent"),
        not (one.kind in ("foster", "mandate") and one.decides),
        STRONGEST_FIRST.index(one.kind),
        -one.categories,
    )


def birthday(birth: date, years: int) -> datetime:
    try:
        day = birth.replace(year=birth.year + years)
    except ValueError:  # 29 February
        day = date(birth.year + years, 3, 1)
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS)
