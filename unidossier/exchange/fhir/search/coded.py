"""Codes by the value set they are in, or by what they belong under: `:in`, `:not-in`, `:above`, `:below`. hl7.org/fhir/R4/search.html#token"""

from unidossier.exchange.fhir.search.comparing import ValueNotUnderstood
from unidossier.exchange.fhir.search.splitting import plain, split
from unidossier.record.searching import tokens
from unidossier.record.searching.hierarchy import above, is_hierarchical
from unidossier.terminology.value_sets import value_set

MOST_MEMBERS = 5_000


def members_of(url: str) -> list[tuple[str, str]]:
    """Return (system, code) of each member of a value set. Raises ValueNotUnderstood when we do not hold it whole."""
    held = value_set(url)
    if held is None or not held.is_whole:
        raise ValueNotUnderstood(
            f"the value set {url[:200]} is not held here, or not whole; see [base]/ValueSet"
        )
    members = list(held.members())
    if len(members) > MOST_MEMBERS:
        raise ValueNotUnderstood(f"a value set of more than {MOST_MEMBERS} codes is not searched by")
    return members


def by_hierarchy(parameter: str, modifier: str, text: str) -> list[int]:
    """Return the tokens of a code and all that belongs under it, or of it and all it belongs under. Raises ValueNotUnderstood."""
    system, *rest = (plain(part) for part in split(text, "|"))
    if len(rest) != 1 or not rest[0] or not is_hierarchical(system):
        raise ValueNotUnderstood(
            f"':{modifier}' takes system|code of ATC (http://www.whocc.no/atc) or ICD-10 (http://hl7.org/fhir/sid/icd-10)"
        )
    if modifier == "below":
        return [tokens.under(parameter, system, rest[0])]
    return [tokens.coded(parameter, system, one) for one in above(system, rest[0])]
