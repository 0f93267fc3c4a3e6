"""My: see the record as a named carer would (ACD-9)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.explaining import who_sees as answer
from unidossier.portals.shared.frame import frame


@for_somebody
def who_sees(request: HttpRequest) -> HttpResponse:
    """Find a carer; see the decision about him and the titles he would see."""
    context = answer(request, patient=subject(request))
    return render(request, "my/who_sees.html", frame(request, **context))
