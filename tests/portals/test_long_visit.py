"""A visit of more accesses than are listed is told whole: what was done how often, since when, and an emergency among it (MY-15, LOG-1)."""

from datetime import timedelta

from django.utils import translation

from tests.actions.clinic import Clinic, days
from tests.log.entries import add_entries
from unidossier.actions.list_accesses import list_accesses
from unidossier.kernel.uuid7 import new_id
from unidossier.log.queries import LINES
from unidossier.portals.shared.present.log import visit

APP = {"app": {"id": str(new_id()), "name": "Growth chart"}}


def test_a_long_visit_is_told_whole(clinic: Clinic) -> None:
    at = days(-3)
    whose = {"person_id": clinic.physician.person, "institution_id": clinic.id, "function": "specialist"}
    emergency = {"rule": "BTG-1.emergency", "glass_reason": "unconscious"}
    add_entries(clinic, 3, at=at - timedelta(minutes=20), verb="open-item", **whose, **emergency)
    add_entries(clinic, LINES + 7, at=at, **whose)
    (lines,) = list_accesses(clinic.world.own_session(clinic.patient), patient=clinic.patient).visits
    assert len(lines) == LINES and {one["verb"] for one in lines} == {"open-record"}
    with translation.override("en"):
        told = visit(lines)
    assert told.unlisted == 10
    assert (told.is_glass, told.rule, told.sign) == (True, "BTG-1.emergency", "glass")
    assert told.glass
    read, opened = told.what.split(", ")
    assert read.endswith("(3×)") and opened.endswith(f"({LINES + 7}×)")
    assert "–" in told.time and not told.app


def test_a_short_one_is_told_by_its_lines(clinic: Clinic) -> None:
    add_entries(clinic, 2, at=days(-3), person_id=clinic.physician.person, institution_id=clinic.id)
    (lines,) = list_accesses(clinic.world.own_session(clinic.patient), patient=clinic.patient).visits
    told = visit(lines)
    assert told.what.endswith("(2×)") and "," not in told.what
    assert (told.unlisted, told.is_glass) == (0, False)
