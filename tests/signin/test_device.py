"""From where somebody signs in stands in every entry (LOG-1): the browser's own name and its address."""

from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import Browser, SignedUp


def _where(world: World, who: SignedUp) -> list[tuple[str, str]]:
    return [
        (device, address)
        for device, address in world.run(
            "SELECT device, address FROM log.entry WHERE person_id = %s ORDER BY id", who.person
        )
    ]


def _address(browser: Browser) -> str:
    return str(browser.client.defaults["REMOTE_ADDR"])


def test_every_entry_of_a_session_tells_the_browser_and_its_address(
    browser: Browser, people: People, world: World
) -> None:
    nurse = people.nurse()
    browser.go_in(nurse)
    browser.post("/sign-out")
    name = browser.client.cookies["device"].value
    assert _where(world, nurse) == [(name, _address(browser))] * 2  # sign-in, sign-out


def test_a_browser_keeps_its_name_and_another_has_another(
    browser: Browser, other_browser: Browser, people: People, world: World
) -> None:
    first, second, third = people.nurse(), people.patient(), people.nurse()
    for who in (first, second):
        browser.go_in(who)
        browser.post("/sign-out")
    other_browser.go_in(third)
    (one, *_), (two, *_) = _where(world, first), _where(world, second)
    assert one[0] == two[0] != other_browser.client.cookies["device"].value
    assert _where(world, third) == [(other_browser.client.cookies["device"].value, _address(other_browser))]


def test_a_name_that_we_never_gave_is_replaced(browser: Browser, people: People, world: World) -> None:
    browser.client.cookies["device"] = "'; DROP TABLE log.entry; --"
    nurse = people.nurse()
    browser.go_in(nurse)
    kept = browser.client.cookies["device"]
    assert len(kept.value) == 16 and kept["httponly"] and kept["samesite"] == "Lax"
    assert _where(world, nurse)[0][0] == kept.value


def test_a_purpose_that_is_refused_tells_it_too(browser: Browser, people: People, world: World) -> None:
    """ACD-6: no session was opened, the attempt is written down with where it came from."""
    from unidossier.signin.whoami import whoami

    nurse = people.nurse()
    browser.sign_in(nurse)
    browser.post("/places", place=whoami(nurse.person).places[0].id, purpose="insurance")
    assert _where(world, nurse) == [(browser.client.cookies["device"].value, _address(browser))]
