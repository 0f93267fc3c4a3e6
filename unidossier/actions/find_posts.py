"""Find who works where, by words of the name. No entry: it says nothing of any patient."""

from uuid import UUID

from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.registry import posts as registry


def find_posts(text: str, *, functions: tuple[str, ...] = ()) -> list[Row]:
    """Return posts held now (registry.posts.posts); `functions`: of these alone. Raises RecordUnreadable."""
    return door.call(registry.posts(text, functions=functions))


def show_post(employment: UUID) -> Row | None:
    """Return one post, held now or not; None when there is none. Raises RecordUnreadable."""
    found = door.call(registry.post(employment))
    return found[0] if found else None


def name_of(person: UUID) -> str | None:
    """Return the name of somebody who works in care now; None when nobody does under this id. Raises RecordUnreadable."""
    held = door.call(registry.posts_of(person))
    return held[0]["name"] if held else None
