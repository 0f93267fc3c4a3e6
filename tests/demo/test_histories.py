"""The histories: valid FHIR, whole references, believable order, the cases that the product must show."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import orjson
import pytest

from unidossier.demo.build import histories, world
from unidossier.demo.chart.tell import Teller
from unidossier.demo.world import PatientHistory, Resource, World
from unidossier.kernel.category import Category
from unidossier.record.describe import describe
from unidossier.record.validation import validate

from .conftest import TODAY


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("reference", "url") and isinstance(inner, str) and "/" in inner:
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _of(told: list[PatientHistory], kind: str) -> list[Resource]:
    return [each for history in told for each in history.resources if each.fhir["resourceType"] == kind]


def _digest(history: PatientHistory) -> str:
    total = hashlib.sha256()
    for each in history.resources:
        total.update(orjson.dumps(each.fhir))
        total.update(each.entered_at.isoformat().encode())
        for attachment in each.attachments:
            total.update(attachment.id.encode() + attachment.data)
    return total.hexdigest()


def test_the_same_world_gives_the_same_bytes(cast: World):
    again = world(today=TODAY, patients=300)
    for number in (2, 5, 6, 17, 60):
        one = Teller(cast).history(cast.patients[number - 1])
        two = Teller(again).history(again.patients[number - 1])
        assert _digest(one) == _digest(two), number


def test_every_resource_is_valid_fhir(told: list[PatientHistory]):
    for history in told:
        for each in history.resources:
            validate(orjson.dumps(each.fhir))  # raises InvalidResource, naming the place


def test_every_category_is_there_and_every_item_has_a_title(cast: World, told: list[PatientHistory]):
    languages = {place.key: place.language for place in cast.institutions}
    seen: Counter[Category] = Counter()
    for history in told[1:]:  # the long record repeats what the others show
        for each in history.resources:
            shown = describe(each.fhir, institution_language=languages[each.institution])
            assert shown.title and shown.clinical_at is not None, each
            seen[Category(shown.category)] += 1
    assert set(seen) >= set(Category) - {Category.ADMINISTRATIVE}


def test_every_reference_leads_somewhere(cast: World, told: list[PatientHistory]):
    teams = {team.key for team in cast.teams}
    known = {
        "Practitioner": {person.key for person in cast.persons},
        "Organization": {place.key for place in cast.institutions} | teams,  # a practice as the people in it
        "HealthcareService": teams,
        "Location": teams,
    }
    for history in told:
        own = {f"{each.fhir['resourceType']}/{each.fhir['id']}" for each in history.resources}
        for each in history.resources:
            files = {f"Binary/{attachment.id}" for attachment in each.attachments}
            for reference in _references(each.fhir):
                kind, _, key = reference.partition("/")
                if kind in ("http:", "https:"):
                    continue
                if kind == "Patient":
                    assert key == history.patient.key
                elif kind == "Binary":
                    assert reference in files, each
                else:
                    assert key in known[kind] if kind in known else reference in own, (reference, each)


def test_everything_is_entered_in_order_between_birth_and_now(told: list[PatientHistory]):
    for history in told:
        entered = [each.entered_at for each in history.resources]
        assert entered == sorted(entered)
        assert entered[0].date() >= history.patient.birth_date
        assert entered[-1].date() <= TODAY
        if history.patient.deceased_at:
            assert entered[-1] < history.patient.deceased_at + timedelta(days=3)


def test_authors_hold_a_post_in_the_institution(cast: World, told: list[PatientHistory]):
    posts = {(post.person, post.institution) for post in cast.employments}
    for history in told:
        for each in history.resources:
            assert each.author is None or (each.author, each.institution) in posts, each
            assert (each.author is None) == ("patient-own" in each.flags)


def test_every_version_keeps_its_place_in_the_history(told: list[PatientHistory]):
    versions: Counter[str] = Counter()
    for history in told:
        states: dict[str, list[str]] = {}
        for each in history.resources:
            key = f"{each.fhir['resourceType']}/{each.fhir['id']}"
            states.setdefault(key, []).append(each.fhir.get("docStatus") or each.fhir.get("status", ""))
        for key, chain in states.items():
            if len(chain) > 1 and not key.startswith("Appointment/"):
                versions[chain[-1]] += 1
                assert chain[0] == "final" and len(chain) == 2
    assert versions["amended"] >= 1 and versions["entered-in-error"] >= 1


def test_an_appointment_of_today_is_over_by_the_evening(told: list[PatientHistory]):
    chains: dict[str, list[Resource]] = {}
    for each in _of(told, "Appointment"):
        chains.setdefault(each.fhir["id"], []).append(each)
    today = [chain for chain in chains.values() if chain[0].fhir["start"].startswith(TODAY.isoformat())]
    assert today
    for chain in today:
        assert [each.fhir["status"] for each in chain] == ["booked", "arrived", "fulfilled"]
        start = chain[0].fhir["start"]
        assert chain[1].entered_at.isoformat() < start < chain[2].entered_at.isoformat()
    assert all(len(chain) == 1 for chain in chains.values() if chain not in today)


def test_the_cases_that_the_product_must_show(told: list[PatientHistory]):
    documents = _of(told, "DocumentReference") + _of(told, "Composition")
    states = {each.fhir.get("docStatus") or each.fhir["status"] for each in documents}
    assert states >= {"preliminary", "final", "amended", "entered-in-error"}
    flags = {flag for history in told for each in history.resources for flag in each.flags}
    assert flags == {"internal-only", "patient-own"}
    media = {file.media_type for each in documents for file in each.attachments}
    assert media == {"application/pdf", "image/png"}
    assert any(each.fhir["status"] == "in-progress" for each in _of(told, "QuestionnaireResponse"))
    assert {history.patient.story for history in told} == {
        "appendicitis", "breast_cancer", "childhood", "copd", "depression", "diabetes", "epilepsy", "healthy",
        "heart_failure", "hip_fracture", "kidney", "long_record", "migraine", "pregnancy", "rheumatoid", "stroke",
    }  # fmt: skip


def test_the_long_record_has_thirty_years_and_ten_thousand_items(told: list[PatientHistory]):
    items = {f"{each.fhir['resourceType']}/{each.fhir['id']}" for each in told[0].resources}
    assert 10_000 <= len(items) <= 10_500
    assert TODAY.year - told[0].resources[0].entered_at.year == 30
    assert {each.institution for each in told[0].resources} >= {"scheldedal", "aldegonde", "linde"}


def test_potassium_rises_over_the_years_of_kidney_disease(told: list[PatientHistory]):
    values = [
        each.fhir["valueQuantity"]["value"]
        for each in told[16].resources
        if each.fhir.get("code", {}).get("coding", [{}])[0].get("code") == "2823-3"
    ]
    assert len(values) >= 15
    assert sum(values[:5]) / 5 + 0.5 < sum(values[-5:]) / 5
    assert max(values) > 5.1 and max(values) < 7


def test_no_medicine_is_twice_in_course(told: list[PatientHistory]):
    for history in told:
        running = Counter(
            each.fhir["medicationCodeableConcept"]["coding"][0]["code"]
            for each in history.resources
            if each.fhir["resourceType"] == "MedicationStatement" and each.fhir["status"] == "active"
        )
        assert not [code for code, times in running.items() if times > 1], history.patient


def test_nobody_takes_two_medicines_of_a_kind_or_more_than_ten(told: list[PatientHistory]):
    kinds = [
        {"C09AA05", "C09AA04", "C09DX04"},
        {"C03CA01", "C03CA02"},
        {"C10AA05", "C10AA07"},
        {"B01AF02", "B01AC04"},
    ]
    for history in told:
        running = [
            each.fhir["medicationCodeableConcept"]
            for each in history.resources
            if each.fhir["resourceType"] == "MedicationStatement" and each.fhir["status"] == "active"
        ]
        codes = {each["coding"][0]["code"] for each in running}
        assert len(running) <= 11, history.patient
        assert all(len(kind & codes) <= 1 for kind in kinds), (history.patient, codes)
        assert all(any(digit.isdigit() for digit in each["text"]) for each in running), history.patient
    assert 7 <= _in_course(told[0]) <= 10


def _in_course(history: PatientHistory) -> int:
    return sum(
        each.fhir["resourceType"] == "MedicationStatement" and each.fhir["status"] == "active"
        for each in history.resources
    )


def test_a_dose_that_changes_ends_the_earlier_line(told: list[PatientHistory]):
    changed = 0
    for history in told:
        lines: dict[str, list[dict]] = {}
        for each in history.resources:
            if each.fhir["resourceType"] == "MedicationStatement":
                lines.setdefault(each.fhir["medicationCodeableConcept"]["coding"][0]["code"], []).append(
                    each.fhir
                )
        for code in ("C07AB07", "N03AX14", "C10AA05"):
            steps = sorted(lines.get(code, ()), key=lambda line: line["effectivePeriod"]["start"])
            for earlier, later in pairwise(steps):
                changed += 1
                assert earlier["effectivePeriod"]["end"] <= later["effectivePeriod"]["start"]
    assert changed > 10


def test_signs_of_one_moment_are_one_panel(told: list[PatientHistory]):
    panels = [
        each for each in _of(told, "Observation") if each.fhir["code"]["coding"][0]["code"] == "85353-1"
    ]
    members = {member["reference"] for each in panels for member in each.fhir["hasMember"]}
    assert len(members) > 2 * len(panels) > 1000
    moments: Counter[tuple[str, str]] = Counter()
    for each in _of(told, "Observation"):
        signs = each.fhir["category"][0]["coding"][0]["code"] == "vital-signs"
        if signs and "hasMember" not in each.fhir and f"Observation/{each.fhir['id']}" not in members:
            moments[each.patient, each.fhir["effectiveDateTime"]] += 1
    assert max(moments.values()) == 1  # what stands alone was measured alone


def test_the_patients_of_the_hints_are_treated_by_those_who_sign_in(told: list[PatientHistory]):
    treats = {
        1: "scheldedal.cardiology.specialist.1",
        4: "vennblick.internal.specialist.1",
        5: "linde.paramedical.physiotherapist.1",
        11: "aldegonde.neurology.specialist.1",
    }
    for number, carer in treats.items():
        assert carer in {each.author for each in told[number - 1].resources}, number


def test_nobody_is_nursed_before_he_comes(told: list[PatientHistory]):
    stays = [each.fhir for each in _of(told, "Encounter") if each.fhir["class"]["code"] == "IMP"]
    notes: dict[tuple[str, str], list[str]] = {}
    for each in _of(told, "DocumentReference"):
        if each.fhir["type"]["coding"][0]["code"] == "34746-8":
            notes.setdefault((each.patient, each.institution), []).append(each.fhir["date"])
    assert stays and notes
    for stay in stays:
        patient = stay["subject"]["reference"].removeprefix("Patient/")
        place = stay["serviceProvider"]["reference"].removeprefix("Organization/")
        start = stay["period"]["start"]
        same_day = [date for date in notes.get((patient, place), ()) if date[:10] == start[:10]]
        assert all(date > start for date in same_day), (patient, start)


def test_nobody_takes_what_he_is_allergic_to(told: list[PatientHistory]):
    allergic = 0
    for history in told:
        kinds = {each.fhir["resourceType"]: [] for each in history.resources}
        for each in history.resources:
            kinds[each.fhir["resourceType"]].append(each.fhir)
        codes = {one["code"]["coding"][0]["code"] for one in kinds.get("AllergyIntolerance", ())}
        if "91936005" in codes:
            allergic += 1
            taken = {
                one["medicationCodeableConcept"]["coding"][0]["code"]
                for one in kinds.get("MedicationStatement", ())
            }
            assert not taken & {"J01CA04", "J01CR02"}, history.patient
    assert allergic
    severe = [each.fhir for each in told[0].resources if each.fhir["resourceType"] == "AllergyIntolerance"]
    assert [one["criticality"] for one in severe] == ["high"]


def test_texts_are_in_the_language_of_the_place(cast: World, told: list[PatientHistory]):
    languages = {place.key: place.language for place in cast.institutions}
    for each in _of(told, "DocumentReference"):
        if "patient-own" not in each.flags:
            language = each.fhir["content"][0]["attachment"]["language"]
            assert language == f"{languages[each.institution]}-BE"


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2028, 2, 29)], ids=["a Sunday", "29 February"])
def test_clinics_and_wards_are_busy_today_and_next_week(today: date):
    told = list(histories(world(today=today)))
    starts = [
        (each.fhir["start"][:10], each.team)
        for each in _of(told, "Appointment")
        if each.fhir["status"] == "booked"
    ]
    assert sum(day == today.isoformat() for day, _ in starts) >= 12
    assert all(8 <= int(each.fhir["start"][11:13]) <= 16 for each in _of(told, "Appointment"))
    assert all(each.fhir["start"][:10] == today.isoformat() or date.fromisoformat(each.fhir["start"][:10]).weekday() < 5
               for each in _of(told, "Appointment"))  # fmt: skip
    assert sum(pair == (today.isoformat(), "scheldedal.cardiology") for pair in starts) >= 4
    monday = today + timedelta(days=7 - today.weekday())
    week = {(monday + timedelta(days=offset)).isoformat() for offset in range(7)}
    assert sum(day in week for day, _ in starts) >= 10
    stays = Counter(each.team for each in _of(told, "Encounter") if each.fhir["status"] == "in-progress")
    assert stays["scheldedal.cardiology-ward"] >= 2
    assert {"aldegonde.internal-ward", "linde.locomotor-ward", "linde.neuro-ward"} <= set(stays)
    assert all(each.fhir["location"][0]["location"]["reference"] == f"Location/{each.team}"
               for each in _of(told, "Encounter"))  # fmt: skip


def test_an_ordinary_patient_takes_little_time(cast: World):
    teller, taken = Teller(cast), []
    for patient in cast.patients[33:]:
        start = time.process_time()
        teller.history(patient)
        taken.append(time.process_time() - start)
    assert sorted(taken)[len(taken) // 2] < 0.020  # seconds of CPU
