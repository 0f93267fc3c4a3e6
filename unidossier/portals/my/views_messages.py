"""My: messages (what I was told, BTG-4) and how I want to be told (MY-13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unidossier.actions.choose_notices import choose_notices
from unidossier.actions.read_messages import read_choices, read_messages
from unidossier.gate.door import ActRefused, Row
from unidossier.kernel.brussels import last_day
from unidossier.notices.kinds import GROUPS, QUIET
from unidossier.notices.text import message
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS, language
from unidossier.portals.shared.templatetags.unidossier import day, day_time
from unidossier.registry.directory import institution_name

GROUP_WORDS = {
    "glass": gettext_lazy("Opening in an emergency, and lifting of an exclusion"),
    "access": gettext_lazy("Access given or ended"),
    "link": gettext_lazy("A carer declared a signed form"),
    "request": gettext_lazy("A carer asks for access"),
    "renewal": gettext_lazy("An access was renewed"),
    "exclusion": gettext_lazy("Exclusions registered or ended"),
    "mandate": gettext_lazy("Mandates: somebody may act for me"),
    "identity": gettext_lazy("Identity and other changes of access"),
    "answer": gettext_lazy("Answers to my questions"),
}
WAY_WORDS = {
    "mail": gettext_lazy("E-mail"),
    "letter": gettext_lazy("Letter"),
    "portal": gettext_lazy("Only here"),
}
# where a message leads: to the page on which one can do something about it
LEADS = {
    "request": "my:access",
    "link": "my:access",
    "access": "my:access",
    "exclusion": "my:access",
    "federal": "my:access",
    "mandate": "my:access",
    "glass": "my:who-looked",
    "lifting": "my:who-looked",
}
LEAD_WORDS = {"my:access": gettext_lazy("Who has access"), "my:who-looked": gettext_lazy("Who looked")}


@dataclass(frozen=True, kw_only=True)
class MessageLine:
    """One message in the reader's words. `details` are (label, value); `href` leads to where one can act, or is empty."""

    subject: str
    lead: str
    details: tuple[tuple[str, str], ...]
    at: datetime
    institution: str
    is_new: bool
    is_security: bool
    href: str
    href_words: str


class ChoicesForm(forms.Form):
    """One choice for each group of kinds; what is about access cannot be had on the portal alone (MY-13)."""

    def __init__(self, *args, ways: dict[str, str], has_mail: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for group, kinds in GROUPS:
            offered = ("mail", "letter", *(("portal",) if set(kinds) <= QUIET else ()))
            self.fields[group] = forms.ChoiceField(
                label=GROUP_WORDS[group],
                choices=[(way, WAY_WORDS[way]) for way in offered],
                widget=forms.RadioSelect,
                initial=ways.get(kinds[0], "mail" if has_mail else "letter"),
                error_messages={"invalid_choice": gettext_lazy("Choose one of the ways offered.")},
            )

    def ways(self) -> dict[str, str]:
        """Return {kind: way} for every kind."""
        return {kind: self.cleaned_data[group] for group, kinds in GROUPS for kind in kinds}


@for_somebody
def read(request: HttpRequest) -> HttpResponse:
    """A page of messages, newest first; what is shown counts as seen."""
    opened = read_messages(request.requester.secret, patient=subject(request), after=_after(request))
    at = timezone.now()
    context = {
        "banner": my_banner(opened.patient, rule=opened.rule, at=at),
        "lines": tuple(message_line(one) for one in opened.notices),
        "more_href": _more(opened.after),
        "is_later_page": "after" in request.GET,
    }
    return render(request, "my/messages.html", frame(request, **context))


def _instant(at: datetime) -> str:
    return day(last_day(at)) if (at.hour, at.minute) == (0, 0) else day_time(at)


def message_line(row: Row) -> MessageLine:
    """Put a notice into words."""
    told = message(row["kind"], row["facts"], language=language(), written=_instant)
    leads = LEADS.get(row["kind"], "")
    return MessageLine(
        subject=told.subject,
        lead=told.lead,
        details=told.details,
        at=row["at"].astimezone(BRUSSELS),
        institution=institution_name(row.get("institution_id"), language=language()),
        is_new=row.get("seen_at") is None,
        is_security=row["kind"] not in QUIET,
        href=reverse(leads) if leads else "",
        href_words=str(LEAD_WORDS[leads]) if leads else "",
    )


@for_somebody
def choose(request: HttpRequest) -> HttpResponse:
    """How I want to be told, per kind; Save."""
    patient = subject(request)
    known = read_choices(request.requester.secret, patient=patient)
    has_mail = bool((known.patient["contact"] or {}).get("email"))
    form = ChoicesForm(request.POST or None, ways=known.ways, has_mail=has_mail)
    if request.method == "POST" and form.is_valid() and _save(request, patient, form):
        return redirect("my:choose-notices")
    context = {
        "banner": my_banner(known.patient, rule=known.rule, at=timezone.now()),
        "form": form,
        "address": (known.patient["contact"] or {}).get("email", ""),
    }
    return render(request, "my/choose_notices.html", frame(request, **context))


def _save(request: HttpRequest, patient: UUID, form: ChoicesForm) -> bool:
    try:
        choose_notices(request.requester.secret, patient=patient, ways=form.ways())
    except ActRefused:
        form.add_error(None, _("Messages about who can see your record cannot be switched off."))
        return False
    messages.success(request, _("Your choice is saved."))
    return True


def _after(request: HttpRequest) -> tuple[datetime, UUID] | None:
    at, _sep, last = request.GET.get("after", "").partition("_")
    try:
        instant = datetime.fromisoformat(at)
        return (instant, UUID(last)) if instant.tzinfo else None
    except ValueError:
        return None


def _more(after: tuple[datetime, UUID] | None) -> str:
    if after is None:
        return ""
    at, last = after
    return f"{reverse('my:messages')}?after={at.isoformat().replace('+', '%2B')}_{last}"
