"""The items of the living page: rows, values, panels and documents in every state."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from unidossier.portals.shared.components.filters import Choice, Filters
from unidossier.portals.shared.components.item import (
    Attachment,
    Item,
    ItemRow,
    Passage,
    ResultLine,
    Section,
    Value,
    Version,
)
from unidossier.portals.shared.components.page import ItemPage
from unidossier.portals.shared.components.ribbon import Ribbon, draw_ribbon
from unidossier.portals.shared.components.scheme import Medicine
from unidossier.portals.shared.components.shell import Entry
from unidossier.portals.shared.components.sparkline import Sparkline
from unidossier.portals.shared.components.tile import Tile, TileLine
from unidossier.portals.shared.components.trend import Point, Trend
from unidossier.portals.shared.words.kinds import KINDS

from .who import AT, HERE, TREATS

POTASSIUM = Value(text="5.6", unit="mmol/l", number=5.6, low=3.5, high=5.1, flag="H")
CREATININE = Value(text="1.42", unit="mg/dl", number=1.42, low=0.5, high=0.95, flag="HH")
SODIUM = Value(text="134", unit="mmol/l", number=134, low=136, high=145, flag="L")
CHLORIDE = Value(text="101", unit="mmol/l", number=101, low=98, high=107)
BNP = Value(text="2 310", unit="ng/l", number=2310, high=450, flag="H")
PRESSURE = Value(text="138/84", unit="mmHg")
INR = Value(text="2.4", number=2.4, low=2, high=3)
SPARK = Sparkline(values=(4.1, 4.3, 4.2, 4.6, 4.4, 4.9, 5.2, 5.6), low=3.5, high=5.1)
SPARK_KIDNEY = Sparkline(values=(0.9, 1.0, 0.98, 1.1, 1.18, 1.25, 1.31, 1.42), low=0.5, high=0.95)
SPARK_IN = Sparkline(values=(2.1, 2.8, 2.6, 1.9, 2.3, 2.5, 2.2, 2.4), low=2, high=3)


def at(days: int, *, hour: int = 9) -> datetime:
    """An instant so many days before the day of the page."""
    return (AT - timedelta(days=days)).replace(hour=hour, minute=15)


def row(days: int, category: str, title: str, institution: str = "UZ Scheldeland", **more: object) -> ItemRow:
    """A row of the list, so many days old."""
    language = str(more.pop("language", "nl"))
    return ItemRow(
        href=f"#{category}-{days}",
        category=category,
        at=at(days),
        title=title,
        institution=institution,
        language=language,
        **more,  # type: ignore[arg-type]
    )


ROWS = (
    row(0, "vital-sign", "Bloeddruk", value=PRESSURE, is_new=True),
    row(0, "laboratory", "Elektrolyten, creatinine", is_new=True, detail="8 tests", is_chosen=True),
    row(0, "laboratory", "Kalium", value=POTASSIUM, trend_href=HERE),
    row(0, "laboratory", "Creatinine", value=CREATININE, trend_href=HERE),
    row(0, "laboratory", "Natrium", value=SODIUM, trend_href=HERE),
    row(1, "report", "Zaalronde cardiologie", status="draft"),
    row(2, "medication", "Bisoprolol 5 mg", detail="1-0-0"),
    row(6, "discharge", "Opnameverslag: decompensatio cordis", status="amended"),
    row(47, "imaging", "CT thorax, protocole", "CHR Sambre-et-Bois", language="fr", detail="312 images"),
    row(
        47,
        "report",
        "Compte rendu de consultation",
        "CHR Sambre-et-Bois",
        language="fr",
        excerpt=(
            Passage(text="pas de signe de "),
            Passage(text="décompensation", is_found=True),
            Passage(text=" aujourd’hui, poids stable depuis mai"),
        ),
    ),
    row(61, "examination", "Elektrocardiogram"),
    row(88, "letter", "Brief an den Hausarzt", "Klinik Sankt Josef", language="de"),
    row(190, "care-plan", "Wondzorgplan linker onderbeen", "Wit-Gele Zorg"),
    row(230, "vaccination", "Influenza 2026", "Huisartsenpraktijk"),
    row(260, "report", "Verslag spoedgevallen", status="entered-in-error"),
    row(280, "patient-document", "Dagboek bloeddruk", "", is_own=True),
    row(330, "operation", "Pacemaker, implantatie DDD"),
    row(331, "psychiatry", "Consult liaisonpsychiatrie", is_internal=True),
    row(500, "questionnaire", "Questionnaire avant anesthésie", "CHR Sambre-et-Bois", language="fr"),
    row(720, "problem", "Voorkamerfibrillatie", "Huisartsenpraktijk"),
)
PAGE = ItemPage(rows=ROWS, more_href=HERE)

RESULTS = (
    ResultLine(name="Kalium", value=POTASSIUM, trend_href=HERE, sparkline=SPARK),
    ResultLine(name="Natrium", value=SODIUM, trend_href=HERE),
    ResultLine(name="Chloride", value=CHLORIDE, trend_href=HERE),
    ResultLine(
        name="Creatinine",
        value=CREATININE,
        trend_href=HERE,
        sparkline=SPARK_KIDNEY,
        note="hemolyse: zie opmerking",
    ),
    ResultLine(name="NT-proBNP", value=BNP, trend_href=HERE),
    ResultLine(name="INR", value=INR, trend_href=HERE, sparkline=SPARK_IN),
)
VERSIONS = (
    Version(
        number=2,
        at=at(4, hour=16),
        author="Dr L. Verbruggen",
        status="amended",
        reason="dosis furosemide verbeterd",
        is_shown=True,
    ),
    Version(number=1, at=at(6, hour=11), author="Dr L. Verbruggen", status="final", href=HERE),
)
ACTIONS = (
    Entry(label="Trend", href=HERE, glyph="trend"),
    Entry(label="Print", href=HERE, glyph="print"),
)
PANEL = Item(row=ROWS[1], results=RESULTS, actions=ACTIONS, next_href=HERE, previous_href=HERE)
LETTER = Item(
    row=row(
        6, "discharge", "Ontslagbrief: decompensatio cordis", status="amended", author="Dr Lieve Verbruggen"
    ),
    sections=(
        Section(
            heading="Reden van opname",
            paragraphs=(
                "Mevrouw werd opgenomen wegens toenemende kortademigheid sinds een week, met oedeem van beide "
                "onderbenen en een gewichtstoename van 4 kg.",
            ),
        ),
        Section(
            heading="Verloop",
            paragraphs=(
                "Onder intraveneuze furosemide verbeterde de dyspneu snel. Het gewicht daalde van 78 naar 73,5 kg. "
                "De nierfunctie bleef stabiel, het kalium was bij ontslag licht verhoogd.",
                "Echocardiografie: linkerventrikelfunctie 38 %, matige mitralisinsufficiëntie.",
            ),
        ),
        Section(
            heading="Advies",
            paragraphs=("Controle van kalium en creatinine binnen de week. Dagelijks wegen.",),
        ),
    ),
    facts=(("Opname", "6 november 2026"), ("Ontslag", "12 november 2026")),
    attachments=(
        Attachment(name="ontslagbrief.pdf", href=HERE, media_type="PDF", size="148 kB"),
        Attachment(name="echo.dcm", href=HERE, media_type="DICOM", size="6.2 MB"),
    ),
    versions=VERSIONS,
    actions=(
        Entry(label="Amend", href=HERE),
        Entry(label="Print", href=HERE, glyph="print"),
        Entry(label="Withdraw …", href=HERE),
    ),
)
PLAIN_RESULT = Item(
    row=row(0, "laboratory", "Kalium (een zout in uw bloed)", value=POTASSIUM, trend_href=HERE),
    advice="A value outside the usual range is not always a problem. Your doctor sees it too. "
    "Call the ward if you feel your heart skip.",
    facts=(("Asked by", "Dr Lieve Verbruggen"), ("Taken", "18 November 2026, 07:40")),
)
BROKEN = Item(row=ROWS[8], reading="unreadable")
FILTERS = Filters(
    action="#",
    kinds=tuple(Choice(value=slug, label=str(word), count=12) for slug, word in KINDS.items()),
    institutions=(
        Choice(value="uzs", label="UZ Scheldeland", count=811),
        Choice(value="chr", label="CHR Sambre-et-Bois", count=302, is_chosen=True),
        Choice(value="skj", label="Klinik Sankt Josef", count=171),
    ),
    from_date=date(2019, 1, 1),
    total=1284,
)
TILES = (
    Tile(
        kind="problem",
        title="Problems",
        count=4,
        more_href=HERE,
        lines=(
            TileLine(text="Hartfalen", note="2019", language="nl", href=HERE),
            TileLine(text="Voorkamerfibrillatie", note="2017", language="nl", href=HERE),
            TileLine(text="Insuffisance rénale chronique", note="2023", language="fr", href=HERE),
            TileLine(text="Coxartrose links", note="2011", language="nl", href=HERE),
        ),
    ),
    Tile(
        kind="medication",
        title="Medication",
        count=7,
        more_href=HERE,
        lines=(
            TileLine(text="Bisoprolol 5 mg", note="1-0-0", href=HERE),
            TileLine(text="Furosemide 40 mg", note="1-1-0", href=HERE),
            TileLine(text="Apixaban 5 mg", note="1-0-1", href=HERE),
            TileLine(text="Spironolactone 25 mg", note="1-0-0", href=HERE),
        ),
    ),
    Tile(
        kind="laboratory",
        title="Latest results",
        more_href=HERE,
        lines=(
            TileLine(text="Kalium", value=POTASSIUM, sparkline=SPARK, href=HERE),
            TileLine(text="Creatinine", value=CREATININE, sparkline=SPARK_KIDNEY, href=HERE),
            TileLine(text="Natrium", value=SODIUM, href=HERE),
            TileLine(text="INR", value=INR, sparkline=SPARK_IN, href=HERE),
        ),
    ),
    Tile(kind="team", title="Who treats", more_href=HERE, relations=TREATS),
)
TILE_STATES = (
    Tile(
        kind="allergy",
        title="Allergies",
        count=2,
        lines=(
            TileLine(text="Penicilline", note="anafylaxie", is_grave=True),
            TileLine(text="Nikkel", note="eczeem"),
        ),
    ),
    Tile(kind="problem", title="Problems", reading="none"),
    Tile(kind="allergy", title="Allergies", reading="none-known"),
    Tile(kind="medication", title="Medication", reading="unreadable"),
    Tile(kind="laboratory", title="Latest results", reading="closed"),
)


def ribbon(*, from_year: int | None = None, to_year: int | None = None) -> Ribbon:
    """Thirty years of a record, as it comes from counting."""
    counted = []
    for year in range(1996, 2027):
        busy = 7 if year in (2001, 2012, 2019, 2023, 2026) else 2 + (year * 7) % 3
        counted += [
            (year, "documents", busy * 2 + (year * 5) % 9),
            (year, "results", (busy * busy + 3 + (year * 13) % 23) * (year % 9 != 3)),
            (year, "images", (busy + (year * 3) % 9) * (year % 3 != 1)),
            (year, "medicines", 3 + (year - 1996) // 3),
            (year, "other", (year * 3) % 5),
        ]
    counted = [line for line in counted if line[2]]
    return draw_ribbon(counted, last_year=2026, from_year=from_year, to_year=to_year)


TREND = Trend(
    title="Kalium",
    unit="mmol/l",
    low=3.5,
    high=5.1,
    points=tuple(
        Point(
            at=at(days),
            value=value,
            text=str(value),
            flag="H" if value > 5.1 else None,
            institution="UZ Scheldeland" if index % 3 else "CHR Sambre-et-Bois",
            href=HERE,
        )
        for index, (days, value) in enumerate(
            (
                (1650, 4.1),
                (1390, 4.3),
                (1200, 4.0),
                (980, 4.4),
                (800, 4.2),
                (640, 4.6),
                (420, 4.4),
                (300, 4.9),
                (160, 4.7),
                (47, 5.2),
                (6, 5.3),
                (0, 5.6),
            )
        )
    ),
)
MEDICINES = (
    Medicine(name="Bisoprolol 5 mg", morning="1", reason="hartritme", since=date(2019, 3, 1), href=HERE),
    Medicine(
        name="Furosemide 40 mg", morning="1", noon="1", reason="vocht", until=date(2026, 12, 1), href=HERE
    ),
    Medicine(name="Apixaban 5 mg", morning="1", evening="1", reason="bloedverdunner", href=HERE),
    Medicine(
        name="Ibuprofen 400 mg",
        other="if needed, at most 3 a day",
        reason="pijn",
        warning="Not together with apixaban: risk of bleeding",
        href=HERE,
    ),
    Medicine(name="Zopiclone 7,5 mg", night="½", until=date(2026, 11, 25), href=HERE),
)
