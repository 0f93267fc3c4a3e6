"""Whom to ask when a record does not open: the own hospital first, then the others (ACD-8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import language
from unidossier.registry.directory import directory


def contact(request: HttpRequest) -> HttpResponse:
    """List the hospitals of the network with telephone and address."""
    mine = request.requester.institution_id
    hospitals = sorted(
        (one for one in directory().values() if one.network),
        key=lambda one: (one.id != mine, one.name(language())),
    )
    lines = [
        {
            "name": one.name(language()),
            "is_mine": one.id == mine,
            "phone": one.contact.get("phone", ""),
            "address": one.contact.get("address", ""),
        }
        for one in hospitals
    ]
    return render(request, "contact.html", frame(request, lines=lines))
