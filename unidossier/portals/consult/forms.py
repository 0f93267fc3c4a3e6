"""The forms of Consult: request, link, signed form, renewal, a colleague, a claimed form."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from unidossier.actions.ask_access import REASON_CHARACTERS
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.shared.fields import DayField, NumberField, ScanField

FORM_LANGUAGES = (("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English"))


class OnceForm(forms.Form):
    """A form that may be sent twice: the id of what it makes is made when it is shown."""

    made = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["made"].initial = new_id

    def clean_made(self) -> UUID:
        """Return the id, a new one when the page was not ours."""
        return self.cleaned_data["made"] or new_id()


class NumberForm(forms.Form):
    """The start page's own field: the number alone."""

    number = NumberField()


class NamedForm(OnceForm):
    """Whom: number and name, as the carer knows them."""

    number = NumberField()
    name = forms.CharField(
        label=_("Name of the patient"),
        help_text=_("As you know it: first name and family name."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the name of the patient.")},
    )


class AskForm(NamedForm):
    """A request for access (CON-5)."""

    reason = forms.CharField(
        label=_("Why do you need the record?"),
        help_text=_("The patient reads this. At least 10 characters."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why you need the record.")},
    )

    def clean_reason(self) -> str:
        """Count the signs without runs of blanks."""
        reason: str = self.cleaned_data["reason"]
        if len(" ".join(reason.split())) < REASON_CHARACTERS:
            raise forms.ValidationError(
                _("Write at least 10 characters: the patient decides by what you write.")
            )
        return reason


class LinkForm(NamedForm):
    """A link during a contact (CON-6)."""

    language = forms.ChoiceField(label=_("Language of the consent form"), choices=FORM_LANGUAGES)
    contact = DayField(label=_("Day of the contact"), help_text=_("At most 30 days ago."))
    informed = forms.BooleanField(
        label=_("The patient is informed and agrees that I consult his record"),
        error_messages={"required": _("Inform the patient first, then tick this.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = (get_language() or "fr")[:2]


class DeclareForm(forms.Form):
    """The signed form and its date (CON-6)."""

    signed = DayField(
        label=_("Date of the signature"), help_text=_("As written on the form; at most 3 months ago.")
    )
    scan = ScanField(label=_("Scan of the signed form"), required=False)


class ClaimedForm(forms.Form):
    """The form that an institution asks for (CON-9)."""

    scan = ScanField(label=_("Scan of the signed form"))


class RenewForm(forms.Form):
    """The contact that renews (CON-7)."""

    contact = DayField(label=_("Day of the contact"), help_text=_("At most 30 days ago."))
    relation = forms.UUIDField(widget=forms.HiddenInput)


class TrustForm(OnceForm):
    """A colleague, for a time (ACD-3)."""

    employment = forms.ChoiceField(
        label=_("Colleague"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the colleague."), "invalid_choice": _("Choose the colleague.")},
    )
    until = DayField(label=_("Until"), help_text=_("The last day, at most 3 months from today."))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("For example: replaces me during my holiday."),
        error_messages={"required": _("Say why the colleague needs the record.")},
    )

    def __init__(self, *args: Any, colleagues: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employment"].choices = colleagues
