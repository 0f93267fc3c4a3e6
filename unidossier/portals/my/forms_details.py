"""The forms of one's own details (MY-12)."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from unidossier.portals.my.forms import OnceForm

LANGUAGES = (("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English"))
PHONE = re.compile(r"\+?[0-9 ()./-]{6,25}")
FIELDS = ("language", "address", "phone", "emergency")


class ContactForm(forms.Form):
    """How I am reached, and whom to call in need; `shown`: as it was when the page was made."""

    language = forms.ChoiceField(
        label=_("Language of letters and e-mails"),
        choices=LANGUAGES,
        error_messages={"invalid_choice": _("Choose one of the languages.")},
    )
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("Letters go there."),
    )
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    emergency = forms.CharField(
        label=_("Whom to call in need"),
        required=False,
        max_length=300,
        help_text=_("Name and telephone number, for example: Jan, my son, 0470 00 00 00."),
    )
    shown = forms.JSONField(widget=forms.HiddenInput)

    def clean_phone(self) -> str:
        """Refuse what nobody can dial."""
        phone = self.cleaned_data["phone"].strip()
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Write digits only, like 0470 00 00 00 or +32 470 00 00 00."))
        return phone

    def clean_shown(self) -> dict[str, str]:
        """What the page showed, as texts; anything else is as if it had changed."""
        shown = self.cleaned_data["shown"]
        return {name: str(shown.get(name, "")) for name in FIELDS} if isinstance(shown, dict) else {}

    def wanted(self) -> dict[str, str]:
        """Return the fields as they shall be."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class EmailForm(OnceForm):
    """Another mail address, or none."""

    email = forms.CharField(
        label=_("New e-mail address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_(
            "We send a code to it. Leave it empty to get no e-mail any more: messages then come by post."
        ),
    )

    def clean_email(self) -> str:
        """Refuse what is no address."""
        email = self.cleaned_data["email"].strip()
        if email:
            try:
                validate_email(email)
            except ValidationError:
                raise forms.ValidationError(
                    _("This is not an e-mail address. Write it like anna@example.org.")
                ) from None
        return email


class CodeForm(forms.Form):
    """The code that came to the new address."""

    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the 8 digits of the e-mail.")},
    )

    def clean_code(self) -> str:
        """Return 8 digits; a slip of the fingers costs no try."""
        digits = "".join(sign for sign in self.cleaned_data["code"] if sign.isdigit())
        if len(digits) != 8:
            raise forms.ValidationError(_("The code has 8 digits. Count them again."))
        return digits


def contact_form(data: Any, *, now: dict[str, str]) -> ContactForm:
    """Return the form as sent, or filled with how it is now."""
    return ContactForm(data, initial=now | {"shown": now})
