"""What the environment may say, and what is refused. Each case is a process of its own: settings are read once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.signin.django_process import STRENGTH

TELL = """
import json
from django.conf import settings as s
print(json.dumps({"cookie": s.SESSION_COOKIE_NAME, "secure": s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE, "hosts": s.ALLOWED_HOSTS,
                  "debug": s.DEBUG, "trusted": s.CSRF_TRUSTED_ORIGINS, "demo": s.DEMO_FLAG, "static": s.STATIC_URL, "hashers": s.PASSWORD_HASHERS}))
"""


def told(home: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Read the settings in a new process."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("UNIDOSSIER", "DATABASE"))
    }
    full = {
        **kept,
        "UNIDOSSIER_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "unidossier.config.settings",
        **environment,
    }
    return subprocess.run([sys.executable, "-c", TELL], env=full, capture_output=True, text=True, check=False)


def test_https_brings_bound_and_secure_cookies(tmp_path: Path) -> None:
    settings = json.loads(told(tmp_path, UNIDOSSIER_ORIGIN="https://record.example.be").stdout)
    assert settings["cookie"] == "__Host-unidossier" and settings["secure"]
    assert "record.example.be" in settings["hosts"] and settings["trusted"] == ["https://record.example.be"]


def test_on_this_machine_plain_http_works(tmp_path: Path) -> None:
    settings = json.loads(told(tmp_path).stdout)
    assert not settings["secure"] and not settings["debug"] and not settings["demo"]
    assert set(settings["hosts"]) == {"localhost", "127.0.0.1", "[::1]"}


@pytest.mark.parametrize("origin", ["http://record.example.be", "http://10.0.0.5:8000", "record.example.be"])
def test_plain_http_elsewhere_is_refused_with_what_to_do(origin: str, tmp_path: Path) -> None:
    answer = told(tmp_path, UNIDOSSIER_ORIGIN=origin)
    assert answer.returncode == 1
    assert "Give an https:// address" in answer.stderr


def test_the_address_of_static_files_changes_with_any_of_them(tmp_path: Path) -> None:
    from unidossier.config.static_tree import tree_hash

    (tmp_path / "css").mkdir()
    (tmp_path / "css/a.css").write_text("a {}")
    first = tree_hash([tmp_path])
    assert first == tree_hash([tmp_path])
    (tmp_path / "css/a.css").write_text("b {}")
    second = tree_hash([tmp_path])
    (tmp_path / "css/a.css").rename(tmp_path / "css/b.css")
    assert len({first, second, tree_hash([tmp_path])}) == 3


def test_a_guess_at_a_password_is_dear(tmp_path: Path) -> None:
    """At least what OWASP's Password Storage Cheat Sheet asks of Argon2id: 19 MiB, two passes."""
    settings = json.loads(told(tmp_path).stdout)
    assert settings["hashers"] == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert STRENGTH["time_cost"] >= 2
    assert STRENGTH["memory_cost"] >= 19 * 1024  # KiB
