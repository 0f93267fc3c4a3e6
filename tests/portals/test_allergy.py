"""The reaction of an allergy in the reader's language, where its code has a translation (REC-9)."""

import re
from html import unescape
from typing import Any

import pytest

from tests.actions.clinic import Clinic
from tests.portals.conftest import Visitor
from tests.signin.person import Browser, SignedUp
from unidossier.kernel.uuid7 import new_id

SNOMED = "http://snomed.info/sct"
RASH = {"system": SNOMED, "code": "271807003"}
UNKNOWN = {"system": SNOMED, "code": "1", "display": "Iets zeldzaams"}


def allergy(clinic: Clinic, *manifestation: dict[str, Any]) -> str:
    """Deliver an allergy as a hospital that writes Dutch does; return its id."""
    made = str(new_id())
    stated = {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}
        ]
    }
    clinic.send(
        {
            "resourceType": "AllergyIntolerance",
            "id": made,
            "clinicalStatus": stated,
            "code": {"coding": [{"system": SNOMED, "code": "91936005"}]},
            "patient": {"reference": f"Patient/{clinic.patient}"},
            "recordedDate": "2026-01-01",
            "reaction": [{"manifestation": list(manifestation)}],
        }
    )
    return made


def read(browser: Browser, clinic: Clinic, item: str) -> tuple[str, str]:
    """Return the reaction in the summary and in the reading pane."""
    page = browser.get(
        f"/ward/patient/{clinic.patient}/?item={item}", headers={"Accept-Language": "fr"}
    ).content.decode()
    tile = page[page.index("tile--allergy") : page.index("tile--problem")]
    pane = page[page.index('id="pane"') :]
    facts = dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", pane))
    return unescape(re.sub(r"<[^>]+>", " ", tile)), unescape(facts.get("Réaction", ""))


@pytest.fixture
def french(clinic: Clinic, visitor: Visitor) -> Browser:
    """The physician, who reads French."""
    browser = Browser(address="198.18.251.1")
    browser.go_in(SignedUp.make(clinic.physician.person, language="fr"))
    return browser


@pytest.mark.parametrize(
    ("manifestation", "tile", "pane"),
    [
        pytest.param(
            [{"coding": [RASH], "text": "Huiduitslag"}], "Éruption cutanée", "Éruption cutanée", id="coded"
        ),
        pytest.param(
            [{"coding": [RASH], "text": "Huiduitslag na een uur"}],
            "Éruption cutanée",
            "Éruption cutanée (Huiduitslag na een uur)",
            id="the author says more",
        ),
        pytest.param([{"text": "Jeuk"}], "Jeuk", "Jeuk", id="words alone"),
        pytest.param(
            [{"coding": [UNKNOWN]}], "Iets zeldzaams", "Iets zeldzaams", id="a code without translation"
        ),
        pytest.param(
            [{"coding": [RASH], "text": "Huiduitslag"}, {"text": "Jeuk"}],
            "Huiduitslag, Jeuk",
            "Éruption cutanée, Jeuk",
            id="one coded, one not: none is lost",
        ),
    ],
)
def test_a_reaction_is_told_in_the_readers_language(
    clinic: Clinic, french: Browser, manifestation: list[dict[str, Any]], tile: str, pane: str
) -> None:
    in_tile, in_pane = read(french, clinic, allergy(clinic, *manifestation))
    assert tile in in_tile
    assert in_pane == pane
