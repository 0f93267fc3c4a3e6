"""Addresses of Consult."""

from django.urls import path

from unidossier.portals.consult import views
from unidossier.portals.shared.views_file import file

app_name = "consult"
urlpatterns = [
    path("", views.home, name="home"),
    path("patient/<uuid:patient>/", views.record, name="record"),
    path("patient/<uuid:patient>/trend/", views.trend, name="trend"),
    path("file/<uuid:item>/<str:sha256>/", file, name="file"),
]
