"""Lines of one code as a course: in the unit of the newest value, converted where a number alone does it (MY-4)."""

import re
from decimal import Context, Decimal
from fractions import Fraction

from unidossier.gate.door import Row
from unidossier.portals.shared.components.trend import Point, Trend
from unidossier.portals.shared.present.rows import plain_number, title_of
from unidossier.portals.shared.present.thinning import thinned
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.registry.directory import institution_name
from unidossier.terminology.units import factor

_BELOW = re.compile(r"^\s*([<>≤≥]=?)")  # a value beyond what the method measures: "<0.5"


def course(lines: list[Row]) -> Trend:
    """Return the course of lines (oldest first, at least one). Values that cannot be converted stay apart, told in the table."""
    newest = lines[-1]
    told = [(line, factor(line["unit"], into=newest["unit"])) for line in lines]
    same = [_converted(line, by=by) for line, by in told if by is not None]
    shown = thinned(same)
    return Trend(
        title=title_of(newest)[0],
        unit=newest["unit"] or "",
        low=None if newest["low"] is None else float(newest["low"]),
        high=None if newest["high"] is None else float(newest["high"]),
        points=tuple(
            _point(line, source=line.get("source", ""), unit=line["unit"] if "source" in line else "")
            for line in shown
        ),
        left_out=len(same) - len(shown),
        apart=tuple(_point(line, unit=line["unit"] or "") for line, by in told if by is None),
    )


def _point(line: Row, *, source: str = "", unit: str = "") -> Point:
    return Point(
        at=line["clinical_at"].astimezone(BRUSSELS),
        value=float(line["value_num"]),
        text=line["value_text"] or plain_number(line["value_num"]),
        flag=line["flag"],
        institution=institution_name(line["institution_id"], language=language()),
        source=source,
        unit=unit,
    )


def _converted(line: Row, *, by: Fraction) -> Row:
    """Return the line in the unit of the course, with no more digits than its source gave."""
    if by == 1:
        return line
    number: Decimal = line["value_num"]
    text = line["value_text"] or plain_number(number)
    digits = Context(prec=max(len(number.as_tuple().digits), 1))
    value = digits.divide(number * by.numerator, Decimal(by.denominator))
    beyond = _BELOW.match(text)
    return line | {
        "value_num": value,
        "value_text": f"{beyond[1] if beyond else ''}{plain_number(value)}",
        "source": text,
    }
