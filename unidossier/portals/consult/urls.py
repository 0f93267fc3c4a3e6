"""Addresses of Consult."""

from django.urls import path

from unidossier.portals.consult import views, views_access, views_emergency, views_messages, views_tie
from unidossier.portals.shared import views_apps
from unidossier.portals.shared.views_contact import contact
from unidossier.portals.shared.views_file import file
from unidossier.portals.shared.views_rights import rights

app_name = "consult"
urlpatterns = [
    path("", views.home, name="home"),
    path("patient/<uuid:patient>/", views.record, name="record"),
    path("ask/", views_access.ask, name="ask"),
    path("link/", views_access.link, name="link"),
    path("link/form/<str:language>/", views_access.blank, name="blank-form"),
    path("attempt/<uuid:attempt>/", views_access.attempt, name="attempt"),
    path("attempt/<uuid:attempt>/back/", views_access.take_back, name="take-back"),
    path("messages/", views_messages.messages, name="messages"),
    path("attempt/<uuid:attempt>/form/", views_access.consent, name="consent-form"),
    path("claim/<uuid:claim>/", views_access.claim, name="claim"),
    path("patient/<uuid:patient>/renew/", views_tie.renew, name="renew"),
    path("patient/<uuid:patient>/trust/", views_tie.trust, name="trust"),
    path("emergency/", views_emergency.emergency, name="emergency"),
    path("emergencies/", views_emergency.emergencies, name="emergencies"),
    path("contact/", contact, name="contact"),
    path("patient/<uuid:patient>/emergency/end/", views_emergency.end, name="end-emergency"),
    path("patient/<uuid:patient>/trend/", views.trend, name="trend"),
    path("apps/", views_apps.apps, name="apps-let-in"),
    path("apps/<uuid:access>/end/", views_apps.end, name="end-app"),
    path("rights/", rights, name="rights"),
    path("file/<uuid:item>/<str:sha256>/", file, name="file"),
]
