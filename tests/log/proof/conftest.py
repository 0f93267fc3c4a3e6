"""Installations of one test, as the tests of the sequencer have them."""

from tests.log.sequencer.conftest import place, template

__all__ = ["place", "template"]
