"""Addresses of My."""

from django.urls import path

from unidossier.portals.my import (
    views_access,
    views_ask,
    views_exclude,
    views_give,
    views_home,
    views_mandate,
    views_messages,
    views_outside,
    views_profile,
    views_record,
    views_trust,
    views_unknown,
    views_who_sees,
    views_withdraw,
)
from unidossier.portals.shared.views_file import file
from unidossier.portals.shared.views_rights import rights

app_name = "my"
urlpatterns = [
    path("", views_home.home, name="home"),
    path("record/", views_record.record, name="record"),
    path("trend/", views_record.trend, name="trend"),
    path("record/<uuid:item>/inside/", views_outside.inside, name="inside"),
    path("access/", views_access.access, name="access"),
    path("access/ended/", views_access.ended, name="ended-access"),
    path("access/withdraw/person/<uuid:person>/", views_withdraw.person, name="withdraw-person"),
    path("access/withdraw/team/<uuid:team>/", views_withdraw.team, name="withdraw-team"),
    path("access/exclude/", views_exclude.choose, name="exclude"),
    path("access/exclude/<uuid:person>/", views_exclude.confirm, name="exclude-person"),
    path("access/exclusion/<uuid:exclusion>/end/", views_exclude.end, name="end-exclusion"),
    path("access/request/<uuid:asked>/", views_give.answer, name="answer-request"),
    path("access/give/", views_give.choose, name="give"),
    path("access/give/<uuid:person>/<uuid:employment>/", views_give.give, name="give-carer"),
    path("access/mandate/", views_mandate.give, name="give-mandate"),
    path("access/mandate/<uuid:mandate>/withdraw/", views_mandate.withdraw, name="withdraw-mandate"),
    path("access/outside/", views_outside.outside, name="outside"),
    path("ask/", views_ask.ask, name="ask"),
    path("who-looked/", views_trust.who_looked, name="who-looked"),
    path("who-looked/<int:entry>/unknown/", views_unknown.report, name="unknown"),
    path("who-sees/", views_who_sees.who_sees, name="who-sees"),
    path("messages/", views_messages.read, name="messages"),
    path("messages/choose/", views_messages.choose, name="choose-notices"),
    path("profiles/", views_profile.profiles, name="profiles"),
    path("profiles/<uuid:patient>/", views_profile.choose_profile, name="choose-profile"),
    path("rights/", rights, name="rights"),
    path("file/<uuid:item>/<str:sha256>/", file, name="file"),
]
