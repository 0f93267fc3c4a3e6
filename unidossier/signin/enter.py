"""Go into a place, from the sign-in or from another place, and out again."""

import time
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest

from unidossier.signin.claims import ClaimsRefused, tell_gate
from unidossier.signin.device import address_of, device_of
from unidossier.signin.factors import BEGAN, SEEN, strong_since_s
from unidossier.signin.gate_session import close_gate_session, open_gate_session
from unidossier.signin.limits import LIFE_S
from unidossier.signin.requester import to_session
from unidossier.signin.whoami import Identity, Place, whoami

KEPT = "unidossier.requester"


class SecondFactorMissing(Exception):
    """Only one factor was proven in this session: the place stays closed (ALL-3)."""


# ACD-6: never a purpose. Offered, so that whoever comes for one of them says so and is told.
FORBIDDEN = ("insurance", "occupational-medicine", "fund-control", "expertise")


class PurposeForbidden(Exception):
    """The record is for care; no place has this purpose (ACD-6). One of FORBIDDEN leaves an entry."""


def enter(request: HttpRequest, identity: Identity, *, place: Place, purpose: str) -> None:
    """Open a session of the gate for this place; the one of the place before ends.

    The cookie changes too (T31). Raises SecondFactorMissing, PurposeForbidden, ClaimsRefused, RecordUnreadable.
    """
    since_s = strong_since_s(request)
    if since_s is None:
        raise SecondFactorMissing
    if purpose != place.purpose:
        _write_down(request, identity, place=place, purpose=purpose)
        raise PurposeForbidden(purpose)
    secret = open_gate_session(
        identity.person,
        employment=place.employment,
        face=place.face,
        purpose=purpose,
        strong=True,
        strong_since_s=since_s,
        represents=place.represents,
        device=device_of(request),
        address=address_of(request),
        life_s=_life_left_s(request),
    )
    _end_gate_session(request)
    request.session[KEPT] = to_session(identity, place, secret)
    request.session[SEEN] = time.time()
    request.session.cycle_key()


def renew(request: HttpRequest) -> None:
    """Open the session of the gate anew in the same place, after a fresh second factor. Errors as `enter`."""
    kept = request.session.get(KEPT)
    if kept is None:
        return
    identity = whoami(UUID(kept["person"]))
    place = next((place for place in identity.places if place.id == kept["place"]), None)
    if place is None:
        raise ClaimsRefused("this place is not open any more")
    enter(request, identity, place=place, purpose=place.purpose)


def leave(request: HttpRequest) -> None:
    """Sign out: the session of the gate ends, that of the browser is deleted. Raises RecordUnreadable."""
    _end_gate_session(request)
    logout(request)


def person_of(request: HttpRequest) -> UUID:
    """Return the person whose account this session has proven."""
    person: UUID = request.user.person_id
    return person


def _write_down(request: HttpRequest, identity: Identity, *, place: Place, purpose: str) -> None:
    if purpose in FORBIDDEN and place.employment:
        told = {"person": identity.person, "employment": place.employment, "face": place.face}
        where = {"device": device_of(request), "address": address_of(request)}
        tell_gate("gate.refuse_purpose", told | where | {"purpose": purpose})


def _life_left_s(request: HttpRequest) -> int:
    # changing place does not prolong the ten hours
    return max(1, int(request.session[BEGAN] + LIFE_S - time.time()))


def _end_gate_session(request: HttpRequest) -> None:
    kept = request.session.pop(KEPT, None)
    if kept is not None:
        close_gate_session(bytes.fromhex(kept["secret"]))
