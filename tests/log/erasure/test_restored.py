"""LOG-3: a restore that the log noticed is an alarm until two people have explained it, each with a fresh second factor; the explanation is an entry."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.log.erasure.conftest import Keepers, code_of
from unidossier.actions.explain_restore import decide_restore, explain_restore, list_restores
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Ask
from unidossier.kernel.uuid7 import new_id
from unidossier.log import missing

REASON = "The disk of the second server broke"


def _explain(keepers: Keepers, restored: UUID, *, secret: bytes | None = None, **changes: Any) -> UUID:
    told: dict[str, Any] = {
        "account": new_id(),
        "ground": "hardware",
        "restored_to": days(-1),
        "done_by": "Night shift of the computer centre",
        "reason": REASON,
    } | changes
    explain_restore(secret or keepers.officer, restored=restored, **told)
    return told["account"]


def _of(keepers: Keepers, restored: UUID) -> dict[str, Any]:
    (line,) = [one for one in list_restores(keepers.officer).noticed if one["id"] == restored]
    return line


def _noticed(keepers: Keepers) -> UUID:
    keepers.opened()
    return keepers.lost()


def test_two_people_explain_it_and_that_is_an_entry(keepers: Keepers) -> None:
    restored = _noticed(keepers)
    assert _of(keepers, restored)["explained_entry"] is None
    account = _explain(keepers, restored)
    _explain(keepers, restored, account=account)  # sent twice
    assert _of(keepers, restored)["explained_entry"] is None  # one alone ends no alarm
    decide_restore(keepers.security, account=account, decision="confirmed")
    told = keepers.last("log-restored")
    assert _of(keepers, restored)["explained_entry"] == told
    entry = keepers.row(told)
    detail = entry["detail"]
    assert (detail["restored"], detail["lost"], detail["ground"], detail["reason"]) == (
        str(restored),
        4,
        "hardware",
        REASON,
    )
    assert detail["done_by"] and detail["restored_to"]
    assert entry["person_id"] == str(keepers.security_worker.person)
    assert keepers.row(int(detail["explained"]))["person_id"] == str(keepers.officer_worker.person)
    assert keepers.row(int(detail["confirmed"]))["verb"] == "explain-restore"


def test_noticing_is_an_entry_and_a_task_of_those_who_may_explain(keepers: Keepers) -> None:
    restored = _noticed(keepers)
    assert keepers.row(keepers.last("restore-noticed"))["detail"]["restored"] == str(restored)
    tasks = "SELECT function, state, outcome FROM cases.task WHERE subject_id = %s AND institution_id = %s ORDER BY function"
    at_home = (restored, keepers.clinic.id)
    assert keepers.world.run(tasks, *at_home) == [
        ("data-protection-officer", "open", ""),
        ("security-officer", "open", ""),
    ]
    decide_restore(keepers.security, account=_explain(keepers, restored), decision="confirmed")
    assert keepers.world.run(tasks, *at_home) == [
        ("data-protection-officer", "done", "explained"),
        ("security-officer", "done", "explained"),
    ]


def test_both_need_a_fresh_second_factor_and_are_two(keepers: Keepers) -> None:
    restored = _noticed(keepers)
    desk = {"face": "desk", "purpose": "governance", "strong_age_s": 301}
    with pytest.raises(ActRefused) as first:
        _explain(keepers, restored, secret=keepers.world.session(keepers.officer_worker, **desk))
    assert code_of(first) == "not-fresh"
    account = _explain(keepers, restored)
    with pytest.raises(ActRefused) as second:
        decide_restore(
            keepers.world.session(keepers.security_worker, **desk), account=account, decision="confirmed"
        )
    assert code_of(second) == "not-fresh"
    with pytest.raises(ActRefused) as alone:
        decide_restore(keepers.officer, account=account, decision="confirmed")
    assert code_of(alone) == "same-officer"
    same = keepers.world.worker("security-officer", keepers.clinic.id, human=keepers.officer_worker.person)
    with pytest.raises(ActRefused) as twin:
        decide_restore(
            keepers.world.session(same, face="desk", purpose="governance"),
            account=account,
            decision="confirmed",
        )
    assert code_of(twin) == "same-officer"
    assert _of(keepers, restored)["explained_entry"] is None
    decide_restore(keepers.security, account=account, decision="confirmed")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ground": "fate"}, "no-such-ground"),
        ({"reason": "oops"}, "reason-missing"),
        ({"done_by": " "}, "who-missing"),
        ({"restored_to": days(2)}, "date-not-possible"),
        ({"restored_to": datetime(1, 1, 1, 9, tzinfo=UTC)}, "date-not-possible"),
    ],
)
def test_an_account_says_what_when_and_who(keepers: Keepers, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ActRefused) as refused:
        _explain(keepers, _noticed(keepers), **changes)
    assert code_of(refused) == code


def test_a_refused_account_may_be_written_anew_and_an_explained_one_not(keepers: Keepers) -> None:
    restored = _noticed(keepers)
    first = _explain(keepers, restored)
    with pytest.raises(ActRefused) as twice:
        _explain(keepers, restored)
    assert code_of(twice) == "asked-already"
    decide_restore(keepers.security, account=first, decision="refused", words="It was the first server")
    decide_restore(keepers.security, account=_explain(keepers, restored), decision="confirmed")
    with pytest.raises(ActRefused) as late:
        _explain(keepers, restored)
    assert code_of(late) == "done-already"
    with pytest.raises(ActRefused) as unknown:
        _explain(keepers, new_id())
    assert code_of(unknown) == "no-such-restore"


def test_every_patient_may_know_the_window_and_nobody_is_named(keepers: Keepers) -> None:
    """Whose accesses were lost cannot be known: it is told to everybody, with the time in which they were made."""
    before = keepers.opened()
    restored = keepers.lost()
    stranger = keepers.world.patient()
    lines = door.read(
        keepers.world.own_session(stranger), Ask(verb="who-looked", patient=stranger), missing.lost()
    ).rows[0]
    (line,) = [one for one in lines if one["id"] == restored]
    assert line["lost"] == 4
    assert isinstance(line["until"], datetime) and (line["since"] is None or line["since"] <= line["until"])
    assert before and set(line) == {
        *(
            "id",
            "year",
            "from_position",
            "to_position",
            "lost",
            "noticed_at",
            "explained_entry",
            "since",
            "until",
        ),
    }


def test_others_of_the_desk_do_not_explain(keepers: Keepers) -> None:
    restored = _noticed(keepers)
    director = keepers.world.worker("medical-director", keepers.clinic.id)
    secret = keepers.world.session(director, face="desk", purpose="governance")
    for refused in (lambda: list_restores(secret), lambda: _explain(keepers, restored, secret=secret)):
        with pytest.raises(AccessRefused):
            refused()
    _explain(keepers, restored)
