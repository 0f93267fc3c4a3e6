"""A bundle is verified by itself: what is true passes, every change is found, nothing a stranger writes is more than unreadable (LOG-3)."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.log.proof.small_log import AT, MADE_AT, SmallLog, flipped, signer, witness, written
from unidossier.log.proof import verify
from unidossier.log.proof.carry import verifier
from unidossier.log.proof.make import Placed, make_bundle

KEYS = ("small.example/log",)
ONE, TWO = witness("one.example/w"), witness("two.example/w")


@pytest.fixture
def log(tmp_path: Path) -> SmallLog:
    """Two hundred entries seen by two witnesses, and a hundred that only the log has signed."""
    folder = tmp_path / "log"
    folder.mkdir()
    made = SmallLog(folder)
    made.add(*(written(number, listed=3 * (number % 10 == 7)) for number in range(200)))
    made.cosign(ONE, TWO)
    made.add(*(written(number) for number in range(200, 300)))
    return made


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., tuple[int, list[str]]]:
    """Verify bytes as the command does."""

    def run(content: bytes, *arguments: str) -> tuple[int, list[str]]:
        path = tmp_path / "bundle.json"
        path.write_bytes(content)
        parser = argparse.ArgumentParser()
        verify.add_arguments(parser)
        lines: list[str] = []
        return verify.run(parser.parse_args([str(path), *arguments]), lines.append), lines

    return run


def _file(folder: Path, name: str, *texts: object) -> str:
    path = folder / name
    path.write_text("".join(f"{text}\n" for text in texts))
    return str(path)


def test_a_bundle_is_proven_and_told_in_words(log: SmallLog, told: Any) -> None:
    status, lines = told(log.bundle([3, 7, 250]))
    assert status == 0
    assert [line.strip() for line in lines if line.startswith("  size")] == ["size      200", "size      300"]
    seen = [line for line in lines if "witnessed by" in line]
    assert len(seen) == 3 and ONE.name in seen[0] and TWO.name in seen[1] and "nobody" in seen[2]
    (line,) = [one for one in lines if "Jo Doe 3" in one]
    assert (
        "2026-11-22T05:00:03.000123Z · open-record · by Jo Doe 3, nurse · for care · rule ACD-2.work" in line
    )
    assert any("in a list" in one for one in lines)
    assert "keys come from the bundle itself" in lines[-2]
    assert lines[-1].startswith("GOOD: 3 entries")


def test_trusted_keys_and_witnesses_come_from_elsewhere(log: SmallLog, told: Any, tmp_path: Path) -> None:
    keys = _file(tmp_path, "keys", "# from the hospital's site", log.key.verifier)
    witnesses = _file(
        tmp_path, "policy", f"witness w0 {ONE.verifier} https://one.example/", "group g any w0", "quorum g"
    )
    status, lines = told(log.bundle([3]), "--keys", keys, "--witnesses", witnesses)
    assert status == 0
    assert not any("bundle itself" in line for line in lines)
    assert [ONE.name in line for line in lines if "witnessed by" in line] == [True]


def test_one_file_may_hold_the_keys_of_the_log_and_of_its_witnesses(
    log: SmallLog, told: Any, tmp_path: Path
) -> None:
    """As the page gives it; nothing is asked of the witnesses then, and it is told by whose keys they are known."""
    keys = _file(tmp_path, "keys", log.key.verifier, ONE.verifier)
    status, lines = told(log.bundle([3, 250]), "--keys", keys)
    seen = [line for line in lines if "witnessed by" in line]
    assert (status, len(seen), "bundle itself" in "".join(lines)) == (0, 2, False)
    assert ONE.name in seen[0] and "nobody" in seen[1]
    status, lines = told(log.bundle([3]), "--keys", _file(tmp_path, "keys", log.key.verifier))
    assert [
        line.endswith("(by a key that the bundle itself names)") for line in lines if "witnessed by" in line
    ] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "need", "status"),
    [("one.example/w", 1, 0), ("one.example/w", 2, 1), ("other.example/w", 1, 1), ("other.example/w", 0, 0)],
)
def test_as_many_witnesses_as_asked_for(
    log: SmallLog, told: Any, tmp_path: Path, name: str, need: int, status: int
) -> None:
    witnesses = _file(tmp_path, "witnesses", witness(name).verifier, witness(name).verifier)
    assert told(log.bundle([3]), "--witnesses", witnesses, "--need", str(need))[0] == status


def test_one_file_may_hold_all_keys_and_its_witnesses_are_counted(
    log: SmallLog, told: Any, tmp_path: Path
) -> None:
    keys = _file(tmp_path, "keys", log.key.verifier, ONE.verifier)
    assert [told(log.bundle([3]), "--keys", keys, "--need", need)[0] for need in ("0", "1", "2")] == [0, 0, 1]


def test_what_only_the_log_signed_falls_short_of_a_witness(log: SmallLog, told: Any, tmp_path: Path) -> None:
    witnesses = _file(tmp_path, "witnesses", ONE.verifier)
    status, lines = told(log.bundle([250]), "--witnesses", witnesses)
    assert status == 1
    assert lines[-1].startswith(
        "BAD: 0 witnesses have cosigned the checkpoint, and 1 are needed; new entries"
    )


def test_a_key_of_somebody_else_is_not_the_logs(log: SmallLog, told: Any, tmp_path: Path) -> None:
    for name in ("other.example/log", "small.example/lo", "small.example/log/2025"):
        status, lines = told(log.bundle([3]), "--keys", _file(tmp_path, "keys", signer(name).verifier))
        assert (status, "not signed by a key of this log" in lines[-1]) == (1, True)
    # the same secret under the name of a witness signs no checkpoint
    status, _ = told(log.bundle([3]), "--keys", _file(tmp_path, "keys", ONE.verifier))
    assert status == 1


def test_one_entry_is_asked_for(log: SmallLog, told: Any) -> None:
    number = log.entries[2026][7].number
    status, lines = told(log.bundle([3, 7]), "--entry", number)
    assert status == 0 and next(number in line for line in lines if "entry" in line)
    assert not any("Jo Doe 3" in line for line in lines)
    status, lines = told(log.bundle([3]), "--entry", number)
    assert (status, lines[-1]) == (1, f"BAD: entry {number} is not in this bundle")


def test_what_is_gone_and_what_waits_is_told(log: SmallLog, told: Any) -> None:
    gone = log.placed(5)
    content = make_bundle(
        [
            Placed(number=gone.number, year=2026, position=5, leaf=gone.leaf, gone="erased"),
            Placed(number="20261100000009999"),
        ],
        folder=log.folder,
        made_at=MADE_AT,
    )
    status, lines = told(content)
    assert status == 0
    assert any("5  erased by two people" in line for line in lines)
    assert any("not yet in the log" in line and "20261100000009999" in line for line in lines)


def test_entries_of_two_years_are_two_logs(log: SmallLog, told: Any) -> None:
    log.add(*(written(number) for number in range(5)), year=2027)
    placed = [log.placed(3), log.placed(4, year=2027)]
    status, lines = told(make_bundle(placed, folder=log.folder, made_at=MADE_AT))
    assert status == 0
    assert [line for line in lines if line.startswith("Log")] == [
        "Log small.example/log/2026",
        "Log small.example/log/2027",
    ]


Change = Callable[[dict[str, Any]], None]


def _first(bundle: dict[str, Any]) -> Any:
    return bundle["logs"][0]["entries"][0]


def _set(bundle: dict[str, Any], name: str, value: Any) -> None:
    _first(bundle)[name] = value


def _edit(bundle: dict[str, Any], name: str, edit: Callable[[Any], Any]) -> None:
    _first(bundle)[name] = edit(_first(bundle)[name])


def _field(bundle: dict[str, Any], name: str, part: str, value: str) -> None:
    _first(bundle)["fields"][name][part] = value


def _swap_fields(bundle: dict[str, Any]) -> None:
    one, other = bundle["logs"][0]["entries"][:2]
    one["fields"], other["fields"] = other["fields"], one["fields"]


def _root(bundle: dict[str, Any], at: int) -> None:
    lines = bundle["logs"][at]["checkpoint"].split("\n")
    lines[2] = flipped(lines[2])
    bundle["logs"][at]["checkpoint"] = "\n".join(lines)


def _size(bundle: dict[str, Any]) -> None:
    bundle["logs"][0]["checkpoint"] = bundle["logs"][0]["checkpoint"].replace("\n200\n", "\n201\n")


FALSE: dict[str, Change] = {
    "a value was changed": lambda b: _field(b, "person_name", "value", "Al Roe"),
    "a time was changed": lambda b: _field(b, "at", "value", "2026-11-21T05:00:03.000123Z"),
    "a key was changed": lambda b: _field(b, "verb", "key", "00" * 32),
    "values of two entries were swapped": _swap_fields,
    "a refusal became a permit": lambda b: _field(b, "permitted", "value", "false"),
    "the number was changed": lambda b: _edit(b, "entry", lambda t: t.replace('"id": "2026', '"id": "2025')),
    "a hash was changed": lambda b: _edit(
        b, "entry", lambda t: t.replace(t[80], "0" if t[80] != "0" else "1", 1)
    ),
    "a space was added": lambda b: _edit(b, "entry", lambda t: t + " "),
    "the salt was changed": lambda b: _edit(b, "salt", lambda t: ("0" if t[0] != "0" else "1") + t[1:]),
    "the position was changed": lambda b: _edit(b, "position", lambda at: at + 2),
    "the position is beyond the tree": lambda b: _set(b, "position", 200),
    "a step of the path was changed": lambda b: _edit(b, "proof", lambda p: [flipped(p[0]), *p[1:]]),
    "the path is short": lambda b: _edit(b, "proof", lambda p: p[:-1]),
    "the path is long": lambda b: _edit(b, "proof", lambda p: [*p, p[0]]),
    "the root was changed": lambda b: _root(b, 0),
    "the root of the newer one was changed": lambda b: _root(b, 1),
    "the size was changed": _size,
    "the growth was forged": lambda b: b["logs"][1].update(
        extends=[flipped(b["logs"][1]["extends"][0]), *b["logs"][1]["extends"][1:]]
    ),
    "the growth is empty": lambda b: b["logs"][1].update(extends=[]),
    "the signature was cut": lambda b: b["logs"][0].update(
        checkpoint=b["logs"][0]["checkpoint"].split("—")[0] + f"— {ONE.name} AAAAAAAAAA==\n"
    ),
    "the keys are somebody else's": lambda b: b["logs"][0].update(keys=[str(signer("x.example").verifier)]),
    "it was said to be erased": lambda b: b["logs"][0]["entries"].__setitem__(
        0, {"position": 3, "proof": _first(b)["proof"], "leaf": "00" * 32, "gone": "erased"}
    ),
}


@pytest.mark.parametrize("name", FALSE)
def test_every_change_is_found(log: SmallLog, told: Any, name: str) -> None:
    bundle = json.loads(log.bundle([3, 4, 250]))
    assert told(json.dumps(bundle).encode())[0] == 0
    FALSE[name](bundle)
    status, lines = told(json.dumps(bundle).encode())
    assert (status, lines[-1][:4]) == (1, "BAD:"), lines[-1]


UNREADABLE: dict[str, Change] = {
    "another format": lambda b: b.update(format="unidossier-log-proof/2"),
    "no logs": lambda b: b.pop("logs"),
    "an unknown name": lambda b: b.update(more=1),
    "a list for an object": lambda b: b.update(logs=[[]]),
    "a number for a text": lambda b: b["logs"][0].update(checkpoint=1),
    "no checkpoint": lambda b: b["logs"][0].update(checkpoint=""),
    "a checkpoint of nonsense": lambda b: b["logs"][0].update(checkpoint="a\nb\nc\n\n— x AAAA\n"),
    "a size of a million digits": lambda b: b["logs"][0].update(
        checkpoint=f"a\n{'9' * 10**6}\nc\n\n— x AAAAAAAA\n"
    ),
    "a truth for a position": lambda b: _set(b, "position", True),
    "a position below nothing": lambda b: _set(b, "position", -1),
    "a position without end": lambda b: _set(b, "position", 2**80),
    "a text in the path": lambda b: _set(b, "proof", ["?"]),
    "a short hash in the path": lambda b: _set(b, "proof", ["AAAA"]),
    "an endless path": lambda b: _edit(b, "proof", lambda p: p * 64),
    "upper-case salt": lambda b: _edit(b, "salt", str.upper),
    "no salt": lambda b: _first(b).pop("salt"),
    "erased and yet there": lambda b: _set(b, "gone", "erased"),
    "gone for no known reason": lambda b: b["logs"][0]["entries"].__setitem__(
        0, {"position": 3, "proof": [], "leaf": "00" * 32, "gone": "fun"}
    ),
    "an entry that is no JSON": lambda b: _set(b, "entry", "{"),
    "an entry of lists": lambda b: _set(b, "entry", "[" * 50_000 + "]" * 50_000),
    "an entry of another version": lambda b: _edit(b, "entry", lambda t: t.replace('"v": 1', '"v": 2')),
    "an entry with a field twice": lambda b: _edit(
        b, "entry", lambda t: t.replace('{"at"', '{"verb": null, "at"')
    ),
    "a field that the entry lacks": lambda b: _first(b)["fields"].update(
        height={"value": "1", "key": "00" * 32}
    ),
    "a field without its key": lambda b: _first(b)["fields"]["at"].pop("key"),
    "a field with half a sign": lambda b: _field(b, "person_name", "value", "\ud800"),
    "one position twice": lambda b: b["logs"][0]["entries"].append(_first(b)),
    "no word on growth": lambda b: b["logs"][1].pop("extends"),
    "growth of nothing": lambda b: b["logs"][0].update(extends=[]),
    "a tree that shrinks": lambda b: b.update(logs=b["logs"][::-1]),
    "a key that is none": lambda b: b["logs"][0].update(keys=["x+00000000+AAAA"]),
    "waiting for objects": lambda b: b.update(waiting=[{}]),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_law_allows_is_unreadable(log: SmallLog, told: Any, name: str) -> None:
    bundle = json.loads(log.bundle([3, 4, 250]))
    UNREADABLE[name](bundle)
    status, lines = told(json.dumps(bundle).encode())
    assert (status, lines[-1][:11], len(lines)) == (2, "UNREADABLE:", 1), lines


HOSTILE = {
    "nothing": b"",
    "not JSON": b"hello",
    "not UTF-8": b'{"format": "\xff"}',
    "deep": b"[" * 500_000,
    "deep objects": b'{"a":' * 200_000,
    "a name twice": b'{"format": "a", "format": "unidossier-log-proof/1"}',
    "a fraction": b'{"format": 1.5}',
    "not a number": b'{"format": NaN}',
    "a number of a million digits": b'{"format": ' + b"9" * 10**6 + b"}",
    "only a list": b"[1]",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_unreadable(told: Any, name: str) -> None:
    status, lines = told(HOSTILE[name])
    assert (status, lines[-1][:11], len(lines)) == (2, "UNREADABLE:", 1)


def test_a_cut_bundle_is_unreadable_wherever_it_was_cut(log: SmallLog, told: Any) -> None:
    content = log.bundle([3])
    for length in range(1, len(content), 97):
        assert told(content[:length])[0] == 2


def test_every_byte_counts(log: SmallLog, told: Any) -> None:
    """A bundle of which one byte was changed never passes for another one: it is bad, unreadable, or says the same."""
    content = log.bundle([3])
    said = told(content)[1]
    changed = 0
    for at in range(0, len(content), 7):
        status, lines = told(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        shown = [line for line in lines if "Jo Doe" in line]
        if status == 0:
            assert shown == [line for line in said if "Jo Doe" in line]
        changed += status != 0
    assert changed > len(content) / 7 * 0.8


def test_a_bundle_cannot_steer_the_terminal(log: SmallLog, told: Any) -> None:
    log.add(written(300, person_name="x\x1b[2J\nGOOD: all entries\u202e"))
    status, lines = told(log.bundle([300]))
    assert status == 0
    (line,) = [one for one in lines if "GOOD: all" in one]
    assert "\x1b" not in line and "\n" not in line and "\u202e" not in line and line.startswith(" ")


@pytest.mark.parametrize(
    "arguments", [["--keys", "nowhere"], ["--witnesses", "."], ["--need", "1"], ["--need", "-1"]]
)
def test_a_wrong_question_is_told(log: SmallLog, told: Any, arguments: list[str]) -> None:
    status, lines = told(log.bundle([3]), *arguments)
    assert (status, lines[-1][:11]) == (2, "UNREADABLE:")


def test_the_verifier_is_carried_to_another_computer(log: SmallLog, tmp_path: Path) -> None:
    """One file, Python and `cryptography`: no module of ours, of Django or of a database is loaded from elsewhere."""
    program = tmp_path / "verify.pyz"
    program.write_bytes(verifier())
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(log.bundle([3, 250]))
    code = (
        "import runpy, sys\nsys.argv = sys.argv[1:]\n"
        "try:\n    runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "finally:\n"
        "    alien = {n.split('.')[0] for n, m in sys.modules.items() if 'site-packages' in (getattr(m, '__file__', '') or '')}\n"
        "    ours = [m.__file__ for n, m in sys.modules.items() if n.startswith('unidossier')]\n"
        "    print(sorted(alien - {'_distutils_hack'}), all('verify.pyz' in (f or '') for f in ours), len(ours))\n"
    )

    def run(path: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, str(program), str(path)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )

    good = run(bundle)
    assert good.returncode == 0, good.stderr
    *_, verdict, loaded = good.stdout.splitlines()
    assert verdict.startswith("GOOD: 2 entries")
    assert loaded.startswith(("['_cffi_backend', 'cryptography'] True", "['cryptography'] True"))
    assert run(tmp_path / "nothing.json").returncode == 2
    bundle.write_bytes(bundle.read_bytes().replace(b"Jo Doe 3", b"Al Roe 3"))
    assert run(bundle).returncode == 1


def test_the_same_verifier_is_the_same_file() -> None:
    first = verifier()
    verifier.cache_clear()
    assert verifier() == first


def test_the_time_a_witness_saw_is_told(log: SmallLog, told: Any) -> None:
    _, lines = told(log.bundle([3]))
    assert any("2027-01-15 08:00:00 UTC" in line for line in lines if ONE.name in line), AT
