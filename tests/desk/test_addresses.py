"""The list of addresses that notices may be sent to: kept by security officers, each change an entry (T29, LOG-1)."""

import pytest

from tests.desk.conftest import Desk
from tests.portals.conftest import Visitor
from unidossier.actions.allow_address import allow_address, disallow_address, list_addresses
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id

SECURITY = "security-officer"
ENTRIES = "SELECT permitted, detail ->> 'address' FROM log.entry WHERE person_id = %s AND verb = 'allow-address' AND NOT detail ? 'list' ORDER BY id"
ORIGIN = "https://notices.practice.example"


def test_a_security_officer_keeps_the_list_and_each_change_is_an_entry(desk: Desk) -> None:
    secret, person = desk.secrets[SECURITY], desk.workers[SECURITY].person
    id_ = new_id()
    for _ in range(2):  # the same form twice is one deed
        allow_address(
            secret,
            address=id_,
            origin=f"{ORIGIN.upper()}:443/",
            private=False,
            reason="Package of a practice",
        )
    (one,) = [each for each in list_addresses(secret) if each["id"] == str(id_)]
    assert (one["origin"], one["private"], one["subscriptions"]) == (ORIGIN, False, 0)
    disallow_address(secret, address=id_)
    assert str(id_) not in [each["id"] for each in list_addresses(secret)]
    assert desk.world.run(ENTRIES, person) == [(True, ORIGIN), (True, ORIGIN)]


@pytest.mark.parametrize(
    ("origin", "private", "code"),
    [
        ("ftp://a.example", False, "not-an-address"),
        ("https://u@a.example", False, "not-an-address"),
        ("https://a.example/path", False, "path-given"),
        ("http://a.example", False, "http-outside"),
        (ORIGIN, False, "already-there"),
    ],
)
def test_what_cannot_be_on_it(desk: Desk, origin: str, private: bool, code: str) -> None:
    secret, id_ = desk.secrets[SECURITY], new_id()
    allow_address(secret, address=id_, origin=ORIGIN, private=False, reason="Package of a practice")
    try:
        with pytest.raises(ActRefused) as refused:
            allow_address(secret, address=new_id(), origin=origin, private=private, reason="Another one")
        assert refused.value.code == code
    finally:
        disallow_address(secret, address=id_)


@pytest.mark.parametrize(
    "function", ["registration-desk", "ombuds", "medical-director", "data-protection-officer"]
)
def test_nobody_else_sees_or_changes_it(desk: Desk, visitor: Visitor, function: str) -> None:
    secret, person = desk.secrets[function], desk.workers[function].person
    for act in (
        lambda: list_addresses(secret),
        lambda: allow_address(secret, address=new_id(), origin=ORIGIN, private=False, reason="x"),
        lambda: disallow_address(secret, address=new_id()),
    ):
        with pytest.raises(AccessRefused):
            act()
    assert {permitted for permitted, _ in desk.world.run(ENTRIES, person)} == {False}
    assert visitor(person).get("/desk/addresses/").status_code in (403, 404)


def test_the_pages(desk: Desk, visitor: Visitor) -> None:
    officer = visitor(desk.workers[SECURITY].person)
    assert b"nothing is sent" in officer.get("/desk/addresses/").content
    bare = officer.post("/desk/addresses/allow/", made=str(new_id()))
    assert bare.status_code == 200 and b"error-summary" in bare.content
    wrong = officer.post("/desk/addresses/allow/", made=str(new_id()), origin="practice", reason="Package")
    assert b"This is no address" in wrong.content and b'value="practice"' in wrong.content
    id_ = new_id()
    done = officer.post(
        "/desk/addresses/allow/", made=str(id_), origin=ORIGIN, reason="Package of a practice"
    )
    assert (done.status_code, done["Location"]) == (302, "/desk/addresses/")
    page = officer.get("/desk/addresses/").content
    assert ORIGIN.encode() in page and b"0 subscriptions" in page and b"Package of a practice" in page
    assert b"Nothing is sent" not in officer.get(f"/desk/addresses/{id_}/end/").content
    assert officer.post(f"/desk/addresses/{id_}/end/").status_code == 302
    assert ORIGIN.encode() not in officer.get("/desk/addresses/").content
    assert officer.get(f"/desk/addresses/{id_}/end/").status_code == 404
