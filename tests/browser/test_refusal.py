"""A refusal tells nothing: not whether the record is there, nor why it stays closed (ACD-8)."""

import re
import uuid
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import Site
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")
# what differs between any two answers: tokens against forged forms, the hour of printing, and the address asked
CHANGING = (
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'), "token"),
    (re.compile(r'"X-CSRFToken": "[^"]+"'), "token"),
    (re.compile(r"\d\d\.\d\d\.\d{4} \d\d:\d\d"), "now"),
)


@dataclass(frozen=True)
class Answer:
    """Everything of an answer that a browser could tell apart."""

    status: int
    headers: frozenset[tuple[str, str]]
    body: str


def ask(visit: Visit, path: str, *, target: str = "") -> Answer:
    """Ask as the person of this browser, without running the page."""
    cookies = {one["name"]: one["value"] for one in visit.page.context.cookies()}
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    answer = httpx.get(visit.site.address + path, cookies=cookies, headers=headers, timeout=60)
    body = answer.text
    for one in ID.findall(path):
        body = body.replace(one, "ID")
    for pattern, word in CHANGING:
        body = pattern.sub(word, body)
    told = frozenset((k, v) for k, v in answer.headers.items() if k not in ("date", "set-cookie"))
    return Answer(answer.status_code, told, body)


def patients(site: Site, family: str, given: str) -> str:
    """Return the id of a patient, as the administrator knows it."""
    rows = site.ask("SELECT id FROM registry.patient WHERE family = %s AND given = %s", family, given)
    return str(rows[0][0])


@pytest.fixture
def gp(visitor: Visitor) -> Visit:
    """A GP who has nothing to do with the patients below."""
    return visitor("hilde.lemmens")


CLOSED = {
    "no relation": ("Marchal", "Isabelle"),
    "deceased": ("Pauwels", "Etienne"),
    "no number": ("Whitmore", "Daniel"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gp_sees_only_his_own_patients(visitor: Visitor, language: str) -> None:
    gp = visitor("hilde.lemmens", language=language)
    expect(gp.heading("My patients", level=1)).to_be_visible()
    listed = gp.page.locator(".patient__name").all_inner_texts()
    assert "Goossens Rita" in listed
    assert "Marchal Isabelle" not in listed
    gp.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_refusal_is_a_page_that_says_what_happened(visitor: Visitor, site: Site, language: str) -> None:
    gp = visitor("hilde.lemmens", language=language)
    gp.page.goto(f"/consult/patient/{patients(site, 'Marchal', 'Isabelle')}/")
    expect(gp.heading("You have no access to this record")).to_be_visible()
    assert "Marchal" not in gp.page.content()
    gp.check()
    gp.forgive("404")


# the page, a search in it, a course of values, and the parts that a page asks for later
SHAPES = (
    ("", ""),
    ("?kind=laboratory&q=creatinine", ""),
    ("trend/?code=2160-0", ""),
    ("?q=a", "items"),
    ("?q=a", "more"),
    (f"?item={uuid.UUID(int=1)}", "pane"),
)


def test_a_closed_record_and_one_that_does_not_exist_give_the_same_bytes(gp: Visit, site: Site) -> None:
    mine = patients(site, "Goossens", "Rita")
    closed = {why: patients(site, *name) for why, name in CLOSED.items()}
    for shape, target in SHAPES:
        is_there = target != "pane"
        assert ask(gp, f"/consult/patient/{mine}/{shape}", target=target).status == (200 if is_there else 404)
        nobody = ask(gp, f"/consult/patient/{uuid.uuid4()}/{shape}", target=target)
        assert nobody.status == 404
        for why, patient in closed.items():
            answer = ask(gp, f"/consult/patient/{patient}/{shape}", target=target)
            assert answer == nobody, f"{why}: {shape} {target}"


def test_an_item_of_a_closed_record_is_no_more_than_one_that_does_not_exist(gp: Visit, site: Site) -> None:
    mine, other = patients(site, "Goossens", "Rita"), patients(site, "Marchal", "Isabelle")
    [(theirs,)] = site.ask("SELECT id FROM record.item WHERE patient_id = %s LIMIT 1", other)
    nothing = ask(gp, f"/consult/patient/{mine}/?item={uuid.uuid4()}")
    assert nothing.status == 404
    assert ask(gp, f"/consult/patient/{mine}/?item={theirs}") == nothing


def test_drafts_and_internal_items_of_his_own_patients_are_not_there_for_the_gp(
    gp: Visit, site: Site
) -> None:
    links = gp.page.locator(".patient__link").all()
    mine = [ID.findall(link.get_attribute("href") or "")[0] for link in links]
    hidden = site.ask(
        """SELECT patient_id, id, status = 'draft', clinical_at::date FROM record.item
           WHERE patient_id = ANY (%s::uuid[]) AND (status = 'draft' OR internal_only)""",
        mine,
    )
    assert {is_draft for _, _, is_draft, _ in hidden} == {True, False}, "the demo has both"
    for patient, item, _, day in hidden:
        nothing = ask(gp, f"/consult/patient/{patient}/?item={uuid.uuid4()}")
        assert ask(gp, f"/consult/patient/{patient}/?item={item}") == nothing
        listed = ask(gp, f"/consult/patient/{patient}/?from={day}&to={day}")
        assert listed.status == 200
        assert str(item) not in listed.body


def test_a_file_of_a_closed_record_is_no_more_than_one_that_does_not_exist(gp: Visit, site: Site) -> None:
    [(item, sha256)] = site.ask(
        "SELECT item_id, encode(sha256, 'hex') FROM record.attachment WHERE patient_id = %s LIMIT 1",
        patients(site, "Marchal", "Isabelle"),
    )
    nothing = ask(gp, f"/consult/file/{uuid.uuid4()}/{sha256}/")
    assert nothing.status == 404
    assert ask(gp, f"/consult/file/{item}/{sha256}/") == nothing
    assert ask(gp, f"/consult/file/{item}/{'0' * 64}/") == nothing
