"""Finding a patient among those one may know of, and going through long lists page by page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest

from unidossier.actions.list_my_patients import find_patient
from unidossier.portals.shared.present.patients import patient_line
from unidossier.portals.shared.present.sought import sought_of

MAX_TEXT = 100


def found(request: HttpRequest, *, href: Callable[[UUID], str], at: datetime) -> dict[str, Any]:
    """Return the context of a search by `?q=`: query, found (None when nothing is sought), more_href."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_TEXT]
    if not query:
        return {"query": "", "found": None, "more_href": ""}
    listed = find_patient(request.requester.secret, sought=sought_of(query), after=after(request))
    lines = tuple(patient_line(row, href=href, at=at) for row in listed.patients)
    return {"query": query, "found": lines, "more_href": more(request, listed.following, q=query)}


def after(request: HttpRequest) -> UUID | None:
    """Return the patient after whom the page begins."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def more(request: HttpRequest, following: UUID | None, **kept: str) -> str:
    """Return the address of the next page; '' when there is none."""
    return f"{request.path}?{urlencode({**kept, 'after': following})}" if following else ""
