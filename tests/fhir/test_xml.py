"""FHIR XML to FHIR JSON and back: everything comes back equal; what is dangerous or no FHIR is refused with its place."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from unidossier.exchange.fhir.xml import UnreadableXml, from_xml, reading, to_xml

SHARED = Path(os.environ.get("UNIDOSSIER_DATA", Path(__file__).parents[3] / "shared/data"))
LONG = os.environ.get("FHIR_PROOF") == "long"
HEAD = '<Patient xmlns="http://hl7.org/fhir"'


def exactly(text: bytes | str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str)


def all_resources() -> list[Path]:
    folders = ("ips", "be", "synthea") if LONG else ("ips", "be")
    return sorted(path for folder in folders for path in (SHARED / folder).glob("*.json"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared examples are not here")
def test_every_example_comes_back_equal_from_xml(record_property: Any) -> None:
    """The larger ones are in `make prove-fhir`."""
    paths = all_resources()
    record_property("examples_as_xml", len(paths))
    assert len(paths) > 20
    told = {path.name: exactly(path.read_bytes()) for path in paths}
    assert {path.name: exactly(from_xml(to_xml(path.read_bytes()))) for path in paths} == told


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(
            '{"resourceType":"Observation","status":"final","valueQuantity":{"value":72.50}}', id="digits"
        ),
        pytest.param('{"resourceType":"Observation","valueQuantity":{"value":1E-7}}', id="exponent"),
        pytest.param(
            '{"resourceType":"Patient","active":false,"multipleBirthInteger":3}', id="false and a number"
        ),
        pytest.param(
            '{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"q"}]}],"_birthDate":'
            '{"extension":[{"url":"urn:x","valueCode":"masked"}]}}',
            id="extensions of plain values",
        ),
        pytest.param(
            '{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">'
            'é &amp; <b class=\\"x>\\">&#160;</b><br/></div>"},"contained":[{"resourceType":"Organization","id":"o"}]}',
            id="XHTML and contained",
        ),
        pytest.param(
            '{"resourceType":"Patient","name":[{"text":"a\\n\\tb \\"c\\" \'d\' <e> &f;"}]}', id="signs"
        ),
        pytest.param(
            '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic"}}]}',
            id="bundle",
        ),
    ],
)
def test_a_resource_comes_back_to_the_letter(resource: str) -> None:
    assert exactly(from_xml(to_xml(resource))) == exactly(resource)


def test_elements_stand_in_the_order_of_the_standard() -> None:
    text = to_xml('{"birthDate":"2020-01-01","resourceType":"Patient","active":true,"id":"a"}').decode()
    assert text.index("<id ") < text.index("<active ") < text.index("<birthDate ")


def test_xhtml_that_is_no_xml_keeps_its_words() -> None:
    for div in ("<div>a&nbsp;b &copy;</div>", "<div><p>a b", "<p>a b</p>"):
        made = to_xml(json.dumps({"resourceType": "Basic", "text": {"status": "generated", "div": div}}))
        assert "a" in from_xml(made).decode()


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + HEAD + "/>", "", id="entity"),
        pytest.param('<!DOCTYPE a SYSTEM "http://example.org/a.dtd">' + HEAD + "/>", "", id="DTD"),
        pytest.param(HEAD + "><name><family value='&x;'/></name></Patient>", "", id="unknown entity"),
        pytest.param("<Patient/>", "", id="no namespace"),
        pytest.param('<Sick xmlns="http://hl7.org/fhir"/>', "", id="no resource"),
        pytest.param(HEAD + ">hello</Patient>", "Patient", id="text"),
        pytest.param(
            HEAD + "><name><nick value='a'/></name></Patient>", "Patient.name[0]", id="unknown element"
        ),
        pytest.param(HEAD + "><active value='true'/><active value='true'/></Patient>", "Patient", id="twice"),
        pytest.param(HEAD + "><active/></Patient>", "Patient.active", id="empty"),
        pytest.param(HEAD + "><active value='true' x='1'/></Patient>", "Patient.active", id="attribute"),
        pytest.param(HEAD + "><contained/></Patient>", "Patient.contained[0]", id="nothing contained"),
        pytest.param(
            HEAD + "><contained><Basic/><Basic/></contained></Patient>", "Patient.contained[0]", id="two"
        ),
        pytest.param(
            HEAD + "><text><status value='generated'/><div>a</div></text></Patient>", "Patient.text", id="div"
        ),
        pytest.param('<?xml version="1.0" encoding="latin-1"?>' + HEAD + "/>", "", id="told Latin-1"),
        pytest.param((HEAD + "/>").encode("utf-16"), "", id="UTF-16"),
        pytest.param(HEAD + ">", "", id="cut"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_no_fhir_xml_is_refused_with_its_place(text: str | bytes, expression: str) -> None:
    with pytest.raises(UnreadableXml) as refused:
        from_xml(text.encode() if isinstance(text, str) else text)
    assert refused.value.issue.expression == expression
    assert refused.value.issue.diagnostics


def test_depth_and_number_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ELEMENTS", 5_000)  # instead of half a million: the same bound, sooner
    for text in (HEAD + ">" + "<extension url='x'>" * 200, HEAD + "><name>" + "<given value='a'/>" * 5_001):
        with pytest.raises(UnreadableXml, match="Patient") as refused:
            from_xml(text.encode())
        assert "inside each other" in refused.value.issue.diagnostics


def test_indented_is_the_same_document_with_its_narrative_to_the_letter() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><pre>a\n  b</pre> <b>c</b> <i>d</i></div>'
    resource = {
        "resourceType": "Patient",
        "text": {"status": "generated", "div": div},
        "name": [{"text": "a > b </c>\n d", "_given": [{"extension": [{"url": "urn:x", "valueCode": "y"}]}]}],
        "contained": [{"resourceType": "Organization", "id": "o"}],
        "active": True,
    }
    indented = to_xml(json.dumps(resource), pretty=True)
    assert exactly(from_xml(indented)) == exactly(from_xml(to_xml(json.dumps(resource)))) == resource
    lines = indented.decode().split("\n")
    assert lines[1:4] == [
        '<Patient xmlns="http://hl7.org/fhir">',
        "  <text>",
        '    <status value="generated"/>',
    ]
    assert lines[-2:] == ["</Patient>", ""]
    assert div in indented.decode()
