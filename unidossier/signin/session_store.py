"""Sessions of the browser: in the database, but nothing there opens one or tells what is in it.

The database keeps the SHA-256 of the cookie and the content sealed under a key that needs both the cookie and a key
outside the database: whoever reads the table, by SQL slipped into a query or from a backup, holds no session (T31, T37).
"""

import base64
import hashlib
import hmac
import json
import secrets
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db import connection

from unidossier.database.connections import pool
from unidossier.database.home import Home
from unidossier.database.keys import key

KEY_NAME = "browser-sessions"
WAIT_S = 5.0  # for a connection, as Django's own pool waits (config/databases.py)
NONCE_BYTES = 12
# Every page does the first, once in half a minute the second: plain statements, each one round trip.
LOAD = "SELECT session_data FROM public.django_session WHERE session_key = %s AND expire_date > now()"
SAVE = "UPDATE public.django_session SET session_data = %s, expire_date = %s WHERE session_key = %s"


class SessionStore(DatabaseSessionStore):
    """Django's database sessions, found by hash, sealed by the cookie."""

    def load(self) -> dict[str, Any]:
        """Return the content; empty, and a new cookie, for a cookie that is unknown or over."""
        cookie = self.session_key or ""
        # from the pool of the gate: prepared, no second connection for a page, and no round trip to see whether it is alive.
        # What goes wrong there is told as Django tells it: the pages for errors know those names.
        with connection.wrap_database_errors, pool().connection(timeout=WAIT_S) as own:
            row = own.execute(LOAD, [_name(cookie)]).fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])

    def save(self, must_create: bool = False) -> None:
        """Store the content: a session that exists is one statement. Raises UpdateError when it was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        values = [
            self.encode(self._get_session(no_load=False)),
            self.get_expiry_date(),
            _name(self.session_key),
        ]
        with connection.cursor() as cursor:
            cursor.execute(SAVE, values)
            if cursor.rowcount == 0:
                raise UpdateError

    def exists(self, session_key: str) -> bool:
        """Tell whether a cookie is in use."""
        return Session.objects.filter(session_key=_name(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to store: named by the hash, content sealed."""
        cookie = self._get_or_create_session_key()
        return Session(
            session_key=_name(cookie), session_data=self.encode(data), expire_date=self.get_expiry_date()
        )

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of this cookie, or of the one given."""
        cookie = session_key or self.session_key
        if cookie:
            Session.objects.filter(session_key=_name(cookie)).delete()

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal the content under the key of this cookie (AES-256-GCM)."""
        cookie = self._get_or_create_session_key()
        nonce = secrets.token_bytes(NONCE_BYTES)
        text = json.dumps(session_dict, separators=(",", ":")).encode()
        return base64.b64encode(nonce + _cipher(cookie).encrypt(nonce, text, _name(cookie).encode())).decode()

    def decode(self, session_data: str) -> dict[str, Any]:
        """Open the content. One that was put under another cookie, or changed, counts as no session."""
        cookie = self.session_key or ""
        sealed = base64.b64decode(session_data)
        try:
            text = _cipher(cookie).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _name(cookie).encode())
        except InvalidTag:
            self._session_key = None
            return {}
        content: dict[str, Any] = json.loads(text)
        return content


def _name(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()[:40]  # the column holds 40; 160 bits are plenty


def _cipher(cookie: str) -> AESGCM:
    return AESGCM(hmac.digest(_server_key(), cookie.encode(), "sha256"))


@lru_cache(maxsize=1)
def _server_key() -> bytes:
    return key(Home.find(), KEY_NAME)
