"""Open a record, filter it and page through it: each item once, whatever arrives meanwhile (REC-1, REC-4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.clinic import Clinic, days, row
from unidossier.actions.open_record import Listed, open_record, search_record
from unidossier.gate.door import AccessRefused
from unidossier.kernel.brussels import midnight
from unidossier.kernel.category import EVERY_CATEGORY, Category
from unidossier.kernel.uuid7 import new_id
from unidossier.record.queries import PAGE, Filter

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def page(clinic: Clinic, chosen: Filter, after: Any = None) -> Listed:
    listed, _ = search_record(clinic.secret, patient=clinic.patient, chosen=chosen, after=after)
    return listed


def shown(clinic: Clinic, **chosen: Any) -> set[UUID]:
    return {line["id"] for line in page(clinic, Filter(**chosen)).lines}


def test_everything_of_the_first_page_in_one_entry(clinic: Clinic) -> None:
    clinic.store(
        row(category=int(Category.ALLERGY), title="Penicillin"),
        row(category=int(Category.LABORATORY), code="2823-3", value_num=5.6, unit="mmol/L"),
        row(title="Consultation"),
    )
    before = clinic.world.run("SELECT count(*) FROM log.entry WHERE patient_id = %s", clinic.patient)[0][0]
    opened = open_record(clinic.secret, patient=clinic.patient, chosen=Filter())
    after = clinic.world.run("SELECT count(*) FROM log.entry WHERE patient_id = %s", clinic.patient)[0][0]
    assert after == before + 1
    assert opened.patient["id"] == clinic.patient
    assert [line["title"] for line in opened.summary] == ["Penicillin"]
    assert [float(line["value_num"]) for line in opened.results] == [5.6]
    assert len(opened.listed.lines) == sum(one["items"] for one in opened.shape) == 3
    assert (opened.opens, opened.rule) == (EVERY_CATEGORY, "ACD-2.work")
    assert [one["mine"] for one in opened.relations] == [True]


def test_what_is_open_tells_nothing_recorded_from_not_open(clinic: Clinic) -> None:
    nurse = clinic.colleague("nurse")
    opened = open_record(nurse, patient=clinic.patient, chosen=Filter())
    assert opened.opens & Category.LABORATORY.bit
    assert not opened.opens & Category.PSYCHIATRY.bit
    assert opened.listed.lines == []


@pytest.mark.parametrize("who", ["stranger", "excluded", "ended", "nobody"])
def test_refusals_are_errors_and_never_an_empty_record(clinic: Clinic, who: str) -> None:
    worker = clinic.world.worker("specialist", clinic.id)
    patient = new_id() if who == "nobody" else clinic.patient
    if who in ("excluded", "ended"):
        clinic.world.relation(patient, worker, **({"ends_at": days(-1)} if who == "ended" else {}))
    if who == "excluded":
        clinic.world.exclude(patient, worker.person)
    with pytest.raises(AccessRefused) as refused:
        open_record(clinic.world.session(worker), patient=patient, chosen=Filter())
    assert refused.value.rule == {"excluded": "EXC-2.excluded", "ended": "ACD-4.ended"}.get(who, "ACD-1.none")
    assert open_record(clinic.secret, patient=clinic.patient, chosen=Filter()).listed.lines == []


# filters


def test_categories_and_institutions(clinic: Clinic) -> None:
    house = clinic.world.institution()
    elsewhere = clinic.colleague(house=house)
    report, letter, foreign = new_id(), new_id(), new_id()
    clinic.store(row(report), row(letter, category=int(Category.LETTER)))
    clinic.store(row(foreign), secret=elsewhere)
    assert shown(clinic) == {report, letter, foreign}
    assert shown(clinic, categories=(int(Category.REPORT),)) == {report, foreign}
    assert shown(clinic, categories=(int(Category.REPORT), int(Category.LETTER))) == {report, letter, foreign}
    assert shown(clinic, categories=(int(Category.IMAGING),)) == set()
    assert shown(clinic, institutions=(house,)) == {foreign}
    assert shown(clinic, institutions=(house, clinic.id), categories=(int(Category.LETTER),)) == {letter}


@pytest.mark.parametrize(
    "day",
    [date(2026, 3, 10), date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31)],
    ids=["winter", "23 hours", "25 hours", "new year"],
)
def test_a_day_is_a_day_of_brussels_and_half_open(clinic: Clinic, day: date) -> None:
    since, until = midnight(day), midnight(day + timedelta(days=1))
    second = timedelta(seconds=1)
    items = {at: new_id() for at in (since - second, since, until - second, until)}
    clinic.store(*(row(item, clinical_at=at.isoformat()) for at, item in items.items()))
    assert shown(clinic, since=since, until=until) == {items[since], items[until - second]}
    assert shown(clinic, since=since) == {items[since], items[until - second], items[until]}
    assert shown(clinic, until=until) == set(items.values()) - {items[until]}


def test_counts_are_of_the_same_filter(clinic: Clinic) -> None:
    clinic.store(
        *(row(clinical_at=f"{year}-06-01T00:00:00Z") for year in (2019, 2019, 2024)),
        row(category=int(Category.LETTER), clinical_at="2024-06-01T00:00:00Z"),
    )
    _, shape = search_record(
        clinic.secret, patient=clinic.patient, chosen=Filter(categories=(int(Category.REPORT),))
    )
    assert [(one["year"], one["category"], one["items"]) for one in shape] == [(2019, 9, 2), (2024, 9, 1)]


# pages


def _read(clinic: Clinic, chosen: Filter, *, between: Any = lambda: None) -> list[UUID]:
    """Read every page; `between` is called after each."""
    read: list[UUID] = []
    after = None
    while True:
        listed = page(clinic, chosen, after)
        read += [line["id"] for line in listed.lines]
        if listed.after is None:
            return read
        assert len(listed.lines) == PAGE
        after = listed.after
        between()


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE])
def test_the_pages_are_the_whole_list(clinic: Clinic, count: int) -> None:
    items = [new_id() for _ in range(count)]
    clinic.store(*(row(item, clinical_at=NOON.isoformat()) for item in items))
    assert _read(clinic, Filter()) == sorted(items, reverse=True)  # the same instant: by id


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seconds=st.lists(st.integers(0, 40), min_size=PAGE, max_size=2 * PAGE + 20),
    arriving=st.lists(st.integers(-20, 60), max_size=8),
)
def test_no_item_twice_and_none_lost_while_new_ones_arrive(
    clinic: Clinic, seconds: list[int], arriving: list[int]
) -> None:
    patient = clinic.world.patient()
    clinic.world.relation(patient, clinic.physician)
    mine = Clinic(**(vars(clinic) | {"patient": patient}))

    def stored(instants: list[int]) -> dict[UUID, datetime]:
        items = {new_id(): NOON + timedelta(seconds=second) for second in instants}
        if items:
            mine.store(*(row(item, clinical_at=at.isoformat()) for item, at in items.items()))
        return items

    items = stored(seconds)
    queue = list(arriving)
    read = _read(mine, Filter(), between=lambda: stored([queue.pop()]) if queue else None)
    assert len(read) == len(set(read))
    old = [item for item in read if item in items]
    assert old == sorted(items, key=lambda item: (items[item], item), reverse=True)


def test_values_of_a_panel_stand_below_it_and_are_found_by_name(clinic: Clinic) -> None:
    panel, parts = new_id(), [new_id() for _ in range(3)]
    clinic.store(
        row(panel, title="Ionogram", category=int(Category.LABORATORY)),
        *(
            row(
                part,
                title=title,
                category=int(Category.LABORATORY),
                part_of=str(panel),
                value_num=1,
                flag=flag,
            )
            for part, title, flag in zip(
                parts, ("Potassium", "Sodium", "Chloride"), ("H", None, "L"), strict=True
            )
        ),
    )
    (line,) = page(clinic, Filter()).lines
    assert (line["id"], line["children"], line["abnormal"]) == (panel, 3, 2)
    assert shown(clinic, text="potassium") == {parts[0]}
