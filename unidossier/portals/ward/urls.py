"""Addresses of Ward."""

from django.urls import path

from unidossier.portals.shared import views_apps as let_in
from unidossier.portals.shared.views_contact import contact
from unidossier.portals.shared.views_file import file
from unidossier.portals.shared.views_rights import rights
from unidossier.portals.shared.views_summary import file as summary_file
from unidossier.portals.shared.views_summary import paper as summary_paper
from unidossier.portals.ward import (
    views_apps,
    views_emergency,
    views_hold,
    views_home,
    views_own_access,
    views_record,
    views_report,
    views_summary,
)

app_name = "ward"
urlpatterns = [
    path("", views_home.home, name="home"),
    path("patient/<uuid:patient>/", views_record.record, name="record"),
    path("emergency/", views_emergency.emergency, name="emergency"),
    path("confirm/", views_emergency.confirm, name="confirm"),
    path("contact/", contact, name="contact"),
    path("patient/<uuid:patient>/emergency/end/", views_emergency.end, name="end-emergency"),
    path("patient/<uuid:patient>/summary/", views_summary.page, name="summary"),
    path("patient/<uuid:patient>/summary/paper/", summary_paper, name="summary-paper"),
    path("patient/<uuid:patient>/summary/file/", summary_file, name="summary-file"),
    path("patient/<uuid:patient>/trend/", views_record.trend, name="trend"),
    path("patient/<uuid:patient>/report/", views_report.new, name="new-report"),
    path("patient/<uuid:patient>/report/<uuid:item>/", views_report.edit, name="report"),
    path(
        "patient/<uuid:patient>/report/<uuid:item>/withdraw/", views_report.withdraw, name="withdraw-report"
    ),
    path("patient/<uuid:patient>/hold/<uuid:item>/", views_hold.hold_back, name="hold-back"),
    path("patient/<uuid:patient>/own-access/", views_own_access.own_access, name="own-access"),
    path("patient/<uuid:patient>/apps/", views_apps.apps, name="apps"),
    path("patient/<uuid:patient>/apps/<uuid:app>/", views_apps.launch, name="launch-app"),
    path("apps/", let_in.apps, name="apps-let-in"),
    path("apps/<uuid:access>/end/", let_in.end, name="end-app"),
    path("rights/", rights, name="rights"),
    path("file/<uuid:item>/<str:sha256>/", file, name="file"),
]
