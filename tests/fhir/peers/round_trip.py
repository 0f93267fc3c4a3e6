"""Collected examples as transactions, and what was sent held against what is read: every element and every digit, references by what they mean.

Synthea's bundles go as they are. Documents (IPS) and single resources (the Belgian examples) become transactions; the latter about a patient
of ours, since theirs carry numbers that no register gives out.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from unidossier.record.patient_types import PATIENT_TYPES

Json = dict[str, Any]
GIVEN_BY_THE_SERVER = {"versionId", "lastUpdated"}


def data_folder() -> Path | None:
    """Return the folder of collected examples: UNIDOSSIER_DATA, or beside the repository; None without one."""
    beside = Path(__file__).parents[3].parent / "shared/data"
    folder = Path(os.environ.get("UNIDOSSIER_DATA", beside))
    return folder if folder.is_dir() else None


def transactions(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every example as a transaction: its name and its text."""
    mark = uuid4().hex[:8].encode()
    for path in sorted((folder / "synthea").glob("*.json")):
        yield path.stem, _of_nobody_else(path.read_bytes(), mark)
    for path in sorted((folder / "ips").glob("*.json")):
        document = json.loads(path.read_text())
        entries = [(one["fullUrl"], one["resource"]) for one in document["entry"]]
        yield path.stem, _of_nobody_else(_transaction(entries), mark)
    yield from belgian(folder)


def _of_nobody_else(text: bytes, mark: bytes) -> bytes:
    """Give the patient numbers of his own: other tests send the same people. Two examples of one person stay so."""
    for entry in json.loads(text)["entry"]:
        if entry["resource"]["resourceType"] == "Patient":
            for number in {one["value"] for one in entry["resource"].get("identifier", ())}:
                text = text.replace(b'"' + number.encode() + b'"', b'"' + number.encode() + mark + b'"')
    return text


def belgian(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give the Belgian examples, each with the patient it is about."""
    for path in sorted((folder / "be").glob("*.json")):
        resource = json.loads(path.read_text())
        if resource["resourceType"] not in PATIENT_TYPES:
            continue
        who = f"urn:uuid:{uuid5(NAMESPACE_URL, path.name)}"
        if resource["resourceType"] == "Patient":
            yield path.stem, _transaction([(who, _without_numbers(resource))])
            continue
        subject = "patient" if "patient" in resource else "subject"
        about = resource | {subject: {"reference": who}}
        yield path.stem, _transaction([(who, _stand_in()), (f"urn:uuid:{uuid4()}", about)])


def _without_numbers(patient: Json) -> Json:
    # invented national numbers: their check digits are wrong, and rightly refused
    return patient | {"identifier": [{"system": "urn:example:ward-numbers", "value": uuid4().hex}]}


def _stand_in() -> Json:
    return _without_numbers(
        {
            "resourceType": "Patient",
            "name": [{"family": "Peeters", "given": ["An"]}],
            "gender": "female",
            "birthDate": "1951-04-12",
        }
    )


def _transaction(entries: list[tuple[str, Json]]) -> bytes:
    made = [
        {"fullUrl": url, "resource": one, "request": {"method": "POST", "url": one["resourceType"]}}
        for url, one in entries
    ]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": made}).encode()


@dataclass
class Trip:
    """One transaction, there and back. `kept`: resources about nobody, which no record holds."""

    sent: list[Json]
    locations: list[str | None]
    means: dict[str, str] = field(default_factory=dict)  # what a reference of the sender is here
    kept: int = 0

    @classmethod
    def of(cls, text: bytes, answer: Json) -> "Trip":
        """Tie the entries of a transaction to those of its answer."""
        entries = exact(text)["entry"]
        told = [one["response"] for one in answer["entry"]]
        assert len(told) == len(entries)
        places = [_place(one.get("location")) for one in told]
        trip = cls([one["resource"] for one in entries], places)
        for entry, place in zip(entries, places, strict=True):
            if place is None:
                trip.kept += 1
                continue
            resource = entry["resource"]
            trip.means[entry["fullUrl"]] = place
            if "id" in resource:
                trip.means[f"{resource['resourceType']}/{resource['id']}"] = place
        return trip

    def pairs(self) -> Iterator[tuple[Json, str]]:
        """Give what was sent with the address at which it is read."""
        for resource, place in zip(self.sent, self.locations, strict=True):
            if place is not None:
                yield resource, place

    def differences(self, sent: Json, back: Json) -> list[str]:
        """Name what is not as it was sent (`back` is read by `exact`); empty when all is."""
        return list(self._differing(sent, back, sent["resourceType"], is_root=True))

    def _differing(self, sent: Any, back: Any, path: str, *, is_root: bool = False) -> Iterator[str]:
        if isinstance(sent, dict) and isinstance(back, dict):
            given = _given(sent, back, path, is_root=is_root)
            for name in sorted((sent.keys() | back.keys()) - given):
                yield from self._in_object(name, sent, back, path)
        elif isinstance(sent, list) and isinstance(back, list) and len(sent) == len(back):
            for nth, (one, other) in enumerate(zip(sent, back, strict=True)):
                yield from self._differing(one, other, f"{path}[{nth}]")
        elif sent != back:
            yield f"{path}: {sent!r} came back as {back!r}"

    def _in_object(self, name: str, sent: Json, back: Json, path: str) -> Iterator[str]:
        if name not in sent or name not in back:
            yield f"{path}.{name} {'is lost' if name in sent else 'came from nowhere'}"
        elif name in ("url", "uri", "valueUri", "valueUrl") and sent[name] in self.means:
            if back[name] != self.means[sent[name]]:
                yield f"{path}.{name}: {sent[name]!r} came back as {back[name]!r}"
        elif name == "reference" and isinstance(sent[name], str):
            if not self._is_same_reference(sent[name], back[name]):
                yield f"{path}.reference {sent[name]} came back as {back[name]}"
        else:
            yield from self._differing(sent[name], back[name], f"{path}.{name}")

    def _is_same_reference(self, sent: str, back: str) -> bool:
        """A reference is the same when it leads to what it named; what is about nobody has one address of ours, always the same."""
        if sent == back:
            return sent not in self.means
        return self.means.setdefault(sent, back) == back


def _given(sent: Json, back: Json, path: str, *, is_root: bool) -> set[str]:
    """Name what the server says of its own accord: the id, version and instant of what it stored."""
    if path == f"{path.partition('.')[0]}.meta":  # that of a contained resource stays the sender's
        return GIVEN_BY_THE_SERVER
    if not is_root:
        return set()
    is_all_ours = "meta" not in sent and set(back.get("meta", ())) <= GIVEN_BY_THE_SERVER
    return {"id", "meta"} if is_all_ours else {"id"}


def exact(text: bytes) -> Json:
    """Read JSON so that two numbers are equal only when they are written alike."""
    # numbers as they are written: 72.50 is not 72.5
    return json.loads(
        text, parse_float=lambda digits: ("number", digits), parse_int=lambda digits: ("number", digits)
    )


def _place(location: str | None) -> str | None:
    return None if location is None else "/".join(location.split("/_history")[0].split("/")[-2:])
