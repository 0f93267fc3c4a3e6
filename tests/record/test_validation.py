"""Structure by FHIR R4: what HL7's own schema lets through is refused, what the standard allows passes."""

import base64
import binascii
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.record.faulty import BINARY, EXTENSION, OBSERVATION, PATIENT, REFUSED, without
from unidossier.record.validation import InvalidResource, validate, validate_batch
from unidossier.record.validation.schema import resource_types, validator


def check(resource: dict):
    return validate(json.dumps(resource).encode())


def faults(resource: dict) -> dict[str, str]:
    """Return {expression: diagnostics} of an invalid resource."""
    with pytest.raises(InvalidResource) as raised:
        check(resource)
    return {issue.expression: issue.diagnostics for issue in raised.value.issues}


@pytest.mark.parametrize(
    ("resource", "place", "said"), [pytest.param(*rest, id=name) for name, *rest in REFUSED]
)
def test_faults_are_told_with_their_place(resource, place, said):
    found = faults(resource)
    assert place in found
    assert said in found[place]


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(OBSERVATION, id="the least Observation"),
        pytest.param(PATIENT, id="the least Patient"),
        pytest.param(
            without(OBSERVATION, "status") | {"_status": {"extension": [EXTENSION]}},
            id="required value by its extension",
        ),
        pytest.param(
            OBSERVATION | {"valueString": "a", "_valueString": {"extension": [EXTENSION]}},
            id="a choice and its extension",
        ),
        pytest.param(
            PATIENT | {"name": [{"given": ["a", None], "_given": [None, {"extension": [EXTENSION]}]}]},
            id="null beside twin",
        ),
        pytest.param(PATIENT | {"birthDate": "2024-02-29"}, id="leap day"),
        pytest.param(PATIENT | {"birthDate": "1940"}, id="a year alone"),
        pytest.param(PATIENT | {"multipleBirthBoolean": True}, id="the other of a choice"),
        pytest.param(
            OBSERVATION | {"contained": [PATIENT | {"id": "p"}], "subject": {"reference": "#p"}},
            id="contained",
        ),
        pytest.param(
            OBSERVATION | {"extension": [{"url": "x", "valueMeta": {"tag": [{"code": "a"}]}}]}, id="valueMeta"
        ),
        pytest.param(
            OBSERVATION | {"note": [{"text": "a\u00a0b\r\n\tc"}]}, id="spaces of every kind in text"
        ),
    ],
)
def test_what_the_standard_allows_passes(resource):
    checked = check(resource)
    assert checked.resource == resource
    assert (checked.resource_type, checked.id) == (resource["resourceType"], None)


def test_every_resource_type_has_a_validator_that_refuses_a_foreign_element():
    assert len(resource_types()) == 146
    for name in sorted(resource_types()):
        errors = [error.kind.name for error in validator(name).iter_errors({"resourceType": name, "zzz": 1})]
        assert "additionalProperties" in errors, name


@given(
    year=st.sampled_from([0, 1, 4, 96, 100, 400, 1600, 1900, 1999, 2000, 2023, 2024, 2100, 2400, 9999]),
    month=st.integers(0, 13),
    day=st.integers(0, 32),
)
def test_the_schema_knows_the_calendar(year, month, day):
    try:
        date(year, month, day)
        exists = True
    except ValueError:
        exists = False
    born = f"{year:04}-{month:02}-{day:02}"
    assert validator("Patient").is_valid(PATIENT | {"birthDate": born}) is exists
    assert validator("Patient").is_valid(PATIENT | {"deceasedDateTime": born + "T12:00:00Z"}) is exists


@given(st.text("AZaz09+/= -", min_size=1, max_size=14))
def test_base64_is_whole_groups(text):
    try:
        packed = text.replace(" ", "")
        base64.b64decode(packed, validate=True)
        # Python stops at the first padding; FHIR, like RFC 4648, allows it only at the end.
        is_base64 = packed != "" and "=" not in packed.rstrip("=") and len(packed) % 4 == 0
    except binascii.Error:
        is_base64 = False
    assert validator("Binary").is_valid(BINARY | {"data": text}) is is_base64


def bundle(*resources: str, kind: str = "batch") -> bytes:
    entries = (
        f'{{"fullUrl": "urn:uuid:{n}", "resource" :  {text} , "request":{{"method":"POST","url":"x"}}}}'
        for n, text in enumerate(resources)
    )
    return f'{{"resourceType":"Bundle", "type":"{kind}",\n "entry" : [ {" , ".join(entries)} ] }}'.encode()


WEIGHT = (
    '{"resourceType": "Observation",  "status":"final","code":{"text":"poids à jeun 😀"}, '
    '"valueQuantity":{"value":72.50}}'
)


def test_each_entry_is_kept_exactly_as_it_came():
    odd = '{ "resourceType":"Pati\\u0065nt",\n\t"id" : "p" }'
    checked = validate(bundle(WEIGHT, odd))
    assert [entry.checked.text for entry in checked.entries] == [WEIGHT.encode(), odd.encode()]
    assert [(e.index, e.full_url, e.checked.resource_type, e.checked.id) for e in checked.entries] == [
        (0, "urn:uuid:0", "Observation", None),
        (1, "urn:uuid:1", "Patient", "p"),
    ]
    assert checked.entries[0].request == {"method": "POST", "url": "x"}


def test_an_entry_without_resource_is_an_entry():
    request = b'{"method":"DELETE","url":"Observation/1"}'
    data = b'{"resourceType":"Bundle","type":"batch","entry":[{"request":' + request + b"}]}"
    (entry,) = validate(data).entries
    assert entry.checked is None
    assert entry.issues == ()


def test_a_fault_in_an_entry_names_the_entry():
    with pytest.raises(InvalidResource) as raised:
        validate(
            bundle(WEIGHT, '{"resourceType":"Patient","birthDate":"2023-02-29"}', '{"resourceType":"X"}', "5")
        )
    assert [issue.expression for issue in raised.value.issues] == [
        "Bundle.entry[3].resource",
        "Bundle.entry[1].resource.birthDate",
        "Bundle.entry[2].resource.resourceType",
        "Bundle.entry[3].resource",
    ]


def test_in_a_batch_each_entry_stands_for_itself():
    checked = validate_batch(bundle(WEIGHT, '{"resourceType":"Patient","name":[{"given":[null]}]}', WEIGHT))
    assert [entry.checked is not None for entry in checked.entries] == [True, False, True]
    assert [issue.expression for issue in checked.entries[1].issues] == [
        "Bundle.entry[1].resource.name[0].given"
    ]


def test_a_bundle_in_a_bundle_is_checked_too():
    inner = bundle('{"resourceType":"Patient","gender":"x"}', kind="collection").decode()
    with pytest.raises(InvalidResource) as raised:
        validate(bundle(inner))
    assert [i.expression for i in raised.value.issues] == [
        "Bundle.entry[0].resource.entry[0].resource.gender"
    ]


def test_the_outcome_in_a_response_is_checked_too():
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "bad", "code": "value"}]}
    entry = {"response": {"status": "400", "outcome": outcome}}
    assert list(faults({"resourceType": "Bundle", "type": "batch-response", "entry": [entry]})) == [
        "Bundle.entry[0].response.outcome.issue[0].severity"
    ]


def test_no_entry_escapes_by_writing_the_type_with_an_escape():
    sly = bundle('{"resourceType":"Patient","gender":"x"}').replace(b'"Bundle"', b'"Bundl\\u0065"')
    with pytest.raises(InvalidResource) as raised:
        validate(sly.replace(b'"entry"', b'"entr\\u0079"'))
    assert [issue.expression for issue in raised.value.issues] == ["Bundle.entry[0].resource.gender"]


def test_a_bundle_of_a_hundred_entries():
    checked = validate(bundle(*[WEIGHT] * 100, kind="transaction"))
    assert len(checked.entries) == 100
    assert {entry.checked.text for entry in checked.entries} == {WEIGHT.encode()}


def test_neither_a_checked_resource_nor_an_error_shows_content_in_a_log_line():
    checked = validate(bundle(WEIGHT))
    assert "poids" not in repr(checked)
    with pytest.raises(InvalidResource) as raised:
        validate(WEIGHT.replace("final", "Peeters").encode())
    assert "Peeters" not in str(raised.value)
    assert "Peeters" in raised.value.issues[0].diagnostics, "the sender is told what was found"
