"""An app changed after its registration: who, what and why is kept, and what opens more than it may now is over at once (XCH-1, ACS-4, ACD-7)."""

from typing import Any

import pytest

from tests.signin.person import Browser, SignedUp
from tests.smart.app import Form, StrictApp
from tests.smart.conftest import ES, RS, WHY, Smart
from unidossier.actions.register_app import change_app, list_apps
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.registry.smart_app import AppFacts

WIDE = "openid offline_access launch/patient patient/*.rs"
PARTS = ("name", "about", "kind", "redirect_uris", "launch_uri", "scopes", "jwks")


def row(smart: Smart, app: StrictApp) -> dict[str, Any]:
    return next(one for one in list_apps(smart.officer) if one["id"] == app.id)


def change(smart: Smart, app: StrictApp, *, secret: bytes = b"", version: int = 0, **facts: Any) -> int:
    now = row(smart, app)
    return change_app(
        secret or smart.officer,
        id=new_id(),
        app=app.id,
        version=version or now["version"],
        becomes=AppFacts(**({part: now[part] for part in PARTS} | facts)),
        reason=WHY,
    )


def works(smart: Smart, told: dict[str, Any]) -> bool:
    return smart.get(told["access_token"], f"AllergyIntolerance/{smart.items['nuts']}").status_code == 200


# scopes of the registration afterwards -> does what was let in before stand
NARROWED = {
    "no less": ("openid offline_access launch/patient patient/*.rs user/*.r", True),
    "a type less": ("openid offline_access launch/patient patient/AllergyIntolerance.rs", False),
    "an interaction less": ("openid offline_access launch/patient patient/*.r", False),
    "never without the person": ("openid launch/patient patient/*.rs", False),
}


@pytest.mark.parametrize("case", NARROWED)
def test_what_opens_more_than_the_app_may_now_is_over_at_once(smart: Smart, case: str) -> None:
    scopes, stands = NARROWED[case]
    app = smart.app(scopes=WIDE)
    told = app.tokens(smart.at_home, "offline_access patient/*.rs")
    assert works(smart, told)
    assert change(smart, app, scopes=scopes) == (0 if stands else 1)
    assert works(smart, told) is stands
    assert ("access_token" in app.refresh(smart.at_home, told["refresh_token"]).json()) is stands
    own = smart.at_home.get("/my/apps/").content.decode()
    assert stands or "The hospital changed what the app may ask for." in own
    assert works(smart, app.tokens(smart.at_home, "openid patient/AllergyIntolerance.r"))


def test_what_a_person_left_out_before_keeps_it_standing(smart: Smart) -> None:
    app = smart.app(scopes=WIDE)
    told = app.tokens(smart.at_home, "patient/AllergyIntolerance.rs")
    assert change(smart, app, scopes="patient/AllergyIntolerance.rs launch/patient openid") == 0
    assert works(smart, told)


def test_a_question_asked_before_is_not_answered_beyond_it(smart: Smart) -> None:
    app = smart.app(scopes=WIDE)
    address = app.query("patient/*.rs")
    fields = Form.of(smart.at_home.get(address).content.decode()).fields
    change(smart, app, scopes="patient/AllergyIntolerance.r openid")
    answer = smart.at_home.post(address, **fields, answer="allow")
    assert "code=" not in (answer.get("Location") or "")
    assert smart.world.run("SELECT count(*) FROM gate.app_access WHERE app_id = %s", app.id) == [(0,)]


def test_a_code_on_its_way_to_an_address_that_is_gone_is_worth_nothing(smart: Smart) -> None:
    app = smart.app(scopes=WIDE)
    codes = [app.code(smart.at_home, "patient/*.rs") for _ in range(2)]
    change(smart, app, about="It moved.")
    assert "access_token" in app.token(smart.at_home, codes[0]).json()
    change(smart, app, redirect_uris=("https://moved.example/back",))
    assert app.token(smart.at_home, codes[1]).json()["error"] == "invalid_grant"


def test_a_key_that_is_gone_takes_the_tokens_along_that_it_may_have_got(smart: Smart) -> None:
    app = smart.app(key=ES, scopes=WIDE)
    told = app.tokens(smart.at_home, "offline_access patient/*.rs")
    first, second = ES.as_dict(private=False), RS.as_dict(private=False) | {"kid": "two"}
    change(smart, app, jwks={"keys": [first, second]})
    assert works(smart, told)
    change(smart, app, jwks={"keys": [second]})
    assert not works(smart, told)
    assert app.refresh(smart.at_home, told["refresh_token"]).json()["error"] == "invalid_client"
    change(smart, app, jwks={"keys": [first]})
    assert works(smart, app.refresh(smart.at_home, told["refresh_token"]).json())


def test_a_system_without_a_person_stops_at_its_narrower_scopes(smart: Smart) -> None:
    app = smart.backend("system/*.rs")
    asked = {"grant_type": "client_credentials", "scope": "system/*.rs"}
    token = app.post(smart.at_home, "token", **asked).json()["access_token"]
    assert smart.get(token, "Observation?_count=1").status_code == 200
    change(smart, app, scopes="system/Observation.rs")
    assert smart.get(token, "Observation?_count=1").status_code == 401


def test_who_changed_what_and_why_is_kept(smart: Smart) -> None:
    app = smart.app(name="Sleep", scopes="openid patient/*.rs")
    change(smart, app, name="Sleep well", about="Counts nights.")
    event = row(smart, app)["changes"][0]
    assert event["was"] == {"name": "Sleep", "about": ""}
    assert event["becomes"] == {"name": "Sleep well", "about": "Counts nights."}
    assert (event["reason"], event["version"]) == (WHY, 2)
    entry = smart.world.run(
        "SELECT detail ->> 'app', detail ->> 'reason', permitted FROM log.entry WHERE verb = 'register-app' AND detail ? 'version' ORDER BY id DESC LIMIT 1"
    )
    assert entry == [(str(app.id), WHY, True)]


def test_a_change_is_refused(smart: Smart) -> None:
    app = smart.app(name="Refused")
    elsewhere = smart.world.worker("security-officer", smart.world.institution())
    refused: dict[str, dict[str, Any]] = {
        "changed-meanwhile": {"name": "Other", "version": 9},
        "nothing-changes": {},
        "no-such-app": {
            "name": "Other",
            "secret": smart.world.session(elsewhere, face="desk", purpose="governance"),
        },
    }
    for code, given in refused.items():
        with pytest.raises(ActRefused, match=code):
            change(smart, app, **given)
    ombuds = smart.world.worker("ombuds", smart.hospital)
    with pytest.raises(AccessRefused):
        change(
            smart,
            app,
            name="Other",
            secret=smart.world.session(ombuds, face="desk", purpose="governance"),
        )
    assert row(smart, app)["changes"] == []


def test_a_stale_form_shows_what_changed_and_one_sent_twice_is_one_change(smart: Smart) -> None:
    desk = Browser(address="198.19.4.9")
    desk.go_in(SignedUp.make(smart.world.worker("data-protection-officer", smart.hospital).person))
    app = smart.app(name="Meanwhile", scopes="openid patient/*.rs")
    address = f"/desk/apps/{app.id}/change/"

    def form(**changes: str) -> dict[str, str]:
        now = row(smart, app)
        told = {part: now[part] or "" for part in ("name", "about", "launch_uri", "scopes")}
        hidden = Form.of(desk.get(address).content.decode()).fields
        return told | {"redirect_uris": "\n".join(now["redirect_uris"]), "reason": WHY} | hidden | changes

    late = form(name="Mine")
    first = form(about="Counts steps.")
    assert [desk.post(address, **first).status_code for _ in range(2)] == [302, 302]
    text = desk.post(address, **late).content.decode()
    assert "What it is for: nothing → Counts steps." in text
    assert 'value="Mine"' in text
    assert (row(smart, app)["name"], len(row(smart, app)["changes"])) == ("Meanwhile", 1)
    assert "Write scopes of SMART" in desk.post(address, **form(scopes="everything")).content.decode()
    assert "Counts steps." in desk.get("/desk/apps/").content.decode()
