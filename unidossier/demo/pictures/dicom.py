"""DICOM files of the phantoms. DICOM PS3.3 (CT, DX, MG, US image IODs), PS3.10 (file format)"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from unidossier.demo.pictures import films, slices

# (drawing function, window centre, window width): the films are already windowed
_DRAW = {
    "chest-x-ray": (films.chest, None), "hip-x-ray": (films.hip, None), "mammography": (films.breast, None),
    "ultrasound": (films.fan, None), "ct-head": (slices.head, (38.0, 80.0)), "ct-thorax": (slices.thorax, (-500.0, 1500.0)),
}  # fmt: skip
_VARIANTS = 3  # drawings of one finding: to draw anew for each patient took a fifth of the filling
_ROOT_NAME = "UNIDOSSIER DEMO"


@dataclass(frozen=True)
class Picture:
    """One image of a study: what is drawn, and what the file says about it."""

    kind: str
    finding: str
    number: int  # from 0
    of: int
    seed: int
    modality: str
    sop_class: str
    study_uid: str
    series_uid: str
    uid: str
    at: datetime
    title: str
    patient_name: str  # family^given
    patient_key: str
    birth_date: date
    sex: str
    institution: str


@dataclass(frozen=True)
class _Drawing:
    """What is drawn, without whose it is: patients share drawings, of which each finding has a few."""

    kind: str
    finding: str
    number: int
    of: int
    variant: int


def _drawing(picture: Picture) -> _Drawing:
    return _Drawing(picture.kind, picture.finding, picture.number, picture.of, picture.seed % _VARIANTS)


def _drawn(drawing: _Drawing) -> NDArray[np.float32]:
    draw, _ = _DRAW[drawing.kind]
    generator = np.random.default_rng([drawing.variant, drawing.number])
    return draw(drawing.finding, drawing.number, drawing.of, generator)


def _grey(drawing: _Drawing) -> NDArray[np.uint8]:
    plane, window = _drawn(drawing), _DRAW[drawing.kind][1]
    if window:
        centre, width = window
        plane = (plane - centre) / width + 0.5
    return (np.clip(plane, 0, 1) * 255).astype(np.uint8)


@cache
def _film(drawing: _Drawing) -> tuple[tuple[int, ...], bytes]:
    """(rows and columns, JPEG)"""
    grey = _grey(drawing)
    return grey.shape, _encoded(grey, "JPEG", quality=88)


@cache
def _png(drawing: _Drawing) -> bytes:
    return _encoded(_grey(drawing), "PNG", compress_level=4)


@cache
def _hounsfield(drawing: _Drawing) -> tuple[tuple[int, ...], bytes]:
    """(rows and columns, 16 bit values)"""
    plane = np.clip(_drawn(drawing), -1024, 3071).astype(np.int16)
    return plane.shape, plane.tobytes()


def _encoded(grey: NDArray[np.uint8], kind: str, **options: int) -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(grey).save(buffer, kind, **options)
    return buffer.getvalue()


def preview(picture: Picture) -> bytes:
    """The image as PNG, in the window of its kind."""
    return _png(_drawing(picture))


def dicom_file(picture: Picture) -> bytes:
    """The image as a DICOM file: CT as 16 bit Hounsfield units, films as 8 bit JPEG baseline."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.encaps import encapsulate
    from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

    is_ct = picture.modality == "CT"
    data = _header(Dataset(), picture)
    if is_ct:
        _ct_pixels(data, picture)
    else:
        shape, jpeg = _film(_drawing(picture))
        _matrix(data, shape, bits=8, signed=0)
        data.PixelData = encapsulate([jpeg])
        data["PixelData"].VR = "OB"
        data.LossyImageCompression = "01"
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = picture.sop_class
    data.file_meta.MediaStorageSOPInstanceUID = picture.uid
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian if is_ct else JPEGBaseline8Bit
    buffer = BytesIO()
    data.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _header(data, picture: Picture):
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID, data.SOPInstanceUID = picture.sop_class, picture.uid
    data.StudyInstanceUID, data.SeriesInstanceUID = picture.study_uid, picture.series_uid
    data.StudyDate = data.SeriesDate = data.ContentDate = picture.at.strftime("%Y%m%d")
    data.StudyTime = data.SeriesTime = data.ContentTime = picture.at.strftime("%H%M%S")
    data.StudyID, data.SeriesNumber, data.InstanceNumber = "1", 1, picture.number + 1
    data.AccessionNumber = picture.study_uid[-12:]
    data.Modality, data.Manufacturer, data.InstitutionName = picture.modality, _ROOT_NAME, picture.institution
    data.StudyDescription = data.SeriesDescription = picture.title
    data.PatientName, data.PatientID = picture.patient_name, picture.patient_key
    data.PatientBirthDate = picture.birth_date.strftime("%Y%m%d")
    data.PatientSex = {"female": "F", "male": "M"}.get(picture.sex, "O")
    return data


def _matrix(data, shape: tuple[int, ...], *, bits: int, signed: int) -> None:
    data.Rows, data.Columns = shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = bits
    data.HighBit, data.PixelRepresentation = bits - 1, signed


def _ct_pixels(data, picture: Picture) -> None:
    shape, pixels = _hounsfield(_drawing(picture))
    _matrix(data, shape, bits=16, signed=1)
    data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, 1, "HU"
    centre, width = _DRAW[picture.kind][1] or (0.0, 1.0)
    data.WindowCenter, data.WindowWidth = centre, width
    data.PixelSpacing, data.SliceThickness = [1.4, 1.4], 8
    data.ImagePositionPatient, data.ImageOrientationPatient = (
        [-179, -179, picture.number * 8],
        [1, 0, 0, 0, 1, 0],
    )
    data.PixelData = pixels
