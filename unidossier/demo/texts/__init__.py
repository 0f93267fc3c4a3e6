"""Report texts by story, document and language, with their variants.

A text is paragraphs; a line `# Heading` opens a new section. `{slot}` takes a value, `<one|other>` chooses a wording.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

Section = tuple[str, str]  # heading (may be empty), text

_CHOICE = re.compile(r"<([^<>]*\|[^<>]*)>")


class MissingText(LookupError):
    """No text of that name exists in that language."""


@dataclass(frozen=True)
class Template:
    """One text in one language; `pieces` alternates plain text (str) and choices (tuple)."""

    code: str  # LOINC code of the kind of document
    pieces: tuple[str | tuple[str, ...], ...]

    def sections(self, rng: Random, slots: dict[str, object]) -> list[Section]:
        """Fill in and cut into sections. Raises KeyError when a slot has no value."""
        chosen = "".join(piece if isinstance(piece, str) else rng.choice(piece) for piece in self.pieces)
        return _cut(chosen.format_map(slots))


@cache
def _file(story: str) -> dict:
    with (Path(__file__).parent / f"{story}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def template(story: str, document: str, language: str) -> Template:
    """The text `document` of `story` in `language`. Raises MissingText."""
    found = _file(story).get(document, {})
    if language not in found:
        raise MissingText(f"{story}.{document} in {language}")
    parts = _CHOICE.split(found[language].strip())
    pieces = tuple(tuple(part.split("|")) if index % 2 else part for index, part in enumerate(parts))
    return Template(found["code"], pieces)


def _cut(text: str) -> list[Section]:
    sections: list[Section] = []
    for number, block in enumerate(("\n" + text).split("\n# ")):
        head, _, body = block.partition("\n") if number else ("", "", block)
        paragraphs = [" ".join(part.split()) for part in body.strip().split("\n\n")]
        if number or body.strip():
            sections.append((head.strip(), "\n\n".join(paragraphs)))
    return sections


def plain(sections: list[Section]) -> str:
    """The text as it is stored in a plain text document."""
    return "\n\n".join(f"{head}\n{body}" if head else body for head, body in sections)
