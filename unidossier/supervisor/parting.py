"""Being told to stop, while answers are open that would go on for hours."""

import asyncio
import signal
from collections.abc import Callable


def when_told_to_stop(call: Callable[[], None]) -> None:
    """Run `call` on this event loop when the process is told to stop (SIGTERM, SIGINT), beside what its server does then.

    The server waits for every answer to end. Its own handler is the loop's, woken by the descriptor of
    `signal.set_wakeup_fd`; ours is Python's, which the loop leaves empty: both are run. On the main thread only.
    """
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: loop.call_soon_threadsafe(call))
