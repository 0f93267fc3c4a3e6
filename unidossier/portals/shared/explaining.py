"""See the record as a named carer would: who is asked about, when, in an emergency or not; the answer in words (ACD-9)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from unidossier.actions.explain_access import Explained, Supposed, explain_access
from unidossier.actions.find_posts import show_post
from unidossier.actions.see_as import Seen, see_as
from unidossier.gate.door import Row
from unidossier.gate.rules import words_of
from unidossier.kernel.category import Category
from unidossier.portals.shared.fields import DayField
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.words.decision import because, would_change
from unidossier.portals.shared.words.kinds import PLAIN_KINDS
from unidossier.registry.directory import institution_name
from unidossier.signin.views.places import PURPOSES

NOON = time(12, 0)
LONGEST = 100  # characters of a name


class WhoSees(forms.Form):
    """Whose view: found by name; on which day; for what (ACD-6); in an emergency or not."""

    q = forms.CharField(label=_("Name of the carer"), required=False, max_length=LONGEST)
    who = forms.UUIDField(required=False, widget=forms.HiddenInput)
    on = DayField(label=_("On which day"), required=False)
    purpose = forms.ChoiceField(
        label=_("For what"),
        required=False,
        choices=(
            ("care", _("Care of the patient")),
            *((code, capfirst(words)) for code, words in PURPOSES.items() if code != "care"),
        ),
        error_messages={"invalid_choice": _("Choose one of the purposes offered.")},
    )
    emergency = forms.BooleanField(label=_("In an emergency"), required=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the page shows about one carer: the decision in words, and the titles he would see by kind."""

    name: str
    function: str
    institution: str
    on: date
    is_today: bool
    purpose: str  # in words; '' for care
    emergency: bool
    explained: Explained
    rule: str
    because: list[str]
    changes: list[str]
    kinds: list[dict[str, Any]]
    total: int


@dataclass(frozen=True, kw_only=True)
class Post:
    """Somebody at work who was found by the words typed."""

    employment: UUID
    name: str
    function: str
    institution: str


def sought(request: HttpRequest) -> str:
    """Return the words typed; '' once somebody is chosen."""
    return "" if request.GET.get("who") else request.GET.get("q", "").strip()[:LONGEST]


def who_sees(
    request: HttpRequest, *, patient: UUID, found: tuple[Post, ...], desk: bool = False
) -> dict[str, Any]:
    """Return the context of the page: form, the posts `found` by the words typed, and the answer when one was chosen.

    Raises the errors of gate.door.read: a page about somebody whom the reader may not ask about is a refusal.
    """
    form = WhoSees(request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "found": None, "answer": None, "patient": None}
    if not form.is_bound or not form.is_valid():
        return context
    given = form.cleaned_data
    chosen = show_post(given["who"]) if given["who"] else None
    if chosen is not None:
        context |= _answer(request, patient=patient, chosen=chosen, given=given, desk=desk)
    elif given["q"]:
        context |= {"found": found, "kept": _kept(given)}
    return context


def _answer(
    request: HttpRequest, *, patient: UUID, chosen: Row, given: dict[str, Any], desk: bool
) -> dict[str, Any]:
    now = timezone.now()
    today = now.astimezone(BRUSSELS).date()
    on = given["on"] or today
    at = now if on == today else datetime.combine(on, NOON, tzinfo=BRUSSELS)
    secret = request.requester.secret
    purpose = given["purpose"] or "care"
    supposed = Supposed(employment=chosen["employment"], at=at, purpose=purpose, emergency=given["emergency"])
    told = explain_access(secret, patient=patient, supposed=supposed, desk=desk)
    # another purpose than care opens nothing (ACD-6): there are no titles to look for
    found = (
        see_as(
            secret,
            patient=patient,
            employment=chosen["employment"],
            as_of=None if on == today else at,
            emergency=given["emergency"],
        )
        if purpose == "care"
        else None
    )
    return {
        "patient": told.patient,
        "answer": Answer(
            name=chosen["name"],
            function=in_words(chosen["function_words"]),
            institution=in_words(chosen["institution"]),
            on=on,
            is_today=on == today,
            purpose="" if purpose == "care" else str(PURPOSES[purpose]),
            emergency=given["emergency"],
            explained=told,
            rule=in_words(words_of(told.rule)),
            because=because(dict(told.facts), told.mattered),
            changes=would_change([(one.fact, one.value) for one in told.changes], permits=told.permits),
            kinds=_kinds(found, language=request.requester.language) if found else [],
            total=sum(row["n"] for row in found.counts) if found else 0,
        ),
    }


def _kept(given: dict[str, Any]) -> str:
    """What the choice of the person carries along: day, purpose, emergency."""
    told = {
        "on": given["on"].isoformat() if given["on"] else "",
        "purpose": given["purpose"],
        "emergency": "on" if given["emergency"] else "",
    }
    return urlencode({name: value for name, value in told.items() if value})


def _kinds(found: Seen, *, language: str) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = {}
    for row in found.titles:
        line = row | {"place": institution_name(row["institution_id"], language=language)}
        lines.setdefault(row["category"], []).append(line)
    return [
        {
            "slug": Category(row["category"]).slug,
            "words": PLAIN_KINDS[Category(row["category"]).slug],
            "count": row["n"],
            "titles": lines.get(row["category"], []),
            "unlisted": row["n"] - len(lines.get(row["category"], [])),
        }
        for row in found.counts
    ]
