"""My: exclude somebody: search, see what it will do, confirm; and end an exclusion (EXC-1, EXC-4, EXC-5, EXC-9)."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unidossier.actions.end_exclusion import end_exclusion
from unidossier.actions.exclude import exclude
from unidossier.actions.find_carer import find_carer
from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.actions.preview_exclusion import Effects, PersonNotFound, preview_exclusion
from unidossier.gate.door import ActRefused, Row
from unidossier.portals.my.carers import found_people, lately
from unidossier.portals.my.deciding import deciding, why_not
from unidossier.portals.my.forms import ExcludeForm
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS, in_words, language, why
from unidossier.portals.shared.templatetags.unidossier import day
from unidossier.portals.shared.words.functions import FUNCTIONS
from unidossier.registry.directory import institution_name

SHOWN = 8


@deciding
def choose(request: HttpRequest) -> HttpResponse:
    """Search a carer or staff member; or take one who looked lately."""
    name, place = request.GET.get("q", "")[:100], request.GET.get("place", "")[:100]
    told = find_carer(request.requester.secret, patient=subject(request), name=name, place=place)

    def href(person: UUID) -> str:
        return reverse("my:exclude-person", args=[person])

    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "title": _("Whom do you want to exclude?"),
        "lead": _(
            "You can exclude anybody who works in care, also somebody you have never met. You see what it does before you confirm."
        ),
        "name": name,
        "place": place,
        "people": found_people(told.found, href=href),
        "lately": lately(told.looked, href=href),
        "is_full": len(told.found) >= 40,
    }
    return render(request, "my/find_carer.html", frame(request, **context))


@deciding
def confirm(request: HttpRequest, person: UUID) -> HttpResponse:
    """Say what the exclusion will do (EXC-9), then make it: of the human being, wherever he works (EXC-6)."""
    patient = subject(request)
    try:
        effects = preview_exclusion(request.requester.secret, patient=patient, person=person)
    except PersonNotFound:
        raise Http404 from None
    name = effects.posts[0]["person"]
    local = next((one for one in effects.excluded if one["source"] == "local"), None)
    stands = _stands(local)
    form = ExcludeForm(request.POST or None, initial={"seen": stands, "absolute": stands == "absolute"})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["seen"] != stands and not (local and local["id"] == form.cleaned_data["id"]):
            messages.warning(request, _changed(stands, name=name))
            return redirect("my:exclude-person", person)
        try:
            exclude(
                request.requester.secret,
                patient=patient,
                person=person,
                absolute=form.cleaned_data["absolute"],
                exclusion=form.cleaned_data["id"],
            )
        except ActRefused as refused:
            form.add_error(None, why_not(refused.code))
        else:
            messages.success(
                request,
                _("%(name)s is excluded, from now on and in every institution.") % {"name": name},
            )
            return redirect("my:access")
    if effects.is_by_form:
        return _by_form(request, effects)
    context = {
        "banner": my_banner(effects.patient, rule=effects.rule, at=timezone.now()),
        "title": (_("Change the exclusion of %(name)s?") if local else _("Exclude %(name)s?"))
        % {"name": name},
        "text": _who(effects),
        "consequences": consequences(effects),
        "form": form,
        "confirm_label": _("Save") if local else _("Exclude %(name)s") % {"name": name},
        "is_grave": True,
        "back_href": reverse("my:exclude"),
    }
    return render(request, "confirm.html", frame(request, **context))


def _stands(local: Row | None) -> str:
    """How the exclusion stands: none, one that can be lifted, one that holds in emergencies too."""
    if local is None:
        return "none"
    return "absolute" if local["absolute"] else "liftable"


def _changed(stands: str, *, name: str) -> str:
    """What changed since the form was shown; nothing is done on what has passed."""
    words = {
        "none": _("The exclusion of %(name)s ended meanwhile. Look again, then decide."),
        "liftable": _(
            "%(name)s was excluded meanwhile, but for a lifting in an emergency. Look again, then decide."
        ),
        "absolute": _("%(name)s was excluded meanwhile, also in emergencies. Look again, then decide."),
    }
    return words[stands] % {"name": name}


def _by_form(request: HttpRequest, effects: Effects) -> HttpResponse:
    post = effects.posts[0]
    context = {
        "banner": my_banner(effects.patient, rule=effects.rule, at=timezone.now()),
        "name": post["person"],
        "institution": institution_name(post["institution_id"], language=language()),
        "back_href": reverse("my:access"),
    }
    return render(request, "my/by_form.html", frame(request, **context))


def _who(effects: Effects) -> str:
    posts = [
        f"{FUNCTIONS.get(one['function'], '')}, {institution_name(one['institution_id'], language=language())}"
        for one in effects.posts
        if one["function"]
    ]
    return "; ".join(posts)


def consequences(effects: Effects) -> tuple[str, ...]:
    """What it will do, one sentence each: relations and planned appointments that lose access, and what the tick means."""
    told = [
        _(
            "No record, no appointment list, no search finds you any more for this person, in any institution."
        ),
        *_lost(effects),
    ]
    if effects.planned:
        count = len(effects.planned)
        days = ", ".join(day(one["starts_at"].astimezone(BRUSSELS)) for one in effects.planned[:SHOWN])
        told.append(
            ngettext(
                "%(count)s planned appointment with this person loses access: %(days)s. It is not cancelled.",
                "%(count)s planned appointments with this person lose access: %(days)s. They are not cancelled.",
                count,
            )
            % {"count": count, "days": days}
        )
    if not effects.touched and not effects.planned and not effects.excluded:
        told.append(_("This person has no access now: the exclusion is for the future."))
    if effects.excluded:
        told.append(_excluded_already(effects))
    if not any(one["source"] == "federal" for one in effects.excluded):
        told.append(
            _("For the widest effect, exclude a carer with a NIHDI number on the federal portal too.")
        )
    told.append(
        _("The registration desk confirms within 7 days who is meant. The exclusion holds meanwhile.")
    )
    return tuple(told)


def _lost(effects: Effects) -> list[str]:
    own = dict.fromkeys(why(one["kind"]) for one in effects.touched if one["how"] == "own")
    teams = dict.fromkeys(in_words(one["team"]) for one in effects.touched if one["how"] == "team")
    told = []
    if own:
        told.append(_("Loses the access of now: %(reasons)s.") % {"reasons": ", ".join(own)})
    if teams:
        told.append(
            _("Does not see you through a team any more: %(teams)s. The others of the team still do.")
            % {"teams": ", ".join(list(teams)[:SHOWN])}
        )
    return told


def _excluded_already(effects: Effects) -> str:
    if any(one["source"] == "local" for one in effects.excluded):
        return _("This person is excluded here already. You can change whether it holds in emergencies.")
    return _("This person is excluded on the federal portal already.")


def _reopens(standing: list[Row], excluded: Row) -> str:
    """What the exclusion kept shut and would open at once: relations go on under an exclusion."""
    kinds = dict.fromkeys(
        why(one["kind"])
        for one in standing
        if one["state"] == "in-force" and one["human_id"] == excluded["human_id"]
    )
    if not kinds:
        return _("This person has no access alone now.")
    return _("This person sees your record again at once: %(reasons)s.") % {"reasons": ", ".join(kinds)}


@deciding
def end(request: HttpRequest, exclusion: UUID) -> HttpResponse:
    """Ask once more, then end a local exclusion (EXC-5)."""
    patient = subject(request)
    told = list_who_has_access(request.requester.secret, patient=patient)
    found = next((one for one in told.exclusions if one["id"] == exclusion), None)
    if request.method == "POST":
        try:
            end_exclusion(request.requester.secret, patient=patient, exclusion=exclusion)
        except ActRefused as refused:
            messages.error(request, why_not(refused.code))
        else:
            messages.success(request, _("The exclusion has ended."))
        return redirect("my:access")
    if found is None or found["source"] != "local":
        messages.info(request, why_not("federal" if found else "no-such-exclusion"))
        return redirect("my:access")
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=timezone.now()),
        "title": _("End the exclusion of %(name)s?") % {"name": found["person"]},
        "text": _reopens(told.standing, found),
        "consequences": (
            _("Appointments, stays and a team open your record to this person again."),
            _("You can exclude this person again at any moment."),
        ),
        "form": None,
        "confirm_label": _("End the exclusion"),
        "back_href": reverse("my:access"),
    }
    return render(request, "confirm.html", frame(request, **context))
