"""The limit: the same statements from pgbench, the database's own client in C, prepared and in one pipeline."""

import subprocess
import tempfile
from pathlib import Path

from bench.clients import CLIENTS, Round
from bench.crowd import Crowd
from unidossier.record.queries import LINE

# the statements of gate/door.py in its order; the token is made anew each time, from 126 bits of chance
SCRIPT = f"""
\\set patient random(3, :patients)
\\set a random(1, 9223372036854775807)
\\set b random(1, 9223372036854775807)
\\startpipeline
CALL gate.pass('\\x{{secret}}'::bytea, md5('patient' || :patient::int)::uuid, 'open-item', ARRAY[md5(:patient::int || '-7')::uuid],
    '{{{{}}}}'::jsonb, NULL::jsonb, int8send(:a) || int8send(:b), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT {LINE} FROM record.item i WHERE i.id = md5(:patient::int || '-7')::uuid;
"""
END = "\\endpipeline\n"


class PgbenchFailed(Exception):
    """pgbench ended with an error, or some of its transactions did."""


def run_pgbench(
    program: Path, crowd: Crowd, *, seconds: int, alone: bool = False, clients: int = CLIENTS
) -> Round:
    """Let pgbench ask for `seconds` seconds; each script has the session of one physician.

    `alone`: the grant with its committed entry, and nothing read under it. Raises PgbenchFailed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scripts = []
        for number, secret in enumerate(crowd.secrets):
            path = folder / f"{number}.sql"
            script = (SCRIPT.partition("SELECT")[0] if alone else SCRIPT) + END
            path.write_text(script.format(secret=secret.hex()))
            scripts += ["-f", str(path)]
        answer = subprocess.run(
            [
                str(program), "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2",
                f"--time={seconds}", f"--define=patients={crowd.patients}", "--log", *scripts, crowd.place.dsns.app,
            ],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if answer.returncode != 0:
            raise PgbenchFailed(answer.stderr.strip()[-500:])
        return read_logs(folder, seconds)


def read_logs(folder: Path, seconds: int) -> Round:
    """Return what pgbench wrote down of each transaction. Raises PgbenchFailed."""
    latencies = []
    for log in folder.glob("pgbench_log.*"):
        for line in log.read_text().splitlines():
            taken = line.split()[2]  # client, transaction, time in microseconds, ...
            if not taken.isdigit():
                raise PgbenchFailed(f"a transaction {taken}")
            latencies.append(int(taken) / 1000)
    return Round(latencies_ms=latencies, per_second=len(latencies) / seconds)
