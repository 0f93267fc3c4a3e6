"""Titles, codes, times, people and facts of a line."""

from datetime import UTC, datetime

import pytest

from unidossier.kernel.fhir_date import InvalidFhirDate
from unidossier.record.describe import describe, members, references

LOINC, SCT, ATC = "http://loinc.org", "http://snomed.info/sct", "http://www.whocc.no/atc"


def told(kind: str, **elements):
    return describe({"resourceType": kind, **elements}, institution_language="nl")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            {"text": "kalium serum", "coding": [{"system": LOINC, "code": "2823-3", "display": "K"}]},
            "kalium serum",
        ),
        ({"coding": [{"system": LOINC, "code": "2823-3", "display": "K"}]}, "K"),
        ({"coding": [{"system": LOINC, "code": "2823-3"}]}, "Kalium"),
        ({"coding": [{"system": "http://own", "code": "KAL"}]}, "KAL"),
        ({"text": "  "}, "Observatie"),
    ],
)
def test_a_title_is_in_the_words_of_its_author_first(code, expected):
    assert told("Observation", code=code).title == expected


def test_the_code_kept_is_one_we_have_words_for():
    both = [{"system": "http://own", "code": "KAL"}, {"system": LOINC, "code": "2823-3"}]
    found = told("Observation", code={"coding": both})
    assert (found.code_system, found.code) == (LOINC, "2823-3")
    assert told("Observation", code={"coding": both[:1]}).code == "KAL"


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, "fr"),
        ({"language": "de-BE"}, "de"),
        ({"content": [{"attachment": {"language": "nl-BE"}}]}, "nl"),
    ],
)
def test_the_language_is_the_own_one_of_the_item_else_that_of_the_place(elements, expected):
    resource = {"resourceType": "DocumentReference", **elements}
    assert describe(resource, institution_language="fr").language == expected


@pytest.mark.parametrize(
    ("kind", "elements", "expected"),
    [
        ("Encounter", {"class": {"code": "IMP", "display": "inpatient encounter"}, "serviceType": {"text": "Cardiologie"}}, "Ziekenhuisopname: Cardiologie"),
        ("Encounter", {"class": {"code": "AMB"}, "type": [{"text": "Controle"}]}, "Controle"),
        ("ImagingStudy", {"series": [{"modality": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "DX"}, "bodySite": {"system": SCT, "code": "51185008"}}]}, "Röntgenfoto: Borstkas"),
        ("ImagingStudy", {"description": "RX thorax"}, "RX thorax"),
        ("FamilyMemberHistory", {"relationship": {"text": "moeder"}, "condition": [{"code": {"coding": [{"system": SCT, "code": "254837009"}]}}]}, "moeder: Borstkanker"),
        ("QuestionnaireResponse", {"text": {"div": "<div><p>Pijndagboek</p><p>veel</p></div>"}}, "Pijndagboek"),
        ("QuestionnaireResponse", {}, "Vragenlijst"),
        ("Patient", {"name": [{"given": ["An", None], "family": "Peeters"}]}, "An Peeters"),
        ("SomethingNew", {"title": "een titel"}, "een titel"),
        ("SomethingNew", {}, "SomethingNew"),
    ],
)  # fmt: skip
def test_titles_of_families(kind, elements, expected):
    assert told(kind, **elements).title == expected


def test_a_title_fits_a_line():
    assert len(told("Composition", title="x" * 1000).title) == 250


def test_a_partial_date_is_the_start_of_the_day_in_brussels():
    assert told("Condition", onsetDateTime="2024-07-01").clinical_at == datetime(2024, 6, 30, 22, tzinfo=UTC)


def test_the_onset_goes_before_the_recording():
    found = told("Condition", onsetDateTime="2015", recordedDate="2020-01-01")
    assert found.clinical_at.year in (2014, 2015)  # midnight in Brussels
    assert told("Condition", recordedDate="2020-06-01T10:00:00Z").clinical_at == datetime(
        2020, 6, 1, 10, tzinfo=UTC
    )
    assert told("Condition").clinical_at is None


def test_a_date_that_is_none_is_refused():
    with pytest.raises(InvalidFhirDate):
        told("Condition", onsetDateTime="2023-02-30")


@pytest.mark.parametrize(
    ("kind", "elements", "expected"),
    [
        ("Condition", {"subject": {"reference": "Patient/1"}}, "Patient/1"),
        ("Condition", {"subject": {"reference": "urn:uuid:1"}}, "urn:uuid:1"),
        ("Condition", {"subject": {"reference": "https://h.example/fhir/Patient/1"}}, "https://h.example/fhir/Patient/1"),
        ("Immunization", {"patient": {"identifier": {"system": "s", "value": "v"}}}, "s|v"),
        ("Immunization", {"patient": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p", "identifier": [{"system": "s", "value": "v"}]}]}, "s|v"),
        ("Immunization", {"patient": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p"}]}, "#p"),
        ("Coverage", {"beneficiary": {"reference": "Patient/1"}}, "Patient/1"),
        ("Appointment", {"participant": [{"actor": {"reference": "Practitioner/9"}}, {"actor": {"reference": "Patient/1"}}]}, "Patient/1"),
        ("Observation", {"subject": {"reference": "Device/1"}}, None),
        ("Observation", {"subject": {"reference": "Group/1"}}, None),
        ("Provenance", {"target": [{"reference": "Observation/5"}, {"reference": "Patient/1"}]}, "Patient/1"),
        ("Patient", {"id": "1"}, "Patient/1"),
        ("Basic", {}, None),
    ],
)  # fmt: skip
def test_the_patient_is_found_wherever_the_type_names_him(kind, elements, expected):
    assert told(kind, **elements).patient_reference == expected


def test_an_author_is_named_by_the_reference_a_contained_or_a_delivered_resource():
    display = told("Composition", author=[{"reference": "Practitioner/1"}, {"display": "Dr. Claes"}])
    assert (display.author_reference, display.author_name) == (None, "Dr. Claes")
    inner = {"resourceType": "Practitioner", "id": "a", "name": [{"prefix": ["Dr."], "family": "Claes"}]}
    contained = told("Composition", contained=[inner], author=[{"reference": "#a"}])
    assert (contained.author_reference, contained.author_name) == ("#a", "Dr. Claes")
    beside = describe(
        {"resourceType": "Composition", "author": [{"reference": "urn:uuid:9"}]},
        institution_language="nl",
        beside={"urn:uuid:9": {"resourceType": "Organization", "name": "Labo Noord"}},
    )
    assert (beside.author_reference, beside.author_name) == ("urn:uuid:9", "Labo Noord")
    nobody = told("Composition", author=[{"reference": "Practitioner/1"}])
    assert (nobody.author_reference, nobody.author_name) == ("Practitioner/1", "")


def dose(count: str, *when: str, **repeat) -> dict:
    return {
        "text": f"{count} op {'+'.join(when)}",
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "when": list(when), **repeat}},
        "doseAndRate": [
            {"doseQuantity": {"value": count, "system": "http://unitsofmeasure.org", "code": "1"}}
        ],
    }


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ([dose("1", "MORN")], "1-0-0"),
        ([dose("1", "MORN", "EVE")], "1-0-1"),
        ([dose("1", "CM"), dose("0.5", "HS")], "1-0-0-0.5"),
        ([dose("1", "MORN"), dose("2", "CM")], "1 op MORN; 2 op CM"),  # two doses of one moment: said in words
        ([dose("1", "MORN", period=2)], "1 op MORN"),  # every second day
        ([dose("1", "MORN", dayOfWeek=["mon"])], "1 op MORN"),
        ([dose("1", "MORN", periodUnit="wk")], "1 op MORN"),
        ([dose("1", "MORN") | {"asNeededBoolean": True}], "1 op MORN"),
        ([dose("1", "AFT")], "1 op AFT"),
        ([{"timing": {"repeat": {"when": ["MORN"]}}, "text": "1 co"}], "1 co"),  # no number: nothing is assumed
        ([dose("500", "MORN") | {"doseAndRate": [{"doseQuantity": {"value": "500", "system": "http://unitsofmeasure.org", "code": "mg"}}]}], "500 op MORN"),
        ([{"doseAndRate": [{"doseQuantity": {"value": "2", "unit": "puff"}}], "timing": {"repeat": {"frequency": 4, "period": 1, "periodUnit": "d"}}}], "2 puff 4×/d"),
        ([], None),
    ],
)  # fmt: skip
def test_a_dose_is_a_scheme_only_when_nothing_is_guessed(doses, expected):
    assert told("MedicationStatement", dosage=doses).short.get("dose") == expected


def test_the_facts_of_a_medicine():
    found = told(
        "MedicationStatement",
        status="active",
        medicationCodeableConcept={"text": "bisoprolol 5 mg", "coding": [{"system": ATC, "code": "C07AB07"}]},
        effectivePeriod={"start": "2024-01-02", "end": "2025-01-02"},
        reasonCode=[{"text": "hartfalen"}],
    )
    assert (found.title, found.code) == ("bisoprolol 5 mg", "C07AB07")
    assert found.short == {
        "status": "active",
        "since": "2024-01-02",
        "until": "2025-01-02",
        "reason": "hartfalen",
    }
    assert "bètablokkers" in found.search_text


@pytest.mark.parametrize("reference", ["#m", "Medication/7"])
def test_a_medicine_in_a_resource_of_its_own_is_named(reference):
    medicine = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": ATC, "code": "N02BE01"}]},
    }
    found = describe(
        {
            "resourceType": "MedicationRequest",
            "contained": [medicine],
            "medicationReference": {"reference": reference},
        },
        institution_language="fr",
        beside={"Medication/7": medicine},
    )
    assert (found.title, found.code_system, found.code) == ("Paracétamol", ATC, "N02BE01")
    assert "Paracetamol" in found.search_text


def test_the_facts_of_an_allergy():
    found = told(
        "AllergyIntolerance",
        criticality="high",
        code={"coding": [{"system": SCT, "code": "91936005"}]},
        clinicalStatus={"coding": [{"code": "active"}]},
        reaction=[
            {"manifestation": [{"coding": [{"system": SCT, "code": "39579001"}]}], "severity": "severe"},
            {"manifestation": [{"coding": [{"system": SCT, "code": "39579001"}]}], "severity": "mild"},
        ],
    )
    assert found.title == "Penicillineallergie"
    assert found.short == {
        "criticality": "high",
        "reaction": "Anafylaxie",
        "reactions": [[SCT, "39579001"]],
        "severity": "severe",
        "clinicalStatus": "active",
    }


def test_no_known_allergy_is_no_allergy():
    assert told("AllergyIntolerance", code={"coding": [{"system": SCT, "code": "716186003"}]}).short == {
        "none_known": True
    }


def test_a_vaccination_not_given_says_why():
    reason = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "PATOBJ"}]}
    found = told("Immunization", status="not-done", statusReason=reason)
    assert found.short == {
        "status": "not-done",
        "reason": ["http://terminology.hl7.org/CodeSystem/v3-ActReason", "PATOBJ"],
    }


def test_references_and_members():
    report = {
        "resourceType": "DiagnosticReport",
        "subject": {"reference": "Patient/1"},
        "contained": [
            {"resourceType": "Specimen", "collection": {"collector": {"reference": "Practitioner/3"}}}
        ],
        "result": [{"reference": "urn:uuid:b"}, {"reference": "urn:uuid:a"}, {"display": "mondeling"}],
    }
    assert references(report) == {"Patient/1", "Practitioner/3", "urn:uuid:a", "urn:uuid:b"}
    assert members(report) == ["urn:uuid:b", "urn:uuid:a"]
    assert members({"resourceType": "Condition", "result": [{"reference": "x"}]}) == []
