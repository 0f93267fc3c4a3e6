"""Ward: hold back one validated item from the patient for a time, or show it again (MY-5)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.hold_back import hold_back as hold
from unidossier.actions.open_item import ItemNotFound, OpenItem, open_item
from unidossier.gate.door import ActRefused
from unidossier.kernel.brussels import last_day, midnight
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.record_parts import is_held
from unidossier.portals.ward.forms import PastedText
from unidossier.portals.ward.views_record import WARD

LONGEST_DAYS = 30
SHORTEST_REASON = 10


class HoldForm(forms.Form):
    """Why, and up to which day."""

    reason = PastedText(
        label=gettext_lazy("Reason"),
        max_length=500,
        min_length=SHORTEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "For example: the result is told at the consultation of Thursday. The patient does not read this."
        ),
        error_messages={
            "required": gettext_lazy("Say why it is held back."),
            "min_length": gettext_lazy("Say why it is held back, in at least 10 characters."),
        },
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("At most 30 days. The day after, the patient sees it by itself."),
    )

    def clean_last_day(self) -> date:
        """Refuse a day that has passed, or that lies too far."""
        day = self.cleaned_data["last_day"]
        if not timezone.localdate() <= day < timezone.localdate() + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose a day from today on, at most 30 days away."))
        return day

    @property
    def until(self) -> datetime:
        """The midnight in Brussels after the last day."""
        return midnight(self.cleaned_data["last_day"] + timedelta(days=1))


def hold_back(request: HttpRequest, patient: UUID, item: UUID) -> HttpResponse:
    """Hold one item of this institution back, or show it again at once."""
    opened = open_item(request.requester.secret, item=item, patient=patient)
    line = opened.line
    if line["institution_id"] != request.requester.institution_id or line["status"] not in (
        "final",
        "amended",
    ):
        raise ItemNotFound(
            str(item)
        )  # nothing to hold back here: the same page as for one that does not exist
    is_showing = request.POST.get("deed") == "show"
    form = HoldForm(None if is_showing else request.POST or None, initial=_initial(opened))
    if request.method == "POST" and (is_showing or form.is_valid()):
        done = _hold(request, patient, item, form=None if is_showing else form)
        if done:
            return done
    context = {
        "banner": banner(
            opened.patient,
            rule=opened.rule,
            relations=opened.relations,
            at=timezone.now(),
            href=WARD.record(patient),
            opens=opened.opens,
            allergies=opened.allergies,
        ),
        "form": form,
        "title_of_item": line["title"],
        "language_of_item": line["language"],
        "is_held": is_held(line),
        "until": line["held_until"],
        "back_href": f"{WARD.record(patient)}?item={item}",
    }
    return render(request, "ward/hold_back.html", frame(request, **context))


def _initial(opened: OpenItem) -> dict[str, Any]:
    until = opened.line["held_until"] if is_held(opened.line) else None
    return {"last_day": last_day(until) if until else timezone.localdate() + timedelta(days=7)}


def _hold(request: HttpRequest, patient: UUID, item: UUID, *, form: HoldForm | None) -> HttpResponse | None:
    """Store and go back to the item; None with the error on the form when it could not be done."""
    try:
        hold(
            request.requester.secret,
            patient=patient,
            item=item,
            until=form.until if form else None,
            reason=form.cleaned_data["reason"] if form else "",
        )
    except ActRefused:
        if form:
            form.add_error(
                None, _("This item cannot be held back now. Open it again and look what has changed.")
            )
        return None
    messages.success(
        request,
        _("The item is held back. The patient sees that something is held back, and until when.")
        if form
        else _("The patient sees the item now."),
    )
    return redirect(f"{WARD.record(patient)}?item={item}")
