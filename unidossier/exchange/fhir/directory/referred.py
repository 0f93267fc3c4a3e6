"""Whom a conditional reference of a transaction means among professionals and institutions. hl7.org/fhir/R4/http.html#trules"""

from urllib.parse import unquote
from uuid import UUID

from unidossier.exchange.fhir.bearer import Bearer
from unidossier.exchange.fhir.directory.looking import ids_of
from unidossier.exchange.fhir.directory.parameters import PARAMETERS
from unidossier.exchange.fhir.outcome import RequestRefused
from unidossier.exchange.fhir.search.criteria import CriterionRefused, CriterionUnknown


def known_elsewhere(bearer: Bearer, kind: str, query: str) -> UUID | None:
    """Return the one who has the number that `identifier=[system]|[value]` names; None: nobody, several, or asked otherwise.

    Blocks: call it in a thread. Each look-up is an entry (docs/adr/0026).
    """
    name, _, value = query.partition("=")
    if kind not in PARAMETERS or name != "identifier" or "|" not in unquote(value):
        return None
    try:
        found = bearer.wait(ids_of(bearer.secret, kind, name, unquote(value)))
    except (CriterionRefused, CriterionUnknown, RequestRefused):  # not asked for here, or not for this app
        return None
    return found[0] if len(found) == 1 else None
