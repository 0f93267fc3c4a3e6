"""Derive the search parameters of the types that a record holds from HL7's own package of FHIR R4.

    python scripts/derive_search_parameters.py hl7.fhir.r4.core.tgz

The package is the one of derive_fhir_schema.py. Left out: parameters on extensions that HL7's resource pages do not list, `_query`,
`_filter`, and the example parameters. With the parameters go the elements that their expressions walk through: type of each, and
the code system that a required binding gives to a plain code.
"""

import argparse
import json
import re
import tarfile
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TARGET = Path(__file__).parents[1] / "unidossier/record/searching/data/search-parameters-r4-4.0.1.json"
SPECIAL = {
    "_query",
    "_filter",
    "_text",
    "_content",
}  # `_text`, `_content` have no expression: the words of the record answer them
PLAIN = {"code", "boolean", "id", "uri", "string"}  # a token that is only a word: status, gender, active ...
ROOTS = ("Resource", "DomainResource")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("package", type=Path)
    package = read(arguments.parse_args().package)
    types = wanted_types()
    parameters = {name: parameters_of(name, package) for name in types}
    elements = Elements(package)
    for name, found in parameters.items():
        for one in found.values():
            ends = {end.removeprefix("+") for end in elements.walk(name, one["expression"])}
            if one["type"] == "token" and ends <= PLAIN:
                one["plain"] = True
            for component in one.get("components", ()):
                ends = elements.walk_component(name, one["expression"], component["expression"])
                # 4.0.1 names the two parameters of DocumentReference.relationship the wrong way round
                if (ends == {"Reference"}) != (component["type"] == "reference"):
                    component["type"] = "reference" if ends == {"Reference"} else "token"
    content = {
        "types": types,
        "parameters": parameters,
        "elements": elements.known(),
        "compartment": compartment(package, types),
    }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(lines(content))
    print(f"{sum(map(len, parameters.values()))} parameters of {len(types)} types: {TARGET}")


def lines(content: Json) -> str:
    """Return JSON with one line for each parameter, element table and the rest: a change shows where it is."""
    parts = []
    for name, told in sorted(content.items()):
        if isinstance(told, dict):
            inner = ",\n".join(f"{json.dumps(key)}: {_inner(one)}" for key, one in sorted(told.items()))
            parts.append(f"{json.dumps(name)}: {{\n{inner}\n}}")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(told)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _inner(told: Any) -> str:
    if isinstance(told, dict) and any("expression" in one for one in told.values() if isinstance(one, dict)):
        inner = ",\n ".join(
            f"{json.dumps(key)}: {json.dumps(one, sort_keys=True)}" for key, one in sorted(told.items())
        )
        return f"{{\n {inner}\n}}"
    return json.dumps(told, sort_keys=True)


def read(path: Path) -> dict[str, Json]:
    """Return the resources of the package that are needed, by `Type-id`."""
    found = {}
    with tarfile.open(path) as archive:
        for member in archive:
            name = Path(member.name).name
            if name.startswith(
                ("SearchParameter-", "StructureDefinition-", "ValueSet-", "CompartmentDefinition-patient")
            ):
                stream = archive.extractfile(member)
                assert stream is not None
                found[name.removesuffix(".json")] = json.load(stream)
    return found


def wanted_types() -> list[str]:
    from unidossier.record.patient_types import HELD_TYPES

    return sorted(HELD_TYPES | {"Provenance"})


def parameters_of(type_: str, package: dict[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    by_url = {
        one["url"]: one
        for name, one in package.items()
        if name.startswith("SearchParameter-") and "url" in one
    }
    for _, one in sorted(by_url.items()):
        bases = set(one.get("base", ()))
        if not bases & {type_, *ROOTS} or one["code"] in SPECIAL or left_out(one):
            continue
        own = expression_of(one["expression"], type_)
        if own:
            found[one["code"]] = described(one, own, by_url)
    return found


def left_out(one: Json) -> bool:
    name = one["id"]
    return (
        "expression" not in one
        or "-extensions-" in name
        or "-genetic-" in name
        or name.startswith("example")
        or "example.org" in one["expression"]
    )


def expression_of(expression: str, type_: str) -> str:
    """Return the alternatives of an expression that begin at this type (or at any resource)."""
    own = [each.strip() for each in split(expression)]
    return " | ".join(each for each in own if re.match(rf"\(?(?:{type_}|Resource|DomainResource)\b", each))


def split(expression: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for place, sign in enumerate(expression):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and depth == 0:
            parts.append(expression[last:place])
            last = place + 1
    return [*parts, expression[last:]]


def described(one: Json, expression: str, by_url: dict[str, Json]) -> Json:
    told: Json = {"type": one["type"], "expression": expression, "url": one["url"]}
    if one["type"] == "reference":
        told["target"] = one.get("target", [])
    if one["type"] == "composite":
        told["components"] = [
            {
                "type": by_url[each["definition"]]["type"],
                "parameter": by_url[each["definition"]]["code"],
                "expression": each["expression"],
            }
            for each in one["component"]
        ]
    return told


class Elements:
    """The elements that are walked through, looked up in the StructureDefinitions."""

    def __init__(self, package: dict[str, Json]) -> None:
        self._package = package
        self._tables: dict[str, dict[str, list[list[str]]]] = {}
        self._used: dict[str, dict[str, list[list[str]]]] = {}

    def known(self) -> dict[str, dict[str, list[list[str]]]]:
        return self._used

    def walk(self, type_: str, expression: str) -> list[str]:
        return [end for each in split(expression) for end in self._walk(type_, each)]

    def walk_component(self, type_: str, context: str, expression: str) -> set[str]:
        return {
            end.removeprefix("+")
            for start in dict.fromkeys(self.walk(type_, context))
            for each in split(expression)
            for end in self._walk(type_ if "%resource" in each else start, each, inner=True)
        }

    def _walk(self, type_: str, expression: str, *, inner: bool = False) -> list[str]:
        steps = re.sub(
            r"\b(?:where|exists|resolve)\((?:[^()]|\(\))*\)|\bas\(\w+\)|\bofType\(\w+\)| as \w+| and .*|[()]|%resource",
            "",
            expression,
        )
        names = [name.strip() for name in steps.split(".") if name.strip()]
        if not inner and names and names[0] in (type_, *ROOTS):
            names = names[1:]
        ends = [type_]
        for name in names:
            ends = [kind for end in ends for kind in self._step(end, name)]
        for condition in re.findall(r"where\((\w+) *=", expression):
            for end in ends:
                self._step(end, condition)
        return ends

    def _step(self, type_: str, name: str) -> list[str]:
        type_ = type_.removeprefix("+")
        if type_ not in self._tables:
            self._tables[type_] = self._table(type_)
        if name not in self._tables[type_]:
            return []
        found = self._used.setdefault(type_, {})[name] = self._tables[type_][name]
        return [kind for kind, _ in found]

    def _table(self, type_: str) -> dict[str, list[list[str]]]:
        """Return {element: [[type, system], ...]} of a type or of a backbone element (`Observation.component`)."""
        definition = self._package.get(f"StructureDefinition-{type_.split('.')[0]}")
        table: dict[str, list[list[str]]] = {}
        for element in definition["snapshot"]["element"] if definition else ():
            holder, _, name = element["path"].rpartition(".")
            if holder == type_:
                table[name.removesuffix("[x]")] = self._types(element, choice=name.endswith("[x]"))
        return table

    def _types(self, element: Json, *, choice: bool) -> list[list[str]]:
        if "contentReference" in element:
            return [[element["contentReference"].removeprefix("#"), ""]]
        kinds = []
        for one in element.get("type", ()):
            code = one["code"]
            if code in ("BackboneElement", "Element"):
                code = element["path"]
            elif code.startswith("http://hl7.org/fhirpath/"):
                code = "id" if element["path"].endswith(".id") else "string"
            kinds.append([code, self._system(element) if code == "code" else ""])
        return (
            [[f"{kind}", system] for kind, system in kinds]
            if not choice
            else [[f"+{kind}", system] for kind, system in kinds]
        )

    def _system(self, element: Json) -> str:
        """Return the one code system behind a required binding, or nothing."""
        binding = element.get("binding", {})
        if binding.get("strength") != "required":
            return ""
        name = binding.get("valueSet", "").split("|")[0].rpartition("/")[2]
        includes = self._package.get(f"ValueSet-{name}", {}).get("compose", {}).get("include", [])
        systems = {one.get("system") for one in includes}
        return systems.pop() or "" if len(systems) == 1 else ""


def compartment(package: dict[str, Json], types: list[str]) -> dict[str, list[str]]:
    """Return by which parameters a type is in the compartment of a patient."""
    told = package["CompartmentDefinition-patient"]["resource"]
    return {one["code"]: one["param"] for one in told if one["code"] in types and "param" in one}


if __name__ == "__main__":
    main()
