"""The answers to every combination of facts as one array, to be sliced by fact."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from tests.gate.facts import DOMAIN, Facts
from tests.gate.oracle import PERMITS, REFUSALS

RULES = sorted(PERMITS | REFUSALS)

# one printable character a rule; '?' stands for an answer that no rule of ours has
LETTER = {rule: chr(ord("A") + place) for place, rule in enumerate(RULES)}
UNKNOWN = "?"
_RULE_OF = {ord(letter): rule for rule, letter in LETTER.items()} | {ord(UNKNOWN): "unknown rule"}

_SHAPE = tuple(len(values) for values in DOMAIN.values())


class DecisionTable:
    """Every decision of one decider, addressed by facts.

    `letters` holds one ASCII letter per combination, in the order of `facts.combinations()`.
    In the methods a fact is given as one value or several (tuple or set); one left out means all its values.
    """

    def __init__(self, letters: bytes) -> None:
        self.flat: NDArray[np.uint8] = np.frombuffer(letters, dtype=np.uint8)
        self._cube = self.flat.reshape(_SHAPE)
        self._permitted = np.isin(self._cube, [ord(LETTER[rule]) for rule in PERMITS])

    def rules(self, **facts: object) -> set[str]:
        """Give the ids of all rules that decide anywhere in this part of the domain."""
        return {_RULE_OF[int(code)] for code in np.unique(self._cube[_places(facts)])}

    def count_permitted(self, **facts: object) -> int:
        """Count the permitted combinations in this part of the domain."""
        return int(np.count_nonzero(self._permitted[_places(facts)]))

    def permitted(self, **facts: object) -> NDArray[np.bool_]:
        """Tell for each combination of this part, in order, whether it is permitted."""
        return self._permitted[_places(facts)]

    def codes(self, **facts: object) -> NDArray[np.uint8]:
        """Give the letters of this part of the domain, in order."""
        return self._cube[_places(facts)]

    def rule_at(self, index: int) -> str:
        """Give the rule that decided the combination at `index` of the fixed order."""
        return _RULE_OF[int(self.flat[index])]


def letters_of(rules: Iterable[str]) -> bytes:
    """Turn rule ids into one letter each."""
    return "".join(map(LETTER.__getitem__, rules)).encode("ascii")


def _places(facts: dict[str, object]) -> tuple[NDArray[np.intp], ...]:
    assert facts.keys() <= set(Facts._fields), f"no such fact: {facts.keys() - set(Facts._fields)}"
    return np.ix_(*(list(_axis(name, facts)) for name in DOMAIN))


def _axis(name: str, facts: dict[str, object]) -> Iterator[int]:
    values = DOMAIN[name]
    wanted = facts.get(name, values)
    for value in wanted if isinstance(wanted, tuple | list | set | frozenset) else [wanted]:
        yield values.index(value)  # type: ignore[arg-type]
