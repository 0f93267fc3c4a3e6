"""What is to be done in the background is done: the worker knows every task that is written."""

from pathlib import Path

import unidossier.jobs
from unidossier.jobs.queue import TASKS

JOBS = Path(unidossier.jobs.__file__).parent


def test_the_worker_loads_every_module_that_has_tasks() -> None:
    written = {path.stem for path in JOBS.glob("*.py") if "@queue.task" in path.read_text()}
    assert written == set(TASKS)
