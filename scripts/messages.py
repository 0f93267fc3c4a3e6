"""Gather the texts of the interface into the catalogues, and compile them: `make messages`.

Reads every template and Python file of the product, keeps the translations that are there, adds what is new with an
empty translation, drops what nothing uses. Needs no gettext programs. Last line: what is still to be translated.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation import templatize

ROOT = Path(__file__).parent.parent
PRODUCT = ROOT / "unidossier"
CATALOGUES = PRODUCT / "portals/shared/locale"
LANGUAGES = ("fr", "nl", "de")  # the texts themselves are English

# The functions of django.utils.translation that mark a text, and where their arguments are: (context, text, plural).
MARKS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_STRING = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
# templatize gives text that looks like calls, between letters that stand for the rest of the template
_CALL = re.compile(rf"\b(_|{'|'.join(MARKS)})\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdif]")


@dataclass(frozen=True, order=True)
class Text:
    """One text of the interface, as it stands in the source (English)."""

    text: str
    plural: str = ""
    context: str = ""


class TextNotWritten(Exception):
    """A marked text is not a plain string: nobody can translate what is put together while running."""


def texts() -> dict[Text, list[str]]:
    """Return every text of the product with the files that use it (paths from the root)."""
    found: dict[Text, list[str]] = {}
    for path in sorted(PRODUCT.rglob("*")):
        if path.suffix not in (".html", ".txt", ".py") or "static" in path.parts:
            continue
        where = str(path.relative_to(ROOT))
        gather = in_python if path.suffix == ".py" else in_template
        for text in gather(path.read_text(), where=where):
            files = found.setdefault(text, [])
            if where not in files:
                files.append(where)
    return found


def in_template(source: str, *, where: str) -> Iterator[Text]:
    """Give the texts of one template."""
    for call in _CALL.finditer(templatize(source, origin=where)):
        name, strings = call.group(1), [ast.literal_eval(one) for one in re.findall(_STRING, call.group(2))]
        yield _text("gettext" if name == "_" else name, strings, where=where)


def in_python(source: str, *, where: str) -> Iterator[Text]:
    """Give the texts of one Python file. Raises TextNotWritten."""
    tree = ast.parse(source)
    called = _names_of_marks(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in called:
            name = called[node.func.id]
            wanted = max(place for place in MARKS[name] if place is not None) + 1
            yield _text(
                name,
                [_string(one, where=where) for one in node.args[:wanted]],
                where=f"{where}:{node.lineno}",
            )


def _names_of_marks(tree: ast.AST) -> dict[str, str]:
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in MARKS
    }


def _string(node: ast.expr, *, where: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise TextNotWritten(f"{where}:{node.lineno}: write the text itself, with places like %(name)s in it")


def _text(mark: str, strings: list[str], *, where: str) -> Text:
    context, text, plural = MARKS[mark]
    if len(strings) <= max(text, plural or 0):
        raise TextNotWritten(f"{where}: {mark} lacks a text")
    return Text(
        text=strings[text],
        plural=strings[plural] if plural is not None else "",
        context=strings[context] if context is not None else "",
    )


def catalogue(language: str) -> polib.POFile:
    """Return the catalogue of a language as it is kept."""
    return polib.pofile(str(CATALOGUES / language / "LC_MESSAGES/django.po"), wrapwidth=110)


def gathered(kept: polib.POFile, wanted: dict[Text, list[str]]) -> polib.POFile:
    """Return a catalogue of exactly the texts `wanted`, with the translations of `kept`."""
    known = {Text(e.msgid, e.msgid_plural or "", e.msgctxt or ""): e for e in kept}
    fresh = polib.POFile(wrapwidth=110)
    fresh.metadata = kept.metadata
    for text, files in sorted(wanted.items()):
        entry = polib.POEntry(
            msgid=text.text,
            msgid_plural=text.plural,
            msgctxt=text.context or None,
            occurrences=[(file, "") for file in sorted(files)],
            flags=["python-format"] if _PERCENT.search(text.text + text.plural) else [],
        )
        had = known.get(text)
        if text.plural:
            entry.msgstr_plural = had.msgstr_plural if had else {0: "", 1: ""}
        else:
            entry.msgstr = had.msgstr if had else ""
        fresh.append(entry)
    return fresh


def main() -> int:
    """Bring the catalogues up to date. Exit 1 when a text lacks a translation."""
    wanted = texts()
    missing: list[str] = []
    for language in LANGUAGES:
        fresh = gathered(catalogue(language), wanted)
        path = CATALOGUES / language / "LC_MESSAGES/django.po"
        fresh.save(str(path))
        fresh.save_as_mofile(str(path.with_suffix(".mo")))
        missing += [f"{language}: {entry.msgid}" for entry in fresh if not entry.translated()]
    for one in missing:
        print(one)
    print(f"{len(wanted)} texts, {len(missing)} translations missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
