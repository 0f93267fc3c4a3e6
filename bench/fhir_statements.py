"""What one request asks of the database, told again by pgbench: the same statements with the same values, prepared and in one pipeline.

The statements are those that the application itself sends, taken down while it answers one request in this process.
"""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.clients import Round
from bench.pgbench import PgbenchFailed, read_logs
from unidossier.gate.door import GRANT, USE

Statement = tuple[str, Any]
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EIGHT = "left(gen_random_uuid()::text, 8)"
TOKEN = "int8send(:a) || int8send(:b)"


def taken_down(requests: Sequence[tuple[str, str, str, bytes]]) -> list[list[Statement]]:
    """Answer each request (method, path, token, body) once by the application in this process; return its statements."""
    return asyncio.run(_taken_down(requests))


async def _taken_down(requests: Sequence[tuple[str, str, str, bytes]]) -> list[list[Statement]]:
    from unidossier.exchange.fhir.app import application
    from unidossier.gate import async_door

    made = []
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for method, path, token, body in requests:
            headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
            # the second time: what a connection and a process learn once is no part of a request
            await client.request(method, path, headers=headers, content=body)
            with _listening() as heard:
                answer = await client.request(method, path, headers=headers, content=body)
            assert answer.status_code < 300, answer.text
            made.append(list(heard))
    await async_door.close()
    return made


@contextmanager
def _listening() -> Iterator[list[Statement]]:
    heard: list[Statement] = []
    plain, later = psycopg.Cursor.execute, psycopg.AsyncCursor.execute

    def execute(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        if "note_served" not in str(query):  # of the process, every few seconds; no part of a request
            heard.append((str(query), params))
        return plain(self, query, params, **more)

    async def execute_later(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        heard.append((str(query), params))
        return await later(self, query, params, **more)

    psycopg.Cursor.execute, psycopg.AsyncCursor.execute = execute, execute_later  # type: ignore[method-assign]
    try:
        yield heard
    finally:
        psycopg.Cursor.execute, psycopg.AsyncCursor.execute = plain, later  # type: ignore[method-assign]


def script(statements: list[Statement], *, makes_new: bool) -> str:
    """Return a script of pgbench. `makes_new`: ids in what is stored are made anew each time, or nothing would be stored twice."""
    lines = [
        "\\set a random(1, 9223372036854775807)",
        "\\set b random(1, 9223372036854775807)",
        "\\startpipeline",
    ]
    for sql, params in statements:
        given = {
            name: _expression(name, value, makes_new=makes_new) for name, value in dict(params or {}).items()
        }
        if sql in (USE, GRANT.sql):  # what came before is committed: gate/door.py
            lines.append("\\syncpipeline")
        lines.append((sql % given if params is not None else sql).strip() + ";")
    return "\n".join([*lines, "\\endpipeline"]) + "\n"


def _expression(name: str, value: Any, *, makes_new: bool) -> str:
    if name == "token":
        return f"({TOKEN})"
    if name == "token_hash":
        return f"sha256({TOKEN})"
    if name == "id" and makes_new:
        return "gen_random_uuid()"
    if isinstance(value, str):
        return _text(value, makes_new=makes_new and name != "detail")
    return _literal(value)


def _literal(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'"
        case list() | tuple():
            return f"ARRAY[{', '.join(_literal(one) for one in value)}]"
    return _text(str(value), makes_new=False)


def _text(value: str, *, makes_new: bool) -> str:
    """Quote; a colon is written as its number, or pgbench would take what follows for a variable."""
    plain = value.replace("\\", "\\\\").replace("'", "''").replace(":", "\\x3a")
    text = f"E'{plain}'"
    if not makes_new:
        return text
    if '"id":"' in value:  # every id begins anew, and is as different from the others as before
        return f"(regexp_replace({text}, E'\"id\"\\x3a\"[0-9a-f]{{8}}', E'\"id\"\\x3a\"' || {_EIGHT}, 'g'))::jsonb"
    found = _UUID.search(value)
    made = f"replace({text}, '{found[0]}', gen_random_uuid()::text)" if found else text
    return f"({made})::jsonb" if found and value[0] in "[{" else made


def run_scripts(program: Path, dsn: str, scripts: list[str], *, clients: int, seconds: int) -> Round:
    """Let pgbench ask for `seconds` seconds. Raises PgbenchFailed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number, text in enumerate(scripts):
            path = folder / f"{number}.sql"
            path.write_text(text)
            files += ["-f", str(path)]
        answer = subprocess.run(
            [
                str(program), "--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(2, clients)}",
                f"--time={seconds}", "--log", *files, dsn,
            ],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if answer.returncode != 0:
            raise PgbenchFailed(answer.stderr.strip()[-500:])
        return read_logs(folder, seconds)
