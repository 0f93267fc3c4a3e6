"""Imaging: order, study with its images, report. hl7.org/fhir/R4/imagingstudy.html"""

import base64
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from unidossier.demo.chart.chart import Chart
from unidossier.demo.chart.roles import Role
from unidossier.demo.clinical.observation import loinc
from unidossier.demo.clinical.order import order
from unidossier.demo.codes import code
from unidossier.demo.codes.documents import title_of
from unidossier.demo.pictures import Picture, dicom_file, preview
from unidossier.demo.texts import plain, template
from unidossier.demo.texts.words import words
from unidossier.demo.world import Attachment

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_SOP = {"DX": "1.2.840.10008.5.1.4.1.1.1.1", "CT": "1.2.840.10008.5.1.4.1.1.2", "MG": "1.2.840.10008.5.1.4.1.1.1.2",
        "US": "1.2.840.10008.5.1.4.1.1.6.1"}  # fmt: skip


@dataclass(frozen=True)
class _Kind:
    modality: str
    images: int
    procedure: str  # key in codes/procedures.tsv


_KINDS = {
    "chest-x-ray": _Kind("DX", 1, "chest-x-ray"), "hip-x-ray": _Kind("DX", 1, "hip-x-ray"),
    "ct-head": _Kind("CT", 8, "ct-head"), "ct-thorax": _Kind("CT", 8, "ct-thorax"),
    "mammography": _Kind("MG", 2, "mammography"), "ultrasound": _Kind("US", 2, "obstetric-ultrasound"),
}  # fmt: skip


def imaging(
    chart: Chart, role: Role, kind: str, finding: str, day: date, *, moment: datetime | None = None,
    status: str = "final", **slots: object,
) -> str:  # fmt: skip
    """An examination asked by `role`, made and reported by the imaging service of his institution.

    The report's text is imaging.`kind`-`finding`. Returns the reference of the report.
    """
    made = _KINDS[kind]
    radiologist = chart.role("imaging", institution=role.institution.key)
    at = moment or chart.at(day, low=8, high=15)
    language = role.language
    procedure = code("procedures", made.procedure).concept(language)
    asked = order(chart, role, service=radiologist, kind="imaging", text=procedure["text"], at=at)
    study, attachments = _study(chart, radiologist, kind, finding, at, procedure, images=chart.with_papers)
    entered = at + timedelta(minutes=25)
    study_reference = chart.store(radiologist, study, at=entered, attachments=attachments)
    found = template("imaging", f"{kind}-{finding}", language)
    facts = {
        **words(chart.patient, language),
        "date": at.strftime("%d/%m/%Y"),
        "age": chart.age(at.date()),
        **slots,
    }
    sections = found.sections(chart.rng, facts)
    issued = at + timedelta(hours=chart.rng.randint(1, 5))
    title = title_of(found.code, language)
    report = {
        "resourceType": "DiagnosticReport",
        "id": chart.id(),
        "status": status,
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD"}]}],
        "code": {**loinc(found.code, title), "text": procedure["text"]},
        "subject": chart.subject,
        "effectiveDateTime": at.isoformat(),
        "issued": issued.isoformat(),
        "performer": [radiologist.practitioner, radiologist.organization],
        "imagingStudy": [{"reference": study_reference}],
        "conclusion": sections[-1][1],
        "presentedForm": [
            {"contentType": "text/plain; charset=utf-8", "language": f"{language}-BE", "title": procedure["text"],
             "data": base64.b64encode(plain(sections).encode()).decode()}
        ],
    }  # fmt: skip
    if asked:
        report["basedOn"] = [{"reference": asked}]
    return chart.store(radiologist, report, at=issued)


def _uid(chart: Chart) -> str:
    # 2.25.<UUID as a number>: DICOM PS3.5 section B.2
    return f"2.25.{chart.rng.getrandbits(122)}"


def _study(
    chart: Chart, role: Role, kind: str, finding: str, at: datetime, procedure: dict, *, images: bool
) -> tuple[dict, list[Attachment]]:
    made = _KINDS[kind]
    study_uid, series_uid, seed = _uid(chart), _uid(chart), chart.rng.getrandbits(31)
    instances, attachments = [], []
    for number in range(made.images):
        uid = _uid(chart)
        instances.append(
            {"uid": uid, "sopClass": {"system": "urn:ietf:rfc:3986", "code": f"urn:oid:{_SOP[made.modality]}"},
             "number": number + 1}
        )  # fmt: skip
        picture = Picture(
            kind=kind, finding=finding, number=number, of=made.images, seed=seed, modality=made.modality, sop_class=_SOP[made.modality],
            study_uid=study_uid, series_uid=series_uid, uid=uid, at=at, title=procedure["text"],
            patient_name=f"{chart.patient.family}^{chart.patient.given}", patient_key=chart.patient.key,
            birth_date=chart.patient.birth_date, sex=chart.patient.sex, institution=role.institution.names[role.language],
        )  # fmt: skip
        attachments.append(
            _attachment(chart, f"{uid}.dcm", "application/dicom", partial(dicom_file, picture))
        )
        if number == made.images // 2:
            attachments.append(_attachment(chart, "preview.png", "image/png", partial(preview, picture)))
    fhir = {
        "resourceType": "ImagingStudy",
        "id": chart.id(),
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:{study_uid}"}],
        "status": "available",
        "modality": [{"system": _DICOM, "code": made.modality}],
        "subject": chart.subject,
        "started": at.isoformat(),
        "numberOfSeries": 1,
        "numberOfInstances": made.images,
        "procedureCode": [procedure],
        "description": procedure["text"],
        "interpreter": [role.practitioner],
        "series": [
            {"uid": series_uid, "number": 1, "modality": {"system": _DICOM, "code": made.modality},
             "numberOfInstances": made.images, "instance": instances}
        ],
    }  # fmt: skip
    return fhir, attachments if images else []


def _attachment(chart: Chart, name: str, media_type: str, render: "partial[bytes]") -> Attachment:
    return Attachment(id=chart.id(), name=name, media_type=media_type, render=render)
