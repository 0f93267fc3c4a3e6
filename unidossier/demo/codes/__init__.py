"""The codes that the histories use, with the words that carers of each language write beside them."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"

_SYSTEMS = {
    "problems": SNOMED, "allergies": SNOMED, "reactions": SNOMED, "procedures": SNOMED, "medicines": ATC, "vaccines": ATC,
}  # fmt: skip


@dataclass(frozen=True)
class Code:
    """One concept: where it is defined, its code (empty: words alone), its words by language."""

    system: str
    code: str
    texts: dict[str, str]

    def concept(self, language: str) -> dict:
        """A FHIR CodeableConcept with the display in `language`."""
        text = self.texts.get(language) or self.texts["en"]
        if not self.code:
            return {"text": text}
        return {"coding": [{"system": self.system, "code": self.code, "display": text}], "text": text}


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The lines of `name`.tsv beside this file."""
    with (Path(__file__).parent / f"{name}.tsv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines, delimiter="\t"))


@cache
def table(name: str) -> dict[str, Code]:
    """key -> Code of one file: problems, medicines, vaccines, allergies, reactions, procedures."""
    return {
        row["key"]: Code(
            _SYSTEMS[name], row["code"], {language: row[language] for language in ("nl", "fr", "de", "en")}
        )
        for row in rows(name)
    }


def code(name: str, key: str) -> Code:
    """The concept `key` of the file `name`."""
    return table(name)[key]
