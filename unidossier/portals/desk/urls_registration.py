"""Addresses of the registration desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
