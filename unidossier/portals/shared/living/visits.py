"""Living page: who looked, with a visit of every kind."""

from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.components.visit import Visit, VisitLine

from .items import at
from .who import HERE

TABS = (
    Entry(label="Carers and staff", href=HERE, is_here=True),
    Entry(label="You and who acts for you", href=HERE),
    Entry(label="Computer systems", href=HERE),
)
VISITS = (
    Visit(
        key="v1",
        at=at(0, hour=10),
        time="10:02–10:14",
        who="Dr Lieve Verbruggen",
        place="Specialist, Cardiology, UZ Scheldeland",
        what="opened the record, read a document or result (3×)",
        why="because you have an appointment on 24 Nov 2026",
        rule="ACD-2.work",
        purpose="care",
        is_new=True,
        ask_href=HERE,
        lines=(
            VisitLine(
                time="10:02:11", what="opened the record", kinds="laboratory results, reports, letters"
            ),
            VisitLine(time="10:03:40", what="read a document or result", titles=("Echocardiography",)),
            VisitLine(time="10:14:02", what="read a document or result"),
        ),
    ),
    Visit(
        key="v2",
        at=at(1, hour=23),
        time="23:41",
        who="Dr Sofie Claes",
        place="Emergency physician, UZ Scheldeland",
        what="opened the record in an emergency",
        why="emergency access",
        glass="you were unconscious",
        rule="BTG-1.emergency",
        purpose="care",
        sign="glass",
        is_glass=True,
        ask_href=HERE,
    ),
    Visit(
        key="v3",
        at=at(1, hour=15),
        time="15:20",
        who="Person K7QX2",
        place="Nurse, CHR Sambre-et-Bois",
        what="saw the name in a list",
        why="list of patients with a relation in force",
        rule="ACD-1.list",
        purpose="care",
        ask_href=HERE,
    ),
    Visit(
        key="v4",
        at=at(4, hour=9),
        time="09–10 h",
        who="A carer",
        place="Physiotherapist, Clinique du Val",
        what="opened the record",
        why="treats the patient",
        rule="ACD-2.work",
        purpose="care",
        ask_href=HERE,
        unlisted=12,
    ),
)
LOOKED = {
    "visits": VISITS,
    "total": 41,
    "notes": ("At CHR Sambre-et-Bois people are shown by a code: the same code is always the same person.",),
    "tabs": TABS,
    "more_href": HERE,
    "is_first": True,
    "paper_href": HERE,
    "refused": "2 tries to open your record were refused (11/2026: 2).",
}
