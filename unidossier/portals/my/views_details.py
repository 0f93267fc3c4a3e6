"""My: my details. Contact data at once, the mail address after a code, the general practitioner as a request (MY-12)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.ask_gp import ask_gp, show_wished
from unidossier.actions.change_details import (
    Details,
    ask_email,
    change_details,
    confirm_email,
    show_details,
)
from unidossier.actions.find_carer import find_carer
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.brussels import last_day
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.ssin import InvalidSsin, Ssin
from unidossier.portals.my.carers import found_people
from unidossier.portals.my.deciding import deciding, why_not
from unidossier.portals.my.forms import OnceForm
from unidossier.portals.my.forms_details import FIELDS, CodeForm, EmailForm, contact_form
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words, local_day

SEXES = {
    "male": gettext_lazy("male"),
    "female": gettext_lazy("female"),
    "other": gettext_lazy("other"),
    "unknown": gettext_lazy("unknown"),
}


@deciding
def details(request: HttpRequest) -> HttpResponse:
    """Who I am for the hospitals, how I am reached, and who my general practitioner is."""
    patient = subject(request)
    told = show_details(request.requester.secret, patient=patient)
    now = _now(told.patient)
    form = contact_form(request.POST or None, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            change_details(
                request.requester.secret,
                patient=patient,
                shown=form.cleaned_data["shown"],
                wanted=form.wanted(),
            )
        except ActRefused as refused:
            if refused.code == "nothing-changed":
                messages.info(request, _("Nothing was different. Nothing has changed."))
                return redirect("my:details")
            form.add_error(None, why_not(refused.code))
        else:
            messages.success(request, _("Your details are saved."))
            return redirect("my:details")
    return render(request, "my/details.html", frame(request, **_context(told), form=form))


def _now(patient: Row) -> dict[str, str]:
    contact = patient["contact"] or {}
    return {
        name: patient["language"] if name == "language" else str(contact.get(name) or "") for name in FIELDS
    }


def _context(told: Details) -> dict[str, Any]:
    patient, waiting = told.patient, told.waiting
    gp = next((one for one in told.gps if one["is_now"]), None)
    return {
        "banner": my_banner(patient, rule=told.rule, at=timezone.now()),
        "patient": patient,
        "sex": SEXES.get(patient["sex"] or "", ""),
        "number": _number(patient),
        "email": (patient["contact"] or {}).get("email", ""),
        "waiting": waiting if waiting["email_id"] else None,
        "gp": f"{gp['person']}, {in_words(gp['institution'])}" if gp else "",
        "gp_until": last_day(gp["ends_at"]) if gp and gp["ends_at"] else None,
        "gp_asked": waiting["gp_asked"] or "",
        "gp_asked_on": local_day(waiting["gp_asked_at"]) if waiting["gp_asked_at"] else None,
    }


def _number(patient: Row) -> str:
    digits = next((one["value"] for one in patient["numbers"] if one["system"] == SSIN), "")
    try:
        return Ssin.parse(digits).formatted
    except InvalidSsin:
        return digits


@deciding
def email(request: HttpRequest) -> HttpResponse:
    """Give another mail address; a code goes to it."""
    patient = subject(request)
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.cleaned_data["id"]
        try:
            outcome = ask_email(
                request.requester.secret, patient=patient, change=made, email=form.cleaned_data["email"]
            )
        except ActRefused as refused:
            form.add_error("email", why_not(refused.code))
        else:
            if outcome == "asked":
                return redirect("my:confirm-email", made)
            messages.success(request, _("We send you no e-mail any more. Messages come by post."))
            return redirect("my:details")
    told = show_details(request.requester.secret, patient=patient)
    return render(request, "my/email.html", frame(request, **_context(told), form=form))


@deciding
def confirm(request: HttpRequest, change: UUID) -> HttpResponse:
    """Type the code that came to the new address."""
    patient = subject(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = confirm_email(
            request.requester.secret, patient=patient, change=change, code=form.cleaned_data["code"]
        )
        if outcome == "confirmed":
            messages.success(
                request, _("Your new e-mail address is saved. We told the address of before, too.")
            )
            return redirect("my:details")
        if outcome == "over":
            messages.error(request, _("This code does not work any more. Give the address again."))
            return redirect("my:email")
        form.add_error("code", _("This is not the code. After five wrong ones you must ask for another."))
    told = show_details(request.requester.secret, patient=patient)
    if told.waiting["email_id"] != change:
        messages.info(request, _("No address waits for a code any more."))
        return redirect("my:details")
    return render(request, "my/confirm_email.html", frame(request, **_context(told), form=form))


@deciding
def choose_gp(request: HttpRequest) -> HttpResponse:
    """Search the general practitioner that I wish."""
    name, place = request.GET.get("q", "")[:100], request.GET.get("place", "")[:100]
    told = find_carer(
        request.requester.secret, patient=subject(request), name=name, place=place, carers_only=True
    )
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "title": _("Who is your general practitioner?"),
        "lead": _(
            "Search by name. The registration desk of a hospital that knows you then makes the change."
        ),
        "name": name,
        "place": place,
        "people": found_people(
            [one for one in told.found if one["function"] == "gp"],
            href=lambda person: reverse("my:ask-gp", args=[person]),
        ),
        "lately": (),
        "is_full": len(told.found) >= 40,
        "back_href": reverse("my:details"),
        "back_words": _("Back to my details"),
    }
    return render(request, "my/find_carer.html", frame(request, **context))


@deciding
def wish_gp(request: HttpRequest, person: UUID) -> HttpResponse:
    """Ask once more, then send the request."""
    patient = subject(request)
    known, rule, post = show_wished(request.requester.secret, patient=patient, gp=person)
    if post is None:
        raise Http404
    form = OnceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_gp(request.requester.secret, patient=patient, request=form.cleaned_data["id"], gp=person)
        except ActRefused as refused:
            form.add_error(None, why_not(refused.code))
        else:
            messages.success(request, _("Your request is sent. You read here what becomes of it."))
            return redirect("my:details")
    context = {
        "banner": my_banner(known, rule=rule, at=timezone.now()),
        "title": _("Ask for this general practitioner?"),
        "text": f"{post['name']}, {in_words(post['institution'])}",
        "consequences": (
            _("The registration desk makes the change, within a week as a rule."),
            _("Then this practitioner can see your record, for twelve months from that day."),
            _("The access of your general practitioner of now, by this way, ends then."),
        ),
        "form": form,
        "confirm_label": _("Send the request"),
        "is_grave": False,
        "back_href": reverse("my:choose-gp"),
    }
    return render(request, "confirm.html", frame(request, **context))
