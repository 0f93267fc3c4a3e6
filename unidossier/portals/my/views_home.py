"""My, start: what is new, the next appointment, who looked lately, and the ways onward."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from unidossier.actions.open_my_home import MyHome, open_my_home
from unidossier.gate.door import Row
from unidossier.kernel.category import Category
from unidossier.portals.my.views_messages import message_line
from unidossier.portals.my.views_profile import for_somebody
from unidossier.portals.my.views_record import my_banner
from unidossier.portals.my.whose import subject
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.components.work import News, NextAppointment
from unidossier.portals.shared.frame import frame
from unidossier.portals.shared.present.log import log_line
from unidossier.portals.shared.present.rows import title_of
from unidossier.portals.shared.present.words import BRUSSELS, in_words, language
from unidossier.registry.directory import directory, institution_name

NEWS = 5
QUIET = frozenset({Category.AGENDA, Category.ADMINISTRATIVE, Category.ORDER, Category.VITAL_SIGN})


@for_somebody
def home(request: HttpRequest) -> HttpResponse:
    """The patient's start page."""
    at = timezone.now()
    opened = open_my_home(
        request.requester.secret,
        patient=subject(request),
        since=at,
        until=at + timedelta(days=400),
    )
    context = {
        "banner": my_banner(opened.patient, rule=opened.rule, at=at),
        "greeting": _greeting(at, given=_who_reads(request, opened.patient)),
        "today": timezone.localdate(at),
        "news": _news(opened),
        "next_appointment": _next(opened.appointments),
        "looked": tuple(log_line(entry) for entry in opened.looked),
        "looked_href": reverse("my:who-looked"),
        "told": tuple(message_line(one) for one in opened.told),
        "told_more": opened.told[0]["total"] - len(opened.told) if opened.told else 0,
        "entries": _entries(),
    }
    return render(request, "my/home.html", frame(request, **context))


def _who_reads(request: HttpRequest, patient: Row) -> str:
    """The given name of the patient, or the name of who acts for him (REP-5)."""
    me = request.requester
    return str(patient["given"]) if me.function == "patient" else str(me.name)


def _greeting(at: datetime, *, given: str) -> str:
    hour = at.astimezone(BRUSSELS).hour
    if 5 <= hour < 12:
        return _("Good morning, %(name)s") % {"name": given}
    if 12 <= hour < 18:
        return _("Good afternoon, %(name)s") % {"name": given}
    return _("Good evening, %(name)s") % {"name": given}


def _news(opened: MyHome) -> tuple[News, ...]:
    told = [
        line
        for line in opened.newest
        if line["category"] not in QUIET and line["status"] in ("final", "amended")
    ]
    return tuple(
        News(
            text=title_of(line)[0],
            href=reverse("my:record") + f"?item={line['id']}",
            at=line["clinical_at"].astimezone(BRUSSELS),
            category=Category(line["category"]).slug,
            institution=institution_name(line["institution_id"], language=language()),
        )
        for line in told[:NEWS]
    )


def _next(appointments: list[Row]) -> NextAppointment | None:
    coming = [
        one
        for one in appointments
        if one["status"] in ("booked", "pending", "proposed", "arrived", "checked-in")
    ]
    if not coming:
        return None
    one = coming[0]
    place = directory().get(one["institution_id"])
    contact = place.contact if place else {}
    return NextAppointment(
        at=one["starts_at"].astimezone(BRUSSELS),
        what=one["reason"] or in_words(one["team"]),
        who=one["person"] or in_words(one["team"]),
        place=", ".join(
            part for part in (in_words(one["team"]), place.name(language()) if place else "") if part
        ),
        address=str(contact.get("address") or ""),
        href=reverse("my:record") + f"?item={one['id']}",
        bring=(_("your identity card"), _("the list of your medicines")),
    )


def _entries() -> tuple[Entry, ...]:
    record = reverse("my:record")

    def kinds(*slugs: str) -> str:
        return record + "?" + "&".join(f"kind={slug}" for slug in slugs)

    return (
        Entry(
            label=_("Results"),
            href=kinds("laboratory", "examination", "vital-sign"),
            glyph="laboratory",
            hint=_("Blood tests and measurements"),
        ),
        Entry(
            label=_("Letters and reports"),
            href=kinds("report", "letter", "discharge", "operation", "psychiatry", "gynaecology"),
            glyph="letter",
            hint=_("What your carers wrote"),
        ),
        Entry(label=_("Images"), href=kinds("imaging"), glyph="imaging", hint=_("X-rays and scans")),
        Entry(
            label=_("Medicines and vaccines"),
            href=kinds("medication", "prescription", "vaccination"),
            glyph="medication",
            hint=_("What you take, and what you are protected against"),
        ),
        Entry(label=_("Appointments"), href=kinds("agenda"), glyph="agenda", hint=_("Past and to come")),
        Entry(
            label=_("My details"),
            href=reverse("my:details"),
            glyph="person",
            hint=_("Address, e-mail, general practitioner"),
        ),
        Entry(
            label=_("Who has access"),
            href=reverse("my:access"),
            glyph="team",
            hint=_("Who can see your record, and until when"),
        ),
    )
