"""Forms over the log: what is looked for and why; what is gathered and why; whose code it is."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unidossier.actions.search_log import LogSearch
from unidossier.portals.desk.forms_oversight import HiddenId, Made, area
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.present.words import BRUSSELS, in_words

WEEK = timedelta(days=7)
GROUND_WORDS = {
    "complaint": _("A complaint"),
    "patient-question": _("A question of the patient"),
    "signal": _("A signal of the daily review"),
    "spot-check": _("A spot check"),
    "incident": _("A security incident"),
    "authority": _("A demand of an authority"),
}
OUTCOME_WORDS = {"permitted": _("Opened"), "refused": _("Refused")}


class LogSearchForm(forms.Form):
    """What is looked for in the log of one's own institution."""

    why = forms.ChoiceField(
        label=_("Why you search"),
        choices=(("", "–"), *GROUND_WORDS.items()),
        help_text=_("It stands in the log beside your search."),
        error_messages={"required": _("Say why you search.")},
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("Until and including"))
    who = forms.CharField(label=_("Name of the person"), required=False, max_length=100)
    about = forms.CharField(label=_("Patient: family name or number"), required=False, max_length=100)
    verb = forms.ChoiceField(label=_("What was done"), required=False)
    rule = forms.ChoiceField(label=_("By which rule"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=(("", _("All")), *OUTCOME_WORDS.items())
    )
    glass = forms.BooleanField(label=_("Only emergency accesses"), required=False)
    machines = forms.BooleanField(label=_("Computer systems too"), required=False)
    person = HiddenId(required=False)
    patient = HiddenId(required=False)
    task = HiddenId(required=False)

    def __init__(self, *args: Any, words: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localtime(timezone.now(), BRUSSELS).date()
        self.initial.setdefault("since", today - WEEK)
        self.initial.setdefault("until", today)
        every = (("", str(_("All"))),)
        self.fields["verb"].choices = every + _sorted(words["verbs"], "slug")  # type: ignore[attr-defined]
        self.fields["rule"].choices = every + _sorted(words["rules"], "id")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        told = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and until < since:
            self.add_error("until", str(_("The period ends before it begins.")))
        return told

    def search(self, *, before: tuple[datetime, int] | None = None) -> LogSearch:
        """Return what is looked for; the last day is included."""
        told = self.cleaned_data
        return LogSearch(
            since=_midnight(told["since"]),
            until=min(_midnight(told["until"] + timedelta(days=1)), timezone.now()),
            person=told["person"],
            patient=told["patient"],
            verb=told["verb"],
            rule=told["rule"],
            outcome=told["outcome"],
            glass=told["glass"],
            people=not told["machines"],
            task=told["task"],
            before=before,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BRUSSELS)


def _sorted(rows: list[dict[str, Any]], key: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((row[key], in_words(row["words"])) for row in rows), key=lambda one: one[1]))


class GatherForm(forms.Form):
    """Why entries go into a task."""

    reason = forms.CharField(
        label=_("Why they belong to it"),
        max_length=500,
        error_messages={"required": _("Say why, in a few words.")},
    )


class TakeOutForm(forms.Form):
    """Why entries leave a task."""

    reason = forms.CharField(
        label=_("Why they do not belong to it"),
        max_length=500,
        error_messages={"required": _("Say why, in a few words.")},
    )


class NewCaseForm(Made):
    """A case out of ticked entries."""

    words = area(
        _("What the case is about"),
        help_text=_("At least ten characters. No medical details."),
        error=_("Say what the case is about."),
        rows=3,
    )


class CodeForm(forms.Form):
    """A code of an overview, and why it must be known who it is."""

    overview = forms.IntegerField(
        label=_("Number of the overview"),
        min_value=1,
        max_value=2**53,
        error_messages={
            name: _("Give the number that stands on the overview.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )
    code = forms.RegexField(
        r"^\s*[A-Za-z2-7]{5}\s*$",
        label=_("Code of the person"),
        help_text=_("Five signs, as they stand in the patient’s list."),
        error_messages={
            "required": _("Give the code: five signs."),
            "invalid": _("Give the code: five signs, letters and the digits 2 to 7."),
        },
    )
    reason = area(
        _("Why it must be known"),
        help_text=_("At least ten characters. It stands in the log."),
        error=_("Say why it must be known."),
        rows=3,
    )

    def __init__(self, *args: Any, has_task: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_task:
            del self.fields["overview"]
