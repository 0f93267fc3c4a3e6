"""Settings of an institution: data with history, changed by its data protection officer with a reason, at once for everybody (ACD-7)."""

import pytest

from tests.cases.conftest import House
from unidossier.actions.change_setting import change_setting, show_settings
from unidossier.gate.door import AccessRefused, ActRefused

REASON = "Decided by the committee of May"


def _value(house: House, name: str) -> str:
    (line,) = [one for one in show_settings(house.clinic.id).now if one["name"] == name]
    return str(line["value"])


def test_a_change_keeps_what_was_with_who_and_why(house: House) -> None:
    change_setting(house.officer, name="glass.hours", value="8", expected="12", reason=REASON)
    assert _value(house, "glass.hours") == "8"
    change_setting(
        house.officer, name="glass.hours", value="12", expected="8", reason="Undone: too short at night"
    )
    history = [one for one in show_settings(house.clinic.id).history if one["name"] == "glass.hours"]
    assert [(one["value"], one["before"], one["until_at"] is None) for one in history] == [
        ("12", "8", True),
        ("8", None, False),
    ]
    assert {one["reason"] for one in history} == {REASON, "Undone: too short at night"}
    assert all(one["person"] for one in history)


def test_a_change_raises_the_epoch_of_everybody(house: House) -> None:
    nobody = "SELECT coalesce(max(epoch), 0) FROM gate.epoch WHERE subject = '00000000-0000-0000-0000-000000000000'"
    before = house.world.run(nobody)[0][0]
    change_setting(house.officer, name="sms", value="on", expected="off", reason=REASON)
    assert house.world.run(nobody)[0][0] > before


@pytest.mark.parametrize(
    ("name", "value", "expected", "reason", "code"),
    [
        ("glass.hours", "8", "12", "because", "reason-missing"),
        ("glass.hours", "8", "10", REASON, "changed-meanwhile"),
        ("glass.hours", "12", "12", REASON, "nothing-changes"),
        *(
            (name, value, "", REASON, "value-not-allowed")
            for name, values in {
                "glass.hours": ("0", "13", "8.5", "", "eight"),
                "lifting.hours": ("24",),
                "own-access.age": ("11", "19"),
                "log.presentation": ("secret",),
                "exclusion.online": ("yes",),
                "consent-model": ("none",),
                "length.gp": ("25 months", "1 year", "12 months; DROP", "-1 days"),
                "length.request": ("0 days", "91 days"),
                "lead.appointment": ("32 days",),
                "misses.a-day": ("101",),
                "no.such": ("1",),
            }.items()
            for value in values
        ),
    ],
)
def test_a_value_beyond_its_limits_is_refused(
    house: House, name: str, value: str, expected: str, reason: str, code: str
) -> None:
    with pytest.raises(ActRefused) as refused:
        change_setting(house.officer, name=name, value=value, expected=expected, reason=reason)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("glass.hours", "1", "12"),
        ("own-access.age", "12", "15"),
        ("log.presentation", "pseudonymised", "named"),
        ("exclusion.online", "off", "on"),
        ("consent-model", "written-consent", "gp-default"),
        ("length.gp", "24 months", "12 months"),
        ("length.link", "365 days", "12 months"),
        ("length.request", "14 days", "30 days"),
        ("lead.appointment", "0 days", "7 days"),
        ("misses.a-day", "5", "20"),
    ],
)
def test_a_value_within_its_limits_is_kept(house: House, name: str, value: str, expected: str) -> None:
    change_setting(house.officer, name=name, value=value, expected=expected, reason=REASON)
    assert _value(house, name) == value


def test_only_the_officer_and_only_at_home(house: House) -> None:
    for other in (house.ombuds, house.director, house.clinic.secret):
        with pytest.raises(AccessRefused):
            change_setting(other, name="sms", value="on", expected="off", reason=REASON)
    elsewhere = house.world.institution()
    change_setting(house.officer, name="sms", value="on", expected="off", reason=REASON)
    (line,) = [one for one in show_settings(elsewhere).now if one["name"] == "sms"]
    assert line["value"] == "off"
