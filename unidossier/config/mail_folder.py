"""Keeps mails as files instead of sending them: the demonstration's postman. One .eml a mail, for the owner alone."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from time import time_ns

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from unidossier.database.home import own_folder

KEPT = 500  # mails; older ones are thrown away


class FolderBackend(BaseEmailBackend):
    """Django's way out for mail, into settings.MAIL_FOLDER."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each mail; return how many."""
        folder = own_folder(Path(settings.MAIL_FOLDER))
        for message in email_messages:
            name = f"{time_ns():020}-{secrets.token_hex(4)}.eml"
            aside = folder / f".{name}"
            handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(message.message().as_bytes())
            aside.replace(folder / name)  # readers see whole mails only
        for old in sorted(folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return len(email_messages)
