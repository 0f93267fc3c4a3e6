"""The CapabilityStatement tells exactly what the routes do: whatever is told is served, whatever is served is told."""

from typing import Any

import pytest
from starlette.routing import Match, Route

from tests.fhir.resources import bundle, entry
from tests.fhir.search.making import made
from unidossier.exchange.fhir.app import ENTRANCE, ROUTES
from unidossier.exchange.fhir.room import BASE
from unidossier.exchange.fhir.rooms import ROOMS
from unidossier.exchange.fhir.straight import Straight
from unidossier.record.patient_types import FOLLOWING_TYPES
from unidossier.record.searching.definitions import types
from unidossier.record.validation import validate


def test_the_statement_is_valid_and_open_to_all(client: Any) -> None:
    answer = client.get("/fhir/metadata")
    assert answer.status_code == 200
    assert validate(answer.content).resource_type == "CapabilityStatement"


def test_every_route_is_told_and_whatever_is_told_is_served() -> None:
    rooms = (ENTRANCE, *ROOMS)
    told = {at for room in rooms for one in room.interactions for at in one.at}
    beside = {at for room in rooms for at in room.beside}
    served = {
        (method, route.path)
        for route in ROUTES
        if isinstance(route, Route)
        for method in (route.methods or ()) - {"HEAD"}
    }
    assert told | beside == served
    assert not told & beside


def test_the_statement_names_every_interaction_of_the_rooms_and_no_other(client: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    served = [one for room in ROOMS for one in room.interactions]
    named = {(None, code) for code in _codes(rest)}
    named |= {(resource["type"], code) for resource in rest["resource"] for code in _codes(resource)}
    assert named == {(kind, one.code) for one in served for kind in (one.types or (None,))}
    assert {"read", "vread", "create", "update"} <= {code for _, code in named}


def test_every_interaction_told_of_a_type_is_answered_for_it(client: Any, machine: Any) -> None:
    """What is told of a type is refused for its faults, never for not being there."""
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    told = {one["type"]: set(_codes(one)) for one in rest["resource"]}
    for name in ("Observation", "Encounter", "Binary", "Patient"):
        assert "create" in told[name]
        assert machine.post(f"{BASE}/{name}", {"resourceType": name, "x": 1}).status_code == 400
    for name in ("Organization", "Foo", "Bundle"):
        assert "create" not in told.get(name, ())
        assert machine.post(f"{BASE}/{name}", {"resourceType": name, "x": 1}).status_code == 404


def _codes(told: dict[str, Any]) -> list[str]:
    return [one["code"] for one in told.get("interaction", ())] + [
        f"${one['name']}" for one in told.get("operation", ())
    ]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["Observation", "Patient", "AuditEvent", "Foo", "Observation/1", "Patient/$match", "Observation/_search",
             "Observation/_history", "ValueSet/1", "Observation/", "Observation/1/_history", "metadata", "", "Patient/1/$everything",
             "Patient/1/$summary", "Observation/1/$everything", "Patient/$x/$everything", "Patient/1/$everything/", "Patient/1/Observation"]
)  # fmt: skip
def test_the_short_way_leads_where_the_routes_lead(path: str, method: str) -> None:
    scope = {"type": "http", "method": method, "path": f"{BASE}/{path}", "root_path": "", "headers": []}
    found, short = Straight(ROUTES).matches(scope)
    told = next(
        (more for route in ROUTES for kind, more in [route.matches(scope)] if kind is Match.FULL), None
    )
    if found is Match.FULL:
        assert told is not None
        assert (short["endpoint"], short["path_params"]) == (told["endpoint"], told["path_params"])
    else:
        assert (
            path not in ("Observation", "Patient", "Observation/1", "Patient/1/$everything") or told is None
        )


def _items(machine: Any, known: Any) -> dict[str, dict[str, Any]]:
    """Store a bare item of every type that a record holds, in one transaction; return them by type."""
    kinds = sorted(types() - {"Patient", "Binary"})
    bare = [entry(next(made(kind, patient=f"Patient/{known}"))) for kind in kinds]
    following = [one["fullUrl"] for one in bare if one["resource"]["resourceType"] in FOLLOWING_TYPES]
    leading = next(made("List", patient=f"Patient/{known}")) | {
        "entry": [{"item": {"reference": one}} for one in following]
    }
    answer = machine.post(BASE, bundle(*bare, entry(leading)))
    assert answer.status_code == 200, answer.text[:2000]
    places = [one["response"]["location"].split("/")[:2] for one in answer.json()["entry"]]
    items = {kind: machine.get(f"{BASE}/{kind}/{id_}").json() for kind, id_ in places}
    return items | {"Patient": machine.get(f"{BASE}/Patient/{known}").json()}


def test_what_is_told_of_a_type_is_what_its_items_answer(client: Any, machine: Any, known: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    told = {one["type"]: set(_codes(one)) for one in rest["resource"]}
    found = {}
    for kind, item in _items(machine, known).items():
        address = f"{BASE}/{kind}/{item['id']}"
        no_change = [{"op": "test", "path": "/resourceType", "value": kind}]
        new = {name: value for name, value in item.items() if name != "id"}
        whose = f"_id={item['id']}" if kind in FOLLOWING_TYPES else f"patient={known}"
        asked = {
            "read": machine.get(address),
            "vread": machine.get(f"{address}/_history/1"),
            "history-instance": machine.get(f"{address}/_history"),
            "history-type": machine.get(f"{BASE}/{kind}/_history?patient={known}"),
            "search-type": machine.get(f"{BASE}/{kind}?{whose}"),
            "update": machine.put(address, item),
            "patch": client.request("PATCH", address, headers=machine.headers
                | {"content-type": "application/json-patch+json"}, json=no_change),
            "create": machine.post(f"{BASE}/{kind}", new),
            "delete": client.request("DELETE", address, headers=machine.headers),
        }  # fmt: skip
        found[kind] = {code for code, answer in asked.items() if answer.status_code < 300}
        assert found[kind] == told[kind] & set(asked), kind
    assert {"read", "vread", "history-instance", "search-type"} == found["Provenance"]
    assert "delete" in found["Observation"] and "delete" not in found["Patient"]
