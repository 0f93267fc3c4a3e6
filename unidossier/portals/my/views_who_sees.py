"""My: see the record as a named carer would (ACD-9)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unidossier.actions.find_carer import find_carer
from unidossier.gate.door import Row
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.explaining import Post, sought
from unidossier.portals.shared.explaining import who_sees as answer
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import language
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import institution_name


@for_somebody
def who_sees(request: HttpRequest) -> HttpResponse:
    """Find a carer; see the decision about him and the titles he would see."""
    patient = subject(request)
    told = find_carer(request.requester.secret, patient=patient, name=sought(request))
    context = answer(request, patient=patient, found=tuple(_post(one) for one in told.found))
    context["banner"] = my_banner(told.patient, rule=told.rule, at=timezone.now())
    return render(request, "my/who_sees.html", frame(request, **context))


def _post(row: Row) -> Post:
    return Post(
        employment=row["employment_id"],
        name=row["person"],
        function=str(FUNCTIONS.get(row["function"], row["function"])),
        institution=institution_name(row["institution_id"], language=language()),
    )
