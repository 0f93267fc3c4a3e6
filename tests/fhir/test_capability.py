"""The CapabilityStatement tells exactly what the routes do."""

from typing import Any

from unidossier.exchange.fhir.app import BASE, ROUTES
from unidossier.record.validation import validate

# what each code of the statement is on the wire: hl7.org/fhir/R4/http.html
ON_THE_WIRE = {
    "read": ("GET", "/{type}/{id}"),
    "vread": ("GET", "/{type}/{id}/_history/{version}"),
    "create": ("POST", "/{type}"),
    "update": ("PUT", "/{type}/{id}"),
    "transaction": ("POST", ""),
    "batch": ("POST", ""),
}


def test_the_statement_is_valid_and_open_to_all(client: Any) -> None:
    answer = client.get("/fhir/metadata")
    assert answer.status_code == 200
    assert validate(answer.content).resource_type == "CapabilityStatement"


def test_the_statement_names_every_route_and_no_other(client: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    told = {one["code"] for one in rest["interaction"]}
    for resource in rest["resource"]:
        told |= {one["code"] for one in resource["interaction"]}
    served = {
        (method, route.path.removeprefix(BASE).rstrip("/"))
        for route in ROUTES
        for method in (route.methods or ()) - {"HEAD"}
        if route.path not in (f"{BASE}/metadata", "/healthz")
    }
    assert {ON_THE_WIRE[code] for code in told} == served


def test_every_type_told_can_be_created_and_no_other(client: Any, machine: Any) -> None:
    (rest,) = client.get("/fhir/metadata").json()["rest"]
    told = {one["type"] for one in rest["resource"]}
    for name in ("Observation", "Encounter", "Binary", "Patient"):
        assert name in told
        assert machine.post(f"/fhir/{name}", {"resourceType": name, "x": 1}).status_code == 400
    for name in ("Organization", "Foo", "Bundle"):
        assert name not in told
        assert machine.post(f"/fhir/{name}", {"resourceType": name, "x": 1}).status_code == 404


def test_other_methods_are_told_to_be_absent(machine: Any, stored: dict[str, Any]) -> None:
    address = f"/fhir/Observation/{stored['id']}"
    answer = machine.client.request("DELETE", address, headers=machine.headers)
    assert answer.status_code == 405
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert machine.get(address).status_code == 200
    assert machine.get("/fhir/Observation/1/2/3/4").json()["resourceType"] == "OperationOutcome"
