"""Every column is classified: a new one fails here until somebody has said what it holds.

classification.tsv: schema.table.column, then identifies-patient (says who the patient is), clinical (says something
about his health or care), or technical (neither).
"""

import csv
import re
from pathlib import Path

import psycopg

from tests.architecture.tracked import PRODUCT

CLASSES = {"identifies-patient", "clinical", "technical"}
COLUMNS = """SELECT n.nspname || '.' || c.relname || '.' || a.attname
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('record', 'relations', 'registry', 'gate', 'log', 'cases', 'notices')
      AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"""
# Functions of the schemas of a record that the application's role may call.
CALLABLE = """SELECT DISTINCT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('record', 'relations', 'registry', 'gate', 'log', 'cases', 'notices')
      AND has_schema_privilege('unidossier_app', n.oid, 'USAGE') AND has_function_privilege('unidossier_app', p.oid, 'EXECUTE')"""

# An act of people says of itself that the application calls it (database/sql/rights.sql).
_ACT = re.compile(r"^COMMENT ON (?:FUNCTION|PROCEDURE) ([\w.]+).* IS 'application';$", re.MULTILINE)


def _classified() -> dict[str, str]:
    with (Path(__file__).parent / "classification.tsv").open() as file:
        rows = list(csv.reader(file, delimiter="\t"))
    names = [row[0] for row in rows]
    assert len(names) == len(set(names)), "a column stands twice in classification.tsv"
    return {name: class_ for name, class_ in rows}


def test_every_column_is_classified(owner_dsn: str) -> None:
    with psycopg.connect(owner_dsn) as connection:
        columns = {name for (name,) in connection.execute(COLUMNS)}
    assert len(columns) > 150
    classified = _classified()
    assert columns - set(classified) == set(), "say in classification.tsv what these hold"
    assert set(classified) - columns == set(), "these are gone; take them out of classification.tsv"


def test_classes_are_the_three_known_ones() -> None:
    assert set(_classified().values()) == CLASSES


def test_what_identifies_a_patient_or_is_clinical_stands_behind_row_security(owner_dsn: str) -> None:
    sensitive = {name.rsplit(".", 1)[0] for name, class_ in _classified().items() if class_ != "technical"}
    with psycopg.connect(owner_dsn) as connection:
        free = {
            name
            for (name,) in connection.execute(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
            )
        }
        readable = {
            name
            for (name,) in connection.execute(
                "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND has_table_privilege('unidossier_app', c.oid, 'SELECT')"
            )
        }
    assert sensitive & free & readable == set()


def test_the_application_calls_the_functions_of_the_rights_and_no_other(owner_dsn: str) -> None:
    granted = _granted_to_the_application()
    assert "gate.grant_access" in granted and "record.store" in granted, "the rights were not read"
    with psycopg.connect(owner_dsn) as connection:
        callable_ = {name for (name,) in connection.execute(CALLABLE)}
    assert callable_ == granted


def _granted_to_the_application() -> set[str]:
    sources = [PRODUCT / "database/sql/rights.sql", *PRODUCT.glob("exchange/fhir/sql/*.sql")]
    statements = ";".join(path.read_text() for path in sources).split(";")
    acts = {name for path in PRODUCT.rglob("*.sql") for name in _ACT.findall(path.read_text())}
    return acts | {
        name.strip().split("(")[0]
        for statement in statements
        if "GRANT EXECUTE ON FUNCTION" in statement and statement.rstrip().endswith("TO unidossier_app")
        for name in statement.split("FUNCTION", 1)[1].rsplit(" TO ", 1)[0].split(",")
    }
