"""A reader who follows every kind of link once, without a browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from tests.browser.html_page import HtmlPage

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHA256 = re.compile(r"[0-9a-f]{64}")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATIENCE_S = 60


@dataclass(frozen=True)
class Visited:
    """One answer: its address, and the page when it is one."""

    path: str
    status: int
    size: int
    leads_to: str  # of a redirect, else empty
    page: HtmlPage | None


def kind_of(path: str) -> str:
    """Return what sort of page this is: ids left out, of the query only the names."""
    parts = urlsplit(path)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    return f"{SHA256.sub('SHA', ID.sub('ID', parts.path))}?{'&'.join(names)}".rstrip("?")


class Reader:
    """A signed-in person who asks for pages."""

    def __init__(self, address: str, username: str, language: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=PATIENCE_S, cookies={"language": language})
        token = TOKEN.search(self._http.get("/sign-in").text)
        assert token
        answer = self._http.post(
            "/sign-in/demo", data={"csrfmiddlewaretoken": token[1], "username": username}
        )
        assert answer.status_code == 302, f"{username} was not let in: {answer.status_code}"
        self.home = answer.headers["location"]
        self._choose_for_whom()

    def ask(self, path: str) -> Visited:
        """Ask for one address; redirects are not followed."""
        answer = self._http.get(path)
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        page = HtmlPage(answer.text) if is_page else None
        leads_to = answer.headers.get("location", "")
        return Visited(path, answer.status_code, len(answer.content), leads_to, page)

    def _choose_for_whom(self) -> None:
        """A representative acts for the first of those he represents; nobody else is asked."""
        leads_to = self.ask(self.home).leads_to
        page = self.ask(leads_to).page if leads_to else None
        for action in page.actions if page else ():
            if "/profiles/" in action:
                self.post(action, {})
                return

    def walk(self) -> Iterator[Visited]:
        """Begin at home and follow one link of each kind."""
        waiting, known = [self.home], {kind_of(self.home)}
        while waiting:
            visited = self.ask(waiting.pop(0))
            yield visited
            links = visited.page.links if visited.page else []
            for link in [*links, visited.leads_to]:
                path = urljoin(visited.path, link)
                if link and path.startswith("/") and kind_of(path) not in known:
                    known.add(kind_of(path))
                    waiting.append(path)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """Send a form; return the status and where it leads. Raises httpx.TransportError when nobody answers."""
        answer = self._http.post(path, data={"csrfmiddlewaretoken": self._http.cookies["csrf"], **fields})
        return answer.status_code, answer.headers.get("location", "")

    def close(self) -> None:
        """Forget the connection."""
        self._http.close()
