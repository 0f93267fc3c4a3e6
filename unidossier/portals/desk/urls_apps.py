"""Addresses of the apps of the institution."""

from django.urls import path

from unidossier.portals.desk import views_apps as apps

urlpatterns = [
    path("apps/", apps.apps, name="apps"),
    path("apps/register/", apps.register, name="register-app"),
    path("apps/<uuid:app>/change/", apps.change, name="change-app"),
    path("apps/<uuid:app>/stop/", apps.suspend, name="suspend-app"),
]
