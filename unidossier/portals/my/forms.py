"""The forms of the patient's decisions. A day is chosen as the last one; what is kept is the midnight after it (ACD-4: an end is exclusive)."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unidossier.kernel.brussels import midnight
from unidossier.kernel.period import add_months
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.my.scope import SCOPES, WORDS, mask_of
from unidossier.portals.shared.fields import DayField

DEFAULT_MONTHS, LONGEST_MONTHS = 3, 12
LONGEST_MANDATE_MONTHS = 60


class OnceForm(forms.Form):
    """A form that carries the id of what it makes: sent twice, it is done once."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)


class ScopeForm(OnceForm):
    """What may be seen, and up to which day."""

    kinds = forms.MultipleChoiceField(
        label=_("What may be seen"),
        choices=tuple(WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=list(SCOPES),
        help_text=_("Untick what should stay closed. Your name and birth date always go with it."),
        error_messages={"required": _("Tick at least one kind of information.")},
    )
    last_day = DayField(label=_("Last day"), help_text=_("At most 12 months from now."))

    longest_months = LONGEST_MONTHS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("last_day", add_months(timezone.now(), DEFAULT_MONTHS).date())

    def clean_last_day(self) -> date:
        """Refuse a day that has passed or lies too far."""
        day = self.cleaned_data["last_day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed. Choose a later day."))
        if day > add_months(timezone.now(), self.longest_months).date():
            raise forms.ValidationError(_("This is too long. Choose an earlier last day."))
        return day

    @property
    def categories(self) -> int:
        """The kinds ticked, as a mask of categories."""
        return mask_of(self.cleaned_data["kinds"])

    @property
    def until(self) -> datetime:
        """The midnight in Brussels after the last day."""
        return midnight(self.cleaned_data["last_day"] + timedelta(days=1))


class ExcludeForm(OnceForm):
    """Whether the exclusion holds in emergencies too (EXC-7). `seen`: how it stood when the form was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    absolute = forms.BooleanField(
        label=_("Also in emergencies"),
        required=False,
        help_text=_(
            "Without this, your exclusion can be lifted for some hours when this person is the only one on duty and care is urgent. You are told at once. With it, never."
        ),
    )


class MandateForm(ScopeForm):
    """Whom, what he sees, whether he decides, from and until when (REP-4)."""

    kind = forms.ChoiceField(
        label=_("As what"),
        choices=(
            ("mandate", _("With a mandate: acts for you")),
            ("trusted", _("As a trusted person: looks with you, decides nothing")),
        ),
        widget=forms.RadioSelect,
        initial="mandate",
        error_messages={"required": _("Choose one of the two.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("First name and family name, as you call this person."),
        error_messages={"required": _("Write the name of this person.")},
    )
    number = forms.CharField(
        label=_("National number"),
        max_length=20,
        help_text=_("On the back of the identity card, like 85.07.30-033.28."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Write the national number of this person.")},
    )
    birth_date = DayField(label=_("Birth date"))
    decides = forms.BooleanField(
        label=_("May also decide for me who sees my record"),
        required=False,
        help_text=_("For a mandate only. Without it, this person can look and not change anything."),
    )
    first_day = DayField(label=_("First day"))
    longest_months = LONGEST_MANDATE_MONTHS + 12  # it may start later; the length is checked below
    field_order = ("kind", "name", "number", "birth_date", "kinds", "decides", "first_day", "last_day", "id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].help_text = _("At most 5 years.")
        if not self.is_bound:
            self.initial |= {
                "first_day": timezone.localdate(),
                "last_day": add_months(timezone.now(), LONGEST_MONTHS).date(),
            }

    def clean_number(self) -> str:
        """Return the 11 digits. The message repeats no number."""
        try:
            return Ssin.parse(self.cleaned_data["number"]).digits
        except InvalidSsin:
            raise forms.ValidationError(
                _("This is not a national number. It has 11 digits, like 85.07.30-033.28.")
            ) from None

    def clean_birth_date(self) -> date:
        """Refuse a day to come."""
        day = self.cleaned_data["birth_date"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean_first_day(self) -> date:
        """Refuse a day that has passed."""
        day = self.cleaned_data["first_day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed. Choose a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start, a mandate that is too long, and a trusted person who decides."""
        told = super().clean() or {}
        first, last = told.get("first_day"), told.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first day."))
        elif first and last and midnight(last) > add_months(midnight(first), LONGEST_MANDATE_MONTHS):
            self.add_error("last_day", _("This is longer than 5 years. Choose an earlier last day."))
        if told.get("kind") == "trusted" and told.get("decides"):
            self.add_error("decides", _("A trusted person decides nothing. Untick this, or give a mandate."))
        return told

    @property
    def starts(self) -> datetime:
        """Now when it starts today, else the midnight that begins its first day."""
        return max(midnight(self.cleaned_data["first_day"]), timezone.now())


class UnknownForm(forms.Form):
    """What one wants to say about somebody whom one does not know."""

    words = forms.CharField(
        label=_("What do you want to say about it?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example: I was not in this hospital that day."),
    )
