"""After a death a professional reads for the relatives, who never read themselves (DTH-3)."""

from datetime import datetime
from uuid import UUID

from unidossier.cases import mediation
from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.kernel.sortkey import sort_key


def show_relative_request(secret: bytes, *, patient: UUID) -> tuple[Row, list[Row]]:
    """Return what counts (deceased_at, objects_after_death) and who was designated already (name, starts_at, ends_at, categories)."""
    granted = door.read(
        secret, Ask(verb="mediate", patient=patient), mediation.after_death(), mediation.designations()
    )
    after, designated = granted.rows
    return after[0], designated


def find_professional(name: str) -> list[Row]:
    """Return carers at work who may be designated, by words of their name: id, name, function_words, institution. No entry: names of carers are public."""
    wanted = sort_key(name).strip()
    return door.call(mediation.professionals(wanted)) if wanted else []


def designate_professional(
    secret: bytes,
    *,
    task: UUID,
    representation: UUID,
    professional: UUID,
    opens: int,
    ends: datetime,
    words: str = "",
) -> None:
    """Let `professional` read the categories of the mask `opens` until `ends` (at most three months), and close the request.

    Raises ActRefused: no-such-task, done-already, not-relative, not-deceased, objected-in-life, not-a-professional,
    no-categories, end-not-allowed; and the errors of gate.door.read_list.
    """
    wanted = {"task": str(task), "designated": str(professional)}
    query = mediation.designate(
        task, representation=representation, professional=professional, opens=opens, ends=ends, words=words
    )
    door.read_list(secret, "mediate", wanted, query)
