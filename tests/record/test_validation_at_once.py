"""The first requests of a process arrive together: what they are checked by is made once, and kept once."""

import subprocess
import sys

THREADS = """
import threading
from unidossier.record.validation.schema import validator

together, made = threading.Barrier(8), []

def first(resource_type):
    together.wait()
    made.append(validator(resource_type)._compiled)

threads = [threading.Thread(target=first, args=(WANTED,)) for _ in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(len(set(map(id, made))))
"""


def _made(resource_type: str) -> int:
    program = THREADS.replace("WANTED", repr(resource_type))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_the_validator_of_a_record_is_compiled_once() -> None:
    assert _made("Observation") == 1


def test_so_is_that_of_any_other_type() -> None:
    assert _made("Measure") == 1
