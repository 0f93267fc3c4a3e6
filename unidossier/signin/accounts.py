"""Make accounts: how a person of the registry gets his means to sign in."""

from uuid import UUID

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from unidossier.signin.models import Account


class UsernameTaken(Exception):
    """Another account has this user name, or this person has an account already."""


def create_account(
    username: str,
    *,
    person_id: UUID,
    language: str,
    password: str | None = None,
    totp_secret: str | None = None,
) -> Account:
    """Make the account of a person of the registry.

    Without `password` the account signs in by passkey or, in the demonstration, by one click. `totp_secret` is the
    base32 text that the person's authenticator app holds; without it the first sign-in asks to set up a factor.
    Raises UsernameTaken.
    """
    name = username.lower()
    if Account.objects.filter(username=name).exists() or Account.objects.filter(person_id=person_id).exists():
        raise UsernameTaken(
            f"There is an account {name}, or one for this person. Choose another name, or use that account."
        )
    account = Account(username=name, person_id=person_id, language=language)
    account.set_password(password)  # None makes it unusable
    with transaction.atomic():
        account.save(force_insert=True)
        if totp_secret is not None:
            TOTP.activate(account, totp_secret)
            RecoveryCodes.activate(account)
    return account
