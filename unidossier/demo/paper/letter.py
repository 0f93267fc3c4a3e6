"""The PDF of a letter."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.paper.sheet import sheet
from unidossier.demo.world import Attachment

_FACTS = {
    "nl": ("Patiënt", "Geboren", "Datum", "Dienst"), "fr": ("Patient", "Né(e) le", "Date", "Service"),
    "de": ("Patient", "Geboren", "Datum", "Abteilung"),
}  # fmt: skip


def heading(chart: Chart, role: Role, title: str, at: datetime) -> dict:
    """What stands on every sheet: institution, patient, date, author."""
    patient, place, words = chart.patient, role.institution, _FACTS[role.language]
    values = (patient.name, patient.birth_date.strftime("%d/%m/%Y"), at.strftime("%d/%m/%Y"), role.team_name)
    return {
        "title": title, "author": role.practitioner["display"], "lang": role.language,
        "institution": place.names[role.language], "address": place.address, "phone": place.phone,
        "patient": f"{patient.name}, {values[1]}", "facts": [list(pair) for pair in zip(words, values, strict=True)],
    }  # fmt: skip


def letter_paper(
    chart: Chart, role: Role, title: str, at: datetime, sections: Sequence[tuple[str, str]]
) -> Attachment:
    """The letter as PDF, typeset when it is asked for."""
    content = {**heading(chart, role, title, at), "sections": [list(each) for each in sections]}
    return Attachment(
        id=chart.id(), name=f"{title}.pdf", media_type="application/pdf", render=partial(sheet, content, at)
    )
