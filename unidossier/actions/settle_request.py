"""The ombuds service answers a request, or hands it to whom it belongs."""

from uuid import UUID

from unidossier.cases import mediation
from unidossier.gate import door

VERB_OF = {"ombuds": "mediate", "medical-director": "direct", "data-protection-officer": "protect"}


def settle_request(secret: bytes, *, task: UUID, outcome: str, words: str) -> None:
    """Close a request with its answer; the patient reads it on My (a relative gets a letter).

    Raises ActRefused: no-such-task, done-already, answer-missing, no-such-outcome; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "outcome": outcome}
    door.read_list(secret, "mediate", wanted, mediation.answer(task, outcome=outcome, words=words))


def hand_over(secret: bytes, *, function: str, task: UUID, to: str, words: str) -> None:
    """Give a task of `function` to another function of the institution; the medical director gets a case, and the request waits.

    Raises ActRefused: no-such-task, done-already, no-such-function, text-missing; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "to": to}
    door.read_list(
        secret, VERB_OF.get(function, "mediate"), wanted, mediation.hand_over(task, function=to, words=words)
    )
