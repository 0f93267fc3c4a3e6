"""The functions that people and machines hold (rule ACS-3). Their rights stand in the table of ACS-1."""

from enum import StrEnum


class Function(StrEnum):
    """What somebody is, in one institution. The text is the code used in tables, entries and exchanges."""

    GP = "gp"
    SPECIALIST = "specialist"
    EMERGENCY_PHYSICIAN = "emergency-physician"
    TRAINEE_PHYSICIAN = "trainee-physician"
    DENTIST = "dentist"
    PHARMACIST_HOSPITAL = "pharmacist-hospital"
    PHARMACIST_PUBLIC = "pharmacist-public"
    CLINICAL_BIOLOGIST = "clinical-biologist"
    LABORATORY_TECHNOLOGIST = "laboratory-technologist"
    IMAGING_TECHNOLOGIST = "imaging-technologist"
    NURSE = "nurse"
    PRACTICAL_NURSE = "practical-nurse"
    MIDWIFE = "midwife"
    PHYSIOTHERAPIST = "physiotherapist"
    OCCUPATIONAL_THERAPIST = "occupational-therapist"
    DIETICIAN = "dietician"
    PSYCHOLOGIST = "psychologist"
    SOCIAL_WORKER = "social-worker"
    RECEPTION = "reception"
    MEDICAL_SECRETARY = "medical-secretary"
    BILLING = "billing"
    REGISTRATION_DESK = "registration-desk"
    OMBUDS = "ombuds"
    MEDICAL_DIRECTOR = "medical-director"
    DATA_PROTECTION_OFFICER = "data-protection-officer"
    SECURITY_OFFICER = "security-officer"
    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    RESEARCHER = "researcher"
    MACHINE = "machine"


PHYSICIANS = frozenset(
    {Function.GP, Function.SPECIALIST, Function.EMERGENCY_PHYSICIAN, Function.TRAINEE_PHYSICIAN}
)
CARERS = PHYSICIANS | {
    Function.DENTIST,
    Function.PHARMACIST_HOSPITAL,
    Function.PHARMACIST_PUBLIC,
    Function.CLINICAL_BIOLOGIST,
    Function.LABORATORY_TECHNOLOGIST,
    Function.IMAGING_TECHNOLOGIST,
    Function.NURSE,
    Function.PRACTICAL_NURSE,
    Function.MIDWIFE,
    Function.PHYSIOTHERAPIST,
    Function.OCCUPATIONAL_THERAPIST,
    Function.DIETICIAN,
    Function.PSYCHOLOGIST,
    Function.SOCIAL_WORKER,
}
STAFF = frozenset({Function.RECEPTION, Function.MEDICAL_SECRETARY, Function.BILLING})
GOVERNANCE = frozenset(
    {
        Function.REGISTRATION_DESK,
        Function.OMBUDS,
        Function.MEDICAL_DIRECTOR,
        Function.DATA_PROTECTION_OFFICER,
        Function.SECURITY_OFFICER,
    }
)
PATIENT_SIDE = frozenset({Function.PATIENT, Function.REPRESENTATIVE})
GROUPS: dict[str, frozenset[Function]] = {
    "carers": CARERS,
    "staff": STAFF,
    "governance": GOVERNANCE,
    "patient-side": PATIENT_SIDE,
    "researchers": frozenset({Function.RESEARCHER}),
    "machines": frozenset({Function.MACHINE}),
}
"""Every function stands in exactly one of these groups."""


def group_of(function: Function) -> str:
    """Return the name of the group that holds `function`: carers, staff, governance ..."""
    return next(name for name, members in GROUPS.items() if function in members)
