"""Everybody who works: persons with valid numbers, and their employments."""

from datetime import date
from itertools import count
from random import Random

from unidossier.demo.numbers import STAFF_COUNTERS, national_number, professional_nihdi
from unidossier.demo.people.posts import SUPPORT, posts
from unidossier.demo.places.institutions import INSTITUTIONS, team_key
from unidossier.demo.places.names import FAMILY, given_names
from unidossier.demo.world import Employment, Institution, Person, Team

# Persons whom the accounts of cast.py name, so that texts may speak of them.
NAMED: dict[str, tuple[str, str, str]] = {
    "scheldedal.cardiology.specialist.1": ("An", "Verlinden", "female"),
    "scheldedal.cardiology.trainee-physician.1": ("Milan", "Coppens", "male"),
    "scheldedal.cardiology-ward.nurse.1": ("Sofie", "Claes", "female"),
    "scheldedal.emergency.emergency-physician.1": ("Koen", "Bogaert", "male"),
    "scheldedal.laboratory.clinical-biologist.1": ("Griet", "Thijs", "female"),
    "scheldedal.imaging.specialist.1": ("Joris", "Baert", "male"),
    "scheldedal.secretariat.medical-secretary.1": ("Ilse", "Daems", "female"),
    "scheldedal.governance.ombuds.1": ("Katrien", "Segers", "female"),
    "aldegonde.neurology.specialist.1": ("Benoît", "Warnier", "male"),
    "aldegonde.internal-ward.nurse.1": ("Céline", "Thiry", "female"),
    "vennblick.internal.specialist.1": ("Birgit", "Heinen", "female"),
    "linde.rehabilitation.specialist.1": ("Laurence", "Vermeiren", "female"),
    "linde.paramedical.physiotherapist.1": ("Stijn", "Moens", "male"),
    "wilgen.practice.gp.1": ("Hilde", "Lemmens", "female"),
    "faubourg.practice.gp.1": ("Philippe", "Collard", "male"),
    "markt.practice.gp.1": ("Markus", "Lentz", "male"),
    "vijzel.practice.pharmacist-public.1": ("Wim", "Smets", "male"),
    "beweging.practice.physiotherapist.1": ("Leen", "Cools", "female"),
    "soleil.practice.nurse.1": ("Fatima", "Benali", "female"),
}

# First digit of the NIHDI number; functions that are not here have none in the demo.
_PROFESSION = {
    "specialist": 1, "emergency-physician": 1, "gp": 1, "trainee-physician": 1, "clinical-biologist": 1,
    "medical-director": 1, "pharmacist-hospital": 2, "pharmacist-public": 2, "dentist": 3, "midwife": 4,
    "physiotherapist": 5,
}  # fmt: skip
# Competence codes: below 010 general practice, 010 and above specialists; form only, see README.md.
_COMPETENCE = {
    "gp": "004",
    "trainee-physician": "010",
    "emergency-physician": "809",
    "clinical-biologist": "860",
}
_BY_TEAM = {"cardiology": "730", "internal": "580", "surgery": "140", "neurology": "770", "paediatrics": "690",
            "gynaecology": "340", "psychiatry": "780", "imaging": "930", "rehabilitation": "180"}  # fmt: skip
_MACHINE = {
    "nl": ("Koppeling", "laboratorium"),
    "fr": ("Interface", "laboratoire"),
    "de": ("Schnittstelle", "Labor"),
}


def _nihdi(function: str, team: str, kind: str, numbers: "count[int]") -> str | None:
    at_home = kind == "home-nursing" and function == "nurse"
    profession = _PROFESSION.get(function, 4 if at_home else None)
    if profession is None:
        return None
    sequence = next(numbers)
    competence = _COMPETENCE.get(function) or (_BY_TEAM.get(team, "010") if profession == 1 else "001")
    return professional_nihdi(
        profession, sequence, competence=competence, series=89 if sequence % 5 == 0 else 97
    )


def _ssin(rng: Random, sex: str, used: set[str]) -> str:
    while True:
        born = date(rng.randint(1963, 1996), rng.randint(1, 12), rng.randint(1, 28))
        number = national_number(born, rng.choice(STAFF_COUNTERS[sex]))
        if number not in used:
            used.add(number)
            return number


def _free_name(rng: Random, language: str, sex: str, used: set[str]) -> tuple[str, str]:
    """A name that nobody else on the staff has: two carers of one name would make the demo hard to follow."""
    taken = {f"{given} {family}" for given, family, _ in NAMED.values()} | used
    while True:
        given = rng.choice(given_names(language, sex, rng.choice((1980, 2000))))
        family = rng.choice(FAMILY[language])
        if f"{given} {family}" not in taken:
            used.add(f"{given} {family}")
            return given, family


def _machine(key: str, place: Institution) -> Person:
    """The interface of a hospital's laboratory, or the software of a practice: no human being, so no numbers."""
    given, family = (
        _MACHINE[place.language] if place.is_network else ("Software", place.names[place.language])
    )
    return Person(key=key, given=given, family=family, sex="unknown", languages=(place.language,))


def _person(
    key: str, function: str, place: Institution, rng: Random, used: set[str], nihdi: str | None
) -> Person:
    if function == "machine":
        return _machine(key, place)
    language = place.language
    sex = (
        "female"
        if rng.random() < (0.8 if function in ("nurse", "midwife", "practical-nurse") else 0.5)
        else "male"
    )
    if key in NAMED:
        given, family, sex = NAMED[key]
    else:
        given, family = _free_name(rng, language, sex, used)
    languages = (language, *rng.sample([other for other in ("nl", "fr", "de", "en") if other != language], 1))
    return Person(
        key=key,
        given=given,
        family=family,
        sex=sex,
        languages=languages,
        ssin=_ssin(rng, sex, used),
        nihdi=nihdi,
    )


def _employment(
    key: str,
    function: str,
    team: str,
    place: Institution,
    number: int,
    rng: Random,
    today: date,
    all_teams: tuple[Team, ...],
) -> Employment:
    institution = place.key
    # The first of each team has been there for the whole of every history, so that he can have signed any of it.
    since = date(1994, 1, 1) if number == 1 else date(today.year - rng.randint(1, 15), rng.randint(1, 12), 1)
    teams = [team_key(institution, team)]
    if (institution, team) == ("scheldedal", "cardiology") and (function, number) in _ON_THE_WARD:
        teams.append("scheldedal.cardiology-ward")
    teams += _served(function, institution, all_teams)
    return Employment(person=key, institution=institution, function=function, teams=tuple(teams), from_=since)


# who of the cardiologists goes round on the ward too
_ON_THE_WARD = {("specialist", 1), ("specialist", 2), ("trainee-physician", 1)}
_SERVES: dict[str, tuple[str, ...]] = {
    "medical-secretary": ("service",),
    "reception": ("service",),
    "billing": ("service", "ward"),
    "pharmacist-hospital": ("ward",),
    "physiotherapist": ("ward",),
    "occupational-therapist": ("ward",),
    "dietician": ("ward",),
    "psychologist": ("ward",),
    "social-worker": ("ward",),
}


def _served(function: str, institution: str, all_teams: tuple[Team, ...]) -> list[str]:
    """The teams that somebody works for beside his own: who plans and bills the clinics, who goes round the wards."""
    kinds = _SERVES.get(function, ())
    return [
        team.key
        for team in all_teams
        if team.institution == institution and team.kind in kinds and team.key.split(".")[1] not in SUPPORT
    ]


def _moves(today: date) -> list[Employment]:
    """People with two posts, and posts that are over: access follows the post (ACD-7)."""
    return [
        Employment(person="scheldedal.cardiology.specialist.2", institution="linde", function="specialist",
                   teams=("linde.rehabilitation",), from_=date(today.year - 3, 1, 1)),
        Employment(person="scheldedal.cardiology.trainee-physician.1", institution="aldegonde",
                   function="trainee-physician", teams=("aldegonde.cardiology",),
                   from_=date(today.year - 3, 10, 1), until=date(today.year - 2, 10, 1)),
        Employment(person="vennblick.internal.specialist.2", institution="aldegonde", function="specialist",
                   teams=("aldegonde.cardiology",), from_=date(today.year - 6, 1, 1)),
        # the second pair of eyes at the registration desk (DTH-4)
        Employment(person="scheldedal.secretariat.medical-secretary.2", institution="scheldedal",
                   function="registration-desk", teams=("scheldedal.reception",), from_=date(today.year - 2, 1, 1)),
    ]  # fmt: skip


def staff(seed: int, today: date, teams: tuple[Team, ...]) -> tuple[list[Person], list[Employment]]:
    """All persons and employments of all institutions, the same for the same seed and day."""
    rng, used, numbers = Random(f"{seed}:staff"), set[str](), count(99_001)  # noqa: S311  repeatable, not secret
    persons, employments = [], []
    for place in INSTITUTIONS:
        names = tuple(team.key.split(".")[1] for team in teams if team.institution == place.key)
        for team, function, people in posts(place.key, names):
            for number in range(1, people + 1):
                key = f"{place.key}.{team}.{function}.{number}"
                nihdi = _nihdi(function, team, place.kind, numbers)
                persons.append(_person(key, function, place, rng, used, nihdi))
                employments.append(_employment(key, function, team, place, number, rng, today, teams))
    return persons, employments + _moves(today)
