"""The ribbon over a list: choosing a year keeps every other filter (REC-4)."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

from tests.actions.clinic import Clinic, row
from tests.portals.conftest import Visitor
from tests.signin.person import Browser

FILTERS = {"q": ["zorg & plan"], "kind": ["report", "letter"]}
ASKED = "?q=zorg+%26+plan&kind=report&kind=letter&from=2025-02-01&to=2026-03-01"


def links(page: str) -> list[tuple[str, dict[str, list[str]]]]:
    """Return path and query of every link of the ribbon."""
    drawn = page[page.index("data-ribbon") :]
    drawn = drawn[: drawn.index("</section>")]
    parts = [urlsplit(unescape(href)) for href in re.findall(r'href="([^"]*)"', drawn)]
    return [(one.path, parse_qs(one.query)) for one in parts]


def test_the_links_of_the_ribbon_keep_the_other_filters(clinic: Clinic, physician: Browser) -> None:
    clinic.store(
        *(
            row(search_text="zorg plan", clinical_at=f"{year}-02-20T00:00:00Z", title="zorg plan")
            for year in (2025, 2026)
        )
    )
    ((house,),) = clinic.world.run("SELECT key FROM registry.institution WHERE id = %s", clinic.id)
    path = f"/ward/patient/{clinic.patient}/"
    page = physician.get(f"{path}{ASKED}&institution={house}").content.decode()
    found = links(page)
    assert {where for where, _ in found} == {path}
    kept = FILTERS | {"institution": [house]}
    periods = [{key: query[key][0] for key in ("from", "to") if key in query} for _, query in found]
    assert all({k: v for k, v in query.items() if k not in ("from", "to")} == kept for _, query in found)
    years = [{"from": str(year), "to": str(year)} for year in (2025, 2026)]
    assert [periods.count(one) for one in years] == [2, 2], "once in the drawing, once in the table"
    assert periods.count({}) == 1, "all years"


def test_the_ribbon_of_the_patient_keeps_them_too(clinic: Clinic, visitor: Visitor) -> None:
    clinic.store(row(clinical_at="2026-02-20T00:00:00Z"))
    browser = visitor(clinic.world.person(professional=False, patient=clinic.patient))
    found = links(browser.get("/my/record/?kind=report").content.decode())
    assert ("/my/record/", {"kind": ["report"], "from": ["2026"], "to": ["2026"]}) in found
    assert all(query["kind"] == ["report"] for _, query in found)
