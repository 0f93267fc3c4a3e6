"""The medical director judges the form that a carer showed (CON-9): the access opens again, or it ends."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Ask, Query, Row
from unidossier.record import blobs


def show_claim(secret: bytes, *, patient: UUID, task: UUID) -> Row:
    """Return the claim behind a task of kind `claim`.

    Keys: id, person_id (the carer), name (of the patient), signed_on, reason, state (asked, shown, accepted, refused), asked_at,
    shown_at, judged_at, and proof {sha256, name, media_type, size} or None while the form is not shown; dates as ISO texts.
    Raises ActRefused('no-such-task'), and the errors of gate.door.read.
    """
    granted = door.read(
        secret,
        Ask(verb="direct", patient=patient, detail={"task": str(task)}),
        Query("SELECT relations.claim_of(%(task)s::uuid) AS claim", {"task": task}),
    )
    claim: Row | None = granted.rows[0][0]["claim"]
    if claim is None:
        raise ActRefused("no-such-task")
    return claim


def open_claimed_form(secret: bytes, *, patient: UUID, task: UUID) -> tuple[Row, bytes]:
    """Return the proof of a claim and its bytes: to be offered as a download.

    Raises ActRefused: no-such-task, not-shown; blobs.AttachmentMissing, blobs.AttachmentDamaged, and the errors of gate.door.read.
    """
    claim = show_claim(secret, patient=patient, task=task)
    if claim["proof"] is None:
        raise ActRefused("not-shown")
    return claim["proof"], blobs.get(UUID(claim["id"]), sha256=claim["proof"]["sha256"])


def judge_claim(secret: bytes, *, patient: UUID, task: UUID, accepted: bool, reason: str) -> str:
    """Close the task; return the new state of the relation: in-force, withdrawn, or '' when the patient ended it meanwhile.

    Raises ActRefused: no-such-task, done-already, not-shown (only a form that was shown can be accepted), reason-missing;
    and the errors of gate.door.read.
    """
    if not accepted and not reason.strip():
        raise ActRefused("reason-missing")
    granted = door.write(
        secret,
        Ask(verb="direct", patient=patient, detail={"task": str(task), "accepted": accepted}),
        Query(
            "SELECT relations.judge_claim(%(task)s::uuid, %(accepted)s, %(reason)s) AS state",
            {"task": task, "accepted": accepted, "reason": reason},
        ),
    )
    return granted.rows[0][0]["state"] or ""
