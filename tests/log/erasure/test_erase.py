"""LOG-4, LOG-3: two people erase the content of an entry; the leaf stays, the patient is told, and nothing of it can be read or guessed any more."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.log.erasure.conftest import Keepers, code_of
from unidossier.actions.erase_entry import decide_erasure, look_at_entry, show_keeping
from unidossier.actions.list_accesses import list_accesses
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.gate import door
from unidossier.gate.door import ActRefused, Ask
from unidossier.log import missing
from unidossier.log.queries import Chosen

SIDES = ("people", "own", "machines")
EMPTY: tuple[Any, ...] = (None, "", 0, {}, False, "\\x")


def test_payload_and_salt_go_and_the_leaf_stays(keepers: Keepers) -> None:
    entry = keepers.opened()
    before = keepers.row(entry)
    leaf = keepers.world.run("SELECT year, position, hash FROM log.leaf WHERE entry_id = %s", entry)
    request = keepers.ask(entry)
    assert keepers.row(entry) == before  # one alone changes nothing
    decide_erasure(keepers.security, request=request, entry=entry, decision="confirmed")
    after = keepers.row(entry)
    assert (after["id"], after["xid"], after["verb"]) == (before["id"], before["xid"], "erased")
    assert datetime.fromisoformat(after["at"]) == datetime.strptime(f"{entry // 10**13}+0000", "%Y%m%z")
    # every column, also one that a later version adds
    kept = {name: value for name, value in after.items() if name not in ("id", "xid", "verb", "at")}
    assert [name for name, value in kept.items() if value not in EMPTY] == []
    assert keepers.world.run("SELECT year, position, hash FROM log.leaf WHERE entry_id = %s", entry) == leaf


def test_the_erasure_is_an_entry_that_names_the_place_and_never_the_content(keepers: Keepers) -> None:
    entry = keepers.opened()
    before = keepers.row(entry)
    keepers.erase(entry)
    told = keepers.row(keepers.last("entry-erased"))
    ((year, position, leaf),) = keepers.world.run(
        "SELECT year, position, hash FROM log.leaf WHERE entry_id = %s", entry
    )
    detail = told["detail"]
    assert (detail["entry"], detail["year"], detail["position"], detail["leaf"], detail["ground"]) == (
        str(entry),
        year,
        position,
        leaf.hex(),
        "court-order",
    )
    assert told["patient_id"] == str(keepers.patient) and told["permitted"]
    assert before["person_name"] not in str(told) and before["session_id"] not in str(told)
    ((about, asked_by, confirmed_by),) = keepers.world.run(
        "SELECT about, asked_by, confirmed_by FROM log.erasure WHERE entry_id = %s", entry
    )
    assert about == [keepers.patient]
    assert (asked_by, confirmed_by) == (keepers.officer_worker.person, keepers.security_worker.person)


def test_it_counts_for_an_audit_only_when_the_erasure_itself_is_in_the_tree(keepers: Keepers) -> None:
    entry = keepers.opened()
    proven = "SELECT log.erasure_proven(%s)"
    assert keepers.world.run(proven, entry) == [(False,)]
    keepers.erase(entry)
    assert keepers.world.run(proven, entry) == [(False,)]  # its own entry has no leaf yet
    keepers.place(keepers.last("entry-erased"))
    assert keepers.world.run(proven, entry) == [(True,)]
    leaf = "UPDATE log.leaf SET hash = %s WHERE entry_id = %s"
    ((hash_,),) = keepers.world.run("SELECT hash FROM log.leaf WHERE entry_id = %s", entry)
    keepers.world.run(leaf, bytes(32), entry)  # it names another leaf then
    assert keepers.world.run(proven, entry) == [(False,)]
    keepers.world.run(leaf, hash_, entry)
    assert keepers.world.run(proven, entry) == [(True,)]
    keepers.world.run(
        "UPDATE log.entry SET person_name = 'Somebody else' WHERE id = %s", keepers.last("entry-erased")
    )
    assert keepers.world.run(proven, entry) == [(False,)]


def test_a_quiet_change_of_the_same_columns_is_no_erasure(keepers: Keepers) -> None:
    """A superuser who empties a row, and even writes the line of an erasure for it, has no two people who said so."""
    entry = keepers.opened()
    other = keepers.opened()
    keepers.erase(other)
    told = keepers.place(keepers.last("entry-erased"))
    keepers.world.run(
        "UPDATE log.entry SET verb = 'erased', salt = '', patient_id = NULL WHERE id = %s", entry
    )
    assert keepers.world.run("SELECT log.erasure_proven(%s)", entry) == [(False,)]
    keepers.world.run(
        """INSERT INTO log.erasure SELECT (jsonb_populate_record(x, jsonb_build_object('entry_id', %s::bigint))).* FROM log.erasure x
        WHERE x.told_entry = %s""",
        entry,
        told,
    )
    assert keepers.world.run("SELECT log.erasure_proven(%s)", entry) == [(False,)]
    assert keepers.world.run("SELECT log.erasure_proven(%s)", other) == [(True,)]


def test_the_steady_comparison_takes_an_erasure_and_finds_a_quiet_change(keepers: Keepers) -> None:
    """LOG-8: until the erasure's own entry has its leaf, and after; an emptied row without two people is a gap at once."""

    def found(entry: int) -> list[str]:
        rows = keepers.world.run(
            "SELECT g.kind FROM log.leaf f, log.gaps_of_leaves(f.year, f.position, f.position + 1, '9999999999') g WHERE f.entry_id = %s",
            entry,
        )
        return [kind for (kind,) in rows]

    entry, other = keepers.opened(), keepers.opened()
    assert found(entry) == found(other) == []
    keepers.erase(entry)
    assert found(entry) == []
    keepers.place(keepers.last("entry-erased"))
    assert found(entry) == []
    keepers.world.run("UPDATE log.entry SET verb = 'erased', salt = '' WHERE id = %s", other)
    assert found(other) == ["entry-changed"]


def test_the_patient_sees_that_something_was_erased_and_is_told(keepers: Keepers) -> None:
    """MY-15: nobody's list gets shorter in silence."""
    own = keepers.world.own_session(keepers.patient)
    entry = keepers.opened()
    assert (entry, "open-record") in _looked(own, keepers.patient)
    keepers.erase(entry)
    looked = _looked(own, keepers.patient)
    assert entry not in dict(looked)
    assert "entry-erased" in dict(looked).values()
    assert len(list_accesses(own, patient=keepers.patient).erased) == 1
    (line,) = door.read(own, Ask(verb="who-looked", patient=keepers.patient), missing.erased()).rows[0]
    assert line["ground"] == "court-order" and line["institution"]["en"]
    assert (datetime.now(UTC) - line["erased_at"]).total_seconds() < 60
    kinds = keepers.world.run("SELECT kind FROM notices.notice WHERE patient_id = %s", keepers.patient)
    assert ("log-erased",) in kinds
    stranger = keepers.world.patient()
    others = door.read(
        keepers.world.own_session(stranger), Ask(verb="who-looked", patient=stranger), missing.erased()
    )
    assert others.rows[0] == []


def _looked(own: bytes, patient: Any) -> list[tuple[int, str]]:
    """Read number and verb of every line that a patient may see."""
    visits = [
        one for side in SIDES for one in list_accesses(own, patient=patient, chosen=Chosen(side=side)).visits
    ]
    return [(line["id"], line["verb"]) for visit in visits for line in visit]


def test_of_a_list_the_lines_of_all_go_and_each_is_told(keepers: Keepers) -> None:
    other = keepers.world.patient()
    keepers.world.relation(other, keepers.clinic.physician)
    list_my_patients(keepers.clinic.secret)
    entry = keepers.place(keepers.last("list-patients"))
    assert keepers.world.run("SELECT count(*) FROM log.listed WHERE entry_id = %s", entry) == [(2,)]
    keepers.erase(entry)
    assert keepers.world.run("SELECT count(*) FROM log.listed WHERE entry_id = %s", entry) == [(0,)]
    for patient in (other, keepers.patient):
        own = keepers.world.own_session(patient)
        granted = door.read(own, Ask(verb="who-looked", patient=patient), missing.erased())
        assert len(granted.rows[0]) == 1
        assert "entry-erased" in dict(_looked(own, patient)).values()


def test_whose_entry_it_is_is_not_told_to_those_who_decide(keepers: Keepers) -> None:
    entry = keepers.opened()
    seen = look_at_entry(keepers.officer, entry=entry)
    assert seen is not None
    assert (seen["verb"], seen["patients"], seen["hindrance"]) == ("open-record", 1, None)
    keepers.ask(entry)
    ((family,),) = keepers.world.run("SELECT family FROM registry.patient WHERE id = %s", keepers.patient)
    told = f"{seen}{show_keeping(keepers.security)}{_tasks(keepers)}"
    assert str(keepers.patient) not in told and family not in told


def _tasks(keepers: Keepers) -> list[tuple[Any, ...]]:
    return keepers.world.run(
        "SELECT function, state, outcome, facts FROM cases.task WHERE institution_id = %s AND kind = 'erasure' ORDER BY made_at",
        keepers.clinic.id,
    )


def test_a_request_is_a_task_of_the_other_officer_until_it_is_decided(keepers: Keepers) -> None:
    entry = keepers.opened()
    request = keepers.ask(entry)
    assert [(function, state) for function, state, *_ in _tasks(keepers)] == [("security-officer", "open")]
    decide_erasure(keepers.security, request=request, entry=entry, decision="refused", words="Not our order")
    assert [(state, outcome) for _, state, outcome, _ in _tasks(keepers)] == [("done", "refused")]
    assert keepers.row(entry)["verb"] == "open-record"


def test_sent_twice_it_is_one_request(keepers: Keepers) -> None:
    entry = keepers.opened()
    request = keepers.ask(entry)
    keepers.ask(entry, request=request)
    assert len([one for one in show_keeping(keepers.officer).erasures if one["entry_id"] == entry]) == 1
    with pytest.raises(ActRefused) as refused:
        keepers.ask(entry)
    assert code_of(refused) == "asked-already"
