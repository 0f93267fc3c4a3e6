"""How long the log is kept (LOG-4): what would go and what stays, the change of the time by two officers, and the monthly run."""

from uuid import UUID

from unidossier.cases import keeping
from unidossier.gate import door
from unidossier.gate.door import Query, Row

VERB = "keep-log"
NOBODY: list[str] = []
LONG = "30min"  # a month of a large network is looked through from end to end before it goes


def preview_retention(secret: bytes) -> list[Row]:
    """Return every month of the log with the reasons why it stays (cases.keeping.retention). Raises the errors of gate.door.read_list."""
    return door.read_list(secret, VERB, {"patients": NOBODY, "months": True}, keeping.retention()).rows[0]


def propose_setting(
    secret: bytes, *, proposal: UUID, name: str, value: str, expected: str, reason: str
) -> None:
    """Ask a second officer to change a setting from `expected` (what the screen showed) to `value`.

    Raises ActRefused: not-by-two, value-not-allowed, reason-missing, changed-meanwhile, nothing-changes, asked-already, no-second;
    and the errors of gate.door.read_list.
    """
    wanted = {"patients": NOBODY, "proposal": str(proposal), "setting": name, "value": value}
    query = keeping.propose_setting(proposal, name=name, value=value, expected=expected, reason=reason)
    door.read_list(secret, VERB, wanted, query)


def list_setting_proposals(secret: bytes, *, proposal: UUID | None = None) -> list[Row]:
    """Return what was proposed in the network, what waits first (cases.keeping.setting_proposals)."""
    wanted = {"patients": NOBODY, "proposals": True}
    return door.read_list(secret, VERB, wanted, keeping.setting_proposals(proposal)).rows[0]


def decide_setting(secret: bytes, *, proposal: UUID, decision: str, words: str = "") -> None:
    """`confirmed` or `refused` by a second officer, `withdrawn` by the first; confirmed, it counts at once.

    Raises ActRefused: no-such-proposal, done-already, no-such-outcome, same-officer, not-second, changed-meanwhile;
    and the errors of gate.door.read_list.
    """
    wanted = {"patients": NOBODY, "proposal": str(proposal), "decision": decision}
    door.read_list(secret, VERB, wanted, keeping.decide_setting(proposal, decision=decision, words=words))


def drop_old_months(*, most: int = 120) -> list[int]:
    """Drop the months whose time is over and that nothing needs, each in a transaction of its own; return which (yyyymm).

    Nobody's session: the database decides by itself, whoever asks, and writes an entry for each. Raises RecordUnreadable.
    """
    dropped: list[int] = []
    while len(dropped) < most:
        month = door.call_all(*_patiently(keeping.drop_old_month()))[3][0]["month"]
        if month is None:
            break
        dropped.append(month)
    return dropped


def _patiently(query: Query) -> tuple[Query, ...]:
    """The statement in a transaction that may last longer than a page."""
    waits = (Query(f"SET LOCAL {name} = '{LONG}'") for name in ("statement_timeout", "transaction_timeout"))
    return (Query("BEGIN"), *waits, query, Query("COMMIT"))
