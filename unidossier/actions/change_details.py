"""My own details (MY-12): contact data at once; the mail address once its holder has typed the code that was sent to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Ask, Query, Row
from unidossier.registry import desk
from unidossier.registry import queries as registry
from unidossier.registry.contact_code import code_of, hash_of


@dataclass(frozen=True, kw_only=True)
class Details:
    """The patient (registry.queries.patient), the deciding rule, the general practitioners (registry.desk.gps) and what waits:

    email_id, email, email_until (an address that waits for its code), gp_asked, gp_asked_at (a request at the desk); each None when there is none.
    """

    patient: Row
    rule: str
    gps: list[Row]
    waiting: Row


def show_details(secret: bytes, *, patient: UUID) -> Details:
    """Return what the page of one's own details shows. Raises the errors of gate.door.read."""
    granted = door.read(
        secret,
        Ask(verb="who-looked", patient=patient, detail={"page": "details"}),
        registry.patient(),
        desk.gps(),
        Query("SELECT * FROM registry.own_details()"),
    )
    patients, gps, waiting = granted.rows
    return Details(patient=patients[0], rule=granted.rule, gps=gps, waiting=waiting[0])


def change_details(
    secret: bytes, *, patient: UUID, shown: Mapping[str, str], wanted: Mapping[str, str]
) -> int:
    """Change language, address, phone, emergency; return how many changed. `shown`: as they were on the form.

    Raises ActRefused (nothing-changed, changed-meanwhile, language-unknown, too-long) and the errors of gate.door.read.
    """
    rows = _act(secret, patient, desk.act("change_details", shown=dict(shown), wanted=dict(wanted)))
    return int(rows[0]["change_details"])


def ask_email(secret: bytes, *, patient: UUID, change: UUID, email: str) -> Literal["asked", "removed"]:
    """Ask for another mail address: the worker sends a code to it. An empty one is removed at once. `change`: made with the form.

    Raises ActRefused (email-unfit, same-address, too-many-addresses: five a day) and the errors of gate.door.read.
    """
    proof = hash_of(change, code=code_of(change))
    query = desk.act("ask_email", made=change, email=email.strip(), code_hash=proof)
    return _act(secret, patient, query, change=str(change))[0]["ask_email"]


def confirm_email(
    secret: bytes, *, patient: UUID, change: UUID, code: str
) -> Literal["confirmed", "wrong", "over"]:
    """Give the code. `over`: five wrong ones, 24 hours, or another change since. Raises the errors of gate.door.read."""
    query = desk.act("confirm_email", change=change, code_hash=hash_of(change, code=code))
    return _act(secret, patient, query, change=str(change))[0]["confirm_email"]


def _act(secret: bytes, patient: UUID, query: Query, **detail: Any) -> list[Row]:
    return door.write(secret, Ask(verb="change-details", patient=patient, detail=detail), query).rows[0]
