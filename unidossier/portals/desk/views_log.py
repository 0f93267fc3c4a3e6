"""Desk: search over the entries of one's own institution (LOG-6), and what is done with what was found: into a task, or a new case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from unidossier.actions.gather_entries import gather_entries, open_case_of_entries
from unidossier.actions.list_tasks import TaskNotFound, open_task
from unidossier.actions.open_request import find_asked_about
from unidossier.actions.search_log import (
    FoundEntries,
    find_logged_people,
    log_words,
    search_log,
    show_logged_person,
)
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.desk.forms_log import GatherForm, LogSearchForm, NewCaseForm
from unidossier.portals.desk.kinds import kind_words, task_href
from unidossier.portals.desk.present_log import log_lines
from unidossier.portals.desk.refusals import in_words as refusal_words
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.incomplete import tell_incomplete
from unidossier.portals.shared.posted import posted
from unidossier.portals.shared.present.sought import sought_of
from unidossier.portals.shared.present.words import in_words
from unidossier.portals.shared.templatetags.unidossier import born

KEPT = (
    "why",
    "since",
    "until",
    "verb",
    "rule",
    "outcome",
    "glass",
    "machines",
    "person",
    "patient",
    "task",
    "who",
    "about",
)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the search is narrowed to, in words, and the address without it."""

    label: str
    words: str
    without_href: str


def log(request: HttpRequest) -> HttpResponse:
    """Ask what is looked for; show a page of it; ask which one when a name is several people's."""
    return _page(request, request.GET)


@posted(lambda request: f"{reverse('desk:log')}?{request.GET.urlencode()}")
def gather(request: HttpRequest) -> HttpResponse:
    """Put the ticked entries into the task of the search, or into a new case. What is wrong stands beside the search, as it was."""
    asked = QueryDict(request.POST.get("asked", "")[:2000])
    tell_incomplete(request, is_complete="why" in asked)
    ticked = [
        one
        for one in request.POST.getlist("entry")
        if one.isascii() and one.isdecimal() and len(one) < 20 and int(one) < 2**63
    ]
    task = _uuid(asked.get("task", ""))
    form: Form = GatherForm(request.POST) if task else NewCaseForm(request.POST)
    if form.is_valid():
        entries = [int(one) for one in ticked]
        try:
            return _gathered(request, form.cleaned_data, task=task, entries=entries)
        except ActRefused as refused:
            form.add_error(None, refusal_words(refused.code))
    return _page(request, asked, gathering=form, ticked=frozenset(ticked))


def _gathered(
    request: HttpRequest, told: dict[str, Any], *, task: UUID | None, entries: list[int]
) -> HttpResponse:
    secret = request.requester.secret
    if task:
        added = gather_entries(secret, task=task, entries=entries, reason=told["reason"])
        messages.success(request, _("Entries added to the task: %(added)s.") % {"added": added})
        return redirect(task_href(open_task(secret, task=task).task))
    patient = _uuid(request.POST.get(f"about-{entries[0]}", "")) if entries else None
    open_case_of_entries(secret, task=told["made"], entries=entries, patient=patient, words=told["words"])
    messages.success(request, _("The case is open. It waits in the work list of the medical director."))
    return redirect("desk:home")


def _page(
    request: HttpRequest,
    data: QueryDict,
    *,
    gathering: Form | None = None,
    ticked: frozenset[str] = frozenset(),
) -> HttpResponse:
    asked = {name: data[name] for name in KEPT if data.get(name)}
    form = LogSearchForm(data if "why" in data else None, words=log_words(), initial=asked)
    context: dict[str, Any] = {
        "form": form,
        "ticked": ticked,
        "asked": urlencode(asked),
        "may_erase": request.requester.function == "data-protection-officer",  # LOG-4
    }
    if form.is_valid():
        choices = _choices(request, form, asked)
        if isinstance(choices, HttpResponse):
            return choices
        if choices is None:
            return _shown(request, form, data, asked, context, gathering)
        context |= choices
    context["chosen"] = tuple(_chosen(request, asked, found=()))
    return render(request, "desk/log.html", frame(request, **context))


def _shown(
    request: HttpRequest,
    form: LogSearchForm,
    data: QueryDict,
    asked: dict[str, str],
    context: dict[str, Any],
    gathering: Form | None,
) -> HttpResponse:
    try:
        found = search_log(
            request.requester.secret, search=form.search(before=_before(data)), why=form.cleaned_data["why"]
        )
    except ActRefused as refused:
        form.add_error(None, refusal_words(refused.code))
        return render(request, "desk/log.html", frame(request, **context, chosen=()))
    context |= {
        "found": True,
        "lines": log_lines(found.entries, asked=asked),
        "patients": {str(one["id"]): one["patient_id"] for one in found.entries if one["patient_id"]},
        "more_href": _more(found, asked),
        "chosen": tuple(_chosen(request, asked, found=found.entries)),
        **_ways(request, asked, gathering),
    }
    return render(request, "desk/log.html", frame(request, **context))


def _ways(request: HttpRequest, asked: dict[str, str], gathering: Form | None) -> dict[str, Any]:
    """Into the task that the search is for; else a new case, where the function may open one."""
    task = _uuid(asked.get("task", ""))
    if task:
        try:
            row = open_task(request.requester.secret, task=task).task
        except TaskNotFound as absent:
            raise Http404 from absent
        label = _("Add the ticked entries to task %(number)s") % {"number": row["number"]}
        back = {
            "back_href": task_href(row),
            "back_words": f"{kind_words(row['kind'])} {row['number']}",
        }
        if row["state"] == "done":
            return back
        return back | {"gathering": gathering or GatherForm(), "gather_label": label}
    if request.requester.function == "ombuds":
        return {}
    return {
        "gathering": gathering or NewCaseForm(),
        "gather_label": _("Open a case with the ticked entries"),
    }


def _choices(
    request: HttpRequest, form: LogSearchForm, asked: dict[str, str]
) -> dict[str, Any] | HttpResponse | None:
    """Of a name that was typed: whose it may be. One: the search about that one. None: nothing was typed."""
    told = form.cleaned_data
    if told["who"] and not told["person"]:
        rows = find_logged_people(told["who"], institution=request.requester.institution_id)
        found = [(row["person"], row["name"], in_words(row["function_words"])) for row in rows]
        return _one_of("person", "who", found, asked, _("Nobody of this name works or worked here."))
    if told["about"] and not told["patient"]:
        sought = sought_of(told["about"].replace("\x00", "").strip())
        rows = (
            find_asked_about(
                request.requester.secret, number=sought.number, name=sought.name, birth=sought.birth
            )
            if sought.number or len(sought.name) >= 3
            else []
        )
        found = [(row["id"], f"{row['family']} {row['given']}", born(row["birth_date"])) for row in rows]
        nobody = _("Nobody fits. Check the number, or give at least three letters of the family name.")
        return _one_of("patient", "about", found, asked, nobody)
    return None


def _one_of(
    name: str, typed: str, found: list[tuple[UUID, str, str]], asked: dict[str, str], nobody: str
) -> dict[str, Any] | HttpResponse:
    rest = {key: text for key, text in asked.items() if key != typed}
    ways = [
        (f"{reverse('desk:log')}?{urlencode({**rest, name: str(one)})}", who, more)
        for one, who, more in found
    ]
    if len(ways) == 1:
        return redirect(ways[0][0])
    return {"choices": ways, "nobody": "" if ways else nobody}


def _chosen(request: HttpRequest, asked: dict[str, str], *, found: Any) -> Any:
    person, patient = _uuid(asked.get("person", "")), _uuid(asked.get("patient", ""))
    if person:
        row = show_logged_person(person, institution=request.requester.institution_id)
        yield _narrowed("person", _("Person"), row["name"] if row else _("not at this institution"), asked)
    if patient:
        named = next((one for one in found if one["patient_id"] == patient and one["family"]), None)
        yield _narrowed("patient", _("Patient"), _name(named), asked)


def _name(row: Row | None) -> str:
    return f"{row['family']} {row['given']}" if row else _("the one you chose")


def _narrowed(name: str, label: str, words: str, asked: dict[str, str]) -> Chosen:
    rest = {key: text for key, text in asked.items() if key != name}
    return Chosen(label=label, words=words, without_href=f"{reverse('desk:log')}?{urlencode(rest)}")


def _before(data: QueryDict) -> tuple[datetime, int] | None:
    at, _sep, entry = data.get("before", "").partition("_")
    try:
        when = datetime.fromisoformat(at)
        return (when, int(entry)) if when.tzinfo and 0 < int(entry) < 2**63 else None
    except ValueError:
        return None


def _more(found: FoundEntries, asked: dict[str, str]) -> str:
    if found.following is None:
        return ""
    at, entry = found.following
    return f"{reverse('desk:log')}?{urlencode({**asked, 'before': f'{at.isoformat()}_{entry}'})}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
