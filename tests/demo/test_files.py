"""Texts, images and papers of the fictional histories."""

import string
import tomllib
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pypdfium2
import pytest
from PIL import Image
from stdnum import verhoeff

import unidossier.demo.texts
from unidossier.demo.codes import SNOMED, table
from unidossier.demo.codes.documents import title_of
from unidossier.demo.texts import template
from unidossier.demo.texts.words import words
from unidossier.demo.world import Attachment, PatientHistory, World

TEXTS = sorted(Path(unidossier.demo.texts.__path__[0]).glob("*.toml"))


def _slots(story: str, name: str, language: str) -> set[str]:
    pieces = template(story, name, language).pieces
    text = "".join(piece if isinstance(piece, str) else "".join(piece) for piece in pieces)
    return {slot for _, slot, _, _ in string.Formatter().parse(text) if slot}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_text_says_the_same_in_three_languages(cast: World, path: Path):
    for name, found in tomllib.loads(path.read_text(encoding="utf-8")).items():
        assert title_of(found["code"], "nl")
        facts = {
            language: _slots(path.stem, name, language) - set(words(cast.patients[0], language))
            for language in ("nl", "fr", "de")
        }
        assert facts["nl"] == facts["fr"] == facts["de"], name


@pytest.mark.parametrize("name", ["allergies", "problems", "procedures", "reactions"])
def test_the_check_digit_of_every_snomed_code_is_right(name: str):
    coded = [each for each in table(name).values() if each.code]
    assert coded
    for each in coded:
        assert each.system == SNOMED and verhoeff.is_valid(each.code), each


def _files(told: list[PatientHistory], media_type: str) -> list[tuple[PatientHistory, dict, Attachment]]:
    return [
        (history, each.fhir, file)
        for history in told
        for each in history.resources
        for file in each.attachments
        if file.media_type == media_type
    ]


def test_every_kind_of_image_opens_and_belongs_to_its_study(told: list[PatientHistory]):
    kinds = {}
    for history, study, file in _files(told, "application/dicom"):
        kinds.setdefault(study["description"], (history, study, file))
    assert len(kinds) >= 6
    for history, study, file in kinds.values():
        data = pydicom.dcmread(BytesIO(file.data))
        assert f"{data.SOPInstanceUID}.dcm" == file.name
        assert data.SeriesInstanceUID == study["series"][0]["uid"]
        assert f"urn:oid:{data.StudyInstanceUID}" == study["identifier"][0]["value"]
        assert str(data.PatientName) == f"{history.patient.family}^{history.patient.given}"
        assert data.SOPInstanceUID in {each["uid"] for each in study["series"][0]["instance"]}
        pixels = data.pixel_array
        assert pixels.shape == (data.Rows, data.Columns) and min(pixels.shape) >= 256
        assert len(np.unique(pixels)) > 40, study["description"]  # a picture, not a grey square


def test_a_stroke_is_dark_on_the_side_where_it_is(told: list[PatientHistory]):
    slices = [file for _, study, file in _files(told, "application/dicom") if "CT" in study["description"]
              and "cérébral" in study["description"]]  # fmt: skip
    middle = pydicom.dcmread(BytesIO(slices[5].data)).pixel_array.astype(float)
    size = middle.shape[0]
    rows = slice(size // 2 - 20, size // 2 + 20)
    # The patient's left is on the right of the picture.
    left = middle[rows, round(size * 0.66) : round(size * 0.74)].mean()
    right = middle[rows, round(size * 0.26) : round(size * 0.34)].mean()
    assert left < right - 8  # Hounsfield units


def test_previews_and_photographs_are_png(told: list[PatientHistory]):
    files = _files(told, "image/png")
    assert {file.name for _, _, file in files} == {"preview.png", "foto.png"}
    for _, _, file in files[:3]:
        picture = Image.open(BytesIO(file.data))
        assert picture.format == "PNG" and min(picture.size) >= 256


def test_papers_carry_the_patient_on_every_sheet(told: list[PatientHistory]):
    files = _files(told, "application/pdf")
    kinds = {fhir["resourceType"]: (history, file) for history, fhir, file in files}
    assert set(kinds) == {"DiagnosticReport", "DocumentReference"}
    for history, file in kinds.values():
        document = pypdfium2.PdfDocument(file.data)
        for page in document:
            assert history.patient.name in page.get_textpage().get_text_bounded()
        document.close()
