"""One page below a face: the line of an item, so that HTTP, middleware, session and gate are measured, and no template."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from unidossier.gate.door import Ask, read
from unidossier.record import queries


def line(request: HttpRequest, patient: UUID, item: UUID) -> JsonResponse:
    """Answer the line as JSON."""
    granted = read(
        request.requester.secret,  # type: ignore[attr-defined]
        Ask(verb="open-item", patient=patient, items=(item,)),
        queries.item(item),
    )
    return JsonResponse({"line": granted.rows[0][0]})


urlpatterns = [
    path("ward/line/<uuid:patient>/<uuid:item>", line),
    path("", include("unidossier.config.urls")),
]
