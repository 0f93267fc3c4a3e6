"""A bundle in which anything was replaced, added, cut out or taken away is good, bad or unreadable: never a traceback (LOG-3)."""

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.log.proof.small_log import SmallLog, witness, written
from unidossier.log.proof import verify
from unidossier.log.proof.bundle import read_bundle
from unidossier.log.proof.check import ProofFalse, Trust
from unidossier.log.proof.strict import BundleUnreadable

TRIES = 400
VALUES: list[Any] = [
    *(None, True, 0, -1, 2**70, "", "x", "\n", "—", "\ud800", [], {}, [[]], "0" * 64, "A" * 44),
    {"value": "x", "key": "00" * 32},
]
SIGNS = ["\x00", "é", "9", "\n", " ", "—", "+"]


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield (*path, name)
        yield from _places(part, (*path, name))


def _spoil(bundle: Any, path: tuple[Any, ...], chance: random.Random) -> None:
    for name in path[:-1]:
        bundle = bundle[name]
    value, way = bundle[path[-1]], chance.random()
    if way < 0.5:
        bundle[path[-1]] = chance.choice(VALUES)
    elif way < 0.7 and isinstance(bundle, dict):
        bundle[chance.choice(["leaf", "gone", "extends", "more"])] = chance.choice(VALUES)
    elif isinstance(value, str):
        at = chance.randrange(len(value) + 1)
        bundle[path[-1]] = value[:at] + chance.choice(SIGNS) + value[at + chance.choice([0, 1]) :]
    else:
        del bundle[path[-1]]


def test_whatever_is_done_to_a_bundle_it_is_good_bad_or_unreadable(tmp_path: Path) -> None:
    log = SmallLog(tmp_path)
    log.add(*(written(number, listed=3 * (number % 5 == 2)) for number in range(40)))
    log.cosign(witness("one.example/w"))
    log.add(*(written(number) for number in range(40, 60)))
    whole, chance = json.loads(log.bundle([2, 7, 45])), random.Random(3)
    places, found = list(_places(whole)), Counter[str]()
    for _ in range(TRIES):
        spoilt = copy.deepcopy(whole)
        _spoil(spoilt, chance.choice(places), chance)
        lines: list[str] = []
        try:
            verify.verify(read_bundle(json.dumps(spoilt).encode()), Trust(), say=lines.append)
        except BundleUnreadable:
            found["unreadable"] += 1
        except ProofFalse:
            found["bad"] += 1
        else:
            found["good"] += 1
        assert all(line.isprintable() and line.encode() for line in lines)
    assert min(found["unreadable"], found["bad"], found["good"]) > 5
