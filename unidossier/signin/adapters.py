"""What allauth does differently here: no sign-up, no mail, sealed secrets, and nobody loses his last second factor."""

import base64
import secrets
from functools import lru_cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from unidossier.database.home import Home
from unidossier.database.keys import key
from unidossier.signin.factors import proven_lately

KEY_NAME = "second-factors"
NONCE_BYTES = 12


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by institutions and by the command line, never by a visitor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy(
            "User name and password do not belong together. Try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an account begins with a person of the registry."""
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Pass errors on; our pages themselves say what went well."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before factors are changed, unless the best proof of this account was given just now."""
        return not proven_lately(context.request)

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, Any]]:
        """Offer the password only to an account without second factor: it must not weigh as much as they do."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: the secrets of codes are sealed, keys belong to the address of the portals."""

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored (AES-256-GCM, key outside the database)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed. Raises InvalidTag when it was changed."""
        sealed = base64.b64decode(encrypted_text)
        return _cipher().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last one: without it the password alone would let set up another (ALL-3)."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Name a passkey until its owner does."""
        there = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": there + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bind passkeys to our own address, not to what a request says it is (WebAuthn 2, 5.4.2)."""
        return {"id": settings.ORIGIN_HOST, "name": "Unidossier"}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Name the account on the device by its user name alone."""
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.get_username()}


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(key(Home.find(), KEY_NAME))
