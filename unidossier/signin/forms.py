"""The forms of the sign-in: allauth's, with fields as our pages show them (a label, never a word inside the box)."""

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}
NAME = {"autocapitalize": "none", "spellcheck": "false", "autofocus": True}


class PasswordForm(LoginForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show(self.fields["login"], label=_("User name"), **NAME)
        _show(self.fields["password"], label=_("Password"))
        self.fields["password"].help_text = ""


class CodeForm(AuthenticateForm):
    """Six digits of the app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show(self.fields["code"], label=_("Code"), **CODE)


class NewAppForm(ActivateTOTPForm):
    """The first six digits of an app that was just connected."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show(self.fields["code"], label=_("Code"), **CODE)


class PasswordAgainForm(ReauthenticateForm):
    """The password, asked again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show(self.fields["password"], label=_("Password"))
        self.fields["password"].help_text = ""


class CodeAgainForm(ReauthenticateByCodeForm):
    """A code, asked again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _show(self.fields["code"], label=_("Code"), **CODE)


def _show(field: forms.Field, *, label: Any, **attributes: Any) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)
