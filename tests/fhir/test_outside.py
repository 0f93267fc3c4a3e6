"""Behind a proxy that does TLS every address in an answer is one that a client outside can ask."""

import pytest

from tests.fhir.client import Client
from tests.fhir.conftest import Sender


@pytest.mark.parametrize(
    ("origin", "scheme"),
    [("https://record.example.org", "https"), ("http://localhost", "http"), ("", "http")],
)
def test_addresses_are_those_of_the_outside(
    monkeypatch: pytest.MonkeyPatch, machine: Sender, origin: str, scheme: str
) -> None:
    from unidossier.exchange.fhir.app import application

    monkeypatch.setenv("UNIDOSSIER_ORIGIN", origin)
    client = Client(application)
    try:
        told = client.get("/fhir/metadata").json()
        assert told["implementation"]["url"] == f"{scheme}://api.example/fhir"
        headers = machine.headers | {"prefer": "respond-async"}
        place = client.get("/fhir/$export?_type=Patient", headers=headers).headers["content-location"]
        assert place.startswith(f"{scheme}://api.example/fhir/$export-status/")
        path = place.partition("api.example")[2]
        assert client.request("DELETE", path, headers=machine.headers).status_code == 202
    finally:
        client.close()
