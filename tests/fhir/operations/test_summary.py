"""Patient/$summary: an IPS document that an independent FHIRPath engine and the profile find nothing wrong with."""

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

import orjson
import pypdfium2
import pytest
from fhirpathpy import evaluate
from fhirpathpy.models import models

from tests.fhir.client import Client
from tests.fhir.conftest import Hospital, Sender
from tests.fhir.peers.round_trip import data_folder, transactions
from tests.fhir.resources import bundle, entry, observation, patient
from tests.gate.world import World
from tests.relations.outside import number
from unidossier.actions.match_patient import find_by_number
from unidossier.actions.take_summary import take_summary
from unidossier.exchange.fhir.operations.profiles import examine, profiles
from unidossier.kernel.category import EVERY_CATEGORY
from unidossier.kernel.identifiers import SSIN
from unidossier.record.summary.gathered import fill
from unidossier.record.summary.sections import SECTIONS
from unidossier.record.summary.words import word
from unidossier.record.validation import validate

Json = dict[str, Any]
LONG = os.environ.get("FHIR_PROOF") == "long"
SNOMED = "http://snomed.info/sct"
IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"
REQUIRED = ("11450-4", "48765-2", "10160-0", "47519-4", "46264-8")
# what R4 and IPS ask of a document: hl7.org/fhir/R4/bundle.html#invs, composition.html#invs
INVARIANTS = [
    "Bundle.type = 'document' implies (Bundle.identifier.system.exists() and Bundle.identifier.value.exists())",
    "Bundle.timestamp.exists()",
    "Bundle.entry.first().resource is Composition",
    "Bundle.entry.select(fullUrl).isDistinct()",
    "Bundle.entry.where(fullUrl.contains('/_history/')).empty()",
    "Bundle.entry.all(fullUrl.exists() and search.empty() and request.empty() and response.empty())",
    "Bundle.entry.resource.ofType(Composition).section.all(text.exists() or entry.exists() or section.exists())",
    "Bundle.entry.resource.ofType(Composition).section.all(emptyReason.empty() or entry.empty())",
    "Bundle.entry.resource.ofType(Composition).section.all(entry.exists() or emptyReason.exists())",
    "Bundle.entry.resource.ofType(Composition).section.code.coding.where(code = '11450-4' or code = '48765-2' or code = '10160-0').count() = 3",
    "Bundle.entry.resource.ofType(Patient).count() = 1",
    "Bundle.entry.resource.ofType(Patient).name.all(family.exists() or given.exists() or text.exists())",
    "Bundle.entry.resource.ofType(Observation).where(category.coding.where(code = 'laboratory').exists()).all(performer.exists())",
]


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def of(subject: UUID, kind: str, **elements: Any) -> Json:
    holder = "patient" if kind in ("AllergyIntolerance", "Immunization") else "subject"
    return {"resourceType": kind, holder: {"reference": f"Patient/{subject}"}} | elements


@pytest.fixture
def told(machine: Sender, known: UUID) -> UUID:
    """A record with something for most sections, and things that belong in none."""
    active = coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active")
    resolved = coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved")
    no_allergy = coded(SNOMED, "716186003")
    resources = [
        of(known, "Condition", code=coded(SNOMED, "38341003"), clinicalStatus=active, onsetDateTime="2004"),
        of(known, "Condition", code=coded(SNOMED, "38341003"), clinicalStatus=active),  # the same again
        of(known, "Condition", code={"text": "Broken <wrist> & arm"}, clinicalStatus=resolved),
        of(known, "AllergyIntolerance", code={"text": "Penicillin"}, criticality="high"),
        of(known, "AllergyIntolerance", code=no_allergy),
        of(
            known,
            "MedicationStatement",
            status="active",
            medicationCodeableConcept={"text": "Bisoprolol 5 mg"},
        ),
        of(
            known,
            "MedicationStatement",
            status="completed",
            medicationCodeableConcept={"text": "Amoxicillin"},
        ),
        of(
            known,
            "Immunization",
            status="completed",
            vaccineCode=coded(SNOMED, "871717007"),
            occurrenceDateTime="2020-03-01",
        ),
        of(
            known,
            "Procedure",
            status="completed",
            code=coded(SNOMED, "80146002"),
            performedDateTime="2011-05-06",
        ),
        observation(known),
        observation(known, valueQuantity={"value": 4.4, "unit": "mmol/L"}, effectiveDateTime="2019-01-01"),
    ]
    text = orjson.dumps(bundle(*(entry(one) for one in resources))).replace(b"5.6", b"5.60")
    answer = machine.post("/fhir", text)
    assert answer.status_code == 200, answer.text
    return known


def sections(document: Json) -> dict[str, Json]:
    composition = document["entry"][0]["resource"]
    return {one["code"]["coding"][0]["code"]: one for one in composition["section"]}


def require_right(answer: Any) -> Json:
    """Return the document, looked at by structure, by the profile, and by an engine that is not ours."""
    assert answer.status_code == 200, answer.text
    document = validate(answer.content).resource
    examined = examine(document, profile=profiles()[IPS])
    assert [one.issue for one in examined.findings] == []
    for expression in INVARIANTS:
        assert evaluate(document, expression, {}, models["r4"]) == [True], expression
    return document


def test_the_document_is_right_by_structure_profile_and_invariants(machine: Sender, told: UUID) -> None:
    answer = machine.get(f"/fhir/Patient/{told}/$summary")
    require_right(answer)
    checked = machine.post(
        "/fhir/Bundle/$validate", answer.content
    )  # and as anybody else would have it checked
    assert checked.status_code == 200
    assert {one["severity"] for one in checked.json()["issue"]} == {"information"}
    assert "Bundle (IPS)" in checked.text
    for one in orjson.loads(answer.content)["entry"]:
        resource = one["resource"]
        validate(orjson.dumps(resource))
        assert one["fullUrl"].endswith(f"/{resource['resourceType']}/{resource['id']}")


def test_the_summaries_of_collected_examples_are_right(
    client: Any, world: World, record_property: Callable[[str, object], None]
) -> None:
    """One of them here, all in `make prove-fhir`."""
    folder = data_folder()
    if folder is None:
        pytest.skip("no collected examples: set UNIDOSSIER_DATA")
    made = 0
    for name, text in transactions(folder):
        if not (LONG or name.startswith("Liz_Conn")):
            continue
        # each from an institution of its own: some documents share the addresses of their resources
        sender = world.worker("machine", world.institution())
        machine = Sender(client, world.session(sender, face="api", purpose="exchange"))
        answer = machine.post("/fhir", text)
        assert answer.status_code == 200, f"{name}: {answer.text[:300]}"
        entries = orjson.loads(text)["entry"]
        (place, *_) = (
            told["response"]["location"]
            for sent, told in zip(entries, answer.json()["entry"], strict=True)
            if sent["resource"]["resourceType"] == "Patient"
        )
        patient = place.partition("Patient/")[2].partition("/")[0]
        document = require_right(machine.get(f"/fhir/Patient/{patient}/$summary"))
        made += len(document["entry"])
    record_property("summarised", made)
    assert made > (500 if LONG else 20)


def test_every_reference_of_a_section_is_in_the_document_and_about_the_patient(
    machine: Sender, told: UUID
) -> None:
    document = machine.get(f"/fhir/Patient/{told}/$summary").json()
    held = {
        f"{one['resource']['resourceType']}/{one['resource']['id']}": one["resource"]
        for one in document["entry"]
    }
    (patient,) = (name for name in held if name.startswith("Patient/"))
    for section in sections(document).values():
        for reference in section.get("entry", ()):
            resource = held[reference["reference"]]
            subject = resource.get("subject") or resource["patient"]
            assert subject["reference"] == patient
    composition = document["entry"][0]["resource"]
    assert composition["author"][0]["reference"] in held
    assert composition["subject"]["reference"] == patient


def test_whatever_id_an_institution_gives_the_patient_the_document_has_one(
    client: Any, world: World, machine: Sender, physician: Sender, hospital: Hospital
) -> None:
    named = patient(identifier=[{"system": SSIN, "value": number()}])
    machine.post("/fhir/Patient", named)
    house = world.institution()
    other = Sender(client, world.session(world.worker("machine", house), face="api", purpose="exchange"))
    own = other.post("/fhir/Patient", named).json()["id"]
    asserter = {"reference": f"Patient/{own}"}
    allergy = of(UUID(own), "AllergyIntolerance", code={"text": "Penicillin"}, asserter=asserter)
    assert other.post("/fhir/AllergyIntolerance", allergy).status_code == 201
    ((id_,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", own)
    world.relation(id_, hospital.physician)
    document = physician.get(f"/fhir/Patient/{id_}/$summary")
    require_right(document)
    assert set(re.findall(r'"reference":"(Patient/[^"]+)"', document.text)) == {f"Patient/{id_}"}
    assert str(id_) != own
    assert "Penicillin" in document.text


def test_the_sections_hold_what_counts_now(machine: Sender, told: UUID) -> None:
    document = machine.get(f"/fhir/Patient/{told}/$summary")
    by_code = sections(document.json())
    counts = {code: len(section.get("entry", ())) for code, section in by_code.items()}
    assert counts == {
        "11450-4": 1,  # the same problem twice is one
        "48765-2": 1,  # "no known allergy" does not stand beside an allergy
        "10160-0": 1,
        "11369-6": 1,
        "30954-2": 1,  # the newest value of a code
        "47519-4": 1,
        "46264-8": 0,  # asked for by the European summary: says that nothing is recorded
        "11348-0": 1,
    }
    assert '"value":5.60' in document.text  # digit for digit
    assert "Broken &lt;wrist&gt; &amp; arm" in by_code["11348-0"]["text"]["div"]


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_the_narrative_is_in_the_language_asked(machine: Sender, told: UUID, language: str) -> None:  # REC-9
    by_parameter = machine.get(f"/fhir/Patient/{told}/$summary?language={language}").json()
    by_header = machine.get(f"/fhir/Patient/{told}/$summary", **{"accept-language": f"{language}-BE"}).json()
    for document in (by_parameter, by_header):
        problems = sections(document)["11450-4"]
        assert problems["title"] == word("problems", language)
        assert f'lang="{language}"' in problems["text"]["div"]
        for section in sections(document).values():
            _Whole().feed(section["text"]["div"])


class _Whole(HTMLParser):
    """Fails on anything that the narrative of FHIR does not allow."""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag in {"div", "table", "thead", "tbody", "tr", "th", "td", "p"}
        assert {name for name, _ in attrs} <= {"xmlns", "lang", "xml:lang"}


def test_an_empty_record_says_that_nothing_is_known_never_that_there_is_nothing(
    machine: Sender, known: UUID
) -> None:
    document = validate(machine.get(f"/fhir/Patient/{known}/$summary").content).resource
    assert [one.issue for one in examine(document, profile=profiles()[IPS]).findings] == []
    reasons = {code: one["emptyReason"]["coding"][0]["code"] for code, one in sections(document).items()}
    assert reasons == dict.fromkeys(REQUIRED, "unavailable")


def test_no_day_is_told_that_the_source_did_not_tell(machine: Sender, told: UUID) -> None:
    """When something was entered is not when it began; of the same problem told twice, the one that says when counts."""
    by_code = sections(machine.get(f"/fhir/Patient/{told}/$summary?language=en").json())
    days = {
        code: re.findall(r"<td>([^<]*)</td></tr>", section["text"]["div"])
        for code, section in by_code.items()
    }
    assert days["11450-4"] == ["2004"]
    assert days["11348-0"] == [""]  # a broken wrist, nobody knows when
    assert days["10160-0"] == [""]
    assert days["11369-6"] == ["01.03.2020"]
    assert days["47519-4"] == ["06.05.2011"]


def test_what_is_not_open_to_the_reader_is_withheld(
    client: Any, world: World, hospital: Hospital, told: UUID
) -> None:  # ACS-2
    ((patient,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", told)
    reception = world.worker("physiotherapist", hospital.id)
    world.relation(patient, reception, categories=1 << 5)  # medication alone
    sender = Sender(client, world.session(reception, face="api"))
    document = sender.get(f"/fhir/Patient/{told}/$summary").json()
    by_code = sections(document)
    assert set(by_code) == set(REQUIRED)
    assert by_code["48765-2"]["emptyReason"]["coding"][0]["code"] == "withheld"
    assert "Penicillin" not in orjson.dumps(document).decode()


@pytest.mark.parametrize(
    ("reads", "reason"),
    [
        (None, "unavailable"),
        ({"*": 1 << 3}, "unavailable"),
        ({"AllergyIntolerance": 1 << 3}, "unavailable"),
        ({"Condition": EVERY_CATEGORY}, "withheld"),
        ({"AllergyIntolerance": 1 << 2}, "withheld"),
        ({}, "withheld"),
    ],
    ids=str,
)
def test_what_the_scopes_of_an_app_leave_out_is_withheld_not_absent(
    reads: dict[str, int] | None, reason: str
) -> None:
    filled = fill([], opens=EVERY_CATEGORY, today=date(2026, 11, 22), reads=reads)
    reasons = {one.section.slug: one.empty for one in filled}
    assert reasons["allergies"] == reason


def test_the_paper_says_the_same(machine: Sender, told: UUID) -> None:
    answer = machine.get(f"/fhir/Patient/{told}/$summary?_format=application/pdf&language=fr")
    assert answer.headers["content-type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    text = " ".join(re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pages)
    for words in (
        "Résumé international du patient",
        "Penicillin",
        "Bisoprolol 5 mg",
        "5,60 mmol/L",
        "12.04.1951",
        "Peeters",
    ):
        assert words in text
    assert "Amoxicillin" not in text
    by_header = machine.get(f"/fhir/Patient/{told}/$summary", accept="application/pdf")
    assert by_header.content.startswith(b"%PDF")


def test_a_summary_is_one_entry_and_refusal_looks_like_absence(
    physician: Sender, hospital: Hospital, world: World, told: UUID
) -> None:
    answers = [physician.get(f"/fhir/Patient/{id_}/$summary") for id_ in (told, uuid4(), "nobody")]
    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    ((patient,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", told)
    world.relation(patient, hospital.physician)
    gathered = take_summary(physician.secret, patient=patient, at=datetime.now(UTC))
    assert gathered.language == "nl"
    entries = world.run(
        "SELECT id, permitted, patient_id FROM log.entry WHERE person_id = %s AND verb = 'fhir-summary' ORDER BY id DESC",
        hospital.physician.person,
    )
    assert entries[0] == (gathered.entry, True, patient)
    assert [entry[1:] for entry in entries[1:]] == [(False, None), (False, patient)]


def test_by_a_number_whoever_may_find_him_finds_him_and_nobody_else_does(
    machine: Sender, physician: Sender, hospital: Hospital, world: World, client: Client
) -> None:
    digits = number()
    numbered = patient(identifier=[{"system": SSIN, "value": digits}])
    sent = machine.post("/fhir/Patient", numbered).json()["id"]
    ((id_,),) = world.run("SELECT patient_id FROM record.directory WHERE id = %s", sent)
    elsewhere = world.worker("machine", world.institution())
    stranger = Sender(client, world.session(elsewhere, face="api", purpose="exchange"))
    own = Sender(client, world.own_session(id_, face="api"))
    world.relation(id_, hospital.physician)
    outsider = Sender(client, world.session(world.worker("specialist", hospital.id), face="api"))
    address = f"/fhir/Patient/$summary?identifier={SSIN}|"
    for sender in (machine, physician, own):
        assert require_right(sender.get(address + digits))["type"] == "document"
    refused = [stranger.get(address + digits), outsider.get(address + digits)]
    refused += [sender.get(address + number()) for sender in (machine, physician, own)]
    refused += [physician.get(f"/fhir/Patient/$summary?identifier=urn:other|{digits}")]
    assert {(one.status_code, one.content) for one in refused} == {(404, refused[0].content)}
    assert find_by_number(physician.secret, system=SSIN, value=digits, is_machine=False) == [id_]
    ((permitted, patients),) = world.run(
        "SELECT permitted, patients FROM log.entry WHERE person_id = %s AND verb = 'find-patient' ORDER BY id DESC LIMIT 1",
        hospital.physician.person,
    )
    assert (permitted, patients) == (True, [id_])
    for asked in ("", "identifier=5", f"identifier={SSIN}|"):
        assert machine.get(f"/fhir/Patient/$summary?{asked}").status_code == 400


def test_another_profile_and_unknown_parameters_are_refused(machine: Sender, known: UUID) -> None:
    address = f"/fhir/Patient/{known}/$summary"
    assert machine.get(f"{address}?profile={IPS}").status_code == 200
    for asked in ("profile=http://other.example", "graph=x"):
        answer = machine.get(f"{address}?{asked}")
        assert answer.status_code == 400
        assert validate(answer.content).resource["issue"][0]["expression"] == [asked.partition("=")[0]]


def test_every_section_has_words_in_every_language() -> None:
    for section in SECTIONS:
        for name in (section.slug, *section.columns):
            assert len({word(name, language) for language in ("en", "fr", "nl", "de")}) > 0
