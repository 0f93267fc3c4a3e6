"""Every address is closed unless this file says that it is open."""

import re
from collections.abc import Iterator

import pytest

from tests.fhir.client import Client
from tests.gate.server import Dsns
from tests.signin.django_process import start_django

FACES = ("ward", "consult", "my", "desk")
# Open to whoever comes: the ways in, and the design system with its invented values. Nothing here reads a record.
OPEN = {
    "start",
    "account_login",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "account_inactive",
    "welcome",
    "register",  # CON-1: whoever comes may ask for an account of Consult
    "registered",
    "sign-out",
    "preferences",
    "living",
    "living-page",
    *("figures", "figures-of", "figures-file"),  # of a hospital: they name nobody
    # what apps read before they ask, and where they prove themselves; the page that asks a person leads to the sign-in
    *("smart-configuration", "openid-configuration", "smart-jwks", "smart-authorize"),
    *("smart-token", "smart-introspect", "smart-revoke"),
}
OPEN_API = {"/healthz", "/fhir/metadata", "/fhir/.well-known/smart-configuration"}
EXAMPLE = "11111111-1111-7111-8111-111111111111"
_VALUES = {"uuid": EXAMPLE, "int": "1", "str": "a" * 64, "slug": "a", "path": "a"}
_CONVERTER = re.compile(r"<(?:(\w+):)?(\w+)>")


@pytest.fixture(scope="module")
def portals(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Django, set up on the test database."""
    start_django(dsns, tmp_path_factory.mktemp("routes"))


def _walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, str]]:  # type: ignore[type-arg]
    for one in patterns:
        route = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one.url_patterns, route)
        else:
            yield one.name or "", "/" + _CONVERTER.sub(lambda m: _VALUES[m.group(1) or "str"], route)


@pytest.fixture(scope="module")
def routes(portals: None) -> list[tuple[str, str]]:
    """Name and address of every route of the portals, with values of the right shape in it."""
    from unidossier.config.urls import urlpatterns

    return list(_walk(urlpatterns))


def _face(address: str) -> str:
    return address.split("/")[1]


def _ask(address: str, *, method: str = "GET", htmx: bool = False):  # type: ignore[no-untyped-def]
    from django.test import Client

    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{address}"} if htmx else {}
    return Client().generic(method, address, headers={"host": "localhost", **headers})


@pytest.mark.parametrize("face", FACES)
def test_every_face_has_routes(face: str, routes: list[tuple[str, str]]) -> None:
    assert len([address for _, address in routes if _face(address) == face]) >= 4


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def test_a_face_sends_strangers_to_the_sign_in(method: str, routes: list[tuple[str, str]]) -> None:
    answers = {a: _ask(a, method=method) for _, a in routes if _face(a) in FACES}
    assert {
        a: (one.status_code, one.headers.get("Location", "")[:8]) for a, one in answers.items()
    } == dict.fromkeys(answers, (302, "/sign-in"))


def test_a_face_answers_htmx_with_a_whole_page(routes: list[tuple[str, str]]) -> None:
    answers = {a: _ask(a, htmx=True) for _, a in routes if _face(a) in FACES}
    assert {
        a: (one.status_code, one.headers.get("HX-Redirect", "")[:8], one.content)
        for a, one in answers.items()
    } == dict.fromkeys(answers, (204, "/sign-in", b""))


def test_every_other_route_is_closed_or_known_to_be_open(routes: list[tuple[str, str]]) -> None:
    others = [(name, address) for name, address in routes if _face(address) not in FACES]
    closed = {
        name: _ask(address).headers.get("Location", "no redirect")
        for name, address in others
        if name not in OPEN
    }
    assert closed, "the way to the own factors and places is closed"
    assert {name: way for name, way in closed.items() if not way.startswith("/sign-in")} == {}
    assert {name for name, _ in others} >= OPEN, "this file names routes that are gone"


def test_the_demo_has_no_entry_unless_asked_for(routes: list[tuple[str, str]]) -> None:
    assert [address for _, address in routes if "demo" in address] == []


def test_every_address_of_the_api_wants_a_token(dsns: Dsns) -> None:
    from unidossier.exchange.fhir.app import ROUTES, application

    asked = 0
    client = Client(application)
    for route in ROUTES:
        address = re.sub(r"\{type[^}]*\}", "Observation", route.path).replace("{version}", "1")
        address = re.sub(r"\{[a-z_:]+\}", EXAMPLE, address)
        # a socket has no method: it asks for its token when it is bound
        for method in (
            (getattr(route, "methods", None) or set()) - {"HEAD"} if address not in OPEN_API else ()
        ):
            answer = client.request(
                method, address, headers={"content-type": "application/fhir+json"}, content=b"{}"
            )
            assert answer.status_code == 401, f"{method} {address}"
            assert answer.json()["resourceType"] == "OperationOutcome"
            asked += 1
    client.close()
    assert asked >= 5
