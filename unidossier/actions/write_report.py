"""Write a report: draft, validate, amend, withdraw (REC-5, REC-6). Every step is a new version; nothing is overwritten."""

import html
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson

from unidossier.gate import door
from unidossier.gate.door import Ask, Row
from unidossier.kernel.uuid7 import new_id
from unidossier.record import queries as record
from unidossier.record.describe import describe
from unidossier.record.searching.extract import search_values

Step = Literal["draft", "validate", "amend", "withdraw"]
STATUS = {"draft": "preliminary", "validate": "final", "amend": "amended", "withdraw": "entered-in-error"}
NEEDS_REASON = ("amend", "withdraw")
# What a report may be, with its LOINC document code and the category it falls into by record/describe.
KINDS = {
    "progress-note": ("11506-3", "Progress note"),
    "consultation": ("11488-4", "Consultation note"),
    "discharge": ("18842-5", "Discharge summary"),
    "operation": ("11504-8", "Surgical operation note"),
    "letter": ("51852-2", "Letter"),
    "psychiatry": ("34788-0", "Psychiatry consultation note"),
    "gynaecology": ("34777-3", "Obstetrics and gynaecology consultation note"),
}
MAX_CHARACTERS = 60_000


class ReportIncomplete(ValueError):
    """Something the step needs is missing or too long; `field` names it, `problem` is missing or too-long."""

    def __init__(self, field: str, problem: Literal["missing", "too-long", "unknown", "wrong-step"]) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the author wrote. `item` and `expected` (the version he saw) are given when it is not new."""

    kind: str
    title: str
    body: str
    language: str
    item: UUID | None = None
    expected: int = 0
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who signs: the person of the session, as his function and institution name him."""

    person: UUID
    name: str
    institution: UUID


def write_report(
    secret: bytes, *, patient: UUID, report: Report, step: Step, author: Author, at: datetime
) -> Row:
    """Store the next version of a report; returns item_id, version, outcome.

    Raises ReportIncomplete, ItemChanged (somebody stored a version meanwhile), and the errors of gate.door.read.
    """
    check(report, step)
    item = report.item or new_id()
    text = orjson.dumps(
        composition(report, step=step, patient=patient, author=author, at=at, item=item)
    ).decode()
    resource = json.loads(text)
    told = describe(resource, institution_language=report.language)
    row = {
        "id": str(item),
        "type": "Composition",
        "category": int(told.category),
        "status": told.status,
        "title": report.title,
        "language": report.language,
        "code_system": told.code_system,
        "code": told.code,
        "clinical_at": at.isoformat(),
        "author_id": str(author.person),
        "author_name": author.name,
        "short": {},
        "search_text": told.search_text,
        "reason": report.reason,
        "resource": text,
        "expected": report.expected,
        **search_values(resource, own=frozenset({f"Patient/{patient}"})).columns(),
    }
    granted = door.write(
        secret,
        Ask(verb="write-report", patient=patient, items=(item,), detail={"step": step}),
        record.store(orjson.dumps([row]).decode()),
    )
    return granted.rows[0][0]


def check(report: Report, step: Step) -> None:
    """Refuse what cannot be stored. Raises ReportIncomplete naming the first field at fault."""
    if report.kind not in KINDS:
        raise ReportIncomplete("kind", "unknown")
    if not report.title.strip():
        raise ReportIncomplete("title", "missing")
    if len(report.title) > 200:
        raise ReportIncomplete("title", "too-long")
    if not report.body.strip():
        raise ReportIncomplete("body", "missing")
    if len(report.body) > MAX_CHARACTERS:
        raise ReportIncomplete("body", "too-long")
    if step in NEEDS_REASON and not report.reason.strip():
        raise ReportIncomplete("reason", "missing")
    if step in NEEDS_REASON and report.item is None:
        raise ReportIncomplete("item", "missing")


def composition(
    report: Report, *, step: Step, patient: UUID, author: Author, at: datetime, item: UUID
) -> dict:
    """Return the FHIR Composition: hl7.org/fhir/R4/composition.html. The text is escaped: it is data, never markup."""
    code, display = KINDS[report.kind]
    paragraphs = "".join(
        f"<p>{html.escape(part.strip())}</p>" for part in report.body.split("\n") if part.strip()
    )
    return {
        "resourceType": "Composition",
        "id": str(item),
        "language": report.language,
        "status": STATUS[step],
        "type": {"coding": [{"system": "http://loinc.org", "code": code, "display": display}]},
        "subject": {"reference": f"Patient/{patient}"},
        "date": at.isoformat(timespec="seconds"),
        "author": [{"reference": f"Practitioner/{author.person}", "display": author.name}],
        "title": report.title.strip(),
        "section": [
            {
                "text": {
                    "status": "generated",
                    "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>',
                }
            }
        ],
    }
