"""The open figures of an institution as sections of a page, a paper and a table of data. A number below five is told as such."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from unidossier.actions.show_yearly_figures import YearlyFigures
from unidossier.gate.door import Row
from unidossier.portals.shared.present.words import in_words
from unidossier.portals.shared.words.emergency import REASONS
from unidossier.portals.shared.words.figures import CHANNELS, OUTCOMES, QUESTIONS, REVIEWED
from unidossier.portals.shared.words.signals import signal_words

FEWER = 5


@dataclass(frozen=True, kw_only=True)
class FigureLine:
    """One number: `what` and `also` in words, `times` None for one to four."""

    what: str
    also: str
    times: int | None

    @property
    def told(self) -> str:
        """The number in words of the page."""
        return _("fewer than %(n)s") % {"n": FEWER} if self.times is None else f"{self.times}"


@dataclass(frozen=True, kw_only=True)
class FigureSection:
    """One part. `sum_words` is '' where it would tell what a line hides."""

    title: str
    text: str
    columns: tuple[str, str]  # of `what` and of `also`; the second '' when there is none
    lines: tuple[FigureLine, ...]
    sum_words: str


def sections(figures: YearlyFigures) -> tuple[FigureSection, ...]:
    """Return every part in its order; one of which nothing is known has no lines."""
    return tuple(_section(part, [row for row in figures.lines if row["part"] == part]) for part in PARTS)


def _section(part: str, rows: Iterable[Row]) -> FigureSection:
    title, text, columns, words = PARTS[part]()
    lines = sorted(
        (FigureLine(what=one[0], also=one[1], times=row["times"]) for row in rows for one in [words(row)]),
        key=lambda line: (-(line.times or 0), line.what, line.also),
    )
    return FigureSection(title=title, text=text, columns=columns, lines=tuple(lines), sum_words=_sum(lines))


def _sum(lines: list[FigureLine]) -> str:
    if not lines:
        return ""
    known = sum(line.times or 0 for line in lines)
    # the sum beside its parts would tell a hidden one
    if any(line.times is None for line in lines):
        return _("more than %(n)s") % {"n": known} if known else ""
    return str(known)


Words = Callable[[Row], tuple[str, str]]
Part = tuple[str, str, tuple[str, str], Words]


def _outcome(code: str) -> str:
    return str(OUTCOMES.get(code, code)) if code else _("still waits")


def _accesses() -> Part:
    text = _(
        "How often people and computer systems of this hospital opened a record, and why it was allowed."
    )
    columns = (_("Function"), _("Why"))
    return (
        _("Accesses"),
        text,
        columns,
        lambda row: (in_words(row["function_words"]), in_words(row["rule_words"])),
    )


def _refused() -> Part:
    text = _("How often the system said no.")
    return _("Refused"), text, (_("Why"), ""), lambda row: (in_words(row["rule_words"]) or row["what"], "")


def _glass() -> Part:
    text = _("How often a record was opened in an emergency without a relation, by the reason given.")
    return (
        _("Emergency accesses"),
        text,
        (_("Reason"), ""),
        lambda row: (str(REASONS.get(row["what"], row["what"])), ""),
    )


def _glass_review() -> Part:
    text = _("Every emergency access is reviewed by the medical director within 72 hours.")
    columns = (_("Judgement"), _("In time"))
    return (
        _("Reviews of emergency accesses"),
        text,
        columns,
        lambda row: (_outcome(row["what"]), str(REVIEWED[row["also"]])),
    )


def _liftings() -> Part:
    text = _(
        "An exclusion that was lifted for some hours because nobody else was on duty, and how it was judged."
    )
    return (
        _("Exclusions lifted in an emergency"),
        text,
        (_("Judgement"), ""),
        lambda row: (_outcome(row["what"]), ""),
    )


def _questions() -> Part:
    text = _("What patients and relatives asked about access, and the answer.")
    columns = (_("Question"), _("The answer"))
    return (
        _("Questions of patients"),
        text,
        columns,
        lambda row: (str(QUESTIONS.get(row["what"], row["what"])), _outcome(row["also"])),
    )


def _signals() -> Part:
    text = _("Accesses that the daily review found worth a look, and what was behind them.")
    columns = (_("Why it was looked at"), _("Outcome"))
    return (
        _("Signals of the daily review"),
        text,
        columns,
        lambda row: (signal_words(row["what"]), _outcome(row["also"])),
    )


def _cases() -> Part:
    text = _("What the medical director looked into, and how it ended.")
    return _("Cases"), text, (_("Outcome"), ""), lambda row: (_outcome(row["what"]), "")


def _exclusions() -> Part:
    text = _("How many exclusions patients made at this hospital.")
    return (
        _("Exclusions"),
        text,
        (_("How"), ""),
        lambda row: (str(CHANNELS.get(row["what"], row["what"])), ""),
    )


PARTS: dict[str, Callable[[], Part]] = {
    "accesses": _accesses,
    "refused": _refused,
    "glass": _glass,
    "glass-review": _glass_review,
    "liftings": _liftings,
    "questions": _questions,
    "signals": _signals,
    "cases": _cases,
    "exclusions": _exclusions,
}
