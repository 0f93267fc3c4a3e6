"""The word of the worker: its key in the home of this process is the one that the test database knows."""

from tests.gate.server import SESSION_KEY
from unidossier.database.home import Home, own_folder


def give_the_worker_its_key() -> None:
    """Put the key of the test database into the home, whatever test made the home."""
    home = Home.find()
    own_folder(home.path)
    key = own_folder(home.keys) / "gate-hmac"
    if not key.exists() or key.read_bytes() != SESSION_KEY:
        key.write_bytes(SESSION_KEY)
        key.chmod(0o600)
