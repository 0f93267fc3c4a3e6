"""My: let somebody act for me, and take it back (REP-3, REP-4)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.give_mandate import Mandate, give_mandate
from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.actions.withdraw_mandate import withdraw_mandate
from unidossier.gate.door import ActRefused
from unidossier.portals.my.deciding import deciding, why_not
from unidossier.portals.my.forms import MandateForm
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame


@deciding
def give(request: HttpRequest) -> HttpResponse:
    """Write a mandate. The page says the same whether the person is known here or not."""
    patient = subject(request)
    form = MandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_mandate(
                request.requester.secret, patient=patient, mandate=_written(form), id=form.cleaned_data["id"]
            )
        except ActRefused as refused:
            form.add_error("number" if refused.code == "yourself" else None, why_not(refused.code))
        else:
            messages.success(
                request,
                _("%(name)s can act for you from the first day on, by signing in with an own account.")
                % {"name": form.cleaned_data["name"]},
            )
            return redirect("my:access")
    told = list_who_has_access(request.requester.secret, patient=patient)
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "form": form,
        "back_href": reverse("my:access"),
    }
    return render(request, "my/mandate.html", frame(request, **context))


def _written(form: MandateForm) -> Mandate:
    told = form.cleaned_data
    return Mandate(
        kind=told["kind"],
        name=told["name"],
        number=told["number"],
        birth_date=told["birth_date"],
        categories=form.categories,
        decides=told["decides"],
        starts=form.starts,
        until=form.until,
    )


@deciding
def withdraw(request: HttpRequest, mandate: UUID) -> HttpResponse:
    """Ask once more, then take the mandate back."""
    patient = subject(request)
    if request.method == "POST":
        try:
            withdraw_mandate(request.requester.secret, patient=patient, mandate=mandate)
        except ActRefused as refused:
            messages.error(request, why_not(refused.code))
        else:
            messages.success(request, _("The mandate is withdrawn. It holds from now on."))
        return redirect("my:access")
    told = list_who_has_access(request.requester.secret, patient=patient)
    row = next((one for one in told.mandates if one["id"] == mandate), None)
    if row is None:
        messages.info(request, why_not("no-such-mandate"))
        return redirect("my:access")
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "title": _("Withdraw what you gave %(name)s?") % {"name": row["name"]},
        "text": _("From now on, this person does not see your record any more and decides nothing for you."),
        "consequences": (
            _("What this person did for you until now stays as it is, and stands in the list of who looked."),
        ),
        "form": None,
        "confirm_label": _("Withdraw"),
        "is_grave": True,
        "back_href": reverse("my:access"),
    }
    return render(request, "confirm.html", frame(request, **context))
