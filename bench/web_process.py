"""The portals' own server (granian, WSGI) with the page of `bench.addresses`: `python -m bench.web_process`."""

from typing import Any

from unidossier.database.home import Home
from unidossier.supervisor.serve import serve_web, trust_the_front_door


def load() -> Any:
    """Load the portals with the page that is measured."""
    from unidossier.config.wsgi import application

    return trust_the_front_door(application)


if __name__ == "__main__":
    serve_web(Home.find(), load=load)
