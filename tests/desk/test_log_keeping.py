"""The pages where two officers decide about the log (LOG-3, LOG-4): the form, the proof of who one is, the second person, and who is shut out."""

from typing import Any
from uuid import UUID

import pypdfium2
import pytest

from tests.actions.clinic import days
from tests.desk.conftest import Desk
from tests.log.erasure.conftest import YEAR, Keepers
from tests.portals.conftest import Visitor
from unidossier.actions.make_overview import make_overview
from unidossier.kernel.uuid7 import new_id
from unidossier.portals.desk.paper_overview import overview_pdf


def words_of(paper: bytes) -> str:
    """The text of a PDF's first page."""
    return str(pypdfium2.PdfDocument(paper)[0].get_textpage().get_text_range())


OFFICER, SECURITY = "data-protection-officer", "security-officer"
NUMBER = 2026110000000000001


@pytest.fixture
def keepers(desk: Desk) -> Keepers:
    return Keepers(
        clinic=desk.clinic,
        officer=desk.secrets[OFFICER],
        officer_worker=desk.workers[OFFICER],
        security=desk.secrets[SECURITY],
        security_worker=desk.workers[SECURITY],
    )


@pytest.mark.parametrize("function", ["ombuds", "medical-director", "registration-desk"])
def test_others_of_the_desk_do_not_see_it(desk: Desk, visitor: Visitor, function: str) -> None:
    other = visitor(desk.workers[function].person)
    for page in ("", "months/", "restores/", f"erase/{NUMBER}/"):
        assert other.get(f"/desk/log-keeping/{page}").status_code in (403, 404), page
    # a form alone shows nothing; sent, it is refused
    assert other.post("/desk/log-keeping/hold/", made=str(new_id()), reason="Just because").status_code in (
        403,
        404,
    )


def test_the_pages_say_what_is_kept_and_what_is_not(keepers: Keepers, visitor: Visitor) -> None:
    officer = visitor(keepers.officer_worker.person)
    hub = officer.get("/desk/log-keeping/").content
    assert b"No entry was ever erased" in hub or b"desk__found" in hub
    assert b"There is no legal hold" in hub
    months = officer.get("/desk/log-keeping/months/").content
    assert b"the month is not over" in months and b"5 years" in months
    assert officer.get("/desk/log-keeping/restores/").status_code == 200


def test_an_entry_is_erased_by_two_through_the_pages(keepers: Keepers, visitor: Visitor) -> None:
    """LOG-4."""
    entry = keepers.opened()
    officer, second = visitor(keepers.officer_worker.person), visitor(keepers.security_worker.person)
    found = officer.get(f"/desk/log-keeping/?entry={entry}")
    assert (found.status_code, found["Location"]) == (302, f"/desk/log-keeping/erase/{entry}/")
    form = officer.get(found["Location"]).content
    assert b"opened the record" in form and b"about 1 patient" in form and b"Nothing is erased yet" in form
    bare = officer.post(found["Location"], made=str(new_id()))
    assert bare.status_code == 200 and b"error-summary" in bare.content
    bent = officer.post(found["Location"], made="no id", ground="court-order", reason="Judgment of May")
    assert b"This page: Something of it is missing. Open it again." in bent.content
    asked = officer.post(
        found["Location"], made=str(new_id()), ground="court-order", reason="Judgment of the third of May"
    )
    assert (asked.status_code, asked["Location"]) == (302, "/desk/log-keeping/")
    ((request,),) = keepers.world.run("SELECT id FROM cases.erasure_request WHERE entry_id = %s", entry)
    mine = officer.get(f"/desk/log-keeping/erasure/{request}/").content
    assert b"Withdraw it" in mine and b'value="confirmed"' not in mine
    ((task,),) = keepers.world.run("SELECT id FROM cases.task WHERE subject_id = %s", request)
    assert b"Judgment of the third of May" in second.get(f"/desk/log-keeping/erasure/task/{task}/").content
    refused = second.post(f"/desk/log-keeping/erasure/{request}/", decision="refused", words="")
    assert b"Write the note first" in refused.content
    done = second.post(f"/desk/log-keeping/erasure/{request}/", decision="confirmed", words="")
    assert done.status_code == 302
    assert keepers.row(entry)["verb"] == "erased"
    late = second.get(f"/desk/log-keeping/erasure/{request}/").content
    assert b"Somebody has finished this task meanwhile" in late and b"<form" not in late.split(b"<main")[1]
    assert b"confirmed" in second.get("/desk/log-keeping/").content
    patient = visitor(keepers.world.person(professional=False, patient=keepers.patient))
    assert b"A line was erased by two people" in patient.get("/my/who-looked/").content
    ombuds = keepers.world.session(
        keepers.world.worker("ombuds", keepers.clinic.id), face="desk", purpose="governance"
    )
    made = make_overview(
        ombuds,
        patient=keepers.patient,
        overview=new_id(),
        task=None,
        since=days(-365),
    )
    for paper in (
        patient.get("/my/who-looked/paper/").content,
        overview_pdf(made, institution={"en": "Clinic"}),
    ):
        assert "erased" in words_of(paper), "nobody's list gets shorter in silence, on paper either"
    again = officer.get(f"/desk/log-keeping/erase/{entry}/").content
    assert b"erased already" in again


def test_a_bad_number_says_what_to_do(keepers: Keepers, visitor: Visitor) -> None:
    officer = visitor(keepers.officer_worker.person)
    for number in ("", "abc", "9" * 30, "0"):
        page = officer.get(f"/desk/log-keeping/?entry={number}")
        assert page.status_code == 200 and b"Write the number" in page.content, number


def test_an_entry_that_is_not_there_and_one_of_another_house_look_the_same(
    keepers: Keepers, visitor: Visitor
) -> None:
    entry = keepers.opened()
    keepers.world.run(
        "UPDATE log.entry SET institution_id = %s WHERE id = %s", keepers.world.institution(), entry
    )
    officer = visitor(keepers.officer_worker.person)
    pages = [officer.get(f"/desk/log-keeping/erase/{one}/").content for one in (entry, 1)]
    assert all(b"no such entry at this hospital" in one for one in pages)
    assert officer.get(f"/desk/log-keeping/erase/{2**70}/").status_code == 404
    for kind in ("erasure", "months", "restores/account", "restores"):
        assert officer.get(f"/desk/log-keeping/{kind}/{new_id()}/").status_code == 404


def test_without_a_fresh_proof_the_form_is_kept_while_it_is_given(keepers: Keepers, visitor: Visitor) -> None:
    entry = keepers.opened()
    officer = visitor(keepers.officer_worker.person)
    _age(officer)
    address = f"/desk/log-keeping/erase/{entry}/"
    answer = officer.post(address, made=str(new_id()), ground="authority", reason="Decision of the authority")
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/prove?")
    assert keepers.world.run("SELECT count(*) FROM cases.erasure_request WHERE entry_id = %s", entry) == [
        (0,)
    ]
    kept = officer.get(address).content
    assert b"Decision of the authority" in kept and b'value="authority"' in kept


def _age(browser: Any) -> None:
    """Let the proof of the second factor be ten minutes old."""
    session = browser.client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 600
    session["account_authentication_methods"] = list(session["account_authentication_methods"])
    session.save()


def test_the_time_of_keeping_changes_by_two_through_the_pages(keepers: Keepers, visitor: Visitor) -> None:
    officer, second = visitor(keepers.officer_worker.person), visitor(keepers.security_worker.person)
    assert b"/desk/log-keeping/months/" in officer.get("/desk/settings/").content
    assert officer.get("/desk/settings/log.retention/")["Location"] == "/desk/log-keeping/months/"
    low = officer.post(
        "/desk/log-keeping/months/propose/",
        made=str(new_id()),
        value="2",
        expected="5",
        reason="Less is enough",
    )
    assert low.status_code == 200 and b"error-summary" in low.content
    told = {"made": str(new_id()), "value": "7", "expected": "5", "reason": "The board wants seven"}
    assert officer.post("/desk/log-keeping/months/propose/", **told).status_code == 302
    ((task,),) = keepers.world.run("SELECT id FROM cases.task WHERE subject_id = %s", UUID(told["made"]))
    assert b"7 years" in second.get(f"/desk/log-keeping/months/task/{task}/").content
    assert (
        second.post(f"/desk/log-keeping/months/{told['made']}/", decision="confirmed", words="").status_code
        == 302
    )
    assert b"7 years" in officer.get("/desk/log-keeping/months/").content


def test_a_restore_is_explained_by_two_through_the_pages(keepers: Keepers, visitor: Visitor) -> None:
    keepers.opened()
    restored = keepers.lost()
    officer, second = visitor(keepers.officer_worker.person), visitor(keepers.security_worker.person)
    assert b"not explained" in officer.get("/desk/log-keeping/").content
    page = officer.get("/desk/log-keeping/restores/").content
    assert b"4 entries are known by their hash only" in page and str(YEAR).encode() in page
    told = {
        "made": str(new_id()),
        "ground": "hardware",
        "restored_to": "2026-05-03T10:00",
        "done_by": "Night shift",
        "reason": "The disk of the server broke",
    }
    address = f"/desk/log-keeping/restores/{restored}/"
    bad = officer.post(address, **(told | {"restored_to": "soon"}))
    assert b"This moment does not exist" in bad.content
    assert officer.post(address, **told).status_code == 302
    assert b"waits for a second person" in officer.get("/desk/log-keeping/restores/").content
    ((task,),) = keepers.world.run("SELECT id FROM cases.task WHERE subject_id = %s", UUID(told["made"]))
    assert b"Night shift" in second.get(f"/desk/log-keeping/restores/task/{task}/").content
    assert (
        second.post(
            f"/desk/log-keeping/restores/account/{told['made']}/", decision="confirmed", words=""
        ).status_code
        == 302
    )
    ((explained,),) = keepers.world.run("SELECT explained_entry FROM log.restored WHERE id = %s", restored)
    assert keepers.row(explained)["detail"]["restored_to"].startswith("2026-05-03T")


def test_a_hold_is_laid_and_ended_by_another(keepers: Keepers, visitor: Visitor) -> None:
    officer, second = visitor(keepers.officer_worker.person), visitor(keepers.security_worker.person)
    told = {"made": str(new_id()), "reason": "Dispute before the court"}
    assert officer.get(f"/desk/about/{keepers.patient}/hold/").status_code == 200
    assert officer.post(f"/desk/about/{keepers.patient}/hold/", **told).status_code == 302
    assert b"Every entry about one patient" in officer.get("/desk/log-keeping/").content
    assert f"/desk/log-keeping/hold/{told['made']}/end/".encode() in second.get("/desk/log-keeping/").content
    own = officer.post(f"/desk/log-keeping/hold/{told['made']}/end/", reason="It is settled now")
    assert b"A second person must decide" in own.content
    ended = second.post(f"/desk/log-keeping/hold/{told['made']}/end/", reason="It is settled now")
    assert ended.status_code == 302
