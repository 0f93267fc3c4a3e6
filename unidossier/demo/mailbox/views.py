"""The mailbox page. Without the flag of the process and the mark in the database this address does not exist."""

from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from unidossier.demo.mailbox.letters_in import kept
from unidossier.signin.demo_entry import demo_is_open


def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails kept, newest first; `?to=` those of one address. Raises Http404 outside the demonstration."""
    if not demo_is_open():
        raise Http404
    to = request.GET.get("to", "")
    mails, addresses = kept(Path(settings.MAIL_FOLDER), to=to)
    choices = [
        {
            "address": address,
            "count": count,
            "href": f"?{urlencode({'to': address})}",
            "is_here": address == to,
        }
        for address, count in addresses.items()
    ]
    return render(request, "mailbox/mailbox.html", {"mails": mails, "choices": choices, "to": to})
