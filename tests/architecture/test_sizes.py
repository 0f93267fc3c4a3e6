"""What one reads at once stays small: files up to 400 lines, functions up to 60."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tracked import shown, with_suffix

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60

# A function of many lines that is a table: no branch, one line per thing.
TABLES = {
    "gate.decide": "one line per rule of the rulebook, read from top to bottom like a legal text",
    "pages": "one entry per page of the design system, with its sample",
}

_SQL_FUNCTION = re.compile(r"FUNCTION\s+([\w.]+)\s*\(.*?AS \$\$.*?\n\$\$;", re.DOTALL)


def test_no_file_is_longer_than_one_can_overlook() -> None:
    files = with_suffix(".py", ".js", ".css", ".sql", ".html")
    assert len(files) > 300, "the files were not found"
    lengths = {shown(path): len(path.read_text().splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    found = {
        f"{shown(path)}: {name}": lines
        for path in with_suffix(".py", ".sql")
        for name, lines in _functions(path)
        if lines > LINES_OF_A_FUNCTION and name not in TABLES
    }
    assert found == {}


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    source = path.read_text()
    if path.suffix == ".sql":
        for match in _SQL_FUNCTION.finditer(source):
            yield match.group(1), match.group(0).count("\n") + 1
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1
