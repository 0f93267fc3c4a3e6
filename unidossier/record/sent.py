"""What is sent, and what it becomes once sorted: the names that a delivery is spoken of with (record/arrival.py sorts)."""

from dataclasses import dataclass, field
from uuid import UUID

from unidossier.kernel.category import Category
from unidossier.record.registration import Registration
from unidossier.record.store import Delivery
from unidossier.record.validation import Checked


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """The institution a delivery comes from."""

    id: UUID
    key: str
    language: str  # of its texts, where the resource does not say


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """One valid resource of a delivery. `place` is where it stands: `Bundle.entry[3].resource`, or empty."""

    place: str
    checked: Checked
    full_url: str | None = None
    id: UUID | None = None  # ours, when it is known already; else derived from the sender's
    expected: int | None = None
    patient: UUID | None = None  # whose record it is in, where that is known and the resource does not say
    like: Category | None = None  # what the item is, or what it belongs to, where the delivery does not say
    # the sender takes it back; `checked` is then what was stored last, as entered in error
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """One resource that is not stored, and why; `code` is of the value set issue-type of FHIR."""

    place: str
    resource_type: str
    source_id: str | None
    code: str
    expression: str
    reason: str
    patient_unknown: bool = False  # a later delivery may bring the patient


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreign:
    """A resource that is about nobody: Organization, Practitioner, Location, Medication ..."""

    id: UUID
    resource_type: str
    text: str
    sent: Sent


@dataclass(kw_only=True, slots=True)
class Arrival:
    """A delivery, sorted. `holders` says by which id the patient (or an item of his) is known here."""

    registrations: dict[UUID, Registration] = field(default_factory=dict)
    versions: dict[UUID, list[Delivery]] = field(default_factory=dict)  # by holder
    foreign: list[Foreign] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    sent_as: dict[UUID, Sent] = field(default_factory=dict)
    # those `holders` that are ids of items, not of patients
    through_items: set[UUID] = field(default_factory=set)
    aside: frozenset[UUID] = frozenset()  # kept as about nobody: these stand in other records
