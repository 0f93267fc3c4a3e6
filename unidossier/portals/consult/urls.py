"""Addresses of Consult."""

from django.urls import path

from unidossier.portals.consult import views, views_emergency
from unidossier.portals.shared.views_contact import contact
from unidossier.portals.shared.views_file import file

app_name = "consult"
urlpatterns = [
    path("", views.home, name="home"),
    path("patient/<uuid:patient>/", views.record, name="record"),
    path("emergency/", views_emergency.emergency, name="emergency"),
    path("contact/", contact, name="contact"),
    path("patient/<uuid:patient>/emergency/end/", views_emergency.end, name="end-emergency"),
    path("patient/<uuid:patient>/trend/", views.trend, name="trend"),
    path("file/<uuid:item>/<str:sha256>/", file, name="file"),
]
