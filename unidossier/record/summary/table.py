"""What a reader sees of a section: a table of texts in his language. The same for the narrative and for the paper."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from unidossier.kernel.fhir_date import InvalidFhirDate, Precision, parse
from unidossier.record.summary.gathered import Filled
from unidossier.record.summary.sections import Line, short
from unidossier.record.summary.words import known_word, word
from unidossier.terminology import display, unit

BRUSSELS = ZoneInfo("Europe/Brussels")
_TIMES = (
    "performed", "effective", "issued", "occurrence", "timing", "recorded", "period", "created", "dateTime", "authoredOn",
)  # fmt: skip
_NUMBER = re.compile(r"[<>≤≥=~ ]*-?\d+\.\d+")


@dataclass(frozen=True, kw_only=True)
class Table:
    """`note` stands in place of rows that there are none."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def table_of(filled: Filled, *, language: str) -> Table:
    """Return the table of one section."""
    section = filled.section
    return Table(
        title=word(section.slug, language),
        columns=tuple(word(name, language) for name in section.columns),
        rows=tuple(tuple(_CELLS[name](line, language) for name in section.columns) for line in filled.lines),
        note=word(filled.empty, language) if filled.empty else "",
    )


def narrative(table: Table, *, language: str) -> str:
    """Return the XHTML of a section. hl7.org/fhir/R4/narrative.html"""
    if table.note:
        inside = f"<p>{escape(table.note)}</p>"
    else:
        head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table.rows
        )
        inside = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div xmlns="http://www.w3.org/1999/xhtml" lang="{language}" xml:lang="{language}">{inside}</div>'


def day(instant: datetime | str | None) -> str:
    """Return a day as the product writes it, no more exact than the source: 2004, 06.2012, 12.06.2012."""
    if not instant:
        return ""
    if isinstance(instant, datetime):
        return instant.astimezone(BRUSSELS).strftime("%d.%m.%Y")
    try:
        start, precision = parse(instant)
    except InvalidFhirDate:
        return instant
    form = {Precision.YEAR: "%Y", Precision.MONTH: "%m.%Y"}.get(precision, "%d.%m.%Y")
    return start.astimezone(BRUSSELS).strftime(form)


def _what(line: Line, language: str) -> str:
    words = display(line["code_system"], line["code"], language)
    # a medicine's title holds its strength, a family's the person: more than the code says
    return (
        words if words and line["type"] not in ("MedicationStatement", "MedicationRequest") else line["title"]
    )


def _since(line: Line, language: str) -> str:
    return day(short(line).get("onset")) if line["type"] == "Condition" else _when(line, language)


def _when(line: Line, _: str) -> str:
    """Return the day that the source tells; of an item without one, nothing: when it was entered is not when it was."""
    is_told = any(name.startswith(_TIMES) for name in line["told"])
    return day(line["clinical_at"]) if is_told else ""


def _value(line: Line, language: str) -> str:
    value = short(line).get("value")
    words = display(value[0], value[1], language) if isinstance(value, list) else None
    shown = words or _number(line["value_text"] or "", language)
    measured = unit(line["unit"], language) or line["unit"] or ""
    flag = f" ({line['flag']})" if line["flag"] else ""
    return f"{shown} {measured}".strip() + flag


def _range(line: Line, language: str) -> str:
    low, high = (
        _number(f"{one:f}", language) if one is not None else "" for one in (line["low"], line["high"])
    )
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def _number(text: str, language: str) -> str:
    """Return a number with the decimal sign of the language; a text that is none stays as it is."""
    return text.replace(".", ",") if language != "en" and _NUMBER.fullmatch(text) else text


_CELLS = {
    "what": _what,
    "when": _when,
    "since": _since,
    "reaction": lambda line, _: str(short(line).get("reaction") or ""),
    "criticality": lambda line, language: known_word(short(line).get("criticality"), language),
    "dose": lambda line, _: str(short(line).get("dose") or ""),
    "value": _value,
    "range": _range,
}
