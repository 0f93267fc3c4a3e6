"""Search values that are equal or not, as numbers of 64 bits: one overlap of arrays answers them.

A token is told in the form `parameter, form, words`; its number is a hash, keyed by nothing: no secret, and the same for ever.
Two meanings share a number once in 2^64 pairs. Codes are compared without case, systems with it (search.html#token).
"""

from functools import cache
from hashlib import blake2b

BEGINNING = 3  # signs
OWN = "~"  # in place of a reference: the patient whose record it is, whatever his ids


def number(parameter: str, form: str, *words: str) -> int:
    """Return the number of a token, as a bigint of the database."""
    told = "\x1f".join((parameter, form, *words)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), signed=True)


@cache
def present(parameter: str) -> int:
    """The parameter has a value at all (`:missing`)."""
    return number(parameter, "has")


def code(parameter: str, value: str) -> int:
    """A code, whatever its system."""
    return number(parameter, "c", value.casefold())


def coded(parameter: str, system: str, value: str) -> int:
    """A code of one system; '' means that it has none."""
    return number(parameter, "sc", system, value.casefold())


def under(parameter: str, system: str, value: str) -> int:
    """A code, or one that belongs under it (hierarchy.py)."""
    return number(parameter, "u", system, value.casefold())


def system(parameter: str, name: str) -> int:
    """Any code of one system."""
    return number(parameter, "s", name)


def typed(parameter: str, type_system: str, type_code: str, value: str) -> int:
    """An identifier of one kind (`:of-type`)."""
    return number(parameter, "ty", type_system, type_code.casefold(), value.casefold())


def reference(parameter: str, target: str) -> int:
    """A reference: `Type/id`, an absolute address, or OWN."""
    return number(parameter, "r", target)


def uri(parameter: str, value: str) -> int:
    """An address, to the letter."""
    return number(parameter, "a", value)


def beginning(parameter: str, folded: str) -> int:
    """How a text begins: its first signs, folded (fold.py). The index finds names by it; the text itself is compared after."""
    return number(parameter, "b", folded[:BEGINNING])


def exact(parameter: str, value: str) -> int:
    """A text, to the letter (`:exact`)."""
    return number(parameter, "e", value)
