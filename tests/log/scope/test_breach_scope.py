"""Who saw what between two instants (GDPR art. 33): counts and lines by account, device, institution, session; never before its own entry (LOG-1)."""

import csv
import json
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.actions.clinic import Clinic, days
from tests.gate.reader import GLASS
from tests.log.audit.balp import ADDRESS, faults
from unidossier.actions.list_my_patients import list_my_patients
from unidossier.actions.open_record import open_record
from unidossier.command import main
from unidossier.gate import door
from unidossier.gate.door import AccessRefused, Ask
from unidossier.log.scope import NothingAsked, Scope, write_entry
from unidossier.record.queries import Filter
from unidossier.record.validation import validate

GROUND = "a laptop of the ward was stolen"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(clinic: Clinic, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call the command as an operator does; give its exit code and what it printed."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(
        *arguments: str, ground: str = GROUND, of: tuple[str, ...] = ("breach-scope",)
    ) -> tuple[int, str]:
        period = ["--since", days(-1).isoformat(), "--until", days(1).isoformat()]
        code = main([*of, *period, "--ground", ground, *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def _open(clinic: Clinic, secret: bytes) -> None:
    open_record(secret, patient=clinic.patient, chosen=Filter())


def test_counts_are_of_the_device_that_was_lost(clinic: Clinic, run: Run) -> None:
    lost = clinic.world.session(clinic.physician, device="lost-laptop", address="192.0.2.9")
    other = clinic.world.patient()
    clinic.world.relation(other, clinic.physician)
    _open(clinic, lost)
    _open(clinic, lost)
    _open(clinic, clinic.secret)  # another browser of the same physician
    list_my_patients(lost)
    code, said = run("--device", "lost-laptop")
    assert code == 0
    assert "4 entries (0 refused), 1 people" in said  # sign-in, two openings, a list
    assert "2 patients whose data were opened" in said
    assert "open-record" in said and "list-patients" in said and "ACD-2.work" in said


@pytest.mark.parametrize("by", ["--account", "--institution", "--address", "--session", "--origin"])
def test_each_way_to_narrow_finds_its_own_and_nothing_else(
    clinic: Clinic, run: Run, tmp_path: Path, by: str
) -> None:
    stranger = clinic.world.worker("nurse", clinic.world.institution())
    lost = clinic.world.session(clinic.physician, address="192.0.2.11", face="consult")
    _open(clinic, lost)
    with pytest.raises(AccessRefused):
        _open(clinic, clinic.world.session(stranger, address="192.0.2.12"))
    ((session,),) = clinic.world.run("SELECT id FROM gate.session WHERE secret_hash = sha256(%s)", lost)
    value = {
        "--account": str(clinic.physician.person),
        "--institution": str(clinic.id),
        "--address": "192.0.2.11",
        "--session": str(session),
        "--origin": "consult",
    }[by]
    lines = tmp_path / "lines.csv"
    assert run(by, value, "--lines", str(lines))[0] == 0
    rows = list(csv.DictReader(lines.read_text().splitlines()))
    ours = [one for one in rows if one["patient_id"] == str(clinic.patient)]
    assert ours and all(one["person_id"] != str(stranger.person) for one in ours)
    (opened,) = [one for one in ours if one["verb"] == "open-record" and one["origin"] == "consult"]
    assert (opened["rule"], opened["permitted"], opened["times"]) == ("ACD-2.work", "t", "1")
    assert "administrative" in opened["categories"].split()
    assert stat.S_IMODE(lines.stat().st_mode) == 0o600
    told = tmp_path / "lines.ndjson"
    assert run(by, value, "--lines", str(told))[0] == 0
    same = [json.loads(line) for line in told.read_text().splitlines()]
    assert [
        (one["patient_id"], one["verb"], str(one["times"])) for one in same if one["rule"] == "ACD-2.work"
    ] == [(one["patient_id"], one["verb"], one["times"]) for one in rows if one["rule"] == "ACD-2.work"]


def test_refused_and_emergency_are_told_apart(clinic: Clinic, run: Run) -> None:
    emergency = clinic.world.session(
        clinic.world.worker("emergency-physician", clinic.id), device="er-screen"
    )
    door.read(emergency, Ask(verb="open-record", patient=clinic.patient, glass=GLASS))
    stranger = clinic.world.session(
        clinic.world.worker("nurse", clinic.world.institution()), device="er-screen"
    )
    with pytest.raises(AccessRefused):
        _open(clinic, stranger)
    _, said = run("--device", "er-screen")
    assert "4 entries (1 refused), 2 people" in said
    assert "1 patients whose data were opened" in said
    assert "1 emergency accesses" in said


def test_the_reading_is_an_entry_before_anything_is_shown(clinic: Clinic, run: Run) -> None:
    _, said = run("--institution", str(clinic.id))
    number = int(said.split("entry ")[1].split(" ")[0])
    ((verb, rule, detail, person),) = clinic.world.run(
        "SELECT verb, rule, detail, person_name FROM log.entry WHERE id = %s", number
    )
    assert (verb, rule, bool(person)) == ("breach-scope", "LOG-1.operator", True)
    assert (detail["ground"], detail["institution"]) == (GROUND, str(clinic.id))


def test_without_a_ground_nothing_is_read(clinic: Clinic, run: Run, tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    before = clinic.world.run("SELECT count(*) FROM log.entry WHERE verb = 'breach-scope'")
    code, said = run("--lines", str(lines), ground="because")
    assert (code, lines.exists()) == (1, False) and "--ground" in said
    assert clinic.world.run("SELECT count(*) FROM log.entry WHERE verb = 'breach-scope'") == before


def test_the_application_cannot_read_so(clinic: Clinic) -> None:
    with psycopg.connect(clinic.world.dsns.app, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            write_entry(connection, "breach-scope", operator="me", ground=GROUND, asked={})
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT device FROM log.entry")


def test_a_period_turned_round_is_refused() -> None:
    with pytest.raises(NothingAsked):
        Scope(since=days(1), until=days(0)).params()


@pytest.mark.parametrize(
    ("since", "until", "low", "high"),
    [
        ("2026-11-22T05:00", "2026-11-22T06:00", 202611, 202612),
        (
            "2026-11-01T00:30",
            "2026-11-01T06:00",
            202610,
            202612,
        ),  # an entry of a transaction begun before midnight
        ("2026-12-31T05:00", "2026-12-31T23:00", 202612, 202613),
        ("2026-12-31T05:00", "2027-01-01T01:00", 202612, 202702),
    ],
)
def test_only_the_months_of_the_period_are_read(since: str, until: str, low: int, high: int) -> None:
    scope = Scope(
        since=datetime.fromisoformat(since).replace(tzinfo=UTC),
        until=datetime.fromisoformat(until).replace(tzinfo=UTC),
    )
    params = scope.params()
    assert (params["low"], params["high"]) == (low * 10**13, high * 10**13)


def test_a_period_is_written_as_audit_events(clinic: Clinic, run: Run, tmp_path: Path) -> None:
    """LOG-7: every entry of the period, each valid and as its profile asks."""
    lost = clinic.world.session(clinic.physician, device="b-laptop", address="192.0.2.13")
    _open(clinic, lost)
    list_my_patients(lost)
    file = tmp_path / "events.ndjson"
    code, said = run(str(file), of=("log", "audit-events"))
    assert code == 0 and "AuditEvents written" in said
    events: list[dict[str, Any]] = [json.loads(line) for line in file.read_text().splitlines()]
    ours = [one for one in events if "b-laptop" in json.dumps(one)]
    assert [one["action"] for one in ours] == ["E", "E", "E"]  # sign-in, opening, list
    for event in ours:
        validate(json.dumps(event).encode())
        for name in event.get("meta", {}).get("profile", []):
            assert faults(event, name.removeprefix(ADDRESS)) == []
    ((count,),) = clinic.world.run(
        "SELECT count(*) FROM log.entry WHERE verb <> 'erased' AND at >= %s AND at < %s", days(-1), days(1)
    )
    assert len({one["id"].partition("-")[0] for one in events}) == count
