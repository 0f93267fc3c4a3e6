"""The form of an address that notices may be sent to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from unidossier.portals.desk.forms_oversight import Made, area


class AddressForm(Made):
    """Where a system wants to be told."""

    origin = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Scheme and host, with the port when it is another: https://notices.practice.example"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the address.")},
    )
    private = forms.BooleanField(
        label=_("The address lies inside the hospital's own network"),
        required=False,
        help_text=_("Only then may it be a private address, or one without https."),
    )
    reason = area(
        _("Reason"),
        help_text=_("Which system it is, and who asked for it. No names of patients."),
        error=_("Say which system it is."),
        rows=3,
    )
