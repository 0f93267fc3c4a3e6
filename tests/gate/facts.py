"""The facts of one decision, their whole domain, and its enumeration in one fixed order.

The order is that of `itertools.product` over `DOMAIN`: the last fact turns fastest. The SQL side of the
complete comparison computes the same order from an index.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

FALSE_TRUE = (False, True)

# name -> the values it may have, in the order of the parameters of gate.decide
DOMAIN: dict[str, tuple[str | bool, ...]] = {
    "act": ("open", "plan", "deliver", "decide", "govern"),
    "actor": ("patient", "representative", "inside", "outside", "staff", "governance", "machine"),
    "active": FALSE_TRUE,
    "strong": FALSE_TRUE,
    "lawful": FALSE_TRUE,
    "rights": FALSE_TRUE,
    "may_break_glass": FALSE_TRUE,
    "dead": FALSE_TRUE,
    "exclusion": ("none", "plain", "absolute"),
    "lifting": FALSE_TRUE,
    "age": ("minor", "opened", "of-age"),
    "tie": (
        *("none", "own", "parent", "legal", "foster", "mandate", "trusted", "work", "consent"),
        *("gp", "designated", "institution", "pending", "suspended", "ended", "mandate-decides"),
    ),
    "refuses_outside": FALSE_TRUE,
    "gp_default": FALSE_TRUE,
    "glass": ("none", "incomplete", "valid"),
}

COMBINATIONS = prod(len(values) for values in DOMAIN.values())

CARERS = frozenset({"inside", "outside"})
PROFESSIONALS = CARERS | {"staff"}
WORKERS = PROFESSIONALS | {"governance"}  # whoever may be excluded (EXC-1)


class Facts(NamedTuple):
    """What one decision knows. Fields and values: `DOMAIN`; no fact is ever unknown."""

    act: str
    actor: str
    active: bool
    strong: bool
    lawful: bool
    rights: bool
    may_break_glass: bool
    dead: bool
    exclusion: str
    lifting: bool
    age: str
    tie: str
    refuses_outside: bool
    gp_default: bool
    glass: str


def combinations(**fixed: str | bool) -> Iterator[Facts]:
    """Give every combination of facts in the fixed order; `fixed` pins some of them to one value."""
    axes = [(fixed[name],) if name in fixed else values for name, values in DOMAIN.items()]
    return map(Facts._make, product(*axes))


def facts_at(index: int) -> Facts:
    """Give the combination at `index` (0 to COMBINATIONS - 1) of the fixed order."""
    chosen: list[str | bool] = []
    for values in reversed(DOMAIN.values()):
        index, place = divmod(index, len(values))
        chosen.append(values[place])
    return Facts._make(reversed(chosen))
