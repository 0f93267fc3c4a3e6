"""Passkeys in a real browser with a virtual authenticator (WebAuthn 2, 11), under the real policy of the pages."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.chromium import chromium
from tests.gate.world import World
from tests.signin.conftest import People
from tests.signin.person import PASSWORD, SignedUp

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class ThreadedServer(ThreadingMixIn, WSGIServer):
    """Enough of a server for one browser."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Says nothing about each request."""

    def log_message(self, *args: Any) -> None:
        """Be silent."""


@pytest.fixture
def address(portals: None) -> Iterator[str]:
    """The portals at a real address of this machine."""
    from django.core.handlers.wsgi import WSGIHandler

    server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=ThreadedServer, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def nurse(people: People) -> SignedUp:
    """A nurse with a password and no second factor yet."""
    return people.nurse(with_code=False)


@pytest.fixture
def page(address: str, nurse: SignedUp) -> Iterator[Any]:
    """A page of a real browser, with what its console complained of. After `nurse`: Django's models refuse the browser's thread."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        opened = launched.new_page(base_url=address, locale="en")
        complaints: list[str] = []
        opened.on(
            "console",
            lambda told: complaints.append(f"{told.text} {told.location}") if told.type == "error" else None,
        )
        opened.on("pageerror", lambda told: complaints.append(str(told)))
        opened.complaints = complaints
        yield opened
        launched.close()


@pytest.fixture
def device(page: Any) -> Any:
    """A device that keeps passkeys and verifies its user; returns the way to talk to it, and its id."""
    wire = page.context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    made = wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return wire, made["authenticatorId"]


def test_a_passkey_is_made_at_the_first_sign_in_and_opens_alone_from_then_on(
    page: Any, device: Any, nurse: SignedUp, world: World
) -> None:
    page.goto("/ward/")
    page.get_by_label("User name").fill(nurse.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.goto("/places")
    page.get_by_role("link", name="A passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Go in").click()
    page.wait_for_url("**/ward/")
    assert "nurse" in page.content()
    # the small pages of these tests name no icon
    assert [told for told in page.complaints if "/favicon.ico" not in told] == []
    strong = "SELECT bool_and(strong_at IS NOT NULL) FROM gate.session WHERE person_id = %s"
    assert world.run(strong, nurse.person) == [(True,)]


def test_a_device_that_does_not_verify_its_user_does_not_open(
    page: Any, device: Any, nurse: SignedUp, world: World
) -> None:
    _make_passkey(page, nurse.username)
    wire, authenticator = device
    wire.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_text("Your device showed no passkey").wait_for()
    page.goto("/places")
    assert page.url.endswith("/sign-in?next=/places")
    assert world.run("SELECT count(*) FROM gate.session WHERE person_id = %s", nurse.person) == [(0,)]


def _make_passkey(page: Any, username: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.goto("/factors/passkey")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
