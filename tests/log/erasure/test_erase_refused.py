"""LOG-4: what stands against an erasure, and who may be the second; each refusal beside its permit."""

from typing import Any

import pytest

from tests.actions.clinic import days
from tests.gate.reader import GLASS
from tests.log.erasure.conftest import REASON, Keepers, code_of
from unidossier.actions.erase_entry import ask_erasure, decide_erasure, look_at_entry, show_keeping
from unidossier.actions.hold_entries import end_hold, lay_hold, list_holds
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Ask
from unidossier.kernel.uuid7 import new_id

# the law as a table: what stands against it -> the code; each was possible a moment before


def _in_no_tree(keepers: Keepers, entry: int) -> None:
    keepers.world.run("DELETE FROM log.leaf WHERE entry_id = %s", entry)


def _gathered(keepers: Keepers, entry: int) -> None:
    task = new_id()
    keepers.world.run(
        """INSERT INTO cases.task (id, institution_id, function, kind, due_at, entry_id) VALUES (%s, %s, 'medical-director', 'case', now(), 0)""",
        task,
        keepers.clinic.id,
    )
    keepers.world.run(
        "INSERT INTO cases.gathered (task_id, entry_id, made_by) VALUES (%s, %s, %s)", task, entry, new_id()
    )


def _asked_about(keepers: Keepers, entry: int) -> None:
    keepers.world.run(
        """INSERT INTO cases.task (id, institution_id, function, kind, patient_id, person_id, due_at, entry_id)
        VALUES (gen_random_uuid(), %s, 'ombuds', 'unknown-person', %s, %s, now(), 0)""",
        keepers.clinic.id,
        keepers.patient,
        keepers.clinic.physician.person,
    )


def _on_hold(keepers: Keepers, entry: int) -> None:
    lay_hold(keepers.security, hold=new_id(), patient=keepers.patient, reason="Dispute before the court")


def _house_on_hold(keepers: Keepers, entry: int) -> None:
    lay_hold(keepers.security, hold=new_id(), patient=None, reason="Inspection by the authority")


def _of_the_officer(keepers: Keepers, entry: int) -> None:
    """The officer's own human being, under another entry of the registry (EXC-6)."""
    keepers.world.run(
        "UPDATE registry.person SET human_id = %s WHERE id = %s",
        keepers.officer_worker.person,
        keepers.clinic.physician.person,
    )


def _about_the_officer(keepers: Keepers, entry: int) -> None:
    keepers.world.person(human=keepers.officer_worker.person, professional=False, patient=keepers.patient)


def _of_another_house(keepers: Keepers, entry: int) -> None:
    keepers.world.run(
        "UPDATE log.entry SET institution_id = %s WHERE id = %s", keepers.world.institution(), entry
    )


def _of_the_log(keepers: Keepers, entry: int) -> None:
    keepers.world.run("UPDATE log.entry SET verb = 'log-restored' WHERE id = %s", entry)


AGAINST = {
    "not-in-tree": _in_no_tree,
    "in-a-case": _gathered,
    "in-a-case, about the same person": _asked_about,
    "on-hold": _on_hold,
    "on-hold, the whole house": _house_on_hold,
    "own-entry": _of_the_officer,
    "own-entry, as the patient": _about_the_officer,
    "no-such-entry": _of_another_house,
    "keeps-the-log": _of_the_log,
}


@pytest.mark.parametrize("name", AGAINST)
def test_what_stands_against_it_refuses_the_asking(keepers: Keepers, name: str) -> None:
    entry, other = keepers.opened(), keepers.opened()
    keepers.ask(other)  # its twin: nothing stands against it
    AGAINST[name](keepers, entry)
    with pytest.raises(ActRefused) as refused:
        keepers.ask(entry)
    assert code_of(refused) == name.partition(",")[0]
    seen = look_at_entry(keepers.officer, entry=entry)
    assert (seen["hindrance"] if seen else "no-such-entry") == code_of(refused)


@pytest.mark.parametrize("name", [one for one in AGAINST if not one.startswith("own-entry")])
def test_what_comes_meanwhile_refuses_the_confirming(keepers: Keepers, name: str) -> None:
    entry = keepers.opened()
    request = keepers.ask(entry)
    AGAINST[name](keepers, entry)
    before = keepers.row(entry)
    with pytest.raises(ActRefused) as refused:
        decide_erasure(keepers.security, request=request, entry=entry, decision="confirmed")
    assert code_of(refused) == name.partition(",")[0]
    assert keepers.row(entry) == before


def test_the_second_is_never_the_first_nor_concerned(keepers: Keepers) -> None:
    entry = keepers.opened()
    request = keepers.ask(entry)
    for secret in (keepers.officer, _same_human(keepers, "security-officer")):
        with pytest.raises(ActRefused) as refused:
            decide_erasure(secret, request=request, entry=entry, decision="confirmed")
        assert code_of(refused) == "same-officer"
    keepers.world.run(
        "UPDATE registry.person SET human_id = %s WHERE id = %s",
        keepers.security_worker.person,
        keepers.clinic.physician.person,
    )
    with pytest.raises(ActRefused) as own:
        decide_erasure(keepers.security, request=request, entry=entry, decision="confirmed")
    assert code_of(own) == "own-entry"
    elsewhere = keepers.world.worker("data-protection-officer", keepers.world.institution())
    with pytest.raises(ActRefused) as foreign:
        decide_erasure(_desk(keepers, elsewhere), request=request, entry=entry, decision="confirmed")
    assert code_of(foreign) == "not-second"
    second = keepers.world.worker("data-protection-officer", keepers.clinic.id)
    decide_erasure(_desk(keepers, second), request=request, entry=entry, decision="confirmed")
    assert keepers.row(entry)["verb"] == "erased"


def _desk(keepers: Keepers, worker: Any, **claims: Any) -> bytes:
    return keepers.world.session(worker, face="desk", purpose="governance", **claims)


def _same_human(keepers: Keepers, function: str) -> bytes:
    return _desk(
        keepers, keepers.world.worker(function, keepers.clinic.id, human=keepers.officer_worker.person)
    )


def test_where_nobody_else_is_the_officers_of_the_network_may_be_the_second(keepers: Keepers) -> None:
    keepers.world.run(
        "UPDATE registry.employment SET until_at = now() WHERE id = %s", keepers.security_worker.employment
    )
    house = keepers.world.institution()
    other = keepers.world.worker("data-protection-officer", house)
    entry = keepers.opened()
    request = keepers.ask(entry)
    ((count,),) = keepers.world.run(
        "SELECT count(*) FROM cases.task WHERE subject_id = %s AND institution_id = %s", request, house
    )
    assert count == 1
    decide_erasure(_desk(keepers, other), request=request, entry=entry, decision="confirmed")
    assert keepers.row(entry)["verb"] == "erased"


@pytest.mark.parametrize("stale", ["first", "second"])
def test_both_need_a_second_factor_of_the_last_five_minutes(keepers: Keepers, stale: str) -> None:
    entry = keepers.opened()
    old_officer = _desk(keepers, keepers.officer_worker, strong_age_s=301)
    old_security = _desk(keepers, keepers.security_worker, strong_age_s=301)
    with pytest.raises(ActRefused) as refused:
        if stale == "first":
            keepers.ask(entry, secret=old_officer)
        else:
            decide_erasure(old_security, request=keepers.ask(entry), entry=entry, decision="confirmed")
    assert code_of(refused) == "not-fresh"
    assert keepers.row(entry)["verb"] == "open-record"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "because"}, "reason-missing"),
        ({"ground": "embarrassing"}, "no-such-ground"),
        ({"ground": ""}, "no-such-ground"),
    ],
)
def test_a_ground_and_a_reason_are_said(keepers: Keepers, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(ActRefused) as refused:
        keepers.ask(keepers.opened(), **changes)
    assert code_of(refused) == code


def test_only_the_data_protection_officer_asks_and_only_officers_see_it(keepers: Keepers) -> None:
    entry = keepers.opened()
    with pytest.raises(ActRefused) as refused:
        keepers.ask(entry, secret=keepers.security)
    assert code_of(refused) == "officer-asks"
    request = keepers.ask(entry)
    house = keepers.clinic.id
    for secret in (
        keepers.clinic.secret,
        *(
            _desk(keepers, keepers.world.worker(function, house))
            for function in ("ombuds", "medical-director", "registration-desk")
        ),
    ):
        for act in (
            lambda s: look_at_entry(s, entry=entry),
            lambda s: ask_erasure(s, request=new_id(), entry=entry, ground="court-order", reason=REASON),
            lambda s: decide_erasure(s, request=request, entry=entry, decision="confirmed"),
            show_keeping,
            list_holds,
        ):
            with pytest.raises(AccessRefused):
                act(secret)  # type: ignore[no-untyped-call]
    assert keepers.row(entry)["verb"] == "open-record"


def test_the_first_may_withdraw_and_a_decision_is_final(keepers: Keepers) -> None:
    entry = keepers.opened()
    request = keepers.ask(entry)
    with pytest.raises(ActRefused) as other:
        decide_erasure(keepers.security, request=request, entry=entry, decision="withdrawn")
    assert code_of(other) == "same-officer"
    decide_erasure(keepers.officer, request=request, entry=entry, decision="withdrawn")
    with pytest.raises(ActRefused) as late:
        decide_erasure(keepers.security, request=request, entry=entry, decision="confirmed")
    assert code_of(late) == "done-already"
    keepers.erase(entry)  # asked anew, it may be
    with pytest.raises(ActRefused) as again:
        keepers.ask(entry)
    assert code_of(again) == "erased-already"


def test_a_confirmation_that_names_another_entry_erases_nothing(keepers: Keepers) -> None:
    """The entries of both must name the entry: otherwise the log would not prove who agreed to what."""
    entry, other = keepers.opened(), keepers.opened()
    request = keepers.ask(entry)
    with pytest.raises(ActRefused) as refused:
        decide_erasure(keepers.security, request=request, entry=other, decision="confirmed")
    assert code_of(refused) == "not-by-two"
    assert keepers.row(entry)["verb"] == keepers.row(other)["verb"] == "open-record"


def test_a_hold_ends_by_another_than_who_laid_it(keepers: Keepers) -> None:
    hold = new_id()
    lay_hold(keepers.officer, hold=hold, patient=keepers.patient, reason="Dispute before the court")
    lay_hold(keepers.officer, hold=hold, patient=keepers.patient, reason="Dispute before the court")
    with pytest.raises(ActRefused) as twice:
        lay_hold(keepers.officer, hold=new_id(), patient=keepers.patient, reason="Another dispute")
    assert code_of(twice) == "held-already"
    with pytest.raises(ActRefused) as refused:
        end_hold(keepers.officer, hold=hold, reason="The dispute is settled")
    assert code_of(refused) == "same-officer"
    elsewhere = keepers.world.worker("data-protection-officer", keepers.world.institution())
    with pytest.raises(ActRefused) as foreign:
        end_hold(_desk(keepers, elsewhere), hold=hold, reason="The dispute is settled")
    assert code_of(foreign) == "no-such-hold"
    end_hold(keepers.security, hold=hold, reason="The dispute is settled")
    (line,) = list_holds(keepers.officer)
    assert line["until_at"] and line["ender"] and not line["is_whole"]
    entry = keepers.opened()
    keepers.erase(entry)


def test_an_emergency_under_review_keeps_its_entries(keepers: Keepers) -> None:
    stranger = keepers.world.worker("emergency-physician", keepers.clinic.id)
    door.read(keepers.world.session(stranger), Ask(verb="open-record", patient=keepers.patient, glass=GLASS))
    entry = keepers.place(keepers.last("open-record"))
    keepers.world.run(
        """INSERT INTO cases.task (id, institution_id, function, kind, patient_id, person_id, due_at, entry_id)
        VALUES (gen_random_uuid(), %s, 'medical-director', 'glass-review', %s, %s, %s, 0)""",
        keepers.clinic.id,
        keepers.patient,
        stranger.person,
        days(3),
    )
    with pytest.raises(ActRefused) as refused:
        keepers.ask(entry)
    assert code_of(refused) == "in-a-case"
    keepers.world.run("UPDATE cases.task SET state = 'done' WHERE patient_id = %s", keepers.patient)
    keepers.erase(entry)
