"""The form of an emergency access: who, why, and the statement of the only one on duty (BTG-1, EXC-7)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unidossier.actions.lift_exclusion import Lifting
from unidossier.actions.open_in_emergency import LEAST_CHARACTERS, REASONS, Emergency, Person, plain
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.words.emergency import REASONS as REASON_WORDS

assert set(REASONS) == set(REASON_WORDS)
ALONE = ("alone", "discipline", "alone_why")
NOT_A_NUMBER = _("This is no national number: a digit is wrong or missing. Look at the card again.")
TOO_SHORT = _("Write at least 20 characters: what happened, and why you need the record now.")
ALONE_TOO_SHORT = _("Write at least 20 characters: why nobody else can take over.")


class EmergencyForm(forms.Form):
    """`opening` is the id of what will be made: the same form sent twice opens once. `record`: the address one came from."""

    opening = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)
    record = forms.UUIDField(widget=forms.HiddenInput, required=False)
    number = forms.CharField(
        label=_("National number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    family = forms.CharField(
        label=_("Family name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth = DayField(label=_("Date of birth"), required=False)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=tuple(REASON_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    justification = forms.CharField(
        label=_("Justification"),
        help_text=_("The medical director reads it within 72 hours. The patient is told that you opened the record, and the reason."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "data-least": LEAST_CHARACTERS}),
        error_messages={"required": TOO_SHORT},
    )  # fmt: skip
    alone = forms.BooleanField(
        label=_("Nobody else of my discipline is on duty, and this care cannot wait."), required=False
    )
    discipline = forms.CharField(label=_("Discipline"), required=False, max_length=100)
    alone_why = forms.CharField(
        label=_("Why nobody else can take over"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "data-least": LEAST_CHARACTERS}),
    )

    def clean_number(self) -> str:
        """Return the 11 digits, '' when none was given."""
        try:
            return Ssin.parse(self.cleaned_data["number"]).digits if self.cleaned_data["number"] else ""
        except InvalidSsin as wrong:
            raise forms.ValidationError(NOT_A_NUMBER) from wrong

    def clean_justification(self) -> str:
        """Refuse fewer than 20 characters; runs of blanks count once."""
        return _long_enough(self.cleaned_data["justification"], error=TOO_SHORT)

    def clean(self) -> dict[str, Any]:
        """Ask for a number, or a name and a birth date; and for all of the second part or nothing of it."""
        told = super().clean() or {}
        if not told.get("record") and "number" in told and not told["number"]:
            for name in ("family", "birth"):
                if name not in self.errors and not told.get(name):
                    self.add_error(
                        name, _("Give the national number, or the family name and the date of birth.")
                    )
        if self.states_to_be_alone:
            self._clean_alone(told)
        return told

    @property
    def states_to_be_alone(self) -> bool:
        """Whether anything of the second part was filled in."""
        return any((self.data.get(name) or "").strip() for name in ALONE)

    def _clean_alone(self, told: dict[str, Any]) -> None:
        if not told.get("alone"):
            self.add_error(
                "alone", _("Confirm this statement, or leave the discipline and its reason empty.")
            )
        if not plain(told.get("discipline", "")):
            self.add_error("discipline", _("Say for which discipline, for example: cardiology."))
        try:
            _long_enough(told.get("alone_why", ""), error=ALONE_TOO_SHORT)
        except forms.ValidationError as short:
            self.add_error("alone_why", short)

    def person(self) -> Person:
        """Whom the carer means, of a valid form; a number given says more than the address he came from."""
        told = self.cleaned_data
        typed = bool(told["number"] or (told["family"] and told["birth"]))
        return Person(
            patient=None if typed else told["record"],
            number=told["number"],
            family=told["family"],
            birth=told["birth"],
        )

    def emergency(self) -> Emergency:
        """What is stated, of a valid form."""
        told = self.cleaned_data
        return Emergency(
            opening=told["opening"],
            person=self.person(),
            reason=told["reason"],
            justification=told["justification"],
        )

    def lifting(self) -> Lifting | None:
        """The statement of the only one on duty, of a valid form; None when it was not made."""
        told = self.cleaned_data
        if not self.states_to_be_alone:
            return None
        return Lifting(
            lifting=told["opening"],
            person=self.person(),
            discipline=told["discipline"],
            reason=told["alone_why"],
        )


def _long_enough(text: str, *, error: Any) -> str:
    kept = plain(text)
    if len(kept) < LEAST_CHARACTERS:
        raise forms.ValidationError(error)
    return kept
