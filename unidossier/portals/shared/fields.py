"""Fields that several forms have: a national number, a NIHDI number, a scanned paper, a day."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from unidossier.kernel import nihdi, ssin
from unidossier.kernel.nihdi import InvalidNihdi, Nihdi
from unidossier.kernel.scan import LIMIT_BYTES, Scan, ScanRefused
from unidossier.kernel.ssin import InvalidSsin, Ssin

EARLIEST, LATEST = 1900, 2100  # years of a day
NUMBER_FAULTS = {
    ssin.NotDigits: _("A national number holds digits only, such as 85.07.30-033.28."),
    ssin.WrongLength: _("A national number has 11 digits. Count them again."),
    ssin.ImpossibleDate: _(
        "This number holds a month or a day that does not exist. Look for a typing error."
    ),
    ssin.WrongCheckDigits: _("The last two digits do not match the others. Look for a typing error."),
}
NIHDI_FAULTS = {
    nihdi.NotDigits: _("A NIHDI number holds digits only, such as 1-01234-34-004."),
    nihdi.WrongLength: _("A NIHDI number has 8 or 11 digits. Count them again."),
    nihdi.WrongCheckDigits: _("Digits 7 and 8 do not match the first six. Look for a typing error."),
}
SCAN_FAULTS = {
    "empty": _("The file is empty. Choose another one."),
    "too-large": _("The file is larger than 5 MB. Scan it again with fewer points, in grey."),
    "not-a-scan": _("This is no PDF, JPEG or PNG. Scan the paper, or take a picture of it."),
    "broken": _("The file is damaged. Scan the paper again."),
    "too-many-pixels": _("The picture has too many points. Scan the paper again with fewer."),
}


class NumberField(forms.CharField):
    """A national or BIS number, with or without its signs; cleaned it is an Ssin."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("National number"),
                "max_length": 30,
                "widget": forms.TextInput(
                    attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
                ),
                "error_messages": {"required": _("Type the national number of the patient.")},
            }
            | kwargs
        )

    def clean(self, value: Any) -> Ssin | None:
        """Return the number; say what is wrong with it."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return Ssin.parse(text)
        except InvalidSsin as fault:
            raise forms.ValidationError(NUMBER_FAULTS[type(fault)]) from fault


class NihdiField(forms.CharField):
    """A NIHDI number; cleaned it is a Nihdi."""

    def clean(self, value: Any) -> Nihdi | None:
        """Return the number; say what is wrong with it."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return Nihdi.parse(text)
        except InvalidNihdi as fault:
            raise forms.ValidationError(NIHDI_FAULTS[type(fault)]) from fault


class ScanField(forms.FileField):
    """A PDF, JPEG or PNG of at most 5 MB, told by its content; cleaned it is a Scan."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "widget": forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
                "help_text": _("PDF, JPEG or PNG, at most 5 MB."),
                "error_messages": {
                    "required": _("Choose the scanned paper."),
                    "empty": SCAN_FAULTS["empty"],
                },
            }
            | kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> Scan | None:  # type: ignore[override]
        """Return the scan; say what is wrong with the file."""
        sent: UploadedFile | None = super().clean(data, initial)
        if not sent:
            return None
        if (sent.size or 0) > LIMIT_BYTES:
            raise forms.ValidationError(SCAN_FAULTS["too-large"])
        try:
            return Scan.read(sent.read(), name=sent.name or "")
        except ScanRefused as fault:
            raise forms.ValidationError(SCAN_FAULTS[fault.code]) from fault


class DayField(forms.DateField):
    """A day, chosen in the calendar or typed as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                "input_formats": ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y"],
                "error_messages": {
                    "required": _("Choose the day."),
                    "invalid": _("This day does not exist. Write it like 12.04.2026."),
                },
            }
            | kwargs
        )

    def validate(self, value: Any) -> None:
        """Refuse a day of another century: a slip of the keys, and no clock reckons with it."""
        super().validate(value)
        if value is not None and not EARLIEST <= value.year <= LATEST:
            raise forms.ValidationError(_("Choose a day between 1900 and 2100."))
