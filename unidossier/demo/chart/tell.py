"""Tells one patient's history: chooses the story and runs it."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Staff
from unidossier.demo.people.known import scene_of
from unidossier.demo.stories import STORIES
from unidossier.demo.stories.basics import basics
from unidossier.demo.when import instant
from unidossier.demo.world import Patient, PatientHistory, Resource, World

# Papers and images cost a hundred times a resource: everybody has them in a small world, one in twenty beyond.
_ALL_PAPERS_UP_TO = 400
_SCENES = (("", 44), ("clinic-today", 19), ("clinic-next-week", 19), ("in-ward", 18))
_NO_WARD = ("childhood", "migraine", "healthy", "pregnancy", "depression")


def _scene(patient: Patient, rng: Random) -> str:
    known = scene_of(patient.number)
    if known is not None:
        return known
    scene = rng.choices([name for name, _ in _SCENES], [weight for _, weight in _SCENES])[0]
    return "" if patient.deceased_at or (scene == "in-ward" and patient.story in _NO_WARD) else scene


class Teller:
    """Makes histories in one world; the staff is read once."""

    def __init__(self, world: World) -> None:
        self._world, self._staff = world, Staff(world)

    def history(self, patient: Patient) -> PatientHistory:
        """Everything recorded about `patient`, oldest entry first, versions of one item in their order."""
        number = patient.number
        rng = Random(f"{self._world.seed}:history:{number}")  # noqa: S311  repeatable, not secret
        chart = Chart(
            patient=patient, staff=self._staff, today=self._world.today, rng=rng, scene=_scene(patient, rng),
            with_papers=number <= _ALL_PAPERS_UP_TO or number % 20 == 0, seed=f"{self._world.seed}:body:{number}",
        )  # fmt: skip
        story: Callable[[Chart], None] = STORIES[patient.story]
        story(chart)  # first: what everybody has is measured in the body that the story made ill
        basics(chart)
        return PatientHistory(
            patient=patient, resources=sorted(self._told(chart), key=lambda each: each.entered_at)
        )

    def _told(self, chart: Chart) -> list[Resource]:
        """What has happened by the end of the day; who fills a database leaves out what is still to come."""
        tomorrow = instant(chart.today + timedelta(days=1), 0)
        return [each for each in chart.resources if each.entered_at < tomorrow]
