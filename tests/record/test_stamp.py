"""Where number and instant of a version stand in its text, whatever the sender wrote there."""

import json
import string
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.server import Dsns
from unidossier.record.stamp import place_of_stamp, stamped, without_stamp

AT = datetime(2026, 11, 23, 10, 20, 30, 405, UTC)
OURS = {"versionId": "7", "lastUpdated": "2026-11-23T10:20:30.000405Z"}
TEXTS = st.text(alphabet=string.printable + 'é𝄞"\\\u2028')
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["text", "code", "contained", "é", "_id", 'a "meta":{'])
OF_META = st.sampled_from(["versionId", "lastUpdated", "tag", "profile", "source", "_lastUpdated"])


@st.composite
def resources(draw: Any) -> dict[str, Any]:
    """An object with an id, perhaps a meta, and anything before and behind."""
    members = [("id", "x"), *draw(st.dictionaries(NAMES, ANY, max_size=4)).items()]
    if draw(st.booleans()):
        members.append(("meta", draw(st.dictionaries(OF_META, ANY, max_size=4))))
    return dict(draw(st.permutations(members)))


def _stamp(text: str) -> str:
    bare, place = without_stamp(text, has_meta="meta" in json.loads(text))
    assert place_of_stamp(bare) == place
    return stamped(bare, place=place, version=7, at=AT)


@given(resource=resources(), spaced=st.booleans())
def test_number_and_instant_are_ours_and_all_else_the_senders(resource: dict[str, Any], spaced: bool) -> None:
    text = json.dumps(resource, indent=2 if spaced else None, ensure_ascii=spaced)
    told = json.loads(_stamp(text))
    assert {name: told["meta"][name] for name in OURS} == OURS
    rest = {name: value for name, value in told["meta"].items() if name not in OURS}
    assert rest == {name: value for name, value in resource.get("meta", {}).items() if name not in OURS}
    assert {**told, "meta": 0} == {**resource, "meta": 0}
    # what was read and is sent back unchanged is the same as before
    assert (
        without_stamp(_stamp(text), has_meta=True)[0] == without_stamp(text, has_meta="meta" in resource)[0]
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{ "id" : "x" , "n":72.50}', '{ "id" : "x","meta":{%s} , "n":72.50}'),
        ('{"n":1,"meta" : { "tag":[ 1 ] , "versionId":"9" } ,"id":"x"}', '{"n":1,"meta" : {%s,"tag":[ 1 ]} ,"id":"x"}'),
        ('{"contained":[{"id":"x","meta":{"versionId":"1"}}],"id":"x"}', '{"contained":[{"id":"x","meta":{"versionId":"1"}}],"id":"x","meta":{%s}}'),
    ],
)  # fmt: skip
def test_nothing_else_moves(text: str, told: str) -> None:
    assert _stamp(text) == told % json.dumps(OURS, separators=(",", ":"))[1:-1]


def test_the_writer_puts_it_where_python_does(dsns: Dsns) -> None:
    texts = [
        '{"id":"é𝄞","meta":{},"n":1}',
        '{"t":"\\u00e9\\ud834\\udd1e\U0001d11e","id":"x","meta":{"tag":[{"code":"é"}]}}',
    ]
    with psycopg.connect(dsns.root) as connection:
        for text in texts:
            bare, place = without_stamp(text, has_meta=True)
            row = connection.execute("SELECT record.stamped(%s, %s, 7, %s)", (bare, place, AT)).fetchone()
            assert row == (_stamp(text),)
