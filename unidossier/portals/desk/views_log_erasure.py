"""Desk: what the officers decide about the log together: an entry is erased, entries are held (LOG-4). No patient is named on these pages."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.actions.erase_entry import ask_erasure, decide_erasure, look_at_entry, show_keeping
from unidossier.actions.hold_entries import end_hold, lay_hold
from unidossier.actions.open_request import show_asked_about
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask, hindered
from unidossier.portals.desk.forms_log_keeping import DecisionForm, EndForm, ErasureForm, HoldForm, NumberForm
from unidossier.portals.desk.proving import kept, prove_first
from unidossier.portals.desk.refusals_keeping import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.present.words import in_words as spoken
from unidossier.portals.shared.templatetags.unidossier import born, day_time
from unidossier.portals.shared.words.keeping import GROUNDS, STATES

OFFICER = "data-protection-officer"


def keeping(request: HttpRequest) -> HttpResponse:
    """Everything that waits for two people or was decided by them, and the way to ask for an erasure."""
    form = NumberForm(request.GET if "entry" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("desk:ask-erasure", entry=form.cleaned_data["entry"])
    shown = show_keeping(request.requester.secret)
    context = {
        "form": form,
        "may_ask": request.requester.function == OFFICER,
        "erasures": tuple(erasure_line(one) for one in shown.erasures),
        "holds": shown.holds,
        "proposals": tuple({**one, "state_words": STATES[one["state"]]} for one in shown.proposals),
        "restores": shown.restores,
        "unexplained": tuple(one for one in shown.restores if one["explained_entry"] is None),
    }
    return render(request, "desk/log_keeping.html", frame(request, **context))


def erasure_line(row: Row) -> dict[str, Any]:
    """One request, in the words of the page."""
    return {
        **row,
        "number": str(row["entry_id"]),  # a number would be shown with the separators of the language
        "state_words": STATES[row["state"]],
        "ground_words": GROUNDS[row["ground"]],
        "href": reverse("desk:decide-erasure", args=[row["id"]]) if row["state"] == "waiting" else "",
    }


def _entry_words(row: Row) -> str:
    about = (
        ngettext("about %(n)s patient", "about %(n)s patients", row["patients"]) % {"n": row["patients"]}
        if row["patients"]
        else _("about no patient")
    )
    parts = (
        str(day_time(row["at"].astimezone(BRUSSELS))),
        f"{row['person_name'] or _('a computer')} ({spoken(row['function_words'])})",
        spoken(row["verb_words"]),
        about,
        _("number %(number)s in the tree of %(year)s") % {"number": row["position"], "year": row["year"]}
        if row["position"] is not None
        else _("not in the tree yet"),
    )
    return " · ".join(part for part in parts if part)


def _consequences() -> tuple[str, ...]:
    return (
        _("Who, what, when and about whom are gone for good, also for the patient and for a court."),
        _("The number and the sealed hash stay: the log still proves that nothing else was changed."),
        _("The patients it named are told that an entry was erased, when, and on which ground."),
        _("Backups hold it until they run out."),
    )


def ask_for(request: HttpRequest, entry: int) -> HttpResponse:
    """Ask a second person to erase one entry."""
    if request.requester.function != OFFICER or entry >= 2**63:
        raise Http404
    seen = look_at_entry(request.requester.secret, entry=entry)
    back = reverse("desk:log-keeping")
    form = ErasureForm(request.POST or None, initial=kept(request))
    proof = prove_first(request, form)
    if proof is not None:
        return proof
    if request.method != "POST" and (seen is None or seen["hindrance"]):
        code = seen["hindrance"] if seen else "no-such-entry"
        return hindered(request, title=_("Erase an entry"), code=code, back=back, words=in_words)
    deed = Deed(
        title=_("Ask to erase this entry?"),
        text=_entry_words(seen) if seen else "",
        label=_("Ask a second person"),
        done=_("Asked. A second person must confirm it: it stands in the work list."),
        back=back,
        then=back,
        consequences=(_("Nothing is erased yet: a second person must confirm."), *_consequences()),
        is_grave=True,
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: ask_erasure(
            request.requester.secret,
            request=told["made"],
            entry=entry,
            ground=told["ground"],
            reason=told["reason"],
        ),
        words=in_words,
    )


def _request_or_404(request: HttpRequest, erasure: UUID) -> Row:
    found = show_keeping(request.requester.secret, erasure=erasure).erasures
    if not found:
        raise Http404
    return found[0]


def decide(request: HttpRequest, erasure: UUID) -> HttpResponse:
    """Another officer confirms or refuses; who asked may withdraw."""
    row = _request_or_404(request, erasure)
    back = reverse("desk:log-keeping")
    mine = row["made_by"] == request.requester.person_id
    form = DecisionForm(request.POST or None, mine=mine, initial=kept(request))
    proof = prove_first(request, form)
    if proof is not None:
        return proof
    seen = look_at_entry(request.requester.secret, entry=row["entry_id"])
    deed = Deed(
        title=_("Erase this entry?"),
        text=_entry_words(seen)
        if seen
        else _("Entry %(number)s of another hospital") % {"number": row["entry_id"]},
        label=_("Keep the decision"),
        done=_("The decision is kept."),
        back=back,
        then=back,
        consequences=(
            _("%(who)s asks: %(ground)s. %(reason)s")
            % {"who": row["maker"], "ground": GROUNDS[row["ground"]], "reason": row["reason"]},
            *(() if mine else _consequences()),
        ),
        is_grave=not mine,
        is_over=row["state"] != "waiting",
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: decide_erasure(
            request.requester.secret,
            request=erasure,
            entry=row["entry_id"],
            decision=told["decision"],
            words=told["words"],
        ),
        words=in_words,
    )


def erasure_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """The task of the second person."""
    opened = task_or_404(request, task)
    row = _request_or_404(request, opened.task["subject_id"])
    context = {
        "told": (
            (_("Asked by"), row["maker"]),
            (_("Entry"), str(row["entry_id"])),
            (_("Ground"), str(GROUNDS[row["ground"]])),
            (_("Reason"), row["reason"]),
        ),
        "ways": ((reverse("desk:decide-erasure", args=[row["id"]]), _("Decide"), True),)
        if row["state"] == "waiting"
        else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def hold(request: HttpRequest, patient: UUID | None = None) -> HttpResponse:
    """Keep every entry about a patient, or every entry of the hospital, until another officer ends it."""
    back = reverse("desk:log-keeping")
    deed = Deed(
        title=_("Lay a legal hold?"),
        text=_about(request, patient) if patient else _("Every entry of this hospital is kept."),
        label=_("Lay the hold"),
        done=_("The hold stands."),
        back=back,
        then=back,
        consequences=(
            _("While it stands, no such entry is erased and no month that holds one is dropped."),
            _("Another officer than you ends it."),
        ),
    )
    return ask(
        request,
        HoldForm(request.POST or None),
        deed,
        act=lambda told: lay_hold(
            request.requester.secret, hold=told["made"], patient=patient, reason=told["reason"]
        ),
        words=in_words,
    )


def _about(request: HttpRequest, patient: UUID) -> str:
    # through the gate: for whom the officer may not know this page is not there
    row, _after = show_asked_about(request.requester.secret, patient=patient)
    name = f"{row['family']} {row['given']}, {born(row['birth_date'])}"
    return f"{name}. {_('Every entry about this patient is kept.')}"


def end(request: HttpRequest, hold: UUID) -> HttpResponse:
    """End a hold that somebody else has laid."""
    back = reverse("desk:log-keeping")
    deed = Deed(
        title=_("End this legal hold?"),
        text=_("What it kept may then be erased by two people, or dropped when its time is over."),
        label=_("End the hold"),
        done=_("The hold is over."),
        back=back,
        then=back,
        is_grave=True,
    )
    return ask(
        request,
        EndForm(request.POST or None),
        deed,
        act=lambda told: end_hold(request.requester.secret, hold=hold, reason=told["reason"]),
        words=in_words,
    )
