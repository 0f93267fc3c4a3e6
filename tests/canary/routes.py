"""Every route of the product as it is now: from Django's resolver and from the API's own list. No list by hand.

`python -m tests.canary.routes` prints the portals' routes as JSON, with the demo's own among them.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

_CONVERTER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_BRACES = re.compile(r"{(?P<name>\w+)(?::\w+)?}")


@dataclass(frozen=True)
class Route:
    """One address with places in it: `parameters` are pairs (kind of converter, name)."""

    name: str
    address: str
    parameters: tuple[tuple[str, str], ...]
    methods: tuple[str, ...] = ()

    @property
    def face(self) -> str:
        return self.address.split("/")[1]

    def filled(self, choices: dict[str, list[str]]) -> Iterator[str]:
        """Give the address with every choice; the choices are by kind of converter."""
        for values in product(*(choices[kind] for kind, _ in self.parameters)):
            given = iter(values)
            yield _CONVERTER.sub(lambda _found, given=given: next(given), self.address)


def portal_routes() -> list[Route]:
    """Ask Django in a process of its own, set up as the demo is."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {
            "UNIDOSSIER_HOME": home,
            "UNIDOSSIER_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "unidossier.config.settings",
        }
        environment.pop("DATABASE_URL", None)
        told = subprocess.run(
            [sys.executable, "-m", "tests.canary.routes"],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
    return [Route(name, address, _parameters(address)) for name, address in json.loads(told.stdout)]


def _parameters(address: str) -> tuple[tuple[str, str], ...]:
    return tuple((one["kind"] or "str", one["name"]) for one in _CONVERTER.finditer(address))


def api_routes() -> list[Route]:
    """Give the routes of the FHIR API that answer HTTP; the room that serves WebSockets shows no resource on them."""
    from starlette.routing import Route as HttpRoute

    from unidossier.exchange.fhir.app import ROUTES

    made = []
    for one in (one for one in ROUTES if isinstance(one, HttpRoute)):
        address = _BRACES.sub(lambda found: f"<{found['name']}:{found['name']}>", one.path)
        made.append(Route(one.path, address, _parameters(address), tuple(sorted(one.methods or ()))))
    return made


def _walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, str]]:  # type: ignore[type-arg]
    for one in patterns:
        route = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one.url_patterns, route)
        else:
            yield one.name or "", "/" + route


def _print() -> None:
    import django

    django.setup()
    from unidossier.config.urls import urlpatterns

    print(json.dumps(list(_walk(urlpatterns))))


if __name__ == "__main__":
    _print()
