"""Forms of the ombuds service and the medical director."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unidossier.kernel.uuid7 import new_id
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.present.words import BRUSSELS

KIND_WORDS = {
    "overview": _("Overview of accesses"),
    "correction": _("Correction"),
    "not-visible": _("Something that is not visible"),
    "unknown-person": _("Somebody unknown looked"),
    "other": _("Something else"),
}
RELATIVE_WORDS = {"relative": _("Request of a relative after death")}
CHANNEL_WORDS = {
    "telephone": _("By telephone"),
    "letter": _("By letter"),
    "mail": _("By e-mail"),
    "desk": _("At the desk"),
}
ASKER_WORDS = {
    "patient": _("The patient"),
    "representative": _("Somebody who acts for the patient"),
    "other": _("Somebody else"),
}
TIE_WORDS = {
    "spouse": _("Husband or wife"),
    "cohabitant": _("Legal cohabitant"),
    "partner": _("Partner"),
    "parent": _("Parent"),
    "child": _("Child"),
    "sibling": _("Brother or sister"),
    "grandparent": _("Grandparent"),
    "grandchild": _("Grandchild"),
}
OUTCOME_WORDS = {
    "granted": _("Granted"),
    "partly": _("Partly granted"),
    "refused": _("Refused"),
    "answered": _("Answered"),
}
FUNCTION_WORDS = {
    "registration-desk": _("Registration desk"),
    "ombuds": _("Ombuds service"),
    "medical-director": _("Medical director"),
    "data-protection-officer": _("Data protection officer"),
}
REVIEW_WORDS = {
    "justified": _("Justified"),
    "missing-relation": _("A relation was missing: work should have made it"),
    "not-justified": _("Not justified: open a case"),
}
WORK_WORDS = {
    "appointment": _("An appointment"),
    "stay": _("A stay"),
    "contact": _("A consultation"),
    "order": _("An examination order"),
    "referral": _("A referral"),
    "care-team": _("A care team"),
    "duty": _("The duty roster"),
}
CASE_WORDS = {
    "no-abuse": _("No abuse"),
    "warned": _("The person was warned"),
    "access-ended": _("The access was ended"),
    "reported": _("Reported to the Order or the authority"),
}


def area(
    label: Any, *, required: bool = True, help_text: Any = "", error: Any = "", rows: int = 4
) -> forms.CharField:
    """Return a field for a few sentences."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": error} if error else None,
    )


class HiddenId(forms.UUIDField):
    """An id that the page itself sends along; nobody typed what is wrong with it."""

    def __init__(self, **kwargs: Any) -> None:
        words = _("Something of it is missing. Open it again.")
        told = {"label": _("This page"), "error_messages": {"required": words, "invalid": words}}
        super().__init__(**{"widget": forms.HiddenInput} | told | kwargs)


UNDECIDED = {name: _("Choose what you decide.") for name in ("required", "invalid_choice")}


class Made(forms.Form):
    """A form whose deed has an id, made when the form is shown: sent twice, it is one deed."""

    made = HiddenId()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("made", new_id())


class RequestForm(Made):
    """What a patient, or a relative of a deceased one, asks."""

    kind = forms.ChoiceField(label=_("What is asked"))
    channel = forms.ChoiceField(label=_("How it came"), choices=tuple(CHANNEL_WORDS.items()))
    asker = forms.ChoiceField(label=_("Who asks"), choices=tuple(ASKER_WORDS.items()))
    tie = forms.ChoiceField(label=_("Relationship to the deceased"), choices=tuple(TIE_WORDS.items()))
    name = forms.CharField(
        label=_("Name of who asks"),
        max_length=120,
        required=False,
        error_messages={"required": _("Write who asks.")},
    )
    contact = forms.CharField(
        label=_("How to reach them"),
        max_length=200,
        required=False,
        error_messages={"required": _("Write an address, an e-mail address or a telephone number.")},
    )
    text = area(
        _("The request in their words"),
        help_text=_("No medical details."),
        error=_("Write what is asked, for example: who opened my record in May?"),
    )

    def __init__(self, *args: Any, dead: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = tuple((RELATIVE_WORDS if dead else KIND_WORDS).items())  # type: ignore[attr-defined]
        if dead:
            del self.fields["asker"]
            self.fields["name"].required = self.fields["contact"].required = True
            self.fields["text"].label = _("Why they ask")
            self.fields["text"].help_text = _("At least ten characters. The law asks for a motivation.")
        else:
            del self.fields["tie"]

    def clean(self) -> dict[str, Any]:
        """Ask who it is when it is not the patient, and where the answer goes when nobody reads it on the portal."""
        told = super().clean() or {}
        wanted = {"representative": ("name",), "other": ("name", "contact")}
        for name in wanted.get(told.get("asker", ""), ()):
            if not told.get(name):
                self.add_error(name, self.fields[name].error_messages["required"])
        return told

    def facts(self) -> dict[str, str]:
        """Return what is kept of it."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in ("kind", "made")}
        if "tie" in told:
            told |= {"asker": "relative", "motivation": told["text"]}
        return told


class WishForm(forms.Form):
    """What the page offered to record (DTH-3): sent twice, it is not turned round."""

    objects = forms.ChoiceField(
        label=_("This page"),
        choices=(("yes", "yes"), ("no", "no")),
        widget=forms.HiddenInput,
        error_messages={"required": _("Something of it is missing. Open it again.")},
    )


class AnswerForm(forms.Form):
    """The answer that the patient reads."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=tuple(OUTCOME_WORDS.items()))
    words = area(
        _("The answer"),
        help_text=_("Plain words. No medical details."),
        error=_("Write the answer: it is what the patient reads."),
        rows=6,
    )


class HandOverForm(forms.Form):
    """To whom, and what to know."""

    to = forms.ChoiceField(label=_("To"))
    words = area(_("What they should know"), error=_("Say why you hand it over."))

    def __init__(self, *args: Any, function: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = tuple(  # type: ignore[attr-defined]
            (code, words) for code, words in FUNCTION_WORDS.items() if code != function
        )


class DesignateForm(Made):
    """How long and what a designated professional may read (DTH-3)."""

    categories = forms.MultipleChoiceField(
        label=_("What may be read"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what may be read.")},
    )
    until = DayField(label=_("Until and including"), help_text=_("At most three months."))
    words = area(_("Note"), required=False)

    def __init__(self, *args: Any, categories: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]

    def clean_until(self) -> datetime:
        """Return the end, exclusive: the day after begins (ACD-4)."""
        until = self.cleaned_data["until"]
        if until < timezone.localtime(timezone.now(), BRUSSELS).date():
            raise forms.ValidationError(_("This day is over. Choose a day to come."))
        return datetime.combine(until + timedelta(days=1), time.min, tzinfo=BRUSSELS)


class ReviewForm(forms.Form):
    """The judgement of an opening or a lifting."""

    outcome = forms.ChoiceField(label=_("Judgement"), widget=forms.RadioSelect, error_messages=UNDECIDED)
    missing_work = forms.ChoiceField(
        label=_("Which work should have made the relation"),
        choices=(("", "–"), *WORK_WORDS.items()),
        required=False,
    )
    words = area(
        _("Reason"), required=False, help_text=_("Needed when it was not justified. No medical details.")
    )

    def __init__(self, *args: Any, is_lifting: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            code: words
            for code, words in REVIEW_WORDS.items()
            if not (is_lifting and code == "missing-relation")
        }
        self.fields["outcome"].choices = tuple(choices.items())  # type: ignore[attr-defined]
        if is_lifting:
            del self.fields["missing_work"]


class CaseForm(Made):
    """A new case."""

    words = area(
        _("What was found or told"),
        help_text=_("At least ten characters. No medical details."),
        error=_("Say what the case is about."),
    )


class CloseCaseForm(forms.Form):
    """How a case ended."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=tuple(CASE_WORDS.items()))
    words = area(_("Reason"), help_text=_("At least ten characters."), error=_("Say how the case ended."))


class JudgeForm(forms.Form):
    """Yes or no, with a reason when it is no."""

    accepted = forms.ChoiceField(
        label=_("Decision"),
        choices=(("yes", _("Accept")), ("no", _("Refuse"))),
        widget=forms.RadioSelect,
        error_messages=UNDECIDED,
    )
    reason = area(_("Reason"), required=False, help_text=_("Needed for a refusal."))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = area(_("Reason"), error=_("Say why."))


class SignalForm(forms.Form):
    """What is behind a signal."""

    outcome = forms.ChoiceField(
        label=_("Judgement"),
        choices=(("explained", _("Explained")), ("case", _("A case for the medical director"))),
        widget=forms.RadioSelect,
        error_messages=UNDECIDED,
    )
    words = area(
        _("Who was asked, and what was found"),
        help_text=_("At least ten characters. No medical details."),
        error=_("Say what explains it, or why it does not."),
    )
