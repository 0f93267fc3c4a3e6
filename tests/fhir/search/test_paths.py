"""The compiled expressions against fhirpathpy: the same values, on resources made from the definitions and on collected ones."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fhir.search import oracle
from tests.fhir.search.making import made
from unidossier.record.searching.definitions import parameters_of, types
from unidossier.record.searching.path import PathNotUnderstood, compiled, evaluate

Json = dict[str, Any]
DATA = Path(os.environ.get("UNIDOSSIER_DATA", Path(__file__).parents[4] / "shared/data"))
_A_TYPE = 4  # of each type of the collected resources: the expressions are the same for all


def _plain(value: Any) -> str:
    """Return a value as text: numbers alike, however they were read; without what stands beside plain values."""
    return json.dumps(_bare(value), default=float, sort_keys=True)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _bare(inner) for name, inner in value.items() if not name.startswith("_")}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _differing(resource: Json) -> dict[str, tuple[list[str], list[str]]]:
    found = {}
    for one in parameters_of(resource["resourceType"]).values():
        if one.kind == "composite":
            continue
        ours = sorted({_plain(node.value) for node in evaluate(one.expression, resource)})
        theirs = sorted({_plain(value) for value in oracle.values(one.expression, resource)})
        if ours != theirs:
            found[one.code] = (ours, theirs)
    return found


@pytest.mark.parametrize("resource_type", sorted(types()))
def test_made_resources_give_the_same_values(resource_type: str) -> None:
    for resource in made(resource_type, patient="Patient/0a2c6f0e-1c7c-4c3e-9a57-5a2b1a0d9c11"):
        assert _differing(resource) == {}


def test_collected_resources_give_the_same_values() -> None:
    """Real bundles of Synthea, IPS and the Belgian guides: some of each type."""
    resources = list(_collected())
    if not resources:
        pytest.skip(f"there is no data in {DATA}")
    assert {resource["resourceType"] for resource in resources} >= {
        "Observation",
        "Condition",
        "Immunization",
    }
    assert [(one["resourceType"], told) for one in resources if (told := _differing(one))] == []


def _collected() -> Iterator[Json]:
    seen: dict[str, int] = {}
    files = [*DATA.glob("be/*.json"), *DATA.glob("ips/*.json"), *sorted(DATA.glob("synthea/*.json"))[:2]]
    for file in files:
        content = json.loads(file.read_bytes())
        for one in [entry["resource"] for entry in content.get("entry", ())] or [content]:
            kind = one["resourceType"]
            seen[kind] = seen.get(kind, 0) + 1
            if kind in types() and seen[kind] <= _A_TYPE:
                yield one


@pytest.mark.parametrize(
    "expression",
    [
        "Observation.value.convertsToInteger()",
        "Observation.code[0]",
        "Observation.where(status = 'final'",
        "Observation.status +",
        "",
    ],
)
def test_more_of_fhirpath_is_refused_when_it_is_compiled(expression: str) -> None:
    with pytest.raises(PathNotUnderstood):
        compiled(expression, "Observation")
