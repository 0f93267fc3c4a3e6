"""Tie the life of a process to its parent's, so that a killed parent leaves no orphans. Linux: prctl(2)."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tether(death_signal: signal.Signals) -> Callable[[], None] | None:
    """Return a `preexec_fn` that has the kernel send `death_signal` to the child when its parent dies.

    None where it cannot be done: other systems, and threads other than the main one (the kernel looks at the
    life of the thread that forked, so the child would die with that thread).
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork: loading after it could deadlock
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os.kill(os.getpid(), death_signal)

    return tie


def tie_to_parent(death_signal: signal.Signals) -> None:
    """Have the kernel send us `death_signal` when our parent dies; for a process that another started."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
