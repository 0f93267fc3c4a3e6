"""Words that agree with the patient's sex, as slots of the texts."""

from unidossier.demo.world import Patient

_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    # slot: (male, female)
    "nl": {"Hij": ("Hij", "Zij"), "hij": ("hij", "zij"), "hem": ("hem", "haar"), "zijn": ("zijn", "haar"),
           "Zijn": ("Zijn", "Haar"), "patient": ("patiënt", "patiënte"), "Patient": ("Patiënt", "Patiënte"),
           "heer": ("de heer", "mevrouw"), "Heer": ("De heer", "Mevrouw"), "man": ("man", "vrouw")},
    "fr": {"Il": ("Il", "Elle"), "il": ("il", "elle"), "e": ("", "e"), "patient": ("le patient", "la patiente"),
           "Patient": ("Le patient", "La patiente"), "Monsieur": ("Monsieur", "Madame"), "homme": ("homme", "femme"),
           "aupatient": ("au patient", "à la patiente"), "dupatient": ("du patient", "de la patiente"),
           "un": ("un", "une")},
    "de": {"Er": ("Er", "Sie"), "er": ("er", "sie"), "ihm": ("ihm", "ihr"), "patient": ("der Patient", "die Patientin"),
           "Patient": ("Der Patient", "Die Patientin"), "Herr": ("Herr", "Frau"), "mann": ("Mann", "Frau"),
           "dempatienten": ("dem Patienten", "der Patientin"), "despatienten": ("des Patienten", "der Patientin"),
           "iger": ("iger", "ige"), "denpatienten": ("den Patienten", "die Patientin")},
}  # fmt: skip


def words(patient: Patient, language: str) -> dict[str, object]:
    """slot -> word for this patient in that language."""
    column = 1 if patient.sex == "female" else 0
    return {slot: pair[column] for slot, pair in _WORDS[language].items()}
