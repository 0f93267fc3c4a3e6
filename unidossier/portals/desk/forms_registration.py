"""Forms of the registration desk. Every form that makes something carries the id of what it makes: sent twice, it is made once."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from unidossier.kernel.brussels import localize
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.shared.fields import DayField, NumberField, ScanField
from unidossier.portals.shared.words.kinds import KINDS

SEXES = (("", _("not known")), ("female", _("female")), ("male", _("male")), ("other", _("other")))
LANGUAGES = (("nl", "Nederlands"), ("fr", "Français"), ("de", "Deutsch"), ("en", "English"))
MANDATES = (
    ("parent", _("Parent of a child")),
    ("legal", _("Legal representative or guardian")),
    ("foster", _("Foster parent")),
    ("mandate", _("Holder of a mandate")),
    ("trusted", _("Trusted person")),
)
SHORTEST_REASON = 10
NO_NUMBER = _("Leave empty for a patient without a Belgian number.")


class MadeField(forms.UUIDField):
    """The id of what the form makes, hidden in it."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput, initial=new_id)


class ReasonField(forms.CharField):
    """Why; kept in the history."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "label": _("Reason"),
                "min_length": SHORTEST_REASON,
                "max_length": 500,
                "widget": forms.Textarea(attrs={"rows": 2}),
                "help_text": _("Kept in the history. No medical details."),
                "error_messages": {
                    "required": _("Write the reason, in at least ten characters."),
                    "min_length": _("Write the reason, in at least ten characters."),
                },
            }
            | kwargs
        )


class ReasonForm(forms.Form):
    """A reason alone."""

    reason = ReasonField()


class IdentityForm(forms.Form):
    """Who the patient is, and how he is reached."""

    family = forms.CharField(
        label=_("Family name"), max_length=100, error_messages={"required": _("Write the family name.")}
    )
    given = forms.CharField(
        label=_("Given names"), max_length=100, error_messages={"required": _("Write the given name.")}
    )
    birth_date = DayField(label=_("Birth date"), required=False)
    sex = forms.ChoiceField(label=_("Sex"), choices=SEXES, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=200, required=False)
    emergency = forms.CharField(
        label=_("Whom to call in need"),
        max_length=200,
        required=False,
        help_text=_("Name and telephone number."),
    )

    def clean_birth_date(self) -> str:
        """Return the day as ISO text, '' when it is not known; refuse a day to come."""
        day = self.cleaned_data["birth_date"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("The birth date lies in the future."))
        return day.isoformat() if day else ""


class NewPatientForm(IdentityForm):
    """A patient nobody knows yet."""

    made = MadeField()
    ssin = NumberField(label=_("National or BIS number"), required=False, help_text=NO_NUMBER)
    is_other = forms.BooleanField(
        label=_("I checked: this is another person"), required=False, widget=forms.HiddenInput
    )

    field_order = ("made", "ssin")

    def ask_whether_other(self) -> None:
        """Show the tick, because somebody alike is known."""
        self.fields["is_other"].widget = forms.CheckboxInput()


class ChangeIdentityForm(IdentityForm):
    """Identity as it shall be; `shown` is how it was on the form (JSON), so that a stale form changes nothing."""

    shown = forms.CharField(widget=forms.HiddenInput, max_length=4000)
    reason = ReasonField()


class NumberForm(forms.Form):
    """One more number: national or BIS, or a number of this institution."""

    kind = forms.ChoiceField(
        label=_("Kind of number"),
        choices=(("ssin", _("National or BIS number")), ("local", _("Number of this institution"))),
    )
    value = forms.CharField(
        label=_("Number"), max_length=40, error_messages={"required": _("Write the number.")}
    )
    reason = ReasonField()

    def clean(self) -> dict[str, Any]:
        """Check the digits of a national number."""
        told = super().clean() or self.cleaned_data
        if told.get("kind") == "ssin" and told.get("value"):
            try:
                told["value"] = NumberField().clean(told["value"]).digits  # type: ignore[union-attr]
            except forms.ValidationError as fault:
                self.add_error("value", fault)
        return told


class CloseNumberForm(forms.Form):
    """A number that is no longer the patient's."""

    number = forms.ChoiceField(label=_("Number"))
    reason = ReasonField()

    def __init__(self, *args: Any, numbers: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].choices = numbers  # type: ignore[attr-defined]


class MadeForm(forms.Form):
    """Nothing to fill in: the deed alone."""

    made = MadeField()


class ExcludeForm(MadeForm):
    """Exclude somebody who works here (EXC-4)."""

    absolute = forms.BooleanField(
        label=_("Also in emergencies"),
        help_text=_("Then nobody can lift it, even when no other carer is there."),
        required=False,
    )


class MandateForm(MadeForm):
    """Who acts for the patient, on which document, for what and until when (REP-4)."""

    kind = forms.ChoiceField(label=_("Who this person is"), choices=MANDATES)
    number = NumberField(
        label=_("National number of this person"),
        error_messages={"required": _("Write the national number of this person.")},
    )
    family = forms.CharField(
        label=_("Family name"), max_length=100, error_messages={"required": _("Write the family name.")}
    )
    given = forms.CharField(
        label=_("Given names"), max_length=100, error_messages={"required": _("Write the given name.")}
    )
    authority = forms.CharField(
        label=_("What proves it"),
        max_length=300,
        help_text=_("For example: birth certificate, decision of the justice of the peace with date."),
        error_messages={"required": _("Write which document proves it.")},
    )
    scan = ScanField(label=_("Scanned document"))
    starts = DayField(label=_("From"), required=False, help_text=_("Empty: from now on."))
    ends = DayField(
        label=_("Up to and including"),
        required=False,
        help_text=_("Empty: no end. A parent’s link ends by itself when the child’s own access begins."),
    )
    categories = forms.MultipleChoiceField(
        label=_("What this person may see"),
        choices=tuple((str(int(one)), KINDS[one.slug]) for one in Category),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "For a foster parent, a mandate or a trusted person. A parent and a legal representative see everything."
        ),
    )
    decides = forms.BooleanField(
        label=_("Also decides who has access"),
        required=False,
        help_text=_("For a foster parent or a mandate that says so."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what contradicts itself, at its field."""
        told = super().clean() or self.cleaned_data
        if told.get("kind") in ("foster", "mandate", "trusted") and not told.get("categories"):
            self.add_error("categories", _("Tick what this person may see."))
        if told.get("ends") and told["ends"] < (told.get("starts") or timezone.localdate()):
            self.add_error("ends", _("The end lies before the start, or in the past."))
        return told


class DeathForm(forms.Form):
    """When somebody died, and who told of it (DTH-1)."""

    at = forms.DateTimeField(
        label=_("Date and time of death"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"],
        error_messages={
            "required": _("Say when this was."),
            "invalid": _("This date does not exist. Write it like 12.04.2026 14:30."),
        },
    )
    source = forms.CharField(
        label=_("Who told of it"),
        max_length=300,
        help_text=_("For example: death certificate, municipality, family with document."),
        error_messages={"required": _("Write who told of the death.")},
    )

    def clean_at(self) -> datetime:
        """Return the instant; a death to come is none."""
        at: datetime = self.cleaned_data["at"]
        at = localize(at.replace(tzinfo=None))
        if at > timezone.now():
            raise forms.ValidationError(_("This moment has not come yet."))
        return at


class ReversalForm(MadeForm):
    """Why a recorded death was none (DTH-4)."""

    reason = ReasonField()


class AnswerForm(forms.Form):
    """Why a reversal is refused; nothing to say when it is confirmed."""

    words = forms.CharField(
        label=pgettext_lazy("answer", "Remark"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MergeForm(MadeForm):
    """Which of two records stays, and why they are one (REC-8)."""

    kept = forms.ChoiceField(
        label=_("Which record stays"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose which record stays.")},
    )
    reason = ReasonField()

    def __init__(self, *args: Any, choices: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = choices  # type: ignore[attr-defined]
