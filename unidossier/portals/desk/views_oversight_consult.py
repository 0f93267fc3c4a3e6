"""Desk, medical director: accounts for Consult (CON-2), and signed forms that are claimed (CON-9)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from unidossier.actions.claim_consent import claim_consent
from unidossier.actions.judge_claim import judge_claim as judge
from unidossier.actions.judge_claim import open_claimed_form, show_claim
from unidossier.actions.list_links import list_links
from unidossier.actions.validate_account import open_applicant_proof, show_applicant, validate_account
from unidossier.gate.door import ActRefused, RecordUnreadable, Row
from unidossier.kernel.nihdi import Nihdi
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_oversight import JudgeForm, ReasonForm
from unidossier.portals.desk.present_tasks import applicant
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words
from unidossier.portals.shared.templatetags.unidossier import born, day
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.record.blobs import AttachmentDamaged, AttachmentMissing


def account(request: HttpRequest, task: UUID) -> HttpResponse:
    """Who asks for an account, with the proof."""
    opened = task_or_404(request, task)
    try:
        applicant = show_applicant(request.requester.secret, task=task)
    except ActRefused as absent:
        raise Http404 from absent
    row = applicant.row
    told = (
        (_("Name"), f"{row['given']} {row['family']}"),
        (_("Profession"), str(FUNCTIONS.get(row["function"], row["function"]))),
        (_("NIHDI number"), Nihdi.parse(row["nihdi"]).formatted),
        (_("Practice"), f"{row['practice']}, {row['address']}"),
        (_("E-mail"), row["email"]),
    )
    context = {
        "told": told,
        "notice": _(
            "Somebody with this NIHDI number is known already: accepting adds a post to the same person."
        )
        if applicant.same_nihdi
        else "",
        "ways": (
            *(
                ((reverse("desk:judge-account", args=[task]), _("Decide"), True),)
                if opened.task["state"] != "done"
                else ()
            ),
            (reverse("desk:account-proof", args=[task]), _("Download the proof"), False),
        ),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def account_proof(request: HttpRequest, task: UUID) -> HttpResponse:
    """The proof as a download, never as a page of ours."""
    try:
        proof, data = open_applicant_proof(request.requester.secret, task=task)
    except ActRefused as absent:
        raise Http404 from absent
    except (AttachmentMissing, AttachmentDamaged) as fault:
        raise RecordUnreadable("proof") from fault
    return _download(proof, data)


def _download(proof: Row, data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, proof["name"]) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def judge_account(request: HttpRequest, task: UUID) -> HttpResponse:
    """Accept or refuse an applicant (CON-2)."""
    opened = task_or_404(request, task)
    deed = Deed(
        title=_("Accept this carer for Consult?"),
        text=applicant(opened.task),
        label=_("Keep the decision"),
        done=_("The decision is kept. The carer is told by e-mail."),
        back=reverse("desk:account", args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _(
                "Accepted: the carer gets a link by e-mail, good for seven days, to set a password and a second factor."
            ),
        ),
    )

    def act(told: dict[str, Any]) -> None:
        validate_account(
            request.requester.secret, task=task, accepted=told["accepted"] == "yes", reason=told["reason"]
        )

    return ask(request, JudgeForm(request.POST or None), deed, act=act)


def links(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The links by signed form of a patient: the form of each can be claimed."""
    row, found = list_links(request.requester.secret, patient=patient)
    context = {
        "patient": row,
        "links": tuple(
            {
                "person": one["person"],
                "institution": in_words(one["institution"]),
                "since": one["starts_at"],
                "until": one["ends_at"],
                "is_suspended": one["state"] == "suspended",
                "href": reverse("desk:claim-form", args=[patient, one["id"]]),
            }
            for one in found
        ),
    }
    return render(request, "desk/oversight_links.html", frame(request, **context))


def claim_form(request: HttpRequest, patient: UUID, relation: UUID) -> HttpResponse:
    """Ask the carer for the signed form; the access is suspended until it is shown and accepted (CON-9)."""
    row, found = list_links(request.requester.secret, patient=patient)
    link = next((one for one in found if one["id"] == relation), None)
    if link is None:
        raise Http404
    deed = Deed(
        title=_("Claim the signed form?"),
        text=f"{link['person']} · {row['family']} {row['given']}, {born(row['birth_date'])}",
        label=_("Claim the form"),
        done=_("The form is claimed and the access is suspended."),
        back=reverse("desk:links", args=[patient]),
        then=reverse("desk:home"),
        consequences=(
            _("The carer loses access at once, until the form is shown and you accept it."),
            _("A task in your list waits for the form."),
        ),
        is_grave=True,
    )
    return ask(
        request,
        ReasonForm(request.POST or None),
        deed,
        act=lambda told: claim_consent(
            request.requester.secret, patient=patient, relation=relation, reason=told["reason"]
        ),
    )


def claim(request: HttpRequest, task: UUID) -> HttpResponse:
    """A claimed form: asked for, shown, judged."""
    opened = task_or_404(request, task)
    try:
        claimed = show_claim(request.requester.secret, patient=opened.task["patient_id"], task=task)
    except ActRefused as absent:
        raise Http404 from absent
    is_shown = claimed["proof"] is not None
    told = (
        (_("Name on the form"), claimed["name"]),
        (_("Signed on"), day(date.fromisoformat(claimed["signed_on"]))),
        (_("Why it is claimed"), claimed["reason"]),
        (_("Signed form"), _("shown") if is_shown else _("not shown yet")),
    )
    is_open = opened.task["state"] != "done"
    context = {
        "told": tuple((label, str(text)) for label, text in told if text),
        "ways": (
            *(((reverse("desk:judge-claim", args=[task]), _("Decide"), True),) if is_open else ()),
            *(
                ((reverse("desk:claim-proof", args=[task]), _("Download the form"), False),)
                if is_shown
                else ()
            ),
        ),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def claim_proof(request: HttpRequest, task: UUID) -> HttpResponse:
    """The claimed form as a download."""
    opened = task_or_404(request, task)
    try:
        proof, data = open_claimed_form(
            request.requester.secret, patient=opened.task["patient_id"], task=task
        )
    except ActRefused as absent:
        raise Http404 from absent
    except (AttachmentMissing, AttachmentDamaged) as fault:
        raise RecordUnreadable("proof") from fault
    return _download(proof, data)


def judge_claim(request: HttpRequest, task: UUID) -> HttpResponse:
    """Accept the form, and the access opens again; or refuse, and it ends."""
    opened = task_or_404(request, task)
    patient = opened.task["patient_id"]
    deed = Deed(
        title=_("Is the form in order?"),
        text=f"{opened.task['person'] or ''} · {opened.task['family'] or ''} {opened.task['given'] or ''}",
        label=_("Keep the decision"),
        done=_("The decision is kept."),
        back=reverse("desk:claim", args=[task]),
        then=reverse("desk:home"),
        consequences=(_("Accepted: the access opens again. Refused: it ends."),),
    )

    def act(told: dict[str, Any]) -> None:
        judge(
            request.requester.secret,
            patient=patient,
            task=task,
            accepted=told["accepted"] == "yes",
            reason=told["reason"],
        )

    return ask(request, JudgeForm(request.POST or None), deed, act=act)
