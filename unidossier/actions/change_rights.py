"""Two data protection officers change the function table (ACS-1): one proposes after a preview, another confirms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from unidossier.cases import oversight
from unidossier.gate import door
from unidossier.gate.door import Row

Changes = Sequence[Mapping[str, Any]]  # [{"function", "action", "category": code, "allow": bool}]
NOBODY: list[str] = []  # an act about no patient names none


def preview_rights(secret: bytes, *, changes: Changes) -> list[Row]:
    """Return the real accesses of the last 30 days that `changes` would have flipped: function, verb, effect, times, samples.

    Raises ActRefused: nothing-changes, not-changeable, staff-administrative; and the errors of gate.door.read_list.
    """
    wanted = {"patients": NOBODY, "preview": [dict(one) for one in changes]}
    return door.read_list(secret, "protect", wanted, oversight.preview_rights(changes)).rows[0]


def propose_rights(
    secret: bytes, *, proposal: UUID, base: int, changes: Changes, from_at: datetime, reason: str
) -> None:
    """Ask for a new version on top of version `base`. `proposal` is made with the form: sent twice, it is one.

    Raises ActRefused: as preview_rights, reason-missing, table-changed, date-not-allowed; and the errors of gate.door.read_list.
    """
    wanted = {"patients": NOBODY, "proposal": str(proposal), "changes": [dict(one) for one in changes]}
    query = oversight.propose_rights(proposal, base=base, changes=changes, from_at=from_at, reason=reason)
    door.read_list(secret, "protect", wanted, query)


def list_proposals(secret: bytes, *, proposal: UUID | None = None) -> list[Row]:
    """Return what was proposed, newest first (cases.oversight.proposals). Data protection officers only."""
    wanted = {"patients": NOBODY, "proposals": True}
    return door.read_list(secret, "protect", wanted, oversight.proposals(proposal)).rows[0]


def decide_rights(secret: bytes, *, proposal: UUID, decision: str, words: str = "") -> int | None:
    """`confirmed` or `refused` by a second officer, `withdrawn` by the first; return the version it became.

    Raises ActRefused: no-such-proposal, done-already, no-such-outcome, same-person, table-changed; and the errors of gate.door.read_list.
    """
    wanted = {"patients": NOBODY, "proposal": str(proposal), "decision": decision}
    query = oversight.decide_rights(proposal, decision=decision, words=words)
    version = door.read_list(secret, "protect", wanted, query).rows[0][0]["version"]
    return int(version) if version is not None else None
