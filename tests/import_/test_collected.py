"""The collected examples go in: Synthea's transactions, IPS documents, Belgian examples."""

from pathlib import Path

from tests.import_.conftest import House, counts


def test_every_synthea_resource_is_stored_or_kept_and_twice_changes_nothing(
    house: House, collected: Path
) -> None:
    files = sorted((collected / "synthea").glob("*.json"))[:8]
    report = house.take(*files)
    assert [(one.file, one.reason, one.expression) for one in report.refused] == []
    assert set(counts(report)) == {"created", "kept"}
    assert counts(report)["created"] > 500
    assert set(counts(house.take(*files))) == {"unchanged", "kept"}


def test_ips_documents_are_stored_whole(house: House, collected: Path) -> None:
    report = house.take(collected / "ips")
    assert report.refused == []
    names = {one.resource_type for one in report.outcomes if one.outcome == "created"}
    assert {"Composition", "Patient", "AllergyIntolerance", "MedicationStatement"} <= names


def test_belgian_examples_are_stored_or_named(house: House, collected: Path) -> None:
    report = house.take(collected / "be")
    files = {one.file for one in report.outcomes}
    assert files == {str(path) for path in (collected / "be").glob("*.json")}
    # the example patients carry a made-up national number, so nothing can be stored for them
    told = {Path(one.file).stem: one for one in report.refused}
    assert told["Patient-patient1"].expression == "Patient.identifier[0].value"
    assert "number names no patient" in told["Immunization-toto-hexa1"].reason
    assert counts(report)["kept"] >= 5
