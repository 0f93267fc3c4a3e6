"""Registration desk: a death, and a death that was none, which takes two people (DTH-1, DTH-4)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.open_desk_file import open_desk_file
from unidossier.actions.register_death import answer_reversal, ask_reversal, record_death
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_registration import AnswerForm, DeathForm, ReversalForm
from unidossier.portals.desk.present_file import day_time
from unidossier.portals.desk.refusals_registration import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.desk.views_registration import file_href
from unidossier.portals.shared.frame import frame


def death(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Record a death: everything of the patient's side closes at once; what hospital carers keep is told (DTH-2)."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    deed = Deed(
        title=_("Record a death?"),
        text=f"{opened.patient['family']} {opened.patient['given']}",
        label=_("Record the death"),
        done=_("The death is recorded. The accesses are closed."),
        back=file_href(patient),
        then=file_href(patient),
        consequences=(
            _("The patient’s own access and that of everybody who acts for him close at once."),
            _(
                "Carers outside see nothing any more; carers of the hospital keep the access they have until it ends."
            ),
            _("To reverse it takes two people."),
        ),
        is_grave=True,
    )
    return ask(
        request,
        DeathForm(request.POST or None),
        deed,
        act=lambda told: record_death(
            request.requester.secret, patient=patient, at=told["at"], source=told["source"]
        ),
        words=in_words,
    )


def reverse_death(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Ask that a recorded death be reversed."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    deed = Deed(
        title=_("Ask to reverse this death?"),
        text=f"{opened.patient['family']} {opened.patient['given']}, † {day_time(opened.patient['deceased_at'])}",
        label=_("Ask for it"),
        done=_("Asked. A colleague must confirm it: it stands in the work list."),
        back=file_href(patient),
        then=file_href(patient),
        consequences=(
            _("Nothing opens yet: a second person must confirm."),
            _("Then the accesses are again as they were before."),
        ),
        is_grave=True,
    )
    return ask(
        request,
        ReversalForm(request.POST or None),
        deed,
        act=lambda told: ask_reversal(
            request.requester.secret, patient=patient, reversal=told["made"], reason=told["reason"]
        ),
        words=in_words,
    )


def reversal_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """Somebody asked to reverse a death: why, and the ways to answer."""
    opened = task_or_404(request, task)
    row = opened.task
    if row["kind"] != "death-reversal" or row["patient_id"] is None:
        raise Http404
    file = open_desk_file(request.requester.secret, patient=row["patient_id"])
    asked = next((one for one in file.reversals if one["id"] == row["subject_id"]), None)
    ways: tuple = ((file_href(row["patient_id"]), _("Open the file"), False),)
    if asked and asked["state"] == "asked" and not asked["is_mine"]:
        answers = (("confirm", _("Confirm the reversal"), True), ("refuse", _("Refuse"), False))
        ways = (
            *(
                (reverse("desk:answer-reversal", args=[task, code]), words, main)
                for code, words, main in answers
            ),
            *ways,
        )
    told = (
        (_("Recorded as deceased"), day_time(asked["deceased_at"]) if asked else ""),
        (_("Asked by"), asked["asked_name"] or "" if asked else ""),
        (_("Reason"), asked["reason"] if asked else ""),
    )
    context = task_context(opened) | {
        "told": tuple((label, text) for label, text in told if text),
        "ways": ways,
        "notice": _("You asked for it yourself. A colleague must answer.")
        if asked and asked["is_mine"] and asked["state"] == "asked"
        else "",
    }
    return render(request, "desk/oversight_task.html", frame(request, **context))


def answer(request: HttpRequest, task: UUID, code: str) -> HttpResponse:
    """Confirm or refuse, as another person than who asked."""
    row = task_or_404(request, task).task
    if row["kind"] != "death-reversal" or code not in ("confirm", "refuse"):
        raise Http404
    agreed = code == "confirm"
    deed = Deed(
        title=_("Reverse this death?") if agreed else _("Refuse the reversal?"),
        text=f"{row['family']} {row['given']}",
        label=_("Reverse the death") if agreed else _("Refuse"),
        done=_("The death is reversed. The accesses are as they were before.")
        if agreed
        else _("The reversal is refused."),
        back=reverse("desk:death-reversal", args=[task]),
        then=reverse("desk:home"),
        consequences=(_("The accesses are again as they were before."),)
        if agreed
        else (_("The death stands."),),
        is_grave=agreed,
    )
    return ask(
        request,
        AnswerForm(request.POST or None),
        deed,
        act=lambda told: answer_reversal(
            request.requester.secret,
            patient=row["patient_id"],
            reversal=row["subject_id"],
            agreed=agreed,
            words=told["words"],
        ),
        words=in_words,
    )
