"""My: my summary, to take with me (MY-4)."""

from django.http import HttpRequest, HttpResponse

from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.whose import subject
from unidossier.portals.shared import views_summary


def page(request: HttpRequest) -> HttpResponse:
    """What it holds, and how to take it."""
    return views_summary.page(request, face="my")


@for_somebody
def paper(request: HttpRequest) -> HttpResponse:
    """The paper."""
    return views_summary.paper(request, subject(request))


@for_somebody
def file(request: HttpRequest) -> HttpResponse:
    """The file."""
    return views_summary.file(request, subject(request))
