"""Addresses of the Desk: the work list of every function, then what each function has of its own."""

from django.urls import path

from unidossier.portals.desk import views_home
from unidossier.portals.desk.urls_addresses import urlpatterns as addresses
from unidossier.portals.desk.urls_apps import urlpatterns as apps
from unidossier.portals.desk.urls_letters import urlpatterns as letters
from unidossier.portals.desk.urls_log import urlpatterns as log
from unidossier.portals.desk.urls_log_keeping import urlpatterns as log_keeping
from unidossier.portals.desk.urls_log_state import urlpatterns as log_state
from unidossier.portals.desk.urls_oversight import urlpatterns as oversight
from unidossier.portals.desk.urls_registration import urlpatterns as registration
from unidossier.portals.desk.urls_who_sees import urlpatterns as who_sees

app_name = "desk"
urlpatterns = [
    path("", views_home.home, name="home"),
    path("task/<uuid:task>/", views_home.task, name="task"),
    path("task/<uuid:task>/done/", views_home.finish, name="finish-task"),
    path("task/<uuid:task>/note/", views_home.note, name="note-task"),
    *registration,
    *letters,
    *oversight,
    *who_sees,
    *log,
    *log_state,
    *log_keeping,
    *apps,
    *addresses,
]
