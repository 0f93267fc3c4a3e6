"""The words of the summary in English, French, Dutch and German."""

from unidossier.terminology.words import LANGUAGES

_ORDER = ("en", "fr", "nl", "de")
_WORDS = {
    "title": ("International Patient Summary", "Résumé international du patient", "Internationale patiëntsamenvatting", "Internationale Patientenzusammenfassung"),
    "problems": ("Problems", "Problèmes", "Problemen", "Probleme"),
    "allergies": ("Allergies and intolerances", "Allergies et intolérances", "Allergieën en intoleranties", "Allergien und Unverträglichkeiten"),
    "medication": ("Medication", "Médicaments", "Medicatie", "Medikamente"),
    "vaccinations": ("Vaccinations", "Vaccinations", "Vaccinaties", "Impfungen"),
    "results": ("Laboratory results", "Résultats de laboratoire", "Laboratoriumresultaten", "Laborergebnisse"),
    "procedures": ("Operations", "Opérations", "Operaties", "Operationen"),
    "devices": ("Medical devices and implants", "Dispositifs médicaux et implants", "Medische hulpmiddelen en implantaten", "Medizinprodukte und Implantate"),
    "alerts": ("Alerts", "Alertes", "Waarschuwingen", "Warnhinweise"),
    "past-problems": ("Past problems", "Antécédents", "Vroegere problemen", "Frühere Probleme"),
    "pregnancy": ("Pregnancy", "Grossesse", "Zwangerschap", "Schwangerschaft"),
    "social-history": ("Social history", "Mode de vie", "Leefstijl", "Lebensweise"),
    "vital-signs": ("Vital signs", "Paramètres vitaux", "Vitale parameters", "Vitalzeichen"),
    "advance-directives": ("Advance directives", "Volontés anticipées", "Wilsverklaringen", "Patientenverfügungen"),
    "plan-of-care": ("Plan of care", "Plan de soins", "Zorgplan", "Behandlungsplan"),
    "what": ("What", "Quoi", "Wat", "Was"),
    "when": ("When", "Quand", "Wanneer", "Wann"),
    "since": ("Since", "Depuis", "Sinds", "Seit"),
    "reaction": ("Reaction", "Réaction", "Reactie", "Reaktion"),
    "criticality": ("Criticality", "Gravité potentielle", "Ernst", "Schwere"),
    "dose": ("Dose", "Posologie", "Dosering", "Dosierung"),
    "value": ("Value", "Valeur", "Waarde", "Wert"),
    "range": ("Usual range", "Valeurs usuelles", "Normale waarden", "Normbereich"),
    "high": ("high", "élevée", "hoog", "hoch"),
    "low": ("low", "faible", "laag", "niedrig"),
    "unable-to-assess": ("not known", "inconnue", "onbekend", "unbekannt"),
    "unavailable": (
        "Nothing is recorded here. That does not mean that there is nothing.",
        "Rien n’est enregistré ici. Cela ne veut pas dire qu’il n’y a rien.",
        "Hier is niets opgetekend. Dat betekent niet dat er niets is.",
        "Hier ist nichts eingetragen. Das heißt nicht, dass es nichts gibt.",
    ),
    "withheld": (
        "Not open to whoever made this summary.",
        "Non accessible à la personne qui a fait ce résumé.",
        "Niet toegankelijk voor wie deze samenvatting maakte.",
        "Nicht zugänglich für die Person, die diese Zusammenfassung erstellt hat.",
    ),
    "name": ("Name", "Nom", "Naam", "Name"),
    "birth-date": ("Birth date", "Date de naissance", "Geboortedatum", "Geburtsdatum"),
    "sex": ("Sex", "Sexe", "Geslacht", "Geschlecht"),
    "male": ("male", "masculin", "man", "männlich"),
    "female": ("female", "féminin", "vrouw", "weiblich"),
    "other": ("other", "autre", "ander", "divers"),
    "unknown": ("unknown", "inconnu", "onbekend", "unbekannt"),
    "number": ("National number", "Numéro national", "Rijksregisternummer", "Nationalregisternummer"),
    "made-on": ("Made on", "Établi le", "Gemaakt op", "Erstellt am"),
    "sources": ("From", "Sources", "Bronnen", "Quellen"),
    "note": (
        "A choice from the record at the moment it was made; it may not be complete. Values as the institutions sent them.",
        "Un choix du dossier au moment où il a été établi ; il peut être incomplet. Valeurs telles que les institutions les ont envoyées.",
        "Een keuze uit het dossier op het ogenblik van opmaak; ze kan onvolledig zijn. Waarden zoals de instellingen ze stuurden.",
        "Eine Auswahl aus der Akte zum Zeitpunkt der Erstellung; sie kann unvollständig sein. Werte, wie die Einrichtungen sie gesandt haben.",
    ),
}  # fmt: skip
assert set(_ORDER) == set(LANGUAGES)


def word(name: str, language: str) -> str:
    """Return a text of the summary in one of the four languages."""
    return _WORDS[name][_ORDER.index(language)]


def known_word(name: str | None, language: str) -> str:
    """Return the words of a code of FHIR that may come (criticality, sex), the code itself when there are none."""
    return word(name, language) if name in _WORDS else name or ""
