"""My: refuse all access from outside, and keep one document inside its institution (CON-10)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.actions.mark_internal import mark_internal
from unidossier.actions.open_item import open_item
from unidossier.actions.refuse_outside import refuse_outside
from unidossier.gate.door import ActRefused
from unidossier.portals.my.deciding import deciding, why_not
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.incomplete import tell_incomplete
from unidossier.portals.shared.present.words import language
from unidossier.registry.directory import directory, institution_name


@deciding
def outside(request: HttpRequest) -> HttpResponse:
    """Refuse all access from outside, or allow it again. What is sent says which: two pages open do no harm."""
    patient = subject(request)
    if request.method == "POST" and request.POST.get("refuse") in ("yes", "no"):
        refused = request.POST["refuse"] == "yes"
        refuse_outside(request.requester.secret, patient=patient, refused=refused)
        messages.success(
            request,
            _("Nobody outside the hospitals sees your record any more.")
            if refused
            else _("Carers outside can see your record again, when they have a reason."),
        )
        return redirect("my:access")
    tell_incomplete(request, is_complete=False)
    told = list_who_has_access(request.requester.secret, patient=patient)
    is_refused = told.choices["refuses_outside"]
    places = directory()
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "is_refused": is_refused,
        "losing": sorted(
            {
                one["person"]
                for one in told.standing
                if one["state"] == "in-force"
                and one["person"]
                and one["institution_id"] in places
                and not places[one["institution_id"]].network
            }
        ),
        "back_href": reverse("my:access"),
    }
    return render(request, "my/outside.html", frame(request, **context))


@deciding
def inside(request: HttpRequest, item: UUID) -> HttpResponse:
    """One document not to be consulted outside its institution, or again."""
    patient = subject(request)
    back = f"{reverse('my:record')}?item={item}"
    if request.method == "POST" and request.POST.get("inside") in ("yes", "no"):
        internal = request.POST["inside"] == "yes"
        try:
            mark_internal(request.requester.secret, patient=patient, item=item, internal=internal)
        except ActRefused as refused:
            messages.error(request, why_not(refused.code))
            return redirect("my:record")
        messages.success(
            request,
            _("Only carers of this institution see it now, and you.")
            if internal
            else _("Carers of other institutions can see it again, when they have a reason."),
        )
        return redirect(back)
    tell_incomplete(request, is_complete=False)
    opened = open_item(request.requester.secret, item=item, patient=patient)
    context = {
        "banner": my_banner(opened.patient, rule=opened.rule, at=timezone.now()),
        "title_of_item": opened.line["title"],
        "language_of_item": opened.line["language"],
        "institution": institution_name(opened.line["institution_id"], language=language()),
        "is_internal": opened.line["internal_only"],
        "back_href": back,
    }
    return render(request, "my/inside.html", frame(request, **context))
