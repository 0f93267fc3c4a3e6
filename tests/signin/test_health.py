"""The health check tells every part, and needs nothing that may be away."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.gate.world import World
from tests.signin.person import Browser


def parts(browser: Browser) -> tuple[int, dict[str, str]]:
    """Return the status and the state of each part."""
    answer = browser.get("/healthz")
    told: dict[str, Any] = answer.json()
    return answer.status_code, told["parts"]


def test_all_is_well(browser: Browser) -> None:
    assert parts(browser) == (200, {"database": "ok", "migrations": "ok", "attachments": "ok", "log": "ok"})


def test_a_missing_migration_is_down(browser: Browser, world: World) -> None:
    world.run("DELETE FROM public.django_migrations WHERE app = 'signin'")
    try:
        assert parts(browser) == (
            503,
            {"database": "ok", "migrations": "down", "attachments": "ok", "log": "ok"},
        )
    finally:
        world.run(
            "INSERT INTO public.django_migrations (app, name, applied) VALUES ('signin', '0001_initial', now())"
        )


def test_a_gap_of_the_log_is_told_and_does_not_stop_the_product(browser: Browser, world: World) -> None:
    """LOG-8: a proven gap turns the health check; whoever only asks where to send requests is sent on."""
    world.run("INSERT INTO log.alarm (kind, gaps, entries) VALUES ('entry-gone', 1, '{1}')")
    try:
        status, told = parts(browser)
        assert (status, told["log"]) == (503, "down")
        assert browser.get("/healthz?serving").status_code == 200
        world.run("UPDATE log.alarm SET closed_at = now()")
        assert parts(browser)[0] == 200
    finally:
        world.run("DELETE FROM log.alarm")


def test_a_missing_folder_is_down(browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNIDOSSIER_HOME", str(tmp_path))
    status, told = parts(browser)
    assert (status, told["attachments"]) == (503, "down")


def test_an_api_that_does_not_answer_is_down(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIDOSSIER_API_URL", "http://127.0.0.1:9/healthz")
    status, told = parts(browser)
    assert (status, told["api"]) == (503, "down")


def test_the_application_owns_none_of_its_tables(world: World, django: None) -> None:
    with psycopg.connect(world.dsns.app) as connection:
        for attempt in (
            "DELETE FROM public.django_migrations",
            "ALTER TABLE public.account ADD x int",
            "DROP TABLE public.django_session",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)
            connection.rollback()
    owners = world.run(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('account', 'django_session', 'mfa_authenticator')"
    )
    assert owners == [("unidossier_owner",)]
