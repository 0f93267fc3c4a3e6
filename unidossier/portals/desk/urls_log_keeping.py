"""Addresses of what two officers decide about the log: erasures, holds, the time of keeping, restores."""

from django.urls import path

from unidossier.portals.desk import views_log_erasure as erasure
from unidossier.portals.desk import views_log_restores as restores
from unidossier.portals.desk import views_log_retention as retention

urlpatterns = [
    path("log-keeping/", erasure.keeping, name="log-keeping"),
    path("log-keeping/erase/<int:entry>/", erasure.ask_for, name="ask-erasure"),
    path("log-keeping/erasure/<uuid:erasure>/", erasure.decide, name="decide-erasure"),
    path("log-keeping/erasure/task/<uuid:task>/", erasure.erasure_task, name="erasure-task"),
    path("log-keeping/hold/", erasure.hold, name="hold-all"),
    path("log-keeping/hold/<uuid:hold>/end/", erasure.end, name="end-hold"),
    path("about/<uuid:patient>/hold/", erasure.hold, name="hold"),
    path("log-keeping/months/", retention.retention, name="log-retention"),
    path("log-keeping/months/propose/", retention.propose, name="propose-years"),
    path("log-keeping/months/<uuid:proposal>/", retention.decide, name="decide-years"),
    path("log-keeping/months/task/<uuid:task>/", retention.setting_task, name="setting-task"),
    path("log-keeping/restores/", restores.restores, name="log-restores"),
    path("log-keeping/restores/<uuid:restored>/", restores.explain, name="explain-restore"),
    path("log-keeping/restores/account/<uuid:account>/", restores.decide, name="decide-restore"),
    path("log-keeping/restores/task/<uuid:task>/", restores.account_task, name="account-task"),
    path("log-keeping/restores/noticed/<uuid:task>/", restores.restored_task, name="restored-task"),
]
