"""What the pages of decisions share: who may decide, and why a decision was not taken, in words that say what to do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from unidossier.gate.door import AccessRefused, Row
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.shared.frame import frame

# The lines of the decision by which somebody decides about access in his own right (gate/sql/decide.sql).
DECIDING = frozenset({"MY-4.own", "REP-2.opened", "REP-1.parent", "REP-3.legal"})
OUT_OF_SCOPE = "REP-3.scope"

View = Callable[..., HttpResponse]


def may_decide(rule: str, *, mandates: list[Row]) -> bool:
    """Tell whether the ways to decide are shown (REP-3); the gate decides when one is taken."""
    return rule in DECIDING or any(one["mine"] and one["decides"] for one in mandates)


def deciding(view: View) -> View:
    """A page of decisions: for a chosen profile, and with a plain page for those whose mandate does not cover it."""

    @for_somebody
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except AccessRefused as refused:
            if refused.rule != OUT_OF_SCOPE:
                raise
            return render(request, "my/not_yours.html", frame(request), status=403)

    return guarded


def why_not(code: str) -> str:
    """Return the reason of an ActRefused in the words of the patient, and what to do."""
    return _words().get(code, _("This could not be done now. Open the page again and look what has changed."))


def _words() -> dict[str, str]:
    return {
        "no-such-person": _("This person does not work in care any more. Search again."),
        "yourself": _("This is the person who is deciding now. Choose somebody else."),
        "by-form": _(
            "The institution of this person registers exclusions by form only. Nothing has changed. Ask its registration desk for the form."
        ),
        "excluded-already": _("This person is excluded already. Nothing has changed."),
        "no-such-exclusion": _("This exclusion is not there any more."),
        "federal": _("This exclusion was made on the federal portal. End it there."),
        "no-such-carer": _("This carer does not work there any more. Search again."),
        "excluded": _("You have excluded this carer. End the exclusion first, then give access."),
        "refuses-outside": _(
            "You refuse all access from outside, and this carer works outside. Allow access from outside first."
        ),
        "nothing-chosen": _("Tick at least one kind of information."),
        "ended-before": _("The last day has passed already. Choose a later day."),
        "starts-before": _("The mandate must start today or later, and end after it starts."),
        "too-long": _("This is too long. Choose an earlier last day."),
        "too-many": _("You have given 20 mandates already. Withdraw one first."),
        "no-such-request": _("This request is not there any more."),
        "expired": _("This request was not answered in time and has run out. The carer can ask again."),
        "answered-already": _("This request was answered already. Open the page again to see how."),
        "no-such-mandate": _("This mandate is not there any more."),
        "by-the-desk": _("This link was made by the registration desk, and ends there."),
        "not-yours": _("A mandate does not let you do this. Only the patient can."),
        "no-such-item": _("This document is not there for you any more."),
        "no-such-entry": _("This line is not there any more."),
        "changed-meanwhile": _(
            "Somebody changed this meanwhile. Open the page again, look at what is there now, and change it."
        ),
        "language-unknown": _("Choose one of the languages."),
        "email-unfit": _("This is not an e-mail address. Write it like anna@example.org."),
        "same-address": _("This is the address that we have already. Nothing has changed."),
        "too-many-addresses": _("You gave five addresses today. Try again tomorrow."),
        "no-such-gp": _("This person is no general practitioner any more. Search again."),
        "is-the-gp": _("This is your general practitioner already. Nothing has changed."),
        "asked-already": _("You have asked for a change already. Wait for the answer of the hospital."),
        "no-desk": _(
            "No hospital that knows you can make this change yet. Ask for it at the desk at your next visit."
        ),
        "no-ombuds": _(
            "No hospital that knows you can answer this question here. Telephone the ombuds service of your hospital."
        ),
    }
