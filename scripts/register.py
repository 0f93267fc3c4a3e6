"""The register: each rule of who may see what, where it is in the code, which tests prove it, where people read it.

`python scripts/register.py` writes docs/register.md and exits 1 when a rule lacks code, a test, or a screen or text.
`python scripts/register.py CON-6` prints every line that names a rule; `--check` writes nothing and tells what is stale.
Rules are those of sections 2 to 9 of docs/rulebook.md; a file has part in a rule when it names its id.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULEBOOK = ROOT / "docs" / "rulebook.md"
REGISTER = ROOT / "docs" / "register.md"
SECTIONS = range(2, 10)
SUFFIXES = {".py", ".sql", ".html", ".js", ".toml", ".typ"}
# Rules of these sections whose work is still to come (CHANGELOG.md says what is built). One that is complete may not stand here.
TO_COME = frozenset(
    [
        "CON-13",
        "CON-14",
        "CON-15",
        "MY-1",
        "MY-2",
        "MY-3",
        "MY-6",
        "MY-7",
        "MY-8",
        "MY-9",
        "MY-11",
        "MY-16",
        "MY-17",
        "MY-19",
    ]
)
# What people read: pages and their texts, and the words of the rules and verbs in the log.
TEXTS = (
    "unidossier/portals/",
    "unidossier/signin/templates/",
    "unidossier/gate/sql/rules.sql",
    "unidossier/notices/words.toml",
)
_SECTION = re.compile(r"^## (\d+)\. (.+?)(?: \(\w+\))?$", re.MULTILINE)
_RULE = re.compile(r"^- ([A-Z]+-\d+) (.+)$", re.MULTILINE)
_ID = re.compile(r"\b(?:ACS|ACD|BTG|EXC|CON|MY|REP|DTH)-\d+\b")
_SHORT = 90  # characters of the rule that the table repeats
HEAD = """# The register of rules

Made by `make register` from the ids in the files; not written by hand. Each rule of sections 2 to 9 of the
[rulebook](rulebook.md), the code that keeps it, the tests that prove it, and the screen or text where people meet it.
"""


@dataclass
class Row:
    """One rule and the files that name it, as paths from the root."""

    id: str
    text: str
    section: str
    code: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    @property
    def lacks(self) -> list[str]:
        """Name the columns that are empty."""
        columns = {"code": self.code, "test": self.tests, "screen or text": self.texts}
        return [name for name, files in columns.items() if not files]


def rules() -> dict[str, Row]:
    """Read the rules in their order. A rule without id is not in the rulebook."""
    text = RULEBOOK.read_text()
    made: dict[str, Row] = {}
    heads = [*_SECTION.finditer(text)]
    for place, head in enumerate(heads):
        end = heads[place + 1].start() if place + 1 < len(heads) else len(text)
        if int(head[1]) in SECTIONS:
            for rule in _RULE.finditer(text, head.start(), end):
                made[rule[1]] = Row(rule[1], rule[2], head[2])
    return made


def files() -> Iterator[str]:
    """Give the files of the product and its tests, as version control knows them or will."""
    told = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "unidossier", "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in sorted(set(told.splitlines())):
        path = ROOT / name
        if path.suffix in SUFFIXES and "vendor" not in path.parts and path.is_file():
            yield name


def register() -> dict[str, Row]:
    """Find for each rule the files that name it."""
    rows = rules()
    for name in files():
        for id_ in set(_ID.findall((ROOT / name).read_text())) & rows.keys():
            row = rows[id_]
            if name.startswith("tests/"):
                row.tests.add(name)
            elif name.startswith(TEXTS):
                row.texts.add(name)
            else:
                row.code.add(name)
    return rows


def written(rows: dict[str, Row]) -> str:
    """Write the register as Markdown."""
    lines = [HEAD]
    section = ""
    for row in rows.values():
        if row.section != section:
            section = row.section
            lines += [
                f"\n## {section}\n",
                "| Rule | Code | Tests | Screen or text |",
                "| --- | --- | --- | --- |",
            ]
        text = row.text if len(row.text) <= _SHORT else row.text[:_SHORT].rsplit(" ", 1)[0] + " …"
        told = f"**{row.id}** {text.replace('|', '/')}" + (" *To come.*" if row.id in TO_COME else "")
        lines.append(f"| {told} | {_links(row.code)} | {_links(row.tests)} | {_links(row.texts)} |")
    return "\n".join(lines) + "\n"


def _links(names: set[str]) -> str:
    return "<br>".join(f"[{_shown(name)}](../{name})" for name in sorted(names))


def _shown(name: str) -> str:
    path = Path(name)
    return f"{path.parent.name}/{path.name}"


def faults(rows: dict[str, Row]) -> list[str]:
    """Tell in words what is missing, and which rule stands among those to come though it is complete."""
    told = [
        f"{one.id} lacks {', '.join(one.lacks)}"
        for one in rows.values()
        if one.lacks and one.id not in TO_COME
    ]
    told += [f"{id_} is complete: take it out of TO_COME" for id_ in sorted(TO_COME) if not rows[id_].lacks]
    return told


def _print_lines(id_: str) -> None:
    whole = re.compile(rf"\b{re.escape(id_)}\b")
    for name in files():
        for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1):
            if whole.search(line):
                print(f"{name}:{number}: {line.strip()}")


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] != "--check":
        _print_lines(arguments[0])
        return 0
    rows = register()
    text = written(rows)
    wrong = faults(rows)
    if arguments:
        wrong += (
            []
            if REGISTER.exists() and REGISTER.read_text() == text
            else ["docs/register.md is stale: `make register`"]
        )
    else:
        REGISTER.write_text(text)
    for one in wrong:
        print(f"  {one}")
    complete = sum(not one.lacks for one in rows.values())
    verdict = "FALLS SHORT" if wrong else "COMPLETE"
    print(
        f"register {verdict} | rules={len(rows)} complete={complete} to_come={len(TO_COME)} faults={len(wrong)}"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
