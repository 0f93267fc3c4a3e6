"""$validate: structure, the profiles that ship, and what is not checked."""

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from tests.fhir.conftest import Hospital, Sender
from tests.fhir.peers.round_trip import data_folder
from tests.fhir.resources import observation, patient
from tests.gate.world import World
from unidossier.exchange.fhir.operations.profiles import examine, profiles
from unidossier.exchange.fhir.operations.profiles.invariants import INVARIANTS
from unidossier.record.validation import validate

Json = dict[str, Any]
DATA = data_folder()
IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/"
EHEALTH = "https://www.ehealth.fgov.be/standards/fhir/"
VACCINATION = f"{EHEALTH}vaccination/StructureDefinition/be-vaccination"
ALLERGY = f"{EHEALTH}allergy/StructureDefinition/be-allergyintolerance"
PATIENT = f"{EHEALTH}core/StructureDefinition/be-patient"
SNOMED = "http://snomed.info/sct"
RECORDER = {
    "url": f"{EHEALTH}core/StructureDefinition/be-ext-recorder",
    "valueReference": {"reference": "Practitioner/1"},
}


def vaccination(**changes: Any) -> Json:
    return {
        "resourceType": "Immunization",
        "status": "completed",
        "extension": [RECORDER],
        "vaccineCode": {"coding": [{"system": SNOMED, "code": "871895005"}]},
        "patient": {"reference": "Patient/1"},
        "occurrenceDateTime": "2020-05-17",
        "recorded": "2020-05-17",
    } | changes


def allergy(**changes: Any) -> Json:
    return {
        "resourceType": "AllergyIntolerance",
        "code": {"text": "Pollen"},
        "patient": {"reference": "Patient/1"},
        "recordedDate": "2014-10-09",
        "recorder": {"reference": "Practitioner/1"},
    } | changes


def composition(**changes: Any) -> Json:
    def section(code: str, **more: Any) -> Json:
        return {
            "title": code,
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
            "emptyReason": {"text": "unknown"},
        } | more

    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]},
        "subject": {"reference": "Patient/1"},
        "date": "2026-11-22",
        "author": [{"reference": "Device/1"}],
        "title": "Summary",
        "section": [section("11450-4"), section("48765-2"), section("10160-0")],
    } | changes


def without(resource: Json, *names: str) -> Json:
    return {name: value for name, value in resource.items() if name not in names}


def sections_without(code: str) -> Json:
    made = composition()
    made["section"] = [one for one in made["section"] if one["title"] != code]
    return made


def silent_section() -> Json:
    made = composition()
    del made["section"][0]["emptyReason"]
    return made


def pointing(reference: str) -> Json:
    made = composition()
    made["section"][0] |= {"entry": [{"reference": reference}]}
    del made["section"][0]["emptyReason"]
    return made


# profile, a right resource, a wrong one, where the fault is, its code
LAW: dict[str, tuple[str, Json, Json, str, str]] = {
    "required": (VACCINATION, vaccination(), without(vaccination(), "recorded"), "Immunization.recorded", "required"),
    "forbidden": (VACCINATION, vaccination(), vaccination(lotNumber="7"), "Immunization.lotNumber", "structure"),
    "too many": (VACCINATION, vaccination(performer=[{"actor": {"display": "A"}}]), vaccination(performer=[{"actor": {"display": "A"}}] * 2), "Immunization.performer", "structure"),
    "in each parent": (VACCINATION, vaccination(reaction=[{"date": "2020"}]), vaccination(reaction=[{"date": "2020"}, {"reported": True}]), "Immunization.reaction[1].date", "required"),
    "slice by value": (VACCINATION, vaccination(), vaccination(extension=[RECORDER, RECORDER]), "Immunization.extension", "structure"),
    "slice missing": (VACCINATION, vaccination(), without(vaccination(), "extension"), "Immunization.extension", "required"),
    "binding": (VACCINATION, vaccination(), vaccination(vaccineCode={"coding": [{"system": SNOMED, "code": "38341003"}]}), "Immunization.vaccineCode", "code-invalid"),
    "binding without code": (VACCINATION, vaccination(), vaccination(vaccineCode={"text": "a vaccine"}), "Immunization.vaccineCode", "code-invalid"),
    "binding in a slice": (
        VACCINATION,
        vaccination(extension=[RECORDER, {"url": f"{EHEALTH}vaccination/StructureDefinition/be-ext-vaccination-confirmationStatus", "valueCode": "confirmed"}]),
        vaccination(extension=[RECORDER, {"url": f"{EHEALTH}vaccination/StructureDefinition/be-ext-vaccination-confirmationStatus", "valueCode": "maybe"}]),
        "Immunization.extension[1].valueCode", "code-invalid"),
    "invariant": (VACCINATION, vaccination(vaccineCode={"coding": [{"system": SNOMED, "code": "787859002"}], "text": "X"}), vaccination(vaccineCode={"coding": [{"system": SNOMED, "code": "787859002"}]}), "Immunization.vaccineCode", "invariant"),
    "reference type": (VACCINATION, vaccination(), vaccination(performer=[{"actor": {"reference": "Patient/1"}}]), "Immunization.performer[0].actor", "value"),
    "of the slice alone": (ALLERGY, allergy(identifier=[{"system": "http://other"}]), allergy(identifier=[{"system": f"{EHEALTH}allergy/NamingSystem/be-ns-allergy"}]), "AllergyIntolerance.identifier[0].value", "required"),
    "number": (PATIENT, patient(), patient(identifier=[{"system": f"{EHEALTH}core/NamingSystem/ssin", "value": "85.07.30-033.28"}]), "Patient.identifier[0].value", "invariant"),
    "another type": (PATIENT, patient(), allergy(), "AllergyIntolerance", "structure"),
    "pattern": (f"{IPS}Composition-uv-ips", composition(), composition(type={"text": "Summary"}), "Composition.type", "value"),
    "required section": (f"{IPS}Composition-uv-ips", composition(), sections_without("48765-2"), "Composition.section", "required"),
    "silent section": (f"{IPS}Composition-uv-ips", composition(), silent_section(), "Composition.section[0]", "invariant"),
    "entry of a section": (f"{IPS}Composition-uv-ips", pointing("Condition/1"), pointing("Observation/1"), "Composition.section[0].entry[0]", "value"),
    "choice": (
        f"{IPS}Observation-tobaccouse-uv-ips",
        observation("Patient/1", code={"coding": [{"system": "http://loinc.org", "code": "72166-2"}]}),
        without(observation("Patient/1", code={"coding": [{"system": "http://loinc.org", "code": "72166-2"}]}, effectivePeriod={"start": "2020"}), "effectiveDateTime"),
        "Observation.effectivePeriod", "value"),
}  # fmt: skip


@pytest.mark.parametrize("name", LAW)
def test_a_rule_finds_the_wrong_and_lets_the_right_pass(name: str) -> None:
    url, right, wrong, place, code = LAW[name]
    for resource in (right, wrong):
        validate(json.dumps(resource).encode())  # the structure is right: it is the profile that asks more
    assert [one.issue for one in examine(right, profile=profiles()[url]).findings] == []
    found = examine(wrong, profile=profiles()[url]).findings
    assert [(one.severity, one.issue.code, one.issue.expression) for one in found] == [("error", code, place)]


def test_every_rule_of_the_profiles_can_be_read_and_followed() -> None:
    known = profiles()
    for profile in known.values():
        assert set(profile.invariants) <= INVARIANTS.keys()
        for rule in profile.rules:
            if rule.kind in ("conforms", "should"):
                assert rule.value in known
            for depth, (name, slice_name) in enumerate(rule.path):
                if slice_name:
                    assert ((*rule.path[:depth], (name, "")), slice_name) in profile.slices


@pytest.mark.skipif(DATA is None, reason="the examples of the guides are not on this machine")
def test_the_examples_of_the_guides() -> None:
    """HL7's own summaries are right; of the Belgian vaccinations all but one say not who recorded them (1.1.2 asks for it)."""
    assert DATA is not None
    known = profiles()
    for path in sorted((DATA / "ips").glob("*.json")):
        assert examine(json.loads(path.read_text()), profile=known[f"{IPS}Bundle-uv-ips"]).findings == ()
    faults = []
    for path in sorted((DATA / "be").glob("*.json")):
        resource = json.loads(path.read_text())
        for url in resource.get("meta", {}).get("profile", ()):
            faults += [one.issue for one in examine(resource, profile=known[url]).findings]
    assert len(faults) == 34
    assert {(one.code, one.expression) for one in faults} == {("required", "Immunization.extension")}


def test_the_statement_tells_the_profiles_of_each_type(machine: Sender) -> None:
    (rest,) = machine.get("/fhir/metadata").json()["rest"]
    told = {one["type"]: one.get("supportedProfile", []) for one in rest["resource"]}
    for url, profile in profiles().items():
        assert profile.type not in told or url in told[profile.type]
    assert told["Immunization"] == sorted([VACCINATION, f"{IPS}Immunization-uv-ips"])
    assert told["Basic"] == []


def severities(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    outcome = validate(answer.content).resource
    return [
        (one["severity"], (one.get("expression") or [""])[0])
        for one in outcome["issue"]
        if one["severity"] != "information"
    ]


def test_a_resource_is_validated_by_what_it_claims_or_by_what_is_asked(machine: Sender) -> None:
    wrong = vaccination(lotNumber="7")
    assert severities(machine.post("/fhir/Immunization/$validate", wrong)) == []
    claiming = wrong | {"meta": {"profile": [VACCINATION]}}
    fault = [("error", "Immunization.lotNumber")]
    assert severities(machine.post("/fhir/Immunization/$validate", claiming)) == fault
    asked = f"/fhir/Immunization/$validate?mode=create&profile={quote(VACCINATION)}"
    assert severities(machine.post(asked, wrong)) == fault
    wrapped = {
        "resourceType": "Parameters",
        "parameter": [{"name": "resource", "resource": wrong}, {"name": "profile", "valueUri": VACCINATION}],
    }
    assert severities(machine.post("/fhir/Immunization/$validate", wrapped)) == fault


def test_structure_is_told_with_its_place_and_nothing_is_stored(machine: Sender, world: World) -> None:
    before = world.run("SELECT count(*) FROM record.version")
    answer = machine.post("/fhir/Observation/$validate", observation("Patient/1", status="done"))
    assert severities(answer) == [("error", "Observation.status")]
    assert severities(machine.post("/fhir/Condition/$validate", observation("Patient/1")))[0][0] == "error"
    assert world.run("SELECT count(*) FROM record.version") == before


def test_the_answer_says_what_was_not_checked(machine: Sender) -> None:
    claims = [ALLERGY, "http://example.org/our-own"]
    answer = machine.post("/fhir/AllergyIntolerance/$validate", allergy(meta={"profile": claims})).json()
    told = " ".join(one["diagnostics"] for one in answer["issue"])
    assert "No fault was found." in told
    assert ALLERGY in told
    assert "be-causativeagent" in told
    assert "http://example.org/our-own, which is not held here" in told


def test_what_is_stored_is_validated_under_a_grant(
    machine: Sender, physician: Sender, stored: Json, hospital: Hospital, world: World
) -> None:
    address = f"/fhir/Observation/{stored['id']}/$validate"
    assert severities(machine.get(address)) == []
    assert severities(machine.client.request("POST", address, headers=machine.headers)) == []
    refused = [physician.get(one) for one in (address, f"/fhir/Observation/{uuid4()}/$validate")]
    assert {(one.status_code, one.content) for one in refused} == {(404, refused[0].content)}
    entries = world.run(
        "SELECT verb, permitted, items, detail ->> 'operation' FROM log.entry WHERE person_id = %s ORDER BY id DESC LIMIT 1",
        hospital.machine.person,
    )
    assert entries == [("fhir-read", True, [UUID(stored["id"])], "validate")]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("Observation/$validate?profile=http://no.where", observation("Patient/1"), 400),
        ("Observation/$validate?mode=delete", observation("Patient/1"), 400),
        ("Observation/$validate?colour=red", observation("Patient/1"), 400),
        ("Nothing/$validate", observation("Patient/1"), 404),
        ("Observation/$validate", {"resourceType": "Parameters", "parameter": [{"name": "mode", "valueCode": "create"}]}, 400),
        ("Observation/$validate", {"resourceType": "Parameters", "parameter": [{"name": "x", "valueCode": "y"}]}, 400),
    ],
    ids=str,
)  # fmt: skip
def test_questions_that_cannot_be_answered(machine: Sender, address: str, body: Json, status: int) -> None:
    answer = machine.post(f"/fhir/{address}", body)
    assert answer.status_code == status, answer.text
    validate(answer.content)
