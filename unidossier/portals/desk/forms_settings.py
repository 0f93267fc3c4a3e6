"""The settings of an institution: what each means, what it may be, and the form to change it. The database holds the same limits (cases/sql/oversight.sql)."""

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting: its words, and one of: `choices`, `low` and `high` of a whole number, `longest` months of a period."""

    label: Words
    meaning: Words
    choices: tuple[tuple[str, Words], ...] = ()
    low: int = 0
    high: int = 0
    days_only: int = 0  # a period in days alone, at most so many
    least_days: int = 0
    is_period: bool = False
    by_two: str = ""  # the address where two officers change it


ON_OFF = (("on", _("on")), ("off", _("off")))


def _length(label: Words, meaning: Words) -> Setting:
    return Setting(label=label, meaning=meaning, is_period=True)


SETTINGS: dict[str, Setting] = {
    "consent-model": Setting(
        label=_("Access of the general practitioner"),
        meaning=_(
            "Whether the general practitioner has access without more, or only after a signed consent."
        ),
        choices=(("gp-default", _("without more")), ("written-consent", _("after a signed consent"))),
    ),
    "lead.appointment": Setting(
        label=_("Preparing an appointment"),
        meaning=_("How long before an appointment its carers may open the record."),
        days_only=31,
        is_period=True,
    ),
    "length.appointment": _length(_("After an appointment"), _("How long its carers keep access after it.")),
    "length.contact": _length(_("After a consultation"), _("How long its carers keep access after it.")),
    "length.stay": _length(_("After a stay"), _("How long its carers keep access after it.")),
    "length.order": _length(_("After an examination"), _("How long the performing service keeps access.")),
    "length.referral": _length(_("After a referral"), _("How long the specialist keeps access.")),
    "length.care-team": _length(
        _("After a care team"), _("How long its members keep access after the team ends.")
    ),
    "length.emergency": _length(_("After an emergency"), _("How long the emergency service keeps access.")),
    "length.gp": _length(_("General practitioner"), _("How long access lasts after the last confirmation.")),
    "length.link": _length(_("Link by signed form"), _("How long access lasts after the signature.")),
    "length.request": Setting(
        label=_("Waiting for the patient’s answer"),
        meaning=_("After so many days without an answer a request for access is refused."),
        days_only=90,
        least_days=1,
        is_period=True,
    ),
    "glass.hours": Setting(
        label=_("Emergency access, hours"),
        meaning=_("How long emergency access opens a record."),
        low=1,
        high=12,
    ),
    "lifting.hours": Setting(
        label=_("Lifted exclusion, hours"),
        meaning=_("How long an exclusion is lifted for urgent care."),
        low=1,
        high=12,
    ),
    "log.presentation": Setting(
        label=_("How people are shown to the patient"),
        meaning=_("In the list of who looked and in the overview of accesses."),
        choices=(
            ("named", _("by name")),
            ("pseudonymised", _("by a code")),
            ("anonymised", _("by function and hospital alone")),
        ),
    ),
    "log.retention": Setting(
        label=_("How long the log is kept, years"),
        meaning=_("And as long as the record. Two officers change it together."),
        low=3,
        high=50,
        by_two="log-retention",
    ),
    "exclusion.online": Setting(
        label=_("Exclusions on the portal"),
        meaning=_("Whether a patient may exclude somebody of this hospital on My, at once."),
        choices=ON_OFF,
    ),
    "own-access.age": Setting(
        label=_("Own access from the age of"),
        meaning=_("From which birthday on patients use My themselves."),
        low=12,
        high=18,
    ),
    "misses.a-day": Setting(
        label=_("Numbers tried in a day"),
        meaning=_("How many different national numbers a carer outside may try in a day."),
        low=1,
        high=100,
    ),
    "sms": Setting(
        label=_("Text messages"),
        meaning=_("Whether a device may be registered by a text message."),
        choices=ON_OFF,
    ),
}
PERIOD = re.compile(r"^(\d{1,3}) (day|month)s?$")


def value_words(name: str, value: str) -> str:
    """Return a value in the reader's language."""
    setting = SETTINGS.get(name)
    chosen = dict(setting.choices).get(value) if setting else None
    if chosen is not None:
        return str(chosen)
    period = PERIOD.match(value)
    if not period:
        return value
    count = int(period[1])
    if period[2] == "day":
        return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}


class SettingForm(forms.Form):
    """One setting: its new value, why, and what was on the screen."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("At least ten characters. It stays in the history that everybody at the Desk can read."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the setting changes.")},
    )
    expected = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, setting: Setting, value: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        self.initial.setdefault("expected", value)
        fields = _fields(setting, value)
        self.fields = {**fields, **self.fields}  # the value stands first

    def clean(self) -> dict[str, Any]:
        """Put number and unit together, and refuse what is too long."""
        told = super().clean() or {}
        if self.setting.is_period and "count" in told:
            count, unit = told["count"], told.get("unit", "days")
            if unit == "months" and count > 24:
                self.add_error("count", _now("At most 24 months."))
            word = unit if count != 1 or unit == "days" else "month"
            told["value"] = f"{count} {word}"
        elif "value" in told:
            told["value"] = str(told["value"])
        return told


def _fields(setting: Setting, value: str) -> dict[str, forms.Field]:
    if setting.choices:
        return {
            "value": forms.ChoiceField(
                label=setting.label, choices=setting.choices, initial=value, widget=forms.RadioSelect
            )
        }
    if not setting.is_period:
        return {
            "value": forms.IntegerField(
                label=setting.label, min_value=setting.low, max_value=setting.high, initial=value
            )
        }
    period = PERIOD.match(value)
    count = forms.IntegerField(
        label=setting.label,
        min_value=setting.least_days,
        max_value=setting.days_only or 399,
        initial=period[1] if period else None,
    )
    if setting.days_only:
        count.help_text = _("In days.")
        return {"count": count}
    unit = forms.ChoiceField(
        label=_("Counted in"),
        choices=(("days", _("days")), ("months", _("months"))),
        initial=f"{period[2]}s" if period else "months",
    )
    return {"count": count, "unit": unit}
