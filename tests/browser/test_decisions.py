"""My: the patient decides who sees the record (MY-14, EXC-9, CON-5, CON-10, REP-4), by clicking, in two languages."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import LANGUAGES, Visitor
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
# another one in each language: the site is one for all tests
WITHDRAWN = {"nl": "Wim Smets", "fr": "Fien Pauwels"}
TEAMS = {"fr": "Thuisverpleging Zonneroute"}  # of those who see the record as one of a team too
EXCLUDED = {"nl": "Jana Verlinden", "fr": "Noor Verlinden"}
TEAM = {"nl": "Thuisverpleging Zonneroute", "fr": "Kinepraktijk In Beweging"}


@pytest.fixture(params=LANGUAGES)
def patient(visitor: Visitor, request: pytest.FixtureRequest) -> Visit:
    """Rita Goossens at home."""
    return visitor("rita.goossens", language=request.param)


def line(visit: Visit, name: str) -> Locator:
    return visit.page.locator(".relation", has_text=name)


def deed(visit: Visit, name: str, text: str) -> Locator:
    return line(visit, name).get_by_role("link", name=re.compile(re.escape(visit.words(text)))).first


def search(visit: Visit, text: str) -> None:
    visit.page.locator("input[name=q]").fill(text)
    visit.page.locator("main form[role=search] button").click()


def in_days(count: int) -> str:
    return str((datetime.now(ZoneInfo("Europe/Brussels")) + timedelta(days=count)).date())


def told(visit: Visit, text: str, **gaps: object) -> Locator:
    return visit.page.locator(".notice", has_text=visit.words(text, **gaps)).first


def test_an_access_is_withdrawn_in_three_steps(patient: Visit) -> None:  # MY-14
    name = WITHDRAWN[patient.words.language]
    patient.page.goto("/my/access/")
    patient.check()
    search(patient, name)
    expect(patient.page.locator(".relation")).to_have_count(1)
    deed(patient, name, "Withdraw").click()
    expect(patient.heading("Withdraw the access of %(name)s?", name=name, level=1)).to_be_visible()
    expect(
        patient.page.get_by_role(
            "link", name=patient.words("Exclude %(name)s instead, also for the future", name=name)
        )
    ).to_be_visible()
    patient.check()
    patient.click("Withdraw")
    teams = TEAMS.get(patient.words.language)
    ends = "%(name)s does not see your record any more, from now on."
    stays = (
        "%(name)s has no access alone any more, but still sees your record as one of a team: %(teams)s. Exclude this"
        " person to close that way too."
    )
    expect(told(patient, stays if teams else ends, name=name, teams=teams)).to_be_visible()
    expect(line(patient, name)).to_have_count(0)
    patient.page.goto("/my/access/ended/")
    expect(line(patient, name).first).to_contain_text(patient.words("withdrawn by you"))
    patient.check()


def test_a_team_is_withdrawn_and_its_people_may_be_excluded_one_by_one(patient: Visit) -> None:
    name = TEAM[patient.words.language]
    patient.page.goto("/my/access/?q=" + name)
    patient.page.locator(".relation a[href*='/team/']").click()
    expect(patient.page.locator(".plain-list a").first).to_be_visible()
    patient.check()
    patient.click("Withdraw")
    expect(
        told(patient, "%(name)s does not see your record any more, from now on.", name=name)
    ).to_be_visible()


def test_somebody_is_excluded_also_in_emergencies_and_again_allowed(patient: Visit) -> None:  # EXC-1, EXC-9
    name = EXCLUDED[patient.words.language]
    patient.page.goto("/my/access/")
    patient.click("Exclude somebody", role="link")
    expect(patient.heading("Who looked lately")).to_be_visible()
    patient.check()
    search(patient, name)
    patient.page.locator(".ways").get_by_role("link", name=name).click()
    expect(patient.heading("Exclude %(name)s?", name=name, level=1)).to_be_visible()
    consequences = patient.page.locator(".notice--warning li")
    expect(consequences.first).to_contain_text(
        patient.words(
            "No record, no appointment list, no search finds you any more for this person, in any institution."
        )
    )
    assert consequences.count() >= 3
    patient.check()
    patient.page.get_by_label(patient.words("Also in emergencies")).check()
    patient.page.get_by_role("button", name=patient.words("Exclude %(name)s", name=name), exact=True).click()
    expect(
        told(patient, "%(name)s is excluded, from now on and in every institution.", name=name)
    ).to_be_visible()
    expect(line(patient, name)).to_contain_text(patient.words("also in emergencies"))
    expect(line(patient, name)).to_contain_text(patient.words("the desk still confirms who is meant"))
    patient.check()
    deed(patient, name, "End").click()
    patient.check()
    patient.click("End the exclusion")
    expect(told(patient, "The exclusion has ended.")).to_be_visible()
    expect(line(patient, name)).to_have_count(0)


def test_an_excluded_carer_sees_the_refusal_at_once(visitor: Visitor) -> None:  # EXC-2, ACD-7
    carer = visitor("milan.coppens", language="nl")
    carer.open_patient("Goossens Rita")
    record = carer.page.url
    patient = visitor("rita.goossens", language="fr")
    patient.page.goto("/my/access/exclude/?q=Milan Coppens")
    patient.page.locator(".ways a").first.click()
    patient.page.locator("main form button").click()
    expect(line(patient, "Milan Coppens").first).to_be_visible()
    answer = carer.page.goto(record)
    assert answer is not None
    assert answer.status == 404
    carer.forgive("404")
    deed(patient, "Milan Coppens", "End").click()
    patient.click("End the exclusion")
    answer = carer.page.goto(record)
    assert answer is not None
    assert answer.status == 200


def test_a_request_is_accepted_with_a_scope_and_an_end(visitor: Visitor) -> None:  # CON-5
    patient = visitor("rita.goossens", language="nl")
    patient.page.goto("/my/access/")
    asking = patient.page.locator(".access__asking .relation").first
    expect(asking).to_contain_text("Leen Cools")
    asking.get_by_role("link").click()
    expect(patient.heading("%(name)s asks for access", name="Leen Cools", level=1)).to_be_visible()
    patient.check()
    patient.page.locator("input[name=last_day]").fill(in_days(500))
    patient.page.get_by_role("button", name=patient.words("Give access")).click()
    expect(patient.page.locator(".error-summary")).to_contain_text(
        patient.words("This is too long. Choose an earlier last day.")
    )
    patient.check()
    patient.page.locator("input[name=last_day]").fill(in_days(60))
    patient.page.get_by_label(patient.words("Mental health")).uncheck()
    patient.page.get_by_role("button", name=patient.words("Give access")).click()
    expect(told(patient, "The carer has access now. You can withdraw it at any moment.")).to_be_visible()
    expect(line(patient, "Leen Cools").first).to_be_visible()
    expect(patient.page.locator(".access__asking")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_carer_gets_access_for_a_time(visitor: Visitor, language: str) -> None:  # ACD-3
    name = {"nl": "Markus Lentz", "fr": "Fatima Benali"}[language]
    patient = visitor("rita.goossens", language=language)
    patient.page.goto("/my/access/give/")
    patient.check()
    search(patient, name)
    patient.page.locator(".ways a").first.click()
    expect(patient.heading("Give %(name)s access?", name=name, level=1)).to_be_visible()
    patient.check()
    patient.click("Give access")
    expect(
        told(patient, "%(name)s has access now. You can withdraw it at any moment.", name=name)
    ).to_be_visible()
    expect(line(patient, name).first).to_contain_text(patient.words("on the portal, by the patient"))


def test_all_access_from_outside_is_refused_and_allowed(visitor: Visitor) -> None:  # CON-10
    patient = visitor("stefan.kessler", language="de")
    patient.page.goto("/my/access/")
    patient.click("Refuse all access from outside", role="link")
    patient.check()
    patient.click("Refuse access from outside")
    expect(told(patient, "Nobody outside the hospitals sees your record any more.")).to_be_visible()
    patient.check()
    patient.click("Allow access from outside again", role="link")
    patient.check()
    patient.click("Allow access from outside")
    expect(
        told(patient, "Carers outside can see your record again, when they have a reason.")
    ).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mandate_is_given_and_withdrawn(visitor: Visitor, language: str) -> None:  # REP-4
    name = {"nl": "Els Goossens", "fr": "Tom Goossens"}[language]
    patient = visitor("rita.goossens", language=language)
    patient.page.goto("/my/access/mandate/")
    patient.page.get_by_label(patient.words("Name"), exact=True).fill(name)
    patient.page.locator("input[name=number]").fill("85.07.30-033.29")
    patient.page.locator("input[name=birth_date]").fill("1985-07-30")
    patient.click("Let this person act for me")
    expect(patient.page.locator(".error-summary")).to_contain_text(
        patient.words("This is not a national number. It has 11 digits, like 85.07.30-033.28.")
    )
    patient.check()
    expect(patient.page.get_by_label(patient.words("Name"), exact=True)).to_have_value(name)
    patient.page.locator("input[name=number]").fill("85.07.30-033.28")
    patient.click("Let this person act for me")
    expect(line(patient, name)).to_contain_text(patient.words("sees, decides nothing"))
    deed(patient, name, "Withdraw").click()
    patient.check()
    patient.click("Withdraw")
    expect(told(patient, "The mandate is withdrawn. It holds from now on.")).to_be_visible()
    expect(line(patient, name)).to_have_count(0)


def test_one_document_is_kept_inside_and_shown_again(patient: Visit) -> None:  # CON-10
    patient.page.goto("/my/record/?kind=letter")
    patient.page.locator(".item__link").nth({"nl": 1, "fr": 2}[patient.words.language]).click()
    patient.click("Not to be seen outside this hospital", role="link")
    patient.check()
    patient.click("Keep it inside")
    expect(patient.page.locator(".tag--internal").first).to_be_visible()
    patient.click("Show it outside this hospital again", role="link")
    patient.check()
    patient.click("Show it again")
    expect(patient.page.locator("#pane .tag--internal")).to_have_count(0)


def test_a_carer_holds_back_and_the_patient_sees_that_and_until_when(visitor: Visitor) -> None:  # MY-5
    carer = visitor("an.verlinden", language="fr")
    carer.open_patient("Goossens Rita")
    carer.page.goto(carer.page.url.split("?")[0] + "?kind=discharge")
    carer.page.locator(".item__link").first.click()
    carer.page.wait_for_url("**item=**")
    chosen = f".item__link[href*='{parse_qs(urlsplit(carer.page.url).query)['item'][0]}']"
    carer.click("Hold back from the patient", role="link")
    carer.check()
    carer.click("Hold back")
    expect(carer.page.locator(".error-summary")).to_contain_text(carer.words("Say why it is held back."))
    carer.page.locator("textarea[name=reason]").fill("Annoncé à la consultation de jeudi")
    carer.click("Hold back")
    expect(
        told(carer, "The item is held back. The patient sees that something is held back, and until when.")
    ).to_be_visible()
    patient = visitor("rita.goossens", language="nl")
    patient.page.goto("/my/record/?kind=discharge")
    expect(
        patient.page.locator(".notice", has=patient.page.locator("use[href$='#lock']")).first
    ).to_be_visible()
    expect(patient.page.locator(chosen)).to_have_count(0)
    patient.check()
    carer.click("Held back: change", role="link")
    carer.check()
    carer.click("Show it to the patient now")
    expect(told(carer, "The patient sees the item now.")).to_be_visible()
    patient.page.reload()
    expect(patient.page.locator(chosen).first).to_be_visible()


def test_somebody_unknown_is_asked_about(patient: Visit, visitor: Visitor) -> None:  # MY-15
    carer = visitor("sofie.claes", language="nl")
    carer.open_patient("Goossens Rita")
    patient.page.goto("/my/who-looked/")
    reader = patient.page.locator(".visit", has_text="Sofie Claes").first
    reader.locator("summary").click()
    reader.get_by_role("link", name=patient.words("I do not know this person")).click()
    expect(patient.heading("I do not know this person", level=1)).to_be_visible()
    patient.check()
    patient.page.locator("textarea[name=words]").fill("Ik was die dag thuis")
    patient.click("Ask the ombuds service")
    expect(patient.page.locator(".notice--success")).to_be_visible()
    patient.check()


def test_a_parent_decides_for_the_child_and_the_switch_is_always_there(
    visitor: Visitor,
) -> None:  # REP-1, REP-5
    father = visitor("bart.vermeiren", language="nl")
    father.page.get_by_role("button", name=re.compile("Lotte")).click()
    father.page.wait_for_url("**/my/")
    father.page.goto("/my/access/")
    expect(father.page.locator(".relation", has_text=father.words("parent")).first).to_be_visible()
    father.check()
    father.click("Exclude somebody", role="link")
    search(father, "Dirk Verlinden")
    father.page.locator(".ways a").first.click()
    father.page.locator("main form button").click()
    expect(line(father, "Dirk Verlinden").first).to_be_visible()
    deed(father, "Dirk Verlinden", "End").click()
    father.click("End the exclusion")
    father.click("Act for somebody else", role="link")
    expect(father.heading("For whom do you act?", level=1)).to_be_visible()
