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
    emergency, asking, contact = (_address(f"{me.face}:{name}") for name in ("emergency", "ask", "contact"))
    if me.may_break_glass and emergency:
        ways.append(
            Entry(
                label=_("Emergency access"),
                hint=_("In an emergency of care; asks for a reason and your second factor"),
                href=f"{emergency}?{urlencode({'from': request.path}, safe='/')}",
                glyph="glass",
            )
        )
    if asking:
        ways.append(
            Entry(
                label=_("Ask the patient for access"),
                hint=_("The patient answers on his portal"),
                href=asking,
                glyph="person",
            )
        )
    if contact:
        ways.append(
            Entry(
                label=_("Ask a hospital for help"),
                hint=_("Telephone and address, for questions about access and identity"),
                href=contact,
            )
        )
    return tuple(ways)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # this face has no such page
        return ""
