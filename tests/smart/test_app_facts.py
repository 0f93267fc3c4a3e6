"""What an app may be registered with: no address that leads elsewhere, no private key, no scope that means nothing (XCH-1)."""

from typing import Any

import pytest

from tests.smart.conftest import ES, RS
from unidossier.registry.smart_app import AppFacts, AppUnfit, is_address, is_page, require_fit

ADDRESSES = {
    "https://app.example/back": True,
    "https://app.example/back?from=us": True,
    "http://localhost:8080/back": True,
    "http://127.0.0.1:9/back": True,
    "http://[::1]:9/back": True,
    "org.example.app:/back": True,
    "http://app.example/back": False,
    "https://app.example/back#part": False,
    "https://*.app.example/back": False,
    "https://someone@app.example/back": False,
    "https:///back": False,
    "https://app.example:port/": False,
    "https://app.example/; script-src *": False,
    "https://app.example/\r\nX: y": False,
    "javascript:alert(1)": False,
    "data:text/html,x": False,
    "myapp:/back": False,  # a scheme that anybody may take
    "//app.example/back": False,
    "/back": False,
    "": False,
    "https://app.example/" + "x" * 500: False,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_answers_may_go_to(address: str) -> None:
    assert is_address(address) is ADDRESSES[address]


def test_ward_opens_pages_alone() -> None:
    assert is_page("https://app.example/launch")
    assert not is_page("org.example.app:/launch")


def facts(**changes: Any) -> AppFacts:
    told = {
        "name": "Chart",
        "kind": "confidential",
        "scopes": "patient/*.rs",
        "redirect_uris": ("https://a.example/",),
    }
    return AppFacts(**(told | {"jwks": {"keys": [ES.as_dict(private=False)]}} | changes))


def test_what_is_fit_is_taken() -> None:
    require_fit(facts())
    require_fit(facts(jwks={"keys": [RS.as_dict(private=False)]}))
    require_fit(facts(kind="public", jwks=None))
    require_fit(facts(kind="backend", redirect_uris=(), scopes="system/*.rs"))


P256 = {"kty": "EC", "crv": "P-256", "kid": "x", "x": "a" * 43, "y": "b" * 43}
UNFIT = {
    "no-such-kind": {"kind": "native"},
    "name-unfit": {"name": " x "},
    "addresses-unfit": {"redirect_uris": ()},
    "address-unfit": {"redirect_uris": ("http://a.example/",)},
    "keys-of-public": {"kind": "public"},
    "keys-missing": {"jwks": None},
    "keys-secret": {"jwks": {"keys": [ES.as_dict(private=True)]}},
    "keys-unfit": {"jwks": {"keys": [P256]}},
    "scopes-unfit": {"scopes": "patient/*.rs everything"},
    "scopes-of-kind": {"scopes": "patient/*.rs system/*.rs"},
}


@pytest.mark.parametrize("code", UNFIT)
def test_what_is_unfit_is_told_by_its_reason(code: str) -> None:
    with pytest.raises(AppUnfit) as refused:
        require_fit(facts(**UNFIT[code]))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "keys",
    [
        [ES.as_dict(private=False) | {"kid": ""}],
        [ES.as_dict(private=False)] * 2,
        [ES.as_dict(private=False) | {"alg": "HS384"}],
        [{"kty": "oct", "kid": "x"}],
        ["text"],
        [RS.as_dict(private=False) | {"n": "abc"}],
    ],
    ids=["no kid", "one kid twice", "a secret's algorithm", "a shared secret", "no key", "too short"],
)
def test_keys_that_prove_nothing_are_not_taken(keys: list[Any]) -> None:
    with pytest.raises(AppUnfit) as refused:
        require_fit(facts(jwks={"keys": keys}))
    assert refused.value.code in ("keys-unfit", "keys-missing")


def test_a_backend_has_no_address_and_scopes_of_the_system_alone() -> None:
    with pytest.raises(AppUnfit, match="addresses-unfit"):
        require_fit(facts(kind="backend", scopes="system/*.rs"))
    with pytest.raises(AppUnfit, match="scopes-of-kind"):
        require_fit(facts(kind="backend", redirect_uris=(), scopes="user/*.rs"))
