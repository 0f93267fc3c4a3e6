"""A client of Bulk Data that takes nothing for granted: each answer is held against the implementation guide (2.0)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from tests.fhir.conftest import Sender
from unidossier.jobs.bulk import work_on_exports

Json = dict[str, Any]
ASYNC = {"prefer": "respond-async"}


@dataclass(frozen=True)
class Fetched:
    """A manifest and the resources of its files by type."""

    manifest: Json
    files: dict[str, list[Json]]

    def ids(self, resource_type: str) -> set[str]:
        return {one["id"] for one in self.files.get(resource_type, [])}


def kick_off(sender: Sender, address: str, body: Json | None = None) -> str:
    """Ask for an export; return the address of its status."""
    answer = sender.post(address, body, **ASYNC) if body else sender.get(address, **ASYNC)
    assert answer.status_code == 202, answer.text
    place = urlsplit(answer.headers["content-location"])
    assert place.scheme and place.netloc, "an absolute address"
    assert not answer.content or answer.json()["resourceType"] == "OperationOutcome"
    return place.path


def fetch(sender: Sender, address: str, body: Json | None = None) -> Fetched:
    """Export and fetch everything, as a client would; the worker is let work in between."""
    status = kick_off(sender, address, body)
    waiting = sender.get(status)
    assert waiting.status_code == 202 and not waiting.content
    assert int(waiting.headers["retry-after"]) > 0 and len(waiting.headers["x-progress"]) < 100
    work_on_exports(slice_s=30)
    return fetched(sender, status)


def fetched(sender: Sender, status: str) -> Fetched:
    """Fetch what a finished export made."""
    done = sender.get(status)
    assert done.status_code == 200, done.text
    assert done.headers["content-type"] == "application/json" and "expires" in done.headers
    manifest = done.json()
    assert manifest.keys() >= {"transactionTime", "request", "requiresAccessToken", "output", "error"}
    assert datetime.fromisoformat(manifest["transactionTime"]).tzinfo is not None
    assert manifest["requiresAccessToken"] is True
    files: dict[str, list[Json]] = {}
    for one in (*manifest["output"], *manifest["deleted"], *manifest["error"]):
        answer = sender.get(urlsplit(one["url"]).path, accept="application/fhir+ndjson")
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/fhir+ndjson"
        lines = answer.content.decode().splitlines()
        resources = [json.loads(line) for line in lines]
        assert len(resources) == one["count"]
        assert {each["resourceType"] for each in resources} == {one["type"]}
        files.setdefault(one["type"], []).extend(resources)
    return Fetched(manifest, files)
