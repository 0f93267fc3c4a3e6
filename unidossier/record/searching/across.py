"""Terms as data for the search over an institution's patients (record/sql/search_across.sql), and whether an index answers them."""

from typing import Any

from unidossier.record.queries import prefix_query
from unidossier.record.searching import tokens
from unidossier.record.searching.page import NEWEST_FIRST, Include, Key
from unidossier.record.searching.terms import (
    All,
    Either,
    Entered,
    Fact,
    Found,
    Ids,
    Leads,
    LedTo,
    Not,
    Term,
    Words,
)

Json = dict[str, Any]


def told(term: Term) -> Json:
    """Return the term as JSON."""
    match term:
        case Found(numbers, keyed):
            return {"keys" if keyed else "tokens": list(numbers)}
        case Fact(path):
            return {"fact": path}
        case Ids(ids):
            return {"ids": [str(id_) for id_ in ids]}
        case Entered(since, until):
            limits = {"since": since, "until": until}
            return {"entered": {name: at.isoformat() for name, at in limits.items() if at is not None}}
        case Words(text):
            return {"words": {"text": text, "prefix": prefix_query(text)}}
        case Not(inner):
            return {"not": told(inner)}
    return _joined(term)


def include_told(one: Include) -> Json:
    """Return an _include or _revinclude as JSON."""
    return {
        "source": one.source,
        "names": list(one.names),
        "target": one.target,
        "again": one.iterate,
        "reverse": one.reverse,
        "own": [tokens.reference(name, tokens.OWN) for name in one.names],
    }


def is_answered(term: Term) -> bool:
    """Tell whether an index finds the lines, so that not every line of the institution has to be looked at."""
    match term:
        case Found(_, keyed):
            return keyed
        case Ids() | Entered():
            return True
        case All(terms):
            # nothing asked is a page of the newest, which is at hand
            return not terms or any(map(is_answered, terms))
        case Either(terms):
            return all(map(is_answered, terms))
        case Leads() | LedTo():
            return term.term != All() and is_answered(term.term)
    return False


def order_told(keys: tuple[Key, ...]) -> Json:
    """Return the order as record.search_across takes it: by arrival or id an index goes that way, by anything else all that fits is sorted.

    Without an order of its own a search is by arrival, the newest first.
    """
    if keys == NEWEST_FIRST:
        return {"by": "entered_at", "descending": True}
    first = keys[0]
    if first.by in ("entered_at", "id") and len(keys) <= 2:
        return {"by": first.by, "descending": first.descending}
    return {"sort": [{"by": one.by, "name": one.name, "descending": one.descending} for one in keys]}


def _joined(term: All | Either | Leads | LedTo) -> Json:
    match term:
        case All(terms):
            return {"all": [told(one) for one in terms]}
        case Either(terms):
            return {"either": [told(one) for one in terms]}
        case Leads():
            return {
                "leads": {
                    "names": list(term.names),
                    "types": list(term.types),
                    "own": list(term.own),
                    "term": told(term.term),
                }
            }
        case LedTo():
            return {
                "led-to": {
                    "names": list(term.names),
                    "type": term.type,
                    "own": list(term.own),
                    "term": told(term.term),
                }
            }
