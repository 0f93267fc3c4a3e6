"""CON-11, LOG-6: a case gathers entries from a search, a signal, a patient's question; in and out with a reason, and its history keeps both."""

from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.gate.world import Worker
from tests.log.entries import add_entries
from unidossier.actions.gather_entries import (
    gather_entries,
    list_gathered,
    open_case_of_entries,
    take_out_entries,
)
from unidossier.actions.list_tasks import list_tasks, open_task
from unidossier.actions.look_for_signals import judge_signal, look_for_signals
from unidossier.actions.settle_request import hand_over
from unidossier.actions.work_on_case import export_case
from unidossier.gate.door import ActRefused
from unidossier.kernel.uuid7 import new_id


def _look(house: House, worker: Worker, **columns: Any) -> int:
    told = {"person_id": worker.person, "institution_id": house.clinic.id} | columns
    add_entries(house.clinic, 1, **told)
    ((entry,),) = house.world.run("SELECT max(id) FROM log.entry WHERE person_id = %s", worker.person)
    return int(entry)


def _refused(act: Any) -> str:
    with pytest.raises(ActRefused) as refused:
        act()
    return refused.value.code


def _case(house: House, **columns: Any) -> UUID:
    return house.task("case", function="medical-director", **({"subject_id": new_id()} | columns))


def test_an_entry_goes_in_and_out_with_a_reason(house: House) -> None:
    nurse = house.world.worker("nurse", house.clinic.id)
    case, entry = _case(house), _look(house, nurse)
    assert (
        _refused(lambda: gather_entries(house.director, task=case, entries=[entry], reason=" "))
        == "text-missing"
    )
    assert gather_entries(house.director, task=case, entries=[entry], reason="She is named") == 1
    assert [one["id"] for one in list_gathered(house.director, task=case)] == [entry]
    assert (
        _refused(lambda: take_out_entries(house.director, task=case, entries=[1], reason="Wrong"))
        == "no-such-entry"
    )
    assert take_out_entries(house.director, task=case, entries=[entry], reason="Another nurse") == 1
    assert list_gathered(house.director, task=case) == []
    assert gather_entries(house.director, task=case, entries=[entry], reason="After all") == 1
    history = [(one["what"], one["text"]) for one in open_task(house.director, task=case).history]
    assert history == [
        ("gathered", "1: She is named"),
        ("taken-out", "1: Another nurse"),
        ("gathered", "1: After all"),
    ]


def test_a_case_about_a_person_gathers_at_its_own_institution_alone(house: House) -> None:
    """ALL-4: of a case without a patient the institution is the bound."""
    nurse = house.world.worker("nurse", house.clinic.id)
    case = _case(house, patient_id=None, person_id=nurse.person)
    here = _look(house, nurse)
    elsewhere = _look(house, nurse, institution_id=house.world.institution())
    assert (
        _refused(lambda: gather_entries(house.director, task=case, entries=[elsewhere], reason="Both"))
        == "no-such-entry"
    )
    assert gather_entries(house.director, task=case, entries=[here], reason="Both") == 1
    (row,) = list_gathered(house.director, task=case)
    assert row["patient_id"] == house.patient
    _task, entries = export_case(house.director, task=case)
    assert [one["id"] for one in entries] == [here]  # CON-11: the file holds them too


def test_a_task_of_somebody_else_gathers_nothing(house: House) -> None:
    nurse = house.world.worker("nurse", house.clinic.id)
    case, entry = _case(house), _look(house, nurse)
    for secret in (house.officer, house.ombuds):
        act = lambda secret=secret: gather_entries(secret, task=case, entries=[entry], reason="Mine")  # noqa: E731
        assert _refused(act) == "no-such-task"
        assert list_gathered(secret, task=case) == []
    house.world.run("UPDATE cases.task SET state = 'done' WHERE id = %s", case)
    assert (
        _refused(lambda: gather_entries(house.director, task=case, entries=[entry], reason="Late"))
        == "done-already"
    )
    death = house.task("death", function="medical-director")
    assert (
        _refused(lambda: gather_entries(house.director, task=death, entries=[entry], reason="What"))
        == "not-a-case"
    )


@pytest.mark.parametrize("who", ["director", "officer"])
def test_a_case_is_opened_out_of_a_search(house: House, who: str) -> None:
    nurse, case = house.world.worker("nurse", house.clinic.id), new_id()
    entries = [_look(house, nurse), _look(house, nurse)]
    for _twice in range(2):  # sent twice, it is one case
        open_case_of_entries(
            getattr(house, who), task=case, entries=entries, patient=house.patient, words="Told by the ward"
        )
    opened = open_task(house.director, task=case).task
    assert (opened["kind"], opened["patient_id"], opened["person_id"]) == (
        "case",
        house.patient,
        nurse.person,
    )
    assert [one["id"] for one in list_gathered(house.director, task=case)] == entries


def test_a_case_out_of_a_search_has_somebody_in_common(house: House) -> None:
    one, other = (house.world.worker("nurse", house.clinic.id) for _ in range(2))
    foreign = house.world.patient()
    mine, theirs = _look(house, one), _look(house, other, patient_id=foreign)

    def opening(*entries: int, patient: UUID | None = None, words: str = "Told by the ward") -> Any:
        return lambda: open_case_of_entries(
            house.director, task=new_id(), entries=entries, patient=patient, words=words
        )

    assert _refused(opening(mine, theirs)) == "nothing-in-common"
    assert (
        _refused(opening(mine)) == "nothing-in-common"
    )  # about a patient who is not named in the entry of this act
    assert (
        _refused(opening(theirs, patient=foreign)) == "nothing-in-common"
    )  # whom this Desk may not deal with
    assert _refused(opening(mine, 1, patient=house.patient)) == "no-such-entry"
    assert _refused(opening(mine, patient=house.patient, words="Told")) == "reason-missing"
    opening(mine, patient=house.patient)()
    both = _look(house, one, patient_id=foreign)
    case = new_id()
    open_case_of_entries(
        house.director, task=case, entries=[mine, both], patient=None, words="One nurse, two records"
    )
    assert open_task(house.director, task=case).task["person_id"] == one.person


def test_what_is_behind_a_signal_goes_into_its_case(house: House) -> None:
    nurse = house.world.worker("nurse", house.clinic.id)
    entry = _look(house, nurse, rule="EXC-2.excluded", permitted=False)
    look_for_signals(house.officer, since=days(-1), until=days(1))
    (signal,) = list_tasks(house.officer).tasks
    assert [one["id"] for one in list_gathered(house.officer, task=signal["id"])] == [entry]
    more = _look(house, nurse, rule="ACD-1.none", permitted=False)
    gather_entries(house.officer, task=signal["id"], entries=[more], reason="The same evening")
    judge_signal(house.officer, task=signal["id"], outcome="case", words="No reason could be given")
    (case,) = list_tasks(house.director).tasks
    assert [one["id"] for one in list_gathered(house.director, task=case["id"])] == [entry, more]


def test_the_line_that_a_patient_asked_about_goes_into_the_case(house: House) -> None:
    """MY-15: from "who looked" to the ombuds service to the medical director."""
    nurse = house.world.worker("nurse", house.clinic.id)
    entry = _look(house, nurse)
    facts = f'{{"entry": "{entry}", "words": "I do not know her"}}'
    asked = house.task("unknown-person", function="ombuds", person_id=nurse.person, facts=facts)
    hand_over(house.ombuds, function="ombuds", task=asked, to="medical-director", words="Please look")
    (case,) = list_tasks(house.director).tasks
    assert [one["id"] for one in list_gathered(house.director, task=case["id"])] == [entry]
