"""The addresses of the sign-in, and one small page per face, so that these tests stand without the portals."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from unidossier.config import errors
from unidossier.gate.door import AccessRefused, Ask, RecordUnreadable, RightsChanged, SessionEnded, read
from unidossier.signin.views.demo import demo_again, demo_entry

RAISED = {
    "unreadable": RecordUnreadable("away"),
    "refused": AccessRefused("ACD-1.none"),
    "changed": RightsChanged("epoch"),
    "ended": SessionEnded("idle"),
}


def page(request: HttpRequest) -> HttpResponse:
    """Tell who asks, as a portal's page knows it."""
    me = request.requester  # type: ignore[attr-defined]
    return JsonResponse(
        {
            "name": me.name,
            "function": me.function,
            "face": me.face,
            "institution": me.institution_name,
            "patient": str(me.patient),
            "represents": me.represents,
            "may_write": me.may_write,
            "secret": me.secret.hex(),
            "repr": repr(me),
        }
    )


def own(request: HttpRequest) -> HttpResponse:
    """Open the requester's own record through the gate."""
    me = request.requester  # type: ignore[attr-defined]
    return HttpResponse(read(me.secret, Ask(verb="open-record", patient=me.patient)).rule)


def fail(request: HttpRequest, name: str) -> HttpResponse:
    """Raise what the gate raises."""
    raise RAISED[name]


handler400, handler403, handler404, handler500 = (
    errors.bad_request,
    errors.forbidden,
    errors.not_found,
    errors.fault,
)

urlpatterns = [
    path("", include("unidossier.signin.urls")),
    *(path(f"{face}/", page) for face in ("ward", "consult", "my")),
    path("my/own", own),
    path("ward/fail/<slug:name>", fail),
    path("open/fail/<slug:name>", fail),
    # the views of the demonstration behind addresses of the tests: the product routes them only in a process with the flag
    path("reached/demo", demo_entry, name="demo-entry"),
    path("reached/again", demo_again, name="demo-again"),
]
