"""A request for authorization, read strictly. RFC 6749 4.1.1, RFC 7636 (S256 alone), SMART App Launch 2.2 2.0.8, RFC 9700."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from unidossier.kernel.smart_scope import PLAIN, ScopeUnknown, of_contexts, resource_scopes, split, within
from unidossier.signin.smart.app import App, find_app

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url
_TEXT = re.compile(r"[\x20-\x7E]{1,1000}")
_PARAMETERS = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "aud", "launch", "nonce", "prompt",
    "code_challenge", "code_challenge_method", "response_mode", "request", "request_uri",
)  # fmt: skip
OF_PEOPLE = frozenset({"patient", "user"})


class AskedWrongly(Exception):
    """The app or its address is not known: the person is told, and is led nowhere (RFC 6749, 4.1.2.1)."""


class AskRefused(Exception):
    """The app is told, at its own registered address: an error code of RFC 6749 or OpenID Connect, and why."""

    def __init__(self, error: str, why: str, *, redirect_uri: str, state: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error = error
        self.why = why
        self.redirect_uri = redirect_uri
        self.state = state


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What an app asks a person for. `scopes` holds what its registration and a person can give at all."""

    app: App
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    challenge: str
    nonce: str
    launch: str  # empty: the app was not opened from Ward

    @property
    def needs_patient(self) -> bool:
        """Tell whether a patient must be known: asked for, or nothing of a scope would open without."""
        return "launch/patient" in self.scopes or any(
            one.context == "patient" for one in resource_scopes(self.scopes)
        )


def read_asked(query: Mapping[str, Sequence[str]], *, audience: str) -> Asked:
    """Read the parameters (name -> values). Raises AskedWrongly, then AskRefused; and RecordUnreadable."""
    given = {name: query.get(name, ()) for name in _PARAMETERS}
    app, redirect_uri = _whom(given)
    state = given["state"][0] if len(given["state"]) == 1 else ""

    def refused(error: str, why: str) -> AskRefused:
        return AskRefused(error, why, redirect_uri=redirect_uri, state=state)

    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise refused("invalid_request", f"send {twice[0]} once")
    one = {name: values[0] for name, values in given.items() if values}
    wrong = _wrong(one, audience=audience)
    if wrong is not None:
        raise refused(*wrong)
    try:
        scopes = of_contexts(within(split(one.get("scope", "")), app.scopes), OF_PEOPLE)
    except ScopeUnknown:
        raise refused("invalid_scope", "the scope parameter is no list of scopes") from None
    if not [scope for scope in scopes if scope == "openid" or scope not in PLAIN]:
        raise refused("invalid_scope", "none of these scopes is known here and registered for this app")
    if "launch" in one and "launch" not in scopes:
        raise refused("invalid_scope", "an app that is opened from here asks for the scope launch")
    if "launch" in scopes and "launch" not in one:
        scopes = tuple(scope for scope in scopes if scope != "launch")
    return Asked(
        app=app,
        redirect_uri=redirect_uri,
        state=state,
        scopes=scopes,
        challenge=one["code_challenge"],
        nonce=one.get("nonce", ""),
        launch=one.get("launch", ""),
    )


def _whom(given: Mapping[str, Sequence[str]]) -> tuple[App, str]:
    """Return the app and the address to answer at, both known; character by character, no wildcard (RFC 9700, 2.1)."""
    if len(given["client_id"]) != 1 or len(given["redirect_uri"]) != 1:
        raise AskedWrongly("client_id and redirect_uri must each be there once")
    app = find_app(given["client_id"][0])
    if app is None or app.kind == "backend":
        raise AskedWrongly("this app is not registered, or is suspended")
    if given["redirect_uri"][0] not in app.redirect_uris:
        raise AskedWrongly("this address is not registered for the app")
    return app, given["redirect_uri"][0]


def _wrong(one: Mapping[str, str], *, audience: str) -> tuple[str, str] | None:
    """Return the first error of the other parameters, as code and reason; None when there is none."""
    checks = (
        (bool(_TEXT.fullmatch(one.get("state", ""))), "invalid_request", "state is missing, too long or not plain text"),
        (one.get("response_type") == "code", "unsupported_response_type", "response_type is code"),
        (one.get("response_mode", "query") == "query", "invalid_request", "response_mode is query"),
        ("request" not in one, "request_not_supported", "send plain parameters"),
        ("request_uri" not in one, "request_uri_not_supported", "send plain parameters"),
        (one.get("code_challenge_method") == "S256", "invalid_request", "code_challenge_method is S256 (PKCE)"),
        (bool(_CHALLENGE.fullmatch(one.get("code_challenge", ""))), "invalid_request", "code_challenge is the SHA-256 of the verifier in base64url"),
        (one.get("aud", "").rstrip("/") == audience, "invalid_request", f"aud is {audience}"),
        (one.get("prompt", "login") != "none", "interaction_required", "a person must agree"),
        ("nonce" not in one or bool(_TEXT.fullmatch(one["nonce"])), "invalid_request", "nonce is too long or not plain text"),
        ("launch" not in one or bool(_TEXT.fullmatch(one["launch"])), "invalid_request", "launch is not a word of ours"),
    )  # fmt: skip
    return next(((code, why) for is_right, code, why in checks if not is_right), None)


def answer_at(redirect_uri: str, **told: str) -> str:
    """Return the registered address with what is told added to its query; its own query stays (RFC 6749, 4.1.2)."""
    parts = urlsplit(redirect_uri)
    added = urlencode({name: value for name, value in told.items() if value})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
