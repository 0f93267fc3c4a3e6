"""Notices as letters (CON-8): one PDF for one or many, each in the patient's language, addressed for a window envelope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from unidossier.notices.kinds import LANGUAGES
from unidossier.notices.text import day, labels, message
from unidossier.paper.sheet import typeset

TEMPLATE = Path(__file__).parent / "letter.typ"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The institution that answers for the letters: names by language, address on one line, telephone."""

    names: Mapping[str, str]
    address: str
    phone: str


def letters_pdf(rows: Sequence[Mapping[str, Any]], *, sender: Sender, portal: str, at: datetime) -> bytes:
    """Return the letters of these rows (actions.print_letters) as one PDF, each beginning on a page of its own."""
    content = {
        "title": f"Unidossier {day(at)}",
        "both-sides": False,
        "sender": {
            "name": next(iter(sender.names.values()), ""),
            "address": _lines(sender.address),
            "phone": sender.phone,
        },
        "letters": [_letter(row, sender=sender, portal=portal, at=at) for row in rows],
    }
    return typeset(TEMPLATE, content, at=at)


def _letter(row: Mapping[str, Any], *, sender: Sender, portal: str, at: datetime) -> dict[str, Any]:
    language = row["language"] if row["language"] in LANGUAGES else "en"
    around, told = labels(language), message(row["kind"], row["facts"], language=language)
    closing = [around["portal"].format(address=portal)]
    if sender.phone:
        closing.append(around["call"].format(phone=sender.phone))
    return {
        "language": language,
        "sender": sender.names.get(language) or next(iter(sender.names.values()), ""),
        "address": [f"{row['given']} {row['family']}", *_lines(row["address"])],
        "reference": str(row["id"])[-12:],
        "date": day(at),
        "subject": told.subject,
        "dear": around["dear_letter"],
        "lead": told.lead,
        "details": [[around["at"], day(row["at"])], *([label, value] for label, value in told.details)],
        "closing": closing,
        "regards": around["kind_regards"],
    }


def _lines(address: str) -> list[str]:
    """`Beukenlaan 10, 9299 Scheldedal` on two lines, as the post reads it."""
    return [part.strip() for part in address.split(",") if part.strip()]
