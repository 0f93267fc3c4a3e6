"""Consult: renew an access that ends soon (CON-7), give a colleague access as the GP of record (ACD-3)."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.declare_trust import Colleagues, declare_trust, find_colleague
from unidossier.actions.renew_relation import renew_relation, show_renewable
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.brussels import last_day
from unidossier.portals.consult.forms import RenewForm, TrustForm
from unidossier.portals.consult.sentences import tell
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words, why
from unidossier.portals.shared.templatetags.unidossier import day
from unidossier.portals.shared.words.functions import FUNCTIONS

MAX_TEXT = 100


def renew(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The day of the contact; 12 months from then on."""
    person, relation = show_renewable(request.requester.secret, patient=patient)
    initial = {"contact": timezone.localdate(), "relation": relation["id"] if relation else None}
    form = RenewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            ends = renew_relation(
                request.requester.secret,
                patient=patient,
                relation=form.cleaned_data["relation"],
                contact=form.cleaned_data["contact"],
            )
        except ActRefused as refused:
            tell(form, refused)
        else:
            words = _("The access is renewed until %(day)s. The patient is told.")
            messages.success(request, words % {"day": day(last_day(ends))})
            return redirect("consult:home")
    context = {
        "form": form,
        "name": _name(person),
        "ends_on": last_day(relation["ends_at"]) if relation and relation["ends_at"] else None,
        "relation": relation,
        "why": why(relation["kind"]) if relation else "",
    }
    return render(request, "consult/renew.html", frame(request, **context))


def trust(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Find a colleague by `?q=`, then say until when and why."""
    query = (request.POST.get("q") or request.GET.get("q", "")).strip()[:MAX_TEXT]
    known = find_colleague(request.requester.secret, patient=patient, text=query)
    initial = {"until": timezone.localdate() + timedelta(days=30)}
    form = TrustForm(request.POST or None, initial=initial, colleagues=_choices(known))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            declare_trust(
                request.requester.secret,
                patient=patient,
                made=told["made"],
                employment=UUID(told["employment"]),
                until=told["until"],
                reason=told["reason"],
            )
        except ActRefused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The colleague has access. The patient is told."))
            return redirect("consult:record", patient)
    context = {
        "form": form if known.found else None,
        "query": query,
        "name": _name(known.patient),
        "is_gp": is_gp(known.relations),
        "patient": patient,
    }
    return render(request, "consult/trust.html", frame(request, **context))


def is_gp(relations: list[Row]) -> bool:
    """Tell whether the reader is the GP of record, to show the way; the database decides."""
    return any(one["mine"] and one["kind"] == "gp" for one in relations)


def _choices(known: Colleagues) -> list[tuple[str, str]]:
    return [
        (
            str(one["employment"]),
            f"{one['person']}, {FUNCTIONS.get(one['function'], one['function'])}, {in_words(one['institution'])}",
        )
        for one in known.found
    ]


def _name(person: Row) -> str:
    return f"{person['given']} {person['family']}"
