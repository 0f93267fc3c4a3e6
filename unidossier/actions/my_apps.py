"""The apps that a person let in: what each may do, until when, and its end at once (XCH-1, ACD-7)."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Query, Row


def list_my_apps(secret: bytes) -> list[Row]:
    """Return id, name, about, institution_names, scope, stays, given_at, used_at, until_at, ended_at, ended_why, given_by, is_mine, patient_id.

    Newest first; what is over stays for 30 days. A patient also sees what those who act for him let in. Raises SessionEnded.
    """
    return door.call(Query("SELECT * FROM gate.my_apps(%(secret)s::bytea)", {"secret": secret}))


def end_app_access(secret: bytes, *, access: UUID) -> bool:
    """End the access of an app: its next statement fails. False when it was over already. Raises ActRefused (no-such-access), SessionEnded."""
    values = {"secret": secret, "access": access}
    rows = door.call(Query("SELECT gate.end_app(%(secret)s::bytea, %(access)s::uuid) AS ended", values))
    return bool(rows[0]["ended"])
