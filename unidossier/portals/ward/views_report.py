"""Ward: write a report: draft, validate, amend, withdraw (REC-5, REC-6)."""

from uuid import UUID

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_item import ItemNotFound, OpenItem, open_item
from unidossier.actions.open_record import OpenRecord, open_record
from unidossier.actions.write_report import KINDS, Author, Report, Step, write_report
from unidossier.gate.door import ItemChanged
from unidossier.portals.shared.components.banner import PatientBanner
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.banner import banner as patient_banner
from unidossier.portals.shared.present.item import item as present_item
from unidossier.portals.shared.present.reading import paragraphs
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.portals.ward.forms import ReportForm, WithdrawForm
from unidossier.portals.ward.views_record import WARD
from unidossier.record.queries import Filter

KIND_OF_CODE = {code: kind for kind, (code, _display) in KINDS.items()}


def new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """An empty report. Opening the editor opens the record: one does not write about whom one may not read."""
    opened = open_record(request.requester.secret, patient=patient, chosen=Filter())
    form = ReportForm(request.POST or None, initial={"at": timezone.localtime(timezone.now(), BRUSSELS)})
    if request.method == "POST" and form.is_valid():
        stored = _store(request, patient, form, step=_step(request, amending=False), item=None)
        if stored:
            return stored
    banner = _banner(opened, patient)
    return _editor(request, form, patient, banner=banner, is_new=True)


def edit(request: HttpRequest, patient: UUID, item: UUID) -> HttpResponse:
    """Go on with a draft, or amend what was validated."""
    opened = _own_report(request, patient, item)
    amending = opened.line["status"] != "draft"
    form = ReportForm(request.POST or None, amending=amending, initial=_initial(opened))
    if request.method == "POST" and form.is_valid():
        stored = _store(request, patient, form, step=_step(request, amending=amending), item=item)
        if stored:
            return stored
    banner = _banner(opened, patient)
    return _editor(request, form, patient, banner=banner, opened=opened)


def withdraw(request: HttpRequest, patient: UUID, item: UUID) -> HttpResponse:
    """Ask once more, then withdraw: the report stays readable as an error, struck through."""
    opened = _own_report(request, patient, item)
    form = WithdrawForm(request.POST or None, initial={"expected": opened.line["version"]})
    if request.method == "POST" and form.is_valid():
        before = _initial(opened)
        report = Report(
            kind=before["kind"],
            title=before["title"],
            body=before["text"],
            language=opened.line["language"],
            item=item,
            expected=form.cleaned_data["expected"],
            reason=form.cleaned_data["reason"],
        )
        try:
            write_report(
                request.requester.secret,
                patient=patient,
                report=report,
                step="withdraw",
                author=_author(request),
                at=opened.line["clinical_at"],
            )
        except ItemChanged:
            form.add_error(None, _stale())
        else:
            messages.success(request, _("The report is withdrawn. Its versions stay readable."))
            return redirect(f"{WARD.record(patient)}?item={item}")
    context = {
        "banner": _banner(opened, patient),
        "title": _("Withdraw this report?"),
        "text": opened.line["title"],
        "consequences": (
            _(
                "Carers of this institution see that it was withdrawn. Neither the patient nor another institution ever sees it."
            )
            if opened.line["status"] == "draft"
            else _("It is marked as an error for everybody, the patient included."),
            _("It stays readable: nothing is deleted."),
            _("It cannot be made valid again; write a new one instead."),
        ),
        "form": form,
        "confirm_label": _("Withdraw the report"),
        "is_grave": True,
        "back_href": f"{WARD.record(patient)}?item={item}",
    }
    return render(request, "confirm.html", frame(request, **context))


def _banner(opened: OpenItem | OpenRecord, patient: UUID) -> PatientBanner:
    """The banner of the editor: who it is, what he must not get, why one is in."""
    allergies = opened.allergies if isinstance(opened, OpenItem) else opened.summary
    return patient_banner(
        opened.patient,
        rule=opened.rule,
        relations=opened.relations,
        at=timezone.now(),
        href=WARD.record(patient),
        opens=opened.opens,
        allergies=[line for line in allergies if line["category"] == 3],
    )


def _own_report(request: HttpRequest, patient: UUID, item: UUID) -> OpenItem:
    """Open a report that this institution may change. Raises ItemNotFound."""
    opened = open_item(request.requester.secret, item=item, patient=patient)
    line = opened.line
    is_ours = line["type"] == "Composition" and line["institution_id"] == request.requester.institution_id
    if not is_ours or line["status"] == "entered-in-error":
        raise ItemNotFound(str(item))  # no report to go on with: the same page as for one that does not exist
    return opened


def _initial(opened: OpenItem) -> dict:
    resource = orjson.loads(opened.versions[0]["resource"])
    texts = [
        line
        for part in resource.get("section", ())
        for line in paragraphs((part.get("text") or {}).get("div", ""))
    ]
    code = next((one.get("code") for one in resource.get("type", {}).get("coding", ())), "")
    return {
        "kind": KIND_OF_CODE.get(code, "progress-note"),
        "title": resource.get("title", ""),
        "at": opened.line["clinical_at"].astimezone(BRUSSELS),
        "text": "\n".join(texts),
        "expected": opened.line["version"],
    }


def _step(request: HttpRequest, *, amending: bool) -> Step:
    if amending:
        return "amend"
    return "draft" if request.POST.get("deed") == "keep" else "validate"


def _author(request: HttpRequest) -> Author:
    me = request.requester
    return Author(person=me.person_id, name=me.name, institution=me.institution_id)


def _store(
    request: HttpRequest, patient: UUID, form: ReportForm, *, step: Step, item: UUID | None
) -> HttpResponse | None:
    """Store and go to the record; None when somebody was faster, with the error on the form."""
    told = form.cleaned_data
    report = Report(
        kind=told["kind"],
        title=told["title"],
        body=told["text"],
        language=language(),
        item=item,
        expected=told["expected"] or 0,
        reason=told.get("reason", ""),
    )
    try:
        stored = write_report(
            request.requester.secret,
            patient=patient,
            report=report,
            step=step,
            author=_author(request),
            at=told["at"],
        )
    except ItemChanged:
        form.add_error(None, _stale())
        return None
    words = {
        "draft": _("The draft is kept. Only carers of this institution see it."),
        "validate": _("The report is validated. Everybody with access sees it, and the patient."),
        "amend": _("The amendment is validated. The earlier version stays readable."),
    }
    messages.success(request, words[step])
    return redirect(f"{WARD.record(patient)}?item={stored['item_id']}")


def _stale() -> str:
    return _(
        "Somebody stored another version meanwhile. Open the report again in a second window, compare, then save yours anew."
    )


def _editor(
    request: HttpRequest,
    form: ReportForm,
    patient: UUID,
    *,
    banner: PatientBanner,
    opened: OpenItem | None = None,
    is_new: bool = False,
) -> HttpResponse:
    context: dict = {
        "form": form,
        "banner": banner,
        "is_new": is_new,
        "status": "draft",
        "back_href": WARD.record(patient),
    }
    if opened:
        base = f"{WARD.record(patient)}?item={opened.line['id']}"
        shown = present_item(
            opened, ways=WARD.ways(patient, base=WARD.record(patient), item_id=opened.line["id"])
        )
        context |= {
            "status": opened.line["status"],
            "is_amending": opened.line["status"] != "draft",
            "versions": shown.versions,
            "saved_at": shown.versions[0].at,
            "withdraw_href": f"{request.path}withdraw/",
            "back_href": base,
        }
    return render(request, "ward/report.html", frame(request, **context))
