"""Duplicates: found, merged, parted again; exactly what moved goes back (REC-8)."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.actions.clinic import row
from tests.desk.conftest import Desk
from unidossier.actions.list_accesses import list_accesses
from unidossier.actions.merge_patients import (
    compare_patients,
    list_duplicates,
    merge_patients,
    tell_apart,
    unmerge_patients,
)
from unidossier.actions.open_item import open_attachment, open_item
from unidossier.actions.open_record import open_record
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, ActRefused, Ask, Query
from unidossier.kernel.uuid7 import new_id
from unidossier.log.queries import Chosen, Side
from unidossier.record import blobs
from unidossier.record.queries import Filter

SIDES: tuple[Side, ...] = ("people", "own", "machines")
WHY = "same person, registered twice"
# every place where lines about a patient lie, as (place, patient -> what is there)
LINES = "SELECT place FROM registry.places() UNION ALL SELECT 'record.directory'"


def named(desk: Desk, family: str, given: str, birth: str | None) -> UUID:
    """Make a patient of this name whom the hospital knows."""
    made = desk.world.patient(birth=date.fromisoformat(birth) if birth else None)
    key = f"{family.lower()}\x01{given.lower()}"
    desk.world.run(
        "UPDATE registry.patient SET family = %s, given = %s, sort_key = %s WHERE id = %s",
        family,
        given,
        key,
        made,
    )
    desk.world.run("INSERT INTO record.presence VALUES (%s, %s)", made, desk.clinic.id)
    return made


def twin(desk: Desk) -> UUID:
    """A second record of the patient with a report, a relation, a mandate, an exclusion, an opening, a task and a notice."""
    world, other = desk.world, desk.world.patient()
    world.relation(other, desk.clinic.physician)
    desk.clinic.store(row(title="Of the other record"), patient=other)
    world.represent(other, world.person(professional=False), kind="mandate")
    world.exclude(other, world.worker("nurse", desk.clinic.id).person)
    world.appointment(other, desk.clinic.id)
    world.stay(other, desk.clinic.id)
    world.lift(other, desk.clinic.physician.person)
    desk.task(patient=other)
    notice = new_id()
    world.run(
        "INSERT INTO notices.notice (patient_id, id, kind, entry_id) VALUES (%s, %s, 'access', 0)",
        other,
        notice,
    )
    world.run(
        "INSERT INTO notices.dispatch (patient_id, id, notice_id, way) VALUES (%s, %s, %s, 'mail')",
        other,
        new_id(),
        notice,
    )
    return other


def lines(desk: Desk, patient: UUID) -> dict[str, int]:
    """How many lines each place holds of a patient; places without any are left out."""
    counted = {
        place: desk.world.run(f"SELECT count(*) FROM {place} WHERE patient_id = %s", patient)[0][0]
        for (place,) in desk.world.run(LINES)
    }
    return {place: count for place, count in counted.items() if count}


def merge(desk: Desk, kept: UUID, merged: UUID, **changes: Any) -> UUID:
    made = new_id()
    merge_patients(desk.secret, **({"merge": made, "kept": kept, "merged": merged, "reason": WHY} | changes))
    return made


def test_no_place_with_a_patient_is_left_out(desk: Desk) -> None:
    everywhere = {
        name
        for (name,) in desk.world.run(
            """SELECT DISTINCT table_schema || '.' || table_name FROM information_schema.columns WHERE column_name = 'patient_id'
            AND table_schema IN ('record', 'relations', 'cases', 'notices')"""
        )
    }
    places = {place for (place,) in desk.world.run(LINES)}
    assert places == everywhere | {"registry.patient_identifier"}
    assert len(places) >= 15


def test_a_merge_moves_every_line_and_its_undoing_puts_back_exactly_those(desk: Desk) -> None:
    kept, other = desk.patient, twin(desk)
    before = lines(desk, kept), lines(desk, other)
    made = merge(desk, kept, other)
    stays = {"record.presence"}  # both were known at one institution: its line is there already
    assert set(lines(desk, other)) == stays
    after = lines(desk, kept)
    for place, count in before[1].items():
        if place not in stays:
            assert after[place] >= count + before[0].get(place, 0), place
    unmerge_patients(desk.secret, merge=made, kept=kept, merged=other, reason="two people after all")
    again = lines(desk, kept), lines(desk, other)
    told = {"notices.notice", "notices.dispatch"}  # each was told of it
    assert [{k: n for k, n in one.items() if k not in told} for one in again] == [
        {k: n for k, n in one.items() if k not in told} for one in before
    ]


def test_a_carer_of_either_reads_one_record_and_old_addresses_lead_to_it(desk: Desk) -> None:
    other = twin(desk)
    ours = {
        one["title"]
        for one in open_record(desk.clinic.secret, patient=desk.patient, chosen=Filter()).listed.lines
    }
    made = merge(desk, desk.patient, other)
    for address in (desk.patient, other):
        opened = open_record(desk.clinic.secret, patient=address, chosen=Filter())
        assert {one["title"] for one in opened.listed.lines} == ours | {"Of the other record"}
        assert opened.patient["id"] == desk.patient
    unmerge_patients(desk.secret, merge=made, kept=desk.patient, merged=other, reason="two people after all")
    assert {
        one["title"]
        for one in open_record(desk.clinic.secret, patient=desk.patient, chosen=Filter()).listed.lines
    } == ours
    assert [
        one["title"] for one in open_record(desk.clinic.secret, patient=other, chosen=Filter()).listed.lines
    ] == ["Of the other record"]


def test_what_is_written_meanwhile_stays_but_a_later_version_follows_its_item(desk: Desk) -> None:
    other = twin(desk)
    (moved,) = [
        one["id"] for one in open_record(desk.clinic.secret, patient=other, chosen=Filter()).listed.lines
    ]
    made = merge(desk, desk.patient, other)
    (new,) = desk.clinic.store(row(title="Written meanwhile"))
    desk.clinic.store(
        row(moved, title="Amended meanwhile", status="amended", expected=1, reason="more to say")
    )
    unmerge_patients(desk.secret, merge=made, kept=desk.patient, merged=other, reason="two people after all")
    opened = open_item(desk.clinic.secret, item=moved)
    assert opened.patient["id"] == other
    assert [one["version"] for one in opened.versions] == [2, 1]
    assert open_item(desk.clinic.secret, item=new["item_id"]).patient["id"] == desk.patient


def test_who_looked_shows_the_looks_at_both(desk: Desk) -> None:  # MY-15: entries stay where they were
    other = twin(desk)
    open_record(desk.clinic.secret, patient=other, chosen=Filter())
    own = desk.world.own_session(desk.patient)
    before = _looked(own, desk.patient).keys()
    made = merge(desk, desk.patient, other)
    entries = _looked(own, desk.patient)
    at_other = {
        one
        for (one,) in desk.world.run("SELECT id FROM log.entry WHERE patient_id = %s AND permitted", other)
    }
    assert at_other <= entries.keys()
    assert set(entries.values()) >= {"merge-patients", "open-record", "write-report"}
    unmerge_patients(desk.secret, merge=made, kept=desk.patient, merged=other, reason="two people after all")
    after = _looked(own, desk.patient).keys()
    assert before <= after and not after & at_other


def _looked(own: bytes, patient: UUID) -> dict[int, str]:
    """Give the verbs of all lines of all sides by their number."""
    pages = [list_accesses(own, patient=patient, chosen=Chosen(side=side)) for side in SIDES]
    return {line["id"]: line["verb"] for page in pages for visit in page.visits for line in visit}


def test_the_merged_patient_signs_in_to_the_record_that_was_kept(desk: Desk) -> None:
    other = twin(desk)
    own = desk.world.own_session(other)
    made = merge(desk, desk.patient, other)
    assert open_record(own, patient=other, chosen=Filter()).patient["id"] == desk.patient
    unmerge_patients(desk.secret, merge=made, kept=desk.patient, merged=other, reason="two people after all")
    assert open_record(own, patient=other, chosen=Filter()).patient["id"] == other
    with pytest.raises(AccessRefused):
        open_record(own, patient=desk.patient, chosen=Filter())


def test_files_of_both_open(desk: Desk) -> None:
    other, data = twin(desk), b"%PDF-1.7 of the other record"
    sha256 = blobs.put(other, data=data)
    file = {"sha256": sha256, "name": "scan.pdf", "media_type": "application/pdf", "size": len(data)}
    (stored,) = desk.clinic.store(row(attachments=[file]), patient=other)
    merge(desk, desk.patient, other)
    patient, line = open_attachment(desk.clinic.secret, item=stored["item_id"], sha256=bytes.fromhex(sha256))
    assert patient == desk.patient
    assert blobs.get_of((patient, *line["also"]), sha256=sha256) == data


def test_a_grant_of_before_the_merge_is_dead(desk: Desk) -> None:  # ACD-7
    other = twin(desk)
    desk.world.exclude(other, desk.clinic.physician.person, absolute=True)
    assert open_record(desk.clinic.secret, patient=desk.patient, chosen=Filter()).listed.lines
    merge(desk, desk.patient, other)  # his exclusion comes along
    with pytest.raises(AccessRefused, match=r"EXC-2\.excluded"):
        open_record(desk.clinic.secret, patient=desk.patient, chosen=Filter())
    epochs = desk.world.run("SELECT count(*) FROM gate.epoch WHERE subject IN (%s, %s)", desk.patient, other)
    assert epochs == [(2,)]


def test_death_and_refusal_of_outside_close_the_kept_record_and_are_given_back(
    desk: Desk,
) -> None:  # DTH-1, CON-10
    died = datetime(2026, 1, 2, tzinfo=UTC)
    other = desk.world.patient(deceased_at=died)
    desk.world.run("UPDATE registry.patient SET refuses_outside = true WHERE id = %s", other)
    made = merge(desk, desk.patient, other)
    closed = "SELECT deceased_at, refuses_outside FROM registry.patient WHERE id = %s"
    assert desk.world.run(closed, desk.patient) == [(died, True)]
    unmerge_patients(desk.secret, merge=made, kept=desk.patient, merged=other, reason="two people after all")
    assert desk.world.run(closed, desk.patient) == [(None, False)]
    assert desk.world.run(closed, other) == [(died, True)]


def test_three_records_are_parted_in_order(desk: Desk) -> None:
    second, third = twin(desk), twin(desk)
    first = merge(desk, second, third)
    last = merge(desk, desk.patient, second)
    assert open_record(desk.clinic.secret, patient=third, chosen=Filter()).patient["id"] == desk.patient
    with pytest.raises(ActRefused, match="merge-above"):
        unmerge_patients(desk.secret, merge=first, kept=second, merged=third, reason="two people after all")
    for made, kept, merged in ((last, desk.patient, second), (first, second, third)):
        unmerge_patients(desk.secret, merge=made, kept=kept, merged=merged, reason="two people after all")
    assert open_record(desk.clinic.secret, patient=third, chosen=Filter()).patient["id"] == third


def test_a_merge_is_refused_with_its_reason_and_done_once(desk: Desk) -> None:
    other, third = desk.world.patient(), desk.world.patient()
    with pytest.raises(ActRefused, match="reason-missing"):
        merge(desk, desk.patient, other, reason=" so ")
    with pytest.raises(ActRefused, match="no-such-patient"):
        merge(desk, desk.patient, desk.patient)
    with pytest.raises(ActRefused, match="no-such-patient"):
        merge(desk, desk.patient, new_id())
    made = merge(desk, desk.patient, other)
    merge(desk, desk.patient, other, merge=made)  # the same form once more
    with pytest.raises(ActRefused, match="merged-already"):
        merge(desk, third, other)
    with pytest.raises(ActRefused, match="merged-already"):  # a page shown before the merge
        tell_apart(desk.secret, one=desk.patient, other=other, reason="cousins, seen both")
    unmerge_patients(desk.secret, merge=made, kept=desk.patient, merged=other, reason="two people after all")
    for merge_id, code in ((made, "done-already"), (new_id(), "no-such-merge")):
        with pytest.raises(ActRefused, match=code):
            unmerge_patients(
                desk.secret, merge=merge_id, kept=desk.patient, merged=other, reason="two people after all"
            )


def test_both_are_named_by_the_entry(desk: Desk) -> None:  # REC-8: both logged
    other = desk.world.patient()
    merge(desk, desk.patient, other)
    listed = desk.world.run(
        "SELECT patient_id FROM log.listed WHERE verb = 'merge-patients' AND patient_id IN (%s, %s)",
        desk.patient,
        other,
    )
    assert {one for (one,) in listed} == {desk.patient, other}


@pytest.mark.parametrize("function", ["ombuds", "medical-director", "data-protection-officer"])
def test_nobody_else_at_the_desk_merges(desk: Desk, function: str) -> None:
    with pytest.raises(AccessRefused, match=r"ACS-1\.function"):
        merge_patients(
            desk.secrets[function], merge=new_id(), kept=desk.patient, merged=desk.world.patient(), reason=WHY
        )


def test_an_excluded_clerk_merges_nothing(desk: Desk) -> None:  # EXC-2
    other = desk.world.patient()
    desk.world.exclude(other, desk.workers["registration-desk"].person)
    with pytest.raises(ActRefused, match="no-such-patient"):
        merge(desk, desk.patient, other)


PAIRS = {
    "same": (("Aerts", "Lena", "1985-03-04"), ("Aerts", "Lena", "1985-03-04"), "same"),
    "typing error": (("Peeters", "Marieke", "1985-03-04"), ("Peters", "Marieke", "1985-03-04"), "alike"),
    "second given name": (
        ("Lambert", "Jean", "1985-03-04"),
        ("Lambert", "Jean Pierre", "1985-03-04"),
        "alike",
    ),
    "names exchanged": (("Thomas", "Martin", "1985-03-04"), ("Martin", "Thomas", "1985-03-04"), "exchanged"),
    "day and month exchanged": (
        ("Wouters", "Dirk", "1985-03-04"),
        ("Wouters", "Dirk", "1985-04-03"),
        "birth",
    ),
    "birth date missing": (("Willems", "Dora", "1985-03-04"), ("Willems", "Dora", None), "birth"),
}
OTHERS = {
    "twins": (("Nijs", "Lotte", "1985-03-04"), ("Nijs", "Seppe", "1985-03-04")),
    "namesakes": (("Maes", "Jan", "1985-03-04"), ("Maes", "Jan", "1961-07-09")),
    "born the same day": (("Baert", "An", "1985-03-04"), ("Cools", "An", "1985-03-04")),
}


def pairs(desk: Desk) -> dict[frozenset[UUID], str]:
    return {frozenset((one["one"], one["other"])): one["why"] for one in list_duplicates(desk.secret).pairs}


@pytest.mark.parametrize("name", PAIRS)
def test_a_likely_duplicate_is_found_until_told_apart(desk: Desk, name: str) -> None:
    first, second, why = PAIRS[name]
    one, other = named(desk, *first), named(desk, *second)
    assert pairs(desk)[frozenset((one, other))] == why
    assert {side["id"] for side in compare_patients(desk.secret, one=one, other=other)} == {one, other}
    tell_apart(desk.secret, one=other, other=one, reason="cousins, seen both")
    assert frozenset((one, other)) not in pairs(desk)


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_not_called_duplicates(desk: Desk, name: str) -> None:
    one, other = (named(desk, *told) for told in OTHERS[name])
    assert frozenset((one, other)) not in pairs(desk)


def test_duplicates_of_other_houses_are_not_named(desk: Desk) -> None:
    one, other = named(desk, "Segal", "Ida", "1985-03-04"), named(desk, "Segal", "Ida", "1985-03-04")
    desk.world.run(
        "UPDATE record.presence SET institution_id = %s WHERE patient_id IN (%s, %s)",
        desk.world.institution(),
        one,
        other,
    )
    assert frozenset((one, other)) not in pairs(desk)


def test_who_told_nobody_reads_no_list_of_others(desk: Desk) -> None:
    """The function behind the list, under the grant of one patient, knows that patient alone."""
    one, _other = named(desk, "Segal", "Ida", "1985-03-04"), named(desk, "Segal", "Ida", "1985-03-04")
    query = Query("SELECT * FROM registry.likely_duplicates((SELECT gate.institution()))")
    assert door.read(desk.secret, Ask(verb="desk-open", patient=one), query).rows == ([],)
