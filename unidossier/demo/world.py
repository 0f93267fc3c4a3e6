"""The shapes of the fictional world: who exists, where they work, what has happened to them.

Pure values; nothing here touches a database, a clock or Django. `build.world` fills them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

Texts = dict[str, str]  # language -> text


@dataclass(frozen=True, kw_only=True)
class Institution:
    """A hospital or practice: the controller of the data written in it."""

    key: str
    names: Texts
    language: str  # the language its carers write in
    setting: str  # 'gp-default' (CON-3) or 'written-consent' (CON-4)
    kind: str  # hospital, rehabilitation, gp-practice, pharmacy, physiotherapy, home-nursing, dental
    address: str
    phone: str
    nihdi: str  # 8 digits for institutions

    @property
    def is_network(self) -> bool:
        """True for the four hospitals; the others are outside and use Consult."""
        return self.kind in ("hospital", "rehabilitation")


@dataclass(frozen=True, kw_only=True)
class Team:
    """A ward, clinic, secretariat, laboratory, imaging department or practice team."""

    key: str
    institution: str
    names: Texts
    kind: str  # ward, service, secretariat, laboratory, imaging, practice


@dataclass(frozen=True, kw_only=True)
class Person:
    """A human being who works somewhere; the numbers follow the person, not the post (EXC-6)."""

    key: str
    given: str
    family: str
    sex: str  # FHIR administrative gender
    languages: tuple[str, ...]
    ssin: str | None = None
    nihdi: str | None = None  # 11 digits

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@dataclass(frozen=True, kw_only=True)
class Employment:
    """A function held at an institution; `until` is exclusive."""

    person: str
    institution: str
    function: str
    teams: tuple[str, ...]
    from_: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One line of a ward's roster (ACD-2); both instants aware, the end exclusive."""

    person: str
    team: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class Account:
    """A fictional account that the sign-in page offers."""

    username: str
    person: str | None  # key of a Person, or
    patient: str | None  # key of a Patient
    function: str
    language: str
    face: str  # ward, consult, my, desk
    main: bool  # one of the few on the sign-in page
    hint: Texts  # what to try, in four languages


@dataclass(frozen=True, kw_only=True)
class Representative:
    """Somebody who acts for a patient (REP-1 to REP-4)."""

    patient: str  # key of the representative, a patient too
    kind: str  # parent, legal, foster, mandate, trusted
    since: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Patient:
    """One fictional patient; `number` alone fixes everything about him, given seed and day."""

    key: str  # also the id in references: Patient/<key>
    number: int
    story: str  # the archetype of his history
    home: str  # institution where he is mostly treated
    ssin: str | None
    bis: str | None
    local_numbers: dict[str, str]  # institution -> number
    given: str
    family: str
    birth_date: date
    sex: str
    language: str
    address: str
    phone: str
    gp_key: str | None  # key of a Person of function gp
    deceased_at: datetime | None = None
    representatives: tuple[Representative, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a resource, made only when its bytes are asked for.

    The resource names it by `Binary/<id>` (documents) or by the SOP instance UID in `name` (images).
    """

    id: str
    name: str
    media_type: str
    render: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def data(self) -> bytes:
        return self.render()


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One FHIR R4 resource as the institution sends it.

    The same type and id again, later in the same history, is the next version (REC-5).
    `entered_at` is when it was stored there; `flags` holds 'internal-only' (CON-10) or 'patient-own' (MY-10).
    """

    patient: str
    institution: str
    team: str | None
    author: str | None  # key of a Person; None when the patient wrote it himself
    entered_at: datetime
    fhir: dict
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PatientHistory:
    """A patient and all that is recorded about him, oldest entry first."""

    patient: Patient
    resources: list[Resource]


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that exists before anybody falls ill. `patients` computes each patient when asked."""

    seed: int
    today: date
    institutions: tuple[Institution, ...]
    teams: tuple[Team, ...]
    persons: tuple[Person, ...]
    employments: tuple[Employment, ...]
    duties: tuple[Duty, ...]
    accounts: tuple[Account, ...]
    patients: Sequence[Patient]
