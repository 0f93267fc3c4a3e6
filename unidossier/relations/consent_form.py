"""The consent form that a patient signs for a carer outside, in the patient's language (CON-6); blank, or in his name."""

import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from unidossier.paper.sheet import typeset

PAPER = Path(__file__).parent / "paper"
LANGUAGES = ("fr", "nl", "de", "en")


@dataclass(frozen=True, kw_only=True)
class Parties:
    """Who agrees and to whom, as typed; what is empty is a dotted line to write on."""

    patient: str = ""
    number: str = ""
    carer: str = ""
    function: str = ""
    practice: str = ""


def consent_form(language: str, *, parties: Parties, at: datetime) -> bytes:
    """Return the PDF in one of LANGUAGES. Raises KeyError for another language."""
    content = asdict(parties) | {"language": language, "words": _words()[language]}
    return typeset(PAPER / "consent.typ", content, at=at)


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((PAPER / "consent.toml").read_text(encoding="utf-8"))
