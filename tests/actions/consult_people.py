"""Papers, people of the Desk, and carers outside, for the tests of Consult's verbs."""

import struct
import zlib
from dataclasses import dataclass
from uuid import UUID

from tests.gate.world import Worker, World
from tests.relations.outside import Outsider, known
from unidossier.actions.declare_consent import declare_consent
from unidossier.actions.make_link import Contact, make_link
from unidossier.kernel.scan import Scan
from unidossier.kernel.ssin import Ssin
from unidossier.kernel.uuid7 import new_id

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def png(*, width: int = 2, height: int = 2) -> bytes:
    """A small PNG that says it has this size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2))
        + chunk(b"IEND", b"")
    )


def a_scan(data: bytes = PDF) -> Scan:
    return Scan.read(data, name="form.pdf")


@dataclass(frozen=True)
class Director:
    """The medical director of a hospital, with an open session."""

    worker: Worker
    secret: bytes

    @classmethod
    def make(
        cls, world: World, *, house: UUID | None = None, function: str = "medical-director"
    ) -> "Director":
        worker = world.worker(function, house or world.institution())
        return cls(worker, world.session(worker, face="desk", purpose="governance"))


def linked(world: World, carer: Outsider, *, scan: Scan | None = None) -> tuple[UUID, UUID]:
    """Link a new patient to the carer by the verbs; return the patient and the relation."""
    from tests.relations.outside import TODAY

    patient, digits = known(world)
    attempt = new_id()
    contact = Contact(number=Ssin.parse(digits), name="Al Roe", language="fr", on=TODAY, informed=True)
    make_link(carer.secret, attempt=attempt, contact=contact)
    declare_consent(carer.secret, attempt=attempt, signed=TODAY, scan=scan)
    ((relation,),) = world.run("SELECT id FROM relations.relation WHERE patient_id = %s", patient)
    return patient, relation
