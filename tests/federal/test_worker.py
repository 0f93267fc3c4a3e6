"""The worker asks for what changed, for everything when there is a hole, and lives with silence (EXC-8)."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.federal.platform import Platform
from tests.gate.server import Dsns
from tests.signin.django_process import start_django
from unidossier.exchange.federal.port import PlatformAway
from unidossier.relations.federal import Feed

ASKED: list[str] = []
SPEAKING: list[Platform] = []


@dataclass
class Speaking:
    """The platform of the test, asked as the product asks; `address` says how it answers."""

    address: str
    asked: list[str] = field(default_factory=lambda: ASKED)

    def full(self) -> Feed:
        """Everything."""
        self.asked.append("full")
        if self.address == "away":
            raise PlatformAway("no answer")
        return SPEAKING[0].feed()

    def delta(self, *, since: int) -> Feed:
        """What came after; with a hole when the address says so."""
        self.asked.append(f"delta {since}")
        if self.address == "away":
            raise PlatformAway("no answer")
        skipped = since + 50 if self.address == "hole" else since
        return SPEAKING[0].feed("delta", since=skipped, sequence=max(skipped, SPEAKING[0].sequence))


@pytest.fixture
def ask(dsns: Dsns, tmp_path_factory: pytest.TempPathFactory, platform: Platform) -> Any:
    """`ask("well")` lets the worker ask once; `full=True` as in the night."""
    start_django(dsns, tmp_path_factory.mktemp("worker"))
    from django.test import override_settings

    from unidossier.jobs import federal

    ((key,),) = platform.world.run("SELECT key FROM registry.institution WHERE id = %s", platform.house)
    SPEAKING[:], ASKED[:] = [platform], []
    federal._secret.clear()

    def once(address: str, *, full: bool = False) -> str:
        told = {
            "FEDERAL_URL": address,
            "FEDERAL_MACHINE": key,
            "FEDERAL_CLIENT": "tests.federal.test_worker.Speaking",
        }
        with override_settings(**told):
            return federal.take_over(full=full)

    return once


def test_the_first_time_everything_then_what_changed(ask, platform, ssin, nihdi) -> None:
    platform.exclude(ssin, nihdi)
    assert [ask("well"), ask("well")] == ["applied", "applied"]
    assert ASKED == ["full", "delta 1"]
    assert len(platform.in_force()) == 1


def test_in_the_night_everything(ask, platform, ssin, nihdi) -> None:
    platform.exclude(ssin, nihdi)
    assert [ask("well"), ask("well", full=True)] == ["applied", "applied"]
    assert ASKED == ["full", "full"]


def test_after_a_hole_everything_is_asked_for(ask, platform, ssin, nihdi) -> None:
    platform.exclude(ssin, nihdi)
    ask("well")
    assert ask("hole") == "applied"
    assert ASKED == ["full", "delta 1", "full"]


def test_silence_changes_nothing(ask, platform, ssin, nihdi) -> None:
    platform.exclude(ssin, nihdi)
    ask("well")
    assert ask("away") == "away"
    assert len(platform.in_force()) == 1


def test_a_session_that_ended_is_opened_again(ask, platform) -> None:
    ask("well")
    platform.world.run("UPDATE gate.session SET ended_at = now() WHERE institution_id = %s", platform.house)
    assert ask("well") == "applied"


def test_without_an_address_nobody_is_asked(ask) -> None:
    assert ask("") == "off"
    assert ASKED == []
