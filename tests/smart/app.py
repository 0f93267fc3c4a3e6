"""A strict app: it asks as SMART App Launch 2.2 says, and believes nothing that it has not checked."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.signin.person import Browser

ORIGIN = "http://localhost"
BACK = "https://growth.example/back"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Led:
    """Where the browser was led: the address without its query, and the query."""

    address: str
    told: dict[str, str]

    @classmethod
    def by(cls, answer: Any) -> "Led":
        assert answer.status_code in (302, 303), (answer.status_code, answer.content[:2000])
        parts = urlsplit(answer["Location"])
        query = parse_qs(parts.query, strict_parsing=bool(parts.query))
        assert all(len(values) == 1 for values in query.values())
        return cls(parts._replace(query="").geturl(), {name: values[0] for name, values in query.items()})


@dataclass
class StrictApp:
    """One registered app and what it holds. `key` None: it can keep none."""

    id: UUID
    redirect_uri: str = BACK
    key: ECKey | RSAKey | None = None
    algorithm: str = "ES384"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def query(self, scope: str, **changes: str | None) -> str:
        """The address to send the person to; `changes` replace parameters, None leaves one out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        told: dict[str, str | None] = {
            "response_type": "code",
            "client_id": str(self.id),
            "redirect_uri": self.redirect_uri,
            "scope": scope,
            "state": self.state,
            "aud": f"{ORIGIN}/fhir",
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | changes
        return "/smart/authorize?" + urlencode({name: v for name, v in told.items() if v is not None})

    def ask(
        self, browser: Browser, scope: str, *, answer: dict[str, Any] | None = None, **changes: str | None
    ) -> Led:
        """Send the person there and answer the page as he would: everything ticked, or as `answer` says."""
        address = self.query(scope, **changes)
        page = browser.get(address)
        assert page.status_code == 200, (page.status_code, page.get("Location"))
        form = Form.of(page.content.decode())
        fields = form.fields | (answer if answer is not None else {"answer": "allow"})
        return Led.by(browser.post(address, **fields))

    def code(self, browser: Browser, scope: str, **given: Any) -> str:
        """Return the code, after looking whether the answer is ours (state) and the server's (iss)."""
        led = self.ask(browser, scope, **given)
        assert led.address == self.redirect_uri
        assert led.told["state"] == self.state
        assert led.told["iss"] == ORIGIN
        return led.told["code"]

    def token(self, browser: Browser, code: str, **changes: str | None) -> Any:
        """Send the code to the token endpoint; return the answer as it came."""
        return self.post(
            browser,
            "token",
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.redirect_uri,
            code_verifier=self.verifier,
            **changes,
        )

    def tokens(self, browser: Browser, scope: str, **given: Any) -> dict[str, Any]:
        """The whole way: ask, exchange, check the id token when one was asked for."""
        answer = self.token(browser, self.code(browser, scope, **given))
        assert answer.status_code == 200, answer.content
        told: dict[str, Any] = answer.json()
        assert told["token_type"] == "Bearer"
        if "id_token" in told:
            self.claims(browser, told["id_token"])
        return told

    def refresh(self, browser: Browser, token: str, **changes: str | None) -> Any:
        return self.post(browser, "token", grant_type="refresh_token", refresh_token=token, **changes)

    def claims(self, browser: Browser, id_token: str) -> dict[str, Any]:
        """Return the claims of an id token, proven by the published keys, for this app and this asking."""
        keys = KeySet.import_key_set(browser.get("/smart/jwks").json())
        token = jwt.decode(id_token, keys, algorithms=["ES384"])
        claims = dict(token.claims)
        assert (claims["iss"], claims["aud"]) == (ORIGIN, str(self.id))
        assert claims["nonce"] == self.nonce
        assert time.time() - 60 < claims["iat"] <= time.time() < claims["exp"] < time.time() + 3600
        return claims

    def post(self, browser: Browser, endpoint: str, **fields: str | None) -> Any:
        """Post a form without any cookie, proven by an assertion when the app has a key."""
        proof: dict[str, str | None] = {"client_id": str(self.id)}
        if self.key is not None:
            proof = {"client_assertion_type": TYPE, "client_assertion": self.assertion()}
        sent = {name: value for name, value in (proof | fields).items() if value is not None}
        # each from an address of its own, so that bad tries do not use up those of other tests
        address = f"198.51.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
        return browser.client.__class__(REMOTE_ADDR=address, SERVER_NAME="localhost").post(
            f"/smart/{endpoint}", urlencode(sent), content_type="application/x-www-form-urlencoded"
        )

    def assertion(self, *, header: dict[str, Any] | None = None, key: Any = None, **changes: Any) -> str:
        """A signed assertion; `changes` replace claims, None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": str(self.id),
            "sub": str(self.id),
            "aud": f"{ORIGIN}/smart/token",
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 240,
        } | changes
        head = {"alg": self.algorithm, "typ": "JWT", "kid": "one"} | (header or {})
        kept = {name: value for name, value in claims.items() if value is not None}
        signing = key or self.key
        named = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(named, kept, signing, algorithms=[named["alg"]])


class Form(HTMLParser):
    """The fields of the page's form, as a browser sends them when nothing is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self.scopes: list[str] = []
        self._is_inside = False

    @classmethod
    def of(cls, page: str) -> "Form":
        made = cls()
        made.feed(page)
        return made

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self._is_inside = told.get("method") == "post" and "action" not in told
        if not self._is_inside or tag != "input" or told.get("name") in (None, "csrfmiddlewaretoken"):
            return
        if told.get("type") == "checkbox" and "checked" in told:
            if told["name"] == "scope":
                self.scopes.append(told["value"] or "")
                self.fields["scope"] = self.scopes
            else:
                self.fields[str(told["name"])] = told["value"]
        elif told.get("type") == "hidden":
            self.fields[str(told["name"])] = told["value"]
