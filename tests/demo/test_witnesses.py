"""The two witnesses of the demo: their keys stay, the policy asks for both, and they trust the log of this home (LOG-3)."""

from pathlib import Path

import pytest

from tests.log.witness.written_log import new_signer
from unidossier.database.home import Home
from unidossier.demo.witnesses import LOG_NAME, prepare_witnesses
from unidossier.log.witness.policy import Policy
from unidossier.log.witness.trust import Trust


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("UNIDOSSIER_LOG", raising=False)
    monkeypatch.delenv("UNIDOSSIER_SIGNING", raising=False)
    return Home(tmp_path).prepare()


def test_their_keys_stay_and_the_policy_asks_for_both(home: Home) -> None:
    first, second = prepare_witnesses(home), prepare_witnesses(home)
    assert [one.verifier for one in first] == [one.verifier for one in second]
    policy = Policy.read(home.log_folder / "policy")
    assert {one.name: (one.verifier, one.url) for one in policy.witnesses} == {
        one.name: (one.verifier, one.url) for one in second
    }
    assert policy.is_met_by({"witness-1", "witness-2"})
    assert not policy.is_met_by({"witness-1"})
    assert not policy.is_met_by({"witness-2"})


@pytest.mark.parametrize("name", [None, "older.example/log"])
def test_they_watch_the_log_of_this_home(home: Home, name: str | None) -> None:
    if name:
        home.log_folder.mkdir()
        (home.log_folder / "keys").write_text(f"# of this log\n{new_signer(name).verifier}\n")
    for one in prepare_witnesses(home):
        trust = Trust.parse(one.arguments[one.arguments.index("--log") + 1])
        assert trust.covers(f"{name or f'{LOG_NAME}/log'}/2026")
        assert trust.file == home.log_folder / "keys"
