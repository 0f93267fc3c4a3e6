"""Attacks on who is asking: sessions minted, stolen, ended; and on the ways past a refusal (ACD-7, BTG, EXC, ALL-3).

Each refusal shares its set-up with the permit beside it.
"""

import json
import os
import time
from hashlib import sha256

import psycopg
import pytest

from tests.gate.reader import GLASS, Reader
from tests.gate.scene import FORGED_CLAIMS, NO_SESSION, Scene
from tests.gate.server import SESSION_KEY
from tests.gate.signing import sign_session
from tests.gate.world import hours
from unidossier.kernel.uuid7 import new_id

OPEN = "SELECT gate.open_session(%s, %s)"


def _open(reader: Reader, text: str, mac: bytes | None) -> None:
    reader.grants.execute(OPEN, (text, mac))


def _claims(scene: Scene, **changes: object) -> dict[str, object]:
    return {"person": scene.physician.person, "employment": scene.physician.employment} | changes


# --- minting a session


@pytest.mark.parametrize(
    "key", [bytes(32), b"", b"k" * 32, SESSION_KEY[::-1], SESSION_KEY[:31], SESSION_KEY + b"\x01"]
)
def test_a_session_is_not_opened_with_another_key(scene: Scene, record_property, key: bytes):
    record_property("attacks", 1)
    _, text, mac = sign_session(_claims(scene), key=key)
    with pytest.raises(psycopg.Error) as refusal:
        _open(scene.reader, text, mac)
    assert refusal.value.sqlstate == FORGED_CLAIMS


@pytest.mark.parametrize("change", ["person", "purpose", "strong", "life_s", "space", "mac", "no mac"])
def test_signed_claims_cannot_be_changed(scene: Scene, record_property, change: str):
    record_property("attacks", 1)
    _, text, mac = sign_session(_claims(scene))
    claims = json.loads(text)
    changes = {"person": str(new_id()), "purpose": "own", "strong": False, "life_s": 10**6}
    changed = json.dumps(claims | {change: changes[change]}) if change in changes else text
    forged_mac = {"mac": os.urandom(32), "no mac": None}.get(change, mac)
    with pytest.raises(psycopg.Error) as refusal:
        _open(scene.reader, changed + (" " if change == "space" else ""), forged_mac)
    assert refusal.value.sqlstate == FORGED_CLAIMS
    _open(scene.reader, text, mac)


def test_signed_claims_open_one_session(scene: Scene, record_property):
    record_property("attacks", 1)
    _, text, mac = sign_session(_claims(scene))
    _open(scene.reader, text, mac)
    with pytest.raises(psycopg.errors.UniqueViolation):
        _open(scene.reader, text, mac)


@pytest.mark.parametrize("at", ["an hour old", "an hour early", "of 1970", "without time"])
def test_signed_claims_are_fresh(scene: Scene, record_property, at: str):
    record_property("attacks", 1)
    now = time.time()
    stated = {"an hour old": now - 3600, "an hour early": now + 3600, "of 1970": 0, "without time": None}
    _, text, mac = sign_session(_claims(scene, at=stated[at]))
    with pytest.raises(psycopg.Error) as refusal:
        _open(scene.reader, text, mac)
    assert refusal.value.sqlstate == FORGED_CLAIMS


@pytest.mark.parametrize("case", ["of somebody else", "ended", "not begun", "unknown", "person unknown"])
def test_a_session_needs_an_employment_of_his_own(scene: Scene, record_property, case: str):
    record_property("attacks", 1)
    colleague = scene.world.worker("nurse", scene.hospital)
    changes = {
        "of somebody else": {"employment": colleague.employment},
        "unknown": {"employment": new_id()},
        "person unknown": {"person": new_id()},
    }.get(case, {})
    column = {"ended": "until_at", "not begun": "from_at"}.get(case)
    if column:
        at = hours(-1) if case == "ended" else hours(1)
        scene.world.run(
            f"UPDATE registry.employment SET {column} = %s WHERE id = %s", at, scene.physician.employment
        )
    _, text, mac = sign_session(_claims(scene, **changes))
    with pytest.raises(psycopg.Error) as refusal:
        _open(scene.reader, text, mac)
    assert refusal.value.sqlstate == FORGED_CLAIMS


def test_without_a_key_nobody_signs_in(scene: Scene, owner_dsn: str, record_property):
    """A missing key must not become a key of zeros."""
    record_property("attacks", 1)
    _, text, mac = sign_session(_claims(scene), key=b"")
    with psycopg.connect(owner_dsn) as connection, pytest.raises(psycopg.Error) as refusal:
        connection.execute("DELETE FROM gate.key")
        connection.execute(OPEN, (text, mac))
    assert refusal.value.sqlstate == FORGED_CLAIMS


# --- somebody else's session, or none


@pytest.mark.parametrize("secret", [b"", b"s" * 32, None, b"\x00"])
def test_a_guessed_secret_is_nobody(scene: Scene, record_property, secret: bytes | None):
    record_property("attacks", 1)
    with pytest.raises(psycopg.Error) as refusal:
        scene.reader.grant(secret, scene.treated)  # type: ignore[arg-type]
    assert refusal.value.sqlstate == NO_SESSION
    assert scene.grant().allowed


def test_the_hash_of_a_secret_is_no_secret(scene: Scene, record_property):
    record_property("attacks", 1)
    with pytest.raises(psycopg.Error) as refusal:
        scene.reader.grant(sha256(scene.secret).digest(), scene.treated)
    assert refusal.value.sqlstate == NO_SESSION


# statement on gate.session -> rule that refuses; the same session was good before
SESSION_ENDINGS = {
    "ended_at = now()": "ACD-7.ended",
    "ends_at = now()": "ACD-7.ended",
    "seen_at = now() - interval '2 hours'": "ACD-7.ended",
    "idle = '0 s'": "ACD-7.ended",
    "strong_at = NULL": "ALL-3.second-factor",
    "purpose = 'insurance'": "ACD-6.purpose",
    "purpose = 'occupational-medicine'": "ACD-6.purpose",
    "purpose = 'expertise'": "ACD-6.purpose",
    "purpose = ''": "ACD-6.purpose",
}


@pytest.mark.parametrize("ending", SESSION_ENDINGS)
def test_a_session_that_is_no_longer_good(scene: Scene, record_property, ending: str):
    record_property("attacks", 1)
    scene.readable_grant()
    scene.world.run(f"UPDATE gate.session SET {ending} WHERE person_id = %s", scene.physician.person)
    refused = scene.reader.grant(scene.secret, scene.treated)
    assert (refused.allowed, refused.rule) == (False, SESSION_ENDINGS[ending])


def test_a_closed_session_lists_nothing(scene: Scene, record_property):
    record_property("attacks", 1)
    scene.reader.grants.execute("SELECT gate.close_session(%s)", (scene.secret,))
    answer = scene.reader.grants.execute(
        "SELECT allowed, patients FROM gate.grant_list(%s, 'list-patients', '{}', %s)",
        (scene.secret, os.urandom(32)),
    ).fetchone()
    assert answer == (False, [])


# --- exclusion (EXC)


def _rule(scene: Scene, **asked: object) -> str:
    return scene.reader.grant(scene.secret, scene.treated, **asked).rule  # type: ignore[arg-type]


def test_the_glass_does_not_pass_an_exclusion(scene: Scene, record_property):
    record_property("attacks", 1)
    scene.world.run("DELETE FROM relations.relation WHERE patient_id = %s", scene.treated)
    assert _rule(scene, glass=GLASS) == "BTG-1.emergency"
    scene.world.exclude(scene.treated, scene.physician.person)
    assert _rule(scene, glass=GLASS) == "EXC-2.excluded"


def test_a_lifting_passes_a_plain_exclusion_only(scene: Scene, record_property):
    record_property("attacks", 2)
    scene.world.exclude(scene.treated, scene.physician.person)
    assert _rule(scene) == "EXC-2.excluded"
    scene.world.lift(scene.treated, scene.physician.person)
    assert _rule(scene) == "EXC-7.lifted"
    scene.world.exclude(scene.treated, scene.physician.person, absolute=True)
    assert _rule(scene) == "EXC-2.excluded"


def test_a_lifting_for_another_person_or_record_helps_nobody(scene: Scene, record_property):
    record_property("attacks", 2)
    scene.world.exclude(scene.treated, scene.physician.person)
    scene.world.lift(scene.treated, scene.world.person())
    scene.world.lift(scene.stranger, scene.physician.person)
    assert _rule(scene) == "EXC-2.excluded"


@pytest.mark.parametrize(
    "verb", ["open-record", "open-item", "plan", "write-report", "who-looked", "list-patients"]
)
def test_an_excluded_person_is_refused_whatever_he_does(scene: Scene, record_property, verb: str):
    record_property("attacks", 1)
    assert scene.grant(verb=verb).allowed
    scene.world.exclude(scene.treated, scene.physician.person)
    assert _rule(scene, verb=verb) == "EXC-2.excluded"


def test_an_exclusion_follows_the_human_being(scene: Scene, record_property):
    """EXC-6: a second identifier, another institution, another function."""
    record_property("attacks", 1)
    elsewhere = scene.world.institution(network=False)
    second = scene.world.worker("gp", elsewhere, human=scene.physician.person)
    scene.world.relation(scene.treated, second, consented=True)
    session = scene.world.session(second, face="consult")
    assert scene.reader.grant(session, scene.treated).rule == "ACD-3.consent"
    scene.world.exclude(scene.treated, scene.physician.person)
    assert scene.reader.grant(session, scene.treated).rule == "EXC-2.excluded"


def test_two_identities_found_to_be_one_are_one_at_once(scene: Scene, record_property):
    """EXC-6: also in the session that was open when the desk found out."""
    record_property("attacks", 1)
    excluded = scene.world.person()
    scene.world.exclude(scene.treated, excluded)
    assert _rule(scene) == "ACD-2.work"
    scene.world.run(
        "UPDATE registry.person SET human_id = %s WHERE id = %s", excluded, scene.physician.person
    )
    assert _rule(scene) == "EXC-2.excluded"


def test_an_excluded_person_finds_nobody_in_lists(scene: Scene, record_property):
    record_property("attacks", 1)
    listing = "SELECT patients FROM gate.grant_list(%s, 'list-patients', '{}', %s)"
    assert scene.reader.grants.execute(listing, (scene.secret, os.urandom(32))).fetchone() == (
        [scene.treated],
    )
    scene.world.exclude(scene.treated, scene.physician.person)
    assert scene.reader.grants.execute(listing, (scene.secret, os.urandom(32))).fetchone() == ([],)


# --- break-the-glass (BTG)

BAD_GLASS = {
    "no reason": {"text": GLASS["text"]},
    "reason of his own": {"reason": "curious", "text": GLASS["text"]},
    "no text": {"reason": "unconscious"},
    "short text": {"reason": "unconscious", "text": "x" * 19},
    "spaces": {"reason": "unconscious", "text": " " * 40},
    "tabs": {"reason": "unconscious", "text": "\t" * 40},
    "lines": {"reason": "unconscious", "text": "\n" * 40},
    "padded": {"reason": "unconscious", "text": "help" + " " * 40},
    "nothing": {},
}


@pytest.mark.parametrize("name", BAD_GLASS)
def test_an_incomplete_glass_opens_nothing(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    assert scene.reader.grant(scene.secret, scene.stranger, glass=GLASS).rule == "BTG-1.emergency"
    assert scene.reader.grant(scene.secret, scene.stranger, glass=BAD_GLASS[name]).rule == "BTG-1.incomplete"


def test_the_glass_needs_a_fresh_second_factor(scene: Scene, record_property):
    record_property("attacks", 1)
    scene.world.run(
        "UPDATE gate.session SET strong_at = now() - interval '1 hour' WHERE person_id = %s",
        scene.physician.person,
    )
    assert scene.reader.grant(scene.secret, scene.stranger, glass=GLASS).rule == "BTG-1.incomplete"


@pytest.mark.parametrize("function", ["practical-nurse", "reception", "billing", "social-worker"])
def test_the_glass_needs_a_function(scene: Scene, record_property, function: str):
    record_property("attacks", 1)
    worker = scene.world.worker(function, scene.hospital)
    asked = scene.reader.grant(scene.world.session(worker), scene.stranger, glass=GLASS)
    assert asked.rule == "BTG-2.function"


def test_the_glass_is_written_down(scene: Scene):
    granted = scene.reader.grant(scene.secret, scene.stranger, glass=GLASS)
    written = scene.world.run("SELECT glass_reason, glass_text FROM log.entry WHERE id = %s", granted.entry)
    assert written == [(GLASS["reason"], GLASS["text"])]


# --- others who ask


@pytest.mark.parametrize(
    "function",
    ["ombuds", "medical-director", "data-protection-officer", "security-officer", "registration-desk"],
)
def test_governance_opens_no_record(scene: Scene, record_property, function: str):
    record_property("attacks", 1)
    worker = scene.world.worker(function, scene.hospital)
    scene.world.relation(scene.treated, worker)
    session = scene.world.session(worker, purpose="governance", face="desk")
    for asked in ({}, {"glass": GLASS}, {"verb": "plan"}):
        assert scene.reader.grant(session, scene.treated, **asked).rule == "ACS-4.governance"


def test_a_patient_opens_his_own_record_alone(scene: Scene, record_property):
    record_property("attacks", 1)
    session = scene.world.own_session(scene.treated)
    assert scene.reader.grant(session, scene.treated).rule == "MY-4.own"
    assert scene.reader.grant(session, scene.stranger).rule == "ACD-1.not-own"
    assert scene.reader.grant(session, scene.stranger, glass=GLASS).rule == "ACD-1.not-own"


def test_a_representation_does_not_reach_further(scene: Scene, record_property):
    record_property("attacks", 2)
    guardian = scene.world.person(professional=False)
    scene.world.represent(scene.treated, guardian, kind="legal")
    session = scene.world.representative_session(guardian)
    assert scene.reader.grant(session, scene.treated).rule == "REP-3.legal"
    assert scene.reader.grant(session, scene.stranger).rule == "REP-4.none"
    scene.world.run(
        "UPDATE relations.representation SET state = 'suspended' WHERE patient_id = %s", scene.treated
    )
    assert scene.reader.grant(session, scene.treated).rule == "REP-1.dispute"


def test_death_closes_the_record_to_patient_and_representative(scene: Scene, record_property):
    record_property("attacks", 2)
    guardian = scene.world.person(professional=False)
    scene.world.represent(scene.treated, guardian, kind="legal")
    sessions = [scene.world.own_session(scene.treated), scene.world.representative_session(guardian)]
    assert all(scene.reader.grant(session, scene.treated).allowed for session in sessions)
    scene.world.run("UPDATE registry.patient SET deceased_at = now() WHERE id = %s", scene.treated)
    assert {scene.reader.grant(session, scene.treated).rule for session in sessions} == {"DTH-1.closed"}


def test_the_outside_is_refused_where_the_patient_refuses_it(scene: Scene, record_property):
    record_property("attacks", 2)
    practice = scene.world.institution(network=False)
    gp = scene.world.worker("gp", practice)
    scene.world.relation(scene.treated, gp, kind="request", consented=True)
    session = scene.world.session(gp, face="consult")
    assert scene.reader.grant(session, scene.treated).rule == "ACD-3.consent"
    scene.world.run("UPDATE registry.patient SET refuses_outside = true WHERE id = %s", scene.treated)
    assert scene.reader.grant(session, scene.treated).rule == "CON-10.refused"
    assert scene.reader.grant(session, scene.treated, glass=GLASS).rule == "CON-10.refused"
    assert _rule(scene) == "ACD-2.work"


# --- a refusal tells nothing (ACD-8)


def test_a_refusal_is_the_same_for_a_record_that_does_not_exist(scene: Scene, record_property):
    record_property("attacks", 1)
    known = scene.reader.grant(scene.secret, scene.stranger)
    unknown = scene.reader.grant(scene.secret, new_id())
    assert (known.allowed, known.rule) == (unknown.allowed, unknown.rule)


def test_a_refusal_does_not_tell_whose_item_it_is(scene: Scene, record_property):
    record_property("attacks", 1)
    permitted = scene.reader.grant(scene.secret, None, items=[scene.treated_item], verb="open-item")
    assert permitted.whom == scene.treated
    refused = scene.reader.grant(scene.secret, None, items=[scene.stranger_item], verb="open-item")
    assert (refused.allowed, refused.whom) == (False, None)


def test_every_refusal_is_written_down(scene: Scene):
    refused = scene.reader.grant(scene.secret, scene.stranger)
    written = scene.world.run(
        "SELECT patient_id, rule, permitted FROM log.entry WHERE id = %s", refused.entry
    )
    assert written == [(scene.stranger, "ACD-1.none", False)]
