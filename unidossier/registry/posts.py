"""Who works where, as statements for the door. Names of people at work are known to all who are signed in; their numbers are not."""

from uuid import UUID

from unidossier.gate.door import Query
from unidossier.kernel.sortkey import sort_key

POST = """SELECT e.id AS employment, h.id AS person, h.given || ' ' || h.family AS name, e.function, f.kind, f.words AS function_words, i.names AS institution
    FROM registry.employment e JOIN registry.person h ON h.id = e.person_id JOIN registry.institution i ON i.id = e.institution_id JOIN gate.function f ON f.slug = e.function
    WHERE h.professional AND f.kind <> 'machine'"""
NOW = "e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at)"


def posts(text: str, *, functions: tuple[str, ...] = (), here: bool = False) -> Query:
    """Posts held now by people whose name has every word of `text`, at most 30; no words find nobody.

    Columns: employment, person, name, function, kind, function_words, institution (names). `functions`: of these alone.
    `here`: at the institution of the grant alone.
    """
    return Query(
        f"""{POST} AND {NOW} AND cardinality(%(words)s::text[]) > 0
          AND NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) w WHERE NOT gate.is_called(h.sort_key, w))
          AND (cardinality(%(functions)s::text[]) = 0 OR e.function = ANY (%(functions)s))
          AND (NOT %(here)s::boolean OR e.institution_id = (SELECT gate.institution()))
        ORDER BY h.sort_key, h.id, e.function LIMIT 30""",
        {"words": sort_key(text).split(), "functions": list(functions), "here": here},
    )


def posts_of(person: UUID) -> Query:
    """Every post that one person holds now, the oldest first; columns of `posts`."""
    return Query(f"{POST} AND {NOW} AND h.id = %(person)s::uuid ORDER BY e.from_at", {"person": person})


def post(employment: UUID) -> Query:
    """One post, held now or not; columns of `posts`."""
    return Query(f"{POST} AND e.id = %(employment)s::uuid", {"employment": employment})


def people_of(text: str, *, institution: UUID, person: UUID | None = None) -> Query:
    """People who hold or held a post at an institution: person, name, function_words; by words of the name (no words find nobody), or one by id. At most 30."""
    return Query(
        f"""SELECT DISTINCT ON (h.sort_key, h.id) h.id AS person, h.given || ' ' || h.family AS name, f.words AS function_words
        {POST[POST.index("FROM") :]} AND e.institution_id = %(institution)s::uuid
          AND CASE WHEN %(person)s::uuid IS NULL THEN cardinality(%(words)s::text[]) > 0 AND NOT EXISTS (SELECT FROM unnest(%(words)s::text[]) w WHERE NOT gate.is_called(h.sort_key, w))
              ELSE h.id = %(person)s::uuid END
        ORDER BY h.sort_key, h.id, e.from_at DESC LIMIT 30""",
        {"words": sort_key(text).split(), "institution": institution, "person": person},
    )
