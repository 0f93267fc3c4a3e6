"""Every search parameter of every type: what it hits, what it misses, what has no value, as fhirpathpy finds it in the same resources."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.fhir.conftest import Sender
from tests.fhir.resources import bundle, entry, patient
from tests.fhir.search import oracle
from tests.fhir.search.making import NOT_MADE, made
from tests.gate.world import World
from unidossier.exchange.fhir.search.asked import asked_of
from unidossier.exchange.fhir.search.search import compiled
from unidossier.gate import door
from unidossier.gate.door import Ask, Query
from unidossier.record.searching.definitions import Parameter, parameters_of, types
from unidossier.record.searching.page import Search, page

Json = dict[str, Any]
_NOBODY = {
    "token": "nobody",
    "reference": "Observation/00000000-0000-4000-8000-000000000000",
    "string": "nobody at all",
    "uri": "http://example.org/nothing",
    "date": "1912-04-15",
    "number": "-77.5",
    "quantity": "-77.5|http://unitsofmeasure.org|mg",
}
# its one actor is the patient, or it is in no record
_NEVER_MADE = {("AppointmentResponse", "practitioner"), ("AppointmentResponse", "location")}
_OF_THE_LINE = {"_id", "_lastUpdated"}  # no values taken out: test_search.py


class Filled:
    """One record with resources of every type, and its machine."""

    def __init__(self, machine: Sender, patient: UUID, resources: dict[str, list[Json]]) -> None:
        self.secret, self.patient, self.resources = machine.secret, patient, resources

    def search(self, resource_type: str, *pairs: tuple[str, str]) -> list[set[str]]:
        """Return the ids that each search finds; all under one grant."""
        queries = [self._query(resource_type, pair) for pair in pairs]
        granted = door.read(self.secret, Ask(verb="fhir-search", patient=self.patient), *queries)
        return [{str(row["id"]) for row in rows} for rows in granted.rows]

    def _query(self, resource_type: str, pair: tuple[str, str]) -> Query:
        asked = asked_of(resource_type, [pair], patient=self.patient)
        term, ignored = compiled(asked, base="http://api.example/fhir")
        assert not ignored and not asked.ignored, (pair, ignored, asked.ignored)
        return page(Search(type=resource_type, term=term.terms[-1], size=500))


@pytest.fixture(scope="module")
def filled(client: Any, world: World) -> Filled:
    hospital = world.institution()
    machine = Sender(client, world.session(world.worker("machine", hospital), face="api", purpose="exchange"))
    first = _patient()
    answer = machine.post("/fhir/Patient", first)
    assert answer.status_code == 201, answer.text
    known = answer.json()["id"]
    told = [
        one
        for resource_type in sorted(types() - NOT_MADE)
        for one in made(resource_type, patient=f"Patient/{known}")
    ]
    answer = machine.post("/fhir", bundle(*(entry(one) for one in told)))
    assert answer.status_code == 200, answer.text[:3000]
    places = [one["response"]["location"].split("/") for one in answer.json()["entry"]]
    resources: dict[str, list[Json]] = {"Patient": [first | {"id": known}]}
    for one, (kind, id_, *_) in zip(told, places, strict=True):
        resources.setdefault(kind, []).append(one | {"id": id_})
    return Filled(machine, UUID(known), resources)


def _patient() -> Json:
    """A Patient with a value for each of his parameters."""
    _, found, *_ = made("Patient", patient="RelatedPerson/0a2c6f0e-1c7c-4c3e-9a57-5a2b1a0d9c11")
    found = {name: value for name, value in found.items() if not name.startswith("deceased")}
    ways = [{"system": "email", "value": "an@example.org"}, {"system": "phone", "value": "+3225550100"}]
    return found | patient() | {"deceasedDateTime": "2020-05-06T10:00:00+02:00", "telecom": ways}


@pytest.mark.parametrize("resource_type", sorted(types() - NOT_MADE | {"Patient"}))
def test_each_parameter_finds_what_fhirpath_finds(filled: Filled, resource_type: str) -> None:
    """Hit, miss and `:missing` of each parameter, compared with fhirpathpy on the same resources."""
    resources = filled.resources[resource_type]
    wanted, pairs = [], []
    for one in parameters_of(resource_type).values():
        if one.code in _OF_THE_LINE or one.kind == "composite":
            continue
        for pair, expected in _expected(one, resources):
            pairs.append(pair)
            wanted.append(expected)
    found = filled.search(resource_type, *pairs)
    differing = {
        pair: {"not found": expected - got, "found in vain": got - expected}
        for pair, got, expected in zip(pairs, found, wanted, strict=True)
        if got != expected
    }
    assert not differing


def _expected(one: Parameter, resources: list[Json]) -> Iterator[tuple[tuple[str, str], set[str]]]:
    """Give each search of a parameter, and the ids that it must find."""
    values = {resource["id"]: oracle.values(one.expression, resource) for resource in resources}
    if one.kind == "date":  # performedString is no date
        values = {
            id_: [value for value in told if oracle.asked("date", value)] for id_, told in values.items()
        }
    yield (f"{one.code}:missing", "true"), {id_ for id_, told in values.items() if not told}
    yield (one.code, _NOBODY[one.kind]), set()
    done: set[str] = set()
    for id_, told in values.items():
        texts = [text for value in told if (text := oracle.asked(one.kind, value))]
        if texts and texts[0] not in done:
            done.add(texts[0])
            hit = {
                other
                for other, own in values.items()
                if any(oracle.has(one.kind, value, texts[0]) for value in own)
            }
            assert id_ in hit, (one.code, texts, told)
            yield (one.code, _escaped(texts[0])), hit


def _escaped(text: str) -> str:
    return text.replace("$", "\\$").replace(",", "\\,")


@pytest.mark.parametrize(
    ("resource_type", "code"),
    [
        (kind, one.code)
        for kind in sorted(types())
        for one in parameters_of(kind).values()
        if one.kind == "composite"
    ],
)
def test_a_composite_finds_what_belongs_together(filled: Filled, resource_type: str, code: str) -> None:
    """Each part holds in one and the same context; parts of two contexts do not add up."""
    one, resources = parameters_of(resource_type)[code], filled.resources[resource_type]
    kinds = [part.kind for part in one.components]
    whole = {
        resource["id"]: [
            [oracle.parts(part.expression, context, resource) for part in one.components]
            for context in oracle.contexts(one.expression, resource)
        ]
        for resource in resources
    }
    told = {
        "$".join(texts)
        for groups in whole.values()
        for group in groups
        if all(group)
        and all(texts := [oracle.asked(kind, own[0]) or "" for kind, own in zip(kinds, group, strict=True)])
    }
    assert told
    searched = [*sorted(told), "$".join(_NOBODY[kind] for kind in kinds)]
    wanted = [
        {
            id_
            for id_, groups in whole.items()
            if any(
                all(
                    any(oracle.has(kind, value, text) for value in own)
                    for kind, own, text in zip(kinds, group, one_text.split("$"), strict=True)
                )
                for group in groups
            )
        }
        for one_text in searched
    ]
    assert filled.search(resource_type, *((code, text) for text in searched)) == wanted


def test_every_parameter_has_a_hit(filled: Filled) -> None:
    """No parameter is proven by misses alone."""
    without = {
        (kind, one.code)
        for kind, resources in filled.resources.items()
        for one in parameters_of(kind).values()
        if one.code not in _OF_THE_LINE
        and one.kind != "composite"
        and not any(oracle.values(one.expression, resource) for resource in resources)
    }
    assert without == _NEVER_MADE
