"""One notice in words: what happened, who, and until when. The same facts for the portal and the letter; a mail says less."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from unidossier.database.connections import pool
from unidossier.kernel.brussels import BRUSSELS, last_day
from unidossier.notices.kinds import LANGUAGES, words_of

SHOWN = ("who", "reason", "discipline", "until", "absolute", "number", "text")


@dataclass(frozen=True, kw_only=True)
class Message:
    """A notice in one language. `details` are (label, value), in the order they are shown."""

    subject: str
    lead: str
    details: tuple[tuple[str, str], ...]


def message(
    kind: str, facts: Mapping[str, Any], *, language: str, written: Callable[[datetime], str] | None = None
) -> Message:
    """Return what the portal and a letter say. A fact that is missing or not known is left out, never guessed.

    `written` puts an instant of Brussels into words as the portal does; a letter writes it in figures.
    """
    language = language if language in LANGUAGES else "en"
    words = words_of(kind, language=language)
    names = labels(language)
    values = ((name, _value(name, facts, language=language, written=written)) for name in SHOWN)
    return Message(
        subject=words.subject,
        lead=words.lead,
        details=tuple((names[name], value) for name, value in values if value),
    )


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What leaves by mail: one link, no name of a carer, no place, nothing about health (GDPR art. 5: a mail is open to read)."""

    subject: str
    body: str


def mail(kind: str, *, language: str, name: str, portal: str) -> Mail:
    """Return the mail of a kind to `name`; `portal` is the one address in it."""
    language = language if language in LANGUAGES else "en"
    words, around = words_of(kind, language=language), labels(language)
    is_carer = kind == "carer"
    look = around["look_carer"] if is_carer else around["look"]
    ends = (around["safe"],) if is_carer else (around["safe"], around["choose"])
    parts = (around["dear"].format(name=name), words.lead, f"{look}\n{portal}", *ends, "Unidossier")
    return Mail(subject=words.subject, body="\n\n".join(parts) + "\n")


def labels(language: str) -> dict[str, str]:
    """Return the words around a notice."""
    return _labels()[language if language in LANGUAGES else "en"]


def day(at: datetime) -> str:
    """Return a day as it is written here: 22.11.2026."""
    return at.astimezone(BRUSSELS).strftime("%d.%m.%Y")


@cache
def _labels() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "labels.toml").read_text(encoding="utf-8"))


def _value(
    name: str, facts: Mapping[str, Any], *, language: str, written: Callable[[datetime], str] | None
) -> str:
    told = facts.get(name)
    if name == "who":
        function = _functions().get(str(facts.get("function", "")), {}).get(language, "")
        return ", ".join(
            part for part in (_in(told, language), function, _in(facts.get("institution"), language)) if part
        )
    if not told:
        return ""
    if name == "until":
        return _instant(str(told), written=written)
    if name == "reason":
        return str(_labels()["reasons"][language].get(told, ""))
    if name == "absolute":
        return labels(language)["yes"]
    return _in(told, language)


def _in(told: Any, language: str) -> str:
    """A text, or one text by language."""
    if isinstance(told, Mapping):
        return str(told.get(language) or next(iter(told.values()), ""))
    return str(told) if told else ""


def _instant(text: str, *, written: Callable[[datetime], str] | None) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    if at.tzinfo is None or at.year > 9000:
        return "" if at.year > 9000 else at.strftime("%d.%m.%Y")
    local = at.astimezone(BRUSSELS)
    if written:
        return written(local)
    return f"{last_day(at):%d.%m.%Y}" if (local.hour, local.minute) == (0, 0) else f"{local:%d.%m.%Y %H:%M}"


@cache
def _functions() -> dict[str, dict[str, str]]:
    with pool().connection() as connection:
        return dict(connection.execute("SELECT slug, words FROM gate.function").fetchall())
