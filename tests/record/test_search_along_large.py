"""What comes along is looked up line by line, whatever the statistics say of how many items a patient has."""

import json

import pytest

from tests.actions.clinic import Clinic, row
from tests.gate.world import World
from tests.record.planned import LOOKED_AT, SIZES, seeming
from unidossier.gate import door
from unidossier.gate.door import Ask
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record
from unidossier.record.searching.page import Include, Search, page
from unidossier.record.searching.terms import Ids

MANY = 200


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("reverse", [False, True])
def test_a_long_way_from_item_to_item_compares_no_item_with_each_other(
    clinic: Clinic, world: World, reverse: bool, size: str
) -> None:
    ids = [new_id() for _ in range(MANY)]
    facts = [{}, *({"derived-from": [f"Observation/{one}"]} for one in ids)]
    rows = [row(id_, type="Observation", facts=led) for id_, led in zip(ids, facts, strict=False)]
    ask = Ask(verb="deliver", patient=clinic.patient)
    door.write(clinic.machine_secret, ask, record.store(json.dumps(rows)))

    way = Include(source="Observation", names=("derived-from",), iterate=True, reverse=reverse)
    begin = ids[0] if reverse else ids[-1]
    asked = page(Search(type="Observation", term=Ids((begin,)), size=20, includes=(way,)))
    with seeming(world, size):
        ask = Ask(verb="fhir-search", patient=clinic.patient)
        before, found, after = door.read(clinic.machine_secret, ask, LOOKED_AT, asked, LOOKED_AT).rows
    assert {one["id"] for one in found} == set(ids)
    assert after[0]["n"] - before[0]["n"] < 20 * MANY
