"""Desk: the settings of an institution with their history, and the state of the system (ACD-4, LOG-5; read by officers, changed by the data protection officer)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.change_setting import Settings, show_settings
from unidossier.actions.change_setting import change_setting as change
from unidossier.actions.show_system import show_system
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_settings import SETTINGS, SettingForm, value_words
from unidossier.portals.desk.refusals import in_words
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.templatetags.unidossier import day_time

OFFICER = "data-protection-officer"


def settings(request: HttpRequest) -> HttpResponse:
    """Every setting with its meaning and who changed it last; then the history."""
    me = request.requester
    if me.institution_id is None:
        raise Http404
    shown = show_settings(me.institution_id)
    context = {
        "settings": tuple(_line(row) for row in shown.now if row["name"] in SETTINGS),
        "history": tuple(_change(row, shown) for row in shown.history if row["name"] in SETTINGS),
        "may_change": me.function == OFFICER,
    }
    return render(request, "desk/oversight_settings.html", frame(request, **context))


def _line(row: Row) -> dict[str, Any]:
    setting = SETTINGS[row["name"]]
    return {
        "name": row["name"],
        "label": setting.label,
        "meaning": setting.meaning,
        "value": value_words(row["name"], row["value"]),
        "default": value_words(row["name"], row["default"]) if row["default"] != row["value"] else "",
        "href": reverse(f"desk:{setting.by_two}")
        if setting.by_two
        else reverse("desk:change-setting", args=[row["name"]]),
    }


def _change(row: Row, shown: Settings) -> dict[str, Any]:
    name, default = row["name"], next((one["default"] for one in shown.now if one["name"] == row["name"]), "")
    before = row["before"] or (default if row["person"] else "")  # what nobody had set was the default
    return {
        "label": SETTINGS[name].label,
        "value": value_words(name, row["value"]),
        "before": value_words(name, before) if before else "",
        "at": row["from_at"],
        "person": row["person"] or "",
        "reason": row["reason"] if row["person"] else _("set at the start"),
    }


def change_setting(request: HttpRequest, name: str) -> HttpResponse:
    """Change one setting, at once and for everybody; to undo it is to change it back."""
    me = request.requester
    if name not in SETTINGS or me.institution_id is None:
        raise Http404
    if me.function != OFFICER:
        raise PermissionDenied
    if SETTINGS[name].by_two:
        return redirect(f"desk:{SETTINGS[name].by_two}")
    shown = show_settings(me.institution_id)
    value = next(str(row["value"]) for row in shown.now if row["name"] == name)
    setting = SETTINGS[name]
    form = SettingForm(request.POST or None, setting=setting, value=value)
    deed = Deed(
        title=_("Change: %(setting)s") % {"setting": setting.label},
        text=str(setting.meaning),
        label=_("Change the setting"),
        done=_("The setting is changed. It counts from now on."),
        back=reverse("desk:settings"),
        then=reverse("desk:settings"),
        consequences=(
            _("Now: %(value)s.") % {"value": value_words(name, value)},
            _("It counts at once, for everybody of this hospital. Periods that run already keep their end.")
            if setting.is_period
            else _("It counts at once, for everybody of this hospital."),
        ),
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: change(
            me.secret, name=name, value=told["value"], expected=told["expected"], reason=told["reason"]
        ),
        words=lambda code: _meanwhile(name, shown) if code == "changed-meanwhile" else in_words(code),
    )


def _meanwhile(name: str, shown: Settings) -> str:
    """Who changed the setting since the form was shown, and to what."""
    last = next((_change(row, shown) for row in shown.history if row["name"] == name), None)
    if last is None:
        return in_words("changed-meanwhile")
    return _(
        "%(who)s changed this on %(at)s: %(value)s. Reason: %(reason)s. Open the page again, then decide."
    ) % {
        "who": last["person"],
        "at": day_time(last["at"].astimezone(BRUSSELS)),
        "value": f"{last['before']} → {last['value']}" if last["before"] else last["value"],
        "reason": last["reason"],
    }


def system(request: HttpRequest) -> HttpResponse:
    """The parts of the system and how they are; for the security officer."""
    if request.requester.function != "security-officer":
        raise PermissionDenied
    state = show_system()
    context = {
        "state": state,
        "parts": (
            (_("Database"), True, f"PostgreSQL {state.server}"),
            (_("Schema"), not state.missing_steps, ", ".join(state.missing_steps)),
            (_("Attached files"), state.attachments, ""),
        ),
    }
    return render(request, "desk/oversight_system.html", frame(request, **context))
