"""Every person of the demonstration's cast, as the sign-in page of each language offers or accepts him."""

import os
from collections import Counter
from itertools import groupby

from unidossier.demo.cast import Account, accounts

FACES = ("ward", "consult", "my", "desk")


def with_a_face() -> tuple[tuple[str, str, str], ...]:
    """Return (user name, face, language) of one of each function who has a portal, and of every patient; JOURNEYS=all returns everybody.

    Of the functions of Ward every third one: they have the same pages, and the canary and the gate hold what each may see.
    """
    people = [one for one in accounts() if one.face in FACES]
    if os.environ.get("JOURNEYS") != "all":
        languages = Counter[str]()
        functions = [list(same) for _, same in groupby(sorted(people, key=_function), key=_function)]
        ward = [same for same in functions if same[0].face == "ward"]
        others = [same for same in functions if same[0].face != "ward"]
        people = [one for same in (*others, *ward[::3]) for one in _taken(same, languages)]
    return tuple((one.username, one.face, one.language) for one in people)


def _function(one: Account) -> tuple[str, str]:
    return one.face, str(one.function)


def _taken(same: list[Account], languages: Counter[str]) -> list[Account]:
    """Of those with one function take the one whose language was seen least; of the patients all."""
    if same[0].face == "my":
        return same
    chosen = min(same, key=lambda one: languages[one.language])
    languages[chosen.language] += 1
    return [chosen]
