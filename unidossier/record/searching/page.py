"""One page of what a search finds in one record, with what its references bring along. Row security adds whose record it is.

A page begins after the last line of the page before (keyset): what arrives meanwhile moves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from unidossier.gate.door import Query
from unidossier.record.searching import tokens
from unidossier.record.searching.statement import Statement, readable
from unidossier.record.searching.terms import Term

MOST_TEXT = 16_000_000  # characters of one page: a page of very large resources ends early
MOST_INCLUDED = 1_000
_ID = "[A-Za-z]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_FIRST, _LAST = "", "\U0010ffff"  # no text sorts before or after them


@dataclass(frozen=True, kw_only=True)
class Key:
    """What the page is sorted by: clinical_at, entered_at or id of the line; or the first value of a parameter."""

    by: Literal["clinical_at", "entered_at", "id", "number", "text"]
    name: str = ""
    descending: bool = False

    @property
    def cast(self) -> str:
        """The database's type of its values."""
        kinds = {"number": "numeric", "text": "text", "id": "uuid"}
        return kinds.get(self.by, "timestamptz")


NEWEST_FIRST = (Key(by="clinical_at", descending=True), Key(by="id", descending=True))


@dataclass(frozen=True, kw_only=True)
class Include:
    """`_include` (or `_revinclude`, then `reverse`): the parameters `names` of `source`, only to `target` when it is given."""

    source: str
    names: tuple[str, ...]
    target: str = ""
    iterate: bool = False
    reverse: bool = False


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is searched in one record. `after`: the keys of the last line of the page before."""

    type: str
    term: Term
    size: int
    keys: tuple[Key, ...] = NEWEST_FIRST
    after: tuple[str, ...] = ()
    includes: tuple[Include, ...] = ()


def page(search: Search) -> Query:
    """Return the statement of a page: id (text), resource, found, and for each key but the id its value k0, k1 ...

    `found` counts the lines from here on, at most one more than `size`: more than are given when there is another page.
    Where something comes along: nth (NULL: it came along), id (uuid), type, resource, found and the keys.
    """
    made = Statement()
    keys = {f"k{nth}": key for nth, key in enumerate(search.keys) if key.by != "id"}
    # the value that a line is sorted by is made once, and written only for the lines of the page
    columns = "".join(f", {_expression(key, made)} AS by_{name}" for name, key in keys.items())
    written = "".join(f", q.by_{name}::text AS {name}" for name in keys)
    found = f"""SELECT row_number() OVER () AS nth, q.patient_id, q.id, q.type, q.version{written} FROM (
        SELECT i.patient_id, i.id, i.type, i.version{columns} FROM record.item i
        WHERE {_where(search, made)}{_after(search, made)} ORDER BY {_order(search.keys)} LIMIT {made.value(search.size + 1)}) q"""
    texts = """SELECT p.*, v.resource, sum(octet_length(v.resource)) OVER (ORDER BY p.nth) - octet_length(v.resource) AS before
        FROM page p JOIN record.version v ON v.patient_id = p.patient_id AND v.item_id = p.id AND v.version = p.version"""
    told = ", ".join(("b.resource", "(SELECT count(*) FROM page) AS found", *(f"b.{name}" for name in keys)))
    matches = f"FROM texts b WHERE b.before < {MOST_TEXT}"
    if not search.includes:
        return Query(
            f"WITH page AS MATERIALIZED ({found}), texts AS ({texts}) SELECT b.id::text AS id, {told} {matches} ORDER BY b.nth",
            made.params,
        )
    nothing = ", NULL" * len(keys)
    reached = _reached(search, made)
    return Query(
        f"""WITH RECURSIVE page AS MATERIALIZED ({found}), texts AS ({texts}), matches AS MATERIALIZED (SELECT b.nth, b.id, b.type, {told} {matches}),
        chosen AS (SELECT m.id FROM matches m WHERE m.nth <= {made.value(search.size)}), {reached},
        others AS (SELECT i.patient_id, i.id, i.type, i.version FROM reached r {_line("i", "patient_id, id, type, version", "r.id")}
            WHERE NOT EXISTS (SELECT FROM chosen c WHERE c.id = r.id) ORDER BY i.type, i.id LIMIT {MOST_INCLUDED + 1})
        SELECT * FROM matches UNION ALL
        SELECT NULL, o.id, o.type, v.resource, NULL{nothing} FROM others o
        JOIN record.version v ON v.patient_id = o.patient_id AND v.item_id = o.id AND v.version = o.version ORDER BY nth NULLS LAST, type, id""",
        made.params,
    )


def total(search: Search) -> Query:
    """Return the statement that counts all that the search finds: n."""
    made = Statement()
    return Query(f"SELECT count(*) AS n FROM record.item i WHERE {_where(search, made)}", made.params)


def _where(search: Search, made: Statement) -> str:
    return f"i.type = {made.value(search.type)}::text AND NOT i.withdrawn AND {readable('i', (search.type,))} AND ({made.where(search.term, of='i')})"


def _expression(key: Key, made: Statement) -> str:
    """Return what is sorted by; lines without a value come last in either direction."""
    if key.by == "number":
        last = "-1e301" if key.descending else "1e301"
        return f"coalesce((i.facts #>> {made.array((key.name, '0', 'v'))}::text[])::numeric, {last})"
    if key.by == "text":
        last = _FIRST if key.descending else _LAST
        return f'coalesce(i.facts #>> {made.array((key.name, "0"))}::text[], {made.value(last)}::text) COLLATE "C"'
    return f"i.{key.by}"


def _order(keys: Sequence[Key]) -> str:
    columns = ("i.id" if key.by == "id" else f"by_k{nth}" for nth, key in enumerate(keys))
    return ", ".join(
        f"{column}{' DESC' if key.descending else ''}" for column, key in zip(columns, keys, strict=True)
    )


def _after(search: Search, made: Statement) -> str:
    if not search.after:
        return ""
    if search.keys == NEWEST_FIRST:  # as one comparison of rows, which the index answers
        at, last = (made.value(one) for one in search.after)
        return f" AND (i.clinical_at, i.id) < ({at}::timestamptz, {last}::uuid)"
    condition = "false"
    for key, value in zip(reversed(search.keys), reversed(search.after), strict=True):
        column, told = _expression(key, made), f"{made.value(value)}::{key.cast}"
        sign = "<" if key.descending else ">"
        condition = f"({column} {sign} {told} OR {column} = {told} AND {condition})"
    return f" AND {condition}"


def _reached(search: Search, made: Statement) -> str:
    """Return the tables `first` (what the matches bring along) and `reached` (and what that brings along, and so on)."""
    tables, joins = _table_back("back", search.includes, made)
    begin = f"""{tables}first AS (SELECT n.id FROM chosen c {_line("s", "id, type, facts", "c.id")} {joins}
        CROSS JOIN LATERAL ({_links("back", search.includes, made)}) n)"""
    again = [one for one in search.includes if one.iterate]
    if not again:
        return f"{begin}, reached AS (SELECT DISTINCT f.id FROM first f)"
    tables, joins = _table_back("again", again, made)
    return f"""{tables}{begin}, reached (id) AS ((SELECT c.id FROM chosen c UNION SELECT f.id FROM first f)
        UNION SELECT n.id FROM reached r {_line("s", "id, type, facts", "r.id")} {joins} CROSS JOIN LATERAL ({_links("again", again, made)}) n)"""


def _table_back(name: str, includes: Sequence[Include], made: Statement) -> tuple[str, str]:
    """Return the table of who leads to each address (address, ids), read once for all lines, and how `s` is joined to it."""
    back = [one for one in includes if one.reverse]
    if not back:
        return "", ""
    leading = " UNION ALL ".join(
        f"""SELECT r.one, k.id FROM record.item k, unnest({made.value(list(one.names))}::text[]) n (name), jsonb_array_elements_text(k.facts -> n.name) r (one)
        WHERE k.type = {made.value(one.source)}::text AND NOT k.withdrawn{_only_to(one, "split_part(r.one, '/', 1)", made)}"""
        for one in back
    )
    table = f"{name} AS MATERIALIZED (SELECT l.one AS address, array_agg(l.id) AS ids FROM ({leading}) l GROUP BY l.one), "
    return table, f"LEFT JOIN {name} ON {name}.address = s.type || '/' || s.id"


def _links(back: str, includes: Sequence[Include], made: Statement) -> str:
    """Return the ids of what the line `s` brings along; `back`: the table of what leads to it."""
    ways = [_forth(one, made) for one in includes if not one.reverse]
    ways += [_back_to_patient(one, made) for one in includes if one.reverse]
    if any(one.reverse for one in includes):
        ways.append(f"SELECT unnest({back}.ids)")
    return " UNION ALL ".join(ways)


def _forth(one: Include, made: Statement) -> str:
    led_to = _line("k", "id, type, withdrawn", f"substring(r.one FROM '^{_ID}$')::uuid")
    return f"""SELECT k.id FROM unnest({made.value(list(one.names))}::text[]) n (name), jsonb_array_elements_text(s.facts -> n.name) r (one) {led_to}
        WHERE k.type = split_part(r.one, '/', 1) AND s.type = {made.value(one.source)}::text AND NOT k.withdrawn{_only_to(one, "k.type", made)}"""


def _line(name: str, columns: str, id_: str) -> str:
    """Return the join of one line, looked up by its key: where a record seems short, comparing all its lines each time seems as cheap."""
    return f"CROSS JOIN LATERAL (SELECT {columns} FROM record.item WHERE id = {id_} OFFSET 0) {name}"


def _back_to_patient(one: Include, made: Statement) -> str:
    """A reference to the patient himself is a token, not an address."""
    own = made.value([tokens.reference(name, tokens.OWN) for name in one.names])
    return f"""SELECT k.id FROM record.item k WHERE s.type = 'Patient' AND k.type = {made.value(one.source)}::text AND NOT k.withdrawn
        AND k.tokens && {own}::bigint[]{_only_to(one, "s.type", made)}"""


def _only_to(one: Include, kind: str, made: Statement) -> str:
    return f" AND {kind} = {made.value(one.target)}::text" if one.target else ""
