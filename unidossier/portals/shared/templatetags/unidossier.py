"""The tags by which templates draw components: each returns values for a template, or plain text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from unidossier.kernel.brussels import last_day
from unidossier.portals.shared.components.item import Value
from unidossier.portals.shared.components.log_line import LogLine
from unidossier.portals.shared.components.range_bar import RangeDrawing, draw_range
from unidossier.portals.shared.components.sparkline import Sparkline, SparklineDrawing, draw_sparkline
from unidossier.portals.shared.components.trend import Trend, TrendDrawing, draw_trend
from unidossier.portals.shared.present.vocabulary import rule_in_words
from unidossier.portals.shared.words.kinds import (
    FLAG_SIGNS,
    FLAGS,
    GROUPS,
    KINDS,
    PLAIN_KINDS,
    SEXES,
    SHORT_KINDS,
    STATUSES,
)
from unidossier.portals.shared.words.log import log_sentence

register = template.Library()


@register.simple_tag
def glyph(name: str) -> SafeString:
    """A sign of the sprite `img/glyphs.svg`; decoration only: a word always stands beside it."""
    return _drawn(name, static("unidossier/img/glyphs.svg"))


@lru_cache(maxsize=256)  # a list draws the same dozen signs hundreds of times
def _drawn(name: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="glyph" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name
    )


@register.filter
def kind_word(category: str) -> str:
    """The word for a category in a clinician's interface."""
    return str(KINDS.get(category, category))


@register.filter
def short_kind_word(category: str) -> str:
    """The short word for the narrow column of a dense list."""
    return str(SHORT_KINDS.get(category, category))


@register.filter
def plain_kind_word(category: str) -> str:
    """The word for a category in the patient's interface."""
    return str(PLAIN_KINDS.get(category, category))


@register.filter
def group_word(group: str) -> str:
    """The word for a group of the ribbon."""
    return str(GROUPS.get(group, group))


@register.filter
def status_word(status: str) -> str:
    """The word for the status of an item (REC-6)."""
    return str(STATUSES.get(status, status))


@register.filter
def sex_word(sex: str) -> str:
    """The word for an administrative sex."""
    return str(SEXES.get(sex, sex))


@register.filter
def flag_word(flag: str | None) -> str:
    """The word for an interpretation flag: colour is never alone."""
    return str(FLAGS.get(flag or "", ""))


@register.filter
def flag_sign(flag: str | None) -> str:
    """The sign before the word."""
    return FLAG_SIGNS.get(flag or "", "")


@register.filter
def rule_words(rule: str) -> str:
    """The rule that decided, in plain words (ACD-9)."""
    return rule_in_words(rule)


@register.filter
def as_number(text: str | int | float | Decimal | None) -> str:
    """A number with the decimal sign of the reader's language, digits untouched; any other text as it is."""
    plain = "" if text is None else str(text)
    bare = plain.lstrip("<>=≤≥ ").lstrip("-")
    if bare.count(".") != 1 or not bare.replace(".", "").isdigit():
        return plain
    return plain.replace(".", formats.get_format("DECIMAL_SEPARATOR", lang=translation.get_language()))


MONTHS = {"fr": "N", "nl": "b"}  # Django's letters for a short month; others: M


def _day(at: date | datetime | None, *, pattern: str) -> str:
    """A day in the reader's way: French and Dutch write months small; the French "jui" could be June or July; German puts a point after the day."""
    if not at:
        return ""
    language = (translation.get_language() or "")[:2]
    if language == "de":
        pattern = pattern.replace("l j", "l, j").replace("j ", "j. ")
    return formats.date_format(at, pattern.replace("M", MONTHS.get(language, "M")))


def born(on: date | None) -> str:
    """A birth date, always in figures: it is read aloud and compared with a card."""
    return f"{on:%d.%m.%Y}" if on else ""


@register.filter(expects_localtime=True)
def day(at: date | datetime | None) -> str:
    """Day, short month, year."""
    return _day(at, pattern="j M Y")


@register.filter
def until_day(end: datetime) -> str:
    """The last day of what ends at an instant: day, short month, year."""
    return day(last_day(end))


@register.filter(expects_localtime=True)
def day_month(at: date | datetime | None) -> str:
    """Day and short month, where the year stands beside it."""
    return _day(at, pattern="j M")


@register.filter(expects_localtime=True)
def written(at: date | datetime | None, pattern: str) -> str:
    """A date by Django's letters, as the reader's language orders them."""
    return _day(at, pattern=pattern)


@register.filter(expects_localtime=True)
def day_time(at: datetime | None) -> str:
    """Day, short month, year, hour and minute."""
    return _day(at, pattern="j M Y, H:i")


@register.filter(expects_localtime=True)
def short_time(at: datetime | None) -> str:
    """Day, short month, hour and minute, for what is not long ago."""
    return _day(at, pattern="j M, H:i")


@register.filter
def count_of(counts: dict[str, int], group: str) -> int:
    """The number of items of one group in one year of the ribbon."""
    return counts.get(group, 0)


@register.filter
def sentence(line: LogLine) -> str:
    """One line of "who looked" as a sentence."""
    return log_sentence(line)


@register.simple_tag
def range_drawing(value: Value | None) -> RangeDrawing | None:
    """Positions for the range bar of a value."""
    return None if value is None else draw_range(value)


@register.simple_tag
def spark_drawing(series: Sparkline | None) -> SparklineDrawing | None:
    """Positions for a sparkline."""
    return None if series is None else draw_sparkline(series)


@register.simple_tag
def trend_drawing(trend: Trend) -> TrendDrawing | None:
    """Positions for a trend chart."""
    return draw_trend(trend)


@register.simple_tag
def days(lines: Iterable[LogLine]) -> list[tuple[Any, list[LogLine]]]:
    """Group log lines (newest first) by the local day."""
    groups: list[tuple[Any, list[LogLine]]] = []
    for line in lines:
        day = _local_day(line.at)
        if not groups or groups[-1][0] != day:
            groups.append((day, []))
        groups[-1][1].append(line)
    return groups


def _local_day(at: datetime) -> Any:
    return timezone.localtime(at).date() if timezone.is_aware(at) else at.date()


@register.filter
def with_described(field: Any) -> SafeString:
    """Render the widget of a bound field so that its hint and errors are announced with it (WCAG 3.3.1)."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}-hint")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    attributes = {"aria-describedby": " ".join(ids)} if ids else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.filter
def input_kind(field: Any) -> str:
    """The sort of widget ("text", "checkbox", "radioselect" ...), so that a template can lay it out."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", None)
    if kind == "checkbox" and getattr(widget, "allow_multiple_selected", False):
        return "checkboxselectmultiple"  # its boxes are a group with a legend
    return kind or type(widget).__name__.lower()
