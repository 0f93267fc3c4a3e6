"""Attacks on the setting that binds a transaction to a grant: forged by hand, it opens nothing (LOG-2)."""

import psycopg
import pytest

from tests.gate.scene import NO_GRANT, Scene, forge

SELECT = "SELECT title FROM record.item"
FORGERIES = {
    "nothing": "",
    "a bar": "|",
    "time alone": "|{now}",
    "zeros": "00" * 32 + "|{now}",
    "no time": "{token}",
    "empty time": "{token}|",
    "old time": "{token}|1700000000.000000",
    "future time": "{token}|4102444800.000000",
    "time and more": "{token}|{now}0",
    "two tokens": "{token}{token}|{now}",
    "token of another case and a bar": "{token}||{now}",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_setting_raises(scene: Scene, record_property, name: str):
    record_property("attacks", 1)
    token = scene.readable_grant().token.hex()
    setting = FORGERIES[name].replace("{token}", token)
    with pytest.raises(psycopg.Error) as refusal, scene.reader.reads.transaction():
        forge(scene.reader.reads, setting)
        scene.reader.reads.execute(SELECT)
    assert refusal.value.sqlstate == NO_GRANT


def test_a_setting_that_is_no_token_raises(scene: Scene, record_property):
    record_property("attacks", 1)
    # 22023: not hexadecimal; an error of any kind is right here, an empty record would be a hazard
    with pytest.raises(psycopg.errors.InvalidParameterValue), scene.reader.reads.transaction():
        forge(scene.reader.reads, "xyz|{now}")
        scene.reader.reads.execute(SELECT)


def test_the_right_setting_is_the_twin_of_the_forged_ones(scene: Scene):
    granted = scene.grant()
    with scene.reader.reads.transaction():
        forge(scene.reader.reads, granted.token.hex() + "|{now}")
        assert scene.reader.reads.execute(SELECT).fetchall()
