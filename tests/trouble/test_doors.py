"""Bad input at every door of the portals: an answer in words, never a fault of ours, and no word about somebody else."""

import re
import socket
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from tests.trouble.bad_input import (
    BAD_FIELDS,
    BROKEN_FORMS,
    LIST_QUERIES,
    MB,
    REPORT,
    RITA,
    SIGN_IN_FIELDS,
    SOUGHT,
)
from tests.trouble.conftest import FirstStart, copied, linux_only
from tests.trouble.hardly_http import RAW
from tests.trouble.installation import Installation
from tests.trouble.visitor import Visitor, rows

pytestmark = linux_only

FACES = {"ward": "an.verlinden", "consult": "hilde.lemmens", "my": "rita.goossens"}
NOBODY = "01890000-0000-7000-8000-00000000dead"
RECORD = {"ward": f"/ward/patient/{RITA}/", "consult": f"/consult/patient/{RITA}/", "my": "/my/record/"}
CHANGING = re.compile(
    r'nonce="[^"]*"|[A-Za-z0-9]{64}|\d{1,2}:\d{2}(:\d{2})?|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}'
)


@pytest.fixture(scope="module")
def site(first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(copied(first_start.home, to=tmp_path_factory.mktemp("doors") / "home"))
    try:
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module", params=FACES)
def face(request: pytest.FixtureRequest, site: Installation) -> Iterator[tuple[str, Visitor]]:
    """Each face, signed in."""
    with Visitor(site.port) as visitor:
        assert visitor.sign_in(FACES[request.param]) == f"/{request.param}/"
        yield request.param, visitor


@pytest.fixture(scope="module")
def ward(site: Installation) -> Iterator[Visitor]:
    """A physician on the ward."""
    with Visitor(site.port) as visitor:
        visitor.sign_in(FACES["ward"])
        yield visitor


def words(answer: httpx.Response) -> str:
    """The text of a page."""
    return re.sub(r"<[^>]+>|\s+", " ", answer.text).strip()


def assert_told(answer: httpx.Response, *, status: int) -> None:
    """The status, and a page of ours in words."""
    assert answer.status_code == status, f"{answer.status_code}: {words(answer)[:400]}"
    assert "<h1" in answer.text, answer.text[:400]
    assert "Traceback" not in answer.text


# Consult shows what Ward shows, by the same code; My has pages of its own
two_faces = pytest.mark.parametrize("face", ["ward", "my"], indirect=True)
carers = pytest.mark.parametrize("face", ["ward", "consult"], indirect=True)


@two_faces
@pytest.mark.parametrize("query", LIST_QUERIES.values(), ids=LIST_QUERIES.keys())
def test_a_list_passes_over_what_it_cannot_understand(face: tuple[str, Visitor], query: str) -> None:
    name, visitor = face
    for headers in ({}, {"HX-Request": "true", "HX-Target": "more"}):
        answer = visitor.get(f"{RECORD[name]}?{query}", headers=headers)
        assert answer.status_code == 200, f"{answer.status_code}: {words(answer)[:300]}"


@two_faces
def test_superscript_digits_are_no_year(face: tuple[str, Visitor]) -> None:
    name, visitor = face
    assert visitor.get(f"{RECORD[name]}?from=%C2%B2%C2%B2%C2%B2%C2%B2").status_code == 200


@pytest.mark.parametrize(
    "query", ["q=%00", "q=hart%00falen", "%00=a", "after=%00", "item=%00", "version=%00"]
)
def test_a_nul_byte_in_an_address_is_told(face: tuple[str, Visitor], query: str) -> None:
    name, visitor = face
    assert_told(visitor.get(f"{RECORD[name]}?{query}"), status=400)


@pytest.mark.parametrize("version", ["-1", "0", "99", "9" * 19, "9" * 5000, "²", "x", ""])
def test_a_version_that_does_not_exist_is_no_fault(face: tuple[str, Visitor], version: str) -> None:
    name, visitor = face
    page = visitor.get(RECORD[name]).text
    item = re.search(r"item=([0-9a-f-]{36})", page)
    assert item is not None
    answer = visitor.get(f"{RECORD[name]}?item={item[1]}&version={version}")
    assert answer.status_code in (200, 404), f"{answer.status_code}: {words(answer)[:300]}"


@pytest.mark.parametrize(
    "query",
    ["", "code=", "code=" + "9" * 5000, "code=x&years=%C2%B2", "code=2160-0&years=x"],
)
def test_a_trend_of_nothing_is_not_there(face: tuple[str, Visitor], query: str) -> None:
    name, visitor = face
    answer = visitor.get(f"{RECORD[name].removesuffix('record/')}trend/?{query}")
    assert answer.status_code in (200, 404), f"{answer.status_code}: {words(answer)[:300]}"


ADDRESSES = {
    "ward": [
        "/ward/patient/{}/",
        "/ward/patient/{}/trend/?code=2160-0",
        "/ward/patient/{}/report/",
        f"/ward/patient/{RITA}/report/{{}}/",
        f"/ward/patient/{RITA}/report/{{}}/withdraw/",
        f"/ward/file/{{}}/{'0' * 64}/",
        f"/ward/file/{NOBODY}/{{}}/",
    ],
    "consult": [
        "/consult/patient/{}/",
        "/consult/patient/{}/trend/?code=2160-0",
        f"/consult/file/{{}}/{'0' * 64}/",
        f"/consult/file/{NOBODY}/{{}}/",
    ],
    "my": ["/my/profiles/{}/", f"/my/file/{{}}/{'0' * 64}/", f"/my/file/{NOBODY}/{{}}/"],
}
BAD_IDS = [
    "x",
    "00000000-0000-0000-0000-00000000000g",
    "%ED%A0%80",
    "%FF",
    "..%2F..",
    "0" * 2000,
    NOBODY,
    "²" * 36,
]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_an_id_that_is_none_is_not_there(face: tuple[str, Visitor], bad: str) -> None:
    name, visitor = face
    for address in ADDRESSES[name]:
        answer = visitor.get(address.format(bad))
        # a profile may only be chosen by a form: whoever comes without one is led to the page of the forms, whatever the id
        expected = {404, 302} if "/profiles/" in address else {404}
        assert answer.status_code in expected, f"{address}: {answer.status_code} {words(answer)[:200]}"


def test_an_item_of_another_patient_looks_like_none_at_all(
    face: tuple[str, Visitor], site: Installation
) -> None:
    name, visitor = face
    ((foreign,),) = site.query(
        "SELECT id FROM record.item WHERE patient_id <> %s AND status = 'final' ORDER BY id LIMIT 1", RITA
    )
    for headers in ({}, {"HX-Request": "true", "HX-Target": "pane"}):
        answers = [visitor.get(f"{RECORD[name]}?item={item}", headers=headers) for item in (foreign, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert CHANGING.sub("", answers[0].text) == CHANGING.sub("", answers[1].text)


@carers
@pytest.mark.parametrize("sought", SOUGHT.values(), ids=SOUGHT.keys())
def test_finding_nobody_is_said_in_words(face: tuple[str, Visitor], sought: str) -> None:
    name, visitor = face
    answer = visitor.get(f"/{name}/?q={sought}", headers={"accept-language": "en"})
    assert_told(answer, status=200)
    assert "/patient/" not in answer.text


@pytest.mark.parametrize("sought", ["%25", "%5F", "%ED%A0%80", "*", "-"])
def test_nobody_is_found_by_signs_alone(ward: Visitor, sought: str) -> None:
    everybody = ward.get("/ward/").text.count("/ward/patient/")
    assert everybody > 1
    assert ward.get(f"/ward/?q={sought}").text.count("/ward/patient/") == 0


@pytest.mark.parametrize("changes", BAD_FIELDS.values(), ids=BAD_FIELDS.keys())
def test_a_report_with_a_bad_field_says_so_and_stores_nothing(
    ward: Visitor, site: Installation, changes: dict[str, str]
) -> None:
    before = site.query("SELECT count(*) FROM record.version")
    answer = ward.post(f"/ward/patient/{RITA}/report/", REPORT | changes)
    assert_told(answer, status=200)
    assert 'class="error' in answer.text or "error" in answer.text, words(answer)[:500]
    assert site.query("SELECT count(*) FROM record.version") == before


@pytest.mark.parametrize(
    "changes", [{"at": "0001-01-01T00:00"}, {"at": "1879-12-31T00:00"}, {"expected": "9" * 40}]
)
def test_what_no_report_can_hold_is_told(ward: Visitor, changes: dict[str, str]) -> None:
    assert_told(ward.post(f"/ward/patient/{RITA}/report/", REPORT | changes), status=200)


def test_control_characters_of_a_pasted_text_are_left_out(ward: Visitor, site: Installation) -> None:
    """hl7.org/fhir/R4/datatypes.html#string: none but tab, line feed and carriage return."""
    answer = ward.post(
        f"/ward/patient/{RITA}/report/", REPORT | {"title": "Pasted", "text": "a\x0b\x0c\x1fb\ufffe"}
    )
    assert answer.status_code == 302
    ((text,),) = site.query("SELECT resource FROM record.version WHERE title = 'Pasted'")
    assert not re.search(r"\\u00[01]|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe]", text), text


@pytest.mark.parametrize("field", REPORT)
def test_a_nul_byte_in_a_form_is_told(ward: Visitor, field: str) -> None:
    assert_told(ward.post(f"/ward/patient/{RITA}/report/", REPORT | {field: "a\x00b"}), status=400)


def test_a_report_about_the_first_year_can_be_read_again(ward: Visitor) -> None:
    """A date that a form accepts is one that every page can show."""
    answer = ward.post(
        f"/ward/patient/{RITA}/report/", REPORT | {"at": "1900-01-01T00:00", "deed": "validate"}
    )
    assert answer.status_code == 302
    assert ward.get(answer.headers["location"]).status_code == 200
    assert ward.get(RECORD["ward"]).status_code == 200


def test_a_form_of_30_mb_is_refused(ward: Visitor, site: Installation) -> None:
    answer = ward.post(f"/ward/patient/{RITA}/report/", REPORT | {"text": "a" * (30 * MB)})
    assert answer.status_code in (400, 413), answer.status_code
    assert_told(answer, status=answer.status_code)
    assert site.health() == 200


@pytest.mark.parametrize(("content_type", "body"), BROKEN_FORMS, ids=range(len(BROKEN_FORMS)))
def test_a_broken_form_is_no_fault(ward: Visitor, site: Installation, content_type: str, body: bytes) -> None:
    before = site.query("SELECT count(*) FROM record.version")
    answer = ward.post(f"/ward/patient/{RITA}/report/", content=body, headers={"content-type": content_type})
    assert answer.status_code in (200, 400, 403), f"{answer.status_code}: {words(answer)[:300]}"
    assert_told(answer, status=answer.status_code)
    assert site.query("SELECT count(*) FROM record.version") == before


@pytest.mark.parametrize("token", ["", "x", "a" * 64, "\u00e9" * 32, "%00"])
def test_a_wrong_token_of_a_form_is_told(ward: Visitor, site: Installation, token: str) -> None:
    before = site.query("SELECT count(*) FROM record.version")
    answer = ward.post(
        f"/ward/patient/{RITA}/report/", REPORT, headers={"X-CSRFToken": token.encode("latin-1")}
    )
    assert_told(answer, status=403)
    assert site.query("SELECT count(*) FROM record.version") == before


def test_a_form_from_another_site_is_told(ward: Visitor) -> None:
    answer = ward.post(
        f"/ward/patient/{RITA}/report/", REPORT, headers={"origin": "https://elsewhere.example"}
    )
    assert_told(answer, status=403)


@pytest.mark.parametrize(("address", "fields"), SIGN_IN_FIELDS, ids=range(len(SIGN_IN_FIELDS)))
def test_bad_fields_at_the_sign_in_are_no_fault(
    site: Installation, address: str, fields: dict[str, str]
) -> None:
    with Visitor(site.port) as somebody, Visitor(site.port) as nobody:
        somebody.sign_in(FACES["ward"])
        for who in (somebody, nobody):
            answer = who.post(address, fields)
            assert answer.status_code < 500, f"{answer.status_code}: {words(answer)[:300]}"


@pytest.mark.parametrize(
    "cookie",
    [
        "unidossier=x",
        "unidossier=" + "a" * 3000,
        "unidossier=%00",
        "csrf=%00; language=xx; theme=%01",
        "language=" + "n" * 3000,
    ],
)
def test_a_bad_cookie_leads_to_the_sign_in(site: Installation, cookie: str) -> None:
    with Visitor(site.port) as visitor:
        assert visitor.get("/ward/", headers={"cookie": cookie}).status_code == 302
        assert visitor.get("/sign-in", headers={"cookie": cookie}).status_code == 200


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_what_is_hardly_http_is_refused(site: Installation, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    assert not answer.startswith(b"HTTP/1.1 5") and not answer.startswith(b"HTTP/1.1 200"), answer[:200]
    assert site.health() == 200


def test_after_all_this_no_fault_was_logged(site: Installation) -> None:
    """Runs last: the log of the portals knows every fault by its reference."""
    faults = re.findall(
        r"unidossier\.fault reference \w+: (\w+)", (site.home / "logs" / "web.log").read_text()
    )
    assert faults == [], faults
    assert "Traceback" not in (site.home / "logs" / "api.log").read_text()
    with Visitor(site.port) as visitor:
        visitor.sign_in(FACES["ward"])
        assert rows(visitor.get(RECORD["ward"]).text) > 5
