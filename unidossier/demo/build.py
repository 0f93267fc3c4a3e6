"""Builds the fictional world from a seed and a day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from unidossier.demo.cast import accounts
from unidossier.demo.people.known import staff_numbers
from unidossier.demo.people.population import Population
from unidossier.demo.people.roster import duties
from unidossier.demo.people.staff import staff
from unidossier.demo.places.institutions import INSTITUTIONS, teams
from unidossier.demo.world import PatientHistory, World


def world(*, today: date, seed: int = 1, patients: int = 120) -> World:
    """The cast: institutions, teams, people, posts, rosters, accounts; patients are computed one by one when asked.

    Same arguments, same world. `patients` is at least the number of named ones and changes no patient.
    """
    all_teams = teams()
    persons, employments = staff(seed, today, all_teams)
    also_patients, all_accounts = staff_numbers(today), accounts()
    # Whoever tries the demo at night or on a Sunday must find his ward.
    signing_in = {account.person for account in all_accounts if account.person}
    return World(
        seed=seed, today=today, institutions=INSTITUTIONS, teams=all_teams,
        persons=tuple(replace(each, ssin=also_patients.get(each.key, each.ssin)) for each in persons),
        employments=tuple(employments), duties=tuple(duties(employments, today, always=signing_in)),
        accounts=all_accounts,
        patients=Population(seed=seed, today=today, size=patients),
    )  # fmt: skip


def histories(world: World) -> Iterator[PatientHistory]:
    """Every patient with all that is recorded about him, one at a time, in the order of their numbers."""
    from unidossier.demo.chart.tell import Teller

    teller = Teller(world)
    for patient in world.patients:
        yield teller.history(patient)
