"""Addresses over the log: search, what a task gathers, whose code it is, and the open figures."""

from django.urls import path

from unidossier.portals.desk import views_log, views_log_code, views_log_task
from unidossier.portals.shared.views_figures import own_figures

urlpatterns = [
    path("log/", views_log.log, name="log"),
    path("log/about/<uuid:patient>/", views_log_task.log_about, name="log-about"),
    path("log/gather/", views_log.gather, name="gather-found"),
    path("log/<uuid:task>/gather/", views_log_task.gather, name="gather"),
    path("log/<uuid:task>/out/", views_log_task.take_out, name="take-out"),
    path("code/", views_log_code.code_of_overview, name="code-of-overview"),
    path("code/<uuid:task>/", views_log_code.code_of_task, name="code"),
    path("figures/", own_figures, name="figures"),
]
