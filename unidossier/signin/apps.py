"""The sign-in as a Django application."""

from django.apps import AppConfig


class SigninConfig(AppConfig):
    """Connects what must happen when somebody has proven who he is."""

    name = "unidossier.signin"
    label = "signin"

    def ready(self) -> None:
        """Connect the receivers."""
        from unidossier.signin import factors, fresh_proof

        factors.connect()
        fresh_proof.connect()
