"""Patients by number: number N is the same whatever the size of the world."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import overload

from unidossier.demo.numbers import FIRST_BIRTH, national_number, slot
from unidossier.demo.people.known import KNOWN, known_patient
from unidossier.demo.people.local import HOMES, local_numbers
from unidossier.demo.places.names import FAMILY, STREETS, TOWNS, given_names
from unidossier.demo.when import age_on, instant
from unidossier.demo.world import Patient

PRACTICES = {"nl": "wilgen.practice.gp", "fr": "faubourg.practice.gp", "de": "markt.practice.gp"}

# story, youngest and oldest age, weight; some need one sex
_STORIES = (
    ("childhood", 0, 15, 10, None), ("appendicitis", 8, 50, 3, None), ("epilepsy", 12, 60, 2, None),
    ("migraine", 16, 60, 4, None), ("depression", 18, 70, 4, None), ("pregnancy", 21, 43, 9, "female"),
    ("healthy", 16, 96, 7, None), ("rheumatoid", 30, 80, 2, None), ("breast_cancer", 38, 80, 4, "female"),
    ("diabetes", 42, 96, 6, None), ("kidney", 50, 96, 3, None), ("copd", 52, 96, 4, None),
    ("stroke", 55, 96, 3, None), ("heart_failure", 60, 96, 6, None), ("hip_fracture", 66, 96, 4, None),
)  # fmt: skip


def story_for(rng: Random, age: int, sex: str) -> str:
    """A history that can happen to somebody of that age and sex."""
    fitting = [
        (name, weight)
        for name, low, high, weight, only in _STORIES
        if low <= age <= high and only in (None, sex)
    ]
    return rng.choices([name for name, _ in fitting], [weight for _, weight in fitting])[0]


def generated_patient(number: int, seed: int, today: date) -> Patient:
    """Patient `number`, who is nobody's named character."""
    rng = Random(f"{seed}:patient:{number}")  # noqa: S311  repeatable, not secret
    sex = "female" if number % 2 else "male"
    days, counter = slot(number // 2, sex)
    born = FIRST_BIRTH + timedelta(days=days)
    language = rng.choices(("nl", "fr", "de"), (55, 33, 12))[0]
    story = story_for(rng, max(age_on(born, today), 0), sex)
    home = HOMES[language]
    dead = age_on(born, today) > 75 and rng.random() < 0.04
    return Patient(
        key=f"p-{number:06}", number=number, story=story, home=home, ssin=national_number(born, counter), bis=None,
        local_numbers=local_numbers(number, story, home), given=rng.choice(given_names(language, sex, born.year)),
        family=rng.choice(FAMILY[language]), birth_date=born, sex=sex, language=language,
        address=f"{rng.choice(STREETS[language])} {rng.randint(1, 140)}, {rng.choice(TOWNS[language])}",
        phone=f"+32 470 55 {number // 100 % 100:02} {number % 100:02}", gp_key=f"{PRACTICES[language]}.{rng.choice((1, 1, 2))}",
        deceased_at=instant(today - timedelta(days=rng.randint(20, 900)), 5) if dead else None,
    )  # fmt: skip


class Population(Sequence[Patient]):
    """The first `size` patients, numbers 1 to `size`, each computed when asked."""

    def __init__(self, *, seed: int, today: date, size: int) -> None:
        self._seed, self._today, self._size = seed, today, max(size, len(KNOWN))

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Patient: ...
    @overload
    def __getitem__(self, index: slice) -> "Sequence[Patient]": ...
    def __getitem__(self, index: int | slice) -> "Patient | Sequence[Patient]":
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(self._size))]
        if not -self._size <= index < self._size:
            raise IndexError(index)
        number = index % self._size + 1
        if number <= len(KNOWN):
            return known_patient(number, self._seed, self._today)
        return generated_patient(number, self._seed, self._today)
