"""A visitor of the portals and a client of the API, over HTTP; nothing of the product is imported."""

import re
from typing import Any

import httpx

ROW = re.compile(r'<li class="item[ "]')
TIMEOUT_S = 60.0


class Visitor:
    """A browser without eyes: cookies, forms with their token, no redirect followed."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://localhost:{port}", timeout=TIMEOUT_S)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self._http.get(path, **given)

    def post(self, path: str, fields: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        """Send a form as a page of ours would."""
        headers = given.pop("headers", {})
        if fields is not None:
            given["data"] = fields
        return self._http.post(path, headers={"X-CSRFToken": self.csrf, **headers}, **given)

    @property
    def csrf(self) -> str:
        """The token of the cookie."""
        if "csrf" not in self._http.cookies:
            self.get("/sign-in")
        return self._http.cookies["csrf"]

    def sign_in(self, account: str) -> str:
        """Sign in by one click; return where it led."""
        answer = self.post("/sign-in/demo", {"username": account})
        assert answer.status_code == 302, f"{account}: {answer.status_code} {answer.text[:500]}"
        return answer.headers["location"]


def rows(page: str) -> int:
    """Count the lines of a list of items."""
    return len(ROW.findall(page))


class ApiClient:
    """A client of the FHIR API with a token."""

    def __init__(self, port: int, *, token: str) -> None:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
        self._http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/fhir", headers=headers, timeout=TIMEOUT_S
        )

    def __enter__(self) -> "ApiClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def create(self, resource: dict[str, Any]) -> httpx.Response:
        return self._http.post(f"/{resource['resourceType']}", json=resource)

    def read(self, resource_type: str, id_: str) -> httpx.Response:
        return self._http.get(f"/{resource_type}/{id_}")
