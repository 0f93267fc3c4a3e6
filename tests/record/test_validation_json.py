"""Strict JSON: what is refused before any schema is asked, and that nothing is changed on the way."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unidossier.record.validation import InvalidResource, validate
from unidossier.record.validation.bundle_text import read_bundle
from unidossier.record.validation.check import LONGEST_STRING
from unidossier.record.validation.strict_json import MAX_DEPTH, parse


def refused(data: bytes) -> str:
    with pytest.raises(InvalidResource) as raised:
        validate(data)
    assert len(raised.value.issues) == 1
    return raised.value.issues[0].diagnostics


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "line 1 column 1", id="nothing"),
        pytest.param(b'{"resourceType":"Patient",}', "column 27", id="comma too many"),
        pytest.param(b'{"resourceType":"Patient"} x', "extra data", id="more after the end"),
        pytest.param(b"{'resourceType':'Patient'}", "double quotes", id="single quotes"),
        pytest.param(b'{"resourceType":"Patient","id":"a","id":"b"}', "'id' comes twice", id="a name twice"),
        pytest.param(
            b'{"resourceType":"Patient","name":[{"text":"a","text":"a"}]}',
            "'text' comes twice",
            id="twice, deeper",
        ),
        pytest.param(b'{"resourceType":"Observation","valueInteger":NaN}', "NaN is not JSON", id="NaN"),
        pytest.param(b'{"resourceType":"Observation","valueInteger":-Infinity}', "-Infinity", id="infinity"),
        pytest.param(
            '{"resourceType":"Patient","language":"é"}'.encode("latin-1"), "not UTF-8", id="Latin-1"
        ),
        pytest.param('{"resourceType":"Patient"}'.encode("utf-16"), "not UTF-8", id="UTF-16"),
        pytest.param(b'\xef\xbb\xbf{"resourceType":"Patient"}', "byte order mark", id="byte order mark"),
        pytest.param(b'{"resourceType":"Patient","id":"\\ud800"}', "surrogate", id="half a pair"),
        pytest.param(b'{"resourceType":"Patient","id":"\\u0000"}', "u0000", id="NUL"),
        pytest.param(b'{"resourceType":"Patient","id":"a\nb"}', "control character", id="raw line feed"),
        pytest.param(b'{"a":' * 100_000, "inside each other", id="a very deep text"),
        pytest.param(
            b'{"resourceType":"Observation","valueInteger":' + b"9" * 5000 + b"}",
            "too long",
            id="5000 digits",
        ),
        pytest.param(b'{"resourceType":"Observation","x":1e999999999}', "too long", id="a huge power of ten"),
        pytest.param(
            b'{"resourceType":"Observation","x":1.' + b"9" * 5000 + b"}", "too long", id="5000 decimals"
        ),
        pytest.param(b"[]", "expected a resource", id="a list"),
        pytest.param(b'"Patient"', "expected a resource", id="a text"),
        pytest.param(b"null", "expected a resource", id="nothing at all"),
        pytest.param(b"true", "expected a resource", id="a word"),
        pytest.param(b"0", "expected a resource", id="a number"),
        pytest.param(b"{}", "'resourceType' is required", id="no type"),
        pytest.param(b'{"resourceType":"Patiant"}', "did you mean Patient?", id="a wrong type"),
        pytest.param(b'{"resourceType":"DomainResource"}', "not a resource type", id="an abstract type"),
        pytest.param(b'{"resourceType":["Patient"]}', "not a resource type", id="a type that is no text"),
    ],
)
def test_what_is_not_strict_json_or_no_resource_is_refused_with_the_reason(data, said):
    assert said.lower() in refused(data).lower()


def test_the_permitted_neighbours_of_the_refused_pass():
    for data in (
        b' \r\n\t{"resourceType":"Patient"}\n ',
        '{"resourceType":"Patient","language":"fr-BE","name":[{"text":"Zoë 😀"}]}'.encode(),
        b'{"resourceType":"Patient","name":[{"text":"\\ud83d\\ude00 \\\\u0000 \\\\ud800"}]}',
    ):
        assert validate(data).text == data


def test_depth_is_counted_exactly():
    def nested(levels: int) -> str:
        return "[" * levels + "]" * levels

    assert parse(nested(MAX_DEPTH))[0]
    with pytest.raises(InvalidResource):
        parse(nested(MAX_DEPTH + 1))


def test_a_string_is_at_most_a_megabyte_and_a_file_is_no_string():
    def note(length: int) -> bytes:
        return b'{"resourceType":"Basic","code":{"text":"' + b"x" * length + b'"}}'

    validate(note(LONGEST_STRING))
    assert "at most 1048576 characters" in refused(note(LONGEST_STRING + 1))
    validate(b'{"resourceType":"Binary","contentType":"a/b","data":"' + b"A" * 2 * LONGEST_STRING + b'"}')


def test_numbers_keep_their_digits():
    checked = validate(
        b'{"resourceType":"Observation","status":"final","code":{"text":"weight"},'
        b'"valueQuantity":{"value":72.50,"unit":"kg"},"referenceRange":[{"low":{"value":0.10},"high":{"value":1e2}}]}'
    )
    value = checked.resource["valueQuantity"]["value"]
    assert isinstance(value, Decimal)
    assert str(value) == "72.50"
    assert b'"value":72.50' in checked.text
    assert str(checked.resource["referenceRange"][0]["low"]["value"]) == "0.10"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ENTRY = st.dictionaries(st.sampled_from(["resource", "fullUrl", "request", "é"]), JSON, max_size=4) | JSON


@given(
    entries=st.lists(ENTRY, max_size=4),
    others=st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    layout=st.sampled_from(
        [{}, {"indent": 1}, {"indent": "\t", "ensure_ascii": False}, {"separators": (",", ":")}]
    ),
)
def test_a_bundle_is_read_as_any_other_text_and_each_place_is_right(entries, others, layout):
    text = " " + json.dumps({**others, "entry": entries}, **layout) + "\n"
    value, spans = read_bundle(text, decoder=json.JSONDecoder())
    assert value == json.loads(text)
    assert len(spans) == len(entries)
    for entry, span in zip(entries, spans, strict=True):
        holds = isinstance(entry, dict) and "resource" in entry
        assert (span is not None) == holds
        if span is not None:
            assert json.loads(text[slice(*span)]) == entry["resource"]


@given(st.data())
def test_a_damaged_bundle_is_refused_as_json_is_refused(data):
    text = '{"type": "x", "entry": [{"resource": {"a": [1, 2]}, "fullUrl": "u"}, {"b": {}}], "id": "x"}'
    place = data.draw(st.integers(0, len(text) - 1))
    damaged = (
        text[:place]
        + data.draw(st.sampled_from(['"', "{", "}", "[", "]", ",", ":", "", " ", "1", "x"]))
        + text[place + 1 :]
    )
    try:
        expected = json.loads(damaged)
    except json.JSONDecodeError:
        with pytest.raises(json.JSONDecodeError):
            read_bundle(damaged, decoder=json.JSONDecoder())
        return
    try:
        assert read_bundle(damaged, decoder=json.JSONDecoder())[0] == expected
    except ValueError as error:
        assert "comes twice" in str(error)
