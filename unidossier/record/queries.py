"""What a page asks of the record, as statements for the door (gate/door.py). Row security adds the patient and what may be seen.

Every function returns a Query; several travel in one flush. Columns are those of `record.item` unless said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from unidossier.gate.door import Query

PAGE = 50
LINE = """i.id, i.version, i.type, i.institution_id, i.category, i.status, i.never_validated, i.internal_only, i.held_until, i.title, i.language, i.code_system, i.code, i.clinical_at, i.entered_at,
    i.author_name, i.value_num, i.value_text, i.unit, i.low, i.high, i.flag, i.part_of, i.short"""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the list shows: text searched, categories (codes), institutions, and a half-open period; empty = everything.

    Characters that no database text can hold (NUL, half a surrogate pair) part words of `text` like a space.
    """

    text: str = ""
    categories: tuple[int, ...] = ()
    institutions: tuple[UUID, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", _UNSTORABLE.sub(" ", self.text))

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is filtered away."""
        return self == Filter()


@dataclass(frozen=True)
class Place:
    """Where the next page begins: strictly after this item, newest first."""

    clinical_at: datetime
    id: UUID


WORDS = "(to_tsquery('record.plain', %(prefix)s) || websearch_to_tsquery('record.nl', %(text)s) || websearch_to_tsquery('record.fr', %(text)s) || websearch_to_tsquery('record.de', %(text)s) || websearch_to_tsquery('record.en', %(text)s))"


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MINUS = re.compile(
    r"(?<!\w)-+"
)  # websearch_to_tsquery reads it as "without": one such word would find the whole record
_ELIDED = re.compile(
    r"(?<!\w)\w{1,2}['\u2019](?=\w)"
)  # d'insuffisance, l'organe, qu'elle: the article is no word to look for


def prefix_query(text: str) -> str:
    """Return the tsquery text that finds every word of `text` by its beginning; '' when there is no word in it."""
    return " & ".join(f"{word}:*" for word in _quoted(text))


def words_of(text: str) -> dict[str, str]:
    """Return the tsquery texts that find any word of `text`: `prefixes` by its beginning, `stems` by its stem; or ''."""
    words = _quoted(_MINUS.sub(" ", _UNSTORABLE.sub(" ", text)))
    return {"prefixes": " | ".join(f"{word}:*" for word in words), "stems": " | ".join(words)}


def _quoted(text: str) -> list[str]:
    """Quote each word: the database takes it apart as it did the text (12.5 stays one number), no sign is an operator."""
    words = (word.replace("\\", " ").replace("'", "''") for word in _ELIDED.sub("", text).split())
    return [f"'{word}'" for word in words if any(sign.isalnum() for sign in word)]


def _where(chosen: Filter) -> tuple[str, dict]:
    lines = ["true"]
    params: dict = {}
    if chosen.text:
        # a word without a letter or digit finds nothing, rather than everything
        # as a sub-select: taken apart once a statement. Without, a plan kept for all parameters takes the words apart anew at each line
        lines.append(f"i.search @@ (SELECT {WORDS})")
        text = _MINUS.sub(" ", chosen.text)
        params |= {"text": text, "prefix": prefix_query(text)}
    else:
        lines.append("i.part_of IS NULL")
    if chosen.categories:
        lines.append("i.category = ANY (%(categories)s::smallint[])")
        params["categories"] = list(chosen.categories)
    if chosen.institutions:
        lines.append("i.institution_id = ANY (%(institutions)s::uuid[])")
        params["institutions"] = list(chosen.institutions)
    if chosen.since:
        lines.append("i.clinical_at >= %(since)s::timestamptz")
        params["since"] = chosen.since
    if chosen.until:
        lines.append("i.clinical_at < %(until)s::timestamptz")
        params["until"] = chosen.until
    return " AND ".join(lines), params


def page(chosen: Filter, *, after: Place | None = None, size: int = PAGE) -> Query:
    """One page of the one list (REC-4), newest first, plus one row more to tell whether there is a next page.

    Each line also has `children` and `abnormal`: how many values belong to it, and how many of them are out of range.
    When words are searched, `titled` tells whether the title says them itself.
    """
    where, params = _where(chosen)
    if after:
        where += " AND (i.clinical_at, i.id) < (%(after_at)s::timestamptz, %(after_id)s::uuid)"
        params |= {"after_at": after.clinical_at, "after_id": after.id}
    params["size"] = size + 1
    titled = f", to_tsvector('record.plain', l.title) @@ (SELECT {WORDS}) AS titled" if chosen.text else ""
    return Query(
        f"""SELECT l.*, c.children, c.abnormal{titled} FROM (
            SELECT i.patient_id, {LINE} FROM record.item i WHERE {where} ORDER BY i.clinical_at DESC, i.id DESC LIMIT %(size)s
        ) l, LATERAL (SELECT count(*) AS children, count(k.flag) AS abnormal FROM record.item k
                      WHERE k.patient_id = l.patient_id AND k.part_of = l.id) c
        ORDER BY l.clinical_at DESC, l.id DESC""",
        params,
    )


def shape(chosen: Filter) -> Query:
    """How many items of which year, category and institution: the ribbon, the filters' counts and the total in one."""
    where, params = _where(chosen)
    return Query(
        f"""SELECT extract(year FROM i.clinical_at)::int AS year, i.category, i.institution_id, count(*) AS items
        FROM record.item i WHERE {where} GROUP BY 1, 2, 3 ORDER BY 1""",
        params,
    )


def summary() -> Query:
    """Problems, allergies, medication in course and vaccinations, newest first: the facts every carer looks for first (REC-7)."""
    return Query(
        f"""SELECT {LINE} FROM record.item i
        WHERE i.category IN (2, 3, 5) AND i.status <> 'entered-in-error' ORDER BY i.clinical_at DESC, i.id DESC LIMIT 200"""
    )


def allergies() -> Query:
    """Allergies and intolerances, newest first: they stand on every page of a record."""
    return Query(
        f"""SELECT {LINE} FROM record.item i WHERE i.category = 3 AND i.status <> 'entered-in-error'
        ORDER BY i.clinical_at DESC, i.id DESC LIMIT 50"""
    )


def latest_results(*, codes: int = 12) -> Query:
    """The newest value of each laboratory code, with up to 12 earlier values for the sparkline (`series`, oldest first)."""
    return Query(
        """WITH recent AS (
            SELECT i.id, i.code_system, i.code, i.title, i.language, i.clinical_at, i.value_num, i.unit, i.low, i.high, i.flag, i.institution_id,
                   row_number() OVER (PARTITION BY i.code ORDER BY i.clinical_at DESC, i.id DESC) AS nth
            FROM (SELECT * FROM record.item WHERE category = 8 AND value_num IS NOT NULL AND status IN ('final', 'amended')
                  ORDER BY clinical_at DESC LIMIT 400) i)
        SELECT r.*, (SELECT array_agg(s.value_num ORDER BY s.nth DESC) FROM recent s WHERE s.code = r.code AND s.nth <= 12) AS series
        FROM recent r WHERE r.nth = 1 ORDER BY (r.flag IS NOT NULL) DESC, r.clinical_at DESC, r.code LIMIT %(codes)s""",
        {"codes": codes},
    )


def trend(code: str, *, system: str | None = None, limit: int = 1000) -> Query:
    """Every final value of one code, oldest first, at most the newest `limit`."""
    return Query(
        f"""SELECT * FROM (SELECT {LINE} FROM record.item i
            WHERE i.code = %(code)s AND (%(system)s::text IS NULL OR i.code_system = %(system)s) AND i.value_num IS NOT NULL AND i.status IN ('final', 'amended')
            ORDER BY i.clinical_at DESC, i.id DESC LIMIT %(limit)s) t ORDER BY clinical_at, id""",
        {"code": code, "system": system, "limit": limit},
    )


def item(item_id: UUID) -> Query:
    """The line of one item."""
    return Query(f"SELECT {LINE} FROM record.item i WHERE i.id = %(id)s", {"id": item_id})


def parts(item_id: UUID) -> Query:
    """The values that belong to one panel or report, in the order the panel gives them."""
    return Query(
        f"SELECT {LINE} FROM record.item i WHERE i.part_of = %(id)s ORDER BY i.clinical_at DESC, i.code, i.id",
        {"id": item_id},
    )


def versions(item_id: UUID) -> Query:
    """Every version of one item the reader may see, newest first, with its exact text (needs the item named in the grant)."""
    return Query(
        """SELECT v.version, v.status, v.title, v.author_id, v.author_name, v.reason, v.entered_at, v.resource
        FROM record.version v WHERE v.item_id = %(id)s ORDER BY v.version DESC""",
        {"id": item_id},
    )


def attachments(item_ids: Sequence[UUID]) -> Query:
    """What is attached to the named items, of each version the reader may see; one line a version."""
    return Query(
        "SELECT item_id, version, sha256, name, media_type, size FROM record.attachment WHERE item_id = ANY (%(ids)s::uuid[]) ORDER BY name, version",
        {"ids": list(item_ids)},
    )


def store(deliveries: str) -> Query:
    """Hand rows (JSON) to the one writer; answers item_id, version and outcome of each."""
    return Query(
        "SELECT item_id, version, outcome FROM record.store(%(deliveries)s::jsonb)",
        {"deliveries": deliveries},
    )


def titles(*, before: datetime | None, size: int) -> Query:
    """Titles alone, the newest `size` of each category: id, category, type, title, language, clinical_at, institution_id. No values, no content."""
    return Query(
        """SELECT id, category, type, title, language, clinical_at, institution_id FROM (
            SELECT i.id, i.category, i.type, i.title, i.language, i.clinical_at, i.institution_id, row_number() OVER (PARTITION BY i.category ORDER BY i.clinical_at DESC, i.id DESC) AS nth
            FROM record.item i WHERE i.part_of IS NULL AND i.status <> 'entered-in-error' AND (%(before)s::timestamptz IS NULL OR i.clinical_at < %(before)s)) newest
        WHERE nth <= %(size)s ORDER BY clinical_at DESC, id DESC""",
        {"before": before, "size": size},
    )


def counts(*, before: datetime | None) -> Query:
    """How many of each category: category, n."""
    return Query(
        """SELECT i.category, count(*) AS n FROM record.item i
        WHERE i.part_of IS NULL AND i.status <> 'entered-in-error' AND (%(before)s::timestamptz IS NULL OR i.clinical_at < %(before)s)
        GROUP BY i.category ORDER BY i.category""",
        {"before": before},
    )


def held_back() -> Query:
    """How many items are held back from the reader, and until when (`until`, `items`); nothing else of them (MY-5). For the patient's side."""
    return Query("SELECT * FROM record.held_back()")
