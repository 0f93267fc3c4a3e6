"""What a list shows of one resource: the columns of `record.item`, and what the writer needs beside them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from unidossier.kernel.category import Category


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """One line of the record. REC-3, REC-6.

    `title` is in its own `language` (fr, nl, de, en); `code_system` and `code` give the words of the reader's language
    (terminology). `value_text` is what the source wrote, comparator included ("<0.5", "120/80"); `value_num` is its
    number, also behind a comparator. `low` and `high` are the range the source gave, in `unit`. `flag` is H, L, HH, LL,
    A or None. `short` holds structured facts for summaries (see each family's module).
    `clinical_at` is None when the resource names no time of its own: the writer then takes the time of entry.
    `patient_reference` is the reference as written ("Patient/1", "urn:uuid:..."), or "system|value" when the source
    refers by identifier alone; None when it names no patient. `source_status` is the FHIR status code as it came.
    """

    type: str
    category: Category
    inside: Category | None  # of the text, where it tells why (ACS-2); None: as the line
    status: str  # draft, final, amended, entered-in-error
    title: str
    language: str
    code_system: str | None
    code: str | None
    clinical_at: datetime | None
    author_name: str
    value_num: Decimal | None
    value_text: str | None
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    flag: str | None
    part_of: str | None
    short: dict[str, Any]
    search_text: str
    patient_reference: str | None
    author_reference: str | None
    source_status: str | None


@dataclass(slots=True, kw_only=True)
class Facts:
    """What a family of types adds to the common description. None or empty leaves the common rule in force."""

    title: str | None = None
    value_num: Decimal | None = None
    value_text: str | None = None
    unit: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    flag: str | None = None
    part_of: str | None = None
    short: dict[str, Any] = field(default_factory=dict)
