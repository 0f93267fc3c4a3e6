"""How mail leaves: the settings of Django's mail, from the environment.

EMAIL_URL   smtp://user:password@host:587 (STARTTLS), smtps://...:465 (TLS from the start), smtp+plain://localhost:25
MAIL_FROM   the address mails come from; an answer to it is read by nobody
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

FOLDER_BACKEND = "unidossier.config.mail_folder.FolderBackend"
SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
WAIT_S = 20


def mail_settings(environment: Mapping[str, str], *, demo: bool, home: Path) -> dict[str, Any]:
    """Return the EMAIL_* settings. The demonstration sends nothing: it keeps every mail in the home's folder `mail`.

    Raises ImproperlyConfigured for an address of a server that is none.
    """
    told: dict[str, Any] = {
        "DEFAULT_FROM_EMAIL": environment.get("MAIL_FROM", "Unidossier <no-reply@unidossier.example>"),
        "EMAIL_TIMEOUT": WAIT_S,
        "MAIL_FOLDER": home / "mail",
    }
    if demo:
        return told | {"EMAIL_BACKEND": FOLDER_BACKEND}
    return told | {"EMAIL_BACKEND": SMTP_BACKEND, **_server(environment.get("EMAIL_URL", ""))}


def _server(address: str) -> dict[str, Any]:
    if not address:
        return {}  # no server: every try fails, and after ten a letter goes instead
    parts = urlsplit(address)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL must look like smtp://user:password@mail.example.org:587 (also smtps:// or smtp+plain://)."
        )
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
