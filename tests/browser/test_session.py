"""Sessions: password and code, the idle limit, and what is left on the screen after signing out (ALL-3, T23)."""

import base64
import hmac
import json
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.site import OWN_SETTINGS, Site
from tests.browser.visit import Visit
from tests.signin.person import PASSWORD, SignedUp

pytestmark = pytest.mark.browser
CLINICAL = ".banner, .patient, .item, .tile, .doc"  # what only pages of patients have
# run beside the site, as the product's own commands are
SIGN_UP = """
import json, sys
from uuid import UUID
from unidossier.command.prepare import load_django
load_django()
from tests.signin.person import SignedUp
made = SignedUp.make(UUID(sys.argv[1]))
print(json.dumps({"username": made.username, "totp_secret": made.totp_secret}))
"""


@pytest.fixture
def physician(site: Site) -> SignedUp:
    """A specialist with patients, a password and an authenticator app; nobody of the cast."""
    [(person,)] = site.ask(
        """SELECT e.person_id FROM registry.employment e
           JOIN registry.institution i ON i.id = e.institution_id AND i.network
           JOIN relations.relation r ON r.person_id = e.person_id AND r.ends_at > now()
           WHERE e.function = 'specialist' AND NOT EXISTS (SELECT FROM account a WHERE a.person_id = e.person_id)
           ORDER BY e.person_id LIMIT 1"""
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OWN_SETTINGS)}
    told = subprocess.run(
        [sys.executable, "-c", SIGN_UP, str(person)],
        env={**kept, "UNIDOSSIER_HOME": str(site.home)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr
    return SignedUp(person=person, **json.loads(told.stdout))


def code_now(secret: str) -> str:
    """Return the six digits that an authenticator app shows now (RFC 6238 with SHA-1 and 30 s)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def give_password(visit: Visit, who: SignedUp, password: str) -> None:
    """Fill in the first form."""
    visit.page.get_by_label(visit.words("User name")).fill(who.username)
    visit.page.get_by_label(visit.words("Password")).fill(password)
    visit.click("Continue")


def go_in(visit: Visit, who: SignedUp) -> None:
    """Sign in by password and code, and go to the first place."""
    visit.page.goto("/sign-in")
    give_password(visit, who, PASSWORD)
    give_code(visit, who)


def give_code(visit: Visit, who: SignedUp) -> None:
    """Fill in the second form and go to the first place."""
    assert who.totp_secret
    expect(visit.heading("Your second factor")).to_be_visible()
    visit.page.locator("input[name=code]").fill(code_now(who.totp_secret))
    visit.click("Sign in")
    visit.page.get_by_role("button", name=visit.words("Go in")).first.click()
    expect(visit.heading("My patients", level=1)).to_be_visible()


def open_first_patient(visit: Visit) -> None:
    """Open the record of the first patient of the list."""
    name = visit.page.locator(".patient__name b").first
    family = name.inner_text()
    name.click()
    expect(visit.page.get_by_role("region", name=visit.words("Patient"), exact=True)).to_contain_text(family)
    assert visit.page.locator(CLINICAL).count() > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_password_and_code_lead_to_a_place_and_one_of_them_alone_does_not(
    visitor: Visitor, physician: SignedUp, language: str
) -> None:
    visit = visitor(language=language)
    visit.page.goto("/sign-in")
    give_password(visit, physician, "not the password at all")
    expect(visit.page.get_by_role("alert")).to_be_visible()
    visit.check()
    give_password(visit, physician, PASSWORD)
    expect(visit.heading("Your second factor")).to_be_visible()
    visit.check()
    visit.page.goto("/ward/")
    assert "/sign-in" in visit.page.url
    visit.page.goto("/sign-in/code")
    give_code(visit, physician)


def test_a_session_left_alone_is_over_and_its_page_gives_nothing_more(
    visitor: Visitor, physician: SignedUp, site: Site
) -> None:
    visit = visitor()
    go_in(visit, physician)
    open_first_patient(visit)
    site.ask(
        "UPDATE gate.session SET seen_at = seen_at - interval '1 hour', started_at = started_at - interval '1 hour' WHERE person_id = %s",
        physician.person,
    )
    visit.page.keyboard.press("/")
    visit.page.keyboard.type("a")
    visit.page.wait_for_url("**/sign-in?next=*")
    expect(visit.heading("Sign in")).to_be_visible()
    assert visit.page.locator(CLINICAL).count() == 0


def test_after_signing_out_the_back_button_shows_nothing_of_a_record(
    visitor: Visitor, physician: SignedUp
) -> None:
    visit = visitor()
    go_in(visit, physician)
    open_first_patient(visit)
    visit.page.locator("details.menu summary").click()
    visit.click("Sign out")
    expect(visit.heading("Sign in")).to_be_visible()
    for _ in range(3):
        visit.page.go_back()
        assert "/sign-in" in visit.page.url
        expect(visit.heading("Sign in")).to_be_visible()
        assert visit.page.locator(CLINICAL).count() == 0
