"""Desk, ombuds service: requests of patients and relatives, their answers, overviews, reading after a death (LOG-5, MY-10, MY-18, DTH-3)."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.designate_professional import (
    designate_professional,
    find_professional,
    show_relative_request,
)
from unidossier.actions.make_overview import make_overview
from unidossier.actions.open_request import find_asked_about, open_request, record_objection, show_asked_about
from unidossier.actions.settle_request import hand_over as hand_task_over
from unidossier.actions.settle_request import settle_request
from unidossier.kernel.category import Category, mask
from unidossier.kernel.identifiers import SSIN
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_oversight import (
    AnswerForm,
    DesignateForm,
    HandOverForm,
    RequestForm,
    WishForm,
)
from unidossier.portals.desk.paper_overview import overview_pdf
from unidossier.portals.desk.present_file import number_words
from unidossier.portals.desk.present_oversight import in_categories, request_facts
from unidossier.portals.desk.views_home import page_of, task_context, task_or_404
from unidossier.portals.desk.views_log_task import gathered_context
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.present.sought import sought_of
from unidossier.portals.shared.present.words import in_words
from unidossier.portals.shared.templatetags.unidossier import born
from unidossier.portals.shared.words.kinds import KINDS as CATEGORIES

KEPT = timedelta(days=5 * 365 + 2)  # five years (LOG-5)
# Administrative data and the agenda say nothing of why somebody died.
READABLE = tuple(one for one in Category if one not in (Category.ADMINISTRATIVE, Category.AGENDA))


def about(request: HttpRequest) -> HttpResponse:
    """Find the patient that a request or a case is about."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    birth = _day(request.GET.get("birth", ""))
    sought = sought_of(query)
    found: tuple[dict[str, Any], ...] | None = None
    if query:
        is_name = bool(sought.name)
        rows = (
            find_asked_about(request.requester.secret, number=sought.number, name=sought.name, birth=birth)
            if not is_name or birth or len(sought.name) >= 3
            else []
        )
        found = tuple(_hit(request, row) for row in rows)
    title = _("New request") if request.requester.function == "ombuds" else _("Find a patient")
    context = {"title": title, "query": query, "birth": birth.isoformat() if birth else "", "found": found}
    return render(request, "desk/oversight_about.html", frame(request, **context))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# What each function may begin about a patient: name of the address, words.
WAYS = {
    "ombuds": (
        ("new-request", gettext_lazy("New request")),
        ("objection", gettext_lazy("Wish about relatives after death")),
    ),
    "medical-director": (
        ("new-case", gettext_lazy("New case")),
        ("links", gettext_lazy("Links by signed form")),
        ("log-about", gettext_lazy("Search in the log")),
    ),
    "data-protection-officer": (
        ("log-about", gettext_lazy("Search in the log")),
        ("hold", gettext_lazy("Legal hold")),
    ),
}
OF_EVERYBODY = (("who-sees", gettext_lazy("Who would see what")), ("file", gettext_lazy("File")))
OF_THE_LIVING = ("objection",)


def _hit(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    ways = tuple(
        (reverse(f"desk:{name}", args=[row["id"]]), words)
        for name, words in (*WAYS.get(request.requester.function, ()), *OF_EVERYBODY)
        if not (row["deceased_at"] and name in OF_THE_LIVING)
    )
    return {
        "name": f"{row['family']} {row['given']}",
        "birth": born(row["birth_date"]),
        "number": number_words(SSIN, row["ssin"] or ""),
        "ways": ways,
    }


def new_request(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Register a request; of a deceased patient, that of a relative."""
    secret = request.requester.secret
    row, after = show_asked_about(secret, patient=patient)
    form = RequestForm(request.POST or None, dead=after["deceased_at"] is not None)
    objected = after["deceased_at"] is not None and after["objects_after_death"]
    deed = Deed(
        title=_("New request"),
        text=f"{row['family']} {row['given']}, {born(row['birth_date'])}",
        label=_("Register the request"),
        done=_("The request is registered. Its deadline stands in the work list."),
        back=reverse("desk:about"),
        then=reverse("desk:home"),
        consequences=(
            _("The patient objected in life: relatives learn nothing. Register the request and refuse it."),
        )
        if objected
        else (),
    )

    def register(told: dict[str, Any]) -> None:
        open_request(secret, patient=patient, task=told["made"], kind=told["kind"], facts=form.facts())

    return ask(request, form, deed, act=register)


def request_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """A request: what is asked, what can be done, its history."""
    opened = task_or_404(request, task)
    is_open = opened.task["state"] != "done"
    context = {
        "told": request_facts(opened.task["facts"]),
        **gathered_context(request, opened.task, why="patient-question", title=_("Entries gathered")),
        "ways": (*_ways(task), *_code_way(opened.task)) if is_open else (),
        "posts": ((reverse("desk:make-overview", args=[task]), _("Overview of accesses (PDF)")),)
        if is_open and opened.task["patient_id"]
        else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def _code_way(task: dict[str, Any]) -> tuple[tuple[str, str, bool], ...]:
    # a code stands in an overview or in "who looked" of a patient
    return (
        ((reverse("desk:code", args=[task["id"]]), _("Who is behind a code"), False),)
        if task["patient_id"]
        else ()
    )


def _ways(task: UUID) -> tuple[tuple[str, str, bool], ...]:
    return (
        (reverse("desk:answer", args=[task]), _("Answer"), True),
        (reverse("desk:hand-over", args=[task]), _("Hand over"), False),
    )


def answer(request: HttpRequest, task: UUID) -> HttpResponse:
    """Answer and close."""
    opened = task_or_404(request, task)
    is_relative = opened.task["kind"] == "relative"
    deed = Deed(
        title=_("Answer this request"),
        text=opened.task["facts"].get("motivation") or opened.task["facts"].get("text", ""),
        label=_("Send the answer"),
        done=_("The request is answered."),
        back=reverse("desk:request", args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _("Write the letter to the relative yourself: the answer is kept here.")
            if is_relative
            else _("The patient reads the answer on My at once."),
            _("The request is closed. It cannot be answered again."),
        ),
        is_over=opened.task["state"] == "done",
    )
    form = AnswerForm(request.POST or None)
    return ask(
        request,
        form,
        deed,
        act=lambda told: settle_request(
            request.requester.secret, task=task, outcome=told["outcome"], words=told["words"]
        ),
    )


def hand_over(request: HttpRequest, task: UUID) -> HttpResponse:
    """Give a task to whom it belongs."""
    opened = task_or_404(request, task)
    function = request.requester.function
    deed = Deed(
        title=_("Hand this task over"),
        text=opened.task["facts"].get("text", ""),
        label=_("Hand over"),
        done=_("The task is handed over."),
        back=reverse("desk:task", args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _("The medical director gets a case; the request stays here and waits for its outcome."),
        ),
    )
    form = HandOverForm(request.POST or None, function=function)
    return ask(
        request,
        form,
        deed,
        act=lambda told: hand_task_over(
            request.requester.secret, function=function, task=task, to=told["to"], words=told["words"]
        ),
    )


@posted(page_of)
def overview(request: HttpRequest, task: UUID) -> HttpResponse:
    """Make the overview of accesses as a numbered paper in the patient's language; its making is an entry (LOG-5)."""
    opened = task_or_404(request, task)
    made = make_overview(
        request.requester.secret,
        patient=opened.task["patient_id"],
        overview=new_id(),
        task=task if opened.task["state"] != "done" else None,
        since=timezone.now() - KEPT,
    )
    answer = HttpResponse(
        overview_pdf(made, institution=request.requester.institution_names), content_type="application/pdf"
    )
    answer["Content-Disposition"] = f'attachment; filename="overview-{made.number}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def relative(request: HttpRequest, task: UUID) -> HttpResponse:
    """A relative's request: what the patient wanted, who was designated, find a professional."""
    opened = task_or_404(request, task)
    after, designated = show_relative_request(request.requester.secret, patient=opened.task["patient_id"])
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    is_open = opened.task["state"] != "done"
    objected = after["objects_after_death"]
    context = {
        "told": request_facts(opened.task["facts"]),
        "notice": _("The patient objected in life. Nothing may be shown to relatives; refuse the request.")
        if objected
        else "",
        "ways": _ways(task) if is_open else (),
        "designated": tuple(
            {
                **one,
                "categories": in_categories(one["categories"]),
                "last": one["ends_at"] - timedelta(seconds=1),
            }
            for one in designated
        ),
        "may_designate": is_open and not objected,
        "query": query,
        "found": tuple(
            {
                "href": f"{reverse('desk:designate', args=[task, one['person']])}?{urlencode({'name': one['name']})}",
                "name": one["name"],
                "function": in_words(one["function_words"]),
                "institution": in_words(one["institution"]),
            }
            for one in find_professional(query)
        )
        if query
        else None,
    }
    return render(request, "desk/oversight_relative.html", frame(request, **task_context(opened), **context))


def designate(request: HttpRequest, task: UUID, person: UUID) -> HttpResponse:
    """Say what the professional may read, and until when."""
    opened = task_or_404(request, task)
    categories = tuple((one.slug, str(CATEGORIES.get(one.slug, one.slug))) for one in READABLE)
    form = DesignateForm(request.POST or None, categories=categories)
    deed = Deed(
        title=_("Let a professional read for the relatives"),
        text=" · ".join(
            one
            for one in (request.GET.get("name", "")[:100], f"{opened.task['family']} {opened.task['given']}")
            if one
        ),
        label=_("Designate"),
        done=_("The professional may read now. The request is closed."),
        back=reverse("desk:relative", args=[task]),
        then=reverse("desk:home"),
        consequences=(
            _(
                "The professional reads what you tick, until the day you choose. The relative never reads the record."
            ),
            _("Every look is written down."),
        ),
    )

    def act(told: dict[str, Any]) -> None:
        designate_professional(
            request.requester.secret,
            task=task,
            representation=told["made"],
            professional=person,
            opens=mask(Category.from_slug(slug) for slug in told["categories"]),
            ends=told["until"],
            words=told["words"],
        )

    return ask(request, form, deed, act=act)


def objection(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Keep what a patient says in life about his relatives after his death (DTH-3)."""
    row, after = show_asked_about(request.requester.secret, patient=patient)
    objects = not after["objects_after_death"]
    deed = Deed(
        title=_("Relatives learn nothing after death?") if objects else _("May relatives ask after death?"),
        text=f"{row['family']} {row['given']}, {born(row['birth_date'])}",
        label=_("Record the objection") if objects else _("Withdraw the objection"),
        done=_("The wish of the patient is recorded."),
        back=reverse("desk:new-request", args=[patient]),
        then=reverse("desk:about"),
        consequences=(_("After death it can no longer be changed."),),
    )
    return ask(
        request,
        WishForm(request.POST or None, initial={"objects": "yes" if objects else "no"}),
        deed,
        act=lambda told: record_objection(
            request.requester.secret, patient=patient, objects=told["objects"] == "yes"
        ),
    )
