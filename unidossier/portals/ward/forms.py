"""The form of a report."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unidossier.actions.write_report import KINDS, MAX_CHARACTERS
from unidossier.portals.shared.present.words import BRUSSELS

KIND_WORDS = {
    "progress-note": _("Progress note"),
    "consultation": _("Consultation report"),
    "discharge": _("Discharge letter"),
    "operation": _("Operation report"),
    "letter": _("Letter"),
    "psychiatry": _("Psychiatry report"),
    "gynaecology": _("Gynaecology report"),
}
assert set(KIND_WORDS) == set(KINDS)

LARGEST_VERSION = 2**31 - 1
# a FHIR string holds no control character but tab, line feed and return (hl7.org/fhir/R4/datatypes.html#string)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
EARLIEST = datetime(
    1900, 1, 1, tzinfo=BRUSSELS
)  # before 1892 the offset of Brussels had seconds: no FHIR instant


class PastedText(forms.CharField):
    """A text as people paste it: control characters of the other program become blanks."""

    def to_python(self, value: Any) -> str:
        """Return the text with blanks in their place."""
        return CONTROL.sub(" ", super().to_python(value))


class ReportForm(forms.Form):
    """Kind, title, moment and text; `expected` is the version that was on the screen."""

    kind = forms.ChoiceField(label=_("Kind"), choices=tuple(KIND_WORDS.items()))
    title = PastedText(
        label=_("Title"),
        max_length=200,
        error_messages={"required": _("Give the report a title, for example: Ward round.")},
    )
    at = forms.DateTimeField(
        label=_("Date and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={
            "required": _("Say when this was."),
            "invalid": _("This date does not exist. Write it like 12.04.2026 14:30."),
        },
    )
    text = PastedText(
        label=_("Text"),
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 16}),
        error_messages={"required": _("Write the text of the report.")},
    )
    reason = PastedText(
        label=_("Reason for the amendment"),
        max_length=500,
        help_text=_("Every reader of the earlier version sees this reason."),
        error_messages={"required": _("Say why the report is amended.")},
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_VERSION, initial=0)

    def __init__(self, *args: Any, amending: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not amending:
            del self.fields["reason"]

    def clean_at(self) -> Any:
        """Refuse a report about what has not happened yet."""
        at = self.cleaned_data["at"]
        if at < EARLIEST:
            raise forms.ValidationError(self.fields["at"].error_messages["invalid"])
        if at > timezone.now() + timedelta(minutes=5):
            raise forms.ValidationError(_("This moment has not come yet. A report is about what was done."))
        return at.astimezone(BRUSSELS)


class WithdrawForm(forms.Form):
    """Why a report is withdrawn."""

    reason = PastedText(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the report is withdrawn.")},
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION)
