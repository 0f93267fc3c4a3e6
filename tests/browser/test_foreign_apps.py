"""SMART's own clients go through our sign-in: the one in Python, and the one of browsers where it is laid (make prove-fhir says how).

Each stands where an app of the demonstration is registered, in place of its pages.
"""

from uuid import UUID

import pytest
from fhirclient.client import FHIRClient
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.visit import Visit
from tests.fhir.peers.prove import foreign_folder, missing
from unidossier.demo.apps.registered import APPS, client_id

pytestmark = pytest.mark.browser
LIBRARY = foreign_folder() / "node_modules/fhirclient/build/fhir-client.min.js"
# in place of the program of the app's pages: what comes by a redirect cannot be answered by a test, its script can
JAVASCRIPT = "text/javascript; charset=utf-8"
PROGRAM = """{library}
(async () => {{
if (!location.pathname.endsWith('/back')) {{
await FHIR.oauth2.authorize({{clientId: '{id}', scope: '{scopes}', redirectUri: '{back}', iss: {iss}}});
return;
}}
{read}
}})();"""
READ = """const client = await FHIR.oauth2.ready();
const patient = await client.patient.read();
const found = await client.patient.request('Observation?_count=5');
document.querySelector('[data-says]').textContent = `${patient.name[0].family} ${client.user.resourceType} ${found.entry?.length ?? 0}`;"""


def _id(visit: Visit, slug: str) -> UUID:
    # the site is called by one of the two names of this machine; its apps are registered under the other's
    return client_id(slug, origin=visit.site.address.replace("127.0.0.1", "localhost"))


def test_the_client_in_python(visitor: Visitor) -> None:
    patient = visitor("isabelle.marchal", language="fr")
    back = f"{patient.site.address}/apps/dagboek/back"
    client = FHIRClient(
        settings={
            "app_id": str(_id(patient, "dagboek")),
            "api_base": f"{patient.site.address}/fhir/",
            "redirect_uri": back,
            "scope": "launch/patient openid fhirUser offline_access patient/Patient.r patient/AllergyIntolerance.rs",
        }
    )
    came: list[str] = []
    patient.page.on("request", lambda request: came.append(request.url))
    # the app's own pages would spend the code
    patient.page.route("**/apps/app.js", lambda route: route.fulfill(content_type=JAVASCRIPT, body=""))
    patient.page.goto(client.authorize_url)
    patient.click("Let it in")
    patient.page.wait_for_url("**/apps/dagboek/back**")
    (told,) = [url for url in came if "/apps/dagboek/back?" in url]
    client.handle_callback(told)
    assert client.ready
    assert client.patient.name[0].family == "Marchal"
    assert client.reauthorize() is True or client.ready


@pytest.mark.skipif(not LIBRARY.is_file(), reason=missing() or "fhirclient.js is not laid")
@pytest.mark.parametrize("way", ["from Ward", "standalone"])
def test_the_client_of_browsers(visitor: Visitor, way: str) -> None:
    slug, username = (
        ("koortscurve", "an.verlinden") if way == "from Ward" else ("dagboek", "isabelle.marchal")
    )
    visit = visitor(username, language="nl")
    iss = "undefined" if way == "from Ward" else f"'{visit.site.address}/fhir'"
    program = PROGRAM.format(
        library=LIBRARY.read_text(),
        id=_id(visit, slug),
        scopes=APPS[slug].scopes,
        back=f"/apps/{slug}/back",
        iss=iss,
        read=READ,
    )
    visit.page.route("**/apps/app.js", lambda route: route.fulfill(content_type=JAVASCRIPT, body=program))
    if way == "from Ward":
        visit.open_patient("Goossens Rita")
        visit.click("Apps …", role="link")
        visit.page.get_by_role("button", name="Koortscurve").click()
    else:
        visit.page.goto(f"/apps/{slug}/launch")
    visit.click("Let it in")
    told = "Goossens Practitioner" if way == "from Ward" else "Marchal Patient"
    expect(visit.page.get_by_role("status")).to_contain_text(told)
