"""Addresses of the two apps. Routed in the demonstration alone (config/urls.py)."""

from django.urls import path

from unidossier.demo.apps.views import page, script

urlpatterns = [
    path("app.js", script, name="demo-app-script"),
    path("<slug:slug>/", page, name="demo-app"),
    path("<slug:slug>/<slug:step>", page, name="demo-app-step"),
]
