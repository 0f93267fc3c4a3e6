"""After a death a professional reads for the relatives, who never read themselves (DTH-3)."""

from datetime import datetime
from uuid import UUID

from unidossier.actions.find_posts import find_posts
from unidossier.cases import mediation
from unidossier.gate import door
from unidossier.gate.door import Ask, Row


def show_relative_request(secret: bytes, *, patient: UUID) -> tuple[Row, list[Row]]:
    """Return what counts (deceased_at, objects_after_death) and who was designated already (name, starts_at, ends_at, categories)."""
    granted = door.read(
        secret, Ask(verb="mediate", patient=patient), mediation.after_death(), mediation.designations()
    )
    after, designated = granted.rows
    return after[0], designated


def find_professional(name: str) -> list[Row]:
    """Return carers at work who may be designated, by words of their name: one post each (registry.posts.posts)."""
    found = find_posts(name, functions=mediation.DESIGNATED)
    return list({one["person"]: one for one in reversed(found)}.values())[::-1]


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
