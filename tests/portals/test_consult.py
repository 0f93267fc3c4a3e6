"""Consult's own pages: known and unknown look alike to the last byte, values are kept, double sending is harmless (CON-2, CON-5, CON-6, T15)."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.actions.clinic import Clinic
from tests.actions.consult_people import PDF
from tests.gate.world import Worker, World, hours
from tests.portals.conftest import Visitor
from tests.relations.outside import TODAY, known, number, relation_of
from tests.signin.person import Browser
from unidossier.kernel.ssin import Ssin
from unidossier.kernel.uuid7 import new_id

CHANGING = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'"X-CSRFToken": "[^"]+"'),
    re.compile(rb'data-still="[^"]+"'),
    re.compile(rb"\d\d\.\d\d\.\d{4} \d\d:\d\d"),
    re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
)


pytestmark = pytest.mark.usefixtures(
    "clinic"
)  # the portals, on a directory of institutions that is read anew


@pytest.fixture
def gp(world: World) -> Worker:
    return world.worker("gp", world.institution(network=False))


@pytest.fixture
def browser(gp: Worker, visitor: Visitor) -> Browser:
    """The browser of a GP of a practice."""
    return visitor(gp.person)


def seen(answer: Any, digits: str) -> tuple[int, bytes]:
    """Return what of an answer does not follow from what was typed."""
    body: bytes = answer.content.replace(Ssin.parse(digits).formatted.encode(), b"").replace(
        digits.encode(), b""
    )
    for pattern in CHANGING:
        body = pattern.sub(b"", body)
    return answer.status_code, body


def link(browser: Browser, digits: str, *, made: UUID, **changes: str) -> Any:
    fields = {
        "made": str(made), "number": digits, "name": "Al Roe", "language": "nl", "contact": TODAY.isoformat(), "informed": "on",
    }  # fmt: skip
    return browser.post("/consult/link/", **(fields | changes))


def test_every_step_of_a_link_looks_the_same_known_or_not(
    world: World, visitor: Visitor
) -> None:  # ACD-8, T15
    _, there = known(world)
    barred, excluded_number = known(world)
    pages: list[list[Any]] = []
    for digits in (there, excluded_number, number()):
        carer = world.worker("gp", world.institution(network=False))
        world.exclude(barred, carer.person)
        browser = visitor(carer.person)
        browser.get("/consult/")
        attempt = new_id()
        way = f"/consult/attempt/{attempt}/"
        steps = [
            link(browser, digits, made=attempt),
            browser.get(way),
            browser.get("/consult/"),
            browser.get(way + "form/"),
        ]
        # after the declaration the record of the known one opens: from there on it must differ, so only the answer itself is compared
        steps.append(browser.post(way, signed=TODAY.isoformat()))
        steps.append(
            browser.post(
                "/consult/ask/", made=str(new_id()), number=digits, name="Al Roe", reason="treats his back"
            )
        )
        assert [one.status_code for one in steps] == [302, 200, 200, 200, 302, 302]
        name = f"House {carer.institution.hex[-6:]}".encode()
        family = f"Doe{carer.person.hex[-6:]}".encode()
        pages.append(
            [
                (status, body.replace(name, b"").replace(family, b""))
                for n, one in enumerate(steps)
                if n != 3
                for status, body in [seen(one, digits)]
            ]
        )
    for one, two, three in zip(*pages, strict=True):
        assert one[1].splitlines() == two[1].splitlines() == three[1].splitlines()
        assert one == two == three


def test_a_link_leads_to_the_record_when_the_form_is_declared(
    world: World, gp: Worker, browser: Browser
) -> None:  # CON-6
    patient, digits = known(world)
    attempt = new_id()
    answer = link(browser, digits, made=attempt)
    assert answer["Location"] == f"/consult/attempt/{attempt}/"
    form = browser.get(f"/consult/attempt/{attempt}/form/")
    assert (form["Content-Type"], form.content[:5]) == ("application/pdf", b"%PDF-")
    scan = SimpleUploadedFile("form.pdf", PDF, content_type="application/pdf")
    browser.client.post(
        f"/consult/attempt/{attempt}/",
        {"signed": TODAY.isoformat(), "scan": scan},
        headers={"X-CSRFToken": browser.client.cookies["csrf"].value},
    )
    assert relation_of(world, patient, gp.person) == ("link", "in-force", True, "signed-form")
    assert f"/consult/patient/{patient}/".encode() in browser.get("/consult/").content
    assert browser.get(f"/consult/patient/{patient}/").status_code == 200
    assert (
        browser.get(f"/consult/attempt/{attempt}/").status_code == 404
    )  # it is a patient like any other now


def test_what_is_wrong_is_said_at_its_field_and_values_are_kept(browser: Browser) -> None:
    answer = link(browser, "85.07.30-033.29", made=new_id(), contact="2020-01-01", informed="")
    page = answer.content.decode()
    assert answer.status_code == 200
    for sentence in ("The last two digits do not match the others", "Inform the patient first"):
        assert page.count(sentence) == 2  # in the summary and at the field
    assert 'value="Al Roe"' in page and 'value="85.07.30-033.29"' in page
    old = link(browser, number(), made=new_id(), contact="2020-01-01")
    assert "This contact is more than 30 days ago" in old.content.decode()


def test_the_same_form_sent_twice_is_one_link(world: World, browser: Browser) -> None:
    patient, digits = known(world)
    made = new_id()
    assert [link(browser, digits, made=made).status_code for _ in range(2)] == [302, 302]
    assert world.run("SELECT count(*) FROM relations.relation WHERE patient_id = %s", patient) == [(1,)]
    again = link(browser, digits, made=new_id())
    assert "You have this under way already" in again.content.decode()


def test_the_number_of_the_start_page_comes_along_without_complaints(browser: Browser) -> None:
    digits = number()
    for way in ("/consult/link/", "/consult/ask/"):
        page = browser.post(way, number=digits).content.decode()
        assert f'value="{digits}"' in page
        assert "error-summary" not in page


def test_nobody_sees_the_attempt_of_another(world: World, browser: Browser, visitor: Visitor) -> None:
    made = new_id()
    link(browser, number(), made=made)
    other = visitor(world.worker("gp", world.institution(network=False)).person)
    for way in (f"/consult/attempt/{made}/", f"/consult/attempt/{made}/form/"):
        assert (browser.get(way).status_code, other.get(way).status_code) == (200, 404)


def test_renewal_is_offered_where_it_ends_soon_and_told_afterwards(
    world: World, gp: Worker, browser: Browser
) -> None:  # CON-7, CON-12
    soon, later = (known(world)[0] for _ in range(2))
    relation = world.relation(soon, gp, kind="link", consented=True, ends_at=hours(24 * 12))
    world.relation(later, gp, kind="link", consented=True, ends_at=hours(24 * 90))
    page = browser.get("/consult/").content.decode()
    assert f"/consult/patient/{soon}/renew/" in page
    assert f"/consult/patient/{later}/renew/" not in page
    form = browser.get(f"/consult/patient/{soon}/renew/").content.decode()
    assert str(relation) in form
    early = browser.post(
        f"/consult/patient/{soon}/renew/",
        contact=(TODAY + timedelta(days=1)).isoformat(),
        relation=str(relation),
    )
    assert "This day has not come yet" in early.content.decode()
    done = browser.post(f"/consult/patient/{soon}/renew/", contact=TODAY.isoformat(), relation=str(relation))
    assert done["Location"] == "/consult/"
    assert "The access is renewed until" in browser.get("/consult/").content.decode()


def test_only_the_gp_of_record_is_offered_to_give_a_colleague_access(
    world: World, gp: Worker, browser: Browser
) -> None:  # ACD-3
    own, linked = (known(world)[0] for _ in range(2))
    world.item(own, world.institution())
    world.relation(own, gp, kind="gp")
    world.relation(linked, gp, kind="link", consented=True)
    offered = {
        one: f"/consult/patient/{one}/trust/" in browser.get(f"/consult/patient/{one}/").content.decode()
        for one in (own, linked)
    }
    assert offered == {own: True, linked: False}
    colleague = world.worker("nurse", world.institution(network=False))
    ((family,),) = world.run("SELECT family FROM registry.person WHERE id = %s", colleague.person)
    assert (
        str(colleague.employment) in browser.get(f"/consult/patient/{own}/trust/?q={family}").content.decode()
    )
    fields = {
        "q": family,
        "made": str(new_id()),
        "employment": str(colleague.employment),
        "until": TODAY.isoformat(),
        "reason": "holiday",
    }
    assert browser.post(f"/consult/patient/{own}/trust/", **fields)["Location"] == f"/consult/patient/{own}/"
    assert relation_of(world, own, colleague.person) == ("granted", "in-force", False, "declared")
    refused = browser.post(f"/consult/patient/{linked}/trust/", **(fields | {"made": str(new_id())}))
    assert "Only the general practitioner of record" in refused.content.decode()


FIELDS = {
    "given": "Noor", "family": "Vandamme", "function": "physiotherapist", "nihdi": "5-99071-01-527", "practice": "Kine De Brug",
    "address": "Brugstraat 4", "email": "noor@debrug.example", "language": "nl",
}  # fmt: skip


@pytest.fixture
def stranger(portals: None) -> Browser:
    """A browser of somebody who is not signed in."""
    return Browser(address=f"203.0.{new_id().int % 250}.{new_id().int % 250}")


def register(stranger: Browser, house: UUID, *, data: bytes = PDF, **changes: str) -> Any:
    stranger.get("/account/")
    if "csrf" not in stranger.client.cookies:
        stranger.get("/sign-in")
    proof = SimpleUploadedFile("visa.pdf", data, content_type="application/pdf")
    return stranger.client.post(
        "/account/",
        FIELDS | {"made": str(new_id()), "institution": str(house)} | changes | {"proof": proof},
        headers={"X-CSRFToken": stranger.client.cookies["csrf"].value},
    )


def test_an_application_is_answered_alike_whatever_becomes_of_it(
    clinic: Clinic, stranger: Browser
) -> None:  # CON-2
    answers = [
        register(stranger, clinic.id) for _ in range(6)
    ]  # the sixth of a day from one address is dropped
    assert {(one.status_code, one["Location"]) for one in answers} == {(302, "/account/sent/")}
    rows = clinic.world.run("SELECT count(*) FROM registry.applicant WHERE institution_id = %s", clinic.id)
    assert rows == [(5,)]


@pytest.mark.parametrize(
    ("sentence", "changes"),
    [
        ("Digits 7 and 8 do not match", {"nihdi": "5-99071-02-527"}),
        ("This is no e-mail address", {"email": "noor@"}),
        ("Choose your profession", {"function": ""}),
        ("This is no PDF, JPEG or PNG", {"data": b"MZ not a paper"}),
    ],
)
def test_an_application_that_cannot_be_taken_says_why(
    clinic: Clinic, stranger: Browser, sentence: str, changes: dict[str, Any]
) -> None:
    answer = register(stranger, clinic.id, **changes)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert clinic.world.run(
        "SELECT count(*) FROM registry.applicant WHERE institution_id = %s", clinic.id
    ) == [(0,)]
