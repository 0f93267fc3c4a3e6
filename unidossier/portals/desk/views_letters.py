"""Desk, registration: letters that leave by post (CON-8): print, post, print again; who and when stays written."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unidossier.actions.print_letters import STATES, list_letters, post_letters, take_letters
from unidossier.gate.door import ActRefused, Row
from unidossier.notices.kinds import words_of
from unidossier.notices.paper.letter import Sender, letters_pdf
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.registry.directory import directory

REFUSED = {
    "no-such-letter": gettext_lazy("One of these letters is no longer there. Look at the list again."),
    "not-printed": gettext_lazy("Print a letter before you say that it was posted."),
    "before-printing": gettext_lazy("A letter cannot be posted before it was printed. Choose a later day."),
    "in-the-future": gettext_lazy("The day of posting cannot be in the future."),
}


@dataclass(frozen=True, kw_only=True)
class LetterLine:
    """One letter of the queue. `done_at`, `done_by`: who printed or posted it."""

    id: UUID
    to: str
    address: str
    subject: str
    language: str
    at: datetime
    done_at: datetime | None
    done_by: str
    times: int


class PostedForm(forms.Form):
    """On which day the letters went to the post."""

    day = DayField(label=gettext_lazy("Posted on"))


def letters(request: HttpRequest, form: PostedForm | None = None) -> HttpResponse:
    """The letters of my institution in one state."""
    state = request.GET.get("state", "waiting") if request.GET.get("state") in STATES else "waiting"
    if form is not None:
        state = "printed"
    rows = list_letters(request.requester.secret, state=state)
    context = {
        "tabs": tuple(_tab(one, is_here=one == state) for one in STATES),
        "state": state,
        "lines": tuple(_line(row) for row in rows),
        "form": form or PostedForm(initial={"day": timezone.localdate()}),
    }
    return render(request, "desk/letters.html", frame(request, **context))


@posted(lambda _request: reverse("desk:letters"))
def print_(request: HttpRequest) -> HttpResponse:
    """The chosen letters, or all that wait, as one PDF; written as printed, again when they were already."""
    chosen = _chosen(request)
    state = request.POST.get("state", "waiting")
    if state not in STATES or (not chosen and request.POST.get("what") != "all"):
        messages.error(request, _("Choose at least one letter."))
        return redirect("desk:letters")
    everything = request.POST.get("what") == "all"
    rows = take_letters(request.requester.secret, state=state, letters=None if everything else chosen)
    if not rows:
        messages.info(request, _("No letter waits here any more. Look under Printed."))
        return redirect("desk:letters")
    at = timezone.now()
    pdf = letters_pdf(rows, sender=_sender(request), portal=f"{settings.ORIGIN}/", at=at)
    name = f"letters-{timezone.localtime(at):%Y-%m-%d-%H%M}.pdf"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@posted(lambda _request: f"{reverse('desk:letters')}?state=printed")
def post(request: HttpRequest) -> HttpResponse:
    """Write that the chosen letters were posted on a day."""
    chosen, form = _chosen(request), PostedForm(request.POST)
    if not chosen:
        messages.error(request, _("Choose at least one letter."))
        return redirect(f"{reverse('desk:letters')}?state=printed")
    if form.is_valid():
        try:
            count = post_letters(request.requester.secret, letters=chosen, day=form.cleaned_data["day"])
        except ActRefused as refused:
            form.add_error(
                "day" if refused.code in ("before-printing", "in-the-future") else None,
                REFUSED.get(refused.code, refused.code),
            )
        else:
            messages.success(
                request,
                ngettext("%(n)s letter is posted.", "%(n)s letters are posted.", count) % {"n": count},
            )
            return redirect(f"{reverse('desk:letters')}?state=posted")
    return letters(request, form=form)


def _chosen(request: HttpRequest) -> list[UUID]:
    chosen = []
    for text in dict.fromkeys(request.POST.getlist("letter")):
        try:
            chosen.append(UUID(text))
        except ValueError:
            continue
    return chosen


def _tab(state: str, *, is_here: bool) -> Entry:
    words = {"waiting": _("To print"), "printed": _("Printed"), "posted": _("Posted")}
    return Entry(label=words[state], href=f"{reverse('desk:letters')}?state={state}", is_here=is_here)


def _line(row: Row) -> LetterLine:
    return LetterLine(
        id=row["id"],
        to=f"{row['given']} {row['family']}",
        address=row["address"],
        subject=words_of(row["kind"], language=language()).subject,
        language=row["language"].upper(),
        at=row["at"].astimezone(BRUSSELS),
        done_at=row["done_at"].astimezone(BRUSSELS) if row["done_at"] else None,
        done_by=row["done_by"] or "",
        times=row["times"],
    )


def _sender(request: HttpRequest) -> Sender:
    house = directory()[request.requester.institution_id]
    return Sender(
        names=house.names,
        address=str(house.contact.get("address") or ""),
        phone=str(house.contact.get("phone") or ""),
    )
