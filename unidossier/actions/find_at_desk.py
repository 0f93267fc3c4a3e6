"""Find a patient at the registration desk: by exact number, by name, by name and birth date; an entry names everybody found."""

from unidossier.actions.list_my_patients import NOBODY, Sought
from unidossier.gate import door
from unidossier.gate.door import Row
from unidossier.kernel.sortkey import sort_key
from unidossier.registry import queries as registry

LETTERS = 3  # a name alone is at least so long


class SoughtTooShort(Exception):
    """A name of fewer than LETTERS letters and no birth date would list half the town."""


def find_at_desk(secret: bytes, *, sought: Sought) -> list[Row]:
    """Return up to 100 patients that fit: rows of registry.queries.listed. Raises SoughtTooShort, and the errors of gate.door.read_list."""
    name = sort_key(sought.name).strip()
    if not sought.number and not sought.birth and len(name.replace(" ", "")) < LETTERS:
        raise SoughtTooShort(name)
    wanted: dict[str, str] = {}
    if sought.number:
        wanted["number"] = sought.number
    else:
        if sought.name:
            wanted["name"] = name or NOBODY
        if sought.birth:
            wanted["birth"] = sought.birth.isoformat()
    granted = door.read_list(secret, "desk-find", wanted, registry.listed())
    return granted.rows[0]
