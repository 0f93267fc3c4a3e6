"""Reports and letters. hl7.org/fhir/R4/documentreference.html, composition.html"""

import base64
import re
from datetime import date, datetime, timedelta
from html import escape

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.observation import loinc
from unidossier.demo.codes.documents import title_of
from unidossier.demo.paper.letter import letter_paper
from unidossier.demo.texts import Section, plain, template
from unidossier.demo.texts.words import words
from unidossier.demo.world import Attachment

# These institutions send sections, the others one text: each has its own software.
_SENDS_SECTIONS = ("linde", "vennblick")
_DECIMAL = re.compile(r"\d+\.\d+")
_ADDENDUM = {
    "nl": (
        "Aanvulling",
        "Na overleg met het laboratorium: de dosis in dit verslag is nagekeken en bevestigd.",
    ),
    "fr": (
        "Addendum",
        "Après concertation avec le laboratoire : la dose mentionnée a été revue et confirmée.",
    ),
    "de": ("Nachtrag", "Nach Rücksprache mit dem Labor: die genannte Dosis wurde überprüft und bestätigt."),
}


def _slots(chart: Chart, role: Role, at: datetime, given: dict[str, object]) -> dict[str, object]:
    basics: dict[str, object] = {
        "age": chart.age(at.date()), "name": chart.patient.name, "family": chart.patient.family,
        "date": at.strftime("%d/%m/%Y"), "weight": f"{chart.body.value('weight', at.date()):.0f}", "service": role.team_name,
    }  # fmt: skip
    return {
        **words(chart.patient, role.language),
        **basics,
        **{key: _written(value) for key, value in given.items()},
    }


def _written(value: object) -> object:
    """Numbers with the decimal comma of all three languages."""
    return str(value).replace(".", ",") if _DECIMAL.fullmatch(str(value)) else value


def document(
    chart: Chart, role: Role, story: str, name: str, moment: date | datetime, *, life: str = "final",
    paper: bool = False, flags: tuple[str, ...] = (), **slots: object,
) -> str:  # fmt: skip
    """A report written by `role` from the text `story`.`name`. Returns its reference.

    `life`: final; draft; amended (a second version the next day); withdrawn (a second version, entered in error).
    `paper` adds the PDF of the letter.
    """
    at = moment if isinstance(moment, datetime) else chart.at(moment, low=11)
    found = template(story, name, role.language)
    sections = found.sections(chart.rng, _slots(chart, role, at, slots))
    title = title_of(found.code, role.language)
    attachments = (letter_paper(chart, role, title, at, sections),) if paper and chart.with_papers else ()
    make = _composition if role.institution.key in _SENDS_SECTIONS and not attachments else _reference
    first = "preliminary" if life == "draft" else "final"
    fhir = make(chart, role, found.code, title, at, sections, first, attachments, chart.id())
    reference = chart.store(role, fhir, at=at, attachments=attachments, flags=flags)
    if life in ("amended", "withdrawn"):
        later = [*sections, _ADDENDUM[role.language]] if life == "amended" else sections
        status = "amended" if life == "amended" else "entered-in-error"
        second = make(chart, role, found.code, title, at, later, status, attachments, fhir["id"])
        chart.store(role, second, at=at + timedelta(hours=26), attachments=attachments, flags=flags)
    return reference


def _reference(
    chart: Chart, role: Role, code: str, title: str, at: datetime, sections: list[Section], status: str,
    attachments: tuple[Attachment, ...], id_: str,
) -> dict:  # fmt: skip
    text = base64.b64encode(plain(sections).encode()).decode()
    content: list[dict] = [
        {"attachment": {"contentType": "text/plain; charset=utf-8", "language": f"{role.language}-BE", "data": text,
                        "title": title, "creation": at.isoformat()}}
    ]  # fmt: skip
    content += [
        {"attachment": {"contentType": each.media_type, "url": f"Binary/{each.id}", "title": each.name}}
        for each in attachments
    ]
    return {
        "resourceType": "DocumentReference",
        "id": id_,
        "status": "entered-in-error" if status == "entered-in-error" else "current",
        "docStatus": status,
        "type": loinc(code, title),
        "subject": chart.subject,
        "date": at.isoformat(),
        "author": [role.practitioner],
        "custodian": role.organization,
        "description": title,
        "content": content,
    }


def _composition(
    chart: Chart, role: Role, code: str, title: str, at: datetime, sections: list[Section], status: str,
    attachments: tuple[Attachment, ...], id_: str,
) -> dict:  # fmt: skip
    return {
        "resourceType": "Composition",
        "id": id_,
        "language": f"{role.language}-BE",
        "status": status,
        "type": loinc(code, title),
        "subject": chart.subject,
        "date": at.isoformat(),
        "author": [role.practitioner],
        "title": title,
        "custodian": role.organization,
        "section": [
            {"title": head or title, "text": {"status": "generated", "div": _div(body)}}
            for head, body in sections
        ],
    }


def _div(text: str) -> str:
    paragraphs = "".join(f"<p>{escape(part, quote=False)}</p>" for part in text.split("\n\n"))
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs}</div>'
