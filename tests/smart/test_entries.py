"""Stopping an app and opening one for a patient leave their entries, refused ones too (LOG-1)."""

from uuid import UUID

import pytest

from tests.smart.conftest import LAUNCH, WHY, Smart
from unidossier.actions.launch_app import launch_app, list_launchable_apps
from unidossier.actions.register_app import list_apps, register_app, suspend_app
from unidossier.gate.door import AccessRefused, ActRefused
from unidossier.kernel.uuid7 import new_id
from unidossier.registry.smart_app import AppFacts


def last(smart: Smart, verb: str) -> tuple[UUID | None, bool, str]:
    return smart.world.run(
        "SELECT patient_id, permitted, rule FROM log.entry WHERE verb = %s ORDER BY id DESC LIMIT 1", verb
    )[0]  # type: ignore[return-value]


def test_stopping_an_app(smart: Smart) -> None:
    app = smart.app(name="To be stopped")
    assert suspend_app(smart.officer, app=app.id, stop=True, reason=WHY) is True
    assert suspend_app(smart.officer, app=app.id, stop=True, reason=WHY) is False
    assert last(smart, "register-app") == (None, True, "ACS-4.task")
    assert next(one for one in list_apps(smart.officer) if one["id"] == app.id)["suspended_at"]
    director = smart.world.session(
        smart.world.worker("medical-director", smart.hospital), face="desk", purpose="governance"
    )
    diary = AppFacts(name="Diary", kind="public", scopes="openid", redirect_uris=("https://diary.example/",))
    with pytest.raises(AccessRefused):
        register_app(director, id=new_id(), app=diary)
    with pytest.raises(AccessRefused):
        suspend_app(director, app=app.id, stop=False, reason=WHY)
    assert last(smart, "register-app") == (None, False, "ACS-1.function")


def test_opening_an_app(smart: Smart) -> None:
    app = smart.app(launch_uri=LAUNCH)
    secret = smart.world.session(smart.physician)
    assert app.id in {one["id"] for one in list_launchable_apps(secret, patient=smart.patient).apps}
    assert launch_app(secret, patient=smart.patient, app=app.id).address == LAUNCH
    assert last(smart, "launch-app") == (smart.patient, True, "ACD-2.work")
    stranger = smart.world.patient()
    with pytest.raises(AccessRefused):
        launch_app(secret, patient=stranger, app=app.id)
    assert last(smart, "launch-app")[:2] == (stranger, False)
    with pytest.raises(ActRefused):
        launch_app(secret, patient=smart.patient, app=stranger)
