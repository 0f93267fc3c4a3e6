"""Two verifiers that share no line agree on every bundle, true or false: the document is enough to write one (LOG-3)."""

import ast
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.log.proof import second
from tests.log.proof.small_log import SmallLog, witness, written
from tests.log.proof.test_verify import FALSE
from unidossier.log.proof.bundle import read_bundle
from unidossier.log.proof.check import ProofFalse, Trust, check_entry, checked
from unidossier.log.proof.strict import BundleUnreadable

Record = Callable[[str, object], None]
ONE, TWO = witness("one.example/w"), witness("two.example/w")


def _first(content: bytes, *, need: int = 0) -> dict[str, dict[str, str]] | None:
    shown = {}
    try:
        for section, signed in checked(read_bundle(content), Trust()):
            if len(signed.seen) < need:
                return None
            for one in section.entries:
                check_entry(one, section)
                if one.entry:
                    shown[one.entry.number] = {name: one.entry.shown(name) or "" for name in one.entry.opened}
    except (ProofFalse, BundleUnreadable):
        return None
    return shown


def _second(content: bytes, **asked: Any) -> dict[str, dict[str, str]] | None:
    try:
        return second.verify(content, **asked)
    except second.Refused:
        return None


def _log(folder: Path, *sizes: int) -> SmallLog:
    folder.mkdir()
    made = SmallLog(folder)
    for nth, size in enumerate(sizes):
        begin = sum(sizes[:nth])
        made.add(*(written(number, listed=3 * (number % 9 == 4)) for number in range(begin, begin + size)))
        if nth == 0:
            made.cosign(ONE, TWO)
    return made


def test_the_second_verifier_knows_nothing_of_the_product() -> None:
    tree = ast.parse(Path(second.__file__).read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    assert {str(name).split(".")[0] for name in names} == {
        "base64", "hashlib", "json", "typing", "nacl", "pymerkle"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "more"), [(1, 1), (1, 7), (4, 4), (5, 3), (8, 1), (63, 70), (64, 64), (200, 100)]
)
def test_both_prove_the_same(tmp_path: Path, old: int, more: int, record_property: Record) -> None:
    log = _log(tmp_path / "log", old, more)
    content = log.bundle(sorted({0, old // 2, old - 1, old, old + more // 2, old + more - 1}))
    shown = _first(content)
    assert shown and shown == _second(content)
    assert _second(content, need=1) is None, "the newest ones only the log has signed"
    seen = log.bundle([old - 1])
    assert _second(seen, need=2) == _first(seen, need=2) != None  # noqa: E711
    assert _second(seen, witnesses=[str(ONE.verifier)], need=2) is None
    record_property("verifiers_agree", 2)


@pytest.mark.parametrize("name", FALSE)
def test_both_refuse_what_is_false(tmp_path: Path, name: str, record_property: Record) -> None:
    bundle = json.loads(_log(tmp_path / "log", 200, 100).bundle([3, 4, 250]))
    FALSE[name](bundle)
    content = json.dumps(bundle).encode()
    assert (_first(content), _second(content)) == (None, None)
    record_property("verifiers_agree", 1)


def test_both_refuse_forged_growth(tmp_path: Path, record_property: Record) -> None:
    """Whatever hash of a proof is changed, taken away or added."""
    chance = random.Random(5)
    for nth, (old, more) in enumerate(((5, 3), (64, 64), (63, 70))):
        whole = json.loads(_log(tmp_path / f"log{nth}", old, more).bundle([0, old]))
        path = whole["logs"][1]["extends"]
        for at in range(len(path)):
            other = chance.choice(
                [one for one in [*path, whole["logs"][0]["checkpoint"].split("\n")[2]] if one != path[at]]
            )
            for forged in (
                [*path[:at], other, *path[at + 1 :]],
                [*path[:at], *path[at + 1 :]],
                [*path[:at], other, *path[at:]],
            ):
                whole["logs"][1]["extends"] = forged
                content = json.dumps(whole).encode()
                assert (_first(content), _second(content)) == (None, None)
                record_property("verifiers_agree", 1)
