"""The ways open to somebody whose access was refused: from his function alone, never from whose record it was (ACD-8)."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from unidossier.portals.shared.components.shell import Entry

CARERS = ("ward", "consult")


def ways_open(request: HttpRequest) -> tuple[Entry, ...]:
    """Return break-the-glass, a request, and whom to ask; nothing for patients and for those not signed in.

    The address asked for goes along to the emergency page, the same for a record that exists and one that does not.
    """
    me = getattr(request, "requester", None)
    if me is None or me.face not in CARERS:
        return ()
    ways = []
    if me.may_break_glass:
        ways.append(
            Entry(
                label=_("Emergency access"),
                hint=_("In an emergency of care; asks for a reason and your second factor"),
                href=f"{reverse(f'{me.face}:emergency')}?{urlencode({'from': request.path}, safe='/')}",
                glyph="glass",
            )
        )
    asking = _address(f"{me.face}:ask")
    if asking:
        ways.append(
            Entry(
                label=_("Ask the patient for access"),
                hint=_("The patient answers on his portal"),
                href=asking,
                glyph="person",
            )
        )
    ways.append(
        Entry(
            label=_("Ask a hospital for help"),
            hint=_("Telephone and address, for questions about access and identity"),
            href=reverse(f"{me.face}:contact"),
        )
    )
    return tuple(ways)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # this face has no such page
        return ""
