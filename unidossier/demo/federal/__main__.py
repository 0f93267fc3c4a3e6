"""Run the stand-in until told to stop: `python -m unidossier.demo.federal`. Started by the demo's supervisor."""

import signal
import sys

from unidossier.database.home import Home
from unidossier.demo.federal.service import Service


def main() -> None:
    """Serve the home of this installation."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Service(Home.find()) as service:
        service.serve_forever()


if __name__ == "__main__":
    main()
