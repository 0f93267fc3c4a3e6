"""A restore of the database that the log noticed, explained and signed by two officers, each with a fresh second factor (LOG-3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.cases import keeping
from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.log import missing

VERB = "explain-restore"
NOBODY: list[str] = []


@dataclass(frozen=True, kw_only=True)
class Restores:
    """Rows of log.missing.lost and of cases.keeping.restore_accounts, newest first."""

    noticed: list[Row]
    accounts: list[Row]


def list_restores(secret: bytes, *, account: UUID | None = None) -> Restores:
    """Return the restores that were noticed and what was said about them; `account`: that one alone. Raises the errors of gate.door.read_list."""
    wanted = {"patients": NOBODY, "restores": True}
    noticed, accounts = door.read_list(
        secret, VERB, wanted, missing.lost(), keeping.restore_accounts(account)
    ).rows
    return Restores(noticed=noticed, accounts=accounts)


def explain_restore(
    secret: bytes,
    *,
    account: UUID,
    restored: UUID,
    ground: str,
    restored_to: datetime,
    done_by: str,
    reason: str,
) -> None:
    """Say what it was, to which moment (`restored_to`: that of the backup) and by whom. `account` is made with the form: twice is once.

    Raises ActRefused: not-fresh, no-such-restore, done-already, asked-already, no-such-ground, date-not-possible, who-missing, reason-missing,
    no-second; and the errors of gate.door.read_list.
    """
    query = keeping.explain_restore(
        account, restored=restored, ground=ground, restored_to=restored_to, done_by=done_by, reason=reason
    )
    wanted = {"patients": NOBODY, "restored": str(restored), "account": str(account), "ground": ground}
    door.read_list(secret, VERB, wanted, query)


def decide_restore(secret: bytes, *, account: UUID, decision: str, words: str = "") -> None:
    """`confirmed` (signed by both: it becomes an entry) or `refused` by a second officer, `withdrawn` by the first.

    Raises ActRefused: no-such-account, done-already, no-such-outcome, same-officer, not-second, not-fresh, words-missing (of a refusal);
    and the errors of gate.door.read_list.
    """
    wanted = {"patients": NOBODY, "account": str(account), "decision": decision}
    door.read_list(secret, VERB, wanted, keeping.decide_restore(account, decision=decision, words=words))
