"""The medical director says whether an applicant is who he says (CON-2). The worker then sends the invitation, or the refusal."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import ActRefused, Query, Row
from unidossier.record import blobs


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """`row`: id, family, given, function, nihdi (digits), practice, address, email, language, proof {name, media_type, size, sha256},
    state (waiting, accepted, invited, refused, told), reason, made_at; `same_nihdi`: how many people have this number already."""

    row: Row
    same_nihdi: int


def show_applicant(secret: bytes, *, task: UUID) -> Applicant:
    """Return who asks for an account, for the director who has the task of kind `account`.

    Raises ActRefused('no-such-task'), and the errors of gate.door.read_list.
    """
    return _shown(secret, task)


def open_applicant_proof(secret: bytes, *, task: UUID) -> tuple[Row, bytes]:
    """Return the proof {name, media_type, size, sha256} and its bytes: to be offered as a download, never as a page of ours.

    Raises ActRefused('no-such-task'), blobs.AttachmentMissing, blobs.AttachmentDamaged, and the errors of gate.door.read_list.
    """
    applicant = _shown(secret, task).row
    return applicant["proof"], blobs.get(applicant["id"], sha256=applicant["proof"]["sha256"])


def validate_account(secret: bytes, *, task: UUID, accepted: bool, reason: str) -> UUID | None:
    """Close the task. Yes makes person, practice and employment, and returns the person; within a minute the worker makes the
    account and mails a link, good for 7 days, where the applicant sets a password and then a second factor. No mails `reason`.

    Raises ActRefused: no-such-task, done-already, reason-missing (a refusal needs one); and the errors of gate.door.read_list.
    """
    if not accepted and not reason.strip():
        raise ActRefused("reason-missing")
    granted = door.read_list(
        secret,
        "direct",
        {"task": str(task)},
        Query(
            "SELECT registry.validate_applicant(%(task)s::uuid, %(accepted)s, %(reason)s) AS person",
            {"task": task, "accepted": accepted, "reason": reason},
        ),
    )
    person: UUID | None = granted.rows[0][0]["person"]
    return person


def _shown(secret: bytes, task: UUID) -> Applicant:
    granted = door.read_list(
        secret,
        "direct",
        {"task": str(task)},
        Query(
            """SELECT a.id, a.family, a.given, a.function, a.nihdi, a.practice, a.address, a.email, a.language, a.proof, a.state, a.reason, a.made_at,
                registry.holders_of(a.nihdi) AS holders
            FROM cases.task t JOIN registry.applicant a ON a.id = t.subject_id WHERE t.id = %(task)s::uuid AND t.kind = 'account'""",
            {"task": task},
        ),
    )
    (found,) = granted.rows
    if not found:
        raise ActRefused("no-such-task")
    row = dict(found[0])
    return Applicant(same_nihdi=row.pop("holders"), row=row)
