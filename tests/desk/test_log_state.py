"""The page on the state of the log (LOG-3): who reads it, what it says when all is well and when not."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.desk.conftest import FUNCTIONS, Desk
from tests.log.witness.written_log import WrittenLog, new_signer
from tests.portals.conftest import Visitor
from tests.signin.person import Browser
from unidossier.log import standing
from unidossier.log.tree.note import COSIGNATURE, Note
from unidossier.log.witness import seen
from unidossier.log.witness.seen import FeedState, Seen, write_state
from unidossier.log.witness.years import keep_witnessed

PATH = "/desk/log-state/"
READERS = ("ombuds", "medical-director", "data-protection-officer", "security-officer")
ALARMED = ("data-protection-officer", "security-officer")
WITNESS = new_signer("witness.example", kind=COSIGNATURE)


def text(browser: Browser, path: str = PATH) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def room_of_the_log(browser: Browser) -> str:
    """Return where the entry of the header leads, the work list itself when there is none."""
    found = re.search(r'href="([^"]+)"[^>]*>Log<', text(browser, "/desk/"))
    return found[1] if found else "/desk/"


@pytest.fixture
def log(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WrittenLog]:
    """A log of 1234 entries, witnessed just now by the one witness that it asks."""
    monkeypatch.setenv("UNIDOSSIER_LOG", str(tmp_path))
    made = WrittenLog(tmp_path, new_signer())
    made.grow(1234)
    now = int(datetime.now(UTC).timestamp())
    (tmp_path / "policy").write_text(
        f"witness w {WITNESS.verifier} http://w.example/\ngroup one 1 w\nquorum one\n"
    )
    note = Note.parse(made.signed())
    keep_witnessed(made.path, Note.parse(f"{note!s}{WITNESS.sign(note.text, at=now)}"), size=1234)
    write_state(tmp_path, FeedState(at=now, witnesses={"w": Seen().cosigned(made.origin, 1234, at=now)}))
    desk.world.run(
        """INSERT INTO log.tree (year, origin, size, root, last_xid, last_id, cluster, signed_at)
        VALUES (2999, %s, 1234, %s, '18446744073709551615', 9223372036854775807, log.cluster(), now())""",
        made.origin,
        made.frontier.root(),
    )
    yield made
    desk.world.run("DELETE FROM log.tree WHERE year = 2999")


def spoil(log: WrittenLog) -> None:
    failed = Seen().cosigned(log.origin, 9, at=100).failed("contradicts", "<b>no</b>", at=200)
    now = int(datetime.now(UTC).timestamp())
    write_state(log.folder, FeedState(at=now, witnesses={"w": failed}))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_those_who_answer_for_the_log_read_it_and_others_do_not(
    desk: Desk, visitor: Visitor, log: WrittenLog, function: str
) -> None:
    browser = visitor(desk.workers[function].person)
    assert (PATH in text(browser, room_of_the_log(browser))) is (function in READERS)
    if function not in READERS:
        assert browser.get(PATH).status_code == 403
        return
    page = text(browser)
    assert "All is well" in page
    assert "1234" in page
    assert log.frontier.root().hex() in page
    assert "witness.example" in page
    assert "1 of 1 witnesses are needed." in page


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_wrong_stands_on_the_page_and_on_the_work_list_of_the_officers(
    desk: Desk, visitor: Visitor, log: WrittenLog, function: str
) -> None:
    title = "A witness remembers another history of this log"
    browser = visitor(desk.workers[function].person)
    assert title not in text(browser, "/desk/")
    spoil(log)
    assert (title in text(browser, "/desk/")) is (function in ALARMED)
    if function in READERS:
        page = text(browser)
        assert title in page
        assert "remembers another history" in page
        assert "&lt;b&gt;no&lt;/b&gt;" in page  # a witness's own words
        assert "All is well" not in page


def test_a_log_that_never_began_says_so(
    desk: Desk, visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNIDOSSIER_LOG", str(tmp_path / "none"))
    browser = visitor(desk.workers["security-officer"].person)
    desk.world.run("TRUNCATE log.tree, log.leaf CASCADE")  # what tests before this one left
    page = text(browser)
    assert "No entry is in the tree yet" in page
    assert "Nobody outside watches over this log" in page


def test_every_alarm_and_every_trouble_has_its_words() -> None:
    from unidossier.portals.desk import present_log_state as words

    assert set(words.TITLES) == set(words.TO_DO) == set(standing.ALARMS)
    assert set(words.TROUBLES) == {"", *seen.TROUBLES}
