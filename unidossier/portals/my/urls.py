"""Addresses of My."""

from django.urls import path

from unidossier.portals.my import views_home, views_profile, views_record, views_trust, views_who_sees
from unidossier.portals.shared.views_file import file

app_name = "my"
urlpatterns = [
    path("", views_home.home, name="home"),
    path("record/", views_record.record, name="record"),
    path("trend/", views_record.trend, name="trend"),
    path("access/", views_trust.access, name="access"),
    path("who-looked/", views_trust.who_looked, name="who-looked"),
    path("who-sees/", views_who_sees.who_sees, name="who-sees"),
    path("profiles/", views_profile.profiles, name="profiles"),
    path("profiles/<uuid:patient>/", views_profile.choose_profile, name="choose-profile"),
    path("file/<uuid:item>/<str:sha256>/", file, name="file"),
]
