"""My: who looked (MY-15)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.list_accesses import list_accesses
from unidossier.gate.door import Row
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.log import log_line


@for_somebody
def who_looked(request: HttpRequest) -> HttpResponse:
    """Every access of the last five years: people, or machines."""
    machines = request.GET.get("by") == "machines"
    before = request.GET.get("before", "")
    opened = list_accesses(
        request.requester.secret,
        patient=subject(request),
        machines=machines,
        before=_number(before),
    )
    at = timezone.now()
    here = reverse("my:who-looked")
    lines = tuple(
        log_line(
            entry,
            me=request.requester.person_id,
            ask_href="" if machines else reverse("my:unknown", args=[entry["id"]]),
        )
        for entry in opened.entries
    )
    more = f"{here}?{'by=machines&' if machines else ''}before={opened.before}" if opened.before else ""
    context = {
        "banner": my_banner(opened.patient, rule=opened.rule, at=at),
        "lines": lines,
        "tabs": (
            Entry(label=_("People"), href=here, is_here=not machines),
            Entry(label=_("Computer systems"), href=f"{here}?by=machines", is_here=machines),
        ),
        "more_href": more,
        "reading": "found" if lines else "none",
        "note": _refused(opened.refused),
    }
    return render(request, "my/who_looked.html", frame(request, **context))


def _refused(months: list[Row]) -> str:
    tries = sum(row["tries"] for row in months)
    return (
        _(
            "Refused tries to open your record: %(tries)s. The ombuds service of your institution can tell you more."
        )
        % {"tries": tries}
        if tries
        else ""
    )


def _number(text: str) -> int | None:
    """Read the number of an entry: 19 digits, a bigint."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
    return number if number is not None and number < 2**63 else None
