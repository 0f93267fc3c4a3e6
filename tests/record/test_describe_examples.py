"""Every resource of the collected examples gets a whole line: Synthea, the International Patient Summary, Belgian profiles."""

import json
import os
import statistics
import time
from decimal import Decimal
from pathlib import Path

import pytest

from unidossier.kernel.category import Category
from unidossier.record.describe import Description, describe, members, references

DATA = Path(os.environ.get("UNIDOSSIER_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILES = sorted(DATA.glob("*/*.json"))
STATUSES = {"draft", "final", "amended", "entered-in-error"}
FLAGS = {"H", "L", "HH", "LL", "A", None}

pytestmark = pytest.mark.skipif(not FILES, reason="the example resources are not there; set UNIDOSSIER_DATA")


def resources(file: Path) -> dict[str, dict]:
    """The resources of a file by the reference that names them."""
    read = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    if read["resourceType"] != "Bundle":
        return {f"{read['resourceType']}/{read.get('id')}": read}
    return {entry["fullUrl"]: entry["resource"] for entry in read["entry"]}


def require_whole(line: Description) -> None:
    assert line.title.strip()
    assert isinstance(line.category, Category)
    assert line.status in STATUSES
    assert line.language in ("fr", "nl", "de", "en")
    assert line.flag in FLAGS
    assert line.clinical_at is None or line.clinical_at.tzinfo
    assert line.value_num is None or isinstance(line.value_num, Decimal)
    json.dumps(line.short, allow_nan=False)
    assert "\x00" not in line.search_text


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem[:40]}")
def test_every_example_gets_a_whole_line(file):
    together = resources(file)
    for resource in together.values():
        require_whole(describe(resource, institution_language="fr", beside=together))
        assert all(isinstance(reference, str) for reference in references(resource))


@pytest.mark.parametrize("file", FILES[::7], ids=lambda file: f"{file.parent.name}/{file.stem[:40]}")
def test_a_line_needs_no_element_but_the_type(file):
    """Each element left out in turn: nothing but `resourceType` may be relied on."""
    for resource in list(resources(file).values())[:300]:
        for name in resource.keys() - {"resourceType"}:
            less = {key: value for key, value in resource.items() if key != name}
            require_whole(describe(less, institution_language="nl"))


def test_clinical_examples_name_their_patient_and_time():
    """Of Synthea every clinical item; goals there have no date."""
    for file in FILES:
        if file.parent.name != "synthea":
            continue
        for resource in resources(file).values():
            line = describe(resource, institution_language="en")
            if line.type in ("Patient", "Practitioner", "Organization"):
                continue
            assert line.patient_reference, line.type
            assert line.clinical_at or line.type == "Goal", line.type


def test_members_of_reports_are_observations_of_the_same_delivery():
    found = 0
    for file in FILES:
        together = resources(file)
        for resource in together.values():
            for member in members(resource):
                if file.parent.name == "synthea":
                    assert together[member]["resourceType"] == "Observation"
                found += 1
    assert found > 1000


def test_a_line_is_made_in_well_under_a_millisecond():
    """The import needs 150 µs on an ordinary machine; the bound here only catches a slip of an order of magnitude."""
    largest = max(FILES, key=lambda file: file.stat().st_size)
    together = list(resources(largest).values())
    taken = []
    for resource in together:
        started = time.perf_counter()
        describe(resource, institution_language="nl")
        taken.append(time.perf_counter() - started)
    assert statistics.median(taken) < 0.0015
