"""Lines to open pages last for hours; none keeps the site from stopping."""

import http.client
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.supervisor.site_process import SiteProcess
from unidossier.exchange.still.watch import PER_SESSION
from unidossier.gate.standing import Standing
from unidossier.kernel.uuid7 import new_id
from unidossier.signin.still import make_token

LINES = 5  # one more than a session may keep


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SiteProcess]:
    started = SiteProcess(tmp_path / "home")
    try:
        started.wait_ready()
        yield started
    finally:
        started.stop()


@contextmanager
def open_lines(
    site: SiteProcess, monkeypatch: pytest.MonkeyPatch, *secrets: bytes
) -> Iterator[list[http.client.HTTPResponse]]:
    """Open the lines of pages of these sessions; give their answers, of which the first event has come."""
    monkeypatch.setenv("UNIDOSSIER_HOME", str(site.home))
    lasts = datetime.now(UTC) + timedelta(hours=1)
    standing = Standing(subjects="{" + str(new_id()) + "}", epochs=0, lasts=lasts)
    with ExitStack() as closing:
        connections = [http.client.HTTPConnection("127.0.0.1", site.port, timeout=20) for _ in secrets]
        for connection, secret in zip(connections, secrets, strict=True):
            closing.callback(connection.close)
            connection.request("POST", "/still", body=make_token([standing], secret=secret))
        answers = [closing.enter_context(connection.getresponse()) for connection in connections]
        for answer in answers:
            assert (answer.status, answer.headers["content-type"]) == (
                200,
                "text/event-stream; charset=utf-8",
            )
            # the small site has a database without our schema: nobody can look, and that is said
            assert [answer.readline() for _ in range(3)] == [b"event: unsure\n", b"data:\n", b"\n"]
        yield answers


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_open_lines_do_not_delay_the_end(
    site: SiteProcess, monkeypatch: pytest.MonkeyPatch, told: signal.Signals
) -> None:
    with open_lines(site, monkeypatch, *(bytes([n]) for n in range(LINES))) as answers:
        began = time.monotonic()
        site.process.send_signal(told)
        for answer in answers:
            answer.read()  # to its end
        assert time.monotonic() - began < 1.0, "the lines did not end at once"
    assert site.stop(told) == 0
    assert time.monotonic() - began < 4.0, "the server waited for its lines, then killed itself"


def test_the_lines_of_a_page_that_leaves_are_let_go(
    site: SiteProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session may keep four lines: did those that left count, the next would be answered and ended."""
    with open_lines(site, monkeypatch, *[b"the same"] * PER_SESSION):
        pass
    with open_lines(site, monkeypatch, *[b"the same"] * PER_SESSION) as answers:
        assert [answer.readline() for answer in answers] == [b": still\n"] * PER_SESSION
