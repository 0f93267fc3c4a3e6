"""What is planted: strangers, hidden items of known patients, and everything around a record that names somebody."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from tests.browser.site import Site
from tests.canary.seed import KNOWN, NO_ENTRY, STRANGERS_HOUSE, Garden, Member, Planted
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id

NOBODY: frozenset[str] = frozenset()
CLOSED = ("stranger", "excluded", "deceased")


def plant(site: Site) -> Planted:
    """Plant everything once; return what was planted."""
    garden = Garden(site)
    try:
        for part in (_strangers, _hidden_items, _around, _desk):
            part(garden)
    finally:
        garden.close()
    return garden.planted


def _strangers(garden: Garden) -> None:
    """Three closed records: no relation, excluded, deceased (ACD-8). A physician of the house treats the first alone."""
    house = garden.house(STRANGERS_HOUSE)
    treating = garden.member("laurence.vermeiren")
    for why in CLOSED:
        number = garden.number()
        may = {
            "stranger": garden.desk(None) | {treating.username},
            "excluded": NOBODY,
            "deceased": garden.desk(None) | {treating.username},
        }[why]
        twin = "laurence.vermeiren" if why != "excluded" else ""
        told = {
            what: garden.canary(f"{what} of the {why} patient", may_see=may, twin=reader)
            for what, reader in (("family", twin), ("given", twin), ("address", twin and "inschrijving"))
        }
        garden.canary(f"number of the {why} patient", may_see=may, twin=twin, word=number)
        patient = garden.patient(
            **told,
            number=number,
            deceased_at=datetime.now(UTC) - timedelta(days=3) if why == "deceased" else None,
        )
        garden.planted.patients[why] = garden.name(f"{why} patient", patient, may_see=may)
        _items_of(garden, patient, house, why=why, may=may - garden.desk(None))
        if why == "excluded":
            _exclude_everybody(garden, patient)
        else:
            garden.relation(patient, treating)


def _items_of(garden: Garden, patient: UUID, house: UUID, *, why: str, may: frozenset[str]) -> None:
    twin = "laurence.vermeiren" if may else ""
    title = garden.canary(f"title in the record of the {why} patient", may_see=may, twin=twin)
    text = garden.canary(f"text in the record of the {why} patient", may_see=may, twin="")
    item = garden.item(patient, house, title=title, text=text)
    garden.name(f"item of the {why} patient", item, may_see=may)
    value = garden.canary(f"value in the record of the {why} patient", may_see=may, twin=twin)
    garden.item(
        patient,
        house,
        title=title,
        type="Observation",
        category=int(Category.LABORATORY),
        code="2160-0",
        code_system="http://loinc.org",
        value_text=value,
    )
    file = garden.canary(f"file name in the record of the {why} patient", may_see=may, twin="")
    digest = item.bytes + item.bytes
    garden.insert(
        "record.attachment",
        patient_id=patient,
        item_id=item,
        version=1,
        sha256=digest,
        name=f"{file}.pdf",
        media_type="application/pdf",
        size=10,
    )
    garden.planted.digest = digest.hex()


def _exclude_everybody(garden: Garden, patient: UUID) -> None:
    """Everybody of the cast had a relation, and is excluded for every case (EXC-2)."""
    for one in garden.cast:
        if one.institution is None or one.function == "machine":
            continue
        garden.relation(patient, one)
        garden.insert(
            "relations.exclusion",
            patient_id=patient,
            id=new_id(),
            person_id=one.person,
            source="local",
            absolute=True,
            entry_id=NO_ENTRY,
        )


def _hidden_items(garden: Garden) -> None:
    """In a record that many may open: what stays hidden from some of them."""
    rita = garden.known_patient(*KNOWN[0])
    garden.planted.known.append(rita)
    foreign = garden.member("benoit.warnier")
    for username in ("benoit.warnier", "apotheek", "onthaal", "laborant", "an.verlinden"):
        garden.relation(rita, garden.member(username))
    related = garden.related(rita)
    reading = garden.reading(Category.REPORT)
    own = frozenset(["rita.goossens"])
    here, there = garden.house("scheldedal"), foreign.institution
    assert there is not None
    of_here = related & garden.employed("scheldedal")
    machine_here = frozenset(["machine.scheldedal"])
    draft = (related & garden.employed("aldegonde") & reading) | {"machine.aldegonde"}
    _hide(garden, rita, there, "draft", may=draft, twin="benoit.warnier", status="draft")
    _hide(
        garden,
        rita,
        here,
        "internal-only item",
        may=(of_here & reading) | own | machine_here,
        twin="an.verlinden",
        internal_only=True,
    )
    _hide(
        garden,
        rita,
        here,
        "held-back item",
        may=(related & reading) | machine_here,
        twin="an.verlinden",
        held_until=datetime.now(UTC) + timedelta(days=9),
        held_reason="talk to her first",
    )
    for category in (Category.PSYCHIATRY, Category.GYNAECOLOGY, Category.LABORATORY, Category.MEDICATION):
        may = (related & garden.reading(category)) | own | machine_here
        _hide(
            garden,
            rita,
            here,
            f"{category.name.lower()} item",
            may=may,
            twin="rita.goossens",
            category=int(category),
        )


def _hide(
    garden: Garden,
    patient: UUID,
    house: UUID,
    what: str,
    *,
    may: frozenset[str],
    twin: str,
    **columns: object,
) -> None:
    title = garden.canary(f"title of a {what}", may_see=may, twin=twin)
    item = garden.item(patient, house, title=title, **columns)
    garden.name(f"a {what}", item, may_see=may)


def _around(garden: Garden) -> None:
    """What stands around a record: who may see it, who opened it, what was told and asked."""
    isabelle = garden.known_patient(*KNOWN[1])
    garden.planted.known.append(isabelle)
    own = garden.themselves(isabelle) | {"isabelle.marchal"}
    desk = garden.desk(isabelle)
    related = garden.related(isabelle)
    _people_around(garden, isabelle, own=own, desk=desk, related=related)
    _told(garden, isabelle, own=own, desk=desk, related=related)
    _asked(garden)


def _carer(garden: Garden, name: str) -> UUID:
    made = new_id()
    garden.insert(
        "registry.person",
        id=made,
        human_id=made,
        family=name,
        given="Jo",
        sort_key=f"{name} jo",
        professional=True,
    )
    return made


def _people_around(
    garden: Garden, patient: UUID, *, own: frozenset[str], desk: frozenset[str], related: frozenset[str]
) -> None:
    twin = "isabelle.marchal"
    excluded = _carer(garden, garden.canary("name of an excluded carer", may_see=own | desk, twin=twin))
    exclusion = new_id()
    garden.insert(
        "relations.exclusion",
        patient_id=patient,
        id=exclusion,
        person_id=excluded,
        source="local",
        entry_id=NO_ENTRY,
    )
    garden.name("an exclusion", exclusion, may_see=own | desk)
    treating = _carer(
        garden, garden.canary("name of a carer with a relation", may_see=own | desk | related, twin=twin)
    )
    relation = garden.relation(
        patient, treating, house=garden.house("aldegonde"), kind="granted", consented=True
    )
    garden.name("a relation", relation, may_see=own | desk | related)
    mandate = new_id()
    garden.insert(
        "relations.representation",
        patient_id=patient,
        id=mandate,
        person_id=_carer(garden, "mandatary"),
        kind="mandate",
        name=garden.canary("name of a mandatary", may_see=own | desk | related, twin=twin),
        entry_id=NO_ENTRY,
    )
    garden.name("a mandate", mandate, may_see=own | desk | related)


def _told(
    garden: Garden, patient: UUID, *, own: frozenset[str], desk: frozenset[str], related: frozenset[str]
) -> None:
    twin = "isabelle.marchal"
    opener = garden.member("milan.coppens")
    opening, notice = new_id(), new_id()
    why = garden.canary(
        "justification of an opening", may_see=own | desk | related | {opener.username}, twin=""
    )
    garden.insert(
        "relations.opening",
        patient_id=patient,
        id=opening,
        person_id=opener.person,
        institution_id=opener.institution,
        function=opener.function,
        reason="unconscious",
        justification=f"{why} found on the street",
        starts_at=datetime.now(UTC) - timedelta(hours=3),
        ends_at=datetime.now(UTC) - timedelta(hours=2),
        entry_id=NO_ENTRY,
    )
    garden.name("an opening", opening, may_see=own | desk | related)
    who = garden.canary("name in a notice", may_see=own | desk, twin=twin)
    garden.insert(
        "notices.notice",
        patient_id=patient,
        id=notice,
        kind="glass",
        facts=Jsonb({"who": who, "function": "specialist", "institution": "Linde"}),
        entry_id=NO_ENTRY,
    )
    garden.name("a notice", notice, may_see=own | desk)
    _logged(garden, patient, who=garden.canary("name in the log", may_see=own | desk, twin=twin))


def _logged(garden: Garden, patient: UUID, *, who: str) -> None:
    """An access like any other: the number is taken as the gate takes it."""
    [(entry,)] = garden.ask(
        """INSERT INTO log.entry (id, person_id, person_name, function, institution_id, patient_id, verb, categories, purpose, rule, permitted, origin)
        SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + nextval('log.entry_number'),
               %s, %s, 'specialist', %s, %s, 'open-record', 512, 'care', 'ACD-2.work', true, 'ward' RETURNING id""",
        new_id(),
        who,
        garden.house("aldegonde"),
        patient,
    )
    garden.planted.entry = int(entry)


def _asked(garden: Garden) -> None:
    """CON-5, CON-6, CON-9: what one carer outside has asked, and what was asked of him."""
    asker = garden.member("philippe.collard")
    may = frozenset([asker.username])
    attempt, number = new_id(), garden.number()
    garden.insert(
        "relations.attempt",
        id=attempt,
        person_id=asker.person,
        institution_id=asker.institution,
        function=asker.function,
        kind="request",
        number=number,
        name=garden.canary("name that a carer asked for", may_see=may, twin=asker.username),
        reason=garden.canary("reason of a request", may_see=may, twin=""),
        ends_at=datetime.now(UTC) + timedelta(days=20),
        entry_id=NO_ENTRY,
    )
    garden.canary("number that a carer asked for", may_see=may, twin="", word=number)
    garden.name("an attempt", attempt, may_see=may)
    claim = new_id()
    garden.insert(
        "relations.claim",
        id=claim,
        patient_id=garden.planted.patients["stranger"],
        relation_id=new_id(),
        person_id=asker.person,
        institution_id=garden.house(STRANGERS_HOUSE),
        name=garden.canary("name in a claim", may_see=may, twin=asker.username),
        task_id=new_id(),
        entry_id=NO_ENTRY,
    )
    garden.name("a claim", claim, may_see=may)


def _desk(garden: Garden) -> None:
    """Tasks of one function at one house: nobody else at the Desk reads them, at that house or another."""
    for username in ("directeur.medical", "dpo", "katrien.segers", "inschrijving"):
        _task(garden, garden.member(username))


def _task(garden: Garden, whose: Member) -> None:
    post = (whose.institution, whose.function)
    task, may = (
        new_id(),
        frozenset(one.username for one in garden.cast if (one.institution, one.function) == post),
    )
    garden.insert(
        "cases.task",
        id=task,
        institution_id=whose.institution,
        function=whose.function,
        kind="case",
        facts=Jsonb({}),
        due_at=datetime.now(UTC) + timedelta(hours=1),
        entry_id=NO_ENTRY,
    )
    note = garden.canary(f"note in a task of {whose.username}", may_see=may, twin=whose.username)
    garden.insert("cases.event", task_id=task, nth=1, what="noted", text=note, entry_id=NO_ENTRY)
    garden.name(f"a task of {whose.username}", task, may_see=may)
