"""See the record as a named carer would: who is asked about, when, in an emergency or not; the answer in words (ACD-9)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unidossier.actions.explain_access import Explained, Supposed, explain_access
from unidossier.actions.find_posts import show_post
from unidossier.actions.see_as import Seen, see_as
from unidossier.gate.door import Row
from unidossier.gate.rules import words_of
from unidossier.kernel.category import Category
from unidossier.portals.shared.present.words import BRUSSELS, in_words
from unidossier.portals.shared.words.decision import because, would_change
from unidossier.portals.shared.words.kinds import PLAIN_KINDS
from unidossier.registry.directory import institution_name

NOON = time(12, 0)
EARLIEST, LATEST = 1900, 2100
LONGEST = 100  # characters of a name


class WhoSees(forms.Form):
    """Whose view: found by name; on which day; in an emergency or not."""

    q = forms.CharField(label=_("Name of the carer"), required=False, max_length=LONGEST)
    who = forms.UUIDField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("On which day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    emergency = forms.BooleanField(label=_("In an emergency (break-the-glass)"), required=False)

    def clean_on(self) -> date | None:
        """Return the day; one of another century is a slip of the keys."""
        on: date | None = self.cleaned_data["on"]
        if on is not None and not EARLIEST <= on.year <= LATEST:
            raise forms.ValidationError(_("Choose a day between 1900 and 2100."))
        return on


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the page shows about one carer: the decision in words, and the titles he would see by kind."""

    name: str
    function: str
    institution: str
    on: date
    is_today: bool
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
        context |= {"found": found, "on": given["on"], "emergency": given["emergency"]}
    return context


def _answer(
    request: HttpRequest, *, patient: UUID, chosen: Row, given: dict[str, Any], desk: bool
) -> dict[str, Any]:
    now = timezone.now()
    today = now.astimezone(BRUSSELS).date()
    on = given["on"] or today
    at = now if on == today else datetime.combine(on, NOON, tzinfo=BRUSSELS)
    secret = request.requester.secret
    supposed = Supposed(employment=chosen["employment"], at=at, emergency=given["emergency"])
    told = explain_access(secret, patient=patient, supposed=supposed, desk=desk)
    found = see_as(
        secret,
        patient=patient,
        employment=chosen["employment"],
        as_of=None if on == today else at,
        emergency=given["emergency"],
    )
    return {
        "patient": found.patient,
        "answer": Answer(
            name=chosen["name"],
            function=in_words(chosen["function_words"]),
            institution=in_words(chosen["institution"]),
            on=on,
            is_today=on == today,
            emergency=given["emergency"],
            explained=told,
            rule=in_words(words_of(told.rule)),
            because=because(dict(told.facts), told.mattered),
            changes=would_change([(one.fact, one.value) for one in told.changes], permits=told.permits),
            kinds=_kinds(found, language=request.requester.language),
            total=sum(row["n"] for row in found.counts),
        ),
    }


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
