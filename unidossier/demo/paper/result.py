"""The PDF of a laboratory report."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.observation import written_unit
from unidossier.demo.codes.laboratory import tests
from unidossier.demo.paper.letter import heading
from unidossier.demo.paper.sheet import sheet
from unidossier.demo.world import Attachment

_COLUMNS = {
    "nl": ["Onderzoek", "Resultaat", "Eenheid", "Referentie"], "fr": ["Analyse", "Résultat", "Unité", "Référence"],
    "de": ["Untersuchung", "Ergebnis", "Einheit", "Referenz"],
}  # fmt: skip


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"< {high:g}"
    return f"> {low:g}" if high is None else f"{low:g} - {high:g}"


def result_paper(
    chart: Chart, role: Role, title: str, at: datetime, known: Mapping[str, float]
) -> Attachment:
    """The table of results as PDF; what is out of range is bold."""
    rows = []
    for key, value in known.items():
        test = tests()[key]
        outside = (test.low is not None and value < test.low) or (test.high is not None and value > test.high)
        unit = written_unit(test.unit)
        rows.append(
            [
                test.texts[role.language],
                f"{value:.{test.decimals}f}",
                unit,
                _range(test.low, test.high),
                outside,
            ]
        )
    content = {**heading(chart, role, title, at), "rows": rows, "columns": _COLUMNS[role.language]}
    return Attachment(
        id=chart.id(), name=f"{title}.pdf", media_type="application/pdf", render=partial(sheet, content, at)
    )
