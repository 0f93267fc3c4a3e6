"""The interface speaks four languages, whole: a text without its translation fails here (ALL-1)."""

import gettext
import re
from pathlib import Path

import polib
import psycopg
import pytest

from scripts.messages import CATALOGUES, LANGUAGES, PRODUCT, Text, catalogue, texts

_PLACE = re.compile(r"%\((\w+)\)([sdif])|%([sdif%])")
_FUNCTION = re.compile(r'"([a-z-]+)": (?:pgettext_lazy\("function", |_\()"([^"]+)"\)')
WORDED = ("gate.category", "gate.function", "gate.verb", "gate.rule")


@pytest.fixture(scope="module")
def wanted() -> set[Text]:
    """Every text that templates and Python files mark."""
    return set(texts())


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_texts_are_found(wanted: set[Text]) -> None:
    assert len(wanted) > 500
    assert Text("My patients") in wanted, "a text of a Python file"
    assert Text("Sign in") in wanted, "a text of a template"
    assert any(text.plural for text in wanted)


def test_every_text_is_in_the_catalogue(language: str, wanted: set[Text]) -> None:
    kept = {Text(e.msgid, e.msgid_plural or "", e.msgctxt or "") for e in catalogue(language)}
    assert wanted - kept == set(), "run: make messages"
    assert kept - wanted == set(), "texts that nothing uses; run: make messages"


def test_every_text_is_translated(language: str) -> None:
    entries = catalogue(language)
    assert [e.msgid for e in entries if not _strings(e) or not all(s.strip() for s in _strings(e))] == []
    assert [e.msgid for e in entries if e.fuzzy] == []


def test_places_in_texts_are_the_same_in_every_language(language: str) -> None:
    wrong = [e.msgid for e in catalogue(language) for said in _strings(e) if not _same_places(e, said)]
    assert wrong == []


def test_what_is_compiled_is_what_is_written(language: str) -> None:
    path = CATALOGUES / language / "LC_MESSAGES/django.mo"
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    wrong = [e.msgid for e in catalogue(language) if _compiled(compiled, e) != _strings(e)[0]]
    assert wrong == [], "run: make messages"


def test_no_text_still_speaks_english(language: str) -> None:
    """A long text that was copied, not translated. Short ones may be the same word in two languages."""
    copied = [e.msgid for e in catalogue(language) if e.msgid in _strings(e) and len(e.msgid.split()) > 3]
    assert copied == []


@pytest.mark.parametrize("table", WORDED)
def test_the_gate_speaks_four_languages(table: str, owner_dsn: str) -> None:
    """The words of rules, functions, kinds and verbs, which the log shows to patients, live in the database."""
    with psycopg.connect(owner_dsn) as connection:
        rows = connection.execute(f"SELECT words FROM {table}").fetchall()
    assert rows
    wrong = [words for (words,) in rows if not all(words.get(one, "").strip() for one in ("en", *LANGUAGES))]
    assert wrong == []


def test_the_gate_and_the_pages_call_a_function_by_one_name(language: str, owner_dsn: str) -> None:
    """What somebody is stands in the log, on a letter and in the header: it reads the same everywhere (ACS-3)."""
    with psycopg.connect(owner_dsn) as connection:
        called = dict(connection.execute("SELECT slug, words FROM gate.function").fetchall())
    marked = dict(_FUNCTION.findall((PRODUCT / "portals/shared/words/functions.py").read_text()))
    assert {slug: words["en"] for slug, words in called.items()} == marked
    shown = {(e.msgctxt or "", e.msgid): e.msgstr for e in catalogue(language)}
    words_of = {slug: shown.get(("function", text)) or shown.get(("", text)) for slug, text in marked.items()}
    assert {slug: words[language] for slug, words in called.items()} == words_of


def _strings(entry: polib.POEntry) -> list[str]:
    if entry.msgid_plural:
        return [said for _, said in sorted(entry.msgstr_plural.items())]
    return [entry.msgstr] if entry.msgstr else []


def _same_places(entry: polib.POEntry, said: str) -> bool:
    # in a singular the number may be written out: "one day left"
    own = [set(_PLACE.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text]
    return set(_PLACE.findall(said)) in own


def _compiled(compiled: gettext.GNUTranslations, entry: polib.POEntry) -> str:
    context = entry.msgctxt
    if entry.msgid_plural:
        one = (entry.msgid, entry.msgid_plural, 1)
        return compiled.npgettext(context, *one) if context else compiled.ngettext(*one)
    return compiled.pgettext(context, entry.msgid) if context else compiled.gettext(entry.msgid)


def test_catalogues_of_no_other_language_lie_about() -> None:
    assert sorted(path.name for path in Path(CATALOGUES).iterdir() if path.is_dir()) == sorted(LANGUAGES)
