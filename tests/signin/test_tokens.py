"""Sessions of machines."""

import pytest

from tests.gate.world import World


def test_a_machine_session_belongs_to_the_institution(world: World, django: None) -> None:
    from unidossier.signin.tokens import open_machine_session

    house = world.institution()
    machine = world.worker("machine", house)
    world.worker("nurse", house)
    secret = open_machine_session(house.hex)
    rows = world.run(
        "SELECT person_id, actor, purpose FROM gate.session WHERE secret_hash = sha256(%s)", secret
    )
    assert rows == [(machine.person, "machine", "exchange")]


def test_without_a_machine_account_there_is_none(world: World, django: None) -> None:
    from unidossier.signin.tokens import NoMachineAccount, open_machine_session

    house = world.institution()
    world.worker("nurse", house)
    for key in (house.hex, "nowhere"):
        with pytest.raises(NoMachineAccount):
            open_machine_session(key)
