"""Where in a text the words of a search stand: short passages with the found words told apart (REC-4).

The list knows titles alone. A passage is content: it is read under an entry that names the item (LOG-1). Which words are
meant is the database's answer, by the same dictionaries that found the item; where they stand is looked up here.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import orjson

from unidossier.gate.door import Query, Row
from unidossier.kernel.category import Category
from unidossier.record.describe.text import text_of
from unidossier.record.queries import words_of

MOST_CHARACTERS = (
    200_000  # of a resource: a longer one holds a file, whose words would take too long to go through
)
FRAGMENTS = 2
AROUND = 60  # characters on each side of a found word, cut at a space
# Who may only know that there is an appointment or a bill is shown nothing of why (ACS-2)
_WITHOUT = frozenset({Category.ADMINISTRATIVE, Category.AGENDA})
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_JOINED = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A piece of an excerpt, as it stands in the text."""

    text: str
    is_found: bool = False


Excerpt = tuple[Passage, ...]


def has_excerpt(line: Row) -> bool:
    """Tell whether a line of queries.page that was found by words needs an excerpt: its title does not say them itself."""
    return not line["titled"] and line["type"] != "Observation" and line["category"] not in _WITHOUT


def contents(item_ids: Sequence[UUID], *, text: str) -> Query:
    """The newest text of the named items: id, resource, and `found`, those of its words (lexemes) that `text` means.

    The items must be named in the grant.
    """
    # only words that begin alike are weighed: no dictionary changes the first letters
    begins = sorted({f"{_folded(word)[:2]}%" for word in _WORD.findall(text)})
    return Query(
        """SELECT i.id, v.resource, ARRAY(
            SELECT w.lexeme FROM unnest(i.search) w WHERE w.lexeme LIKE ANY (%(begins)s::text[])
                AND (to_tsvector('record.plain', w.lexeme) @@ q.prefixes OR to_tsvector(l.config, w.lexeme) @@ to_tsquery(l.config, %(stems)s))) AS found
        FROM record.item i JOIN record.version v ON v.patient_id = i.patient_id AND v.item_id = i.id AND v.version = i.version,
             LATERAL (SELECT CASE i.language WHEN 'fr' THEN 'record.fr' WHEN 'nl' THEN 'record.nl' WHEN 'de' THEN 'record.de' ELSE 'record.en' END::regconfig AS config) l,
             (SELECT to_tsquery('record.plain', %(prefixes)s) AS prefixes) q
        WHERE i.id = ANY (%(ids)s::uuid[]) AND length(v.resource) <= %(most)s""",
        {"ids": list(item_ids), "most": MOST_CHARACTERS, "begins": begins, **words_of(text)},
    )


def excerpt(row: Row) -> Excerpt:
    """Return the passages of a row of `contents` around its first found words; () when its own text has none of them."""
    if not row["found"]:
        return ()
    told = unicodedata.normalize("NFC", _SPACE.sub(" ", text_of(orjson.loads(row["resource"]))))
    places = _places(told, found=frozenset(row["found"]))
    pieces: list[Passage] = []
    end = 0
    for begin, stop, marks in _fragments(places, length=len(told)):
        begin, stop = _at_space(told, begin, until=marks[0][0]), _at_space(told, stop, back_to=marks[-1][1])
        if begin > 0:
            pieces.append(Passage(text=" … " if end else "… "))
        end = begin
        for first, last in marks:
            pieces += [Passage(text=told[end:first]), Passage(text=told[first:last], is_found=True)]
            end = last
        pieces.append(Passage(text=told[end:stop]))
    return tuple(piece for piece in pieces if piece.text)


Span = tuple[int, int]


def _places(told: str, *, found: frozenset[str]) -> Iterator[Span]:
    """Give where the found words stand. Only words with a fitting first letter are folded: a text has thousands."""
    for match in _beginning(frozenset(word[0] for word in found)).finditer(told):
        if _folded(match.group()) in found:
            yield match.span()


def _fragments(places: Iterator[Span], *, length: int) -> Iterator[tuple[int, int, list[Span]]]:
    """Give up to FRAGMENTS stretches around the places, each with the places in it."""
    held: tuple[int, int, list[Span]] | None = None
    given = 0
    for first, last in places:
        if held and first < held[1]:
            if last - held[0] < 5 * AROUND:
                held = held[0], min(length, last + AROUND), [*held[2], (first, last)]
            continue
        if held:
            yield held
            given += 1
            if given == FRAGMENTS:
                return
        held = max(0, first - AROUND, held[1] if held else 0), min(length, last + AROUND), [(first, last)]
    if held:
        yield held


def _at_space(told: str, place: int, *, until: int | None = None, back_to: int | None = None) -> int:
    """Move a cut onto the next space (no further than `until`) or the one before (no further than `back_to`)."""
    if place in (0, len(told)):
        return place
    if until is not None:
        space = told.find(" ", place, until)
        return space + 1 if space >= 0 else place
    space = told.rfind(" ", back_to, place)
    return space if space >= 0 else place


@lru_cache(maxsize=256)
def _beginning(letters: frozenset[str]) -> re.Pattern[str]:
    every = {chr(code) for code in range(0x30, 0x250) if _folded(chr(code))[:1] in letters}
    return re.compile(rf"(?<![^\W_])(?=[{re.escape(''.join(sorted(every | letters)))}])(?:{_WORD.pattern})")


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    """Return a word as the dictionary `record.plain` keeps it: small letters, accents and joined letters apart."""
    apart = unicodedata.normalize("NFKD", word.translate(_JOINED).casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
