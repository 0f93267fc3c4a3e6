"""The chart: one patient's history while it is being written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from unidossier.demo.chart.body import Body
from unidossier.demo.chart.roles import Role, Staff
from unidossier.demo.people.known import KNOWN
from unidossier.demo.when import age_on, instant
from unidossier.demo.world import Attachment, Patient, Resource

# General physicians of the German-speaking hospital do what has a clinic of its own elsewhere.
_SMALL_HOSPITAL = {
    "cardiology",
    "pneumology",
    "neurology",
    "nephrology",
    "endocrinology",
    "rheumatology",
    "oncology",
}


@dataclass
class Chart:
    """Collects the resources of one patient. Everything random comes from `rng`, every day from `today`."""

    patient: Patient
    staff: Staff
    today: date
    rng: Random
    scene: str  # the patient's situation today, see people/known.py
    with_papers: bool  # PDF and images are made
    seed: str  # of the patient's body
    resources: list[Resource] = field(default_factory=list)
    courses: dict[tuple[str, str], str] = field(default_factory=dict)  # problems and medicines in course
    stops: dict[str, date] = field(
        default_factory=dict
    )  # medicine -> day from which another illness forbids it
    past_days: int = 0  # a chapter that closed so long ago, in a record of several
    height: int = 170  # cm
    body: Body = field(init=False)
    _carers: dict[tuple[str, str, str], Role] = field(default_factory=dict)

    def __post_init__(self) -> None:
        female = self.patient.sex == "female"
        self.height = round(self.rng.gauss(165 if female else 177, 6))
        weight = self.rng.gauss(24.8, 2.6) * (self.height / 100) ** 2
        self.body = Body(seed=self.seed, male=not female, usual={"weight": weight, "height": self.height})

    @property
    def subject(self) -> dict:
        """Reference to the patient."""
        return {"reference": f"Patient/{self.patient.key}"}

    @property
    def end(self) -> date:
        """The last day of the history, or of its present chapter: today, or the day of death."""
        last = self.patient.deceased_at.date() if self.patient.deceased_at else self.today
        return last - timedelta(days=self.past_days)

    def age(self, day: date | None = None) -> int:
        """Age in completed years on `day`, or on the last day of the history."""
        return age_on(self.patient.birth_date, day or self.end)

    def role(
        self,
        team: str,
        *,
        function: str = "specialist",
        institution: str | None = None,
        on: date | None = None,
    ) -> Role:
        """The carer of that kind who treats this patient; always the same one."""
        place = institution or self.patient.home
        if place == "vennblick" and team in _SMALL_HOSPITAL:
            team = "internal"
        if team.endswith("-ward") and team not in ("surgery-ward", "maternity-ward") and place != "linde":
            team = team if (place, team) == ("scheldedal", "cardiology-ward") else "internal-ward"
        key = (place, team, function)
        if key not in self._carers:
            day = on or self.end - timedelta(days=400)
            # A named patient is treated by the first of each team: the accounts and their hints speak of both.
            rng = None if self.patient.number <= len(KNOWN) else self.rng
            self._carers[key] = self.staff.role(place, team, function=function, rng=rng, on=day)
        return self._carers[key]

    def gp(self) -> Role | None:
        """The general practitioner of record, if the patient has one."""
        return self.staff.of_key(self.patient.gp_key) if self.patient.gp_key else None

    def days_ago(self, low: int, high: int) -> date:
        """A day between `low` and `high` days before the end of the history."""
        return self.end - timedelta(days=self.rng.randint(low, high))

    def id(self) -> str:
        """A fresh resource id."""
        text = f"{self.rng.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def store(
        self, role: Role | None, fhir: dict, *, at: datetime, institution: str | None = None,
        attachments: Sequence[Attachment] = (), flags: Sequence[str] = (),
    ) -> str:  # fmt: skip
        """Add one resource; returns the reference to it, e.g. 'Observation/...'."""
        place = role.institution.key if role else institution or self.patient.home
        self.resources.append(
            Resource(
                patient=self.patient.key,
                institution=place,
                team=role.team if role else None,
                author=role.person.key if role else None,
                entered_at=at,
                fhir=fhir,
                attachments=tuple(attachments),
                flags=tuple(flags),
            )
        )
        return f"{fhir['resourceType']}/{fhir['id']}"

    def at(self, day: date, *, low: int = 8, high: int = 17) -> datetime:
        """A moment of the working day."""
        return instant(
            day, self.rng.randint(low, high), self.rng.choice((0, 5, 10, 15, 20, 25, 30, 40, 45, 50))
        )
