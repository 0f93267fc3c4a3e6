"""ACS-1: the function table changes by two officers, after a preview of the real accesses it would have flipped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.actions.clinic import days
from tests.cases.conftest import House
from tests.log.entries import add_entries
from unidossier.actions.change_rights import decide_rights, list_proposals, preview_rights, propose_rights
from unidossier.actions.list_tasks import list_tasks
from unidossier.actions.open_record import open_record
from unidossier.actions.show_rights import VersionNotFound, show_rights
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import Filter

REASON = "Decided by the network on 3 May"


def _change(
    function: str, category: Category, *, action: str = "read", allow: bool = False
) -> dict[str, Any]:
    return {"function": function, "action": action, "category": int(category), "allow": allow}


LESS = [_change("dietician", Category.LABORATORY)]


@pytest.fixture(autouse=True)
def same_table_after(house: House) -> Iterator[None]:
    """The table is one for all tests of this process: what a test made of it is taken back."""
    before = show_rights().version
    _take_back(house, before)  # a version to come that another file left
    yield
    _take_back(house, before)


def _take_back(house: House, before: int) -> None:
    house.world.run("DELETE FROM gate.rights WHERE version > %s", before)
    house.world.run("DELETE FROM cases.rights_proposal")
    house.world.run("DELETE FROM gate.rights_version WHERE version > %s", before)


def _second(house: House) -> bytes:
    worker = house.world.worker("data-protection-officer", house.world.institution())
    return house.world.session(worker, face="desk", purpose="governance")


def _propose(house: House, changes: list[dict[str, Any]] = LESS, **told: Any) -> Any:
    proposal = new_id()
    asked = {"base": show_rights().version, "from_at": days(-1), "reason": REASON} | told
    propose_rights(house.officer, proposal=proposal, changes=changes, **asked)
    return proposal


def test_a_proposal_changes_nothing_until_another_officer_confirms(house: House) -> None:
    second = _second(house)
    before = show_rights()
    proposal = _propose(house)
    assert show_rights().version == before.version
    assert [one["kind"] for one in list_tasks(second).tasks] == ["rights-change"]
    version = decide_rights(second, proposal=proposal, decision="confirmed")
    after = show_rights()
    assert after.version == version == before.version + 1
    assert _cells(before) - _cells(after) == {("dietician", "read", int(Category.LABORATORY))}
    assert _cells(after) <= _cells(before)
    assert after.versions[0]["reason"] == REASON
    assert list_tasks(second).tasks == []
    assert list_proposals(second, proposal=proposal)[0]["state"] == "confirmed"


def _cells(rights: Any) -> set[tuple[str, str, int]]:
    return {(one["function"], one["action"], code) for one in rights.rights for code in one["categories"]}


def test_the_next_look_obeys_the_new_version(house: House) -> None:
    """ACD-7: at once."""
    dietician = house.clinic.colleague("dietician")
    bit = Category.LABORATORY.bit
    assert open_record(dietician, patient=house.patient, chosen=Filter()).opens & bit
    decide_rights(_second(house), proposal=_propose(house), decision="confirmed")
    assert not open_record(dietician, patient=house.patient, chosen=Filter()).opens & bit


def test_a_version_of_tomorrow_waits_and_no_grant_outlives_today(house: House) -> None:
    before = show_rights().version
    version = decide_rights(_second(house), proposal=_propose(house, from_at=days(1)), decision="confirmed")
    assert show_rights().version == before
    assert show_rights(version).version == version
    lasts = house.world.run(
        "SELECT (gate.weigh(s, p, v, 'none', '{}', 'infinity', now())).lasts - now() FROM gate.session s, registry.patient p, gate.verb v WHERE s.secret_hash = sha256(%s) AND p.id = %s AND v.slug = 'open-record'",
        house.clinic.secret,
        house.patient,
    )[0][0]
    assert lasts <= timedelta(days=1)


def test_nobody_confirms_his_own_and_only_he_withdraws(house: House) -> None:
    second = _second(house)
    proposal = _propose(house)
    human = house.world.run(
        "SELECT human_id FROM registry.person WHERE id = %s", house.officer_worker.person
    )[0][0]
    again = house.world.worker("data-protection-officer", house.world.institution(), human=human)
    own_other_post = house.world.session(again, face="desk", purpose="governance")
    for secret, decision in (
        (house.officer, "confirmed"),
        (own_other_post, "confirmed"),
        (second, "withdrawn"),
    ):
        with pytest.raises(ActRefused) as refused:
            decide_rights(secret, proposal=proposal, decision=decision)
        assert refused.value.code == "same-person"
    decide_rights(house.officer, proposal=proposal, decision="withdrawn")
    with pytest.raises(ActRefused) as done:
        decide_rights(second, proposal=proposal, decision="confirmed")
    assert done.value.code == "done-already"


def test_a_proposal_on_an_older_table_is_stale(house: House) -> None:
    second = _second(house)
    stale, base = _propose(house, [_change("dietician", Category.MEDICATION)]), show_rights().version
    decide_rights(second, proposal=_propose(house), decision="confirmed")
    with pytest.raises(ActRefused) as refused:
        decide_rights(second, proposal=stale, decision="confirmed")
    assert refused.value.code == "table-changed"
    with pytest.raises(ActRefused) as late:
        _propose(house, [_change("dietician", Category.ALLERGY)], base=base)
    assert late.value.code == "table-changed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([], "nothing-changes"),
        ([_change("dietician", Category.LABORATORY, allow=True)], "nothing-changes"),
        ([_change("ombuds", Category.REPORT, allow=True)], "not-changeable"),
        ([_change("machine", Category.REPORT)], "not-changeable"),
        ([_change("patient", Category.REPORT)], "not-changeable"),
        ([_change("nobody", Category.REPORT, allow=True)], "not-changeable"),
        ([_change("nurse", Category.REPORT, action="govern", allow=True)], "not-changeable"),
        ([_change("reception", Category.REPORT, allow=True)], "staff-administrative"),
        ([_change("reception", Category.AGENDA, action="break-the-glass", allow=True)], "not-changeable"),
    ],
)
def test_what_may_never_change_is_refused(house: House, changes: list[dict[str, Any]], code: str) -> None:
    """ACS-2, ACS-4, ACS-5: the Desk reads nothing, staff administrative data alone, machines as they are."""
    for act in (lambda: preview_rights(house.officer, changes=changes), lambda: _propose(house, changes)):
        with pytest.raises(ActRefused) as refused:
            act()
        assert refused.value.code == code


def test_the_preview_counts_real_accesses_and_names_no_patient(house: House) -> None:
    house.world.run("DELETE FROM log.entry WHERE function = 'dietician'")  # those of other tests
    place = {"institution_id": house.clinic.id, "function": "dietician"}
    add_entries(house.clinic, 3, categories=Category.LABORATORY.bit | Category.REPORT.bit, **place)
    add_entries(house.clinic, 2, categories=Category.REPORT.bit, **place)
    assert _counts(_preview(house, LESS)) == {("dietician", "open-record", "less"): 3}
    more = _preview(house, [_change("dietician", Category.IMAGING, allow=True)])
    assert _counts(more) == {("dietician", "open-record", "more"): 5}
    readable = [
        code
        for function, action, code in _cells(show_rights())
        if (function, action) == ("dietician", "read")
    ]
    none = _preview(house, [_change("dietician", Category(code)) for code in readable])
    assert _counts(none) == {("dietician", "open-record", "refused"): 5}
    assert str(house.patient) not in str(none) and len(none[0]["samples"]) == 5


def test_the_preview_shows_what_the_table_alone_refused(house: House) -> None:
    house.world.run("DELETE FROM log.entry WHERE function = 'dietician'")
    told = {"verb": "plan", "permitted": False, "institution_id": house.clinic.id, "function": "dietician"}
    add_entries(house.clinic, 4, rule="ACS-1.function", **told)
    add_entries(house.clinic, 1, rule="ACD-1.none", **told)
    found = _preview(house, [_change("dietician", Category.AGENDA, action="plan", allow=True)])
    assert _counts(found) == {("dietician", "plan", "allowed"): 4}


def test_the_preview_counts_the_emergencies_that_a_function_could_not_open_any_more(house: House) -> None:
    """BTG-2: the glass is broken by function, whatever the category."""
    house.world.run("DELETE FROM log.entry WHERE function IN ('midwife', 'dietician')")
    place = {"institution_id": house.clinic.id, "function": "midwife"}
    add_entries(house.clinic, 2, rule="BTG-1.emergency", categories=Category.REPORT.bit, **place)
    add_entries(house.clinic, 3, rule="ACD-2.work", categories=Category.REPORT.bit, **place)
    held = [
        code
        for function, action, code in _cells(show_rights())
        if (function, action) == ("midwife", "break-the-glass")
    ]
    less = [_change("midwife", Category(code), action="break-the-glass") for code in held]
    assert _counts(_preview(house, less)) == {("midwife", "open-record", "refused"): 2}
    assert _counts(_preview(house, less[:-1])) == {}  # one category is enough to break it
    told = {"permitted": False, "institution_id": house.clinic.id, "function": "dietician"}
    add_entries(house.clinic, 4, rule="BTG-2.function", **told)
    add_entries(house.clinic, 1, rule="ACD-1.none", **told)
    more = [_change("dietician", Category.ALLERGY, action="break-the-glass", allow=True)]
    assert _counts(_preview(house, more)) == {("dietician", "open-record", "allowed"): 4}


def _preview(house: House, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return preview_rights(house.officer, changes=changes)


def _counts(lines: list[dict[str, Any]]) -> dict[tuple[str, str, str], int]:
    return {(one["function"], one["verb"], one["effect"]): one["times"] for one in lines}


def test_only_officers_preview_propose_and_see_what_waits(house: House) -> None:
    _propose(house)
    for other in (house.ombuds, house.director, house.clinic.secret):
        for act in (
            lambda: preview_rights(other, changes=LESS),  # noqa: B023
            lambda: list_proposals(other),  # noqa: B023
        ):
            with pytest.raises(AccessRefused):
                act()


def test_an_unknown_version_is_not_found(product: None) -> None:
    with pytest.raises(VersionNotFound):
        show_rights(9999)
