"""Reads the mails that config/mail_folder.py keeps."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One mail. `link` is the address in it, empty when there is none."""

    to: str
    subject: str
    paragraphs: tuple[str, ...]
    at: datetime
    language: str
    link: str


def kept(folder: Path, *, to: str = "", size: int = 100) -> tuple[list[Kept], dict[str, int]]:
    """Return the newest mails, of one address or of all, and how many each address has."""
    mails = [one for path in sorted(folder.glob("*.eml"), reverse=True) if (one := _read(path))]
    count: dict[str, int] = {}
    for one in mails:
        count[one.to] = count.get(one.to, 0) + 1
    return [one for one in mails if to in ("", one.to)][:size], dict(sorted(count.items()))


def _read(path: Path) -> Kept | None:
    try:
        mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
    except FileNotFoundError:
        return None  # thrown away meanwhile: only the newest are kept
    body = mail.get_content()
    link = next((word for word in body.split() if word.startswith(("http://", "https://"))), "")
    return Kept(
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        paragraphs=tuple(part.strip() for part in body.split("\n\n") if part.strip()),
        at=_aware(parsedate_to_datetime(str(mail["Date"]))),
        language=str(mail["Content-Language"] or ""),
        link=link,
    )


def _aware(at: datetime) -> datetime:
    return (
        at if at.tzinfo else at.replace(tzinfo=UTC)
    )  # RFC 5322 3.3: -0000 is UTC of a sender who says no zone
