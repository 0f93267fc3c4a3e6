"""Reception reads on Ward that there is a stay, and for whom the rest of it is (ACS-2)."""

import pytest

from tests.actions.clinic import Clinic
from tests.portals.conftest import Visitor
from tests.signin.person import Browser
from unidossier.kernel.uuid7 import new_id

WHY = "Chlamydia"


@pytest.mark.parametrize("has_told_nothing_before", [False, True])
@pytest.mark.parametrize("htmx", [False, True])
def test_the_reason_of_a_stay_is_for_those_who_treat(
    clinic: Clinic, visitor: Visitor, physician: Browser, htmx: bool, has_told_nothing_before: bool
) -> None:
    id_ = str(new_id())
    stay = {
        "resourceType": "Encounter", "id": id_, "status": "finished", "class": {"code": "AMB"}, "serviceType": {"text": "Travel clinic"},
        "subject": {"reference": f"Patient/{clinic.patient}"}, "period": {"start": "2026-03-01T10:00:00Z"}, "reasonCode": [{"text": WHY}],
    }  # fmt: skip
    if has_told_nothing_before:  # what it said then is not what it says now
        clinic.send(
            {name: stay[name] for name in stay if name != "reasonCode"}
            | {"serviceType": {"text": "Vaccination"}}
        )
    clinic.send(stay)
    reception = clinic.world.worker("reception", clinic.id)
    clinic.world.relation(clinic.patient, reception)
    extra = {"headers": {"HX-Request": "true", "HX-Target": "pane"}} if htmx else {}
    address = f"/ward/patient/{clinic.patient}/?item={id_}"
    told = visitor(reception.person).get(address, **extra)
    assert told.status_code == 200
    page = told.content.decode()
    assert "Travel clinic" in page
    assert "What is written inside is for those who treat the patient." in page
    assert WHY not in page
    assert WHY in physician.get(address, **extra).content.decode()
