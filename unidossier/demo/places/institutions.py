"""The fictional institutions and their teams. Names and addresses exist nowhere."""

from unidossier.demo.numbers import institution_nihdi
from unidossier.demo.world import Institution, Team


def _institution(
    key: str, language: str, setting: str, kind: str, sequence: int, where: str, *names: str
) -> Institution:
    address, phone = where.split(" | ")
    texts = dict(zip(("nl", "fr", "de", "en"), names if len(names) > 1 else names * 4, strict=True))
    return Institution(
        key=key, names=texts, language=language, setting=setting, kind=kind, address=address, phone=phone,
        nihdi=institution_nihdi(sequence),
    )  # fmt: skip


# Telephone numbers: 0x 555 xx xx style blocks that are not in use.
INSTITUTIONS = (
    _institution(
        "scheldedal", "nl", "gp-default", "hospital", 99_101, "Kanaaldreef 1, 9299 Scheldedal | +32 52 555 10 00",
        "Universitair Ziekenhuis Scheldedal", "Hôpital universitaire Scheldedal", "Universitätsklinik Scheldedal",
        "Scheldedal University Hospital",
    ),
    _institution(
        "aldegonde", "fr", "written-consent", "hospital", 99_102,
        "Avenue des Tilleuls 40, 5599 Val-Aldegonde | +32 82 555 20 00",
        "Ziekenhuis Sainte-Aldegonde", "Centre Hospitalier Sainte-Aldegonde", "Krankenhaus Sainte-Aldegonde",
        "Sainte-Aldegonde Hospital",
    ),
    _institution(
        "vennblick", "de", "gp-default", "hospital", 99_103, "Talsperrenweg 12, 4799 Vennblick | +32 87 555 30 00",
        "Kliniek Vennblick", "Clinique Vennblick", "Klinik Vennblick", "Vennblick Clinic",
    ),
    _institution(
        "linde", "nl", "gp-default", "rehabilitation", 99_104, "Bosrand 7, 1799 Lindenberg | +32 2 555 40 00",
        "Revalidatieziekenhuis De Linde", "Hôpital de réadaptation Le Tilleul", "Rehaklinik Die Linde",
        "De Linde Rehabilitation Hospital",
    ),
    _institution("wilgen", "nl", "gp-default", "gp-practice", 99_201, "Wilgenlaan 3, 9299 Scheldedal | +32 52 555 11 01",
                 "Huisartsenpraktijk De Wilgen"),
    _institution("faubourg", "fr", "gp-default", "gp-practice", 99_202,
                 "Rue du Faubourg 18, 5599 Val-Aldegonde | +32 82 555 21 01", "Maison médicale du Faubourg"),
    _institution("markt", "de", "gp-default", "gp-practice", 99_203, "Am Markt 5, 4799 Vennblick | +32 87 555 31 01",
                 "Hausarztpraxis Am Markt"),
    _institution("vijzel", "nl", "gp-default", "pharmacy", 99_204, "Kerkstraat 22, 9299 Scheldedal | +32 52 555 12 01",
                 "Apotheek De Vijzel"),
    _institution("beweging", "nl", "gp-default", "physiotherapy", 99_205,
                 "Sportdreef 9, 9299 Scheldedal | +32 52 555 13 01", "Kinepraktijk In Beweging"),
    _institution("soleil", "fr", "gp-default", "home-nursing", 99_206,
                 "Chemin du Soleil 2, 5599 Val-Aldegonde | +32 82 555 22 01", "Soins à domicile Le Soleil"),
    _institution("zonneroute", "nl", "gp-default", "home-nursing", 99_207,
                 "Stationsplein 14, 9299 Scheldedal | +32 52 555 14 01", "Thuisverpleging Zonneroute"),
    _institution("molenhof", "nl", "gp-default", "dental", 99_208, "Molenhof 6, 9299 Scheldedal | +32 52 555 15 01",
                 "Tandartspraktijk Molenhof"),
)  # fmt: skip

# name of the team: nl, fr, de, en
_NAMES: dict[str, tuple[str, str, str, str]] = {
    "cardiology": ("Cardiologie", "Cardiologie", "Kardiologie", "Cardiology"),
    "cardiology-ward": ("Verpleegeenheid cardiologie", "Unité de cardiologie", "Station Kardiologie", "Cardiology ward"),
    "internal": ("Inwendige geneeskunde", "Médecine interne", "Innere Medizin", "Internal medicine"),
    "internal-ward": (
        "Verpleegeenheid inwendige", "Unité de médecine interne", "Station Innere Medizin", "Internal medicine ward"),
    "surgery": ("Heelkunde", "Chirurgie", "Chirurgie", "Surgery"),
    "surgery-ward": ("Verpleegeenheid heelkunde", "Unité de chirurgie", "Station Chirurgie", "Surgical ward"),
    "oncology": ("Oncologie", "Oncologie", "Onkologie", "Oncology"),
    "pneumology": ("Pneumologie", "Pneumologie", "Pneumologie", "Pneumology"),
    "neurology": ("Neurologie", "Neurologie", "Neurologie", "Neurology"),
    "nephrology": ("Nefrologie", "Néphrologie", "Nephrologie", "Nephrology"),
    "endocrinology": ("Endocrinologie", "Endocrinologie", "Endokrinologie", "Endocrinology"),
    "rheumatology": ("Reumatologie", "Rhumatologie", "Rheumatologie", "Rheumatology"),
    "gynaecology": ("Gynaecologie", "Gynécologie", "Gynäkologie", "Gynaecology"),
    "maternity-ward": ("Materniteit", "Maternité", "Entbindungsstation", "Maternity ward"),
    "paediatrics": ("Kindergeneeskunde", "Pédiatrie", "Kinderheilkunde", "Paediatrics"),
    "psychiatry": ("Psychiatrie", "Psychiatrie", "Psychiatrie", "Psychiatry"),
    "dentistry": ("Tandheelkunde", "Médecine dentaire", "Zahnmedizin", "Dentistry"),
    "emergency": ("Spoedgevallen", "Urgences", "Notaufnahme", "Emergency department"),
    "laboratory": ("Klinisch laboratorium", "Laboratoire clinique", "Labor", "Clinical laboratory"),
    "imaging": ("Medische beeldvorming", "Imagerie médicale", "Radiologie", "Medical imaging"),
    "pharmacy": ("Ziekenhuisapotheek", "Pharmacie hospitalière", "Krankenhausapotheke", "Hospital pharmacy"),
    "paramedical": ("Paramedische dienst", "Service paramédical", "Therapiedienst", "Allied health service"),
    "social": ("Sociale dienst", "Service social", "Sozialdienst", "Social service"),
    "secretariat": ("Medisch secretariaat", "Secrétariat médical", "Ärztliches Sekretariat", "Medical secretariat"),
    "reception": ("Onthaal en opname", "Accueil et admissions", "Empfang und Aufnahme", "Reception and admissions"),
    "governance": ("Directie en ombudsdienst", "Direction et médiation", "Direktion und Ombudsdienst", "Governance"),
    "rehabilitation": ("Revalidatie", "Réadaptation", "Rehabilitation", "Rehabilitation"),
    "neuro-ward": ("Neurorevalidatie", "Réadaptation neurologique", "Neurorehabilitation", "Neurorehabilitation ward"),
    "locomotor-ward": (
        "Locomotorische revalidatie", "Réadaptation locomotrice", "Orthopädische Rehabilitation", "Locomotor ward"),
    "practice": ("Praktijk", "Cabinet", "Praxis", "Practice"),
}  # fmt: skip

_SERVICES = (
    "secretariat",
    "reception",
    "governance",
    "laboratory",
    "imaging",
    "pharmacy",
    "paramedical",
    "social",
)
_TEAMS: dict[str, tuple[str, ...]] = {
    "scheldedal": (
        "cardiology", "cardiology-ward", "internal-ward", "surgery", "surgery-ward", "oncology", "pneumology",
        "neurology", "nephrology", "endocrinology", "rheumatology", "gynaecology", "maternity-ward", "paediatrics",
        "psychiatry", "dentistry", "emergency", *_SERVICES,
    ),
    "aldegonde": (
        "cardiology", "internal-ward", "surgery", "surgery-ward", "oncology", "pneumology", "neurology", "nephrology",
        "endocrinology", "rheumatology", "gynaecology", "maternity-ward", "paediatrics", "psychiatry", "emergency",
        *_SERVICES,
    ),
    "vennblick": (
        "internal", "internal-ward", "surgery", "surgery-ward", "gynaecology", "maternity-ward", "paediatrics",
        "psychiatry", "emergency", *_SERVICES,
    ),
    "linde": ("rehabilitation", "neuro-ward", "locomotor-ward", *_SERVICES),
}  # fmt: skip


def _kind(name: str) -> str:
    if name.endswith("-ward"):
        return "ward"
    return {"laboratory": "laboratory", "imaging": "imaging", "secretariat": "secretariat", "reception": "secretariat",
            "practice": "practice"}.get(name, "service")  # fmt: skip


def team_key(institution: str, name: str) -> str:
    """The key of a team: institution and name of the team, e.g. 'scheldedal.cardiology'."""
    return f"{institution}.{name}"


def teams() -> tuple[Team, ...]:
    """All teams; an institution outside the network has one, 'practice'."""
    return tuple(
        Team(
            key=team_key(place.key, name), institution=place.key, kind=_kind(name),
            names=place.names if name == "practice" else dict(zip(("nl", "fr", "de", "en"), _NAMES[name], strict=True)),
        )
        for place in INSTITUTIONS
        for name in _TEAMS.get(place.key, ("practice",))
    )  # fmt: skip
