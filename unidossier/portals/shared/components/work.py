"""Lines of the work lists: patients of a ward, appointments of a day, people of a demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from .relation import Relation


@dataclass(frozen=True, kw_only=True)
class PatientLine:
    """A patient in a list: the short facts only."""

    href: str
    family: str
    given: str
    birth_date: date | None
    age: str
    sex: str
    number: str = ""
    place: str = ""  # room and bed
    why: str = ""
    since: date | None = None
    relation: Relation | None = None
    note: str = ""  # the next step of a pending link
    renew_href: str = ""  # CON-7: the page where a contact renews; empty: not offered
    is_deceased: bool = False


@dataclass(frozen=True, kw_only=True)
class PatientGroup:
    """The patients of one ward or service."""

    title: str
    lines: tuple[PatientLine, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AgendaLine:
    """One appointment of today. `state` is a word: arrived, waiting, done, cancelled, or empty."""

    at: datetime
    what: str
    href: str
    patient: PatientLine
    place: str = ""
    state: str = ""
    is_now: bool = False


@dataclass(frozen=True, kw_only=True)
class News:
    """Something new on the patient's home, as one sentence with one place to go."""

    text: str
    href: str
    at: datetime
    category: str = ""
    institution: str = ""


@dataclass(frozen=True, kw_only=True)
class NextAppointment:
    """The next appointment, with what to bring."""

    at: datetime
    what: str
    who: str
    place: str
    address: str = ""
    bring: tuple[str, ...] = ()
    href: str = ""
