"""Addresses of the registration desk."""

from django.urls import URLPattern, path

from unidossier.portals.desk import (
    views_death,
    views_duplicates,
    views_exclusions,
    views_federal_identity,
    views_gp,
    views_mandates,
    views_registration,
)

urlpatterns: list[URLPattern] = [
    path("find/", views_registration.find, name="find"),
    path("register/", views_registration.register, name="register"),
    path("file/<uuid:patient>/", views_registration.file, name="file"),
    path("file/<uuid:patient>/identity/", views_registration.identity, name="identity"),
    path("file/<uuid:patient>/numbers/", views_registration.numbers, name="numbers"),
    path("file/<uuid:patient>/gp/", views_mandates.gp, name="gp"),
    path("file/<uuid:patient>/gp/<uuid:person>/", views_mandates.set_the_gp, name="set-gp"),
    path("file/<uuid:patient>/mandate/", views_mandates.new_mandate, name="new-mandate"),
    path("file/<uuid:patient>/mandate/<uuid:mandate>/document/", views_mandates.proof, name="proof"),
    path(
        "file/<uuid:patient>/mandate/<uuid:mandate>/<str:state>/",
        views_mandates.move_mandate,
        name="move-mandate",
    ),
    path("file/<uuid:patient>/exclude/", views_exclusions.exclude, name="exclude"),
    path(
        "file/<uuid:patient>/exclude/<uuid:person>/", views_exclusions.exclude_person, name="exclude-person"
    ),
    path(
        "file/<uuid:patient>/exclusion/<uuid:exclusion>/end/",
        views_exclusions.end_exclusion,
        name="end-exclusion",
    ),
    path("file/<uuid:patient>/death/", views_death.death, name="death"),
    path("file/<uuid:patient>/death/reverse/", views_death.reverse_death, name="reverse-death"),
    path("file/<uuid:patient>/merge/<uuid:merge>/undo/", views_duplicates.unmerge, name="unmerge"),
    path("confirm-exclusion/<uuid:task>/", views_exclusions.exclusion_task, name="confirm-exclusion"),
    path(
        "confirm-exclusion/<uuid:task>/now/",
        views_exclusions.confirm_exclusion_now,
        name="confirm-exclusion-now",
    ),
    path("federal-identity/<uuid:task>/", views_federal_identity.federal_identity, name="federal-identity"),
    path("gp-change/<uuid:task>/", views_gp.gp_task, name="gp-change"),
    path("gp-change/<uuid:task>/refuse/", views_gp.refuse, name="refuse-gp"),
    path("death-reversal/<uuid:task>/", views_death.reversal_task, name="death-reversal"),
    path("death-reversal/<uuid:task>/<str:code>/", views_death.answer, name="answer-reversal"),
    path("duplicates/", views_duplicates.duplicates, name="duplicates"),
    path("duplicates/<uuid:one>/<uuid:other>/", views_duplicates.compare, name="compare"),
]
