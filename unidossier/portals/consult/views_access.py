"""Consult: ask for access, make a link, declare the signed form, show a claimed one (CON-5, CON-6, CON-9).

Every page here shows what the carer typed, never what the number found: known and unknown look alike (ACD-8).
"""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override

from unidossier.actions.ask_access import ask_access
from unidossier.actions.declare_consent import declare_consent
from unidossier.actions.list_attempts import list_attempts
from unidossier.actions.make_link import Contact, make_link
from unidossier.actions.show_claimed_form import show_claimed_form
from unidossier.actions.take_back import take_back as take_attempt_back
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.brussels import last_day
from unidossier.kernel.ssin import Ssin
from unidossier.portals.consult.forms import AskForm, ClaimedForm, DeclareForm, LinkForm
from unidossier.portals.consult.sentences import tell
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words, local_day
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.relations.consent_form import LANGUAGES, Parties, consent_form


def ask(request: HttpRequest) -> HttpResponse:
    """A request to the patient."""
    form = _begun(AskForm, request)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            ask_access(
                request.requester.secret,
                attempt=told["made"],
                number=told["number"],
                name=told["name"],
                reason=told["reason"],
            )
        except ActRefused as refused:
            tell(form, refused)
        else:
            messages.success(
                request, _("Your request is written down. Without an answer it ends after 30 days.")
            )
            return redirect("consult:home")
    return render(request, "consult/ask.html", frame(request, form=form))


def link(request: HttpRequest) -> HttpResponse:
    """A link during a contact; then the form to sign."""
    form = _begun(LinkForm, request, contact=timezone.localdate())
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        contact = Contact(
            number=told["number"],
            name=told["name"],
            language=told["language"],
            on=told["contact"],
            informed=told["informed"],
        )
        try:
            make_link(request.requester.secret, attempt=told["made"], contact=contact)
        except ActRefused as refused:
            tell(form, refused)
        else:
            messages.success(
                request, _("The link is written down. It opens nothing until you declare the signed form.")
            )
            return redirect("consult:attempt", told["made"])
    return render(request, "consult/link.html", frame(request, form=form, languages=_blank_forms()))


def attempt(request: HttpRequest, attempt: UUID) -> HttpResponse:
    """One request or link of mine: how it stands and the next step; of a link, the signed form."""
    row = _mine(request, attempt)
    form = (
        DeclareForm(request.POST or None, request.FILES or None, initial={"signed": timezone.localdate()})
        if _waits(row)
        else None
    )
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            declare_consent(
                request.requester.secret,
                attempt=attempt,
                signed=form.cleaned_data["signed"],
                scan=form.cleaned_data["scan"],
            )
        except ActRefused as refused:
            tell(form, refused)
        else:
            messages.success(
                request,
                _(
                    "The signed form is declared; keep it. When the record opens, the patient is in your list."
                ),
            )
            return redirect("consult:home")
    context = {"attempt": row, "number": _formatted(row["number"]), "form": form}
    return render(request, "consult/attempt.html", frame(request, **context))


def take_back(request: HttpRequest, attempt: UUID) -> HttpResponse:
    """Ask once more, then take a request or link back; nothing tells whether anybody has the number (ACD-8)."""
    row = _mine(request, attempt)
    if row["state"] != "waiting" or row["is_over"]:
        return redirect("consult:attempt", attempt)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            take_attempt_back(request.requester.secret, attempt=attempt)
        except ActRefused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("It is taken back. You can begin again with the right number."))
            return redirect("consult:home")
    is_link = row["kind"] == "link"
    context = {
        "title": _("Take this link back?") if is_link else _("Take this request back?"),
        "text": f"{row['name']}, {_formatted(row['number'])}",
        "consequences": (
            _("It opens nothing any more. A form that was signed for it cannot be declared.")
            if is_link
            else _("It cannot be answered any more."),
            _("The number stays counted among those of today."),
        ),
        "form": form,
        "confirm_label": _("Take it back"),
        "is_grave": False,
        "back_href": reverse("consult:attempt", args=[attempt]),
    }
    return render(request, "confirm.html", frame(request, **context))


def consent(request: HttpRequest, attempt: UUID) -> HttpResponse:
    """The consent form in the patient's name and language."""
    row = _mine(request, attempt)
    if row["kind"] != "link":
        raise Http404
    me = request.requester
    with override(row["language"]):
        function = str(FUNCTIONS.get(me.function, me.function))
    parties = Parties(
        patient=row["name"],
        number=_formatted(row["number"]),
        carer=me.name,
        function=function,
        practice=me.institution_names.get(row["language"]) or me.institution_name,
    )
    return _paper(consent_form(row["language"], parties=parties, at=row["made_at"]))


def blank(request: HttpRequest, language: str) -> HttpResponse:
    """The consent form to fill in by hand."""
    if language not in LANGUAGES:
        raise Http404
    return _paper(consent_form(language, parties=Parties(), at=timezone.now()))


def claim(request: HttpRequest, claim: UUID) -> HttpResponse:
    """An institution wants to see a signed form; the access is suspended meanwhile."""
    row = next((one for one in list_attempts(request.requester.secret).claims if one["id"] == claim), None)
    if row is None:
        return redirect("consult:home")
    form = ClaimedForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            show_claimed_form(request.requester.secret, claim=claim, scan=form.cleaned_data["scan"])
        except ActRefused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("The form is sent. The access opens again when it is accepted."))
            return redirect("consult:home")
    context = {"claim": row, "institution": in_words(row["institution"]), "form": form}
    return render(request, "consult/claim.html", frame(request, **context))


def _begun(made: type, request: HttpRequest, **initial: Any) -> Any:
    """The form as sent; from the start page only the number comes, and nothing is wrong with the rest yet."""
    if request.method != "POST":
        return made(initial=initial)
    if set(request.POST) <= {"number", "csrfmiddlewaretoken"}:
        return made(initial=initial | {"number": request.POST.get("number", "")})
    return made(request.POST)


def _mine(request: HttpRequest, attempt: UUID) -> Row:
    rows = list_attempts(request.requester.secret).attempts
    row = next((one for one in rows if one["id"] == attempt), None)
    if row is None:
        raise Http404
    return row | {"made_on": local_day(row["made_at"]), "ends_on": last_day(row["ends_at"])}


def _waits(row: Row) -> bool:
    return row["kind"] == "link" and row["state"] == "waiting" and not row["is_over"]


def _formatted(number: str) -> str:
    return Ssin.parse(number).formatted


def _blank_forms() -> tuple[tuple[str, str], ...]:
    return (("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English"))


def _paper(pdf: bytes) -> HttpResponse:
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, _("consent") + ".pdf") or "attachment"
    return answer
