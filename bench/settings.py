"""The product's settings, with the one page that the measuring adds."""

from unidossier.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.addresses"
