"""A legal hold: entries that a court or a dispute may need are neither erased nor dropped while it stands (LOG-4)."""

from uuid import UUID

from unidossier.cases import keeping
from unidossier.gate import door
from unidossier.gate.door import Ask, Row

VERB = "hold-log"


def list_holds(secret: bytes) -> list[Row]:
    """Return the holds of one's institution, those that stand first (cases.keeping.holds)."""
    return door.read_list(secret, VERB, {"patients": []}, keeping.holds()).rows[0]


def lay_hold(secret: bytes, *, hold: UUID, patient: UUID | None, reason: str) -> None:
    """Keep every entry about a patient, or (None) every entry of one's institution. The id made with the form: twice is once.

    Raises ActRefused: reason-missing, held-already; and the errors of gate.door.
    """
    query = keeping.lay_hold(hold, reason=reason)
    detail = {"hold": str(hold)}
    if patient is None:
        door.read_list(secret, VERB, {"patients": [], **detail}, query)
    else:
        door.write(secret, Ask(verb=VERB, patient=patient, detail=detail), query)


def end_hold(secret: bytes, *, hold: UUID, reason: str) -> None:
    """End a hold, as another human being than who laid it.

    Raises ActRefused: no-such-hold, done-already, same-officer, reason-missing; and the errors of gate.door.read_list.
    """
    wanted = {"patients": [], "hold": str(hold), "ends": True}
    door.read_list(secret, VERB, wanted, keeping.end_hold(hold, reason=reason))
