"""Laboratory tests: code, unit and reference range of the terminology, and what is usual in one healthy person."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from unidossier.demo.codes import LOINC, rows
from unidossier.terminology import display, laboratory


@dataclass(frozen=True)
class Test:
    """One test. `between` is the spread from person to person, `within` that of one person from day to day."""

    key: str
    code: str
    unit: str  # UCUM
    low: float | None
    high: float | None
    decimals: int
    mean: float
    between: float
    within: float
    texts: dict[str, str]


def _limit(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@cache
def tests() -> dict[str, Test]:
    """key -> Test, for every test that the histories use."""
    made = {}
    for row in rows("laboratory"):
        known = laboratory.tests()[row["code"]]
        texts = {
            language: display(LOINC, row["code"], language) or row["key"]
            for language in ("nl", "fr", "de", "en")
        }
        made[row["key"]] = Test(
            key=row["key"], code=row["code"], unit=known.unit or "1", low=_limit(known.low), high=_limit(known.high),
            decimals=known.decimals, mean=float(row["mean"]), between=float(row["between"]), within=float(row["within"]),
            texts=texts,
        )  # fmt: skip
    return made


# panel -> LOINC code of the panel (None: no code of its own), words, tests
PANELS: dict[str, tuple[str | None, dict[str, str], tuple[str, ...]]] = {
    "electrolytes": ("24326-1", {"nl": "ionogram", "fr": "ionogramme", "de": "Elektrolyte", "en": "electrolytes"},
                     ("sodium", "potassium", "chloride", "bicarbonate")),
    "kidney": ("24362-6", {"nl": "nierfunctie", "fr": "fonction rénale", "de": "Nierenwerte", "en": "kidney function"},
               ("creatinine", "egfr", "urea")),
    "blood-count": ("58410-2", {"nl": "bloedbeeld", "fr": "hémogramme", "de": "Blutbild", "en": "blood count"},
                    ("haemoglobin", "haematocrit", "red-cells", "mcv", "white-cells", "neutrophils", "lymphocytes",
                     "eosinophils", "platelets")),
    "liver": ("24325-3", {"nl": "levertesten", "fr": "tests hépatiques", "de": "Leberwerte", "en": "liver tests"},
              ("ast", "alt", "ggt", "alp", "bilirubin", "albumin")),
    "lipids": ("57698-3", {"nl": "lipiden", "fr": "bilan lipidique", "de": "Lipidprofil", "en": "lipids"},
               ("hdl", "triglycerides", "cholesterol", "ldl")),
    "glucose": (None, {"nl": "glucose en HbA1c", "fr": "glycémie et HbA1c", "de": "Glukose und HbA1c",
                       "en": "glucose and HbA1c"}, ("glucose", "hba1c")),
    "inflammation": (None, {"nl": "ontsteking", "fr": "inflammation", "de": "Entzündungswerte", "en": "inflammation"},
                     ("crp", "sedimentation")),
    "crp": (None, {"nl": "CRP", "fr": "CRP", "de": "CRP", "en": "CRP"}, ("crp",)),
    "thyroid": (None, {"nl": "schildklier", "fr": "thyroïde", "de": "Schilddrüse", "en": "thyroid"}, ("tsh", "free-t4")),
    "heart": (None, {"nl": "NT-proBNP", "fr": "NT-proBNP", "de": "NT-proBNP", "en": "NT-proBNP"}, ("nt-probnp",)),
    "troponin": (None, {"nl": "troponine", "fr": "troponine", "de": "Troponin", "en": "troponin"}, ("troponin",)),
    "clotting": (None, {"nl": "stolling", "fr": "coagulation", "de": "Gerinnung", "en": "clotting"}, ("inr",)),
    "iron": (None, {"nl": "ijzer", "fr": "bilan martial", "de": "Eisenstatus", "en": "iron"},
             ("ferritin", "transferrin-saturation")),
    "vitamins": (None, {"nl": "vitamines", "fr": "vitamines", "de": "Vitamine", "en": "vitamins"},
                 ("vitamin-d", "vitamin-b12", "folate")),
    "bone": (None, {"nl": "calcium, fosfaat en PTH", "fr": "calcium, phosphate et PTH", "de": "Kalzium, Phosphat und PTH",
                    "en": "calcium, phosphate and PTH"}, ("calcium", "phosphate", "pth")),
    "uric-acid": (None, {"nl": "urinezuur", "fr": "acide urique", "de": "Harnsäure", "en": "uric acid"}, ("uric-acid",)),
    "urine": (None, {"nl": "albuminurie", "fr": "albuminurie", "de": "Albuminurie", "en": "albuminuria"},
              ("albumin-creatinine",)),
    "tumour-marker": (None, {"nl": "CA 15-3", "fr": "CA 15-3", "de": "CA 15-3", "en": "CA 15-3"}, ("ca-15-3",)),
    "rheuma": (None, {"nl": "reumaserologie", "fr": "sérologie rhumatismale", "de": "Rheumaserologie",
                      "en": "rheumatology serology"}, ("rheumatoid-factor", "anti-ccp")),
    "prostate": (None, {"nl": "PSA", "fr": "PSA", "de": "PSA", "en": "PSA"}, ("psa",)),
}  # fmt: skip
