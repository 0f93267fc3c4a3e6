"""Desk: the addresses that notices of subscriptions may be sent to, kept by the security officer (T29)."""

from datetime import datetime
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from unidossier.actions.allow_address import Json, allow_address, disallow_address, list_addresses
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_addresses import AddressForm
from unidossier.portals.desk.refusals import in_words as common_words
from unidossier.portals.shared.frame import frame

WORDS = {
    "not-an-address": gettext_lazy("This is no address. Write it like https://notices.practice.example"),
    "path-given": gettext_lazy("Write the address without a path: every path of it is allowed."),
    "http-outside": gettext_lazy("Without https only an address of the hospital's own network is possible."),
    "already-there": gettext_lazy("This address is on the list already."),
}


def in_words(code: str) -> str:
    """Return what to tell for the code of an ActRefused."""
    return str(WORDS[code]) if code in WORDS else common_words(code)


def addresses(request: HttpRequest) -> HttpResponse:
    """The list, with how many subscriptions are told at each."""
    told = tuple(_line(one) for one in list_addresses(request.requester.secret))
    return render(request, "desk/addresses.html", frame(request, addresses=told))


def _line(row: Json) -> Json:
    house = row["house"].get(get_language()) or next(iter(row["house"].values()), "")
    return row | {"house": house, "at": datetime.fromisoformat(row["at"])}


def allow(request: HttpRequest) -> HttpResponse:
    """Put an address on the list."""
    back = reverse("desk:addresses")
    deed = Deed(
        title=_("Allow an address"),
        text=_("Systems of hospitals and practices may then be told there of what is new."),
        label=_("Allow it"),
        done=_("The address is allowed."),
        back=back,
        then=back,
        consequences=(
            _(
                "A notice says that there is something new. What is new it brings over https alone, to who asked for it."
            ),
            _(
                "Who is told what is decided anew for each notice, and each is in the list of accesses of the patient."
            ),
            _("The list is one for the whole network."),
        ),
    )
    return ask(
        request,
        AddressForm(request.POST or None),
        deed,
        act=lambda told: allow_address(
            request.requester.secret,
            address=told["made"],
            origin=told["origin"].strip(),
            private=told["private"],
            reason=told["reason"],
        ),
        words=in_words,
    )


def disallow(request: HttpRequest, address: UUID) -> HttpResponse:
    """Take an address off the list."""
    found = [one for one in list_addresses(request.requester.secret) if one["id"] == str(address)]
    if not found:
        raise Http404
    back = reverse("desk:addresses")
    deed = Deed(
        title=_("Take an address off the list"),
        text=found[0]["origin"],
        label=_("Take it off"),
        done=_("The address is off the list."),
        back=back,
        then=back,
        consequences=(
            _("From now on nothing is sent there."),
            _("Subscriptions with this address stand in error until their owner gives another one."),
        ),
        is_grave=True,
    )
    return ask(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        deed,
        act=lambda _told: disallow_address(request.requester.secret, address=address),
        words=in_words,
    )
