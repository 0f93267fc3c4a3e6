"""What is told to apps is what is served: both documents, the keys, and the statement of the API (SMART 2.2, 5)."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from tests.smart.conftest import Smart


def test_both_places_tell_the_same(smart: Smart) -> None:
    portals: dict[str, Any] = smart.at_home.get("/.well-known/smart-configuration").json()
    answer = smart.api.get("/fhir/.well-known/smart-configuration")
    assert answer.headers["content-type"] == "application/json"
    api = answer.json()
    assert {name: _path(value) for name, value in portals.items()} == {
        name: _path(value) for name, value in api.items()
    }
    openid = smart.at_home.get("/.well-known/openid-configuration").json()
    assert all(openid[name] == value for name, value in portals.items())


def _path(value: Any) -> Any:
    return urlsplit(value).path if isinstance(value, str) and value.startswith("http") else value


def test_each_address_that_is_told_is_served(smart: Smart) -> None:
    told = smart.at_home.get("/.well-known/smart-configuration").json()
    for name in (
        "authorization_endpoint",
        "token_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "jwks_uri",
        "management_endpoint",
    ):
        assert smart.at_home.get(urlsplit(told[name]).path).status_code != 404, name


def test_only_what_is_safe_is_told(smart: Smart) -> None:
    told = smart.at_home.get("/.well-known/smart-configuration").json()
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["response_types_supported"] == ["code"]
    assert "client_secret_basic" not in told["token_endpoint_auth_methods_supported"]
    assert "password" not in told["grant_types_supported"]


def test_the_statement_of_the_api_says_where_tokens_are(smart: Smart) -> None:
    rest = smart.api.get("/fhir/metadata").json()["rest"][0]
    service = rest["security"]["service"][0]["coding"][0]["code"]
    places = {one["url"]: one["valueUri"] for one in rest["security"]["extension"][0]["extension"]}
    assert service == "SMART-on-FHIR"
    assert places["token"].endswith("/smart/token")


def test_the_api_is_open_to_pages_and_takes_no_cookie(smart: Smart) -> None:
    asked = smart.api.request(
        "OPTIONS",
        "/fhir/Observation",
        headers={
            "origin": "https://growth.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization",
        },
    )
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in asked.headers


def test_keys_are_public_and_change_with_the_quarter(smart: Smart) -> None:
    from unidossier.signin.smart.keys import published, signing_key

    keys = smart.at_home.get("/smart/jwks").json()["keys"]
    assert keys
    assert not [one for one in keys if "d" in one]
    autumn, winter = datetime(2031, 12, 31, 23, 59, tzinfo=UTC), datetime(2032, 1, 1, 0, 1, tzinfo=UTC)
    first = signing_key(autumn)
    assert first.as_dict(private=True) == signing_key(autumn).as_dict(private=True)
    assert [one["kid"] for one in published(winter)["keys"]] == ["id-token-2032-1", "id-token-2031-4"]
    assert signing_key(winter).kid != first.kid
    assert [one["kid"] for one in published(datetime(2032, 8, 1, tzinfo=UTC))["keys"]] == ["id-token-2032-3"]
