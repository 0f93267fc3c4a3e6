"""Apps that sign: each assertion once, for this server, by a registered key; and backend services (RFC 7523, SMART 2.2 4.1)."""

import base64
import hmac
import json
import time
from typing import Any
from uuid import UUID

import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from tests.fhir.resources import observation
from tests.smart.app import TYPE, StrictApp
from tests.smart.conftest import ES, RS, Smart
from unidossier.jobs.bulk import work_on_exports
from unidossier.kernel.category import Category
from unidossier.kernel.uuid7 import new_id

SCOPE = "system/Observation.rs"


@pytest.fixture(scope="module")
def archive(smart: Smart) -> StrictApp:
    return smart.backend("system/Observation.rs system/Patient.r")


def send(smart: Smart, app: StrictApp, assertion: str, **fields: str) -> Any:
    told = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_assertion_type": TYPE,
        "client_assertion": assertion,
    }
    return app.post(smart.at_work, "token", **(told | fields))


@pytest.mark.parametrize("key", [ES, RS], ids=["ES384", "RS384"])
def test_an_app_proves_itself_by_its_key(smart: Smart, key: Any) -> None:
    app = smart.app(key=key)
    told = app.tokens(smart.at_home, "openid patient/Observation.rs")
    assert smart.get(told["access_token"], f"Observation/{smart.items['potassium']}").status_code == 200
    answer = StrictApp(app.id).token(smart.at_home, app.code(smart.at_home, "openid patient/Observation.rs"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def b64(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


NOW = int(time.time())
BAD: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "https://elsewhere.example/token"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "0198c9a0-0000-7000-8000-000000000000"},
    "another subject": {"sub": "somebody"},
    "no subject": {"sub": None},
    "run out": {"exp": NOW - 600},
    "no end": {"exp": None},
    "an end far away": {"exp": NOW + 86_400},
    "an end that is text": {"exp": "tomorrow"},
    "not yet": {"nbf": NOW + 3600},
    "made tomorrow": {"iat": NOW + 86_400},
    "no jti": {"jti": None},
    "a jti that is a number": {"jti": 7},
    "a jti without end": {"jti": "x" * 300},
    "a kid of nobody": {"header": {"kid": "two"}},
    "no kid": {"header": {"kid": None}},
    "a key of its own": {"key": ECKey.generate_key("P-384", parameters={"kid": "one"}, private=True)},
    "a key beside it": {"key": (OWN := ECKey.generate_key("P-384", parameters={"kid": "own"}, private=True)), "header": {"kid": "own", "jwk": OWN.as_dict(private=False)}},
    "a key elsewhere": {"key": OWN, "header": {"kid": "own", "jku": "https://evil.example/keys"}},
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_assertion_proves_nothing(smart: Smart, archive: StrictApp, case: str) -> None:
    answer = send(smart, archive, archive.assertion(**BAD[case]))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def signed_by(secret: bytes, head: dict[str, str], claims: dict[str, Any]) -> str:
    signed = f"{b64(head)}.{b64(claims)}"
    return f"{signed}.{base64.urlsafe_b64encode(hmac.digest(secret, signed.encode(), 'sha384')).rstrip(b'=').decode()}"


def forged(app: StrictApp) -> dict[str, str]:
    good = app.assertion()
    head, body, signature = good.split(".")
    claims = {
        "iss": str(app.id),
        "sub": str(app.id),
        "aud": "http://localhost/smart/token",
        "jti": "j",
        "exp": int(time.time()) + 60,
    }
    return {
        "the public key as a secret": signed_by(
            ES.as_pem(private=False), {"alg": "HS384", "kid": "one"}, claims
        ),
        "unsigned": f"{b64({'alg': 'none', 'kid': 'one'})}.{b64(claims)}.",
        "another body": f"{head}.{b64(claims)}.{signature}",
        "another signature": f"{head}.{body}.{signature[::-1]}",
        "no signature": f"{head}.{body}.",
        "two parts": f"{head}.{body}",
        "empty": "",
        "rubbish": "a.b.c",
        "claims that are a list": f"{head}.{b64([1])}.{signature}",
        "deep claims": f"{head}.{base64.urlsafe_b64encode(b'[' * 4000).decode()}.{signature}",
        "too long": f"{head}.{'x' * 9000}.{signature}",
    }


@pytest.mark.parametrize("jti", [r"\ud800", r"\u0000"], ids=["half a sign", "NUL"])
def test_a_jti_of_odd_signs_is_a_jti_or_none(smart: Smart, archive: StrictApp, jti: str) -> None:
    claims = {"iss": str(archive.id), "sub": str(archive.id), "aud": "http://localhost/smart/token"}
    told = json.dumps(claims | {"exp": int(time.time()) + 60, "jti": "-"}).replace('"-"', f'"{jti}"')
    answer = send(
        smart, archive, jws.serialize_compact({"alg": "ES384", "kid": "one"}, told, ES, algorithms=["ES384"])
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "case",
    [
        "the public key as a secret",
        "unsigned",
        "another body",
        "another signature",
        "no signature",
        "two parts",
        "empty",
        "rubbish",
        "claims that are a list",
        "deep claims",
        "too long",
    ],
)
def test_what_is_no_assertion_of_the_app_proves_nothing(smart: Smart, archive: StrictApp, case: str) -> None:
    answer = send(smart, archive, forged(archive)[case])
    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == "invalid_client"


def test_an_assertion_is_good_once(smart: Smart, archive: StrictApp) -> None:
    assertion = archive.assertion()
    assert send(smart, archive, assertion).status_code == 200
    again = send(smart, archive, assertion)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_client")
    assert send(smart, archive, archive.assertion()).status_code == 200


def test_the_jti_of_one_app_is_not_spent_by_another(smart: Smart, archive: StrictApp) -> None:
    second = smart.backend(SCOPE)
    assert send(smart, archive, archive.assertion(jti="the same")).status_code == 200
    assert send(smart, second, second.assertion(jti="the same")).status_code == 200


def test_another_type_of_assertion_or_another_client_is_refused(smart: Smart, archive: StrictApp) -> None:
    saml = send(
        smart,
        archive,
        archive.assertion(),
        client_assertion_type="urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
    )
    assert saml.json()["error"] == "invalid_client"
    assert (
        send(smart, archive, archive.assertion(), client_id="0198c9a0-0000-7000-8000-000000000000").json()[
            "error"
        ]
        == "invalid_client"
    )


def test_a_backend_gets_its_scopes_for_five_minutes_and_no_refresh(smart: Smart, archive: StrictApp) -> None:
    told = send(
        smart,
        archive,
        archive.assertion(),
        scope="system/Observation.rs system/Condition.rs user/*.rs launch openid",
    ).json()
    assert told["scope"] == "system/Observation.rs"
    assert 0 < told["expires_in"] <= 300
    assert "refresh_token" not in told
    assert "id_token" not in told


@pytest.mark.parametrize("scope", ["", "user/*.rs", "system/*.rs", "openid"])
def test_a_backend_asks_for_what_it_is_registered_for(smart: Smart, archive: StrictApp, scope: str) -> None:
    assert send(smart, archive, archive.assertion(), scope=scope).json()["error"] == "invalid_scope"


def test_a_backend_reads_its_own_institution_within_its_scopes(smart: Smart, archive: StrictApp) -> None:
    # ACS-5
    token = send(smart, archive, archive.assertion(), scope="system/Observation.rs").json()["access_token"]
    assert smart.sees(token) == {"potassium", "pressure"}
    elsewhere = smart.world.patient()
    theirs = smart.world.item(
        elsewhere, smart.world.institution(), type="Observation", category=int(Category.LABORATORY)
    )
    assert smart.get(token, f"Observation/{theirs}").status_code == 404


def test_a_backend_writes_only_what_its_scopes_name(smart: Smart) -> None:
    from tests.fhir.resources import observation, patient

    def deliver(token: str, kind: str, body: dict[str, Any]) -> Any:
        headers = {"authorization": f"Bearer {token}", "content-type": "application/fhir+json"}
        return smart.api.request("POST", f"/fhir/{kind}", json=body, headers=headers)

    def token_of(scope: str) -> str:
        feeder = smart.backend(scope)
        return str(send(smart, feeder, feeder.assertion(), scope=scope).json()["access_token"])

    both, values, reading = (
        token_of("system/Patient.cr system/Observation.cr"),
        token_of("system/Observation.cr"),
        token_of("system/*.rs"),
    )
    made = deliver(both, "Patient", patient())
    assert made.status_code == 201, made.text
    someone = f"Patient/{made.json()['id']}"
    assert deliver(values, "Observation", observation(someone)).status_code == 201
    assert deliver(values, "Patient", patient()).status_code in (403, 422)
    assert deliver(reading, "Observation", observation(someone)).status_code in (403, 422)
    letter = {"resourceType": "Condition", "subject": {"reference": someone}, "code": {"text": "Asthma"}}
    assert deliver(values, "Condition", letter).status_code in (403, 422)


def test_a_backend_ends_with_its_machine_account(smart: Smart, archive: StrictApp) -> None:
    token = send(smart, archive, archive.assertion()).json()["access_token"]
    assert smart.sees(token) == {"potassium", "pressure"}
    smart.world.run("UPDATE registry.employment SET until_at = now() WHERE id = %s", smart.machine.employment)
    try:
        assert smart.sees(token) == set()
        assert send(smart, archive, archive.assertion()).json()["error"] == "invalid_grant"
    finally:
        smart.world.run(
            "UPDATE registry.employment SET until_at = NULL WHERE id = %s", smart.machine.employment
        )


def test_a_backend_searches_and_takes_out_what_its_scopes_name(smart: Smart, archive: StrictApp) -> None:
    token = send(smart, archive, archive.assertion()).json()["access_token"]
    lasting = {
        "authorization": f"Bearer {token}",
        "accept": "application/fhir+json",
        "prefer": "respond-async",
    }

    def found(query: str) -> set[str]:
        answer = smart.get(token, query)
        assert answer.status_code in (200, 403), answer.text
        return {one["fullUrl"].rsplit("/", 2)[1] for one in answer.json().get("entry", ())}

    assert found("Observation?_count=50") == {"Observation"}
    assert found("AllergyIntolerance?_count=50") == set()
    refused = smart.api.get("/fhir/$export?_type=AllergyIntolerance", headers=lasting)
    whole = smart.api.get("/fhir/$export", headers=lasting)
    assert (refused.status_code, whole.status_code) == (403, 403)
    taken = smart.api.get("/fhir/$export?_type=Observation", headers=lasting)
    assert taken.status_code == 202, taken.text
    state = taken.headers["content-location"].split("/fhir/", 1)[1]
    smart.api.request("DELETE", f"/fhir/{state}", headers=lasting)


def test_an_export_is_of_the_app_that_asked_for_it(smart: Smart, archive: StrictApp) -> None:
    """Another system of the same institution learns nothing of it, fetches nothing and ends nothing (Bulk Data 2.0)."""
    rival = smart.backend(SCOPE)
    heads = []
    for app in (archive, rival):
        token = send(smart, app, app.assertion()).json()["access_token"]
        heads.append({"authorization": f"Bearer {token}", "prefer": "respond-async"})
    own, other = heads
    taken = smart.api.get("/fhir/$export?_type=Observation", headers=own)
    state = "/fhir/" + taken.headers["content-location"].split("/fhir/", 1)[1]
    assert work_on_exports(export=UUID(state.rsplit("/", 1)[1])) > 0
    file = smart.api.get(state, headers=own).json()["output"][0]["url"]
    assert smart.api.get(file, headers=own).status_code == 200
    for method, address in (("GET", state), ("GET", file), ("DELETE", state)):
        answer = smart.api.request(method, address, headers=other)
        assert answer.status_code == 404, (method, address, answer.text)
    machine = {
        "authorization": f"Bearer {smart.world.session(smart.machine, face='api', purpose='exchange').hex()}"
    }
    assert (
        smart.api.get(state, headers=machine).status_code == 200
    )  # the institution's own account sees what its apps took
    assert smart.api.request("DELETE", state, headers=own).status_code == 202


def test_an_older_version_of_another_category_stays_outside_the_scope(smart: Smart) -> None:
    """A measurement that was told as vital signs first: whoever has the laboratory alone sees that it is one now, not what it was."""
    app = smart.backend("system/Observation.rs")
    token = send(smart, app, app.assertion(), scope=f"{SCOPE}?category=laboratory").json()["access_token"]
    whole = send(smart, app, app.assertion()).json()["access_token"]
    machine = {
        "authorization": f"Bearer {smart.world.session(smart.machine, face='api', purpose='exchange').hex()}",
        "content-type": "application/fhir+json",
    }
    id_, told = str(new_id()), []
    for category in ("vital-signs", "laboratory"):
        body = observation(smart.patient, id=id_)
        body["category"][0]["coding"][0]["code"] = category
        assert smart.api.request("PUT", f"/fhir/Observation/{id_}", headers=machine, json=body).is_success
    for by in (token, whole):
        across = smart.get(by, "Observation/_history?_since=2026-01-01").json()
        alone = smart.get(by, f"Observation/{id_}/_history").json()
        told.append(
            [sum(one["fullUrl"].endswith(id_) for one in found["entry"]) for found in (across, alone)]
        )
    assert told == [[1, 1], [2, 2]]


def test_taking_back_is_no_way_to_write(smart: Smart) -> None:
    """With `d` alone a resource is deleted; a PUT that says entered-in-error would store any text."""
    app = smart.backend("system/Observation.crd system/Observation.rd")
    tokens = {}
    for may in ("crd", "rd"):
        scope = f"system/Observation.{may}"
        tokens[may] = {
            "authorization": f"Bearer {send(smart, app, app.assertion(), scope=scope).json()['access_token']}",
            "content-type": "application/fhir+json",
        }
    made = observation(smart.patient, id=str(new_id()))
    address = f"/fhir/Observation/{made['id']}"
    assert smart.api.request("PUT", address, headers=tokens["crd"], json=made).status_code == 201
    other = observation(smart.patient, id=str(new_id()), status="entered-in-error")
    for body in (other, made | {"status": "entered-in-error", "note": [{"text": "something else"}]}):
        sent = smart.api.request("PUT", f"/fhir/Observation/{body['id']}", headers=tokens["rd"], json=body)
        assert sent.status_code == 403, sent.text
    assert smart.api.request("DELETE", address, headers=tokens["rd"]).status_code == 204
    assert smart.api.get(address, headers=tokens["rd"]).status_code == 410
