"""Derive the list of elements, in the order of the standard, that XML, _summary and _elements are read from.

    python scripts/derive_fhir_elements.py google/fhir/r4/data/hl7.fhir.r4.core.tgz

The package is that of `derive_fhir_schema.py`, which says where it comes from. Form of the result:
{path: [[name in JSON, type or path of a child structure, signs]]}; signs: `*` repeats, `!` mandatory, `s` in the
summary, `@` an attribute in XML.
"""

import argparse
import gzip
import json
from pathlib import Path

from derive_fhir_schema import Json, groups, names_and_types, read_package, structures

TARGET = Path(__file__).parents[1] / "unidossier/exchange/fhir/xml/data/fhir-r4-4.0.1.elements.json.gz"


def derive(package: Json) -> dict[str, list[list[str]]]:
    """Return the elements of every resource type, data type and backbone element."""
    return {
        path: [
            [name, code, signs(element)] for element in elements for name, code in names_and_types(element)
        ]
        for structure in structures(package)
        for path, elements in groups(structure).items()
    }


def signs(element: Json) -> str:
    """Return the signs of one element."""
    return (
        "*" * (element["max"] != "1")
        + "!" * (element["min"] > 0)
        + "s" * bool(element.get("isSummary"))
        + "@" * ("xmlAttr" in element.get("representation", ()))
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("package", type=Path, help="hl7.fhir.r4.core.tgz")
    elements = derive(read_package(arguments.parse_args().package))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(
        gzip.compress(json.dumps(elements, separators=(",", ":"), sort_keys=True).encode(), mtime=0)
    )
    print(f"{TARGET.name}: {len(elements)} structures, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
