"""Who works in care and where (ADR 0026): what of a professional is told, how he is found, and to whom which of it is not."""

from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.fhir.client import Client
from tests.fhir.directory_scene import FAMILY, Scene
from tests.gate.world import World
from unidossier.exchange.fhir.directory.parameters import PARAMETERS
from unidossier.kernel.identifiers import CBE, NIHDI, NIHDI_ORGANIZATION, NIHDI_PROFESSIONAL, SSIN
from unidossier.record.validation import validate

FUNCTION = "https://unidossier.be/fhir/CodeSystem/function"
CD_HCPARTY = "https://www.ehealth.fgov.be/standards/fhir/core/CodeSystem/cd-hcparty"


def found(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    assert validate(answer.content).resource_type == "Bundle"
    return {
        one["resource"]["id"] for one in answer.json().get("entry", ()) if one["search"]["mode"] == "match"
    }


def test_of_a_professional_name_number_and_post_are_told_and_no_more(scene: Scene) -> None:
    told = scene.another.get(f"/fhir/Practitioner/{scene.surgeon.person}")
    assert told.json() == {
        "resourceType": "Practitioner",
        "id": str(scene.surgeon.person),
        "identifier": [{"system": NIHDI_PROFESSIONAL, "value": scene.nihdi}],
        "active": True,
        "name": [{"use": "official", "family": FAMILY, "given": ["Surgeon"]}],
    }
    role = scene.another.get(f"/fhir/PractitionerRole/{scene.surgeon.employment}").json()
    assert role["practitioner"] == {
        "reference": f"Practitioner/{scene.surgeon.person}",
        "display": f"Surgeon {FAMILY}",
    }
    assert role["organization"]["reference"] == f"Organization/{scene.hospital}"
    codes = [(one["system"], one["code"]) for code in role["code"] for one in code["coding"]]
    assert codes == [(FUNCTION, "specialist"), (CD_HCPARTY, "persphysician")]


def test_an_institution_and_its_teams(scene: Scene) -> None:
    house = scene.patient.get(f"/fhir/Organization/{scene.hospital}").json()
    assert house["identifier"] == [
        {"system": NIHDI_ORGANIZATION, "value": "71000436"},
        {"system": CBE, "value": "0123456749"},
    ]
    assert (house["name"], house["alias"]) == ("Zomerziekenhuis", ["Clinique d’Été"])
    assert house["telecom"] == [{"system": "phone", "value": "02 1"}]
    practice = scene.carer.get(f"/fhir/Organization/{scene.gp.institution}").json()
    assert "telecom" not in practice  # of a practice that would be a person's
    for kind, holder in (
        ("Organization", "partOf"),
        ("Location", "managingOrganization"),
        ("HealthcareService", "providedBy"),
    ):
        team = scene.carer.get(f"/fhir/{kind}/{scene.team}")
        assert validate(team.content).resource_type == kind
        assert (team.json()["name"], team.json()[holder]["reference"]) == (
            "Heelkunde 3",
            f"Organization/{scene.hospital}",
        )


# search -> whom a carer of another house finds
SEARCHES = {
    f"Practitioner?family={FAMILY}": "surgeon nurse retired gp",
    f"Practitioner?family={FAMILY}&active=true": "surgeon nurse gp",
    f"Practitioner?name={FAMILY[:4].lower()}&given=sur": "surgeon",
    f"Practitioner?family:exact={FAMILY}&given:contains=urge": "surgeon",
    f"Practitioner?family:exact={FAMILY.lower()}": "",
    f"Practitioner?family=Surgeon&name={FAMILY}": "",
    "Practitioner?identifier={nihdi}": "surgeon",
    f"Practitioner?identifier={NIHDI_PROFESSIONAL}|{{nihdi}}": "surgeon",
    f"Practitioner?identifier={NIHDI}|{{nihdi}},x|y": "surgeon",
    f"Practitioner?identifier={SSIN}|98765432109": "",  # not public, and so nothing to find him by
    "Practitioner?identifier=98765432109": "",
    f"Practitioner?identifier={NIHDI_PROFESSIONAL}|&family={FAMILY}": "surgeon",
    "Practitioner?_id={surgeon},{reception}": "surgeon",
    "Practitioner?_id=x": "",
}  # fmt: skip
ROLES = {
    "PractitionerRole?practitioner=Practitioner/{surgeon}": "surgeon",
    "PractitionerRole?practitioner={surgeon}&organization=Organization/{hospital}": "surgeon",
    "PractitionerRole?practitioner={surgeon}&organization={team}": "",
    f"PractitionerRole?practitioner.family={FAMILY}&role={FUNCTION}|gp": "gp",
    f"PractitionerRole?practitioner.family={FAMILY}&role={CD_HCPARTY}|persphysician&active=true": "surgeon gp",
    f"PractitionerRole?practitioner.name={FAMILY}&role=persnurse": "nurse",
    "PractitionerRole?practitioner:Practitioner.identifier={nihdi}&organization.identifier=71000436": "surgeon",
    "PractitionerRole?practitioner.identifier={nihdi}&organization.name=nobody": "",
    f"PractitionerRole?organization={{hospital}}&practitioner.name={FAMILY}&active=false": "retired",
}  # fmt: skip


def filled(scene: Scene, search: str) -> str:
    people = {
        name: getattr(scene, name).person for name in ("surgeon", "nurse", "retired", "reception", "gp")
    }
    return "/fhir/" + search.format(nihdi=scene.nihdi, hospital=scene.hospital, team=scene.team, **people)


@pytest.mark.parametrize("search", SEARCHES)
def test_a_professional_is_found_by_who_he_is(scene: Scene, search: str) -> None:
    assert found(scene.another.get(filled(scene, search))) == scene.ids(SEARCHES[search])


@pytest.mark.parametrize("search", ROLES)
def test_a_post_is_found_by_whose_and_where_it_is(scene: Scene, search: str) -> None:
    wanted = {str(getattr(scene, name).employment) for name in ROLES[search].split()}
    assert found(scene.another.get(filled(scene, search))) == wanted


PLACES = {
    "Organization?identifier=71000436": "hospital",
    f"Organization?identifier={CBE}|0123456749": "hospital",
    "Organization?name=clinique dete": "hospital",
    "Organization?name=zomer&type=prov": "hospital",
    "Organization?name=zomer&type=dept": "",
    "Organization?partof=Organization/{hospital}": "team",
    "Organization?partof.name=zomerz": "team",
    "Organization?_id={hospital},{team}&active=true": "hospital team",
    "Organization?active=false": "",
    "Location?organization={hospital}&name=heelk": "team",
    "Location?name:contains=kunde 3&organization.identifier=71000436": "team",
    "HealthcareService?organization={hospital}&active=true": "team",
    "HealthcareService?name=heelkunde&_id={team}": "team",
    "Location?_id={hospital}": "",
}


@pytest.mark.parametrize("search", PLACES)
def test_a_house_and_a_team_are_found(scene: Scene, search: str) -> None:
    wanted = {str(getattr(scene, name)) for name in PLACES[search].split()}
    assert found(scene.patient.get(filled(scene, search))) == wanted


def test_every_parameter_that_is_told_is_asked_above() -> None:
    asked = {
        (kind, one.partition("=")[0].partition(".")[0].partition(":")[0])
        for search in (*SEARCHES, *ROLES, *PLACES)
        for kind, _, criteria in [search.partition("?")]
        for one in criteria.split("&")
    }
    told = {(kind, code) for kind, parameters in PARAMETERS.items() for code in parameters}
    assert told - asked <= {("PractitionerRole", "_id")}


def test_a_whole_house_is_given_to_those_who_work_there_alone(scene: Scene) -> None:
    address = f"/fhir/PractitionerRole?organization={scene.hospital}"
    for sender in (scene.machine, scene.carer):
        assert {str(scene.surgeon.employment), str(scene.reception.employment)} <= found(sender.get(address))
    for search in (address, "/fhir/Practitioner", "/fhir/PractitionerRole?role=gp", "/fhir/Practitioner?name=z", "/fhir/Practitioner?active=true",
                   f"/fhir/Practitioner?identifier={NIHDI_PROFESSIONAL}|"):  # fmt: skip
        for sender in (scene.another, scene.patient):
            answer = sender.get(search)
            assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "too-costly"), search


def test_staff_are_known_in_their_own_house(scene: Scene) -> None:
    address = f"/fhir/Practitioner/{scene.reception.person}"
    unknown = scene.another.get(f"/fhir/Practitioner/{uuid4()}").content
    for sender in (scene.another, scene.patient):
        assert sender.get(address).content == unknown
    assert scene.carer.get(address).json()["name"][0]["given"] == ["Reception"]


def test_a_patient_is_no_practitioner(scene: Scene, world: World) -> None:
    ((own,),) = world.run("SELECT id FROM registry.person WHERE NOT professional LIMIT 1")
    assert scene.machine.get(f"/fhir/Practitioner/{own}").status_code == 404


def test_what_belongs_to_it_comes_along(scene: Scene) -> None:
    address = f"/fhir/PractitionerRole?practitioner={scene.surgeon.person}&_include=PractitionerRole:practitioner&_include=PractitionerRole:organization"
    entries = scene.another.get(address).json()["entry"]
    assert [(one["resource"]["resourceType"], one["search"]["mode"]) for one in entries] == [
        ("PractitionerRole", "match"), ("Organization", "include"), ("Practitioner", "include"),
    ]  # fmt: skip
    back = scene.another.get(
        f"/fhir/Practitioner?_id={scene.surgeon.person}&_revinclude=PractitionerRole:practitioner"
    ).json()
    assert [one["resource"]["id"] for one in back["entry"]] == [
        str(scene.surgeon.person),
        str(scene.surgeon.employment),
    ]


def test_pages_totals_and_what_is_not_understood(scene: Scene) -> None:
    address = f"/fhir/Practitioner?family={FAMILY}&_count=3"
    first = scene.another.get(address).json()
    assert (first["total"], len(first["entry"])) == (4, 3)
    following = next(one["url"] for one in first["link"] if one["relation"] == "next")
    second = scene.another.get(following).json()
    assert len(second["entry"]) == 1
    assert "next" not in {one["relation"] for one in second["link"]}
    assert scene.carer.get(following).status_code == 400  # sealed for the session that searched
    assert scene.another.get(f"{address}&_summary=count").json()["total"] == 4
    unknown = scene.another.get(f"{address}&gender=female&_sort=gender").json()["entry"][-1]
    assert unknown["search"]["mode"] == "outcome"
    assert len(unknown["resource"]["issue"]) == 2
    assert scene.another.get(f"{address}&gender=female", prefer="handling=strict").status_code == 400
    form = {"content-type": "application/x-www-form-urlencoded"}
    posted = scene.another.client.request(
        "POST", "/fhir/Practitioner/_search", headers=scene.another.headers | form, content=f"family={FAMILY}"
    )
    assert posted.json()["total"] == 4


def names(bundle: dict[str, Any]) -> list[str]:
    return [one["resource"]["name"][0]["given"][0] for one in bundle["entry"]]


@pytest.mark.parametrize("code", ["family", "name"])
def test_it_stands_by_name_forth_and_back_over_pages(scene: Scene, code: str) -> None:
    address = f"/fhir/Practitioner?family={FAMILY}"
    forth = names(scene.another.get(f"{address}&_sort={code}").json())
    assert forth == sorted(forth) == names(scene.another.get(address).json())
    back, page = list[str](), scene.another.get(f"{address}&_sort=-{code}&_count=3").json()
    while page:
        back += names(page)
        following = [one["url"] for one in page["link"] if one["relation"] == "next"]
        page = scene.another.get(following[0]).json() if following else {}
    assert back == forth[::-1]
    assert scene.another.get(f"{address}&_sort=-{code},gender", prefer="handling=strict").status_code == 400


def test_it_is_held_and_given_in_part_and_as_xml(scene: Scene) -> None:
    address = f"/fhir/Practitioner/{scene.surgeon.person}"
    tag = scene.carer.get(address).headers["etag"]
    assert scene.carer.get(address, **{"if-none-match": tag}).status_code == 304
    assert scene.carer.get(address, **{"if-none-match": 'W/"x"'}).status_code == 200
    assert "name" not in scene.carer.get(f"{address}?_elements=active").json()
    assert "<Practitioner " in scene.carer.get(f"{address}?_format=xml").text


def test_every_look_up_is_an_entry_about_no_patient(scene: Scene, world: World) -> None:
    entries = """SELECT verb, patient_id, permitted, rule, detail FROM log.entry
        WHERE person_id = %s AND verb = 'fhir-directory' ORDER BY id"""
    before = len(world.run(entries, scene.nurse.person))
    scene.carer.get(f"/fhir/Practitioner/{scene.surgeon.person}")
    scene.carer.get("/fhir/Organization?name=zomer")
    read, sought = world.run(entries, scene.nurse.person)[before:]
    assert read == (
        "fhir-directory",
        None,
        True,
        "XCH-1.directory",
        {"ids": {"Practitioner": [str(scene.surgeon.person)]}},
    )
    assert sought[4] == {"type": "Organization", "search": "name=zomer"}


def test_a_look_up_is_a_gesture_of_the_session(scene: Scene, world: World) -> None:
    """Whoever has asked nothing for a minute and then looks somebody up is there again: his idle time begins anew (ALL-3)."""
    world.run(
        "UPDATE gate.session SET seen_at = now() - interval '2 minutes' WHERE person_id = %s",
        scene.nurse.person,
    )
    assert scene.carer.get(f"/fhir/Practitioner/{scene.surgeon.person}").status_code == 200
    ((is_new,),) = world.run(
        "SELECT bool_and(now() - seen_at < interval '1 minute') FROM gate.session WHERE person_id = %s",
        scene.nurse.person,
    )
    assert is_new


def test_without_a_good_token_nothing_is_told(client: Client, scene: Scene) -> None:
    for rest in (f"Practitioner/{scene.surgeon.person}", "Organization?name=zomer"):
        assert (
            client.get(f"/fhir/{rest}", headers={"authorization": f"Bearer {'ab' * 32}"}).status_code == 401
        )


def test_the_profiles_of_becore_hold(scene: Scene) -> None:
    core = "https://www.ehealth.fgov.be/standards/fhir/core/StructureDefinition"
    for kind, id_ in (
        ("Practitioner", scene.surgeon.person),
        ("PractitionerRole", scene.surgeon.employment),
        ("Organization", scene.hospital),
    ):
        resource = scene.carer.get(f"/fhir/{kind}/{id_}").json() | {
            "meta": {"profile": [f"{core}/be-{kind.lower()}"]}
        }
        told = scene.carer.post(f"/fhir/{kind}/$validate", resource).json()
        assert "error" not in {one["severity"] for one in told["issue"]}, orjson.dumps(told)


def test_a_name_that_a_thousand_share_is_refused_before_anybody_is_looked_at(
    scene: Scene, world: World
) -> None:
    world.run(
        """INSERT INTO registry.person (id, human_id, family, given, sort_key, professional)
        SELECT gen_random_uuid(), gen_random_uuid(), 'Many', n::text, 'qqmany' || E'\\x01' || n, true FROM generate_series(1, 1001) n"""
    )
    try:
        for search in ("Practitioner?family=qqmany", "PractitionerRole?practitioner.name=qqmany"):
            answer = scene.another.get(f"/fhir/{search}")
            assert (answer.status_code, answer.json()["issue"][0]["code"]) == (400, "too-costly")
        assert found(scene.another.get("/fhir/Practitioner?family=qqmany&identifier=nobody")) == set()
    finally:
        world.run("DELETE FROM registry.person WHERE sort_key LIKE 'qqmany%%'")
