"""One origin: what passes the front door, unchanged, and what a client cannot pretend."""

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.supervisor.site_process import SiteProcess
from unidossier.database.home import Home
from unidossier.database.runtime import web_socket
from unidossier.supervisor.front import FrontDoor


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    started = SiteProcess(tmp_path_factory.mktemp("front") / "home")
    try:
        started.wait_ready()
        yield started
    finally:
        started.stop()


@pytest.fixture
def connection(site: SiteProcess) -> Iterator[http.client.HTTPConnection]:
    made = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    yield made
    made.close()


@pytest.mark.parametrize("path", ["/fhir", "/fhir/Patient/1"])
def test_the_api_s_paths_go_to_the_api(site: SiteProcess, path: str) -> None:
    assert site.get(path)["path"] == path


@pytest.mark.parametrize("path", ["/", "/fhirs", "/my/record"])
def test_other_paths_go_to_the_portals(site: SiteProcess, path: str) -> None:
    assert "query" in site.get(path)


def test_path_query_host_and_cookies_pass_unchanged(
    site: SiteProcess, connection: http.client.HTTPConnection
) -> None:
    told = site.get("/a%20b?name=%C3%A9&x=1")
    assert (told["path"], told["query"]) == ("/a b", "name=%C3%A9&x=1")
    assert told["host"] == f"127.0.0.1:{site.port}"
    connection.request("GET", "/")
    assert connection.getresponse().headers.get_all("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "x_forwarded_for", "X_Forwarded-For"])
def test_a_client_cannot_pretend_another_address(
    site: SiteProcess, connection: http.client.HTTPConnection, name: str
) -> None:
    connection.request("GET", "/", headers={name: "203.0.113.9", "X-Forwarded-Proto": "https"})
    told = connection.getresponse().read().decode()
    assert "203.0.113.9" not in told
    assert '"client": "127.0.0.1"' in told
    assert '"scheme": "http"' in told


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
def test_a_large_body_arrives_whole(connection: http.client.HTTPConnection, chunked: bool) -> None:
    body = bytes(range(256)) * 40_000
    parts = (body[start : start + 100_000] for start in range(0, len(body), 100_000))
    connection.request("POST", "/up", body=parts if chunked else body, encode_chunked=chunked)
    told = connection.getresponse().read().decode()
    assert f'"bytes": {len(body)}, "sum": {sum(body)}' in told


def test_a_large_answer_without_a_length_arrives_whole(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", "/large")
    assert connection.getresponse().read() == b"x" * 3_000_000


def test_an_answer_before_the_end_of_the_body_is_passed_on(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/early", body=b"x" * 100_000)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (413, b"too large")


def test_a_cut_upload_does_not_reach_the_portals_as_a_whole_one(site: SiteProcess) -> None:
    before = site.get("/received")["received"]
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as raw:
        raw.sendall(b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 100_000)
    time.sleep(0.5)
    assert site.get("/received")["received"] == before


@pytest.mark.parametrize(("method", "path", "status"), [("HEAD", "/", 200), ("GET", "/empty", 304)])
def test_answers_without_a_body_leave_the_connection_usable(
    connection: http.client.HTTPConnection, method: str, path: str, status: int
) -> None:
    for _ in range(2):
        connection.request(method, path)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, b"")
    connection.request("GET", "/after")
    assert b"/after" in connection.getresponse().read()


def test_two_lengths_are_refused_at_the_door(site: SiteProcess) -> None:
    # request smuggling, RFC 9112 6.3: neither of two readings may reach the portals
    head = b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 30\r\n\r\n"
    smuggled = head + b"abcdGET /admin HTTP/1.1\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as raw:
        raw.sendall(smuggled)
        answer = raw.recv(65536)
    assert answer.startswith(b"HTTP/1.1 400")


def test_the_socket_of_the_portals_is_closed_to_others(site: SiteProcess) -> None:
    path = Path(site.home / "run" / "web.sock")
    assert path.stat().st_mode & 0o077 == 0


def test_slow_bodies_hold_no_thread_of_the_portals(site: SiteProcess) -> None:
    """Forty clients who announce a body and do not send it: the portals have sixteen threads."""
    slow = [socket.create_connection(("127.0.0.1", site.port), timeout=20) for _ in range(40)]
    try:
        for raw in slow:
            raw.sendall(b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na=")
        time.sleep(0.3)
        started = time.monotonic()
        assert site.get("/after")["path"] == "/after"
        assert time.monotonic() - started < 3
        slow[0].sendall(b"x" * 998)
        answered = b""
        while b'"bytes": 1000' not in answered:  # the head may come alone
            part = slow[0].recv(65536)
            assert part, answered
            answered += part
    finally:
        for raw in slow:
            raw.close()


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(site: SiteProcess) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as raw:
        raw.sendall(b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert raw.recv(65536).startswith(b"HTTP/1.1 413")


async def _health(home: Home, said: bytes) -> dict[str, str]:
    """What /healthz tells of portals that say this."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    async def other(*_: object) -> None:
        raise AssertionError("not asked")

    sent = []

    async def send(message: object) -> None:
        sent.append(message)

    async with await asyncio.start_unix_server(say, path=web_socket(home)):
        door = FrontDoor(home, api=other, still=other, stop_still=lambda: None)
        await door({"type": "http", "path": "/healthz", "query_string": b""}, other, send)
    return dict(json.loads(sent[-1]["body"])["parts"])


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"database": "ok", "log": "ok"}, {"portals": "ok", "log": "ok"}),
        ({"database": "ok", "log": "down"}, {"portals": "ok", "log": "down"}),
        ({"database": "down", "log": "ok"}, {"portals": "down", "log": "ok"}),
        ({"database": "ok"}, {"portals": "ok"}),
        (None, {"portals": "down"}),
    ],
)
def test_a_gap_in_the_log_is_told_as_such(
    tmp_path: Path, parts: dict[str, str] | None, told: dict[str, str]
) -> None:
    """LOG-8: who reads that the portals are down looks in the wrong place."""
    home = Home(tmp_path)
    home.prepare()
    body = json.dumps({"parts": parts}).encode() if parts else b"cut"
    head = f"HTTP/1.1 503 Service Unavailable\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    assert asyncio.run(_health(home, head + body)) == told
