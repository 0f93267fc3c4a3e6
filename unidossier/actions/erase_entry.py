"""Two officers erase the content of one entry of the log; its leaf stays in the tree (LOG-4). No patient is named on the way."""

from dataclasses import dataclass
from uuid import UUID

from unidossier.cases import keeping
from unidossier.gate import door
from unidossier.gate.door import Granted, Query, Row
from unidossier.log import missing

VERB = "erase-entry"


@dataclass(frozen=True, kw_only=True)
class Keeping:
    """Rows of cases.keeping (erasures, holds, setting_proposals) and of log.missing.lost; what waits stands first."""

    erasures: list[Row]
    holds: list[Row]
    proposals: list[Row]
    restores: list[Row]


def look_at_entry(secret: bytes, *, entry: int) -> Row | None:
    """Return who, when, what and why of an entry (cases.keeping.look_at_entry); None when it is not this officer's to judge.

    Raises the errors of gate.door.read_list.
    """
    found = _ask(secret, {"entry": str(entry)}, keeping.look_at_entry(entry)).rows[0]
    return found[0] if found else None


def ask_erasure(secret: bytes, *, request: UUID, entry: int, ground: str, reason: str) -> None:
    """Ask for an erasure as data protection officer. `request` is made with the form: sent twice, it is one.

    Raises ActRefused: not-fresh, reason-missing, no-such-ground, officer-asks, asked-already, no-second, no-such-entry, own-entry, keeps-the-log,
    not-in-tree, in-a-case, on-hold, erased-already; and the errors of gate.door.read_list.
    """
    query = keeping.ask_erasure(request, entry=entry, ground=ground, reason=reason)
    _ask(secret, {"entry": str(entry), "erasure": str(request), "ground": ground}, query)


def show_keeping(secret: bytes, *, erasure: UUID | None = None) -> Keeping:
    """Return everything that two officers decide about the log, under one entry; `erasure`: that request alone. Raises the errors of gate.door.read_list."""
    queries = (keeping.erasures(erasure), keeping.holds(), keeping.setting_proposals(), missing.lost())
    erasures, holds, proposals, restores = _ask(secret, {"keeping": True}, *queries).rows
    return Keeping(erasures=erasures, holds=holds, proposals=proposals, restores=restores)


def decide_erasure(secret: bytes, *, request: UUID, entry: int, decision: str, words: str = "") -> None:
    """`confirmed` or `refused` by a second officer, `withdrawn` by the first. Confirmed, the content is gone at once and the patients are told.

    Raises ActRefused: no-such-request, done-already, no-such-outcome, same-officer, not-second, not-fresh, words-missing (of a refusal), and
    those of ask_erasure that stand against it now; and the errors of gate.door.read_list.
    """
    query = keeping.decide_erasure(request, decision=decision, words=words)
    _ask(secret, {"entry": str(entry), "erasure": str(request), "decision": decision}, query)


def _ask(secret: bytes, detail: dict[str, object], *queries: Query) -> Granted:
    # the entry of each step names the entry it is about: the proof that two people said so (log/sql/erasure.sql)
    return door.read_list(secret, VERB, {"patients": [], **detail}, *queries)
