"""Faulty resources, each with the place that must be named and words that must be said there."""

OBSERVATION = {"resourceType": "Observation", "status": "final", "code": {"text": "potassium"}}
PATIENT = {"resourceType": "Patient"}
EXTENSION = {"url": "http://example.org/a", "valueString": "b"}
BINARY = {"resourceType": "Binary", "contentType": "a/b"}


def obs(more: dict) -> dict:
    """Give the least valid Observation with `more` in it."""
    return OBSERVATION | more


def patient(more: dict) -> dict:
    """Give the least valid Patient with `more` in it."""
    return PATIENT | more


def without(resource: dict, name: str) -> dict:
    """Give the resource without one of its elements."""
    return {key: value for key, value in resource.items() if key != name}


REFUSED = [
    # What the official schema lets through.
    ("required value missing", without(OBSERVATION, "status"), "Observation.status", "required and missing"),
    ("required object missing", without(OBSERVATION, "code"), "Observation.code", "required and missing"),
    ("empty list", obs({"component": []}), "Observation.component", "empty list"),
    ("empty object", obs({"code": {}}), "Observation.code", "empty object"),
    ("empty text", obs({"valueString": ""}), "Observation.valueString", "text that is not empty"),
    ("two of a choice", obs({"valueString": "a", "valueInteger": 1}), "Observation.valueInteger", "both"),
    (
        "two of a choice, one by its extension",
        obs({"valueString": "a", "_valueInteger": {"extension": [EXTENSION]}}),
        "Observation._valueInteger",
        "both",
    ),
    ("30 February", obs({"effectiveDateTime": "2024-02-30"}), "Observation.effectiveDateTime", "2024-02-30"),
    ("29 February 2023", patient({"birthDate": "2023-02-29"}), "Patient.birthDate", "2023-02-29"),
    # The rest of the structure.
    ("unknown element", obs({"colour": "red"}), "Observation.colour", "'colour' is not an element"),
    ("unknown code", obs({"status": "finale"}), "Observation.status", "amended, cancelled"),
    (
        "heading used as a code",
        {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "question"}]},
        "Questionnaire.item[0].type",
        "question",
    ),
    (
        "code in a list",
        {"resourceType": "AllergyIntolerance", "patient": {"display": "x"}, "category": ["foood"]},
        "AllergyIntolerance.category[0]",
        "foood",
    ),
    ("text for a number", obs({"valueInteger": "1"}), "Observation.valueInteger", "without quotation marks"),
    ("number for text", obs({"valueString": 1}), "Observation.valueString", "found 1"),
    (
        "decimal point in a whole number",
        obs({"valueInteger": 1.0}),
        "Observation.valueInteger",
        "whole number",
    ),
    ("whole number beyond 32 bits", obs({"valueInteger": 2**31}), "Observation.valueInteger", "2147483648"),
    ("one for many", obs({"category": {"text": "a"}}), "Observation.category", "expected a list"),
    ("many for one", obs({"code": [{"text": "a"}]}), "Observation.code", "expected an object"),
    ("time without zone", obs({"issued": "2024-01-01T10:00:00"}), "Observation.issued", "time zone"),
    ("a date for an instant", obs({"issued": "2024-01-01"}), "Observation.issued", "time zone"),
    ("id with a space", obs({"id": "a b"}), "Observation.id", "letters, digits, dots and hyphens"),
    ("id of 65 signs", obs({"id": "a" * 65}), "Observation.id", "1 to 64"),
    (
        "deep inside",
        obs({"component": [{"code": {"coding": [{"code": " x"}]}}]}),
        "Observation.component[0].code.coding[0].code",
        "spaces",
    ),
    (
        "content by reference",
        obs({"component": [{"code": {"text": "a"}, "referenceRange": [{"low": {"value": "3"}}]}]}),
        "Observation.component[0].referenceRange[0].low.value",
        "a number without quotation marks",
    ),
    (
        "required choice missing",
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "subject": {"display": "x"},
        },
        "MedicationRequest",
        "one of medicationCodeableConcept, medicationReference",
    ),
    (
        "extension without content",
        obs({"extension": [{"url": "http://example.org/a"}]}),
        "Observation.extension[0]",
        "needs a value or extensions",
    ),
    (
        "extension with both",
        obs({"extension": [EXTENSION | {"extension": [EXTENSION]}]}),
        "Observation.extension[0].valueString",
        "both",
    ),
    ("null for a value", patient({"birthDate": None}), "Patient.birthDate", "found null"),
    ("null in a list of objects", patient({"name": [None]}), "Patient.name[0]", "found null"),
    ("null without twin", patient({"name": [{"given": ["a", None]}]}), "Patient.name[0].given", "extension"),
    (
        "null in both twins",
        patient({"name": [{"given": ["a", None], "_given": [{"extension": [EXTENSION]}, None]}]}),
        "Patient.name[0].given[1]",
        "extension",
    ),
    (
        "twins of two lengths",
        patient({"name": [{"given": [None], "_given": [{"extension": [EXTENSION]}] * 2}]}),
        "Patient.name[0].given",
        "one length",
    ),
    ("half a base64 group", BINARY | {"data": "QUJDR"}, "Binary.data", "base64"),
    # Resources inside resources.
    (
        "contained",
        obs({"contained": [PATIENT, patient({"gender": "f"})]}),
        "Observation.contained[1].gender",
        "female",
    ),
    (
        "contained of no type",
        obs({"contained": [{"id": "x"}]}),
        "Observation.contained[0].resourceType",
        "missing",
    ),
    (
        "contained of an unknown type",
        obs({"contained": [{"resourceType": "Patiant"}]}),
        "Observation.contained[0].resourceType",
        "did you mean Patient?",
    ),
    (
        "contained in contained",
        obs({"contained": [patient({"contained": [PATIENT]})]}),
        "Observation.contained[0].contained",
        "dom-2",
    ),
    (
        "inside Parameters",
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "a", "part": [{"name": "b", "resource": patient({"x": 1})}]}],
        },
        "Parameters.parameter[0].part[0].resource.x",
        "not an element",
    ),
]
