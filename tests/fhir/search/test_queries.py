"""Searches in one record as a table: what each finds, in order; what means nothing; codes by what they belong under."""

from urllib.parse import urlencode

import pytest

from tests.fhir.search.record import UCUM, Record, named, stored

# query, and which of (late, early, glucose) it finds, newest first
FOUND: dict[str, str] = {
    "": "late early glucose",
    "code=2823-3": "late early",
    "code=http://loinc.org|2823-3": "late early",
    "code=|2823-3": "",
    "code=http://loinc.org|": "late early glucose",
    "code=2345-7,2823-3": "late early glucose",
    "code:not=2823-3": "glucose",
    "code:text=pota": "late early",
    "code:text=jeun": "glucose",
    "code:text=otassium": "",
    "status=FINAL": "late early",
    "status:in=http://hl7.org/fhir/ValueSet/observation-status": "late early glucose",
    "status:not-in=http://hl7.org/fhir/ValueSet/observation-status": "",
    "category:not-in=http://hl7.org/fhir/ValueSet/observation-status": "late early glucose",
    "status=http://hl7.org/fhir/observation-status|preliminary": "glucose",
    "date=2026-11-21": "late",
    "date=2026-11": "late early glucose",
    "date=ne2026-11-21": "early glucose",
    "date=lt2026-11-20": "glucose",
    "date=le2026-11-20": "early glucose",
    "date=gt2026-11-20": "late",
    "date=ge2026-11-20&date=lt2026-11-21": "early",
    "date=sa2026-11-20": "late",
    "date=eb2026-11-20": "glucose",
    "date=2026-11-20T10:00:00%2B01:00": "early",
    "date=2026-11-20T09:00Z": "early",
    "value-quantity=5.6": "early glucose",
    "value-quantity=5.60": "early glucose",
    "value-quantity=7": "late",
    "value-quantity=7.0": "",
    "value-quantity=gt5.6": "late",
    "value-quantity=ge5.6": "late early glucose",
    "value-quantity=lt7.2||mmol/L": "early glucose",
    f"value-quantity=7200|{UCUM}|umol/L": "late",
    f"value-quantity=7.2|{UCUM}|mmol/L": "late",
    f"value-quantity=ap7|{UCUM}|mmol/L": "late",
    f"value-quantity=7.2|{UCUM}|mg/L": "",
    "encounter:missing=true": "late glucose",
    "encounter:missing=false": "early",
    "encounter=Encounter/{encounter}": "early",
    "encounter={encounter}": "early",
    "encounter:Encounter={encounter}": "early",
    "encounter=http://api.example/fhir/Encounter/{encounter}": "early",
    "encounter.status=finished": "early",
    "encounter:Encounter.date=2026-11-20": "early",
    "encounter.status=planned": "",
    "subject:Patient.gender=female": "late early glucose",
    "subject.birthdate=1951-04-12": "late early glucose",
    "patient.gender=male": "",
    "derived-from:Observation.encounter.status=finished": "glucose",
    "_has:Provenance:target:recorded=2026-11-20": "early",
    "_has:Provenance:target:recorded=2025": "",
    "_has:Observation:derived-from:_id={glucose}": "early",
    "code-value-quantity=2823-3$gt6": "late",
    "code-value-quantity=2345-7$gt6": "",
    "combo-code-value-quantity=http://loinc.org|2823-3$lt6": "early",
    "_id={early},{late}": "late early",
    "_id=unknown": "",
    "_lastUpdated=ge2026": "late early glucose",
    "_lastUpdated=lt2026": "",
    "_text=glycemie": "glucose",
    "_content=potassium": "late early",
    "_sort=date": "glucose early late",
    "_sort=-date": "late early glucose",
    "_sort=status,-date": "late early glucose",
    "_sort=-value-quantity,date": "late glucose early",
    "_sort=encounter,date": "early glucose late",
    "_count=1": "late",
}


def test_codes_are_found_by_what_they_belong_under(record: Record) -> None:
    """ATC by its levels, ICD-10 by its categories; nothing is guessed of other systems."""
    atc, icd = "http://www.whocc.no/atc", "http://hl7.org/fhir/sid/icd-10"
    furosemide = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": {"reference": f"Patient/{record.patient}"},
        "medicationCodeableConcept": {"coding": [{"system": atc, "code": "C03CA01"}]},
    }
    infarct = {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{record.patient}"},
        "code": {"coding": [{"system": icd, "code": "I21.4"}]},
    }
    medicine, problem = stored(record.machine, furosemide), stored(record.machine, infarct)
    for kind, id_, query, hits in (
        ("MedicationStatement", medicine, f"code:below={atc}|C03", True),
        ("MedicationStatement", medicine, f"code:below={atc}|C03CA01", True),
        ("MedicationStatement", medicine, f"code:below={atc}|C07", False),
        ("MedicationStatement", medicine, f"code:above={atc}|C03CA01", True),
        ("MedicationStatement", medicine, f"code:above={atc}|C03CA", False),
        ("Condition", problem, f"code:below={icd}|I21", True),
        ("Condition", problem, f"code:below={icd}|I2", False),
        ("Condition", problem, f"code:above={icd}|I21.40", True),
    ):
        assert record.find(query, kind=kind) == ([id_] if hits else []), query


@pytest.mark.parametrize("query", FOUND)
def test_a_query_finds(record: Record, query: str) -> None:
    """By GET on the type; 0 and more of three values, in order."""
    filled = query.format(
        encounter=record.encounter, early=record.early, late=record.late, glucose=record.glucose
    )
    assert record.find(filled) == named(record, FOUND[query])


REFUSED = {
    "code:above=1": "code: ':above' takes system|code of ATC",
    "code:below=http://snomed.info/sct|73211009": "of ATC",
    "code:in=http://example.org/vs": "code: the value set http://example.org/vs is not held here",
    "code:contains=x": "':contains' is not done",
    "date=yesterday": "is not a FHIR date",
    "date=2026-02-30": "is not in the calendar",
    "value-quantity=much": "is not a number",
    "value-quantity=5|mg": "write number",
    "encounter:Patient=1": "':Patient' is not done",
    "status.x=1": "is no reference",
    "device:Device.identifier=x": "no record holds Device",
    "_count=many": "_count is a whole number",
    "_total=some": "_total is",
    "code-value-quantity=1": "write 2 values",
    "encounter.subject.link.link.link.link.link=1": "at most 4 links",
    "_has:Observation=1": "write _has:",
    "date:exact=2026": "takes missing",
    "code:missing=maybe": "is true or false",
    "code=a%00b": "NUL",
    "_sort=date,date,date,date,date,date": "at most 5",
    "&".join(["_include=Observation:*"] * 21): "at most 20",
    "code=a&" + "&".join(["code=a"] * 101): "at most 100",
}


@pytest.mark.parametrize("query", REFUSED, ids=[query[:40] for query in REFUSED])
def test_what_means_nothing_is_refused_in_clear_words(record: Record, query: str) -> None:
    answer = record.machine.get(f"/fhir/Observation?patient={record.patient}&{query}")
    assert answer.status_code == 400, answer.text
    (issue,) = answer.json()["issue"]
    assert REFUSED[query] in issue["diagnostics"]


ODD = (
    "'", '"', "\\", "\\\\", "\\,", "$", "$$", "|", "||", "|||", ",", ",,", "%", "*", "(", "[a-", "é😀", "\u0301", "\ufeff", "\u202e", "a" * 5000,
    "null", "1e99", "-1e99", "1e999", "9" * 60, ".5", "NaN", "0x10", "2026-13", "9999", "0001", "9998-12-31", "2026-01-01T24:00:00Z", "gt", "eq", "ap0", "@", "$.x",
    '") || true || (@ == "', "x' OR true --", "Patient/", "/", "urn:uuid:x", "http://", "#", "../../x", " ", "\t", "\n",
)  # fmt: skip
OF_EACH_KIND = ("code", "code:text", "encounter", "encounter:identifier", "date", "value-quantity", "value-string", "value-string:contains",
    "_profile:below", "_profile:above", "code-value-quantity", "component-code-value-quantity", "_id", "_lastUpdated", "_text", "identifier:of-type",
    "subject:Patient.name", "_has:Provenance:target:agent", "_sort", "_include", "_cursor", "code:missing")  # fmt: skip


@pytest.mark.parametrize("name", OF_EACH_KIND)
def test_odd_values_are_answered_or_refused_and_never_fail(record: Record, name: str) -> None:
    answers = {
        value: record.machine.get(
            f"/fhir/Observation?{urlencode([('patient', str(record.patient)), (name, value)])}"
        )
        for value in ODD[OF_EACH_KIND.index(name) % 3 :: 3]  # a third each: every value meets several kinds
    }
    wrong = {
        value[:40]: answer.text[:200]
        for value, answer in answers.items()
        if answer.status_code not in (200, 400)
    }
    assert not wrong
