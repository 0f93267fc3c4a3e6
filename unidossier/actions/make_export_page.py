"""One page of an export: decided anew, with an entry that names its patients; each of them sees it (T24, MY-15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from unidossier.gate.door import Query, Row, read_list

_ITEMS = "SELECT patient_id, item_id, type, withdrawn, resource, of_all FROM record.export_page(%(export)s)"
_UNSENT = """SELECT p.id, v.version, v.at, v.facts FROM unnest(record.unsent_patients()) p (id),
    LATERAL (SELECT n.version, n.at, n.facts FROM registry.patient_versions(p.id) n ORDER BY n.version DESC LIMIT 1) v ORDER BY p.id"""


@dataclass(frozen=True, kw_only=True)
class ExportPage:
    """Items in order (patient_id, item_id, type, withdrawn, resource), whether more of these patients' follow, and whom the institution never sent."""

    items: list[Row]
    more: bool
    patients: list[Row]  # of the registry: id, version, at, facts (registry/sql/versions.sql)


def make_export_page(
    secret: bytes, *, export: UUID, patients: Sequence[str], types: Sequence[str] | None, since: str | None
) -> ExportPage:
    """Read the next page of an export under way, of these patients (at most 100).

    Raises AccessRefused, SessionEnded, RightsChanged, RecordUnreadable.
    """
    wanted = {"export": str(export), "types": types, "since": since, "patients": list(patients)}
    queries = (Query(_ITEMS, {"export": export}), Query(_UNSENT))
    items, unsent = read_list(secret, "bulk-export", wanted, *queries).rows
    return ExportPage(items=items, more=bool(items) and items[0]["of_all"] > len(items), patients=unsent)
