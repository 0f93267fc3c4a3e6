"""Whose record is on the screen: one's own, or that of somebody one acts for (REP-5)."""

from uuid import UUID

from django.http import HttpRequest

ACTING_FOR = "acting_for"


class NobodyChosen(Exception):
    """A representative has not chosen yet for whom he acts."""


def subject(request: HttpRequest) -> UUID:
    """Return the patient of this page. Raises NobodyChosen. The gate decides whether it opens."""
    if not request.requester.represents:
        return request.requester.patient
    chosen = request.session.get(ACTING_FOR)
    if not chosen:
        raise NobodyChosen
    return UUID(chosen)
