"""The named patients: those whom the accounts, the texts and the tests count on. Numbers 1 to 33."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from unidossier.demo.numbers import NAMED_COUNTERS, national_number
from unidossier.demo.people.local import HOMES, local_numbers
from unidossier.demo.when import instant, years_before
from unidossier.demo.world import Patient, Representative

Birth = Callable[[date], date]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is fixed about one named patient; the rest follows from these."""

    given: str
    family: str
    sex: str
    born: Birth  # from the day of the demo: some ages must be exact
    language: str
    story: str
    scene: str = ""  # in-ward, clinic-today, clinic-next-week, pregnant, delivered
    home: str = ""  # '' = by language
    number_kind: str = "ssin"  # ssin, bis, none
    parents: tuple[int, ...] = ()
    legal: int = 0  # number of the legal representative
    dead_days: int = 0  # died so many days ago
    staff: str = ""  # key of the Person who he also is: shares the national number


def _on(year: int, month: int, day: int) -> Birth:
    return lambda today: date(year, month, day)


def _days_ago(days: int, *, years: int = 0) -> Birth:
    return lambda today: years_before(today, years) - timedelta(days=days)


def _turns_fifteen_in(days: int) -> Birth:
    return lambda today: years_before(today + timedelta(days=days), 15)


def _k(given: str, family: str, sex: str, born: Birth, language: str, story: str, **more: object) -> Known:
    return Known(given=given, family=family, sex=sex, born=born, language=language, story=story, **more)  # type: ignore[arg-type]


KNOWN: tuple[Known, ...] = (
    _k("Rita", "Goossens", "female", _on(1949, 5, 17), "nl", "long_record", scene="in-ward"),
    _k("Willy", "De Backer", "male", _on(1947, 11, 3), "nl", "heart_failure", scene="in-ward"),
    _k("Marie-Thérèse", "Lambert", "female", _on(1944, 8, 22), "fr", "stroke", scene="in-ward"),
    _k("Gertrud", "Schmitz", "female", _on(1950, 2, 9), "de", "heart_failure", scene="clinic-today"),
    _k("Hubert", "Janssens", "male", _on(1941, 1, 30), "nl", "hip_fracture", scene="in-ward"),
    _k("Sara", "El Amrani", "female", _on(1993, 5, 18), "nl", "pregnancy", scene="pregnant"),
    _k("Lotte", "Vermeiren", "female", _days_ago(40, years=7), "nl", "childhood", parents=(9, 10), scene="clinic-next-week"),
    _k("Seppe", "Vermeiren", "male", _days_ago(40, years=7), "nl", "childhood", parents=(9, 10)),
    _k("Sofie", "Claes", "female", _on(1987, 3, 12), "nl", "migraine", staff="scheldedal.cardiology-ward.nurse.1"),
    _k("Bart", "Vermeiren", "male", _on(1985, 7, 30), "nl", "appendicitis"),
    _k("Mariam", "Haddad", "female", _on(1990, 4, 15), "fr", "epilepsy", number_kind="bis", scene="clinic-today"),
    _k("Daniel", "Whitmore", "male", _on(1979, 10, 6), "en", "appendicitis", number_kind="none", home="aldegonde"),
    _k("Etienne", "Pauwels", "male", _on(1939, 12, 1), "nl", "copd", dead_days=21),
    _k("Isabelle", "Marchal", "female", _on(1968, 6, 24), "fr", "breast_cancer", scene="clinic-next-week"),
    _k("Stefan", "Kessler", "male", _on(1974, 9, 2), "de", "diabetes", scene="clinic-next-week"),
    _k("Camille", "Gillet", "female", _on(2001, 3, 8), "fr", "depression", scene="clinic-today"),
    _k("Luc", "Aerts", "male", _on(1955, 4, 19), "nl", "kidney", scene="clinic-today"),
    _k("Jana", "Aerts", "female", _on(1998, 12, 11), "nl", "migraine", scene="clinic-next-week"),
    _k("Frans", "Van Acker", "male", _on(1953, 8, 5), "nl", "copd", scene="clinic-today"),
    _k("Anja", "Radermacher", "female", _on(1979, 1, 27), "de", "rheumatoid", scene="clinic-today"),
    _k("Hugo", "Piette", "male", _turns_fifteen_in(9), "fr", "childhood", parents=(22,), scene="clinic-today"),
    _k("Céline", "Piette", "female", _on(1983, 2, 14), "fr", "healthy"),
    _k("Maria", "Peeters", "female", _on(1952, 10, 21), "nl", "heart_failure", scene="clinic-today"),
    _k("Maria", "Peeters", "female", _on(1952, 10, 21), "nl", "healthy"),
    _k("Elif", "Yildiz", "female", _on(1995, 6, 6), "nl", "pregnancy", scene="delivered"),
    _k("Ada", "Yildiz", "female", _days_ago(2), "nl", "childhood", number_kind="none", parents=(25,), scene="newborn"),
    _k("Nicole", "Servais", "female", _on(1936, 7, 7), "fr", "stroke", legal=28),
    _k("Olivier", "Servais", "male", _on(1962, 5, 25), "fr", "healthy"),
    _k("Gilbert", "Cools", "male", _on(1958, 11, 15), "nl", "heart_failure", scene="in-ward"),
    _k("Claudia", "Johanns", "female", _on(1971, 3, 31), "de", "depression", scene="clinic-next-week"),
    _k("Roland", "Henrard", "male", _on(1950, 9, 12), "fr", "heart_failure", scene="in-ward"),
    _k("Irmgard", "Backes", "female", _on(1946, 12, 4), "de", "copd", scene="in-ward"),
    _k("Nicole", "Thiry", "female", _on(1951, 3, 2), "fr", "copd", scene="in-ward"),
)  # fmt: skip

_ADDRESSES = {
    "nl": "Beukenlaan {}, 9299 Scheldedal", "fr": "Rue des Prés {}, 5599 Val-Aldegonde",
    "de": "Gartenweg {}, 4799 Vennblick", "en": "{} Mill Lane, Harrowby, United Kingdom",
}  # fmt: skip
_GENERAL = {
    "nl": "wilgen.practice.gp.1",
    "fr": "faubourg.practice.gp.1",
    "de": "markt.practice.gp.1",
    "en": None,
}


def scene_of(number: int) -> str | None:
    """The present situation fixed for a named patient; None for everybody else."""
    return KNOWN[number - 1].scene if number <= len(KNOWN) else None


def staff_numbers(today: date) -> dict[str, str]:
    """Key of a Person -> national number, for those who are patients too."""
    return {
        known.staff: _ssin(known, number, today) or ""
        for number, known in enumerate(KNOWN, start=1)
        if known.staff
    }


def _ssin(known: Known, number: int, today: date) -> str | None:
    if known.number_kind == "none":
        return None
    counter = NAMED_COUNTERS[known.sex][number % 2]  # the two Maria Peeters differ here
    return national_number(known.born(today), counter, month_shift=40 if known.number_kind == "bis" else 0)


def _key(number: int) -> str:
    return f"p-{number:06}"


def _representatives(known: Known, born: date, today: date) -> tuple[Representative, ...]:
    parents = tuple(
        Representative(patient=_key(parent), kind="parent", since=born, until=years_before(born, -15))
        for parent in known.parents
    )
    if known.legal:
        return (
            *parents,
            Representative(patient=_key(known.legal), kind="legal", since=years_before(today, 2)),
        )
    return parents


def known_patient(number: int, seed: int, today: date) -> Patient:
    """The named patient `number`, 1 to len(KNOWN)."""
    known = KNOWN[number - 1]
    born, ssin = known.born(today), _ssin(known, number, today)
    home = known.home or HOMES[known.language]
    family = next((KNOWN[p - 1] for p in known.parents), known)
    house = 10 + 2 * KNOWN.index(family)  # children live with their first parent
    return Patient(
        key=_key(number), number=number, story=known.story, home=home,
        ssin=ssin if known.number_kind == "ssin" else None, bis=ssin if known.number_kind == "bis" else None,
        local_numbers=local_numbers(number, known.story, home), given=known.given, family=known.family,
        birth_date=born, sex=known.sex, language=known.language, address=_ADDRESSES[known.language].format(house),
        phone=f"+32 470 55 99 {number:02}", gp_key=_GENERAL[known.language],
        deceased_at=instant(today - timedelta(days=known.dead_days), 5, 40) if known.dead_days else None,
        representatives=_representatives(known, born, today),
    )  # fmt: skip
