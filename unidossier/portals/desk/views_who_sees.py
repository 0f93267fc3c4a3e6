"""Desk: what a named carer would see of a patient's record: the decision and the titles, never content (ACD-9, ACS-4)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unidossier.actions.find_posts import find_posts
from unidossier.gate.door import Row
from unidossier.portals.shared.explaining import Post, sought
from unidossier.portals.shared.explaining import who_sees as answer
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words


def who_sees(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Find a carer; see the decision about him and the titles he would see. For ombuds, director and officer."""
    words = sought(request)
    found = tuple(_post(one) for one in find_posts(words)) if words else ()
    context = answer(request, patient=patient, found=found, desk=True)
    return render(request, "desk/who_sees.html", frame(request, **context))


def _post(row: Row) -> Post:
    return Post(
        employment=row["employment"],
        name=row["name"],
        function=in_words(row["function_words"]),
        institution=in_words(row["institution"]),
    )
