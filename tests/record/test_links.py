"""Addresses of a transaction outside references: whole values of url elements and links of the narrative, and nothing else."""

import json

import pytest

from unidossier.record.links import rewrite_links

F, LONGER = "urn:uuid:0a2c6f0e-1c7c-4c3e-9a57-5a2b1a0d9c11", "http://a.example/Binary/1"
KNOWN = {F: "Binary/ours", LONGER: "Binary/other", "http://a.example/Binary/12": "Binary/third"}


def written(text: str) -> str:
    return rewrite_links(text, ours=KNOWN.get)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (f'{{"url" : "{F}"}}', '{"url" : "Binary/ours"}'),
        (f'{{"valueUri":"{F}"}}', '{"valueUri":"Binary/ours"}'),
        (f'{{"url":"{LONGER}2"}}', '{"url":"Binary/third"}'),
        (f'{{"url":"{LONGER.replace("/", chr(92) + "/")}"}}', '{"url":"Binary/other"}'),
        (f'{{"instantiatesUri":["urn:x", "{F}"]}}', '{"instantiatesUri":["urn:x", "Binary/ours"]}'),
        (f'{{"div":"<div><a href=\\"{F}\\">x</a></div>"}}', '{"div":"<div><a href=\\"Binary/ours\\">x</a></div>"}'),
        (f"{{\"div\":\"<img alt='1' src='{F}'/>\"}}", "{\"div\":\"<img alt='1' src='Binary/ours'/>\"}"),
    ],
)  # fmt: skip
def test_an_address_of_the_transaction_is_stored_as_ours(sent: str, stored: str) -> None:
    assert written(sent) == stored
    json.loads(stored)


@pytest.mark.parametrize(
    "sent",
    [
        f'{{"comment":"{F}"}}',
        f'{{"comment":"\\"url\\": \\"{F}\\""}}',
        f'{{"note":"<a href=\\"{F}\\">"}}',
        f'{{"url":"{LONGER}/more"}}',
        f'{{"url":"{F}#page"}}',
        f'{{"value":"{F}", "system":"urn:ietf:rfc:3986"}}',
        f'{{"div":"<div>{F} href={F}</div>", "value":72.50}}',
        f'{{"div":"<div><p title=\\"{F}\\">x</p></div>"}}',
        '{"url":"Binary/1"}',
    ],
)
def test_all_else_stays_to_the_character(sent: str) -> None:
    assert written(sent) == sent
