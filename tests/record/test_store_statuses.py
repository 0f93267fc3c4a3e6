"""A person writes forward only: draft, final, amended, withdrawn; what a machine corrects late is its institution's (REC-5)."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from tests.actions.clinic import Clinic, row
from unidossier.actions.open_item import open_item
from unidossier.actions.write_report import Author, Report, ReportIncomplete, Step, write_report
from unidossier.gate.door import ItemChanged
from unidossier.kernel.uuid7 import new_id

STATUSES = ("draft", "final", "amended", "entered-in-error")
FORWARD = {
    "draft": {"draft", "final", "entered-in-error"},
    "final": {"amended", "entered-in-error"},
    "amended": {"amended", "entered-in-error"},
    "entered-in-error": set(),
}
EVERY = [(was, becomes) for was in STATUSES for becomes in STATUSES]


@pytest.mark.parametrize(("was", "becomes"), EVERY)
def test_a_person_writes_forward_only(clinic: Clinic, was: str, becomes: str) -> None:
    item = clinic.world.item(clinic.patient, clinic.id, status=was)
    if becomes in FORWARD[was]:
        assert clinic.store(row(item, status=becomes))[0]["outcome"] == "updated"
        assert [status for _, status, _ in clinic.versions(item)] == [was, becomes]
    else:
        with pytest.raises(ItemChanged, match=f"is {was}, it cannot become {becomes}"):
            clinic.store(row(item, status=becomes))
        assert [status for _, status, _ in clinic.versions(item)] == [was]


@pytest.mark.parametrize(("was", "becomes"), EVERY)
def test_a_machine_may_correct_what_its_institution_sent(clinic: Clinic, was: str, becomes: str) -> None:
    item = clinic.world.item(clinic.patient, clinic.id, type="Observation", status=was)
    told = {"draft": "preliminary"}.get(becomes, becomes)
    stored = clinic.send(
        {
            "resourceType": "Observation",
            "id": str(item),
            "status": told,
            "code": {"text": "Potassium"},
            "effectiveDateTime": "2026-01-01",
        }
    )
    assert stored.outcome == "updated"
    assert [status for _, status, _ in clinic.versions(item)] == [was, becomes]


# what a person does to a report, and what of it is refused
STEPS: dict[Step, set[Step]] = {
    "draft": {"draft", "validate", "withdraw"},
    "validate": {"amend", "withdraw"},
    "amend": {"amend", "withdraw"},
    "withdraw": set(),
}
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def _write(clinic: Clinic, step: Step, **changes: Any) -> Any:
    told = {"kind": "progress-note", "title": "Note", "body": f"Text {new_id()}", "language": "en"}
    report = Report(**(told | {"reason": "seen again"} | changes))
    author = Author(person=clinic.physician.person, name="Jo Doe", institution=clinic.id)
    return write_report(clinic.secret, patient=clinic.patient, report=report, step=step, author=author, at=AT)


def _reach(clinic: Clinic, step: Step) -> Any:
    """Write a report up to `step`."""
    path: list[Step] = ["validate", "amend"] if step == "amend" else [step]
    if step == "withdraw":
        path = ["draft", "withdraw"]
    stored = _write(clinic, path[0])
    for one in path[1:]:
        stored = _write(clinic, one, item=stored["item_id"], expected=stored["version"])
    return stored


@pytest.mark.parametrize(("done", "next_"), [(done, next_) for done in STEPS for next_ in get_args(Step)])
def test_the_steps_of_a_report(clinic: Clinic, done: Step, next_: Step) -> None:
    stored = _reach(clinic, done)
    seen = {"item": stored["item_id"], "expected": stored["version"]}
    if next_ in STEPS[done]:
        assert _write(clinic, next_, **seen)["version"] == stored["version"] + 1
    else:
        with pytest.raises(ItemChanged):
            _write(clinic, next_, **seen)
        assert len(clinic.versions(stored["item_id"])) == stored["version"]


def test_the_same_step_told_twice_is_one_version(clinic: Clinic) -> None:
    first = _write(clinic, "draft", body="One text")
    seen = {"item": first["item_id"], "body": "One text"}
    assert _write(clinic, "draft", **seen, expected=1)["outcome"] == "unchanged"
    assert len(clinic.versions(first["item_id"])) == 1


def test_a_stale_page_does_not_overwrite(clinic: Clinic) -> None:
    stored = _write(clinic, "draft")
    _write(clinic, "draft", item=stored["item_id"], expected=1)
    with pytest.raises(ItemChanged, match="version 1 expected, 2 found"):
        _write(clinic, "validate", item=stored["item_id"], expected=1)
    assert _write(clinic, "validate", item=stored["item_id"], expected=2)["version"] == 3


@pytest.mark.parametrize("step", ["amend", "withdraw"])
def test_a_correction_gives_its_reason_and_keeps_it(clinic: Clinic, step: Step) -> None:
    stored = _write(clinic, "validate")
    seen = {"item": stored["item_id"], "expected": 1}
    with pytest.raises(ReportIncomplete) as incomplete:
        _write(clinic, step, **seen, reason="  ")
    assert (incomplete.value.field, incomplete.value.problem) == ("reason", "missing")
    _write(clinic, step, **seen, reason="wrong side")
    newest = open_item(clinic.secret, item=stored["item_id"]).versions[0]
    assert (newest["version"], newest["reason"]) == (2, "wrong side")


def test_a_withdrawn_report_stays_readable_with_all_it_was(clinic: Clinic) -> None:
    stored = _write(clinic, "validate", body="Fracture of the left hip")
    _write(clinic, "withdraw", item=stored["item_id"], expected=1, body="Withdrawn")
    elsewhere = clinic.colleague(house=clinic.world.institution())
    for reader in (clinic.secret, elsewhere, clinic.world.own_session(clinic.patient)):
        opened = open_item(reader, item=stored["item_id"])
        assert [one["status"] for one in opened.versions] == ["entered-in-error", "final"]
        assert "left hip" in opened.versions[1]["resource"]
        assert opened.line["status"] == "entered-in-error"
