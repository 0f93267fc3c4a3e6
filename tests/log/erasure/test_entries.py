"""Every act of those who keep the log is an entry, permitted and refused (LOG-1, LOG-2)."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.actions.clinic import days
from tests.log.erasure.conftest import REASON, Keepers
from unidossier.actions.erase_entry import ask_erasure, decide_erasure, look_at_entry, show_keeping
from unidossier.actions.explain_restore import decide_restore, explain_restore, list_restores
from unidossier.actions.hold_entries import end_hold, lay_hold, list_holds
from unidossier.actions.keep_log import (
    decide_setting,
    drop_old_months,
    list_setting_proposals,
    preview_retention,
    propose_setting,
)
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id

Act = Callable[[Keepers, bytes], Any]
CONFIRMED = "confirmed"

# name of the verb -> the entry's verb, the act; a business refusal is an entry all the same
ACTS: dict[str, tuple[str, Act]] = {
    "look_at_entry": ("erase-entry", lambda k, s: look_at_entry(s, entry=1)),
    "show_keeping": ("erase-entry", lambda k, s: show_keeping(s)),
    "ask_erasure": (
        "erase-entry",
        lambda k, s: ask_erasure(s, request=new_id(), entry=1, ground="authority", reason=REASON),
    ),
    "decide_erasure": (
        "erase-entry",
        lambda k, s: decide_erasure(s, request=new_id(), entry=1, decision=CONFIRMED),
    ),
    "list_holds": ("hold-log", lambda k, s: list_holds(s)),
    "lay_hold": ("hold-log", lambda k, s: lay_hold(s, hold=new_id(), patient=k.patient, reason=REASON)),
    "lay_hold, of the house": (
        "hold-log",
        lambda k, s: lay_hold(s, hold=new_id(), patient=None, reason=REASON),
    ),
    "end_hold": ("hold-log", lambda k, s: end_hold(s, hold=new_id(), reason=REASON)),
    "preview_retention": ("keep-log", lambda k, s: preview_retention(s)),
    "list_setting_proposals": ("keep-log", lambda k, s: list_setting_proposals(s)),
    "propose_setting": (
        "keep-log",
        lambda k, s: propose_setting(
            s, proposal=new_id(), name="log.retention", value="9", expected="5", reason=REASON
        ),
    ),
    "decide_setting": (
        "keep-log",
        lambda k, s: decide_setting(s, proposal=new_id(), decision=CONFIRMED),
    ),
    "list_restores": ("explain-restore", lambda k, s: list_restores(s)),
    "explain_restore": (
        "explain-restore",
        lambda k, s: explain_restore(
            s,
            account=new_id(),
            restored=new_id(),
            ground="exercise",
            restored_to=days(-1),
            done_by="Jo",
            reason=REASON,
        ),
    ),
    "decide_restore": (
        "explain-restore",
        lambda k, s: decide_restore(s, account=new_id(), decision=CONFIRMED),
    ),
}


def _entries(keepers: Keepers, secret: bytes) -> list[tuple[str, bool]]:
    return keepers.world.run(
        """SELECT verb, permitted FROM log.entry WHERE verb <> 'sign-in' AND session_id =
        (SELECT id FROM gate.session WHERE secret_hash = sha256(%s)) ORDER BY id""",
        secret,
    )


@pytest.mark.parametrize("name", ACTS)
def test_an_act_of_an_officer_is_an_entry_and_a_carers_is_a_refused_one(keepers: Keepers, name: str) -> None:
    verb, act = ACTS[name]
    with suppress(ActRefused):
        act(keepers, keepers.officer)
    assert _entries(keepers, keepers.officer) == [(verb, True)]
    with pytest.raises(AccessRefused):
        act(keepers, keepers.clinic.secret)
    assert _entries(keepers, keepers.clinic.secret) == [(verb, False)]


def test_the_monthly_run_writes_an_entry_for_each_month_alone(keepers: Keepers) -> None:
    count = "SELECT count(*) FROM log.entry WHERE verb = 'month-dropped'"
    before = keepers.world.run(count)
    assert drop_old_months() == []
    assert keepers.world.run(count) == before  # with a month: test_retention.py
