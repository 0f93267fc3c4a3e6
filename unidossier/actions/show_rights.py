"""The function table (ACS-1): what each function may do with each category. Readable by anybody signed in."""

from dataclasses import dataclass

from unidossier.gate import door
from unidossier.gate.door import Query, Row

VERSIONS = "SELECT version, from_at, made_by, reason FROM gate.rights_version ORDER BY version DESC"
RIGHTS = """SELECT r.function, f.kind, f.words AS function_words, r.action, array_agg(r.category ORDER BY r.category) AS categories
    FROM gate.rights r JOIN gate.function f ON f.slug = r.function WHERE r.version = coalesce(%(version)s::integer, (SELECT max(version) FROM gate.rights_version WHERE from_at <= now()))
    GROUP BY r.function, f.kind, f.words, r.action ORDER BY r.function, r.action"""
CATEGORIES = "SELECT code, slug, words FROM gate.category ORDER BY code"
FUNCTIONS = "SELECT slug, kind, words FROM gate.function ORDER BY slug"
IN_FORCE = "SELECT max(version) AS version FROM gate.rights_version WHERE from_at <= now()"


@dataclass(frozen=True, kw_only=True)
class Rights:
    """`rights`: function, kind, function_words, action, categories (codes). `versions` newest first; `in_force` is the number of today's."""

    version: int
    in_force: int
    rights: list[Row]
    versions: list[Row]
    categories: list[Row]
    functions: list[Row]


class VersionNotFound(LookupError):
    """The function table has no such version."""


def show_rights(version: int | None = None) -> Rights:
    """Return one version of the table; None: the one in force. No entry: it says nothing of anybody. Raises VersionNotFound."""
    versions, in_force, rights, categories, functions = door.call_all(
        Query(VERSIONS),
        Query(IN_FORCE),
        Query(RIGHTS, {"version": version}),
        Query(CATEGORIES),
        Query(FUNCTIONS),
    )
    wanted = in_force[0]["version"] if version is None else version
    if wanted not in {one["version"] for one in versions}:
        raise VersionNotFound(str(version))
    return Rights(
        version=wanted,
        in_force=in_force[0]["version"],
        rights=rights,
        versions=versions,
        categories=categories,
        functions=functions,
    )
