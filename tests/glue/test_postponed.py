"""Commands that wait until their car is online anyway, through whatever comes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.commander import WHEN_AWAKE, Outcome, Urgency, by
from custom_components.fleet_pulse.fleet.budget import Budget
from custom_components.fleet_pulse.fleet.errors import (
    Interrupted,
    NotDeferrable,
    NotSaved,
    StaleReading,
)
from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.model.command import Call
from custom_components.fleet_pulse.promises import (
    EVENT_COMMAND_DROPPED,
    EVENT_COMMAND_UNCONFIRMED,
)
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .garage import Garage, town
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

CLIMATE: Final = commands.AUTO_CONDITIONING_START.call()
NO_CLIMATE: Final = commands.AUTO_CONDITIONING_STOP.call()
HONK: Final = commands.HONK_HORN.call()
LOCK: Final = commands.DOOR_LOCK.call()
UNLOCK: Final = commands.DOOR_UNLOCK.call()
TRUNK: Final = commands.ACTUATE_TRUNK.call(which_trunk="rear")
OPEN_TRUNK: Final = commands.ACTUATE_TRUNK.call(which_trunk="rear", move="open")


def limit(percent: int) -> Call:
    """Give the call that sets a charge limit."""
    return commands.SET_CHARGE_LIMIT.call(percent=percent)


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Leave Home Assistant its real files: a crash is made of them."""
    return {}


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household whose first car knows our key."""
    return Garage(home)


@pytest.fixture
async def awake(garage: Garage) -> Garage:
    """Give the garage with the first car awake, looked at, and its session open."""
    await garage.wake_up()
    await garage.fetch()
    await garage.home.pass_time(20)
    assert await garage.result(garage.sending(NO_CLIMATE)) is Outcome.SENT
    await garage.home.pass_time(30, 10)
    garage.car.commands.clear()
    return garage


@pytest.fixture
async def asleep(awake: Garage) -> Garage:
    """Give the same garage after the car has fallen asleep."""
    awake.car.sleep_now()
    await awake.home.pass_time(2 * MINUTE, 30)
    return awake


@pytest.fixture
def told(home: Household) -> list[dict[str, Any]]:
    """Collect what Home Assistant is told of commands that came to nothing."""
    found: list[dict[str, Any]] = []

    @callback
    def tell(event: Event) -> None:
        found.append({"event": event.event_type, **event.data})

    home.hass.bus.async_listen(EVENT_COMMAND_DROPPED, tell)
    home.hass.bus.async_listen(EVENT_COMMAND_UNCONFIRMED, tell)
    return found


def ends(told: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    """Give command and reason of what was told."""
    return [(one["command"], one.get("reason")) for one in told]


def waiting(garage: Garage) -> list[str]:
    """Give what the sensor shows to wait for the first car."""
    shown = garage.home.state("sensor", "waiting_commands")
    found = [one["command"] for one in shown.attributes["waiting"]]
    assert shown.state == str(len(found))
    return found


def disk(garage: Garage) -> dict[Path, str]:
    """Give what a crash at this moment would leave of what was asked for."""
    folder = Path(garage.home.hass.config.config_dir) / ".storage"
    names = ("fleet_pulse.orders.*", "fleet_pulse.journal.*")
    return {path: path.read_text() for name in names for path in folder.glob(name)}


async def crash(garage: Garage, left: dict[Path, str]) -> None:
    """Start Home Assistant after a crash that left only this on disk."""
    await garage.unload()
    assert [path.write_text(text) for path, text in left.items()]
    await garage.load()


def soon(seconds: float) -> Urgency:
    """Give the urgency of what must have happened by then."""
    return by(dt_util.utcnow() + timedelta(seconds=seconds))


async def watch(garage: Garage, seconds: float) -> None:
    """Let time pass while requests may be under way, without making them late."""
    for _ in range(int(seconds / 2)):
        await garage.home.pass_time(2, 2)
        await garage.quiet()


async def come_online(garage: Garage) -> None:
    """Let the car wake by itself, and be seen."""
    await garage.wake_up()
    await garage.quiet()
    await watch(garage, 20)


# ---- waiting


async def test_what_may_wait_travels_when_the_car_is_awake_anyway(
    asleep: Garage,
) -> None:
    """Nothing is asked of Tesla and nobody is woken; then all is sent, in order."""
    before = len(asleep.cloud.requests.of("command"))
    assert await asleep.deferring(limit(66)) is Outcome.DEFERRED
    assert await asleep.deferring(CLIMATE) is Outcome.DEFERRED
    assert waiting(asleep) == ["set_charge_limit", "auto_conditioning_start"]
    await asleep.home.pass_time(2 * HOUR, 300)
    assert len(asleep.cloud.requests.of("command")) == before
    assert asleep.wakes() == []
    await come_online(asleep)
    assert asleep.obeyed() == ["set_charge_limit", "auto_conditioning_start"]
    assert (waiting(asleep), asleep.wakes(), asleep.car.limit) == ([], [], 66)


async def test_the_sensor_says_what_waits_and_why(asleep: Garage) -> None:
    """Which, why, who asked, and until when."""
    await asleep.deferring(limit(66))
    now = dt_util.utcnow()
    [one] = asleep.home.state("sensor", "waiting_commands").attributes["waiting"]
    assert one == {
        "command": "set_charge_limit",
        "why": "asleep",
        "asked_by": "a rule",
        "asked_at": now.isoformat(timespec="seconds"),
        "until": (now + timedelta(days=7)).isoformat(timespec="seconds"),
    }


async def test_to_a_car_that_is_online_it_goes_at_once(awake: Garage) -> None:
    """Nothing is deferred that need not be."""
    assert await awake.result(awake.deferring(limit(66))) is Outcome.SENT
    assert (awake.car.limit, waiting(awake)) == (66, [])


async def test_what_is_so_already_does_not_wait(asleep: Garage) -> None:
    """The car slept since it said so: no request, nothing on disk."""
    assert await asleep.deferring(limit(asleep.car.limit)) is Outcome.ALREADY
    assert waiting(asleep) == []


async def test_only_at_its_deadline_the_guard_is_asked(asleep: Garage) -> None:
    """The car is woken once, then; what waits besides travels along."""
    await asleep.deferring(CLIMATE)
    await asleep.deferring(limit(66), soon(HOUR))
    await asleep.home.pass_time(59 * MINUTE, 30)
    assert asleep.wakes() == []
    await watch(asleep, 2 * MINUTE)
    assert sorted(asleep.obeyed()) == ["auto_conditioning_start", "set_charge_limit"]
    assert (len(asleep.wakes()), waiting(asleep)) == (1, [])


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(UNLOCK, id="unlock"),
        pytest.param(TRUNK, id="trunk"),
        pytest.param(HONK, id="honk"),
    ],
)
async def test_what_opens_or_pulses_never_waits(asleep: Garage, call: Call) -> None:
    """It is refused before anything is asked or kept."""
    before = len(asleep.cloud.requests)
    with pytest.raises(NotDeferrable):
        await asleep.deferring(call)
    assert (len(asleep.cloud.requests), waiting(asleep)) == (before, [])


# ---- what takes whose place


async def test_what_a_person_says_now_replaces_what_waits(asleep: Garage) -> None:
    """The newer value is sent, and the older never."""
    await asleep.deferring(limit(66))
    assert await asleep.result(asleep.sending(limit(77))) is Outcome.SENT
    await come_online(asleep)
    assert (asleep.car.limit, waiting(asleep)) == (77, [])
    assert asleep.obeyed() == ["set_charge_limit"]


async def test_the_opposite_cancels_what_waits(asleep: Garage) -> None:
    """Off, and it is off already: nothing is left to do, after a crash neither."""
    await asleep.deferring(CLIMATE)
    assert await asleep.result(asleep.sending(NO_CLIMATE)) is Outcome.ALREADY
    await crash(asleep, disk(asleep))
    await come_online(asleep)
    assert (asleep.obeyed(), waiting(asleep)) == ([], [])


# ---- restarts


async def test_a_restart_loses_nothing_that_waits(asleep: Garage) -> None:
    """Orderly or by a crash: what the caller was told waits, waits."""
    await asleep.deferring(limit(66))
    left = disk(asleep)
    await asleep.restart()
    assert waiting(asleep) == ["set_charge_limit"]
    await crash(asleep, left)
    assert waiting(asleep) == ["set_charge_limit"]
    await come_online(asleep)
    assert asleep.obeyed() == ["set_charge_limit"]


async def test_a_start_is_no_reason_to_wake(asleep: Garage) -> None:
    """A deadline passed while Home Assistant was down: minutes later, not at once."""
    await asleep.deferring(CLIMATE, soon(10 * MINUTE))
    await asleep.unload()
    await asleep.home.pass_time(11 * MINUTE, MINUTE)
    await asleep.load()
    await watch(asleep, 3 * MINUTE)
    assert asleep.wakes() == []
    await watch(asleep, 2 * MINUTE)
    assert (len(asleep.wakes()), asleep.obeyed()) == (1, ["auto_conditioning_start"])


async def test_a_restart_repeats_nothing_that_was_sent(
    asleep: Garage, told: list[dict[str, Any]]
) -> None:
    """A crash right after the answer, before the queue was written."""
    await asleep.deferring(limit(66))
    queue = disk(asleep)
    await come_online(asleep)
    assert asleep.obeyed() == ["set_charge_limit"]
    now = disk(asleep)
    orders = {path: text for path, text in queue.items() if ".orders." in path.name}
    await crash(asleep, now | orders)
    await come_online(asleep)
    assert (asleep.obeyed(), waiting(asleep), told) == (["set_charge_limit"], [], [])


async def test_a_crash_on_the_way_is_verified_not_repeated(
    awake: Garage, told: list[dict[str, Any]]
) -> None:
    """Nobody saw the answer: a look shows that the car did it, and all is well."""
    left = await _in_the_middle(awake, limit(66))
    await crash(awake, left)
    await awake.home.pass_time(3 * MINUTE, 10)
    assert (awake.obeyed(), awake.car.limit, told) == (["set_charge_limit"], 66, [])
    assert awake.home.state("number", "charge_limit_soc").state == "66"


async def test_a_crash_on_the_way_that_came_to_nothing_is_told(
    awake: Garage, told: list[dict[str, Any]]
) -> None:
    """The look shows that the car did not do it."""
    before = awake.car.limit
    left = await _in_the_middle(awake, limit(66))
    await awake.unload()
    awake.car.parts.charging.limit = before
    assert [path.write_text(text) for path, text in left.items()]
    await awake.load()
    await awake.home.pass_time(3 * MINUTE, 10)
    assert ends(told) == [("set_charge_limit", None)]
    assert awake.obeyed() == ["set_charge_limit"]


async def test_a_crash_on_the_way_of_a_pulse_is_told(
    awake: Garage, told: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    """No look can show whether it honked: it is not repeated, and the owner hears."""
    left = await _in_the_middle(awake, HONK)
    await crash(awake, left)
    await awake.home.pass_time(3 * MINUTE, 10)
    assert ends(told) == [("honk_horn", "end_unknown")]
    assert "nobody knows" in told[0]["message"]
    assert awake.obeyed() == ["honk_horn"]
    await awake.restart()
    assert len(told) == 1
    warnings = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert not any(awake.car.vin in line for line in warnings)


async def _in_the_middle(garage: Garage, call: Call) -> dict[Path, str]:
    """Give what is on disk while a command is under way; then let it arrive."""
    garage.cloud.fail("*/signed_command", delay=5)
    task = asyncio.ensure_future(garage.sending(call))
    await garage.home.settle()
    # A slider rests first.
    await garage.home.pass_time(2, 2)
    await garage.home.settle()
    left = disk(garage)
    assert not task.done()
    assert await garage.result(_until(task)) is Outcome.SENT
    return left


async def _until(task: asyncio.Future[Any]) -> Any:
    """Wait for a task."""
    return await task


async def test_an_unlock_from_before_a_restart_is_not_sent_after_it(
    asleep: Garage,
) -> None:
    """Whoever stood at the door is gone."""
    task = asyncio.ensure_future(asleep.sending(UNLOCK))
    await asleep.home.pass_time(2, 2)
    left = disk(asleep)
    await asleep.unload()
    with pytest.raises(Interrupted):
        await task
    assert [path.write_text(text) for path, text in left.items()]
    await asleep.load()
    await come_online(asleep)
    assert asleep.obeyed() == []


async def test_who_gives_up_leaves_no_half_state(awake: Garage) -> None:
    """The command has left: it is seen through, shown and verified."""
    awake.cloud.fail("*/signed_command", delay=2)
    task = asyncio.ensure_future(awake.sending(CLIMATE))
    await awake.home.settle()
    task.cancel()
    await awake.home.pass_time(4, 1)
    await awake.quiet()
    shown = awake.home.state("climate", "cabin")
    assert task.cancelled()
    assert (shown.state, awake.obeyed()) == ("heat_cool", ["auto_conditioning_start"])


# ---- bad ends


async def test_a_refusal_is_told_once_and_not_tried_again(
    asleep: Garage, told: list[dict[str, Any]]
) -> None:
    """The car's own reason, in an event with a text."""
    await asleep.deferring(CLIMATE)
    asleep.car.refuse_next("low_soc")
    await come_online(asleep)
    await asleep.home.pass_time(HOUR, 60)
    assert ends(told) == [("auto_conditioning_start", "refused_low_soc")]
    assert told[0]["message"]
    assert waiting(asleep) == []


async def test_trouble_that_passes_is_waited_for(
    asleep: Garage, told: list[dict[str, Any]]
) -> None:
    """Tesla has a bad minute: tried again later, while the car is online."""
    await asleep.deferring(CLIMATE)
    asleep.cloud.fail("*/signed_command", status=429, retry_after=60)
    await come_online(asleep)
    [one] = asleep.home.state("sensor", "waiting_commands").attributes["waiting"]
    assert one["why"] == "trouble"
    await asleep.home.pass_time(4 * MINUTE, 10)
    assert (asleep.obeyed(), told) == (["auto_conditioning_start"], [])


async def test_what_waits_too_long_is_given_up(
    asleep: Garage, told: list[dict[str, Any]]
) -> None:
    """A week is enough; also where Home Assistant was down at the end of it."""
    await asleep.deferring(CLIMATE)
    await asleep.unload()
    await asleep.home.pass_time(8 * DAY, DAY)
    await asleep.load()
    await asleep.home.settle()
    await come_online(asleep)
    assert ends(told) == [("auto_conditioning_start", "waited_in_vain")]
    assert (asleep.obeyed(), waiting(asleep)) == ([], [])


async def test_a_budget_spent_meanwhile_is_obeyed(asleep: Garage) -> None:
    """A rule's command waits on, and costs nothing; with money again, it goes."""
    await asleep.deferring(CLIMATE)
    budget = asleep.data.account.budget
    asleep.data.account.budget = Budget(amount=Decimal(0), currency="USD")
    before = len(asleep.signed())
    await come_online(asleep)
    assert len(asleep.signed()) == before
    [one] = asleep.home.state("sensor", "waiting_commands").attributes["waiting"]
    assert one["why"] == "budget"
    asleep.data.account.budget = budget
    await asleep.home.pass_time(6 * MINUTE, 10)
    assert asleep.obeyed() == ["auto_conditioning_start"]


async def test_what_cannot_be_kept_is_not_promised(
    asleep: Garage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the caller hears that nothing waits, and nothing does."""

    def full(_: Path, __: str) -> None:
        raise NotSaved("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.fleet_pulse.orders.disk.write", full)
        with pytest.raises(NotSaved):
            await asleep.deferring(CLIMATE)
    assert waiting(asleep) == []
    await come_online(asleep)
    assert asleep.obeyed() == []


async def test_amperes_below_five_are_explained(
    awake: Garage, told: list[dict[str, Any]]
) -> None:
    """Sent and verified once; the car's own value is shown, and why."""
    three = commands.SET_CHARGING_AMPS.call(charging_amps=3)
    assert await awake.result(awake.sending(three)) is Outcome.SENT
    await watch(awake, MINUTE)
    assert ends(told) == [("set_charging_amps", "low_amps_ignored")]
    assert awake.home.state("number", "charge_current_request").state == "5"
    assert awake.obeyed() == ["set_charging_amps"]


# ---- who leaves


async def test_a_car_that_left_takes_what_waits_along(asleep: Garage) -> None:
    """It may have another owner: nothing is sent to it, also if it comes back."""
    await asleep.deferring(CLIMATE)
    owner = next(iter(asleep.cloud.accounts.values()))
    vins = list(owner.vins)
    owner.vins.remove(asleep.car.vin)
    await asleep.home.pass_time(2 * DAY, 10 * MINUTE)
    assert asleep.car.vin not in asleep.data.account.vehicles
    owner.vins[:] = vins
    await asleep.home.pass_time(2 * MINUTE, 30)
    await come_online(asleep)
    assert (asleep.obeyed(), waiting(asleep)) == ([], [])


async def test_nothing_of_a_removed_account_waits(asleep: Garage) -> None:
    """What waited is deleted with all the rest; an unloaded entry sends nothing."""
    await asleep.deferring(CLIMATE)
    assert len(disk(asleep)) > 1
    hass, entry_id = asleep.home.hass, asleep.home.entry.entry_id
    await hass.config_entries.async_remove(entry_id)
    await asleep.home.settle()
    assert disk(asleep) == {}
    asleep.car.request_wake()
    await asleep.home.pass_time(5 * MINUTE, 10)
    assert asleep.obeyed() == []


# ---- toggles


async def test_a_trunk_is_never_toggled_on_a_stale_reading(asleep: Garage) -> None:
    """It moves either way, so the car must have said since it woke which way it is."""
    before = len(asleep.cloud.requests)
    with pytest.raises(StaleReading):
        await asleep.sending(TRUNK)
    assert len(asleep.cloud.requests) == before
    await asleep.wake_up()
    with pytest.raises(StaleReading):
        await asleep.sending(TRUNK)
    await asleep.fetch()
    assert await asleep.result(asleep.sending(TRUNK)) is Outcome.SENT
    with pytest.raises(StaleReading):
        await asleep.sending(TRUNK)
    assert asleep.obeyed() == ["actuate_trunk"]


async def test_a_signed_trunk_is_told_which_way(asleep: Garage) -> None:
    """Open is open however it was: it needs no reading."""
    assert await asleep.result(asleep.sending(OPEN_TRUNK)) is Outcome.SENT
    assert asleep.obeyed() == ["actuate_trunk"]


async def test_a_lock_may_wait(asleep: Garage) -> None:
    """What makes a car safer may, and is sent even over budget."""
    asleep.data.account.budget = Budget(
        amount=Decimal(0), currency="USD", hard_stop=True
    )
    assert await asleep.deferring(LOCK, WHEN_AWAKE) is Outcome.DEFERRED
    await come_online(asleep)
    assert asleep.obeyed() == ["door_lock"]
