"""A person with the means to sign in, and the browser in front of him."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

PASSWORD = "a plain sentence nobody uses twice"
HTMX = {"HX-Request": "true"}


def code_of(secret: str, *, steps: int = 0) -> str:
    """Return the six digits that an authenticator app shows for `secret`, now or `steps` half minutes away (RFC 6238)."""
    import time

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@dataclass(frozen=True)
class SignedUp:
    """An account and what its owner knows and has."""

    username: str
    person: UUID
    totp_secret: str | None

    @classmethod
    def make(
        cls, person: UUID, *, password: str | None = PASSWORD, with_code: bool = True, language: str = "en"
    ) -> "SignedUp":
        """Make the account of `person`."""
        from allauth.mfa.totp.internal.auth import generate_totp_secret

        from unidossier.signin.accounts import create_account

        secret = generate_totp_secret() if with_code else None
        username = f"jo.{secrets.token_hex(4)}"
        create_account(username, person_id=person, language=language, password=password, totp_secret=secret)
        return cls(username=username, person=person, totp_secret=secret)


class Browser:
    """Django's client, which checks CSRF tokens and keeps cookies as a browser does."""

    def __init__(self, *, address: str) -> None:
        from django.test import Client

        self.client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost", REMOTE_ADDR=address)

    def get(self, path: str, **extra: Any) -> Any:
        """Get a page."""
        return self.client.get(path, **extra)

    def post(self, path: str, **fields: str) -> Any:
        """Send a form, with the token of the cookie."""
        if "csrf" not in self.client.cookies:
            self.client.get("/sign-in")
        return self.client.post(path, fields, headers={"X-CSRFToken": self.client.cookies["csrf"].value})

    def sign_in(self, who: SignedUp, *, password: str = PASSWORD) -> Any:
        """Give the user name and password, then the code when one is asked; return the last answer."""
        answer = self.post("/sign-in", login=who.username, password=password)
        if answer.status_code == 302 and answer["Location"] == "/sign-in/code":
            assert who.totp_secret is not None
            answer = self.post("/sign-in/code", code=code_of(who.totp_secret))
        return answer

    def go_in(self, who: SignedUp, *, place: int = 0) -> Any:
        """Sign in wholly and take one of the person's places."""
        from unidossier.signin.whoami import whoami

        self.sign_in(who)
        chosen = whoami(who.person).places[place]
        return self.post("/places", place=chosen.id, purpose=chosen.purpose)

    @property
    def cookie(self) -> str:
        """The cookie of the session, empty when there is none."""
        found = self.client.cookies.get("unidossier")
        return found.value if found else ""
