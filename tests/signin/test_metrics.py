"""Metrics (LOG-3): with the token of the installation only; numbers that Prometheus reads, and nobody in them."""

import os
import re
from pathlib import Path

import pytest

from tests.gate.world import World
from tests.signin.person import Browser

LINE = re.compile(r'[a-z_:]+(\{[a-z]+="[^"\n]*"\})? -?[0-9.e+-]+')


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UNIDOSSIER_HOME", str(tmp_path))
    return tmp_path


def ask(browser: Browser, token: str | None):  # type: ignore[no-untyped-def]
    headers = {} if token is None else {"HTTP_AUTHORIZATION": token}
    return browser.client.get("/metrics", **headers)


def test_without_the_token_nothing_is_told(browser: Browser, home: Path) -> None:
    for wrong in (None, "", "Bearer", "Bearer ", "Bearer x", "Basic x", "Bearer \xe9"):
        refused = ask(browser, wrong)
        assert refused.status_code == 401
        assert b"unidossier_" not in refused.content
        assert b"metrics-token" in refused.content
    path = home / "metrics-token"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().strip()) >= 43
    assert os.listdir(home) == ["metrics-token"]
    assert ask(browser, f"Bearer {path.read_text().strip()}").status_code == 200


def test_every_line_is_one_that_prometheus_reads(browser: Browser, home: Path, world: World) -> None:
    ask(browser, None)
    answer = ask(browser, f"Bearer {(home / 'metrics-token').read_text().strip()}")
    assert answer["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    values = [line for line in lines if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in values)
    named = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(named) == len(set(named))
    told = dict(line.rsplit(" ", 1) for line in values)
    assert told['unidossier_log_alarm{kind="no-witness"}'] == "1"
    assert told['unidossier_log_alarm{kind="contradicted"}'] == "0"
    before = float(told['unidossier_gate_decisions_per_minute{outcome="refused"}'])
    worker = world.worker("nurse", world.institution())
    world.run(
        "SELECT * FROM gate.grant_access(%s, %s, 'open-record', NULL, '{}', sha256('t'::bytea))",
        world.session(worker),
        world.patient(),
    )
    again = ask(browser, f"Bearer {(home / 'metrics-token').read_text().strip()}").content.decode()
    after = float(
        dict(line.rsplit(" ", 1) for line in again.splitlines())[
            'unidossier_gate_decisions_per_minute{outcome="refused"}'
        ]
    )
    assert after >= before + 1 or before > 100
