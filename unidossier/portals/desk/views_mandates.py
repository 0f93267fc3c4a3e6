"""Registration desk: who acts for a patient (REP-1 to REP-4), and his general practitioner (CON-3)."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from unidossier.actions.open_desk_file import find_employee, open_desk_file, show_employee
from unidossier.actions.register_rights import (
    Mandate,
    ProofNotFound,
    find_representative,
    move_representation,
    open_proof,
    register_representation,
    set_gp,
)
from unidossier.gate.door import ActRefused, RecordUnreadable, Row
from unidossier.kernel.brussels import midnight
from unidossier.kernel.sortkey import name_key
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_registration import MadeForm, MandateForm, ReasonForm
from unidossier.portals.desk.refusals_registration import in_words
from unidossier.portals.desk.views_registration import file_href
from unidossier.portals.shared.found import MAX_TEXT
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words as in_my_language
from unidossier.record.blobs import AttachmentDamaged, AttachmentMissing, StorageFull

FIELD_OF = {
    "of-age": "kind",
    "two-parents": "kind",
    "known-already": "number",
    "yourself": "number",
    "scope-missing": "categories",
    "end-before-start": "ends",
    "authority-missing": "authority",
}


def new_mandate(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Register who acts for the patient, with the scanned document."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    form = MandateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _names_agree(request, patient, form):
        told = form.cleaned_data
        try:
            register_representation(
                request.requester.secret,
                patient=patient,
                representation=told["made"],
                mandate=_mandate(told),
                proof=told["scan"],
            )
        except ActRefused as refused:
            form.add_error(FIELD_OF.get(refused.code), in_words(refused.code))
        except StorageFull:
            form.add_error(
                "scan", _("There is no room for files now. Nothing was stored: call the service desk.")
            )
        else:
            messages.success(request, _("The file is registered, with its document. The patient is told."))
            return redirect(file_href(patient))
    context = {
        "form": form,
        "title": _("Register who acts for the patient"),
        "name": f"{opened.patient['family']} {opened.patient['given']}",
        "label": _("Register"),
        "back_href": file_href(patient),
    }
    return render(request, "desk/form.html", frame(request, **context))


def _names_agree(request: HttpRequest, patient: UUID, form: MandateForm) -> bool:
    """Whoever has this number bears the name on the form; else one of both is mistyped."""
    told = form.cleaned_data
    known = find_representative(request.requester.secret, patient=patient, number=told["number"].digits)
    if known["family"] and name_key(known["family"], given="") != name_key(told["family"], given=""):
        form.add_error(
            "number",
            _("This number belongs to %(given)s %(family)s. Correct the number or the name.")
            % {"given": known["given"], "family": known["family"]},
        )
        return False
    return True


def _mandate(told: dict) -> Mandate:
    return Mandate(
        kind=told["kind"],
        number=told["number"].digits,
        family=told["family"],
        given=told["given"],
        authority=told["authority"],
        categories=sum(1 << int(one) for one in told["categories"]),
        decides=told["decides"],
        starts=midnight(told["starts"]) if told["starts"] else None,
        ends=midnight(told["ends"] + timedelta(days=1)) if told["ends"] else None,
    )


def move_mandate(request: HttpRequest, patient: UUID, mandate: UUID, state: str) -> HttpResponse:
    """Suspend on dispute, resume, or end: asked once more, with the reason."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    one = next((row for row in opened.representations if row["id"] == mandate), None)
    words = _move_words().get(state)
    if one is None or words is None:
        raise Http404
    title, label, done, consequence = words
    deed = Deed(
        title=title,
        text=f"{one['name']} – {opened.patient['family']} {opened.patient['given']}",
        label=label,
        done=done,
        back=file_href(patient),
        then=file_href(patient),
        consequences=(consequence, _("The patient is told.")),
        is_grave=state == "withdrawn",
    )
    return ask(
        request,
        ReasonForm(request.POST or None),
        deed,
        act=lambda told: move_representation(
            request.requester.secret,
            patient=patient,
            representation=mandate,
            state=state,  # type: ignore[arg-type]
            reason=told["reason"],
        ),
        words=in_words,
    )


def _move_words() -> dict[str, tuple[str, str, str, str]]:
    return {
        "suspended": (
            _("Suspend this access?"),
            _("Suspend"),
            _("The access is suspended."),
            _("This person sees nothing until you resume it."),
        ),
        "in-force": (
            _("Resume this access?"),
            _("Resume"),
            _("The access is resumed."),
            _("This person sees the record again."),
        ),
        "withdrawn": (
            _("End this access?"),
            _("End it"),
            _("The access has ended."),
            _("It cannot be resumed; a new document makes a new file."),
        ),
    }


def proof(request: HttpRequest, patient: UUID, mandate: UUID) -> HttpResponse:
    """The kept document as a download, never as a page of ours."""
    try:
        row, data = open_proof(request.requester.secret, patient=patient, representation=mandate)
    except ProofNotFound as absent:
        raise Http404 from absent
    except (AttachmentMissing, AttachmentDamaged) as fault:
        raise RecordUnreadable("proof") from fault
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, row["name"]) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def gp(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Choose the general practitioner of record by name; the present one can be confirmed."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    now = next((one for one in opened.gps if one["is_now"]), None)
    context = search_context(request, patient, function="gp") | {
        "title": _("General practitioner of record"),
        "name": f"{opened.patient['family']} {opened.patient['given']}",
        "lead": _("Now: %(name)s") % {"name": now["person"]}
        if now
        else _("No general practitioner is known."),
        "confirm_href": reverse("desk:set-gp", args=[patient, now["person_id"]]) if now else "",
        "address": "desk:set-gp",
    }
    return render(request, "desk/choose_person.html", frame(request, **context))


def search_context(request: HttpRequest, patient: UUID, *, function: str = "", here: bool = False) -> dict:
    """Return query and found (person, name, what) of a search for somebody at work; found is None when nothing was sought."""
    query = request.GET.get("q", "").strip()[:MAX_TEXT]
    found = None
    if query:
        rows = find_employee(
            request.requester.secret, patient=patient, text=query, function=function, here=here
        ).found
        found = tuple({"person": one["person"], "name": one["name"], "what": post_words(one)} for one in rows)
    return {"query": query, "found": found, "patient_id": patient, "back_href": file_href(patient)}


def post_words(post: Row) -> str:
    """Return function and institution in the reader's language."""
    return f"{in_my_language(post['function_words'])}, {in_my_language(post['institution'])}"


def set_the_gp(request: HttpRequest, patient: UUID, person: UUID) -> HttpResponse:
    """Ask once more, then change or confirm."""
    shown = show_employee(request.requester.secret, patient=patient, person=person)
    post = next((one for one in shown.found if one["function"] == "gp"), None)
    if post is None:
        raise Http404
    deed = Deed(
        title=_("Make this the general practitioner of record?"),
        text=f"{post['name']}, {in_my_language(post['institution'])} – {shown.patient['family']} {shown.patient['given']}",
        label=_("Yes, register"),
        done=_("The general practitioner is registered. The patient is told."),
        back=reverse("desk:gp", args=[patient]),
        then=file_href(patient),
        consequences=(
            _("He sees the record as far as the institutions allow it, for twelve months from today."),
            _("If another one was registered until now, his access by this way ends now."),
        ),
    )
    return ask(
        request,
        MadeForm(request.POST or None),
        deed,
        act=lambda told: set_gp(request.requester.secret, patient=patient, relation=told["made"], gp=person),
        words=in_words,
    )
