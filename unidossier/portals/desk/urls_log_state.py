"""The address of the state of the log."""

from django.urls import path

from unidossier.portals.desk import views_log_state

urlpatterns = [path("log-state/", views_log_state.log_state, name="log-state")]
