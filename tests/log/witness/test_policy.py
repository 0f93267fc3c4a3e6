"""The trust policy of a log, as c2sp.org/tlog-policy writes it (LOG-3)."""

from itertools import chain, combinations

import pytest

from tests.log.witness.written_log import new_signer
from unidossier.log.tree.note import COSIGNATURE, Note
from unidossier.log.witness.policy import Policy, PolicyUnreadable

KEYS = {
    name: new_signer(f"{name}.example", kind=COSIGNATURE) for name in ("X1", "X2", "X3", "Y1", "Y2", "Y3")
}
WITNESSES = "".join(f"witness\t{name}  {key.verifier} http://{name}.example/\n" for name, key in KEYS.items())
TWO_LEVELS = f"""# of the specification
log {new_signer().verifier}

{WITNESSES}
  group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def test_groups_of_groups_are_met_by_exactly_the_sets_that_they_say() -> None:
    policy = Policy.parse(TWO_LEVELS)
    every = chain.from_iterable(combinations(KEYS, size) for size in range(7))
    for names in map(set, every):
        expected = len(names & {"X1", "X2", "X3"}) >= 2 and bool(names & {"Y1", "Y2", "Y3"})
        assert policy.is_met_by(names) is expected


def test_met_at_is_when_the_last_one_needed_had_cosigned() -> None:
    policy = Policy.parse(f"{WITNESSES}group two 2 X1 X2 X3\nquorum two\n")
    assert policy.met_at({"X1": 100, "X2": 300, "X3": 200}) == 200
    assert policy.met_at({"X1": 100, "Y1": 300}) is None
    assert policy.met_at({}) is None


def test_one_witness_can_be_the_quorum_and_nobody_can_be_asked() -> None:
    assert Policy.parse(f"{WITNESSES}quorum X1\n").is_met_by({"X1"})
    assert not Policy.parse(f"{WITNESSES}quorum X1\n").is_met_by({"X2"})
    nobody = Policy.parse("quorum none\n")
    assert nobody.asks_nobody()
    assert not nobody.is_met_by({"X1"})  # no checkpoint of it is ever called witnessed


def test_no_file_asks_nobody(tmp_path) -> None:
    assert Policy.read(tmp_path / "policy").asks_nobody()


def test_only_cosignatures_by_keys_of_the_policy_count() -> None:
    policy = Policy.parse(f"{WITNESSES}quorum X1\n")
    text = "dossier.example/log/2026\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    stranger = new_signer("X2.example", kind=COSIGNATURE)  # claims the name of a witness
    signed = KEYS["X1"].sign(text, at=77) + stranger.sign(text, at=78) + new_signer().sign(text)
    assert policy.signed_by(Note.parse(f"{text}\n{signed}")) == {"X1": 77}
    other = text.replace("\n0\n", "\n1\n")
    assert policy.signed_by(Note.parse(f"{other}\n{KEYS['X1'].sign(text, at=77)}")) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        WITNESSES,
        "quorum X1\n",
        f"quorum X1\n{WITNESSES}",
        f"{WITNESSES}quorum none\nquorum none\n",
        f"{WITNESSES}quorum X1 X2\n",
        f"{WITNESSES}group two 3 X1 X2\nquorum two\n",
        f"{WITNESSES}group two 0 X1 X2\nquorum two\n",
        f"{WITNESSES}group two all\nquorum two\n",
        f"{WITNESSES}group two all X1 Z9\nquorum two\n",
        f"{WITNESSES}group two all X1 X1\nquorum two\n",
        f"{WITNESSES}group a all X1\ngroup b all X1 a\nquorum b\n",
        f"{WITNESSES}group X1 all X2\nquorum X1\n",
        f"{WITNESSES}group none all X2\nquorum none\n",
        f"{WITNESSES}witness Z {KEYS['X1'].verifier}\nquorum X1\n",
        f"log {KEYS['X1'].verifier}\nquorum none\n",
        f"witness X {new_signer().verifier}\nquorum none\n",
        "witness X not-a-key\nquorum none\n",
        f"{WITNESSES}who X1\nquorum X1\n",
    ],
    ids=range(19),  # keys are made anew in each process of a run
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyUnreadable):
        Policy.parse(text)
