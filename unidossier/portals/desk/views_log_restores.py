"""Desk: a restore of the database that the log noticed, until two people have explained it (LOG-3)."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.actions.explain_restore import decide_restore, explain_restore, list_restores
from unidossier.gate.door import Row
from unidossier.portals.desk.deeds import Deed, ask
from unidossier.portals.desk.forms_log_keeping import AccountForm, DecisionForm
from unidossier.portals.desk.proving import kept, prove_first
from unidossier.portals.desk.refusals_keeping import in_words
from unidossier.portals.desk.views_home import task_context, task_or_404
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS
from unidossier.portals.shared.templatetags.unidossier import day_time
from unidossier.portals.shared.words.keeping import RESTORE_GROUNDS, STATES


def restores(request: HttpRequest) -> HttpResponse:
    """Every restore, newest first: what was lost, and what two people said it was."""
    shown = list_restores(request.requester.secret)
    context = {
        "restores": tuple(
            _restore(one, [account for account in shown.accounts if account["restored_id"] == one["id"]])
            for one in shown.noticed
        )
    }
    return render(request, "desk/log_restores.html", frame(request, **context))


def _restore(row: Row, accounts: list[Row]) -> dict[str, Any]:
    return {
        **row,
        "last": row["to_position"] - 1,
        "lost_words": lost_words(row["lost"]),
        "is_explained": row["explained_entry"] is not None,
        "may_explain": row["explained_entry"] is None
        and all(one["state"] in ("refused", "withdrawn") for one in accounts),
        "accounts": tuple(_account(one) for one in accounts),
    }


def lost_words(lost: int) -> str:
    """Return how many entries are known by their hash alone."""
    return ngettext(
        "%(n)s entry is known by its hash only", "%(n)s entries are known by their hash only", lost
    ) % {"n": lost}


def _account(row: Row) -> dict[str, Any]:
    return {
        **row,
        "state_words": STATES[row["state"]],
        "ground_words": RESTORE_GROUNDS[row["ground"]],
        "href": reverse("desk:decide-restore", args=[row["id"]]) if row["state"] == "waiting" else "",
    }


def explain(request: HttpRequest, restored: UUID) -> HttpResponse:
    """Say what a restore was, as the first of two."""
    found = [one for one in list_restores(request.requester.secret).noticed if one["id"] == restored]
    if not found:
        raise Http404
    form = AccountForm(request.POST or None, initial=kept(request))
    proof = prove_first(request, form)
    if proof is not None:
        return proof
    back = reverse("desk:log-restores")
    deed = Deed(
        title=_("Explain this restore"),
        text=_("Noticed on %(at)s: %(lost)s.")
        % {
            "at": day_time(found[0]["noticed_at"].astimezone(BRUSSELS)),
            "lost": lost_words(found[0]["lost"]),
        },
        label=_("Sign it"),
        done=_("Signed. A second person must sign too: it stands in the work list."),
        back=back,
        then=back,
        consequences=(
            _("A second person signs too. Until then the alarm stays."),
            _("The explanation is an entry of the log and stays for ever."),
        ),
        is_over=found[0]["explained_entry"] is not None,
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: explain_restore(
            request.requester.secret,
            account=told["made"],
            restored=restored,
            **{name: told[name] for name in ("ground", "restored_to", "done_by", "reason")},
        ),
        words=in_words,
    )


def _account_or_404(request: HttpRequest, account: UUID) -> dict[str, Any]:
    found = list_restores(request.requester.secret, account=account).accounts
    if not found:
        raise Http404
    return _account(found[0])


def decide(request: HttpRequest, account: UUID) -> HttpResponse:
    """The second person signs too, or refuses; the first may withdraw."""
    row = _account_or_404(request, account)
    form = DecisionForm(
        request.POST or None, mine=row["made_by"] == request.requester.person_id, initial=kept(request)
    )
    back = reverse("desk:log-restores")
    proof = prove_first(request, form)
    if proof is not None:
        return proof
    deed = Deed(
        title=_("Sign this account of a restore?"),
        text=f"{row['maker']}: {row['reason']}",
        label=_("Keep the decision"),
        done=_("The decision is kept."),
        back=back,
        then=back,
        consequences=tuple(f"{label}: {text}" for label, text in _facts(row)),
        is_over=row["state"] != "waiting",
    )
    return ask(
        request,
        form,
        deed,
        act=lambda told: decide_restore(
            request.requester.secret, account=account, decision=told["decision"], words=told["words"]
        ),
        words=in_words,
    )


def _facts(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return (
        (_("Why the database was restored"), str(row["ground_words"])),
        (_("Moment of the backup"), str(day_time(row["restored_to"].astimezone(BRUSSELS)))),
        (_("Who did it"), row["done_by"]),
    )


def account_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """The task of the second person."""
    opened = task_or_404(request, task)
    row = _account_or_404(request, opened.task["subject_id"])
    context = {
        "told": ((_("Signed by"), row["maker"]), *_facts(row), (_("What happened"), row["reason"])),
        "ways": ((row["href"], _("Decide"), True),) if row["href"] else (),
    }
    return render(request, "desk/oversight_task.html", frame(request, **task_context(opened), **context))


def restored_task(request: HttpRequest, task: UUID) -> HttpResponse:
    """The task that a restore makes: the page of all restores has its facts."""
    task_or_404(request, task)
    return redirect("desk:log-restores")
