"""The work lists, log lines and news of the living page."""

from __future__ import annotations

from datetime import date, timedelta

from unidossier.portals.shared.components.log_line import LogLine
from unidossier.portals.shared.components.work import (
    AgendaLine,
    News,
    NextAppointment,
    PatientGroup,
    PatientLine,
)
from unidossier.signin.cast import Group, Member

from .items import at
from .who import AT, HERE, relation

NAMES = (
    ("Peeters", "Anna Maria", date(1951, 4, 12), "75 y", "F", "Hartfalen"),
    ("Janssens", "Willem", date(1943, 9, 30), "83 y", "M", "Pacemaker, controle"),
    ("El Amrani", "Yasmine", date(1988, 1, 17), "38 y", "F", "Myocarditis"),
    ("De Smedt-Vandenbroucke", "Jozef Alfons", date(1938, 6, 3), "88 y", "M", "Decompensatio cordis"),
    ("Kowalczyk", "Piotr", date(1969, 12, 24), "56 y", "M", "NSTEMI, dag 2"),
    ("Nguyen", "Thi Lan", date(1975, 2, 8), "51 y", "F", "Voorkamerfibrillatie"),
    ("Müller", "Hannelore", date(1946, 11, 11), "80 y", "F", "TAVI, dag 1"),
)


def _patient(index: int, *, place: str = "", days: int | None = 90, **more: object) -> PatientLine:
    family, given, born, age, sex, why = NAMES[index % len(NAMES)]
    values: dict[str, object] = {
        "why": why,
        "relation": relation("", "", days=days, of=120, is_pending=bool(more.get("note"))),
    }
    return PatientLine(
        href=HERE,
        family=family,
        given=given,
        birth_date=born,
        age=age,
        sex=sex,
        place=place,
        **(values | more),  # type: ignore[arg-type]
    )


GROUPS = (
    PatientGroup(
        title="Cardiology 3B",
        note="Dr Verbruggen, until 19:00",
        lines=tuple(
            _patient(
                index,
                place=f"{301 + index}",
                days=114 - 9 * index,
                since=(AT - timedelta(days=index + 1)).date(),
            )
            for index in range(7)
        ),
    ),
    PatientGroup(
        title="Consultation cardiology",
        lines=tuple(_patient(index, days=12 + 30 * index) for index in (3, 5, 1)),
    ),
)
CONSULT_GROUPS = (
    PatientGroup(
        title="Waiting for something",
        lines=(_patient(2, days=365, why="link by national number", note="Signed form missing: declare it"),),
    ),
    PatientGroup(
        title="Ending soon",
        note="renewed by a new contact",
        lines=(
            _patient(1, days=6, why="GP of record"),
            _patient(4, days=21, why="agreed by the patient"),
        ),
    ),
    PatientGroup(
        title="In force",
        lines=tuple(_patient(index, days=116 - index, why="GP of record") for index in (0, 3, 5, 6)),
    ),
)
FOUND = (_patient(0, place="301"), _patient(6))
AGENDA = tuple(
    AgendaLine(
        at=AT.replace(hour=hour, minute=minute),
        what=what,
        href=HERE,
        patient=_patient(index),
        place=place,
        state=state,
        is_now=index == 2,
    )
    for index, (hour, minute, what, place, state) in enumerate(
        (
            (9, 0, "Echocardiografie", "Room 2", "done"),
            (9, 40, "Consultatie, eerste bezoek", "Room 2", "done"),
            (10, 20, "Controle pacemaker", "Room 4", "arrived"),
            (10, 50, "Consultatie", "Room 2", ""),
            (11, 20, "Fietsproef", "Function tests", ""),
            (13, 30, "Consultatie", "Room 2", "cancelled"),
        )
    )
)


def _log(days: int, hour: int, **more: object) -> LogLine:
    values: dict[str, object] = {
        "act": "opened",
        "who": "Dr Lieve Verbruggen",
        "function": "Specialist",
        "institution": "UZ Scheldeland",
        "what": "laboratory results and reports",
        "rule": "ACD-2.work",
    }
    return LogLine(at=at(days, hour=hour), **(values | more))  # type: ignore[arg-type]


LOG = (
    _log(0, 10),
    _log(0, 8, who="Karim Haddad", function="Nurse", what="vital signs and medication", act="read"),
    _log(0, 7, is_self=True, rule="MY-4.own", what="your laboratory results"),
    _log(
        1,
        23,
        who="Dr Sofie Claes",
        function="Emergency physician",
        is_glass=True,
        rule="BTG-1.emergency",
        what="the whole record",
        justification="Brought in unconscious by ambulance, medication unknown",
        ask_href=HERE,
    ),
    _log(
        1,
        15,
        act="refused",
        who="Ingrid Wouters",
        function="Billing",
        what="reports",
        rule="ACS-1.function",
        ask_href=HERE,
    ),
    _log(
        1,
        9,
        who="Laboratory system",
        function="",
        act="wrote",
        what="8 laboratory results",
        is_machine=True,
        rule="XCH-1.deliver",
    ),
    _log(
        4,
        16,
        who="Dr Benoît Lacroix",
        function="General practitioner",
        institution="Maison médicale",
        rule="CON-3.gp",
        act="printed",
        what="the discharge letter of 12 November",
        ask_href=HERE,
    ),
)
NEWS = (
    News(
        text="Your blood results of this morning are there: potassium is a little high.",
        href=HERE,
        at=at(0),
        category="laboratory",
        institution="UZ Scheldeland",
    ),
    News(
        text="Dr Verbruggen corrected your discharge letter.",
        href=HERE,
        at=at(4),
        category="discharge",
        institution="UZ Scheldeland",
    ),
    News(
        text="CHR Sambre-et-Bois asks you to fill in a form before your anaesthesia.",
        href=HERE,
        at=at(6),
        category="questionnaire",
        institution="CHR Sambre-et-Bois",
    ),
)
NEXT = NextAppointment(
    at=AT + timedelta(days=9, hours=4),
    what="Consultation cardiology",
    who="with Dr Lieve Verbruggen",
    place="UZ Scheldeland, route 42",
    address="Scheldelaan 100, 9000 Gent",
    bring=("identity card", "your list of medicines", "the blood pressure diary"),
    href=HERE,
)
CAST = (
    Group(
        face="Ward",
        main=(
            Member(
                username="lieve",
                name="Dr Lieve Verbruggen",
                function="Specialist",
                institution="UZ Scheldeland",
                hint="Open a long record, read a trend, write a report",
                face="ward",
                initials="LV",
                is_main=True,
            ),
            Member(
                username="karim",
                name="Karim Haddad",
                function="Nurse",
                institution="UZ Scheldeland",
                hint="See the ward and enter what a nurse may see",
                face="ward",
                initials="KH",
                is_main=True,
            ),
        ),
        others=(
            Member(
                username="ingrid",
                name="Ingrid Wouters",
                function="Reception",
                institution="Reha Zenne",
                hint="See only the agenda",
                face="ward",
                initials="IW",
                is_main=False,
            ),
        ),
    ),
    Group(
        face="Consult",
        main=(
            Member(
                username="benoit",
                name="Dr Benoît Lacroix",
                function="General practitioner",
                institution="Maison médicale",
                hint="Your patients in four hospitals, validated reports only",
                face="consult",
                initials="BL",
                is_main=True,
            ),
        ),
        others=(),
    ),
    Group(
        face="My",
        main=(
            Member(
                username="anna",
                name="Anna Peeters",
                function="Patient",
                institution="",
                hint="Read your results and see who looked",
                face="my",
                initials="AP",
                is_main=True,
            ),
            Member(
                username="jan",
                name="Jan Willems",
                function="Patient",
                institution="",
                hint="Thirty years in one list",
                face="my",
                initials="JW",
                is_main=True,
            ),
        ),
        others=(),
    ),
)
