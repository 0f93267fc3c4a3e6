"""My: withdraw the access of a person or a team, in three steps: Access, search, withdraw (MY-14, CON-3, CON-10)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.preview_exclusion import (
    Effects,
    PersonNotFound,
    TeamEffects,
    preview_exclusion,
    preview_team,
)
from unidossier.actions.withdraw_access import withdraw_access
from unidossier.gate.door import Row
from unidossier.portals.my.deciding import deciding
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import in_words, why


@deciding
def person(request: HttpRequest, person: UUID) -> HttpResponse:
    """Ask once more, then withdraw every relation of this human being."""
    try:
        effects = preview_exclusion(request.requester.secret, patient=subject(request), person=person)
    except PersonNotFound:
        raise Http404 from None
    name = effects.posts[0]["person"]
    if request.method == "POST":
        return _withdraw(request, person, name=name, teams=_teams(effects))
    own = [one for one in effects.touched if one["how"] == "own"]
    context = {
        "title": _("Withdraw the access of %(name)s?") % {"name": name},
        "text": _reasons(own),
        "consequences": _person_consequences(effects),
        "others": (
            Entry(
                label=_("Exclude %(name)s instead, also for the future") % {"name": name},
                href=reverse("my:exclude-person", args=[person]),
            ),
        ),
        "is_nothing": not own,
    }
    return _page(request, effects, **context)


@deciding
def team(request: HttpRequest, team: UUID) -> HttpResponse:
    """Ask once more, then withdraw what this team has; or exclude one of its people."""
    try:
        effects = preview_team(request.requester.secret, patient=subject(request), team=team)
    except PersonNotFound:
        raise Http404 from None
    name = in_words(effects.team["names"])
    if request.method == "POST":
        return _withdraw(request, team, name=name)
    context = {
        "title": _("Withdraw the access of %(name)s?") % {"name": name},
        "text": _reasons(effects.touched),
        "consequences": (
            _("Nobody of this team sees your record any more, but for those who have access by themselves."),
            _("Care that you receive there now may need your record: tell them that you withdrew it."),
            _("A new appointment or stay gives the team access again."),
        ),
        "others": tuple(
            Entry(
                label=_("Exclude only %(name)s") % {"name": one["person"]},
                href=reverse("my:exclude-person", args=[one["person_id"]]),
            )
            for one in effects.team["members"][:30]
        ),
        "is_nothing": not effects.touched,
    }
    return _page(request, effects, **context)


def _page(request: HttpRequest, effects: Effects | TeamEffects, **context: object) -> HttpResponse:
    banner = my_banner(effects.patient, rule=effects.rule, at=timezone.now())
    back = reverse("my:access")
    return render(request, "my/withdraw.html", frame(request, banner=banner, back_href=back, **context))


def _withdraw(request: HttpRequest, holder: UUID, *, name: str, teams: str = "") -> HttpResponse:
    """`teams`: those through which this person still sees the record."""
    ended = withdraw_access(request.requester.secret, patient=subject(request), holder=holder)
    if ended and teams:
        messages.warning(
            request,
            _(
                "%(name)s has no access alone any more, but still sees your record as one of a team: %(teams)s. Exclude this person to close that way too."
            )
            % {"name": name, "teams": teams},
        )
    elif ended:
        messages.success(
            request, _("%(name)s does not see your record any more, from now on.") % {"name": name}
        )
    else:
        messages.info(request, _("%(name)s had no access any more. Nothing has changed.") % {"name": name})
    return redirect("my:access")


def _reasons(relations: list[Row]) -> str:
    kinds = ", ".join(dict.fromkeys(why(one["kind"]) for one in relations))
    return _("Access now because of: %(reasons)s.") % {"reasons": kinds} if kinds else ""


def _teams(effects: Effects) -> str:
    return ", ".join(
        dict.fromkeys(in_words(one["team"]) or "?" for one in effects.touched if one["how"] == "team")
    )


def _person_consequences(effects: Effects) -> tuple[str, ...]:
    teams = _teams(effects)
    told = []
    if teams:
        told.append(
            _(
                "What this person alone has ends now, in every institution. As one of a team that has access, this person still sees your record: %(teams)s. Exclude the person to close this way too."
            )
            % {"teams": teams}
        )
    else:
        told.append(_("From now on, this person does not see your record, in any institution."))
    if not teams and any(one["kind"] == "gp" for one in effects.touched):
        told.append(
            _("This is your general practitioner, who will not see letters and results here any more.")
        )
    if effects.planned:
        told.append(_("Your appointments with this person stay. A new one gives access again."))
    else:
        told.append(_("A new appointment or stay with this person gives access again."))
    return tuple(told)
