"""The accounts of the demo: who can sign in, and what each is good to try."""

from unidossier.demo.cast_hints import HINTS
from unidossier.demo.world import Account

# username, person or patient, function, language, face, main
_CAST = (
    ("an.verlinden", "scheldedal.cardiology.specialist.1", "specialist", "nl", "ward", True),
    ("sofie.claes", "scheldedal.cardiology-ward.nurse.1", "nurse", "nl", "ward", True),
    ("milan.coppens", "scheldedal.cardiology.trainee-physician.1", "trainee-physician", "nl", "ward", False),
    ("koen.bogaert", "scheldedal.emergency.emergency-physician.1", "emergency-physician", "nl", "ward", True),
    ("ilse.daems", "scheldedal.secretariat.medical-secretary.1", "medical-secretary", "nl", "ward", True),
    ("griet.thijs", "scheldedal.laboratory.clinical-biologist.1", "clinical-biologist", "nl", "ward", True),
    ("joris.baert", "scheldedal.imaging.specialist.1", "specialist", "nl", "ward", False),
    ("benoit.warnier", "aldegonde.neurology.specialist.1", "specialist", "fr", "ward", True),
    ("birgit.heinen", "vennblick.internal.specialist.1", "specialist", "de", "ward", True),
    ("stijn.moens", "linde.paramedical.physiotherapist.1", "physiotherapist", "nl", "ward", True),
    ("laurence.vermeiren", "linde.rehabilitation.specialist.1", "specialist", "fr", "ward", False),
    ("hilde.lemmens", "wilgen.practice.gp.1", "gp", "nl", "consult", True),
    ("philippe.collard", "faubourg.practice.gp.1", "gp", "fr", "consult", True),
    ("markus.lentz", "markt.practice.gp.1", "gp", "de", "consult", False),
    ("wim.smets", "vijzel.practice.pharmacist-public.1", "pharmacist-public", "nl", "consult", False),
    ("leen.cools", "beweging.practice.physiotherapist.1", "physiotherapist", "nl", "consult", False),
    ("fatima.benali", "soleil.practice.nurse.1", "nurse", "fr", "consult", False),
    ("rita.goossens", "p-000001", "patient", "nl", "my", True),
    ("isabelle.marchal", "p-000014", "patient", "fr", "my", True),
    ("stefan.kessler", "p-000015", "patient", "de", "my", True),
    ("bart.vermeiren", "p-000010", "representative", "nl", "my", True),
    ("daniel.whitmore", "p-000012", "patient", "en", "my", True),
    ("katrien.segers", "scheldedal.governance.ombuds.1", "ombuds", "nl", "desk", True),
    ("cardio.verpleging", "scheldedal.internal-ward.nurse.1", "nurse", "nl", "ward", False),
    ("zorgkunde", "scheldedal.cardiology-ward.practical-nurse.1", "practical-nurse", "nl", "ward", False),
    ("celine.thiry", "aldegonde.internal-ward.nurse.1", "nurse", "fr", "ward", False),
    ("tandarts", "molenhof.practice.dentist.1", "dentist", "nl", "consult", False),
    ("apotheek", "scheldedal.pharmacy.pharmacist-hospital.1", "pharmacist-hospital", "nl", "ward", False),
    ("laborant", "scheldedal.laboratory.laboratory-technologist.1", "laboratory-technologist", "nl", "ward", False),
    ("beeldvorming", "scheldedal.imaging.imaging-technologist.1", "imaging-technologist", "nl", "ward", False),
    ("sage.femme", "aldegonde.maternity-ward.midwife.1", "midwife", "fr", "ward", False),
    ("ergotherapie", "linde.paramedical.occupational-therapist.1", "occupational-therapist", "nl", "ward", False),
    ("dieteticienne", "aldegonde.paramedical.dietician.1", "dietician", "fr", "ward", False),
    ("psychologie", "vennblick.paramedical.psychologist.1", "psychologist", "de", "ward", False),
    ("service.social", "aldegonde.social.social-worker.1", "social-worker", "fr", "ward", False),
    ("onthaal", "scheldedal.reception.reception.1", "reception", "nl", "ward", False),
    ("facturation", "aldegonde.reception.billing.1", "billing", "fr", "ward", False),
    ("inschrijving", "scheldedal.reception.registration-desk.1", "registration-desk", "nl", "desk", False),
    ("directeur.medical", "aldegonde.governance.medical-director.1", "medical-director", "fr", "desk", False),
    ("dpo", "scheldedal.governance.data-protection-officer.1", "data-protection-officer", "nl", "desk", False),
    ("sicherheit", "vennblick.governance.security-officer.1", "security-officer", "de", "desk", False),
    ("onderzoek", "scheldedal.oncology.researcher.1", "researcher", "nl", "ward", False),
    ("machine.scheldedal", "scheldedal.laboratory.machine.1", "machine", "nl", "machine", False),
    ("machine.aldegonde", "aldegonde.laboratory.machine.1", "machine", "fr", "machine", False),
)  # fmt: skip


def accounts(*, main_only: bool = False) -> tuple[Account, ...]:
    """All accounts, or only the main ones of the sign-in page; every function of ACS-3 is among all of them."""
    every = tuple(
        Account(
            username=username, person=None if key.startswith("p-") else key, patient=key if key.startswith("p-") else None,
            function=function, language=language, face=face, main=main, hint=HINTS[username if main else function],
        )
        for username, key, function, language, face, main in _CAST
    )  # fmt: skip
    return tuple(account for account in every if account.main) if main_only else every
