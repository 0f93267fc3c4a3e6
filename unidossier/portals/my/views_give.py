"""My: answer a request for access, and give a carer access: what may be seen, and until when (CON-5, ACD-3)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.answer_request import accept_request, refuse_request
from unidossier.actions.find_carer import find_carer
from unidossier.actions.grant_access import grant_access
from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.actions.preview_exclusion import PersonNotFound, preview_exclusion
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.my.carers import found_posts
from unidossier.portals.my.deciding import deciding, why_not
from unidossier.portals.my.forms import ScopeForm
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import language, why
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import institution_name


@deciding
def answer(request: HttpRequest, asked: UUID) -> HttpResponse:
    """Show who asks and why; accept with a scope and an end, or refuse."""
    patient = subject(request)
    form = ScopeForm(request.POST if request.POST.get("deed") == "accept" else None)
    if request.method == "POST":
        done = _answered(request, patient, asked, form)
        if done:
            return done
    told = list_who_has_access(request.requester.secret, patient=patient)
    row = next((one for one in told.standing if one["id"] == asked and one["kind"] == "request"), None)
    if row is None or row["state"] != "pending":
        messages.info(request, why_not("answered-already" if row else "no-such-request"))
        return redirect("my:access")
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "name": row["person"],
        "post": _post(row),
        "reason": row["reason"],
        "already": _already(told.standing, row),
        "asked_at": row["made_at"],
        "until": row["ends_at"],
        "form": form,
        "back_href": reverse("my:access"),
    }
    return render(request, "my/answer_request.html", frame(request, **context))


def _already(standing: list[Row], asking: Row) -> str:
    """Why this carer sees the record without the request; '' when nothing is open to him by name."""
    kinds = (
        why(one["kind"])
        for one in standing
        if one["state"] == "in-force" and one["human_id"] == asking["human_id"]
    )
    return ", ".join(dict.fromkeys(kinds))


def _answered(request: HttpRequest, patient: UUID, asked: UUID, form: ScopeForm) -> HttpResponse | None:
    """Send the answer and go back; None when the form has to be shown again."""
    secret = request.requester.secret
    try:
        if request.POST.get("deed") == "refuse":
            refuse_request(secret, patient=patient, request=asked)
            messages.success(request, _("The request is refused. The carer sees nothing."))
            return redirect("my:access")
        if not form.is_valid():
            return None
        accept_request(secret, patient=patient, request=asked, categories=form.categories, until=form.until)
    except ActRefused as refused:
        messages.error(request, why_not(refused.code))
        return redirect("my:access")
    messages.success(request, _("The carer has access now. You can withdraw it at any moment."))
    return redirect("my:access")


def _post(row: Row) -> str:
    place = institution_name(row["institution_id"], language=language())
    return ", ".join(part for part in (str(FUNCTIONS.get(row["function"] or "", "")), place) if part)


@deciding
def choose(request: HttpRequest) -> HttpResponse:
    """Search a carer, inside or outside, to give him access."""
    name, place = request.GET.get("q", "")[:100], request.GET.get("place", "")[:100]
    told = find_carer(
        request.requester.secret, patient=subject(request), name=name, place=place, carers_only=True
    )
    people = {one["employment_id"]: one["person_id"] for one in told.found}
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "title": _("To whom do you want to give access?"),
        "lead": _(
            "Somebody who treats you has access without this. Give it to somebody whom you trust besides."
        ),
        "name": name,
        "place": place,
        "people": found_posts(
            told.found, href=lambda post: reverse("my:give-carer", args=[people[post], post])
        ),
        "lately": (),
        "is_full": len(told.found) >= 40,
    }
    return render(request, "my/find_carer.html", frame(request, **context))


@deciding
def give(request: HttpRequest, person: UUID, employment: UUID) -> HttpResponse:
    """Choose what this carer may see and until when, then give it."""
    patient = subject(request)
    form = ScopeForm(request.POST or None)
    try:
        told = preview_exclusion(request.requester.secret, patient=patient, person=person)
    except PersonNotFound:
        raise Http404 from None
    post = next((one for one in told.posts if one["employment_id"] == employment), None)
    if post is None:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            grant_access(
                request.requester.secret,
                patient=patient,
                employment=employment,
                categories=form.categories,
                until=form.until,
                relation=form.cleaned_data["id"],
            )
        except ActRefused as refused:
            form.add_error(None, why_not(refused.code))
        else:
            messages.success(
                request,
                _("%(name)s has access now. You can withdraw it at any moment.") % {"name": post["person"]},
            )
            return redirect("my:access")
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "title": _("Give %(name)s access?") % {"name": post["person"]},
        "text": _post(post),
        "consequences": (),
        "form": form,
        "confirm_label": _("Give access"),
        "back_href": reverse("my:give"),
    }
    return render(request, "confirm.html", frame(request, **context))
