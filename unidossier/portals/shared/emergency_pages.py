"""Emergency access, the same on Ward and Consult: state it, prove who one is, go in, end it, confirm for a colleague."""

import time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.confirm_lifting import confirm_lifting, liftings_to_confirm
from unidossier.actions.end_emergency import end_emergency
from unidossier.actions.lift_exclusion import lift_exclusion
from unidossier.actions.open_in_emergency import open_in_emergency
from unidossier.actions.open_record import open_record
from unidossier.gate.door import ActRefused
from unidossier.portals.shared.emergency_form import ALONE, EmergencyForm
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.banner import banner
from unidossier.portals.shared.record_parts import Face
from unidossier.portals.shared.words.emergency import WHY_NOT
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.record.queries import Filter
from unidossier.signin.factors import is_fresh

KEPT = "unidossier.emergency"  # the filled form, while the second factor is proven
KEPT_S = 600
PARTS = {"who": ("number", "family", "birth"), "why": ("reason", "justification"), "alone": ALONE}


def emergency(request: HttpRequest, *, face: Face) -> HttpResponse:
    """State an emergency and go in; `?from=` is the address of a record that did not open.

    What is refused is answered like any record that does not open, in the same words (ACD-8).
    """
    if not request.requester.may_break_glass:
        return _not_this_function(request)
    if request.method != "POST":
        return _form(request, _kept(request) or EmergencyForm(initial={"record": _came_from(request)}))
    form = EmergencyForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    if not is_fresh(request):
        # asked before the gate is: its answer must not depend on whose record it is
        told = {name: request.POST.get(name, "") for name in form.fields}
        request.session[KEPT] = {"told": told, "at": time.time()}
        return redirect(f"{reverse('prove-again')}?{urlencode({'next': request.path})}")
    return _open(request, form, face=face)


def _not_this_function(request: HttpRequest) -> HttpResponse:
    return render(request, "emergency_closed.html", frame(request), status=403)


def _open(request: HttpRequest, form: EmergencyForm, *, face: Face) -> HttpResponse:
    secret = request.requester.secret
    lifting = form.lifting()
    if lifting is not None:
        try:
            lift_exclusion(secret, lifting=lifting)
        except ActRefused as refused:
            form.add_error(None, str(WHY_NOT[refused.code]))
            return _form(request, form)
    patient = open_in_emergency(secret, emergency=form.emergency())
    return redirect(face.record(patient))


def _form(request: HttpRequest, form: EmergencyForm) -> HttpResponse:
    parts: dict[str, Any] = {name: [form[field] for field in fields] for name, fields in PARTS.items()}
    context = {
        "form": form,
        "parts": parts,
        "has_record": bool(form["record"].value()),
        "is_proven": is_fresh(request),
        "who_open": _is_filled(form, PARTS["who"]),
        "alone_open": _is_filled(form, ALONE),
        "confirm_href": reverse("ward:confirm") if request.requester.face == "ward" else "",
    }
    return render(request, "emergency.html", frame(request, **context))


def _is_filled(form: EmergencyForm, names: tuple[str, ...]) -> bool:
    return any(form[name].value() or form[name].errors for name in names)


def _kept(request: HttpRequest) -> EmergencyForm | None:
    """The form as it was before the second factor was proven; shown once."""
    kept = request.session.pop(KEPT, None)
    if kept is None or time.time() - kept["at"] > KEPT_S:
        return None
    return EmergencyForm(initial=kept["told"])


def _came_from(request: HttpRequest) -> UUID | None:
    """The record of the address that did not open; whether it exists is not asked here."""
    try:
        found = resolve(request.GET.get("from", ""))
    except Resolver404:
        return None
    patient = found.kwargs.get("patient")
    return patient if isinstance(patient, UUID) else None


def end(request: HttpRequest, patient: UUID, *, face: Face) -> HttpResponse:
    """End the emergency access to one record; asked by its address, ask once more first."""
    secret = request.requester.secret
    if request.method == "POST":
        end_emergency(secret, patient=patient)
        messages.success(request, _("The emergency access has ended."))
        return redirect(f"{face.name}:home")
    opened = open_record(secret, patient=patient, chosen=Filter())
    context = {
        "banner": banner(
            opened.patient,
            rule=opened.rule,
            relations=opened.relations,
            at=timezone.now(),
            href=face.record(patient),
            opens=opened.opens,
            allergies=[line for line in opened.summary if line["category"] == 3],
        ),
        "title": _("End the emergency access?"),
        "text": _("The record closes at once, also in your other windows."),
        "consequences": (_("To open it again in an emergency, you state the reason anew."),),
        "confirm_label": _("End now"),
        "back_href": face.record(patient),
    }
    return render(request, "confirm.html", frame(request, **context))


def confirm(request: HttpRequest) -> HttpResponse:
    """Liftings of colleagues in the last 12 hours, without the patient; confirm one (EXC-7)."""
    if not request.requester.may_break_glass:
        return _not_this_function(request)
    if request.method == "POST":
        return _confirmed(request)
    secret = request.requester.secret
    lines = [
        row | {"function": FUNCTIONS.get(row["function"], row["function"])}
        for row in liftings_to_confirm(secret)
    ]
    return render(request, "liftings.html", frame(request, lines=lines))


def _confirmed(request: HttpRequest) -> HttpResponse:
    try:
        confirm_lifting(request.requester.secret, lifting=UUID(request.POST.get("lifting", "")))
    except ValueError:
        messages.error(request, str(WHY_NOT["no-such-lifting"]))
    except ActRefused as refused:
        messages.warning(request, str(WHY_NOT[refused.code]))
    else:
        messages.success(request, _("Confirmed. The medical director sees it with the review."))
    return redirect(request.path)
