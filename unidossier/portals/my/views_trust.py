"""My: who looked (MY-15)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from unidossier.actions.list_accesses import MOST_ON_PAPER, list_accesses, take_accesses
from unidossier.gate.door import Row
from unidossier.portals.my.access_filter import AccessFilter, choices, read_filter, tabs
from unidossier.portals.my.paper_accesses import accesses_pdf
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.log import how_shown, refused_words, visit
from unidossier.portals.shared.present.missing import gaps
from unidossier.signin.news import seal_ticket

ANY_ENTRY = 987654321  # stands for the number in an address that is made once for all lines


@for_somebody
def who_looked(request: HttpRequest) -> HttpResponse:
    """Every access of the last five years by visits: people, the own side, or machines. HTMX asks for the list alone."""
    told = read_filter(request.GET)
    opened = list_accesses(
        request.requester.secret,
        patient=subject(request),
        chosen=told.chosen,
        upto=told.upto,
        before=told.before,
    )
    here = reverse("my:who-looked")
    context = {
        "visits": tuple(
            visit(
                lines,
                seen=told.seen,
                ask_href=_href("my:unknown") if told.chosen.side == "people" else "",
                proof_href=_href("my:proof-of"),
            )
            for lines in opened.visits
        ),
        "total": opened.total,
        "notes": how_shown(opened.visits),
        "more_href": f"{here}?{told.query(upto=opened.upto, before=opened.before)}" if opened.before else "",
        "is_first": told.before is None,
        "follow_href": f"{here}?{told.query(seen=opened.upto)}",
        "ticket": seal_ticket(opened.ticket) if told.before is None else "",
        "is_filtered": told.is_filtered,
        "is_turned": bool(told.since and told.until and told.since > told.until),
        "clear_href": f"{here}?by={told.chosen.side}",
    }
    if request.htmx:
        return render(request, "my/visits.html", context)
    context |= _whole(request, told, opened.places) | {
        "banner": my_banner(opened.patient, rule=opened.rule, at=timezone.now()),
        "refused": refused_words(opened.refused),
        "gaps": gaps(opened.erased, opened.lost),
    }
    return render(request, "my/who_looked.html", frame(request, **context))


@for_somebody
def paper(request: HttpRequest) -> HttpResponse:
    """The same as a PDF, numbered by the entry that its making is."""
    told = read_filter(request.GET)
    taken = take_accesses(request.requester.secret, patient=subject(request), chosen=told.chosen)
    answer = HttpResponse(
        accesses_pdf(taken, told=told, at=timezone.now(), most=MOST_ON_PAPER), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="accesses-{taken.entry}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _whole(request: HttpRequest, told: AccessFilter, places: list[Row]) -> dict[str, object]:
    here = reverse("my:who-looked")
    return {
        "tabs": tabs(told, here=here),
        "filter": told,
        "paper_href": f"{reverse('my:accesses-paper')}?{told.query()}",
        **choices(told, places),
    }


def _href(name: str) -> str:
    return reverse(name, args=[ANY_ENTRY]).replace(str(ANY_ENTRY), "%s")
