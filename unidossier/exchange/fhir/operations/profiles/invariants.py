"""Rules of the profiles that no table of elements can say, each by its id in the profile."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from unidossier.kernel.identifiers import CBE, NIHDI_SYSTEMS, SSIN

Json = dict[str, Any]
Fault = tuple[str, str]  # place inside of the resource ("" for itself), what is wrong
_PRODUCT = (
    "https://www.ehealth.fgov.be/standards/fhir/vaccination/StructureDefinition/be-ext-administeredProduct"
)
_PRODUCT_SYSTEMS = frozenset(
    {
        "https://www.ehealth.fgov.be/standards/fhir/medication/NamingSystem/be-ns-cnk-codes",
        "https://www.ehealth.fgov.be/standards/fhir/medication/NamingSystem/be-ns-cti-extended-code",
        "http://whocc.no/atc",
    }
)
_REQUIRED_SECTIONS = frozenset({"11450-4", "48765-2", "10160-0"})
_PSEUDONYMISED = (
    "https://www.ehealth.fgov.be/standards/fhir/infsec/StructureDefinition/be-ext-pseudonymization"
)


def _composition_first(bundle: Json) -> Iterator[Fault]:
    """bdl-11 of R4: the first resource of a document is a Composition."""
    first = (bundle.get("entry") or [{}])[0].get("resource", {})
    if first.get("resourceType") != "Composition":
        yield "entry[0].resource", "the first resource of a document is a Composition"


def _section_says_why(composition: Json) -> Iterator[Fault]:
    for index, section in enumerate(composition.get("section", ())):
        codes = {coding.get("code") for coding in section.get("code", {}).get("coding", ())}
        if codes & _REQUIRED_SECTIONS and not section.get("entry") and not section.get("emptyReason"):
            yield (
                f"section[{index}]",
                "a section of problems, allergies or medication has entries, or says why not (emptyReason)",
            )


def _name_told(patient: Json) -> Iterator[Fault]:
    for index, name in enumerate(patient.get("name", ())):
        if not (name.get("family") or name.get("given") or name.get("text") or name.get("extension")):
            yield f"name[{index}]", "a name has a family name, a given name or a text"


def _numbers(systems: frozenset[str], pattern: str, told: str) -> Callable[[Json], Iterator[Fault]]:
    def faults(resource: Json) -> Iterator[Fault]:
        for index, identifier in enumerate(resource.get("identifier", ())):
            beside = identifier.get("_value", {}).get("extension", ())
            if identifier.get("system") not in systems or any(
                one.get("url") == _PSEUDONYMISED for one in beside
            ):
                continue
            value = identifier.get("value")
            if value is not None and not re.fullmatch(pattern, value):
                yield f"identifier[{index}].value", told

    return faults


def _other_vaccine_named(immunization: Json) -> Iterator[Fault]:
    concept = immunization.get("vaccineCode", {})
    codes = {(one.get("system"), one.get("code")) for one in concept.get("coding", ())}
    is_other = any(code == "other" for _, code in codes) or ("http://snomed.info/sct", "787859002") in codes
    if is_other and not concept.get("text"):
        yield "vaccineCode", "another or unspecified vaccine is named in vaccineCode.text"


def _product_coded(immunization: Json) -> Iterator[Fault]:
    for index, product in enumerate(immunization.get("extension", ())):
        if product.get("url") != _PRODUCT:
            continue
        for part in product.get("extension", ()):
            systems = {one.get("system") for one in part.get("valueCodeableConcept", {}).get("coding", ())}
            if part.get("url") == "coded" and not systems & _PRODUCT_SYSTEMS:
                yield f"extension[{index}]", "the product is coded by CNK, CTI-extended or ATC"


INVARIANTS: dict[str, Callable[[Json], Iterator[Fault]]] = {
    "composition-first": _composition_first,
    "ips-comp-1": _section_says_why,
    "ips-pat-1": _name_told,
    "be-inv-SSIN": _numbers(
        frozenset({SSIN}), r"\d{11}", "a national number is 11 digits without punctuation"
    ),
    "be-inv-NIHDI": _numbers(
        NIHDI_SYSTEMS, r"\d{11}|\d{8}", "a NIHDI number is 11 (or 8) digits without punctuation"
    ),
    "be-inv-CBE": _numbers(
        frozenset({CBE}), r"[01]\d{9}", "an enterprise number is 10 digits, the first 0 or 1"
    ),
    "be-rule-vaccination-1": _other_vaccine_named,
    "be-rule-vaccination-2": _product_coded,
}
