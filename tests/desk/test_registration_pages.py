"""The pages of the registration desk: each act from the form to the file, and what bad input is told."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.actions.clinic import days
from tests.desk.conftest import Desk
from tests.portals.conftest import Visitor
from tests.signin.person import Browser
from unidossier.kernel.ssin import check_digits
from unidossier.kernel.uuid7 import new_id

REASON = "shown on paper"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
Page = Callable[..., str]


@pytest.fixture
def clerk(desk: Desk, visitor: Visitor) -> Browser:
    """The browser of the registration desk."""
    return visitor(desk.workers["registration-desk"].person)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} on the page"
    return found[1].replace("&quot;", '"')


def text(answer) -> str:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200
    return answer.content.decode()


def send(browser: Browser, path: str, **fields: object) -> str:
    """Fill in the form at `path` with its own hidden fields; return the page that follows."""
    form = text(browser.get(path))
    for name in ("made", "shown"):
        if f'name="{name}"' in form and name not in fields:
            fields[name] = hidden(form, name)
    return follow(browser, browser.post(path, sent="yes", **fields))  # type: ignore[arg-type]


def follow(browser: Browser, answer) -> str:  # type: ignore[no-untyped-def]
    return text(browser.get(answer["Location"])) if answer.status_code == 302 else text(answer)


def number() -> str:
    """A valid national number that nobody has."""
    first = f"80{new_id().int % 12 + 1:02}{new_id().int % 28 + 1:02}{new_id().int % 997:03}"
    return first + check_digits(first, century=1900)


IDENTITY = {"family": "Quist", "given": "Ann", "birth_date": "1990-02-03", "sex": "female", "language": "nl"}


def test_find_open_and_change_a_patient(desk: Desk, clerk: Browser) -> None:
    ((family,),) = desk.world.run("SELECT family FROM registry.patient WHERE id = %s", desk.patient)
    assert f"/desk/file/{desk.patient}/" in text(clerk.get(f"/desk/find/?q={family}"))
    assert "at least three letters" in text(clerk.get("/desk/find/?q=ab"))
    assert "Nobody is registered" in text(clerk.get("/desk/find/?q=30.02.1980"))
    page = send(
        clerk,
        f"/desk/file/{desk.patient}/identity/",
        **IDENTITY | {"family": family},
        phone="02 1",
        reason=REASON,
    )
    assert "The change is stored" in page and "02 1" in page and "Given names: Al → Ann" in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"family": ""}, "Write the family name."),
        ({"family": "x" * 101}, "at most 100 characters"),
        ({"birth_date": "2099-01-01"}, "lies in the future"),
        ({"birth_date": "31.02.1980"}, "This day does not exist"),
        ({"email": "nobody"}, "valid email"),
        ({"reason": "so"}, "at least ten characters"),
        ({"shown": "[1]"}, "changed these data meanwhile"),
        ({"shown": "{}"}, "changed these data meanwhile"),
    ],
)
def test_a_bad_identity_says_what_to_do(
    desk: Desk, clerk: Browser, changes: dict[str, str], told: str
) -> None:
    page = send(clerk, f"/desk/file/{desk.patient}/identity/", **IDENTITY | {"reason": REASON} | changes)
    assert told in page and "error-summary" in page


def test_a_form_older_than_a_change_shows_what_changed(desk: Desk, clerk: Browser) -> None:
    path = f"/desk/file/{desk.patient}/identity/"
    shown = hidden(text(clerk.get(path)), "shown")
    send(clerk, path, **IDENTITY, reason="first of two clerks")
    page = send(clerk, path, **IDENTITY | {"given": "Bea"}, reason="second of two clerks", shown=shown)
    assert "Changed meanwhile" in page and "first of two clerks" in page


def test_a_new_patient_is_registered_once_and_somebody_alike_is_shown(desk: Desk, clerk: Browser) -> None:
    told = IDENTITY | {"family": f"Quist{new_id().hex[-6:]}", "ssin": number()}
    made = hidden(text(clerk.get("/desk/register/")), "made")
    for _ in range(2):
        page = send(clerk, "/desk/register/", **told, made=made, is_other="True")
        assert told["family"] in page
    assert desk.world.run("SELECT count(*) FROM registry.patient WHERE family = %s", told["family"]) == [(1,)]
    again = send(clerk, "/desk/register/", **told | {"ssin": ""})
    assert "Somebody alike is registered already" in again and f"/desk/file/{made}/" in again
    taken = send(clerk, "/desk/register/", **told, is_other="on")
    assert "Another patient has this number" in taken
    other = send(clerk, "/desk/register/", **told | {"ssin": ""}, is_other="on")
    assert "The patient is registered" in other


@pytest.mark.parametrize(
    ("ssin", "told"),
    [
        ("12", "11 digits"),
        ("abc", "digits only"),
        ("85073003329", "last two digits"),
        ("85993003328", "does not exist"),
    ],
)
def test_a_mistyped_number_is_told(clerk: Browser, ssin: str, told: str) -> None:
    assert told in send(clerk, "/desk/register/", **IDENTITY, ssin=ssin)


def test_numbers_are_added_and_ended(desk: Desk, clerk: Browser) -> None:
    path, value = f"/desk/file/{desk.patient}/numbers/", number()
    fields = {"add-kind": "ssin", "add-value": value, "add-reason": REASON}
    assert "The change is stored" in send(clerk, path, deed="add", **fields)
    key = next(
        one for one in re.findall(r'<option value="([^"]+)"', text(clerk.get(path))) if one.endswith(value)
    )
    assert "until" in send(clerk, path, deed="end", **{"end-number": key, "end-reason": REASON})
    assert "Select a valid choice" in send(
        clerk, path, deed="end", **{"end-number": "x|1", "end-reason": REASON}
    )
    assert "last two digits" in send(clerk, path, deed="add", **fields | {"add-value": "85073003329"})


def test_the_general_practitioner_is_chosen_and_confirmed(desk: Desk, clerk: Browser) -> None:  # CON-3
    practice = desk.world.institution(network=False)
    first, second = desk.world.worker("gp", practice), desk.world.worker("gp", practice)
    ((name,),) = desk.world.run("SELECT family FROM registry.person WHERE id = %s", first.person)
    assert f"/gp/{first.person}/" in text(clerk.get(f"/desk/file/{desk.patient}/gp/?q={name}"))
    for one in (first, second):
        assert "is registered" in send(clerk, f"/desk/file/{desk.patient}/gp/{one.person}/")
    assert "Confirm for another twelve months" in text(clerk.get(f"/desk/file/{desk.patient}/gp/"))
    assert "is registered" in send(clerk, f"/desk/file/{desk.patient}/gp/{second.person}/")
    assert clerk.get(f"/desk/file/{desk.patient}/gp/{desk.clinic.physician.person}/").status_code == 404


def mandate(browser: Browser, patient: UUID, **changes: object) -> str:
    path = f"/desk/file/{patient}/mandate/"
    told = {
        "made": hidden(text(browser.get(path)), "made"),
        "kind": "mandate",
        "number": number(),
        "family": "Claes",
        "given": "Els",
        "authority": "care mandate of 3 March 2026",
        "categories": ["0", "1"],
        "scan": SimpleUploadedFile("mandate.pdf", PDF),
    } | changes
    return follow(browser, browser.post(path, **{k: v for k, v in told.items() if v is not None}))  # type: ignore[arg-type]


def test_a_mandate_is_registered_suspended_resumed_and_ended(
    desk: Desk, clerk: Browser
) -> None:  # REP-1, REP-4
    page = mandate(clerk, desk.patient)
    assert "The file is registered" in page and "Els" in page
    ((id_, decides, scope),) = desk.world.run(
        "SELECT id, decides, categories FROM relations.representation WHERE patient_id = %s", desk.patient
    )
    assert (decides, scope) == (False, 3)
    document = clerk.get(f"/desk/file/{desk.patient}/mandate/{id_}/document/")
    assert document.content == PDF and document["Content-Disposition"].startswith("attachment")
    for state, told in (("suspended", "suspended"), ("in-force", "Suspend"), ("withdrawn", "ended on")):
        assert told in send(clerk, f"/desk/file/{desk.patient}/mandate/{id_}/{state}/", reason=REASON)
    assert f"Reason: {REASON}" in text(clerk.get(f"/desk/file/{desk.patient}/"))
    page = send(clerk, f"/desk/file/{desk.patient}/mandate/{id_}/in-force/", reason=REASON)
    assert "meanwhile" in page  # what has ended is not resumed
    assert clerk.get(f"/desk/file/{desk.patient}/mandate/{id_}/gone/").status_code == 404


BOMB = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    + (60_000).to_bytes(4, "big") * 2
    + b"\x08\x02\x00\x00\x00"
    + bytes(8)
    + b"IEND"
    + bytes(4)
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scan": None}, "Choose the scanned paper."),
        ({"scan": SimpleUploadedFile("a.pdf", b"MZ an executable")}, "no PDF, JPEG or PNG"),
        ({"scan": SimpleUploadedFile("a.pdf", b"%PDF-1.7 cut off")}, "damaged"),
        ({"scan": SimpleUploadedFile("a.png", BOMB)}, "too many points"),
        ({"scan": SimpleUploadedFile("a.pdf", PDF + bytes(5 * 1024 * 1024))}, "larger than 5 MB"),
        ({"categories": []}, "Tick what this person may see."),
        ({"kind": "designated"}, "Select a valid choice"),
        ({"kind": "parent"}, "age of own access"),
        ({"number": "1"}, "11 digits"),
        ({"authority": ""}, "which document proves it"),
        ({"starts": "2026-05-01", "ends": "2026-04-01"}, "before the start"),
        ({"ends": "1.1.2020"}, "in the past"),
    ],
)
def test_a_bad_mandate_says_what_to_do(
    desk: Desk, clerk: Browser, changes: dict[str, object], told: str
) -> None:
    page = mandate(clerk, desk.patient, **changes)
    assert told in page and "error-summary" in page
    assert desk.world.run("SELECT FROM relations.representation WHERE patient_id = %s", desk.patient) == []


def test_a_number_of_somebody_else_is_told(desk: Desk, clerk: Browser) -> None:
    known = number()
    assert "The file is registered" in mandate(clerk, desk.patient, number=known)
    page = mandate(clerk, desk.patient, number=known, family="Somebody Else")
    assert "This number belongs to Els Claes" in page


def test_an_exclusion_by_form_and_its_end(desk: Desk, clerk: Browser) -> None:  # EXC-4, EXC-5
    nurse = desk.world.worker("nurse", desk.clinic.id)
    ((name,),) = desk.world.run("SELECT family FROM registry.person WHERE id = %s", nurse.person)
    assert f"/exclude/{nurse.person}/" in text(clerk.get(f"/desk/file/{desk.patient}/exclude/?q={name}"))
    page = send(clerk, f"/desk/file/{desk.patient}/exclude/{nurse.person}/", absolute="on")
    assert "in force" in page and "also in emergencies" in page
    assert "excluded already" in send(clerk, f"/desk/file/{desk.patient}/exclude/{nurse.person}/")
    elsewhere = desk.world.worker("nurse", desk.world.institution())
    assert "does not work here" in send(clerk, f"/desk/file/{desk.patient}/exclude/{elsewhere.person}/")
    ((id_,),) = desk.world.run("SELECT id FROM relations.exclusion WHERE patient_id = %s", desk.patient)
    assert "The exclusion has ended" in send(
        clerk, f"/desk/file/{desk.patient}/exclusion/{id_}/end/", reason=REASON
    )
    federal = desk.world.exclude(desk.patient, nurse.person, source="federal")
    assert "federal portal alone" in send(
        clerk, f"/desk/file/{desk.patient}/exclusion/{federal}/end/", reason=REASON
    )


def test_an_exclusion_of_the_portal_is_confirmed(desk: Desk, clerk: Browser) -> None:  # EXC-4
    nurse = desk.world.worker("nurse", desk.clinic.id)
    exclusion = desk.world.exclude(desk.patient, nurse.person)
    task = desk.task(kind="confirm-exclusion", patient=desk.patient)
    desk.world.run(
        "UPDATE cases.task SET subject_id = %s, person_id = %s WHERE id = %s", exclusion, nurse.person, task
    )
    assert "Confirm who is meant" in text(clerk.get(f"/desk/confirm-exclusion/{task}/"))
    assert "The exclusion is confirmed" in send(
        clerk, f"/desk/confirm-exclusion/{task}/now/", words="seen his card"
    )
    assert desk.world.run(
        "SELECT confirmed_by IS NOT NULL FROM relations.exclusion WHERE id = %s", exclusion
    ) == [(True,)]
    assert desk.world.run("SELECT state, outcome FROM cases.task WHERE id = %s", task) == [
        ("done", "confirmed")
    ]
    assert "meanwhile" in send(clerk, f"/desk/confirm-exclusion/{task}/now/")


def test_a_false_death_takes_two(desk: Desk, clerk: Browser, visitor: Visitor) -> None:  # DTH-1, DTH-4
    at = (days(-1) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    page = send(clerk, f"/desk/file/{desk.patient}/death/", at=at, source="death certificate")
    assert "The death is recorded" in page and "deceased" in page
    assert "recorded already" in send(
        clerk, f"/desk/file/{desk.patient}/death/", at=at, source="death certificate"
    )
    assert "A colleague must confirm" in send(
        clerk, f"/desk/file/{desk.patient}/death/reverse/", reason="wrong patient chosen"
    )
    ((task,),) = desk.world.run(
        "SELECT id FROM cases.task WHERE kind = 'death-reversal' AND patient_id = %s", desk.patient
    )
    own = text(clerk.get(f"/desk/death-reversal/{task}/"))
    assert "You asked for it yourself" in own and "/confirm/" not in own
    assert "A colleague must answer" in send(clerk, f"/desk/death-reversal/{task}/confirm/")
    colleague = visitor(desk.world.worker("registration-desk", desk.clinic.id).person)
    assert "wrong patient chosen" in text(colleague.get(f"/desk/death-reversal/{task}/"))
    assert "The death is reversed" in send(colleague, f"/desk/death-reversal/{task}/confirm/")
    assert desk.world.run("SELECT deceased_at FROM registry.patient WHERE id = %s", desk.patient) == [(None,)]
    assert "meanwhile" in send(colleague, f"/desk/death-reversal/{task}/confirm/")


def test_a_reversal_is_refused_with_words(desk: Desk, clerk: Browser, visitor: Visitor) -> None:
    at = days(-1).strftime("%Y-%m-%dT%H:%M")
    send(clerk, f"/desk/file/{desk.patient}/death/", at=at, source="death certificate")
    send(clerk, f"/desk/file/{desk.patient}/death/reverse/", reason="wrong patient chosen")
    ((task,),) = desk.world.run(
        "SELECT id FROM cases.task WHERE kind = 'death-reversal' AND patient_id = %s", desk.patient
    )
    colleague = visitor(desk.world.worker("registration-desk", desk.clinic.id).person)
    assert "Write why you refuse" in send(colleague, f"/desk/death-reversal/{task}/refuse/")
    assert "The reversal is refused" in send(
        colleague, f"/desk/death-reversal/{task}/refuse/", words="it is true"
    )
    assert desk.world.run("SELECT deceased_at IS NULL FROM registry.patient WHERE id = %s", desk.patient) == [
        (False,)
    ]


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2999-01-01T10:00", "not come yet"),
        ("1950-01-01T10:00", "before the birth"),
        ("", "Say when"),
        ("x", "does not exist"),
    ],
)
def test_an_impossible_death_is_told(desk: Desk, clerk: Browser, at: str, told: str) -> None:
    assert told in send(clerk, f"/desk/file/{desk.patient}/death/", at=at, source="family")


def test_two_records_are_compared_merged_and_parted(desk: Desk, clerk: Browser) -> None:  # REC-8
    other = desk.world.patient()
    desk.world.run("INSERT INTO record.presence VALUES (%s, %s)", other, desk.clinic.id)
    desk.world.run(
        "UPDATE registry.patient o SET family = p.family, sort_key = p.sort_key, birth_date = p.birth_date FROM registry.patient p WHERE o.id = %s AND p.id = %s",
        other,
        desk.patient,
    )
    page = text(clerk.get("/desk/duplicates/"))
    (path,) = [
        one for one in re.findall(r"/desk/duplicates/[0-9a-f-]+/[0-9a-f-]+/", page) if str(other) in one
    ]
    assert "Choose which record stays" in send(clerk, path, deed="merge", reason=REASON)
    fields = {"deed": "merge", "kept": str(desk.patient), "reason": REASON}
    sure = send(clerk, path, **fields)
    assert "Merge these two records?" in sure
    assert desk.world.run("SELECT merged_into FROM registry.patient WHERE id = %s", other) == [(None,)]
    done = send(clerk, path, **fields, made=hidden(sure, "made"), sure="yes")
    assert "The two records are one" in done
    (undo,) = re.findall(r"/desk/file/[0-9a-f-]+/merge/[0-9a-f-]+/undo/", done)
    assert "parted again" in send(clerk, undo, reason="two people after all")
    assert "meanwhile" in send(clerk, undo, reason="two people after all")
    assert "Noted" in send(clerk, path, deed="apart", **{"apart-reason": "cousins, seen both"})
    assert str(other) not in text(clerk.get("/desk/duplicates/"))


@pytest.mark.parametrize("function", ["ombuds", "medical-director", "data-protection-officer"])
def test_others_at_the_desk_see_the_file_and_change_nothing(
    desk: Desk, visitor: Visitor, function: str
) -> None:  # ACS-4
    browser = visitor(desk.workers[function].person)
    page = text(browser.get(f"/desk/file/{desk.patient}/"))
    assert "/identity/" not in page and "/death/" not in page
    path = f"/desk/file/{desk.patient}/identity/"
    shown = hidden(text(browser.get(path)), "shown")
    answer = browser.post(path, **IDENTITY, reason=REASON, shown=shown)
    assert answer.status_code != 302 and b"The change is stored" not in answer.content
    assert desk.world.run(
        "SELECT count(*) FROM registry.patient_change WHERE patient_id = %s", desk.patient
    ) == [(0,)]


def test_whom_one_may_not_know_is_like_nobody(desk: Desk, clerk: Browser) -> None:  # ACD-8
    desk.world.exclude(desk.patient, desk.workers["registration-desk"].person)
    paths = ("", "identity/", "numbers/", "gp/", "mandate/", "exclude/", "death/")
    for path in paths:
        hidden_one, nobody = (clerk.get(f"/desk/file/{one}/{path}") for one in (desk.patient, new_id()))
        assert (hidden_one.status_code, nobody.status_code) == (
            403,
            403,
        ) or hidden_one.status_code == nobody.status_code
        assert str(desk.patient)[:8] not in hidden_one.content.decode().replace(
            f"/desk/file/{desk.patient}", ""
        )
