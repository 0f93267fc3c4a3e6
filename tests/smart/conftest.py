"""A hospital with apps, a physician, two patients with records, and the three in front of their browsers; made once a module."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.fhir.client import Client
from tests.gate.server import Dsns
from tests.gate.world import Worker, World
from tests.signin.django_process import start_django
from tests.signin.person import Browser, SignedUp
from tests.smart.app import BACK, StrictApp
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id
from unidossier.registry.smart_app import AppFacts

EVERYTHING = (
    "openid fhirUser profile launch launch/patient offline_access online_access patient/*.cruds user/*.cruds"
)
WHY = "The maker asked for it, by letter."
LAUNCH = "https://growth.example/launch"
ES = ECKey.generate_key("P-384", parameters={"kid": "one"}, private=True)
RS = RSAKey.generate_key(2048, parameters={"kid": "one"}, private=True)


@dataclass(frozen=True)
class Smart:
    """What the tests of one module share."""

    world: World
    api: Client
    hospital: UUID
    machine: Worker
    physician: Worker
    officer: bytes  # the session of the security officer
    patient: UUID
    other: UUID  # whom the physician treats too
    items: dict[str, UUID]  # of the patient, by name
    of_other: UUID
    at_home: Browser  # the patient
    at_work: Browser  # the physician

    def app(self, **facts: Any) -> StrictApp:
        """Register an app that may ask for everything; `facts` change it."""
        from unidossier.actions.register_app import register_app

        key = facts.pop("key", None)
        told: dict[str, Any] = {
            "name": "Growth chart",
            "kind": "public",
            "scopes": EVERYTHING,
            "redirect_uris": (BACK,),
        }
        if key is not None:
            told |= {"kind": "confidential", "jwks": {"keys": [key.as_dict(private=False)]}}
        made = register_app(self.officer, id=new_id(), app=AppFacts(**(told | facts)))
        return StrictApp(made, key=key, algorithm="RS384" if isinstance(key, RSAKey) else "ES384")

    def backend(self, scopes: str) -> StrictApp:
        """Register a system without a person."""
        return self.app(key=ES, kind="backend", redirect_uris=(), scopes=scopes, name="Archive")

    def get(self, token: str, address: str) -> Any:
        """Ask the API."""
        return self.api.get(f"/fhir/{address}", headers={"authorization": f"Bearer {token}"})

    def sees(self, token: str) -> set[str]:
        """The names of the patient's items that a token opens, each asked for by its id."""
        kinds = {name: kind for name, (kind, _) in ITEMS.items()}
        return {
            name
            for name, id_ in self.items.items()
            if self.get(token, f"{kinds[name]}/{id_}").status_code == 200
        }


ITEMS = {
    "potassium": ("Observation", Category.LABORATORY),
    "pressure": ("Observation", Category.VITAL_SIGN),
    "x-ray": ("ImagingStudy", Category.IMAGING),
    "letter": ("DocumentReference", Category.LETTER),
    "nuts": ("AllergyIntolerance", Category.ALLERGY),
}


@pytest.fixture(scope="module")
def smart(dsns: Dsns, world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smart]:
    """Everything above, with the portals of the product and its API."""
    start_django(dsns, tmp_path_factory.mktemp("portals"))
    from unidossier.exchange.fhir.app import application

    hospital = world.institution()
    machine, physician = world.worker("machine", hospital), world.worker("specialist", hospital)
    patient, other = world.patient(), world.patient()
    for one in (patient, other):
        world.relation(one, to=physician)
    items = {
        name: world.item(patient, hospital, type=kind, category=int(category))
        for name, (kind, category) in ITEMS.items()
    }
    of_other = world.item(other, hospital, type="Observation", category=int(Category.LABORATORY))
    own = world.person(professional=False, patient=patient)
    api = Client(application)
    yield Smart(
        world=world,
        api=api,
        hospital=hospital,
        machine=machine,
        physician=physician,
        officer=world.session(world.worker("security-officer", hospital), face="desk", purpose="governance"),
        patient=patient,
        other=other,
        items=items,
        of_other=of_other,
        at_home=_browser(own, "198.19.0.1"),
        at_work=_browser(physician.person, "198.19.0.2"),
    )
    api.close()


def _browser(person: UUID, address: str) -> Browser:
    browser = Browser(address=address)
    browser.go_in(SignedUp.make(person))
    return browser
