"""Forms of what two officers decide about the log."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unidossier.portals.desk.forms_oversight import Made, area
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.words.keeping import GROUNDS, RESTORE_GROUNDS

FIRST_YEAR, LAST_YEAR = 2000, 2100


class NumberForm(forms.Form):
    """The number of an entry, as the search in the log shows it."""

    entry = forms.IntegerField(
        label=_("Number of the entry"),
        min_value=1,
        max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            name: _("Write the number: 16 to 19 digits, as the search in the log shows it.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )


class ErasureForm(Made):
    """On which ground an entry shall be erased."""

    ground = forms.ChoiceField(
        label=_("Ground"),
        choices=tuple(GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={name: _("Choose one of the grounds.") for name in ("required", "invalid_choice")},
    )
    reason = area(
        _("Reason"),
        help_text=_("At least ten characters: which decision, of which day. No names, no medical details."),
        error=_("Say why the entry shall be erased."),
    )


class HoldForm(Made):
    """Why entries must be kept."""

    reason = area(
        _("Reason"),
        help_text=_("At least ten characters. No names, no medical details."),
        error=_("Say why the entries must be kept."),
    )


class EndForm(forms.Form):
    """Why a hold is over."""

    reason = area(_("Reason"), help_text=_("At least ten characters."), error=_("Say why the hold is over."))


class YearsForm(Made):
    """How many years entries are kept."""

    value = forms.IntegerField(
        label=_("Years"),
        min_value=3,
        max_value=50,
        help_text=_("From 3 to 50. The law asks for 3 at least, this hospital promises 5."),
        error_messages={
            name: _("Write a number from 3 to 50.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    reason = area(_("Reason"), help_text=_("At least ten characters."), error=_("Say why the time changes."))
    expected = forms.CharField(
        label=_("This page"),
        widget=forms.HiddenInput,
        error_messages={"required": _("Something of it is missing. Open it again.")},
    )


class PastMoment(forms.DateTimeField):
    """A moment of this century: what lies further off is a slip of the keys, and no clock reckons with it."""

    def validate(self, value: Any) -> None:
        """Refuse it."""
        super().validate(value)
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class AccountForm(Made):
    """What a restore was."""

    ground = forms.ChoiceField(
        label=_("Why the database was restored"),
        choices=tuple(RESTORE_GROUNDS.items()),
        widget=forms.RadioSelect,
        error_messages={name: _("Choose one of the grounds.") for name in ("required", "invalid_choice")},
    )
    restored_to = PastMoment(
        label=_("Moment of the backup"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": _("Say of which moment the backup was."),
            "invalid": _("This moment does not exist."),
        },
    )
    done_by = forms.CharField(
        label=_("Who did it"), max_length=200, error_messages={"required": _("Say who did the restore.")}
    )
    reason = area(
        _("What happened"),
        help_text=_("At least ten characters. It stays in the log for ever."),
        error=_("Say what happened."),
    )

    def clean_restored_to(self) -> datetime:
        """Return the moment, as the clock of Brussels showed it."""
        told: datetime = self.cleaned_data["restored_to"]
        return timezone.make_aware(timezone.make_naive(told, timezone.get_current_timezone()), BRUSSELS)


class DecisionForm(forms.Form):
    """Confirm or refuse what another officer asked; withdraw what one asked oneself."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        error_messages={name: _("Choose what you decide.") for name in ("required", "invalid_choice")},
    )
    words = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        help_text=_("Needed for a refusal."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, mine: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = (  # type: ignore[attr-defined]
            (("withdrawn", _("Withdraw it")),)
            if mine
            else (("confirmed", _("Confirm")), ("refused", _("Refuse")))
        )
