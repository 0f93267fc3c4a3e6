"""Memory that was let go between blocks in use goes back to the system."""

import sys
from pathlib import Path

import pytest

from unidossier.kernel.memory import give_back

BLOCK, BLOCKS = 60_000, 1_000  # each below the size for which glibc asks the system anew


def _held_mb() -> float:
    told = Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()
    return int(told[0]) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc")
def test_what_lies_between_blocks_in_use_goes_back() -> None:
    blocks = [bytes(1) * BLOCK for _ in range(BLOCKS)]
    kept = blocks[::50]
    full = _held_mb()
    del blocks
    give_back()
    assert _held_mb() < full - 40
    assert len(kept) == 20
