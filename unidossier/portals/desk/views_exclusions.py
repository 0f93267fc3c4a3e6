"""Registration desk: exclusions by form, confirmed, ended (EXC-4, EXC-5)."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.open_desk_file import open_desk_file, show_employee
from unidossier.actions.register_rights import confirm_exclusion, end_exclusion_at_desk, register_exclusion
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_registration import AnswerForm, ExcludeForm, ReasonForm
from unidossier.portals.desk.refusals_registration import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.desk.views_mandates import search_context
from unidossier.portals.desk.views_registration import file_href
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words as in_my_language


def exclude(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Choose whom the form names, among those who work here."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    context = search_context(request, patient, here=True) | {
        "title": _("Register an exclusion"),
        "name": f"{opened.patient['family']} {opened.patient['given']}",
        "lead": _("The signed form is at hand. Who does the patient mean? Only people who work here."),
        "address": "desk:exclude-person",
    }
    return render(request, "desk/choose_person.html", frame(request, **context))


def exclude_person(request: HttpRequest, patient: UUID, person: UUID) -> HttpResponse:
    """Ask once more, then exclude: at once, in every institution."""
    shown = show_employee(request.requester.secret, patient=patient, person=person)
    if not shown.found:
        raise Http404
    posts = ", ".join(
        f"{in_my_language(one['function_words'])} ({in_my_language(one['institution'])})"
        for one in shown.found
    )
    deed = Deed(
        title=_("Exclude this person?"),
        text=f"{shown.found[0]['name']}, {posts} – {shown.patient['family']} {shown.patient['given']}",
        label=_("Exclude"),
        done=_("The exclusion is registered and in force. The patient is told."),
        back=reverse("desk:exclude", args=[patient]),
        then=file_href(patient),
        consequences=(
            _(
                "From now on this person sees nothing of the patient, in every institution: no record, no agenda, no search."
            ),
            _("Work that is planned with this person must be planned with somebody else."),
        ),
        is_grave=True,
    )
    return ask(
        request,
        ExcludeForm(request.POST or None),
        deed,
        act=lambda told: register_exclusion(
            request.requester.secret,
            patient=patient,
            exclusion=told["made"],
            person=person,
            absolute=told["absolute"],
        ),
        words=in_words,
    )


def end_exclusion(request: HttpRequest, patient: UUID, exclusion: UUID) -> HttpResponse:
    """Ask once more, then end a local exclusion."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    one = next((row for row in opened.exclusions if row["id"] == exclusion), None)
    if one is None:
        raise Http404
    deed = Deed(
        title=_("End this exclusion?"),
        text=f"{one['person']} – {opened.patient['family']} {opened.patient['given']}",
        label=_("End the exclusion"),
        done=_("The exclusion has ended. The patient is told."),
        back=file_href(patient),
        then=file_href(patient),
        consequences=(_("From now on this person sees again what his relation opens."),),
        is_grave=True,
    )
    return ask(
        request,
        ReasonForm(request.POST or None),
        deed,
        act=lambda told: end_exclusion_at_desk(
            request.requester.secret, patient=patient, exclusion=exclusion, reason=told["reason"]
        ),
        words=in_words,
    )


def exclusion_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """An exclusion made on the portal: who is meant, and the way to confirm it."""
    opened = task_or_404(request, task)
    row = opened.task
    if row["kind"] != "confirm-exclusion":
        raise Http404
    facts = row["facts"]
    told = (
        (_("Excluded"), str(facts.get("who", row["person"] or ""))),
        (_("Works at"), in_my_language(facts.get("institution"))),
        (_("Also in emergencies"), _("yes") if facts.get("absolute") else _("no")),
    )
    ways = (
        (reverse("desk:confirm-exclusion-now", args=[task]), _("Confirm who is meant"), True),
        (file_href(row["patient_id"]), _("Open the file"), False),
    )
    context = task_context(opened) | {
        "told": tuple((label, text) for label, text in told if text),
        "ways": ways if row["state"] != "done" else ways[1:],
        "notice": _(
            "The exclusion is in force already. Make sure that the patient means this person, and not a namesake."
        ),
    }
    return render(request, "desk/oversight_task.html", frame(request, **context))


def confirm_exclusion_now(request: HttpRequest, task: UUID) -> HttpResponse:
    """Confirm that this person is meant."""
    row = task_or_404(request, task).task
    if row["kind"] != "confirm-exclusion":
        raise Http404
    deed = Deed(
        title=_("Confirm this exclusion?"),
        text=f"{row['facts'].get('who', row['person'])} – {row['family']} {row['given']}",
        label=_("Confirm"),
        done=_("The exclusion is confirmed."),
        back=reverse("desk:confirm-exclusion", args=[task]),
        then=reverse("desk:home"),
        consequences=(_("It stays in force until the patient or the desk ends it."),),
    )
    return ask(
        request,
        AnswerForm(request.POST or None),
        deed,
        act=lambda told: confirm_exclusion(
            request.requester.secret,
            patient=row["patient_id"],
            exclusion=row["subject_id"],
            words=told["words"],
        ),
        words=in_words,
    )
