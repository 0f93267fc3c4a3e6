"""My: who has access, and who looked (MY-14, MY-15)."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.list_accesses import list_accesses
from unidossier.actions.list_who_has_access import list_who_has_access
from unidossier.gate.door import Row
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.components.relation import Relation
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.log import log_line
from unidossier.portals.shared.present.summary import relation


@for_somebody
def access(request: HttpRequest) -> HttpResponse:
    """Everybody who can see my record now, with why and until when."""
    at = timezone.now()
    patient, rule, relations, representing = list_who_has_access(
        request.requester.secret, patient=subject(request)
    )
    people = _merged([relation(one, at=at) for one in relations if one["person_id"]])
    teams = _merged([relation(one, at=at) for one in relations if not one["person_id"]])
    acting = tuple(_representative(one, at=at) for one in representing)
    groups = tuple(
        {"title": title, "relations": shown}
        for title, shown in ((_("People"), people), (_("Teams"), teams), (_("People who act for me"), acting))
        if shown
    )
    context = {"banner": my_banner(patient, rule=rule, at=at), "groups": groups}
    return render(request, "my/access.html", frame(request, **context))


def _merged(lines: list[Relation]) -> tuple[Relation, ...]:
    """One line a person or team: every reason named, the bar of the one that lasts longest (`lines` come by end)."""
    by_name: dict[tuple[str, str, str], list[Relation]] = {}
    for line in lines:
        by_name.setdefault((line.name, line.function, line.institution), []).append(line)
    return tuple(
        replace(
            same[-1],
            why=", ".join(dict.fromkeys(one.why for one in same)),
            proof=", ".join(dict.fromkeys(one.proof for one in same)),
        )
        for same in by_name.values()
    )


def _representative(row: Row, *, at) -> Relation:
    words = {
        "parent": _("parent"),
        "legal": _("legal representative"),
        "foster": _("foster parent"),
        "mandate": _("mandate"),
        "trusted": _("trusted person"),
        "designated": _("designated professional"),
    }
    return Relation(
        name=row["name"] or words[row["kind"]],
        why=words[row["kind"]],
        at=at,
        since=row["starts_at"],
        until=row["ends_at"],
    )


@for_somebody
def who_looked(request: HttpRequest) -> HttpResponse:
    """Every access of the last five years: people, or machines."""
    machines = request.GET.get("by") == "machines"
    before = request.GET.get("before", "")
    opened = list_accesses(
        request.requester.secret,
        patient=subject(request),
        machines=machines,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None,
    )
    at = timezone.now()
    here = reverse("my:who-looked")
    lines = tuple(log_line(entry, me=request.requester.person_id) for entry in opened.entries)
    more = f"{here}?{'by=machines&' if machines else ''}before={opened.before}" if opened.before else ""
    context = {
        "banner": my_banner(opened.patient, rule=opened.rule, at=at),
        "lines": lines,
        "tabs": (
            Entry(label=_("People"), href=here, is_here=not machines),
            Entry(label=_("Computer systems"), href=f"{here}?by=machines", is_here=machines),
        ),
        "more_href": more,
        "reading": "found" if lines else "none",
        "note": _refused(opened.refused),
    }
    return render(request, "my/who_looked.html", frame(request, **context))


def _refused(months: list[Row]) -> str:
    tries = sum(row["tries"] for row in months)
    return (
        _(
            "Refused tries to open your record: %(tries)s. The ombuds service of your institution can tell you more."
        )
        % {"tries": tries}
        if tries
        else ""
    )
