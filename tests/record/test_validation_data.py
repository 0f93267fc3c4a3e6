"""Every resource of the collected examples: Synthea, the International Patient Summary, the Belgian profiles.

They lie outside the repository: in UNIDOSSIER_DATA, or in shared/data beside it.
"""

import json
import os
from pathlib import Path

import pytest

from unidossier.record.validation import validate

DATA = Path(os.environ.get("UNIDOSSIER_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILES = sorted(DATA.glob("*/*.json"))

pytestmark = pytest.mark.skipif(not FILES, reason="the example resources are not there; set UNIDOSSIER_DATA")


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem[:40]}")
def test_every_example_is_valid_and_kept_to_the_byte(file):
    data = file.read_bytes()
    checked = validate(data)
    assert checked.text == data
    assert checked.resource_type == json.loads(data)["resourceType"]
    for entry in checked.entries:
        assert entry.checked is None or entry.checked.text in data


def test_the_examples_are_many_and_of_many_types():
    kinds = set()
    for file in FILES:
        checked = validate(file.read_bytes())
        kinds |= {checked.resource_type} | {e.checked.resource_type for e in checked.entries if e.checked}
    assert len(kinds) > 25, sorted(kinds)


def test_a_fault_put_into_any_example_is_found():
    """Every object of an IPS document gets a foreign element in turn; none may pass."""
    (file,) = (file for file in FILES if file.name == "Bundle-bundle-minimal.json")
    document = json.loads(file.read_bytes())
    places = list(objects(document))
    assert len(places) > 100
    for place in places:
        place["foreign"] = True
        with pytest.raises(ValueError, match="foreign"):
            validate(json.dumps(document).encode())
        del place["foreign"]
    assert validate(json.dumps(document).encode())


def objects(value):
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from objects(child)
    elif isinstance(value, list):
        for child in value:
            yield from objects(child)
