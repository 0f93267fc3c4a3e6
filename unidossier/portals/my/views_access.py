"""My: who can see my record, who asks to, whom I excluded; and who could before (MY-14, ACD-5, EXC-3)."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.list_who_has_access import (
    HadAccess,
    WhoHasAccess,
    list_ended_access,
    list_who_has_access,
)
from unidossier.gate.door import Row
from unidossier.kernel.period import birthday
from unidossier.portals.my import access_lines as lines
from unidossier.portals.my.access_lines import AccessLine, Section
from unidossier.portals.my.deciding import may_decide
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.words import BRUSSELS, why
from unidossier.portals.shared.templatetags.unidossier import day_time
from unidossier.registry.directory import directory

OLD_S = 86_400  # from then on the page says that the platform is silent
OWN_YEARS = 15  # REP-1, REP-2: a setting may say later; the gate decides, this is what the page tells


@for_somebody
def access(request: HttpRequest) -> HttpResponse:
    """Everybody who can see my record now or asks to, in calm sections; `?q=` searches over all of them."""
    at = timezone.now()
    told = list_who_has_access(request.requester.secret, patient=subject(request))
    decides = may_decide(told.rule, mandates=[*told.mandates, *_as_mandates(request, told.linked)])
    text = request.GET.get("q", "")[:100]
    sections = lines.found_in(_sections(told, at=at, decides=decides), text=text)
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=at),
        "sections": sections,
        "text": text,
        "decides": decides,
        "refuses_outside": told.choices["refuses_outside"],
        "ways": _ways() if decides else (),
        "is_nobody": not text and not told.standing and not told.linked and not told.mandates,
    }
    return render(request, "my/access.html", frame(request, **context))


def _as_mandates(request: HttpRequest, linked: list[Row]) -> list[Row]:
    return [one | {"mine": one["person_id"] == request.requester.person_id} for one in linked]


def _sections(told: WhoHasAccess, *, at: datetime, decides: bool) -> tuple[Section, ...]:
    def standing(*states: str, request: bool = False) -> list[Row]:
        return [
            one
            for one in told.standing
            if one["state"] in states and (one["state"] == "pending" and one["kind"] == "request") == request
        ]

    fifteenth = _fifteenth(told.choices)
    linked = [one for one in told.linked if not _is_over(one, fifteenth, at)]
    excluded = {one["human_id"] for one in told.exclusions}
    named = [
        one for one in standing("in-force") if one["human_id"] is None or one["human_id"] not in excluded
    ]
    shut_out = [one for one in named if _is_shut_out(one, told.choices)]
    in_force = [one for one in named if one not in shut_out]
    return (
        Section(
            key="asking",
            title=_("Waiting for your answer"),
            lead=_("Without an answer, the request is refused on its last day."),
            lines=lines.asking(standing("pending", request=True), at=at, decides=decides),
        ),
        Section(
            key="emergencies",
            title=_("In an emergency"),
            lines=lines.emergencies(told.emergencies, at=at, decides=decides),
        ),
        Section(
            key="people",
            title=_("People"),
            lines=lines.treating([one for one in in_force if one["person_id"]], at=at, decides=decides),
        ),
        Section(
            key="teams",
            title=_("Teams"),
            lines=lines.treating([one for one in in_force if not one["person_id"]], at=at, decides=decides),
        ),
        Section(
            key="acting",
            title=_("People who act for me"),
            lines=(
                *lines.linked(linked, at=at, fifteenth=fifteenth),
                *lines.mandated(told.mandates, at=at, decides=decides),
            ),
        ),
        Section(
            key="waiting",
            title=_("Set aside: opens nothing now"),
            lines=lines.waiting([*shut_out, *standing("pending", "suspended")], at=at, decides=decides),
        ),
        *_excluded(told, at=at, decides=decides),
    )


def _is_shut_out(row: Row, choices: Row) -> bool:
    """Whether a relation opens nothing because the patient refuses all access from outside (CON-10)."""
    place = directory().get(row["institution_id"])
    return bool(choices["refuses_outside"] and place and not place.network)


def _excluded(told: WhoHasAccess, *, at: datetime, decides: bool) -> tuple[Section, ...]:
    """The two sources side by side, each with where it is managed (EXC-3)."""

    def of(source: str) -> tuple[AccessLine, ...]:
        return lines.excluded(
            [one for one in told.exclusions if one["source"] == source], at=at, decides=decides
        )

    return (
        Section(
            key="excluded",
            title=_("Excluded here"),
            lead=_(
                "Holds in every institution of this network. You end it here, or at the registration desk."
            ),
            lines=of("local"),
        ),
        Section(
            key="federal",
            title=_("Excluded on the federal portal"),
            lead=" ".join((_federal_lead(), _federal_age(told.federal))),
            lines=of("federal"),
        ),
    )


def _federal_lead() -> str:
    return _("Managed on the federal portal only. It has the widest effect, for carers with a NIHDI number.")


def _federal_age(fresh: Row | None) -> str:
    """How old the platform's word is (EXC-8); nothing is said before it has ever spoken."""
    if fresh is None:
        return ""
    at = day_time(fresh["made_at"].astimezone(BRUSSELS))
    if fresh["age_s"] > OLD_S:
        return _("The federal platform was last heard on %(at)s. Whoever is excluded stays excluded.") % {
            "at": at
        }
    return _("As the federal platform told on %(at)s.") % {"at": at}


def _ways() -> tuple[Entry, ...]:
    return (
        Entry(label=_("Exclude somebody"), href=reverse("my:exclude"), glyph="cross"),
        Entry(label=_("Give a carer access"), href=reverse("my:give"), glyph="plus"),
        Entry(label=_("Let somebody act for you"), href=reverse("my:give-mandate"), glyph="team"),
    )


def _fifteenth(choices: Row) -> datetime | None:
    return birthday(choices["birth_date"], years=OWN_YEARS) if choices["birth_date"] else None


def _is_over(row: Row, fifteenth: datetime | None, at: datetime) -> bool:
    return row["kind"] == "parent" and fifteenth is not None and fifteenth <= at


@for_somebody
def ended(request: HttpRequest) -> HttpResponse:
    """Who could see my record before, and why that ended; exclusions that ended."""
    at = timezone.now()
    told = list_ended_access(request.requester.secret, patient=subject(request))
    context = {
        "banner": my_banner(told.patient, rule=told.rule, at=at),
        "sections": tuple(one for one in _ended_sections(told, at=at) if one.lines),
    }
    return render(request, "my/access_ended.html", frame(request, **context))


def _ended_sections(told: HadAccess, *, at: datetime) -> tuple[Section, ...]:
    reasons = {
        "withdrawn": _("withdrawn by you"),
        "refused": _("refused by you"),
        "pending": _("not answered in time: refused"),
        "suspended": _("ran out while it was suspended"),
        "in-force": _("ran out"),
    }
    return (
        Section(
            key="relations",
            title=_("People and teams"),
            lines=tuple(
                lines.former(
                    row,
                    why_it_ended=reasons[row["state"]],
                    what=why(row["kind"]),
                    name=lines.name_of(row),
                    at=at,
                )
                for row in told.relations
            ),
        ),
        Section(key="acting", title=_("People who acted for me"), lines=_former_links(told, at=at)),
        Section(
            key="exclusions",
            title=_("Exclusions that ended"),
            lines=tuple(
                lines.former(
                    row | {"ended_at": row["until_at"]},
                    why_it_ended=_("ended on the federal portal")
                    if row["source"] == "federal"
                    else _("ended"),
                    what=_("Exclusion"),
                    name=row["person"],
                    at=at,
                )
                for row in told.exclusions
            ),
        ),
        Section(
            key="emergencies",
            title=_("Emergencies"),
            lines=tuple(
                lines.former(
                    row | {"ended_at": row["ends_at"]},
                    why_it_ended=_("over"),
                    what=_("Opened in an emergency")
                    if row["what"] == "opening"
                    else _("Your exclusion was lifted"),
                    name=row["person"],
                    at=at,
                )
                for row in told.emergencies
            ),
        ),
    )


def _former_links(told: HadAccess, *, at: datetime) -> tuple[AccessLine, ...]:
    fifteenth = _fifteenth(told.choices)
    grown = [one | {"ended_at": fifteenth} for one in told.standing_links if _is_over(one, fifteenth, at)]
    linked = [one | {"ended_at": one["withdrawn_at"] or one["ends_at"]} for one in told.linked]
    return tuple(
        lines.former(
            row,
            why_it_ended=_("ended on the 15th birthday") if row in grown else _why_link_ended(row),
            what=lines.kind_of_link(row["kind"]),
            name=row["name"] or lines.kind_of_link(row["kind"]),
            at=at,
        )
        for row in [*grown, *linked, *told.mandates]
    )


def _why_link_ended(row: Row) -> str:
    return _("ran out") if row["ended_at"] == row["ends_at"] else _("withdrawn")
