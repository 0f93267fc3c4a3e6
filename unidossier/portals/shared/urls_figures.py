"""Addresses of the open figures: open to whoever comes; they name nobody."""

from django.urls import path

from unidossier.portals.shared.views_figures import figures, figures_file, hospitals

urlpatterns = [
    path("", hospitals, name="figures"),
    path("<uuid:institution>/", figures, name="figures-of"),
    path("<uuid:institution>/<int:year>.<str:form>", figures_file, name="figures-file"),
]
