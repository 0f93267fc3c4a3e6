"""What a witness cosigns and what it refuses (LOG-3; c2sp.org/tlog-witness), each refusal beside its permit."""

import base64
import copy
from pathlib import Path

import pytest

from tests.log.witness.written_log import NAME, WrittenLog, new_signer
from unidossier.log.tree.note import COSIGNATURE, Checkpoint, Note
from unidossier.log.witness.judge import SIZE, Answer, Witness
from unidossier.log.witness.memory import Memory, MemoryLost, WitnessRuns, origin_hash
from unidossier.log.witness.request import AddCheckpoint
from unidossier.log.witness.trust import Trust


def cosigned(witness: Witness, log: WrittenLog, answer: Answer) -> int:
    """The instant of the cosignature over the log's newest checkpoint."""
    assert answer.status == 200, answer.body
    text = Note.parse(log.signed()).text
    return Note.parse(f"{text}\n{answer.body}").signed_at(witness.verifier)


def test_what_extends_the_known_tree_is_cosigned_with_the_time(witness: Witness, log: WrittenLog) -> None:
    assert cosigned(witness, log, witness.add_checkpoint(bytes(log.request(0)))) == 1_790_000_000
    for by in (1, 2, 300, 65_000):
        old = log.frontier.size
        log.grow(by)
        assert cosigned(witness, log, witness.add_checkpoint(bytes(log.request(old)))) == 1_790_000_000


def test_the_same_checkpoint_again_is_cosigned_again(witness: Witness, log: WrittenLog) -> None:
    witness.add_checkpoint(bytes(log.request(0)))
    cosigned(witness, log, witness.add_checkpoint(bytes(log.request(5))))


def test_a_replayed_request_and_an_older_checkpoint_are_told_the_size(
    witness: Witness, log: WrittenLog
) -> None:
    first = bytes(log.request(0))
    witness.add_checkpoint(first)
    log.grow(4)
    witness.add_checkpoint(bytes(log.request(5)))
    assert witness.add_checkpoint(first) == Answer(409, "9\n", SIZE)
    assert witness.add_checkpoint(bytes(log.request(0))) == Answer(409, "9\n", SIZE)
    cosigned(witness, log, witness.add_checkpoint(bytes(log.request(9))))


def test_an_operator_who_holds_the_key_and_rewrites_is_refused(
    witness: Witness, log: WrittenLog, tmp_path: Path
) -> None:
    witness.add_checkpoint(bytes(log.request(0)))
    forked = WrittenLog(tmp_path / "forked", log.signer)
    forked.grow(3)
    forked.grow(6, mark="another entry")
    log.grow(4)
    refused = witness.add_checkpoint(bytes(forked.request(5)))
    assert (refused.status, refused.kind) == (422, "text/plain; charset=utf-8")
    forked_short = WrittenLog(tmp_path / "short", log.signer, mark="another entry")
    forked_short.grow(5)
    assert witness.add_checkpoint(bytes(forked_short.request(5))).status == 422  # of the same size
    cosigned(witness, log, witness.add_checkpoint(bytes(log.request(5))))
    assert [path.read_bytes() for path in sorted((tmp_path / "witness/evidence").iterdir())] == [
        bytes(forked.request(5)),
        bytes(forked_short.request(5)),
    ]


def test_no_proof_of_another_way_is_taken(witness: Witness, log: WrittenLog) -> None:
    witness.add_checkpoint(bytes(log.request(0)))
    log.grow(20)
    honest = log.request(5)
    lines = [*honest.proof]
    for proof in (lines[1:], lines[:-1], [*lines, lines[0]], lines[::-1], [], [b"\0" * 32, *lines[1:]]):
        forged = AddCheckpoint(old=5, proof=tuple(proof), note=honest.note, checkpoint=honest.checkpoint)
        assert witness.add_checkpoint(bytes(forged)).status == 422
    cosigned(witness, log, witness.add_checkpoint(bytes(honest)))


def test_a_first_checkpoint_needs_no_proof_and_may_bring_none(witness: Witness, log: WrittenLog) -> None:
    honest = log.request(0)
    with_proof = AddCheckpoint(old=0, proof=(b"\1" * 32,), note=honest.note, checkpoint=honest.checkpoint)
    assert witness.add_checkpoint(bytes(with_proof)).status == 422
    cosigned(witness, log, witness.add_checkpoint(bytes(honest)))


@pytest.mark.parametrize(
    ("root", "status"), [(None, 200), (b"\7" * 32, 422)], ids=["of nothing", "of something"]
)
def test_an_empty_log_has_the_root_of_nothing(
    witness: Witness, log: WrittenLog, root: bytes | None, status: int
) -> None:
    empty = WrittenLog(log.folder, log.signer, year=2027)
    checkpoint = Checkpoint(empty.origin, 0, root or empty.frontier.root())
    body = f"old 0\n\n{checkpoint.signed(log.signer)}".encode()
    assert witness.add_checkpoint(body).status == status


def test_an_unknown_log_is_not_found_and_an_unknown_key_forbidden(
    witness: Witness, log: WrittenLog, tmp_path: Path
) -> None:
    stranger = new_signer()
    assert witness.add_checkpoint(bytes(log.request(0, stranger))).status == 403
    other = WrittenLog(tmp_path / "other", log.signer, year=20261)
    other.grow(1)
    assert witness.add_checkpoint(bytes(other.request(0))).status == 404
    cosigned(witness, log, witness.add_checkpoint(bytes(log.request(0, stranger, log.signer))))


def test_a_signature_that_claims_a_known_key_and_fails_is_forbidden(
    witness: Witness, log: WrittenLog
) -> None:
    honest = log.request(0)
    name, key, signed = honest.note.signatures[0]
    bad = (name, key, signed[:-1] + bytes([signed[-1] ^ 1]))
    for lines in ((bad,), (bad, honest.note.signatures[0]), (honest.note.signatures[0], bad)):
        note = Note(honest.note.text, lines)
        body = bytes(AddCheckpoint(old=0, proof=(), note=note, checkpoint=honest.checkpoint))
        assert witness.add_checkpoint(body).status == 403
    cosigned(witness, log, witness.add_checkpoint(bytes(honest)))


def test_each_year_is_a_log_of_its_own_and_begins_at_nothing(witness: Witness, log: WrittenLog) -> None:
    witness.add_checkpoint(bytes(log.request(0)))
    following = WrittenLog(log.folder, log.signer, year=2027)
    following.grow(2)
    assert witness.add_checkpoint(bytes(following.request(1))) == Answer(409, "0\n", SIZE)
    cosigned(witness, following, witness.add_checkpoint(bytes(following.request(0))))
    cosigned(witness, log, witness.add_checkpoint(bytes(log.request(5))))


def test_a_rotated_key_is_believed_when_the_file_of_keys_names_it(
    memory: Memory, log: WrittenLog, tmp_path: Path
) -> None:
    file, fresh = tmp_path / "keys", new_signer()
    file.write_text(f"# the first\n{log.signer.verifier}\n")
    witness = Witness(memory, (Trust.parse(f"{NAME}/log/*=@{file}"),))
    assert witness.add_checkpoint(bytes(log.request(0))).status == 200
    log.grow(1)
    assert witness.add_checkpoint(bytes(log.request(5, fresh))).status == 403
    file.write_text(f"{log.signer.verifier} # until spring\n{fresh.verifier}\n")
    assert witness.add_checkpoint(bytes(log.request(5, fresh))).status == 200
    file.unlink()
    assert witness.add_checkpoint(bytes(log.request(6))).status == 403


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"",
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0", b"old \xd9\xa3"),
        lambda body: body.replace(b"old 0", b"old 99999999999999999999"),
        lambda body: body.replace(b"old 0", b"size 0"),
        lambda body: body.replace(b"old 0", b"old 6"),  # more than the checkpoint has
        lambda body: body.replace(b"old 0\n", b"old 0\nshort\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + base64.b64encode(b"\0" * 31) + b"\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + (base64.b64encode(b"\0" * 32) + b"\n") * 64),
        lambda body: body.replace(b"\n\n", b"\n"),
        lambda body: body[:-1],
        lambda body: body.replace(b"\n5\n", b"\n05\n"),
        lambda body: body + b"\xff\n",
        lambda body: body + b"x" * (1 << 17),
    ],
)
def test_what_is_malformed_is_a_bad_request(witness: Witness, log: WrittenLog, spoil) -> None:
    body = bytes(log.request(0))
    assert spoil(body) != body
    assert witness.add_checkpoint(spoil(body)).status == 400
    assert witness.add_checkpoint(body).status == 200


def test_the_newest_is_shown_with_both_signatures_and_nothing_else_is(
    witness: Witness, log: WrittenLog
) -> None:
    hashed = origin_hash(log.origin)
    assert witness.newest(hashed).status == 404
    stranger = new_signer()
    witness.add_checkpoint(bytes(log.request(0, stranger, log.signer)))
    note = Note.parse(witness.newest(hashed).body)
    assert note.text == Note.parse(log.signed()).text
    assert [line[0] for line in note.signatures] == [f"{NAME}/log", "witness.example"]
    note.signed_at(log.signer.verifier)
    note.signed_at(witness.verifier)
    for other in ("0" * 64, "../key", f"../logs/{hashed}", hashed.upper()):
        assert witness.newest(other).status == 404


def test_the_memory_survives_and_two_cannot_share_it(log: WrittenLog, trust: Trust, tmp_path: Path) -> None:
    folder = tmp_path / "another"
    first = Memory(folder, name="w.example")
    before = Witness(first, (trust,))
    assert before.add_checkpoint(bytes(log.request(0))).status == 200
    with pytest.raises(WitnessRuns):
        Memory(folder)
    first.close()
    second = Memory(folder)
    after = Witness(second, (trust,))
    assert after.verifier == before.verifier
    assert after.add_checkpoint(bytes(log.request(0))).status == 409
    second.close()


def test_a_witness_that_lost_or_changed_its_memory_cosigns_nothing(
    log: WrittenLog, trust: Trust, tmp_path: Path
) -> None:
    folder = tmp_path / "another"
    memory = Memory(folder, name="w.example")
    witness = Witness(memory, (trust,))
    witness.add_checkpoint(bytes(log.request(0)))
    stored = folder / "logs" / origin_hash(log.origin)
    content = stored.read_bytes()
    for damaged in (b"", content.replace(b"\n5\n", b"\n0\n"), content[: content.rindex("—".encode())]):
        stored.write_bytes(damaged)
        assert witness.add_checkpoint(bytes(log.request(5))).status == 500
        assert witness.newest(stored.name).status == 500
    stored.write_bytes(content)
    assert witness.add_checkpoint(bytes(log.request(5))).status == 200
    memory.close()
    stored.unlink()
    stored.parent.rmdir()
    with pytest.raises(MemoryLost):
        Memory(folder)


def test_what_was_stored_of_another_log_is_not_taken_for_this_one(
    witness: Witness, log: WrittenLog, tmp_path: Path
) -> None:
    following = copy.copy(log)
    following.year = 2027
    witness.add_checkpoint(bytes(log.request(0)))
    logs = tmp_path / "witness/logs"
    (logs / origin_hash(following.origin)).write_bytes((logs / origin_hash(log.origin)).read_bytes())
    assert witness.newest(origin_hash(following.origin)).status == 500


def test_a_key_of_a_witness_signs_no_log(log: WrittenLog) -> None:
    witness_key = new_signer(kind=COSIGNATURE).verifier
    with pytest.raises(Exception, match="a key of a witness, not of a log"):
        Trust.parse(f"{NAME}/log/*={witness_key}")
