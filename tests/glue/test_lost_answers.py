"""An answer that is lost: what may have happened is not done twice."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.commander import Outcome
from custom_components.fleet_pulse.fleet.errors import FleetError
from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.model.command import Call
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .garage import Garage, town
from .household import Household

BEFORE: Final = (
    pytest.param({"status": 503}, id="503, nothing done"),
    pytest.param({"reset": "before"}, id="cut off before it was done"),
)
AFTER: Final = (
    pytest.param({"status": 504, "acts": True}, id="504, and done"),
    pytest.param({"reset": "after"}, id="cut off after it was done"),
    pytest.param({"truncate": True}, id="torn, and done"),
)
ONCE: Final = (
    pytest.param(commands.DOOR_UNLOCK.call(), id="unlock"),
    pytest.param(commands.ACTUATE_TRUNK.call(which_trunk="rear"), id="trunk"),
    pytest.param(commands.HONK_HORN.call(), id="honk"),
    pytest.param(commands.REMOTE_START_DRIVE.call(), id="start"),
)
AGAIN: Final = (
    pytest.param(commands.SET_CHARGE_LIMIT.call(percent=66), id="charge limit"),
    pytest.param(commands.SET_SENTRY_MODE.call(on=True), id="sentry"),
)
FORMS: Final = pytest.mark.parametrize("signs", [True, False], ids=["signed", "REST"])


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(home: Household) -> Garage:
    """Give a garage with a car that is awake, seen, and has sessions open."""
    garage = Garage(home)
    await garage.wake_up()
    await garage.fetch()
    for command in (commands.DOOR_UNLOCK, commands.DOOR_LOCK, commands.FLASH_LIGHTS):
        assert await garage.result(garage.sending(command.call())) is Outcome.SENT
    await garage.home.pass_time(20)
    await garage.fetch()
    return garage


def takes(garage: Garage, *, signs: bool) -> str:
    """Have the car take one form of commands; return the path they go to."""
    garage.car.command_signing = "required" if signs else "off"
    garage.vehicle().async_correct_signing(signs=signs)
    return "*/signed_command" if signs else "*/command/*"


def is_billed_right(garage: Garage) -> bool:
    """Say whether our ledger and the cloud's bill are one."""
    cost: object = garage.data.account.cost
    return cost == garage.cloud.bill.total()


@FORMS
@pytest.mark.parametrize("fault", BEFORE)
@pytest.mark.parametrize("call", ONCE)
async def test_what_may_have_happened_is_not_done_again(
    garage: Garage, call: Call, fault: dict[str, Any], signs: bool
) -> None:
    """Nobody can tell that it did not happen: the owner is told, and decides."""
    garage.cloud.fail(takes(garage, signs=signs), **fault)
    before = len(garage.obeyed())
    with pytest.raises(FleetError):
        await garage.result(garage.sending(call))
    assert garage.obeyed()[before:] == []


@FORMS
@pytest.mark.parametrize("fault", AFTER)
@pytest.mark.parametrize("call", ONCE)
async def test_what_happened_unheard_happens_once(
    garage: Garage, call: Call, fault: dict[str, Any], signs: bool
) -> None:
    """Unlocked, opened, honked: once, and the answer's loss is said."""
    garage.cloud.fail(takes(garage, signs=signs), **fault)
    before = len(garage.obeyed())
    with pytest.raises(FleetError):
        await garage.result(garage.sending(call))
    assert garage.obeyed()[before:] == [call.command.key]
    assert is_billed_right(garage)


@FORMS
@pytest.mark.parametrize("fault", [*BEFORE, *AFTER])
@pytest.mark.parametrize("call", AGAIN)
async def test_a_set_is_repeated_until_it_is_heard(
    garage: Garage, call: Call, fault: dict[str, Any], signs: bool
) -> None:
    """The second time changes nothing, so whoever asked hears of no trouble."""
    garage.cloud.fail(takes(garage, signs=signs), **fault)
    before = len(garage.obeyed())
    assert await garage.result(garage.sending(call)) is Outcome.SENT
    assert set(garage.obeyed()[before:]) == {call.command.key}
    assert 1 <= len(garage.obeyed()) - before <= 2
    assert is_billed_right(garage)


@pytest.mark.parametrize("moments", range(0, 16, 2))
async def test_who_gives_up_leaves_no_half_state(garage: Garage, moments: int) -> None:
    """Whenever a call is cut off, the next one works, and no counter is used twice.

    The moments are real ones, so that the sealing, the journal and the request are cut
    through somewhere each time.
    """
    cut = asyncio.ensure_future(garage.sending(commands.AUTO_CONDITIONING_START.call()))
    for _ in range(moments):
        await garage.home.settle()
    cut.cancel()
    await asyncio.wait([cut])
    await garage.quiet()
    assert (
        await garage.result(garage.sending(commands.SET_CHARGE_LIMIT.call(percent=61)))
        is Outcome.SENT
    )
    heard = garage.cloud.sides[garage.car.vin].heard
    counters = [(one.domain, one.counter) for one in heard if one.counter]
    assert len(counters) == len(set(counters))
    assert {one.outcome for one in heard} == {"handshake", "ok"}
    assert garage.car.limit == 61
    assert is_billed_right(garage)
