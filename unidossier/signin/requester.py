"""Who asks: what every view may know about the person at the screen without asking the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from unidossier.signin.display import Display
from unidossier.signin.whoami import Identity, Place


@dataclass(frozen=True, kw_only=True)
class Requester:
    """The signed-in person in one place. `secret` opens the gate: never shown, logged or put in a page."""

    secret: bytes
    person_id: UUID
    name: str
    function: str  # ACS-3
    function_words: Mapping[str, str]  # language -> words; empty for patients and representatives
    kind: str  # carer, staff, governance, machine, patient, representative
    institution_id: UUID | None
    institution_key: str
    institution_names: Mapping[str, str]
    face: str
    language: str  # of this request
    theme: str  # auto, light, dark
    density: str  # work, reading; empty: what the face has
    idle_s: int  # seconds without a gesture after which the session is over
    patient: UUID | None  # the own record, on My
    represents: bool
    may_write: bool  # to show the way to the editor; the gate decides
    may_break_glass: bool  # to show the way to the emergency page; the gate decides (BTG-2)
    place: str  # id among the person's places, to offer the others

    def __repr__(self) -> str:
        return f"Requester({self.function} {self.person_id} on {self.face})"

    @property
    def institution_name(self) -> str:
        """The institution in the language of this request, in its own language when there is no translation."""
        return self.institution_names.get(self.language) or next(iter(self.institution_names.values()), "")


def to_session(identity: Identity, place: Place, secret: bytes) -> dict[str, Any]:
    """Return what the browser's session keeps about the requester (JSON)."""
    return {
        "secret": secret.hex(),
        "person": str(identity.person),
        "name": identity.name,
        "function": place.function,
        "function_words": dict(place.function_words),
        "kind": place.kind,
        "institution": str(place.institution) if place.institution else None,
        "institution_key": place.institution_key,
        "institution_names": dict(place.institution_names),
        "face": place.face,
        "patient": str(place.patient) if place.patient else None,
        "represents": place.represents,
        "may_write": place.may_write,
        "may_break_glass": place.may_break_glass,
        "place": place.id,
    }


def from_session(kept: Mapping[str, Any], *, display: Display, idle_s: int) -> Requester:
    """Return the requester that `to_session` kept, with how this browser wants its pages."""
    return Requester(
        secret=bytes.fromhex(kept["secret"]),
        person_id=UUID(kept["person"]),
        institution_id=UUID(kept["institution"]) if kept["institution"] else None,
        patient=UUID(kept["patient"]) if kept["patient"] else None,
        language=display.language,
        theme=display.theme,
        density=display.density,
        idle_s=idle_s,
        may_break_glass=kept.get("may_break_glass", False),  # a session of before this was kept has it not
        **{name: kept[name] for name in _AS_KEPT},
    )


_AS_KEPT = (
    "name",
    "function",
    "function_words",
    "kind",
    "institution_key",
    "institution_names",
    "face",
    "represents",
    "may_write",
    "place",
)
