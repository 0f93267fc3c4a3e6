"""Desk, data protection officer: change the function table, with the real accesses it would have flipped, and a second officer (ACS-1)."""

import json
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.change_rights import decide_rights, list_proposals, preview_rights, propose_rights
from unidossier.actions.show_rights import Rights, show_rights
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_oversight import UNDECIDED, Made
from unidossier.portals.desk.refusals import in_words as refusal_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.templatetags.unidossier import day_time
from unidossier.portals.shared.views_rights import ACTIONS


class ChangeForm(Made):
    """The new cells of one function and one action; when they begin and why."""

    categories = forms.MultipleChoiceField(
        label=gettext_lazy("May do it with"), widget=forms.CheckboxSelectMultiple, required=False
    )
    from_day = DayField(label=gettext_lazy("From"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("At least ten characters. Everybody reads it beside the version."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Say why the table changes.")},
    )
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    previewed = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, categories: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]

    def clean_from_day(self) -> datetime:
        """Return the beginning of the day in Brussels; today is now."""
        chosen = self.cleaned_data["from_day"]
        today = timezone.localtime(timezone.now(), BRUSSELS).date()
        if chosen < today:
            raise forms.ValidationError(_("This day is over. Choose today or a day to come."))
        return timezone.now() if chosen == today else datetime.combine(chosen, time.min, tzinfo=BRUSSELS)


def change_rights(request: HttpRequest) -> HttpResponse:
    """Choose a function and an action, tick its categories, see what it would have flipped, then propose."""
    shown = show_rights(max(one["version"] for one in show_rights().versions))
    function, action = request.GET.get("function", ""), request.GET.get("action", "read")
    functions = tuple(
        (one["slug"], in_words(one["words"])) for one in shown.functions if one["kind"] in ("carer", "staff")
    )
    context: dict[str, Any] = {
        "functions": sorted(functions, key=lambda one: one[1]),
        "actions": tuple((code, str(words)) for code, words in ACTIONS.items()),
        "function": function,
        "action": action,
        "proposals": tuple(_proposal(one) for one in list_proposals(request.requester.secret)),
    }
    if function in dict(functions) and action in ACTIONS:
        answer = _editor(request, shown, function=function, action=action, context=context)
        if answer is not None:
            return answer
    return render(request, "desk/oversight_change_rights.html", frame(request, **context))


def _editor(
    request: HttpRequest, shown: Rights, *, function: str, action: str, context: dict[str, Any]
) -> HttpResponse | None:
    """Put the form and its preview into the context; propose when the preview of these very changes was seen."""
    had = next(
        (one["categories"] for one in shown.rights if (one["function"], one["action"]) == (function, action)),
        [],
    )
    form = ChangeForm(
        request.POST or None,
        categories=tuple((str(one["code"]), in_words(one["words"])) for one in shown.categories),
        initial={
            "categories": [str(code) for code in had],
            "base": shown.version,
            "from_day": timezone.localtime(timezone.now(), BRUSSELS).date(),
        },
    )
    context["form"] = form
    if request.method != "POST" or not form.is_valid():
        return None
    changes = _changes(form, had, function=function, action=action)
    told = form.cleaned_data
    seen = json.dumps(changes)
    try:
        if request.POST.get("deed") == "propose" and told["previewed"] == seen:
            propose_rights(
                request.requester.secret,
                proposal=told["made"],
                base=told["base"],
                changes=changes,
                from_at=told["from_day"],
                reason=told["reason"],
            )
            return _proposed(request)
        context["preview"] = tuple(
            _flipped(one) for one in preview_rights(request.requester.secret, changes=changes)
        )
        context["seen"] = seen
        context["changes"] = _change_words(changes, shown)
    except ActRefused as refused:
        form.add_error(None, refusal_words(refused.code))
    return None


def _proposed(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("The change waits for a second data protection officer."))
    return redirect("desk:change-rights")


def _changes(form: ChangeForm, had: list[int], *, function: str, action: str) -> list[dict[str, Any]]:
    wanted = {int(code) for code in form.cleaned_data["categories"]}
    return [
        {"function": function, "action": action, "category": code, "allow": code in wanted}
        for code in sorted(wanted ^ set(had))
    ]


def _change_words(changes: list[dict[str, Any]], shown: Rights) -> tuple[str, ...]:
    functions = {one["slug"]: in_words(one["words"]) for one in shown.functions}
    categories = {one["code"]: in_words(one["words"]) for one in shown.categories}
    return tuple(
        f"{functions.get(one['function'], one['function'])} · {ACTIONS.get(one['action'], one['action'])} · "
        f"{categories.get(one['category'], one['category'])}: {_('allowed') if one['allow'] else _('no longer allowed')}"
        for one in changes
    )


def _flipped(row: Row) -> dict[str, Any]:
    effects = {
        "refused": _("would have been refused"),
        "less": _("would have shown less"),
        "more": _("could have shown more"),
        "allowed": _("would not have been refused by the table"),
    }
    return {
        "function": in_words(row["function_words"]),
        "verb": in_words(row["verb_words"]),
        "effect": effects[row["effect"]],
        "times": row["times"],
        "samples": tuple(
            f"{day_time(datetime.fromisoformat(one['at']).astimezone(BRUSSELS))} · {in_words(one['institution'])}"
            for one in row["samples"]
        ),
    }


def _proposal(row: Row) -> dict[str, Any]:
    states = {
        "waiting": _("waits for a second officer"),
        "confirmed": _("confirmed"),
        "refused": _("refused"),
        "withdrawn": _("withdrawn"),
    }
    return {
        **row,
        "state_words": states[row["state"]],
        "href": reverse("desk:decide-rights", args=[row["id"]]),
    }


def rights_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """The task of the second officer: the proposal, with what it would have flipped."""
    opened = task_or_404(request, task)
    proposal = opened.task["subject_id"]
    found = list_proposals(request.requester.secret, proposal=proposal) if proposal else []
    if not found:  # a task of another kind
        raise Http404
    shown = show_rights()
    row = found[0]
    context = {
        "told": (
            (_("Proposed by"), row["maker"]),
            (_("From"), str(day_time(row["from_at"].astimezone(BRUSSELS)))),
            *((_("What changes"), words) for words in _change_words(row["changes"], shown)),
        ),
        "ways": ((reverse("desk:decide-rights", args=[proposal]), _("Decide"), True),)
        if row["state"] == "waiting"
        else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


class DecideForm(forms.Form):
    """Confirm or refuse another officer's proposal; withdraw one's own."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect, error_messages=UNDECIDED
    )
    words = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


def decide(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Another officer confirms or refuses; the first one may withdraw."""
    found = list_proposals(request.requester.secret, proposal=proposal)
    if not found:
        raise Http404
    row = found[0]
    form = DecideForm(request.POST or None)
    mine = row["made_by"] == request.requester.person_id
    form.fields["decision"].choices = (  # type: ignore[attr-defined]
        (("withdrawn", _("Withdraw the proposal")),)
        if mine
        else (("confirmed", _("Confirm")), ("refused", _("Refuse")))
    )
    try:
        flipped = (
            preview_rights(request.requester.secret, changes=row["changes"])
            if row["state"] == "waiting"
            else []
        )
    except ActRefused:
        flipped = []  # another version has made it already, or undone it: deciding says so
    deed = Deed(
        title=_("Change of the function table"),
        text=f"{row['maker']}: {row['reason']}",
        label=_("Keep the decision"),
        done=_("The decision is kept."),
        back=reverse("desk:change-rights"),
        then=reverse("desk:change-rights"),
        consequences=(
            *_change_words(row["changes"], show_rights()),
            *(
                f"{one['function']}: {one['verb']}: {one['effect']}: {one['times']}"
                for one in (_flipped(line) for line in flipped)
            ),
            _("Confirmed, it counts for every hospital from %(at)s.")
            % {"at": day_time(row["from_at"].astimezone(BRUSSELS))},
        ),
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: decide_rights(
            request.requester.secret, proposal=proposal, decision=told["decision"], words=told["words"]
        ),
    )
