"""Addresses of the ombuds service, the medical director, the data protection officer and the security officer."""

from django.urls import URLPattern, path

from unidossier.portals.desk import views_oversight_consult as consult
from unidossier.portals.desk import views_oversight_director as director
from unidossier.portals.desk import views_oversight_requests as requests
from unidossier.portals.desk import views_oversight_rights as table
from unidossier.portals.desk import views_oversight_settings as settings
from unidossier.portals.desk import views_oversight_signals as signals
from unidossier.portals.shared.views_rights import rights

urlpatterns: list[URLPattern] = [
    path("about/", requests.about, name="about"),
    path("about/<uuid:patient>/request/", requests.new_request, name="new-request"),
    path("about/<uuid:patient>/objection/", requests.objection, name="objection"),
    path("about/<uuid:patient>/case/", director.choose_for_case, name="new-case"),
    path("about/<uuid:patient>/case/new/", director.new_case, name="new-case-unnamed"),
    path("about/<uuid:patient>/case/<uuid:person>/", director.new_case, name="new-case-of"),
    path("about/<uuid:patient>/links/", consult.links, name="links"),
    path("about/<uuid:patient>/links/<uuid:relation>/", consult.claim_form, name="claim-form"),
    path("request/<uuid:task>/", requests.request_task, name="request"),
    path("request/<uuid:task>/answer/", requests.answer, name="answer"),
    path("request/<uuid:task>/overview/", requests.overview, name="make-overview"),
    path("relative/<uuid:task>/", requests.relative, name="relative"),
    path("relative/<uuid:task>/<uuid:person>/", requests.designate, name="designate"),
    path("hand-over/<uuid:task>/", requests.hand_over, name="hand-over"),
    path("review/<uuid:task>/", director.review, name="review"),
    path("review/<uuid:task>/judge/", director.judge_review, name="judge-review"),
    path("case/<uuid:task>/", director.case, name="case"),
    path("case/<uuid:task>/close/", director.close_case, name="close-case"),
    path("case/<uuid:task>/file/", director.export_case, name="export-case"),
    path("account/<uuid:task>/", consult.account, name="account"),
    path("account/<uuid:task>/proof/", consult.account_proof, name="account-proof"),
    path("account/<uuid:task>/judge/", consult.judge_account, name="judge-account"),
    path("claim/<uuid:task>/", consult.claim, name="claim"),
    path("claim/<uuid:task>/form/", consult.claim_proof, name="claim-proof"),
    path("claim/<uuid:task>/judge/", consult.judge_claim, name="judge-claim"),
    path("settings/", settings.settings, name="settings"),
    path("settings/<str:name>/", settings.change_setting, name="change-setting"),
    path("system/", settings.system, name="system"),
    path("rights/", rights, name="rights"),
    path("rights/change/", table.change_rights, name="change-rights"),
    path("rights/change/<uuid:proposal>/", table.decide, name="decide-rights"),
    path("rights/task/<uuid:task>/", table.rights_task, name="rights-task"),
    path("signals/", signals.signals, name="signals"),
    path("signals/<uuid:task>/", signals.signal, name="signal"),
    path("signals/<uuid:task>/judge/", signals.judge_signal, name="judge-signal"),
]
