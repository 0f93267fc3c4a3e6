"""Desk: the settings of an institution with their history, and the state of the system (ACD-4, LOG-5; read by officers, changed by the data protection officer)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.change_setting import change_setting as change
from unidossier.actions.change_setting import show_settings
from unidossier.actions.show_system import show_system
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_settings import SETTINGS, SettingForm, value_words
from unidossier.portals.shared.frame import frame

OFFICER = "data-protection-officer"


def settings(request: HttpRequest) -> HttpResponse:
    """Every setting with its meaning and who changed it last; then the history."""
    me = request.requester
    if me.institution_id is None:
        raise Http404
    shown = show_settings(me.institution_id)
    context = {
        "settings": tuple(_line(row) for row in shown.now if row["name"] in SETTINGS),
        "history": tuple(_change(row) for row in shown.history if row["name"] in SETTINGS),
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
        "href": reverse("desk:change-setting", args=[row["name"]]),
    }


def _change(row: Row) -> dict[str, Any]:
    return {
        "label": SETTINGS[row["name"]].label,
        "value": value_words(row["name"], row["value"]),
        "before": value_words(row["name"], row["before"]) if row["before"] else "",
        "at": row["from_at"],
        "person": row["person"] or "",
        "reason": row["reason"],
    }


def change_setting(request: HttpRequest, name: str) -> HttpResponse:
    """Change one setting, at once and for everybody; to undo it is to change it back."""
    me = request.requester
    if name not in SETTINGS or me.institution_id is None:
        raise Http404
    if me.function != OFFICER:
        raise PermissionDenied
    value = next(str(row["value"]) for row in show_settings(me.institution_id).now if row["name"] == name)
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
            _("It counts at once, for everybody of this hospital. Periods that run already keep their end."),
        ),
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: change(
            me.secret, name=name, value=told["value"], expected=told["expected"], reason=told["reason"]
        ),
    )


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
