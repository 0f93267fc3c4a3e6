"""An address typed without its last slash leads to the page, known patient or not; one that is none stays none."""

import pytest

from tests.actions.clinic import Clinic
from tests.signin.person import Browser
from unidossier.kernel.uuid7 import new_id


@pytest.mark.parametrize("known", [True, False])
def test_an_address_without_its_last_slash_leads_to_the_page(
    clinic: Clinic, physician: Browser, known: bool
) -> None:
    patient = clinic.patient if known else new_id()
    answer = physician.get(f"/ward/patient/{patient}?q=knee")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/ward/patient/{patient}/?q=knee")
    assert physician.get(f"/ward/patient/{patient}/").status_code == (200 if known else 404)


def test_an_address_that_is_none_stays_none(physician: Browser) -> None:
    assert physician.get("/ward/nonsense").status_code == 404
    assert physician.get("/nonsense").status_code == 404
