"""My: "I do not know this person": a question to the ombuds service about one line of who looked (MY-15)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.list_accesses import list_one_access
from unidossier.actions.report_unknown import report_unknown
from unidossier.gate.door import ActRefused
from unidossier.portals.my.deciding import deciding, why_not
from unidossier.portals.my.forms import UnknownForm
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.log import visit
from unidossier.portals.shared.words.accesses import KINDS

LAST_ENTRY = 2**63 - 2


@deciding
def report(request: HttpRequest, entry: int) -> HttpResponse:
    """Show the line once more, then ask the ombuds service of that institution."""
    if entry > LAST_ENTRY:
        raise Http404
    patient = subject(request)
    form = UnknownForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = report_unknown(
                request.requester.secret, patient=patient, entry=entry, words=form.cleaned_data["words"]
            )
        except ActRefused as refused:
            form.add_error(None, why_not(refused.code))
        else:
            messages.success(
                request,
                _(
                    "Your question was sent to the ombuds service, with number %(number)s. You get an answer here within 14 days."
                )
                % {"number": number},
            )
            return redirect("my:who-looked")
    told = list_one_access(request.requester.secret, patient=patient, entry=entry)
    if told.entry is None or told.entry["kind"] not in KINDS:
        messages.info(request, why_not("no-such-entry"))
        return redirect("my:who-looked")
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "visit": visit((told.entry,)),
        "form": form,
        "back_href": reverse("my:who-looked"),
    }
    return render(request, "my/unknown.html", frame(request, **context))
