"""$lookup, $validate-code, $expand, and the code systems and value sets themselves."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest

from tests.fhir.conftest import Sender
from unidossier.exchange.fhir.operations.shelf import id_of
from unidossier.record.validation import validate

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
NO_SUCH = "0b9a6c0e-2c1f-4d0e-9a53-6f1c7d5e8a21"
EHEALTH = "https://www.ehealth.fgov.be/standards/fhir/vaccination/"
VACCINES = f"{EHEALTH}ValueSet/be-vs-vaccine-code"
GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender"
VITAL = "http://terminology.hl7.org/CodeSystem/observation-category"


def ask(sender: Sender, path: str, **parameters: str) -> Any:
    return sender.get(f"/fhir/{path}?{urlencode(parameters)}")


def values(answer: Any) -> dict[str, Any]:
    """The parameters of an answer by name, the first of each."""
    assert answer.status_code == 200, answer.text
    validate(answer.content)
    told: dict[str, Any] = {}
    for one in answer.json()["parameter"]:
        told.setdefault(
            one["name"], next((v for k, v in one.items() if k.startswith("value")), one.get("part"))
        )
    return told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("nl", "Kalium", id="nl"),
        pytest.param("fr-BE", "Potassium", id="fr"),
        pytest.param("de", "Kalium", id="de"),
        pytest.param("en", "Potassium", id="en"),
        pytest.param("pt", "Potassium", id="unknown"),
    ],
)
def test_a_code_is_told_in_the_language_asked(machine: Sender, language: str, words: str) -> None:  # REC-9
    told = values(ask(machine, "CodeSystem/$lookup", system=LOINC, code="2823-3", displayLanguage=language))
    assert words.casefold() in told["display"].casefold()
    by_header = machine.get(
        f"/fhir/CodeSystem/$lookup?{urlencode({'system': LOINC, 'code': '2823-3'})}",
        **{"accept-language": f"{language};q=0.5, xx"},
    )
    assert values(by_header)["display"] == told["display"]


def test_a_code_may_be_given_as_a_coding_and_by_post(machine: Sender) -> None:
    body = {
        "resourceType": "Parameters",
        "parameter": [{"name": "coding", "valueCoding": {"system": LOINC, "code": "2823-3"}}],
    }
    by_post = values(machine.post("/fhir/CodeSystem/$lookup", body))
    assert by_post == values(ask(machine, "CodeSystem/$lookup", system=LOINC, code="2823-3"))
    assert by_post["name"] == "LOINC"


@pytest.mark.parametrize(
    ("path", "asked", "is_right"),
    [
        ("ValueSet", {"url": GENDER, "code": "female"}, True),
        ("ValueSet", {"url": GENDER, "code": "Female"}, False),
        ("ValueSet", {"url": VACCINES, "system": SNOMED, "code": "871895005"}, True),
        ("ValueSet", {"url": VACCINES, "system": LOINC, "code": "871895005"}, False),
        ("ValueSet", {"url": VACCINES, "coding": f"{EHEALTH}CodeSystem/be-cs-vaccine-code|other"}, True),
        ("ValueSet", {"url": GENDER, "code": "female", "display": "Female"}, True),
        ("ValueSet", {"url": GENDER, "code": "female", "display": "Banana"}, False),
        ("CodeSystem", {"url": VITAL, "code": "laboratory"}, True),
        ("CodeSystem", {"url": VITAL, "code": "nonsense"}, False),
        ("CodeSystem", {"url": SNOMED, "code": "38341003", "display": "hypertension"}, True),
    ],
    ids=str,
)
def test_a_code_is_told_right_or_wrong(
    machine: Sender, path: str, asked: dict[str, str], is_right: bool
) -> None:
    told = values(ask(machine, f"{path}/$validate-code", **asked))
    assert told["result"] is is_right
    assert ("message" in told) is not is_right


def test_one_coding_of_a_concept_is_enough(machine: Sender) -> None:
    codings = [{"system": LOINC, "code": "1"}, {"system": SNOMED, "code": "871895005"}]
    parameters = [
        {"name": "url", "valueUri": VACCINES},
        {"name": "codeableConcept", "valueCodeableConcept": {"coding": codings}},
    ]
    body = {"resourceType": "Parameters", "parameter": parameters}
    assert values(machine.post("/fhir/ValueSet/$validate-code", body))["result"] is True


def test_what_is_held_in_part_is_not_told_wrong_for_sure(machine: Sender) -> None:
    answer = values(ask(machine, "CodeSystem/$validate-code", url=SNOMED, code="1"))
    assert answer["result"] is False
    assert "only a part" in answer["message"]


def test_a_value_set_expands_in_the_language_asked_and_in_pages(machine: Sender) -> None:
    whole = ask(machine, "ValueSet/$expand", url=VACCINES, displayLanguage="nl").json()
    validate(ask(machine, "ValueSet/$expand", url=VACCINES, includeDesignations="true").content)
    members = whole["expansion"]["contains"]
    assert whole["expansion"]["total"] == len(members) > 50
    paged = [
        one
        for offset in range(0, len(members), 20)
        for one in ask(
            machine, "ValueSet/$expand", url=VACCINES, displayLanguage="nl", offset=str(offset), count="20"
        ).json()["expansion"]["contains"]
    ]
    assert paged == members
    found = ask(machine, "ValueSet/$expand", url=VACCINES, displayLanguage="nl", filter="GELE koorts").json()
    assert [one["code"] for one in found["expansion"]["contains"]] == ["871717007"]


def test_a_system_held_in_part_says_so(machine: Sender) -> None:
    whole = ask(machine, "ValueSet/$expand", url="http://snomed.info/sct?fhir_vs", count="5").json()
    assert whole["expansion"]["extension"][0]["url"].endswith("valueset-unclosed")
    assert len(whole["expansion"]["contains"]) == 5


@pytest.mark.parametrize("kind", ["CodeSystem", "ValueSet"])
def test_what_ships_is_found_and_read(machine: Sender, kind: str) -> None:
    urls, address = [], f"/fhir/{kind}?_count=90"
    while address:
        page = machine.get(address).json()
        urls += [one["resource"]["url"] for one in page["entry"]]
        address = next((one["url"] for one in page["link"] if one["relation"] == "next"), "")
    assert len(urls) == len(set(urls)) == page["total"]
    one = ask(machine, kind, url=urls[3]).json()["entry"][0]
    whole = machine.get(one["fullUrl"])
    assert validate(whole.content).resource["url"] == urls[3]
    assert machine.get(f"/fhir/{kind}/{whole.json()['id']}/$validate-code?code=nonsense").status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "place"),
    [
        ("CodeSystem/$lookup?code=1", 400, "code"),
        (f"CodeSystem/$lookup?system={LOINC}&code=zzz", 404, "code"),
        ("CodeSystem/$lookup?system=http://no.where&code=1", 404, "system"),
        (f"CodeSystem/$lookup?system={LOINC}&code=1&code=2", 400, "code"),
        (f"CodeSystem/$lookup?system={LOINC}&code=1&verbose=1", 400, "verbose"),
        ("ValueSet/$expand", 400, "url"),
        ("ValueSet/$expand?url=http://no.where", 404, "url"),
        (f"ValueSet/$expand?url={GENDER}&count=-1", 400, "count"),
        (f"ValueSet/$validate-code?url={GENDER}&codeableConcept=x", 400, "codeableConcept"),
        (f"ValueSet/{NO_SUCH}/$expand", 404, None),
        (f"ValueSet/{NO_SUCH}", 404, None),
        ("ValueSet?colour=red", 400, "colour"),
    ],
    ids=str,
)
def test_bad_questions_are_refused_in_words(
    machine: Sender, address: str, status: int, place: str | None
) -> None:
    answer = machine.get(f"/fhir/{address}")
    assert answer.status_code == status, answer.text
    (issue,) = validate(answer.content).resource["issue"]
    assert issue.get("expression") == ([place] if place else None)


GENDERS, SHIPPED = "http://hl7.org/fhir/administrative-gender", "4.0.1"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        (f"CodeSystem/$lookup?system={GENDERS}&code=male&version=", "version"),
        (f"CodeSystem/$lookup?code=male&system={GENDERS}|", "system"),
        (f"CodeSystem/$validate-code?url={GENDERS}&code=male&version=", "version"),
        (f"CodeSystem/$validate-code?code=male&url={GENDERS}|", "url"),
        ("CodeSystem/{system}/$validate-code?code=male&version=", "version"),
        (f"ValueSet/$validate-code?url={GENDER}&code=male&valueSetVersion=", "valueSetVersion"),
        (f"ValueSet/$validate-code?url={GENDER}&code=male&system={GENDERS}&systemVersion=", "systemVersion"),
        (f"ValueSet/$validate-code?url={GENDER}&code=male&systemVersion=", "systemVersion"),
        (f"ValueSet/$validate-code?code=male&url={GENDER}|", "url"),
        ("ValueSet/{set}/$validate-code?code=male&valueSetVersion=", "valueSetVersion"),
        (f"ValueSet/$expand?url={GENDER}&valueSetVersion=", "valueSetVersion"),
        (f"ValueSet/$expand?url={GENDER}|", "url"),
        ("ValueSet/{set}/$expand?valueSetVersion=", "valueSetVersion"),
    ],
    ids=str,
)
def test_for_another_version_nothing_is_told(machine: Sender, address: str, place: str) -> None:
    """A code may mean something else there; of the version that ships the same is answered."""
    asked = address.format(system=id_of(GENDERS), set=id_of(GENDER))
    assert machine.get(f"/fhir/{asked}{SHIPPED}").status_code == 200
    answer = machine.get(f"/fhir/{asked}1.0.0")
    assert answer.status_code == 404, answer.text
    (issue,) = validate(answer.content).resource["issue"]
    assert (issue["code"], issue["expression"]) == ("not-found", [place])
    assert "'1.0.0'" in issue["diagnostics"] and SHIPPED in issue["diagnostics"]


def test_what_is_held_without_a_version_is_asked_without_one(machine: Sender) -> None:
    answer = ask(machine, "CodeSystem/$lookup", system=LOINC, code="2823-3", version="2.77")
    assert answer.status_code == 404
    assert "without" in answer.json()["issue"][0]["diagnostics"]
    assert ask(machine, "CodeSystem/$lookup", system=LOINC, code="2823-3").status_code == 200


@pytest.mark.parametrize(("kind", "url"), [("CodeSystem", GENDERS), ("ValueSet", GENDER)])
def test_of_a_concept_the_coding_of_the_version_that_ships_counts(
    machine: Sender, kind: str, url: str
) -> None:
    def told(*versions: str) -> dict[str, Any]:
        coding = [{"system": GENDERS, "code": "male", "version": one} for one in versions]
        parameters = [
            {"name": "url", "valueUri": url},
            {"name": "codeableConcept", "valueCodeableConcept": {"coding": coding}},
        ]
        body = {"resourceType": "Parameters", "parameter": parameters}
        return values(machine.post(f"/fhir/{kind}/$validate-code", body))

    assert told("1.0.0", SHIPPED)["result"] is True
    other = told("1.0.0")
    assert other["result"] is False
    assert "'1.0.0'" in other["message"]


def test_codes_are_told_to_nobody_without_a_token(client: Any) -> None:
    for path in ("CodeSystem", "ValueSet/$expand?url=x", "CodeSystem/$lookup", f"ValueSet/{uuid4()}"):
        assert client.get(f"/fhir/{path}").status_code == 401
