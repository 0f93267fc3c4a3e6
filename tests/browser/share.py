"""One site for all processes of a test run: whoever needs it first starts it, whoever leaves last stops it.

A test that uses the site holds a shared lock; one that breaks a part of it waits for an exclusive one.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.browser.site import Site
from tests.trouble.first_start import copied, first_start


class SharedSite:
    """The site of the folder that all processes of the run see."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder

    @contextmanager
    def running(self) -> Iterator[Site]:
        """Give the site, started when nobody has; stop it when nobody else uses it any more."""
        site = self._enter()
        try:
            yield site
        finally:
            self._leave(site)

    @contextmanager
    def used(self) -> Iterator[None]:
        """Use the site together with others."""
        with _locked(self._folder / "use", fcntl.LOCK_SH):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the site for oneself, to break it; it must be well again at the end of the block."""
        with _locked(self._folder / "use", fcntl.LOCK_EX):
            yield

    def copy(self, to: Path) -> Path:
        """Give a home like that of the site when it began, for a site of one's own."""
        return copied(first_start(self._folder.with_name("first-start")).home, to=to)

    def _enter(self) -> Site:
        with _locked(self._folder / "count", fcntl.LOCK_EX):
            kept = self._kept()
            home = self._folder / "home"
            # whoever left last stopped it; the people are still there
            site = kept[0] if kept else Site.start(home if home.exists() else self.copy(home))
            self._keep(site, users=(kept[1] if kept else 0) + 1)
        return site

    def _leave(self, site: Site) -> None:
        with _locked(self._folder / "count", fcntl.LOCK_EX):
            kept = self._kept()
            users = kept[1] - 1 if kept else 0
            if users:
                self._keep(site, users=users)
                return
            self._note.unlink(missing_ok=True)
            site.stop()

    @property
    def _note(self) -> Path:
        return self._folder / "site.json"

    def _keep(self, site: Site, *, users: int) -> None:
        self._note.write_text(json.dumps({"site": {**asdict(site), "home": str(site.home)}, "users": users}))

    def _kept(self) -> tuple[Site, int] | None:
        if not self._note.exists():
            return None
        told = json.loads(self._note.read_text())
        return Site(**{**told["site"], "home": Path(told["site"]["home"])}), told["users"]


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, how)
        yield
