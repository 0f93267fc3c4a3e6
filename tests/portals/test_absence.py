"""What does not exist, what is hidden and what is refused are one answer, at every address that names it (ACD-8)."""

import html
import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from tests.actions.clinic import Clinic, row
from tests.portals.conftest import Visitor
from tests.signin.person import Browser
from unidossier.kernel.uuid7 import new_id

# what differs between any two answers: tokens against forged forms, and the hour of printing
CHANGING = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'"X-CSRFToken": "[^"]+"'),
    re.compile(rb"\d\d\.\d\d\.\d{4} \d\d:\d\d"),
)
Answer = tuple[int, frozenset[tuple[str, str]], bytes]


def ask(browser: Browser, path: str, *, method: str = "GET") -> Answer:
    """Return everything of an answer that a browser could tell apart."""
    answer = browser.get(path) if method == "GET" else browser.post(path)
    body: bytes = answer.content
    for one in (
        path,
        path.split("?")[0],
    ):  # pages name the address that was asked: the way back from a change of theme
        body = body.replace(html.escape(one).encode(), b"")
    for pattern in CHANGING:
        body = pattern.sub(b"", body)
    headers = frozenset((k, v) for k, v in answer.headers.items() if k not in ("Date", "Content-Length"))
    return answer.status_code, headers, body


def addresses(face: str, patient: UUID, item: UUID) -> Iterator[str]:
    """Give every address of a face that names a patient or an item, from its own table of addresses."""
    from unidossier.config.urls import urlpatterns

    (routes,) = [one.url_patterns for one in urlpatterns if str(one.pattern) == f"{face}/"]
    for one in routes:
        route = str(one.pattern)
        if "uuid:" not in route or "profiles" in route or "uuid:access" in route:
            continue
        filled = route.replace("<uuid:patient>", str(patient)).replace("<uuid:item>", str(item))
        filled = filled.replace("<uuid:app>", str(UUID(int=7)))
        yield (
            f"/{face}/" + filled.replace("<str:sha256>", "ab" * 32) + ("?code=1" if "trend" in route else "")
        )
        if route == "patient/<uuid:patient>/":
            yield f"/{face}/{filled}?item={item}"


@pytest.fixture
def strangers(clinic: Clinic) -> dict[str, tuple[UUID, UUID]]:
    """Patients the physician may not open, by the reason, each with an item and its file."""
    known = {
        why: clinic.world.patient(deceased_at=None) for why in ("no relation", "excluded", "relation over")
    }
    clinic.world.relation(known["excluded"], clinic.physician)
    clinic.world.exclude(known["excluded"], clinic.physician.person)
    clinic.world.relation(known["relation over"], clinic.physician, ends_at="2021-01-01T00:00:00Z")
    return {why: (one, clinic.world.item(one, clinic.id)) for why, one in known.items()}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_of_a_carer_answers_alike(
    clinic: Clinic, physician: Browser, strangers: dict[str, tuple[UUID, UUID]], method: str
) -> None:
    nobody = [ask(physician, one, method=method) for one in addresses("ward", new_id(), new_id())]
    assert len(nobody) >= 7
    assert {status for status, _, _ in nobody} == {404}
    assert len(set(nobody)) == 1, "one page for every address"
    for why, (patient, item) in strangers.items():
        told = [ask(physician, one, method=method) for one in addresses("ward", patient, item)]
        assert told == nobody, why


def test_an_item_that_is_hidden_is_no_more_than_one_that_does_not_exist(
    clinic: Clinic, visitor: Visitor
) -> None:
    own = clinic.world.institution()
    worker = clinic.world.worker("specialist", own)
    clinic.world.relation(clinic.patient, worker)
    hidden, attached = new_id(), {"sha256": "ab" * 32, "name": "a.pdf", "media_type": "application/pdf"}
    clinic.store(row(hidden, status="draft", attachments=[attached | {"size": 10}]))
    browser = visitor(worker.person)
    assert browser.get(f"/ward/patient/{clinic.patient}/").status_code == 200
    there = [ask(browser, one) for one in addresses("ward", clinic.patient, hidden) if str(hidden) in one]
    nowhere = new_id()
    absent = [ask(browser, one) for one in addresses("ward", clinic.patient, nowhere) if str(nowhere) in one]
    assert len(there) >= 4
    assert {status for status, _, _ in absent} == {404}
    assert there == absent


def test_a_file_that_an_open_item_does_not_have_is_no_more_than_one_of_nobody(
    clinic: Clinic, physician: Browser
) -> None:
    item = new_id()
    clinic.store(row(item))
    wanted = [f"{item}/{'00' * 32}", f"{item}/{'0' * 63}", f"{item}/no-number", f"{new_id()}/{'00' * 32}"]
    told = {ask(physician, f"/ward/file/{one}/") for one in wanted}
    assert len(told) == 1


def test_the_patient_learns_no_more_of_what_is_not_open_to_him(clinic: Clinic, visitor: Visitor) -> None:
    me = clinic.world.person(professional=False, patient=clinic.patient)
    draft, attached = new_id(), {"sha256": "ab" * 32, "name": "a.pdf", "media_type": "application/pdf"}
    clinic.store(row(draft, status="draft", attachments=[attached | {"size": 10}]))
    browser = visitor(me)
    stranger = clinic.world.item(clinic.world.patient(), clinic.id)
    for shape in ("/my/record/?item={}", "/my/file/{}/" + "ab" * 32 + "/"):
        told = {ask(browser, shape.format(one)) for one in (draft, stranger, new_id())}
        assert len(told) == 1, shape
        assert next(iter(told))[0] == 404
