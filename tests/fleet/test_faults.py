"""What each fault of the protocol means, and how often a command is sent for it."""

from typing import Final

import pytest
from tesla_protocol.command.universal_message_pb2 import MessageFault_E

from custom_components.fleet_pulse.fleet.account import CommandAnswer
from custom_components.fleet_pulse.fleet.errors import (
    FleetError,
    KeyNotPaired,
    MobileAccessDisabled,
    VehicleFault,
)
from custom_components.fleet_pulse.fleet.faults import FAULTS, meaning
from custom_components.fleet_pulse.model.command import Call
from custom_components.fleet_pulse.model.commands import COMMANDS
from tests.fake_fleet.vehicle_side import Fault

from .garage import Garage

DONE: Final = CommandAnswer(result=True, reason="")
PREFIX: Final = "MESSAGEFAULT_ERROR_"
ALL: Final = sorted(
    name.removeprefix(PREFIX)
    for name in MessageFault_E.DESCRIPTOR.values_by_name
    if name != f"{PREFIX}NONE"
)
MENDED_BY_THE_OWNER: Final = {
    "INACTIVE_KEY": KeyNotPaired,
    "REMOTE_ACCESS_DISABLED": MobileAccessDisabled,
    "UNKNOWN_KEY_ID": KeyNotPaired,
}
CURED_FOR_ALL: Final = {
    "BUSY",
    "INCORRECT_EPOCH",
    "INVALID_SIGNATURE",
    "INVALID_TOKEN_OR_COUNTER",
    "TIME_EXPIRED",
    "TIME_TO_LIVE_TOO_LONG",
}
"""The car did nothing: any command may be signed anew."""
CURED_FOR_SETS: Final = CURED_FOR_ALL | {"INTERNAL", "TIMEOUT"}
"""The car may have acted: only what changes nothing the second time is repeated."""

SET: Final = COMMANDS["set_charge_limit"].call(percent=80)
OPENS: Final = COMMANDS["door_unlock"].call()
PULSE: Final = COMMANDS["honk_horn"].call()
TOGGLE: Final = COMMANDS["actuate_trunk"].call(which_trunk="rear")


def _cases() -> list[object]:
    """Give every fault with every kind of command, and whether it is sent again."""
    kinds = (
        ("a set", SET, CURED_FOR_SETS),
        ("an opening", OPENS, CURED_FOR_ALL),
        ("a pulse", PULSE, CURED_FOR_ALL),
        ("a toggle", TOGGLE, CURED_FOR_ALL),
    )
    return [
        pytest.param(call, name, name in cured, id=f"{name} for {kind}")
        for name in ALL
        for kind, call, cured in kinds
    ]


@pytest.fixture
def garage() -> Garage:
    """Give a garage with two paired cars."""
    return Garage()


def test_every_fault_of_the_protocol_has_a_row() -> None:
    """None is met without a decision about it."""
    assert sorted(FAULTS) == ALL


def test_a_fault_of_the_future_is_final() -> None:
    """Nobody knows whether the car acted; nobody knows that it would help."""
    assert not meaning("FAULT_77").is_passing


@pytest.mark.parametrize(("call", "name", "again"), _cases())
async def test_a_fault_is_answered_as_its_row_says(
    garage: Garage, call: Call, name: str, again: bool
) -> None:
    """Sent again or not; either way the next command works, with a counter unused."""
    await garage.send(call)
    garage.side.faults = [Fault(name=name)]
    acted = len(garage.car.done)
    outcome = await _outcome(garage, call)
    expected = MENDED_BY_THE_OWNER.get(name, VehicleFault)
    assert outcome is (CommandAnswer if again else expected)
    assert len(garage.car.done) - acted == int(again)
    assert await garage.send(call) == DONE
    counters = [heard.counter for heard in garage.heard if heard.counter]
    assert len(counters) == len(set(counters))


async def _outcome(garage: Garage, call: Call) -> type:
    """Send; give the kind of what came of it."""
    try:
        return type(await garage.send(call))
    except VehicleFault:
        return VehicleFault
    except FleetError as err:
        return type(err)
