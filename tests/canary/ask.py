"""One person of the cast, or his token, who asks for everything: addresses, links, forms; and what each answer shows."""

import io
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import httpx
import pypdfium2

from tests.browser.crawl import ID, PATIENCE_S, Reader
from tests.browser.html_page import HtmlPage

CHANGING = (
    (re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"'), "token"),
    (re.compile(r'"X-CSRFToken": "[^"]+"'), "token"),
    (re.compile(r"\d\d[./]\d\d[./]\d{4},? (?:\w+ )?\d\d:\d\d"), "now"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "digest"),
    # sealed anew for each page; its length may tell nothing either, so that it stays
    (re.compile(r'(?<=data-still=")[\w-]+'), lambda sealed: f"sealed {len(sealed[0])}"),
    # the place of a page is sealed anew for each answer (search/cursor.py)
    (re.compile(r"(?<=_cursor=)[\w-]+"), lambda sealed: f"sealed {len(sealed[0])}"),
)
# beside the cookies, what differs between any two answers; whether a line is kept open after a body that nobody read
PASSING = frozenset(["date", "set-cookie", "content-length", "server-timing", "connection"])
_GET_FORM = re.compile(r"<form(?![^>]*method=\"post\")[^>]*>.*?</form>", re.DOTALL | re.IGNORECASE)
_ACTION = re.compile(r"<form[^>]*\baction=\"([^\"]*)\"", re.IGNORECASE)
_FIELD = re.compile(
    r"<input(?![^>]*type=\"(?:hidden|submit|checkbox|radio)\")[^>]*\bname=\"([\w-]+)\"", re.IGNORECASE
)
_TARGET = re.compile(r'hx-target="#([\w-]+)"')


@dataclass(frozen=True)
class Answer:
    """One answer, whole: `text` is what can be read in it, headers and pages of a PDF among it."""

    method: str
    path: str
    status: int
    headers: frozenset[tuple[str, str]]
    content: bytes
    kind: str
    leads_to: str

    @cached_property
    def body(self) -> str:
        """The body as text; of a PDF the text of its pages."""
        if self.kind == "application/pdf" or self.content[:5] == b"%PDF-":
            return _pdf_text(self.content) + self.content.decode("latin-1")
        return self.content.decode("utf-8", "replace")

    @cached_property
    def text(self) -> str:
        """Body and headers, in small letters, for looking words up."""
        return "\n".join([self.body, *(f"{k}: {v}" for k, v in self.headers), self.leads_to]).lower()

    @cached_property
    def digits(self) -> str:
        """The same without what stands between the digits of a number."""
        return re.sub(r"(?<=\d)[ .\-  ](?=\d)", "", self.text)

    @property
    def page(self) -> HtmlPage | None:
        return HtmlPage(self.body) if self.kind == "text/html" else None

    def neutral(self, *typed: str) -> "tuple[int, frozenset[tuple[str, str]], str]":
        """Status, headers and body without what was asked for and what changes with every answer (ACD-8)."""
        body, headers = self.body, self.headers
        for one in typed:
            body = body.replace(one, "ID")
            headers = frozenset((name, value.replace(one, "ID")) for name, value in headers)
        for pattern, word in CHANGING:
            body = pattern.sub(word, body)
        return self.status, headers, body


def _pdf_text(content: bytes) -> str:
    try:
        document = pypdfium2.PdfDocument(io.BytesIO(content))
    except pypdfium2.PdfiumError:
        return ""
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def _patient(client: httpx.Client, method: str, path: str, **given: object) -> httpx.Response:
    """Ask again when a server that starts anew has let the connection go. Raises httpx.TransportError when it stays away."""
    for pause in (0.5, 2.0, 10.0):
        try:
            return client.request(method, path, **given)  # type: ignore[arg-type]
        except httpx.RemoteProtocolError:
            time.sleep(pause)
    return client.request(method, path, **given)  # type: ignore[arg-type]


def _answer(method: str, path: str, given: httpx.Response) -> Answer:
    headers = frozenset((k, v) for k, v in given.headers.items() if k not in PASSING)
    kind = given.headers.get("content-type", "").split(";")[0]
    return Answer(
        method, path, given.status_code, headers, given.content, kind, given.headers.get("location", "")
    )


class Asker(Reader):
    """A signed-in person; when an answer ends his session he signs in again."""

    def __init__(self, address: str, username: str, language: str = "nl") -> None:
        super().__init__(address, username, language)
        self._address, self._username, self._language = address, username, language

    def answer(
        self, method: str, path: str, *, target: str = "", fields: dict[str, str] | None = None
    ) -> Answer:
        """Ask once; a form goes with the token against forged ones. `target`: as HTMX asks for that part of a page."""
        sent = {"HX-Request": "true", "HX-Target": target} if target else {}
        data = None
        if method == "POST":
            data = {"csrfmiddlewaretoken": self._http.cookies.get("csrf", ""), **(fields or {})}
        made = _answer(method, path, _patient(self._http, method, path, headers=sent, data=data))
        if _ends_session(made):
            self._http.close()
            super().__init__(self._address, self._username, self._language)
        return made


def _ends_session(answer: Answer) -> bool:
    return answer.leads_to.startswith("/sign-in") or answer.path.startswith("/sign-out")


class TokenHolder:
    """Somebody at the API with a bearer token."""

    def __init__(self, address: str, token: str) -> None:
        self._http = httpx.Client(
            base_url=address, timeout=PATIENCE_S, headers={"authorization": f"Bearer {token}"}
        )

    def answer(self, method: str, path: str, *, body: str = "") -> Answer:
        """Ask once; a body is JSON, or the form of a search."""
        is_form = path.partition("?")[0].endswith("/_search")
        kind = "application/x-www-form-urlencoded" if is_form else "application/fhir+json"
        sent = {"content-type": kind} if body else {}
        return _answer(method, path, _patient(self._http, method, path, headers=sent, content=body or None))

    def close(self) -> None:
        self._http.close()


def targets(answer: Answer) -> set[str]:
    """Name the parts of the page that are asked for alone."""
    return set(_TARGET.findall(answer.body))


def searches(answer: Answer, words: str) -> Iterator[str]:
    """Give the addresses that the search forms of a page lead to, every text field filled with `words`."""
    for form in _GET_FORM.findall(answer.body):
        action = _ACTION.search(form)
        address = (action[1] if action else "") or answer.path.split("?")[0]
        for name in dict.fromkeys(_FIELD.findall(form)):
            yield str(httpx.URL(address.replace("&amp;", "&")).copy_merge_params({name: words}))


def with_other_ids(path: str, ids: list[str]) -> Iterator[str]:
    """Give the same address with each other id in the place of each of its ids."""
    for found in ID.finditer(path):
        for one in ids:
            yield path[: found.start()] + one + path[found.end() :]
