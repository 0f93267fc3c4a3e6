"""Who has signed in, and the places he may go on from: an employment, his own record, somebody whom he represents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from unidossier.signin.claims import tell_gate

Face = Literal["ward", "consult", "my", "desk", "api"]
Words = Mapping[str, str]  # language -> text


@dataclass(frozen=True, kw_only=True)
class Place:
    """One way in. Exactly one of: an employment, the own record (`patient`), or acting for others (`represents`)."""

    face: Face
    function: str  # ACS-3
    kind: str  # carer, staff, governance, machine, patient, representative
    function_words: Words = field(default_factory=dict)
    employment: UUID | None = None
    institution: UUID | None = None
    institution_key: str = ""
    institution_names: Words = field(default_factory=dict)
    patient: UUID | None = None
    represents: bool = False
    may_break_glass: bool = False  # the function table lets this function (BTG-2); the gate decides each time
    may_write: bool = False  # the function table lets this function enter reports; the gate decides each time

    @property
    def id(self) -> str:
        """A name for this place among those of one person."""
        return str(self.employment) if self.employment else self.function

    @property
    def purpose(self) -> str:
        """The only purpose that this place may have (ACD-6)."""
        return {
            "governance": "governance",
            "machine": "exchange",
            "patient": "own",
            "representative": "own",
        }.get(self.kind, "care")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A human being and his places, those of work first."""

    person: UUID
    name: str
    language: str
    places: tuple[Place, ...]


def whoami(person: UUID) -> Identity:
    """Return who `person` is and where he may go now. Raises ClaimsRefused when unknown, RecordUnreadable."""
    told: dict[str, Any] = tell_gate("gate.whoami", {"whoami": person})
    places = [_work(employment) for employment in told["employments"]]
    if told["patient"]:
        places.append(Place(face="my", function="patient", kind="patient", patient=UUID(told["patient"])))
    if told["represents"]:
        places.append(Place(face="my", function="representative", kind="representative", represents=True))
    return Identity(person=person, name=told["name"], language=told["language"], places=tuple(places))


def _work(told: Mapping[str, Any]) -> Place:
    return Place(
        face=_face(told["kind"], network=told["network"]),
        function=told["function"],
        kind=told["kind"],
        function_words=told["function_words"],
        employment=UUID(told["id"]),
        institution=UUID(told["institution"]),
        institution_key=told["institution_key"],
        institution_names=told["institution_names"],
        may_write=told["may_write"],
        may_break_glass=told["may_break_glass"],
    )


def _face(kind: str, *, network: bool) -> Face:
    if kind == "machine":
        return "api"
    if kind == "governance":
        return "desk"
    return "ward" if network else "consult"
