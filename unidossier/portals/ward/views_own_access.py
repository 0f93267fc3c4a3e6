"""Ward: a physician opens a child's own access before the age for it (REP-2)."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.open_own_access import open_own_access
from unidossier.actions.open_record import open_record
from unidossier.gate.door import ActRefused
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.ward.forms import PastedText
from unidossier.portals.ward.views_record import WARD
from unidossier.record.queries import Filter

SHORTEST_REASON = 10


class OwnAccessForm(forms.Form):
    """Why the child may read by himself already."""

    reason = PastedText(
        label=gettext_lazy("Reason"),
        min_length=SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("Write the reason, in at least ten characters."),
            "min_length": gettext_lazy("Write the reason, in at least ten characters."),
        },
    )


def own_access(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Ask once more, then open."""
    opened = open_record(request.requester.secret, patient=patient, chosen=Filter())
    form = OwnAccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            open_own_access(request.requester.secret, patient=patient, reason=form.cleaned_data["reason"])
        except ActRefused:
            form.add_error(
                None, _("This can be done by a physician alone, for a patient who has no own access yet.")
            )
        else:
            messages.success(request, _("The patient has own access from now on."))
            return redirect(WARD.record(patient))
    context = {
        "banner": banner(
            opened.patient,
            rule=opened.rule,
            relations=opened.relations,
            at=timezone.now(),
            href=WARD.record(patient),
            opens=opened.opens,
            allergies=[line for line in opened.summary if line["category"] == 3],
        ),
        "title": _("Open own access for this young patient?"),
        "text": f"{opened.patient['family']} {opened.patient['given']}",
        "consequences": (
            _("The patient may sign in and read the record before the usual age."),
            _("The access of parents stays as it is."),
        ),
        "form": form,
        "confirm_label": _("Open own access"),
        "back_href": WARD.record(patient),
    }
    return render(request, "confirm.html", frame(request, **context))
