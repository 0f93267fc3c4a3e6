"""What everybody has: a general practitioner, allergies or none, vaccinations, some ordinary illness."""

from collections.abc import Iterator
from datetime import date, timedelta

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.contact import appointment, visit
from unidossier.demo.clinical.document import document
from unidossier.demo.clinical.laboratory import laboratory
from unidossier.demo.clinical.medication import medicine
from unidossier.demo.clinical.own import added_document
from unidossier.demo.clinical.problem import allergy, problem
from unidossier.demo.clinical.vaccination import vaccination, yearly_influenza
from unidossier.demo.clinical.vitals import vitals
from unidossier.demo.stories.rhythm import every
from unidossier.demo.when import workday

_ALLERGIES = (("penicillin", "rash", False), ("penicillin", "anaphylaxis", True), ("pollen", "rhinitis", False),
              ("house-dust-mite", "rhinitis", False), ("latex", "urticaria", False), ("contrast", "urticaria", True),
              ("sulphonamide", "rash", False), ("peanut", "anaphylaxis", True))  # fmt: skip
_TAKES_PENICILLIN = ("appendicitis", "copd")  # in their texts and schemes
# problem, from age, chance, medicine, dose, strength
_ORDINARY = (
    ("hypertension", 52, 0.45, "amlodipine", "1-0-0", "5 mg"), ("hypercholesterolaemia", 50, 0.35, "rosuvastatin", "0-0-1", "10 mg"),
    ("reflux", 35, 0.15, "pantoprazole", "1-0-0", "20 mg"), ("hypothyroidism", 35, 0.08, "levothyroxine", "1-0-0", "75 µg"),
    ("knee-osteoarthritis", 60, 0.25, "paracetamol", "prn", "1 g"), ("gout", 50, 0.06, "allopurinol", "1-0-0", "100 mg"),
    ("insomnia", 60, 0.12, "trazodone", "0-0-0-1", "50 mg"), ("sleep-apnoea", 45, 0.08, "", "", ""),
    ("cataract", 68, 0.25, "", "", ""), ("back-pain", 30, 0.15, "", "", ""),
)  # fmt: skip
_NOTE = {"nl": "Rode plek op mijn arm sinds twee dagen.", "fr": "Tache rouge sur mon bras depuis deux jours.",
         "de": "Roter Fleck am Arm seit zwei Tagen.", "en": "Red spot on my arm for two days."}  # fmt: skip


def basics(chart: Chart) -> None:
    """Tell what has nothing to do with the main story. Who has no practitioner here has only his allergies."""
    gp = chart.gp()
    writer = gp or chart.role("emergency", function="emergency-physician")
    _allergies(chart, writer)
    if gp is None or chart.age() < 16 or chart.patient.story == "long_record":
        return
    _ordinary_problems(chart, gp)
    _vaccinations(chart, gp)
    _general_practice(chart, gp)
    if chart.rng.random() < 0.08:
        added_document(chart, chart.days_ago(5, 200), text=_NOTE[chart.patient.language])
    _heart_check(chart)


def _heart_check(chart: Chart) -> None:
    """From fifty on many see a cardiologist too; it fills the agenda of that clinic."""
    if chart.patient.deceased_at or chart.scene == "in-ward" or chart.age() < 50 or chart.rng.random() > 0.45:
        return
    cardiologist = chart.role("cardiology")
    days = chart.rng.choice((0, 0, 0, 1, 2, 3, 4, 6, 8, 9))
    day = chart.today if not days else workday(chart.today + timedelta(days=days))
    appointment(chart, cardiologist, day)


def _allergies(chart: Chart, role: Role) -> None:
    since = max(chart.end - timedelta(days=chart.rng.randint(400, 5000)), chart.patient.birth_date)
    story = chart.patient.story
    possible = [each for each in _ALLERGIES if each[0] != "penicillin" or story not in _TAKES_PENICILLIN]
    if story == "long_record":
        allergy(chart, role, "contrast", since, reaction="anaphylaxis", high=True)
    elif chart.rng.random() < 0.3 and chart.age() > 2:
        for key, reaction, high in chart.rng.sample(possible, chart.rng.choice((1, 1, 1, 2))):
            allergy(chart, role, key, since, reaction=reaction, high=high)
    else:
        allergy(chart, role, "none", since)


def _ordinary_problems(chart: Chart, role: Role) -> None:
    for key, age, chance, drug, dose, strength in _ORDINARY:
        if chart.age() < age + 1 or chart.rng.random() > chance:
            continue
        since = chart.end - timedelta(days=chart.rng.randint(200, min((chart.age() - age) * 365 + 201, 7000)))
        problem(chart, role, key, since)
        if drug:
            medicine(chart, role, drug, dose, since, strength=strength, reason=key)


def _vaccinations(chart: Chart, role: Role) -> None:
    if chart.age() >= 65:
        yearly_influenza(chart, role, years=6)
        vaccination(chart, role, "pneumococcal", chart.days_ago(200, 2000))
    if chart.age() >= 20:
        vaccination(chart, role, "tetanus", chart.days_ago(100, 3500))
        for dose, day in enumerate((date(2021, 5, 3), date(2021, 6, 7), date(2021, 12, 6)), start=1):
            vaccination(chart, role, "covid", day + timedelta(days=chart.rng.randint(0, 50)), dose=dose)


def _general_practice(chart: Chart, gp: Role) -> None:
    rng = chart.rng
    for day in _visits(chart):
        start = visit(chart, gp, day)
        name = rng.choice(("cold", "check-up", "check-up", "back"))
        taken = vitals(chart, gp, start, "pressure", "weight")
        document(
            chart,
            gp,
            "general",
            name,
            start,
            systolic=taken["systolic"],
            diastolic=taken["diastolic"],
            kilos=f"{taken['weight']:.0f}",
        )
        if name == "check-up" and rng.random() < 0.6:
            hospital = chart.role("internal" if chart.patient.home == "vennblick" else "endocrinology")
            laboratory(
                chart, hospital, day, ("blood-count", "kidney", "liver", "lipids", "glucose", "thyroid")
            )
    if rng.random() < 0.25 and not chart.patient.deceased_at:
        appointment(chart, gp, workday(chart.today + timedelta(days=rng.randint(1, 9))))


def _visits(chart: Chart) -> Iterator[date]:
    return every(chart.rng, chart.days_ago(1100, 1500), chart.end - timedelta(days=3), days=260, jitter=80)


def referral(chart: Chart, day: date, *, reason: dict[str, str]) -> None:
    """The letter with which the general practitioner sends the patient on; nothing without one."""
    gp = chart.gp()
    if gp:
        document(chart, gp, "general", "referral", day, reason=reason[gp.language])
