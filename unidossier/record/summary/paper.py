"""The summary as a paper (PDF): the same tables as the narrative of the document."""

from pathlib import Path

from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.ssin import Ssin
from unidossier.paper.sheet import typeset
from unidossier.record.summary.document import house
from unidossier.record.summary.gathered import Gathered
from unidossier.record.summary.table import BRUSSELS, day, table_of
from unidossier.record.summary.words import known_word, word

TEMPLATE = Path(__file__).parent / "paper" / "summary.typ"


def summary_pdf(gathered: Gathered) -> bytes:
    """Return the PDF, numbered by the entry of the log that its making is."""
    language, patient = gathered.language, gathered.patient
    name = f"{patient['given']} {patient['family']}".strip()
    number = next(
        (Ssin.parse(one["value"]).formatted for one in patient["numbers"] if one["system"] == SSIN), ""
    )
    made_at = gathered.at.astimezone(BRUSSELS)
    born = patient["birth_date"].isoformat() if patient["birth_date"] else None
    facts = [
        ("name", name),
        ("birth-date", day(born)),
        ("sex", known_word(patient["sex"], language)),
        ("number", number),
        ("made-on", f"{day(gathered.at)} {made_at:%H:%M}"),
        ("sources", ", ".join(_houses(gathered))),
    ]
    tables = [table_of(one, language=language) for one in gathered.sections]
    content = {
        "lang": language,
        "title": word("title", language),
        "facts": [[word(label, language), told] for label, told in facts if told],
        "note": word("note", language),
        "tables": [
            {"title": one.title, "columns": one.columns, "rows": one.rows, "note": one.note} for one in tables
        ],
        "foot": f"Unidossier · {gathered.entry} · {name}",
    }
    return typeset(TEMPLATE, content, at=gathered.at)


def _houses(gathered: Gathered) -> list[str]:
    ids = dict.fromkeys(line["institution_id"] for one in gathered.sections for line in one.lines)
    return [house(gathered, one) for one in ids]
