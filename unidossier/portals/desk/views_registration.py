"""Registration desk: find a patient, open his file, register a new one, change identity and numbers (REC-8, MY-12)."""

import json
from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.find_at_desk import SoughtTooShort, find_at_desk
from unidossier.actions.list_my_patients import Sought
from unidossier.actions.open_desk_file import open_desk_file
from unidossier.actions.register_identity import (
    Identity,
    Number,
    add_number,
    change_identity,
    close_number,
    register_new_patient,
)
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.identifiers import SSIN
from unidossier.portals.desk.forms_registration import (
    ChangeIdentityForm,
    CloseNumberForm,
    NewPatientForm,
    NumberForm,
)
from unidossier.portals.desk.present_file import file_page, number_words
from unidossier.portals.desk.refusals_registration import in_words
from unidossier.portals.shared.found import MAX_TEXT
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.incomplete import tell_incomplete
from unidossier.portals.shared.present.patients import patient_line
from unidossier.portals.shared.present.sought import sought_of
from unidossier.record.registration import LOCAL


def file_href(patient: UUID) -> str:
    """Return the address of a patient's file at the Desk."""
    return reverse("desk:file", args=[patient])


def find(request: HttpRequest) -> HttpResponse:
    """Search by `?q=`: exact number, at least three letters of the name, or a birth date."""
    at = timezone.now()
    query = request.GET.get("q", "").strip()[:MAX_TEXT]
    found, too_short = None, False
    if query:
        try:
            rows = find_at_desk(request.requester.secret, sought=sought_of(query))
            found = tuple(patient_line(row, href=file_href, at=at) for row in rows)
        except SoughtTooShort:
            too_short = True
    context = {"query": query, "found": found, "too_short": too_short}
    return render(request, "desk/find.html", frame(request, **context))


EXPLAINING = ("ombuds", "medical-director", "data-protection-officer")  # to show the way; the gate decides


def file(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The administrative file: who the patient is, who acts for him, whom he excludes, what was changed."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    may_change = request.requester.function == "registration-desk"  # to show the ways; the gate decides
    page = file_page(opened, at=timezone.now(), may_change=may_change)
    asked = next((one for one in opened.reversals if one["state"] == "asked"), None)
    context = {
        "page": page,
        "patient": opened.patient,
        "may_change": may_change,
        "may_explain": request.requester.function in EXPLAINING,
        "reversal": asked,
    }
    return render(request, "desk/file.html", frame(request, **context))


def register(request: HttpRequest) -> HttpResponse:
    """A new patient. Somebody alike is shown first: the clerk says that it is another person."""
    form = NewPatientForm(request.POST or None)
    alike: tuple = ()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        alike = () if told["is_other"] else _alike(request, told)
        if not alike:
            try:
                numbers = [Number(system=SSIN, value=told["ssin"].digits)] if told["ssin"] else []
                made = register_new_patient(
                    request.requester.secret, patient=told["made"], identity=_identity(told), numbers=numbers
                )
            except ActRefused as refused:
                form.add_error("ssin" if refused.code == "number-taken" else None, in_words(refused.code))
            else:
                messages.success(request, _("The patient is registered."))
                return redirect(file_href(made))
        else:
            form.ask_whether_other()
    return render(request, "desk/register.html", frame(request, form=form, alike=alike))


def _identity(told: dict) -> Identity:
    return Identity(**{name: told[name] or "" for name in asdict(Identity(family="", given=""))})


def _alike(request: HttpRequest, told: dict) -> tuple:
    """Those of the same family name and birth date; without a birth date, of the same family and given name."""
    sought = (
        sought_of(told["birth_date"])
        if told["birth_date"]
        else Sought(name=f"{told['family']} {told['given']}")
    )
    try:
        rows = find_at_desk(
            request.requester.secret, sought=Sought(name=sought.name or told["family"], birth=sought.birth)
        )
    except SoughtTooShort:
        return ()
    return tuple(patient_line(row, href=file_href, at=timezone.now()) for row in rows)


def identity(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Change who he is and how he is reached; a form older than somebody else's change says so."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    now = _as_shown(opened.patient)
    initial = asdict(now) | {"shown": json.dumps(asdict(now))}
    form = ChangeIdentityForm(request.POST or None, initial=initial)
    changed_meanwhile: tuple = ()
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            shown = Identity(**json.loads(told["shown"]))
            change_identity(
                request.requester.secret,
                patient=patient,
                shown=shown,
                wanted=_identity(told),
                reason=told["reason"],
            )
        except ActRefused as refused:
            form.add_error(None, in_words(refused.code))
            if refused.code == "changed-meanwhile":
                changed_meanwhile = (
                    file_page(opened, at=timezone.now(), may_change=False).sections[-1].lines[:5]
                )
        except (TypeError, ValueError):
            form.add_error(None, in_words("changed-meanwhile"))
        else:
            messages.success(request, _("The change is stored. What was before stays in the history."))
            return redirect(file_href(patient))
    context = {
        "form": form,
        "title": _("Change identity and contact"),
        "name": _name(opened.patient),
        "label": _("Store the change"),
        "back_href": file_href(patient),
        "meanwhile": changed_meanwhile,
    }
    return render(request, "desk/form.html", frame(request, **context))


def _name(patient: Row) -> str:
    return f"{patient['family']} {patient['given']}"


def _as_shown(patient: Row) -> Identity:
    contact = patient["contact"]
    return Identity(
        family=patient["family"],
        given=patient["given"],
        birth_date=patient["birth_date"].isoformat() if patient["birth_date"] else "",
        sex=patient["sex"] or "",
        language=patient["language"],
        **{name: str(contact.get(name) or "") for name in ("address", "phone", "email", "emergency")},
    )


def numbers(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Numbers over time: add one, end one."""
    opened = open_desk_file(request.requester.secret, patient=patient)
    ours = [one for one in opened.numbers if one["until_at"] is None and one["is_ours"]]
    known = {f"{one['system']}|{one['value']}": one for one in ours}
    choices = tuple((key, number_words(one["system"], one["value"])) for key, one in known.items())
    deed = request.POST.get("deed", "")
    adding = NumberForm(request.POST if deed == "add" else None, prefix="add")
    ending = CloseNumberForm(request.POST if deed == "end" else None, prefix="end", numbers=choices)
    form = {"add": adding, "end": ending}.get(deed)
    tell_incomplete(request, is_complete=form is not None)
    if form is not None and form.is_valid():
        told = form.cleaned_data
        try:
            if deed == "add":
                is_local = told["kind"] == "local"
                system = LOCAL + request.requester.institution_key if is_local else SSIN
                number = Number(system=system, value=told["value"], local=is_local)
                add_number(request.requester.secret, patient=patient, number=number, reason=told["reason"])
            else:
                chosen = known[told["number"]]
                number = Number(system=chosen["system"], value=chosen["value"])
                close_number(request.requester.secret, patient=patient, number=number, reason=told["reason"])
        except ActRefused as refused:
            form.add_error(None, in_words(refused.code))
        else:
            messages.success(request, _("The change is stored. What was before stays in the history."))
            return redirect(file_href(patient))
    context = {
        "adding": adding,
        "ending": ending if choices else None,
        "name": _name(opened.patient),
        "back_href": file_href(patient),
    }
    return render(request, "desk/numbers.html", frame(request, **context))
