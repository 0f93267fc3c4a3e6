"""The kinds of tasks of the Desk: what each is called, and the page on which it is done.

A kind gets its own page by its line here: `page` names an address of the Desk that takes the id of the task
(`path("glass-review/<uuid:task>/", ..., name="glass-review")`). Without one the task is shown on the common page.
"""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from unidossier.gate.door import Row


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of work, whose it is (ACS-3), and the name of the address where it is done."""

    words: str | Promise
    functions: tuple[str, ...]
    page: str = "task"


KEEPERS = ("data-protection-officer", "security-officer")  # who keep the log, two by two
KINDS: dict[str, Kind] = {
    "confirm-exclusion": Kind(
        words=_("Confirm an exclusion"), functions=("registration-desk",), page="confirm-exclusion"
    ),
    "gp-change": Kind(
        words=_("Change of general practitioner"), functions=("registration-desk",), page="gp-change"
    ),
    "duplicate": Kind(words=_("Possible duplicate"), functions=("registration-desk",)),
    "death": Kind(words=_("Death recorded"), functions=("registration-desk",)),
    "federal-identity": Kind(
        words=_("Federal exclusion that names two people"),
        functions=("registration-desk",),
        page="federal-identity",
    ),
    "death-reversal": Kind(
        words=_("Reverse a recorded death"), functions=("registration-desk",), page="death-reversal"
    ),
    "glass-review": Kind(
        words=_("Review an emergency access"), functions=("medical-director",), page="review"
    ),
    "lifting-review": Kind(
        words=_("Review a lifted exclusion"), functions=("medical-director",), page="review"
    ),
    "account": Kind(
        words=_("Validate an account for Consult"), functions=("medical-director",), page="account"
    ),
    "claim": Kind(words=_("Claim a signed form"), functions=("medical-director",), page="claim"),
    "case": Kind(words=_("Case"), functions=("medical-director",), page="case"),
    "unknown-person": Kind(words=_("Somebody unknown looked"), functions=("ombuds",), page="request"),
    "overview": Kind(words=_("Overview of accesses"), functions=("ombuds",), page="request"),
    "correction": Kind(words=_("Correction asked"), functions=("ombuds",), page="request"),
    "relative": Kind(words=_("Request of a relative after death"), functions=("ombuds",), page="relative"),
    "federal-feed": Kind(
        words=_("Federal feed stopped: exclusions are missing"), functions=("data-protection-officer",)
    ),
    "not-visible": Kind(words=_("Something is not visible"), functions=("ombuds",), page="request"),
    "other": Kind(words=_("Another request"), functions=("ombuds",), page="request"),
    "glass-seen": Kind(
        words=_("Emergency access to look at"), functions=("data-protection-officer",), page="review"
    ),
    "log-alarm": Kind(words=_("Alarm of the log"), functions=("data-protection-officer", "security-officer")),
    "signal": Kind(words=_("Unexplained access"), functions=("data-protection-officer",), page="signal"),
    "erasure": Kind(words=_("Erase an entry of the log"), functions=KEEPERS, page="erasure-task"),
    "setting-change": Kind(words=_("Change of a setting by two"), functions=KEEPERS, page="setting-task"),
    "restored": Kind(words=_("Database restored: explain it"), functions=KEEPERS, page="restored-task"),
    "restore-account": Kind(words=_("Sign the account of a restore"), functions=KEEPERS, page="account-task"),
    "rights-change": Kind(
        words=_("Change of the function table"), functions=("data-protection-officer",), page="rights-task"
    ),
}


def kind_words(kind: str) -> str:
    """Return a kind in the reader's language."""
    return str(KINDS[kind].words) if kind in KINDS else kind


def kinds_of(function: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds that one function works on, as (code, words)."""
    return tuple((code, str(kind.words)) for code, kind in KINDS.items() if function in kind.functions)


def task_href(task: Row) -> str:
    """Return the address of the page on which this task is done."""
    kind = KINDS.get(task["kind"])
    return reverse(f"desk:{kind.page if kind else 'task'}", args=[task["id"]])
