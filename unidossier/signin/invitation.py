"""The way in for somebody whose account was just made: one link, for 7 days, where he sets a password (CON-2).

The link dies with its first use: its token is bound to the password that was there (django.contrib.auth.tokens).
"""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.http import base36_to_int, int_to_base36
from django.utils.translation import gettext as _
from django.utils.translation import override

from unidossier.signin.accounts import UsernameTaken, create_account
from unidossier.signin.models import Account

DAYS = 7  # settings.PASSWORD_RESET_TIMEOUT says it in seconds
NAMES_TRIED = 9


class InvitationTokens(PasswordResetTokenGenerator):
    """Tokens of invitations; no other token of this site opens one."""

    key_salt = "unidossier.signin.invitation"


tokens = InvitationTokens()


def account_for(person: UUID, *, email: str, language: str) -> Account:
    """Return the account of the person, made when there is none. The user name is the address, numbered when somebody has it."""
    known = Account.objects.filter(person_id=person).first()
    if known is not None:
        return known
    for nth in range(1, NAMES_TRIED):
        name = email if nth == 1 else f"{email}-{nth}"
        if not Account.objects.filter(username=name.lower()).exists():
            return create_account(name, person_id=person, language=language)
    raise UsernameTaken(
        f"There are {NAMES_TRIED} accounts with this address. Ask for one with another address."
    )


def invite(person: UUID, *, name: str, email: str, language: str, house: str) -> None:
    """Make the account and mail the link. Raises what the mail server raises; then it may be sent again."""
    account = account_for(person, email=email, language=language)
    with override(language):
        written = (
            _("Hello %(name)s,") % {"name": name},
            _("%(house)s has confirmed who you are. Your account for Consult is ready.") % {"house": house},
            _("Your user name: %(username)s") % {"username": account.username},
            _("Set your password here, within %(days)s days. The link works once:") % {"days": DAYS},
            link_of(account),
            _("You then add a second proof: an authenticator app or a passkey."),
            _("Nobody will ever ask you for them by mail or telephone."),
        )
        _send(email, _("Your account for Consult"), written, language=language)


def refuse(*, name: str, email: str, language: str, house: str, reason: str) -> None:
    """Mail that the application was refused, and why. Raises what the mail server raises."""
    with override(language):
        written = (
            _("Hello %(name)s,") % {"name": name},
            _("%(house)s could not confirm your application for Consult. The reason:") % {"house": house},
            reason,
            _("You can apply again with what is missing."),
        )
        _send(email, _("Your application for Consult"), written, language=language)


def link_of(account: Account) -> str:
    """Return the address of the invitation."""
    place = reverse("welcome", args=[int_to_base36(account.pk), tokens.make_token(account)])
    return f"{settings.ORIGIN}{place}"


def invited(number: str, token: str) -> Account | None:
    """Return the account that the link is of; None when it is over, used, or none of ours."""
    try:
        account = Account.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except (ValueError, OverflowError):
        return None
    return account if account is not None and tokens.check_token(account, token) else None


def _send(email: str, subject: str, paragraphs: Sequence[str], *, language: str) -> None:
    body = "\n\n".join((*paragraphs, "Unidossier"))
    headers = {"Auto-Submitted": "auto-generated", "Content-Language": language}
    EmailMessage(subject, body, to=[email], headers=headers).send()
