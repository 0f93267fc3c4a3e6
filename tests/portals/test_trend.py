"""The course of a value in several units: converted where a number alone does it, else told plainly, never left out (MY-4)."""

import re
from html import unescape

from tests.actions.clinic import Clinic, row
from tests.signin.person import Browser
from unidossier.kernel.category import Category

LOINC = "http://loinc.org"


def values(clinic: Clinic, *told: tuple[str, str | None, str | None], code: str = "718-7") -> None:
    """Store (number, unit, text) of one code, oldest first, a month apart."""
    clinic.store(
        *(
            row(
                type="Observation",
                category=int(Category.LABORATORY),
                code_system=LOINC,
                code=code,
                title="Hb",
                value_num=number,
                value_text=text,
                unit=unit,
                clinical_at=f"2026-0{month}-01T08:00:00Z",
            )
            for month, (number, unit, text) in enumerate(told, 1)
        )
    )


def _words(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def shown(clinic: Clinic, browser: Browser, *, code: str = "718-7") -> tuple[list[str], list[str], list[str]]:
    """Return the drawn points (as told on hovering), the results of the table, newest first, and the notices."""
    path = f"/ward/patient/{clinic.patient}/trend/?code={code}&system={LOINC}"
    page = browser.get(path).content.decode()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    results = [_words(one) for one in re.findall(r'<td class="num">(.*?)</td>', table)]
    drawn = [_words(one).split(" · ")[1] for one in re.findall(r'data-text="([^"]*)"', page)]
    notices = [_words(one) for one in re.findall(r'notice--info">(.*?)</div>', page)]
    return drawn, results, notices


def test_values_are_converted_to_the_unit_of_the_newest(clinic: Clinic, physician: Browser) -> None:
    values(clinic, ("132", "g/L", "132"), ("131", "g/L", "<131"), ("13.4", "g/dL", "13.4"))
    drawn, results, notices = shown(clinic, physician)
    assert drawn == ["13.2 g/dL", "<13.1 g/dL", "13.4 g/dL"]
    assert results == ["13.4", "<13.1 (<131 g/L)", "13.2 (132 g/L)"]
    assert notices == []


def test_values_that_cannot_be_converted_are_told_and_stand_in_the_table(
    clinic: Clinic, physician: Browser
) -> None:
    values(
        clinic,
        ("90", "mg/dL", "90"),
        ("5.1", "mmol/L", "5.1"),
        ("95", "mg/dL", "95"),
        ("7", None, "7"),
        ("5.4", "mmol/L", "5.4"),
        code="2345-7",
    )
    drawn, results, notices = shown(clinic, physician, code="2345-7")
    assert drawn == ["5.1 mmol/L", "5.4 mmol/L"]
    assert results == ["5.4", "7", "95 mg/dL", "5.1", "90 mg/dL"]
    assert notices == [
        "2 values in mg/dL are not drawn: they cannot be converted to mmol/L. They stand in the table.",
        "1 value without a unit is not drawn. It stands in the table.",
    ]


def test_one_unit_alone_needs_no_word(clinic: Clinic, physician: Browser) -> None:
    values(clinic, ("13.1", "g/dL", None), ("13.4", "g/dL", None))
    assert shown(clinic, physician) == (["13.1 g/dL", "13.4 g/dL"], ["13.4", "13.1"], [])
