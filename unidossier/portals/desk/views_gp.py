"""Registration desk: a patient asks for another general practitioner (MY-12): make the change, or say why not."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.ask_gp import refuse_gp
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.refusals_registration import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.desk.views_registration import file_href
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words as in_my_language


class RefuseForm(forms.Form):
    """Why it cannot be done, as the patient reads it."""

    words = forms.CharField(
        label=gettext_lazy("Your answer to the patient"),
        help_text=gettext_lazy("No medical details."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write an answer for the patient.")},
    )


def gp_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """Who is asked for, and the ways: register him as the file's general practitioner, or refuse with words."""
    opened = task_or_404(request, task)
    row = _wish(opened.task)
    told = (
        (_("Asked for"), str(row["facts"].get("who", row["person"] or ""))),
        (_("Works at"), in_my_language(row["facts"].get("institution"))),
    )
    ways = (
        (
            reverse("desk:set-gp", args=[row["patient_id"], row["person_id"]]),
            _("Register this practitioner"),
            True,
        ),
        (reverse("desk:refuse-gp", args=[task]), _("It cannot be done"), False),
        (file_href(row["patient_id"]), _("Open the file"), False),
    )
    context = task_context(opened) | {
        "told": tuple((label, text) for label, text in told if text),
        "ways": ways if row["state"] != "done" else ways[2:],
        "notice": _(
            "The patient asked for it on the portal. The task is done when the change is registered."
        ),
    }
    return render(request, "desk/oversight_task.html", frame(request, **context))


def _wish(row: Row) -> Row:
    if row["kind"] != "gp-change":
        raise Http404
    return row


def refuse(request: HttpRequest, task: UUID) -> HttpResponse:
    """Ask for the words that the patient reads, then end the task."""
    row = _wish(task_or_404(request, task).task)
    deed = Deed(
        title=_("Refuse this change?"),
        text=f"{row['facts'].get('who', row['person'])} – {row['family']} {row['given']}",
        label=_("Send the answer"),
        done=_("The task is done. The patient reads your answer."),
        back=reverse("desk:gp-change", args=[task]),
        then=reverse("desk:home"),
        consequences=(_("The general practitioner stays as he is registered."),),
    )
    return ask(
        request,
        RefuseForm(request.POST or None),
        deed,
        act=lambda told: refuse_gp(
            request.requester.secret, patient=row["patient_id"], task=task, words=told["words"]
        ),
        words=in_words,
    )
