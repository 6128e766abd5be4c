"""Commands on their way to a car: refused, spared, woken for, sent, verified."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from homeassistant.core import Event, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.commander import Outcome
from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.fleet.budget import Budget
from custom_components.fleet_pulse.fleet.errors import (
    AnswerLost,
    BudgetSpent,
    CommandRefused,
    EquipmentMissing,
    Expired,
    FirmwareTooOld,
    InService,
    Interrupted,
    KeyNotPaired,
    ProtocolRequired,
    RateLimited,
    ScopeMissing,
    TeslaUnavailable,
    WakeFailed,
    WakeRefused,
)
from custom_components.fleet_pulse.fleet.wake import WakeOutcome
from custom_components.fleet_pulse.model import commands, vehicle_fields as fields
from custom_components.fleet_pulse.promises import EVENT_COMMAND_UNCONFIRMED
from tests.fake_fleet.accounts import SCOPES
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.refusal import PROTOCOL_REQUIRED

from .garage import RULE, Garage, town
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

LOCK: Final = commands.DOOR_LOCK.call()
UNLOCK: Final = commands.DOOR_UNLOCK.call()
HONK: Final = commands.HONK_HORN.call()
FLASH: Final = commands.FLASH_LIGHTS.call()
START: Final = commands.CHARGE_START.call()
STOP: Final = commands.CHARGE_STOP.call()
CLIMATE: Final = commands.AUTO_CONDITIONING_START.call()
NO_CLIMATE: Final = commands.AUTO_CONDITIONING_STOP.call()
PORT: Final = commands.CHARGE_PORT_DOOR_OPEN.call()


def limit(percent: int) -> Any:
    """Give the call that sets a charge limit."""
    return commands.SET_CHARGE_LIMIT.call(percent=percent)


@pytest.fixture
def wakes_in() -> float:
    """Give the seconds cars take to wake; a test may name others."""
    return 8


@pytest.fixture
def scopes() -> Iterable[str]:
    """Give what the owner grants; a test may name less."""
    return SCOPES


@pytest.fixture
async def cloud(
    socket_enabled: None, cloud_clock: Clock, wakes_in: float, scopes: Iterable[str]
) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock, wakes_in=wakes_in, scopes=scopes) as world:
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
    return garage


# ---- refusals are data, before any request


async def _in_service(garage: Garage) -> None:
    """Have the car brought to a workshop."""
    garage.car.in_service = True
    await garage.look()


async def _spent(garage: Garage) -> None:
    """Spend the budget; rules stop, people go on."""
    garage.data.account.budget = Budget(amount=Decimal(0), currency="USD")


async def _stopped(garage: Garage) -> None:
    """Spend the budget with a hard stop."""
    garage.data.account.budget = Budget(
        amount=Decimal(0), currency="USD", hard_stop=True
    )


async def _looked(garage: Garage) -> None:
    """Hear from the car what it has and what its software is."""
    await garage.wake_up()
    await garage.fetch()


async def _old(garage: Garage) -> None:
    """Hear from a car that has not been updated for years."""
    garage.car.parts.software.version = "2023.44.30.8"
    await _looked(garage)


@pytest.mark.parametrize(
    ("prepare", "call", "cause", "error"),
    [
        pytest.param(
            _looked,
            commands.OPEN_TONNEAU.call(),
            None,
            EquipmentMissing,
            id="no such thing in this car",
        ),
        pytest.param(
            _looked,
            commands.REMOTE_SEAT_HEATER_REQUEST.call(level=1, seat_position=7),
            None,
            EquipmentMissing,
            id="no such seat in this car",
        ),
        pytest.param(
            _old,
            commands.REMOVE_CHARGE_SCHEDULE.call(id=7),
            None,
            FirmwareTooOld,
            id="software from before Tesla had it",
        ),
        pytest.param(_in_service, LOCK, None, InService, id="the car is in service"),
        pytest.param(_spent, CLIMATE, RULE, BudgetSpent, id="spent: no rule"),
        pytest.param(_stopped, CLIMATE, None, BudgetSpent, id="stopped: nobody"),
        pytest.param(_stopped, UNLOCK, None, BudgetSpent, id="stopped: not to unlock"),
    ],
)
async def test_a_refusal_costs_nothing(
    garage: Garage,
    prepare: Callable[[Garage], Any],
    call: Any,
    cause: Any,
    error: type[Exception],
) -> None:
    """What cannot work is refused before Tesla is asked anything."""
    await prepare(garage)
    before = len(garage.cloud.requests)
    with pytest.raises(error):
        await garage.sending(call, *filter(None, [cause]))
    assert len(garage.cloud.requests) == before


@pytest.mark.parametrize(
    "scopes", [("offline_access", "openid", "user_data", "vehicle_device_data")]
)
async def test_without_the_permission_nothing_is_asked(house: Household) -> None:
    """A scope that the owner did not grant refuses; nobody is woken for it."""
    await house.set_up()
    garage = Garage(house)
    before = len(garage.cloud.requests)
    with pytest.raises(ScopeMissing):
        await garage.sending(CLIMATE)
    assert len(garage.cloud.requests) == before


async def test_what_makes_a_car_safer_is_done_over_budget(garage: Garage) -> None:
    """Even a hard stop wakes the car to lock, to close, to stop."""
    await _stopped(garage)
    calls = (LOCK, NO_CLIMATE, STOP, commands.CHARGE_PORT_DOOR_CLOSE.call())
    await garage.results(*(garage.sending(call) for call in calls))
    assert len(garage.wakes()) == 1
    assert sorted(garage.obeyed()) == sorted(call.command.key for call in calls)


async def test_a_person_goes_on_over_a_soft_budget(garage: Garage) -> None:
    """Without the hard stop, who stands there decides."""
    await _spent(garage)
    assert await garage.result(garage.sending(CLIMATE)) is Outcome.SENT


async def test_without_a_key_a_car_is_not_woken_in_vain(house: Household) -> None:
    """A car that takes signed commands only is left asleep until there is a key."""
    await house.set_up(pair=False)
    garage = Garage(house)
    with pytest.raises(KeyNotPaired):
        await garage.sending(CLIMATE)
    assert garage.cloud.requests.billed == []


async def test_a_car_that_comes_to_want_signatures_needs_a_key(
    house: Household,
) -> None:
    """It took plain commands and no longer does: the owner is told what to do."""
    await house.set_up(pair=False)
    garage = Garage(house)
    garage.vehicle().async_correct_signing(signs=False)
    with pytest.raises(KeyNotPaired, match="finish the set-up"):
        await garage.result(garage.sending(CLIMATE))
    assert garage.signed() == []


async def test_an_unpaired_car_says_so_once(garage: Garage) -> None:
    """It is woken and tried once; from then on a free question comes before."""
    car = garage.other
    await garage.wake_up(car)
    with pytest.raises(KeyNotPaired):
        await garage.result(garage.sending(CLIMATE, car=car))
    billed = len(garage.cloud.requests.billed)
    with pytest.raises(KeyNotPaired):
        await garage.result(garage.sending(CLIMATE, car=car))
    assert len(garage.cloud.requests.billed) == billed
    garage.pair_other()
    assert await garage.result(garage.sending(CLIMATE, car=car)) is Outcome.SENT


# ---- already so


async def test_what_a_sleeping_car_is_already_costs_nothing(awake: Garage) -> None:
    """Asleep since the look that said so: nobody can have changed it."""
    await awake.home.pass_time(2 * MINUTE, 30)
    await awake.fetch()
    awake.car.sleep_now()
    await awake.home.pass_time(2 * MINUTE, 30)
    before = len(awake.cloud.requests)
    assert await awake.result(awake.sending(NO_CLIMATE)) is Outcome.ALREADY
    assert len(awake.cloud.requests) == before


async def test_what_was_said_long_before_sleep_is_not_already_so(
    awake: Garage,
) -> None:
    """A car that stayed awake may have been used in between."""
    vehicle = awake.vehicle()
    await awake.home.pass_time(2 * MINUTE, 30)
    awake.cloud.fail("*/vehicle_data", status=503, times=99)
    awake.car.open_door()
    await awake.home.pass_time(13 * MINUTE, 60)
    awake.car.close_door()
    awake.car.sleep_now()
    await awake.home.pass_time(2 * MINUTE, 60)
    assert vehicle.data.get(fields.STATE) == "asleep"
    assert await awake.result(awake.sending(NO_CLIMATE)) is Outcome.SENT


async def test_what_was_restored_is_not_already_so(awake: Garage) -> None:
    """While Home Assistant was away, anything may have happened to the car."""
    awake.car.sleep_now()
    await awake.unload()
    await awake.home.pass_time(HOUR, 600)
    await awake.load()
    assert awake.vehicle().data.get(fields.IS_CLIMATE_ON) is False
    assert await awake.result(awake.sending(NO_CLIMATE)) is Outcome.SENT


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(10, Outcome.ALREADY, id="looked at just now"),
        pytest.param(20, Outcome.SENT, id="looked at too long ago"),
    ],
)
async def test_locking_believes_only_a_fresh_look(
    awake: Garage, age: float, expected: Outcome
) -> None:
    """Lock again rather than leave a car open: 15 seconds are the limit."""
    awake.car.parts.closures.is_locked = True
    await awake.home.pass_time(30, 10)
    await awake.fetch()
    await awake.home.pass_time(age, 5)
    assert await awake.result(awake.sending(LOCK)) is expected


async def test_a_command_in_between_makes_a_look_worthless(awake: Garage) -> None:
    """Locked by the last look, unlocked since, with the answer lost: lock is sent."""
    awake.car.parts.closures.is_locked = True
    await awake.result(awake.sending(LOCK))
    await awake.home.pass_time(30, 10)
    await awake.fetch()
    awake.cloud.fail("*/signed_command", reset="after")
    with pytest.raises(AnswerLost):
        await awake.result(awake.sending(UNLOCK))
    assert not awake.car.locked
    assert await awake.result(awake.sending(LOCK)) is Outcome.SENT
    assert awake.car.locked


async def test_an_expected_opposite_is_not_already_so(awake: Garage) -> None:
    """On, then off within seconds: both go to the car, although it said off last."""
    await awake.home.pass_time(30, 10)
    await awake.fetch()
    assert await awake.result(awake.sending(CLIMATE)) is Outcome.SENT
    assert await awake.result(awake.sending(NO_CLIMATE)) is Outcome.SENT
    assert awake.obeyed()[-2:] == ["auto_conditioning_start", "auto_conditioning_stop"]


# ---- sliders


async def test_sliders_of_two_cars_are_two_commands(awake: Garage) -> None:
    """Dragged at the same time, each car gets its own last value."""
    awake.pair_other()
    await awake.wake_up(awake.other)
    found = await awake.results(
        *(awake.sending(limit(60 + value)) for value in range(12)),
        *(awake.sending(limit(80 + value), car=awake.other) for value in range(5)),
    )
    assert found == [Outcome.SENT] * 17
    assert (awake.car.limit, awake.other.limit) == (71, 84)
    assert awake.obeyed().count("set_charge_limit") == 1
    assert awake.obeyed(awake.other) == ["set_charge_limit"]


async def test_the_error_of_a_slider_reaches_all_who_dragged(awake: Garage) -> None:
    """Nobody is told that it worked."""
    awake.car.refuse_next("the car says no")
    found = await awake.results(*(awake.sending(limit(60 + n)) for n in range(3)))
    assert [type(error) for error in found] == [CommandRefused] * 3


async def test_a_limit_is_kept_within_what_the_car_takes(awake: Garage) -> None:
    """The car would take 20 % silently and do something else."""
    await awake.result(awake.sending(limit(20)))
    assert awake.car.limit == 50


async def test_a_slider_in_motion_ends_with_the_entry(awake: Garage) -> None:
    """Who still waits is told that nothing was sent."""
    task = asyncio.ensure_future(awake.sending(limit(77)))
    await awake.home.settle()
    await awake.unload()
    with pytest.raises(Interrupted):
        await task
    await awake.home.pass_time(10, 2)
    assert "set_charge_limit" not in awake.obeyed()


# ---- online, or not


async def test_a_car_that_fell_asleep_unseen_is_woken(awake: Garage) -> None:
    """408 corrects what was believed, the guard allows, the command arrives."""
    awake.car.sleep_now()
    assert await awake.result(awake.sending(CLIMATE)) is Outcome.SENT
    assert [request.status for request in awake.signed()][-2:] == [408, 200]
    assert len(awake.wakes()) == 1
    assert awake.obeyed()[-1] == "auto_conditioning_start"


async def test_a_car_that_woke_unseen_is_not_woken_again(garage: Garage) -> None:
    """A free question comes before every wake."""
    garage.car.request_wake()
    await garage.home.pass_time(20, 20)
    assert await garage.result(garage.sending(CLIMATE)) is Outcome.SENT
    assert garage.wakes() == []


async def test_a_word_from_before_an_outage_is_asked_for_again(awake: Garage) -> None:
    """When the list has failed for long, "online" is no word to act on."""
    awake.cloud.fail("*/products", status=503, times=999)
    await awake.home.pass_time(20 * MINUTE, 60)
    awake.car.sleep_now()
    assert await awake.result(awake.sending(CLIMATE)) is Outcome.SENT
    assert 408 not in [request.status for request in awake.signed()]


# ---- the guard


async def test_all_who_want_a_car_awake_share_one_wake(garage: Garage) -> None:
    """Five commands at once on a sleeping car: one wake_up, five commands."""
    calls = [CLIMATE, LOCK, limit(70), FLASH, commands.SET_SENTRY_MODE.call(on=True)]
    found = await garage.results(
        garage.waking(), *(garage.sending(call) for call in calls)
    )
    assert [o for o in found if not isinstance(o, Outcome)] == []
    assert len(garage.wakes()) == 1
    assert sorted(garage.obeyed()) == sorted(call.command.key for call in calls)


async def test_two_cars_are_woken_side_by_side(garage: Garage) -> None:
    """One car never waits for another."""
    garage.pair_other()
    await garage.results(
        garage.sending(CLIMATE), garage.sending(CLIMATE, car=garage.other)
    )
    (one,), (other,) = garage.wakes(), garage.wakes(garage.other)
    assert abs(one.at - other.at) < timedelta(seconds=3)


@pytest.mark.parametrize("wakes_in", [58.0, 62.0])
async def test_a_car_in_deep_sleep_costs_two_wakes_at_most(garage: Garage) -> None:
    """It takes a minute to wake: no third post, and no failure reported."""
    assert await garage.result(garage.sending(CLIMATE)) is Outcome.SENT
    assert len(garage.wakes()) <= 2


async def test_a_wake_survives_a_bad_minute_at_tesla(garage: Garage) -> None:
    """Lost, limited and failing looks are waited out; the post is not repeated."""
    garage.cloud.fail("*/wake_up", reset="after")
    garage.cloud.fail(f"*/vehicles/{garage.car.vin}", skip=1, status=503)
    garage.cloud.fail(f"*/vehicles/{garage.car.vin}", status=429, retry_after=7)
    assert await garage.result(garage.sending(CLIMATE)) is Outcome.SENT
    assert len(garage.wakes()) == 1


async def test_the_button_wakes_only_who_sleeps(garage: Garage) -> None:
    """A car that is awake already is not woken."""
    assert await garage.result(garage.waking()) is Outcome.SENT
    assert await garage.result(garage.waking()) is Outcome.ALREADY
    assert len(garage.wakes()) == 1


async def test_a_car_out_of_reach_backs_off_also_after_a_reload(
    garage: Garage,
) -> None:
    """Two posts, a clear error, then refusals that say until when; on disk, too."""
    garage.car.reachable = False
    with pytest.raises(WakeFailed):
        await garage.result(garage.sending(CLIMATE), step=10)
    assert len(garage.wakes()) == 2
    await garage.reload()
    refused = await garage.results(garage.waking(RULE), garage.waking())
    assert [type(error) for error in refused] == [WakeRefused] * 2
    assert [error.reason for error in refused] == ["backing_off"] * 2
    assert all(error.retry_at > dt_util.utcnow() for error in refused)
    assert len(garage.wakes()) == 2


async def test_a_person_waits_a_minute_and_a_rule_ever_longer(garage: Garage) -> None:
    """After a second failure the next rule waits five minutes, a person two."""
    garage.car.reachable = False
    await garage.results(garage.waking(RULE), step=10)
    await garage.home.pass_time(61, 61)
    await garage.results(garage.waking(RULE), step=10)
    now = dt_util.utcnow()
    by_rule, by_person = await garage.results(garage.waking(RULE), garage.waking())
    assert timedelta(minutes=4) < by_rule.retry_at - now <= timedelta(minutes=5)
    assert timedelta(minutes=1) < by_person.retry_at - now <= timedelta(minutes=2)
    garage.car.reachable = True
    garage.car.request_wake()
    await garage.home.pass_time(MINUTE)
    garage.car.sleep_now()
    await garage.home.pass_time(MINUTE)
    assert await garage.result(garage.waking(RULE)) is Outcome.SENT


async def test_a_rule_never_wakes_an_unplugged_car_to_charge(awake: Garage) -> None:
    """Nothing would come of it; what a person asks is tried."""
    awake.car.sleep_now()
    await awake.home.pass_time(3 * MINUTE, 60)
    with pytest.raises(WakeRefused) as refused:
        await awake.result(awake.sending(START, RULE))
    assert refused.value.reason == "unplugged"
    assert awake.wakes() == []
    with pytest.raises(CommandRefused):
        await awake.result(awake.sending(START))
    assert len(awake.wakes()) == 1


async def test_a_day_has_a_limit(garage: Garage) -> None:
    """Four wakes by rules; then a rule is told when it may again."""
    for _ in range(4):
        assert await garage.result(garage.waking(RULE)) is Outcome.SENT
        garage.car.sleep_now()
        await garage.home.pass_time(30 * MINUTE, 600)
    with pytest.raises(WakeRefused) as refused:
        await garage.waking(RULE)
    assert refused.value.reason == "scheduled_limit"
    assert await garage.result(garage.waking()) is Outcome.SENT
    assert garage.home.state("sensor", "wakes_today").state == "5"


@pytest.mark.parametrize(
    "call", [pytest.param(c, id=c.command.key) for c in (FLASH, HONK)]
)
async def test_nobody_is_woken_to_honk(garage: Garage, call: Any) -> None:
    """Lights and horn are for a car that is awake anyway."""
    await garage.home.pass_time(30, 30)
    with pytest.raises(WakeRefused) as refused:
        await garage.sending(call)
    assert refused.value.reason == "no_command_due"
    assert garage.wakes() == []


async def test_what_opens_expires_while_the_car_wakes(garage: Garage) -> None:
    """Ninety seconds after it was asked for, nobody may stand at the door any more."""
    garage.cloud.fail(
        f"*/vehicles/{garage.car.vin}", skip=2, times=1, status=429, retry_after=95
    )
    found = await garage.results(garage.sending(PORT), garage.sending(CLIMATE), step=5)
    assert [type(result) for result in found] == [Expired, Outcome]
    assert garage.obeyed() == ["auto_conditioning_start"]


async def test_a_stop_in_the_middle_of_a_wake_is_noted(garage: Garage) -> None:
    """The attempt counts; who waited is told; no task is left behind."""
    task = asyncio.ensure_future(garage.sending(CLIMATE))
    await garage.quiet()
    await garage.home.pass_time(2, 2)
    assert len(garage.wakes()) == 1
    await garage.unload()
    with pytest.raises(Interrupted):
        await task
    await garage.load()
    (attempt,) = garage.data.journal.wakes
    assert (attempt.outcome, attempt.posts) == (WakeOutcome.LOST, 1)
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert [name for name in names if name.startswith("fleet_pulse")] == []


async def test_who_gives_up_does_not_end_the_wake_of_others(garage: Garage) -> None:
    """A cancelled caller leaves; the car wakes, and nothing is logged as lost."""
    first = asyncio.ensure_future(garage.sending(CLIMATE))
    second = asyncio.ensure_future(garage.sending(limit(66)))
    await garage.home.pass_time(2, 2)
    first.cancel()
    assert await garage.result(asyncio.wait_for(second, None)) is Outcome.SENT
    assert first.cancelled()
    assert garage.obeyed() == ["set_charge_limit"]


@pytest.mark.parametrize(
    ("delay", "found"),
    [
        pytest.param(5, Outcome.SENT, id="it comes"),
        pytest.param(60, Interrupted, id="it does not come in time"),
    ],
)
async def test_a_stop_waits_for_an_answer_and_not_for_ever(
    awake: Garage, delay: float, found: object
) -> None:
    """What has left is seen through; after that, who waits is told that nobody knows."""
    awake.cloud.fail("*/signed_command", delay=delay)
    task = asyncio.ensure_future(awake.sending(CLIMATE))
    await awake.home.settle()
    end = asyncio.ensure_future(awake.unload())
    await awake.live(25, 1)
    await end
    (result,) = await asyncio.gather(task, return_exceptions=True)
    assert found in (result, type(result))


# ---- lost answers, and how the car takes commands


@pytest.mark.parametrize(
    ("call", "sent"),
    [
        pytest.param(UNLOCK, 1, id="unlock: once, it may be open"),
        pytest.param(HONK, 1, id="honk: once, it may have honked"),
        pytest.param(limit(66), 2, id="charge limit: again, it changes nothing"),
    ],
)
async def test_a_lost_answer_is_repeated_only_where_it_is_safe(
    awake: Garage, call: Any, sent: int
) -> None:
    """What opens or happens again is not sent twice; a look shows what it did."""
    await awake.result(awake.sending(LOCK))
    await awake.home.pass_time(30, 10)
    before, looks = len(awake.signed()), len(awake.looks())
    awake.cloud.fail("*/signed_command", reset="after")
    await awake.results(awake.sending(call))
    assert len(awake.signed()) - before == sent
    await awake.home.pass_time(30, 5)
    assert len(awake.looks()) - looks == 1


async def test_a_car_that_does_not_sign_is_remembered(awake: Garage) -> None:
    """422 on a signed command: the plain form, from then on, also after a reload."""
    awake.car.command_signing = "off"
    await awake.result(awake.sending(limit(61)))
    plain = len(awake.cloud.requests.to("/command/set_charge_limit"))
    assert (plain, awake.signed()[-1].status, awake.car.limit) == (1, 422, 61)
    before = len(awake.signed())
    await awake.reload()
    await awake.result(awake.sending(limit(62)))
    assert (len(awake.signed()), awake.car.limit) == (before, 62)


async def test_a_car_that_wants_signatures_is_remembered(awake: Garage) -> None:
    """403 "protocol required" on the plain form: signed, from then on."""
    awake.vehicle().async_correct_signing(signs=False)
    await awake.result(awake.sending(limit(61)))
    plain = awake.cloud.requests.to("/command/set_charge_limit")
    assert ([request.status for request in plain], awake.car.limit) == ([403], 61)
    await awake.result(awake.sending(limit(62)))
    assert len(awake.cloud.requests.to("/command/set_charge_limit")) == 1


async def test_both_forms_refused_is_an_error(awake: Garage) -> None:
    """The form is changed once, not for ever."""
    awake.vehicle().async_correct_signing(signs=False)
    awake.cloud.fail("*/signed_command", status=403, body={"error": PROTOCOL_REQUIRED})
    with pytest.raises(ProtocolRequired):
        await awake.result(awake.sending(CLIMATE))


async def test_what_has_one_form_only_is_sent_in_that(awake: Garage) -> None:
    """Tesla knows no signed navigation: a car that wants signatures takes none."""
    awake.cloud.fail("*/command/*", status=403, body={"error": PROTOCOL_REQUIRED})
    before = len(awake.signed())
    with pytest.raises(ProtocolRequired):
        await awake.result(awake.sending(commands.REMOTE_BOOMBOX.call(sound=0)))
    assert len(awake.signed()) == before


async def test_a_session_outlives_a_reload(awake: Garage) -> None:
    """Sealed on disk: the next command needs no new handshake."""
    before = len(awake.signed())
    await awake.reload()
    await awake.result(awake.sending(CLIMATE))
    assert len(awake.signed()) - before == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param({"status": 429, "retry_after": 30}, RateLimited, id="wait"),
        pytest.param({"status": 503, "times": 20}, TeslaUnavailable, id="trouble"),
    ],
)
async def test_tesla_says_no(
    awake: Garage, fault: dict[str, Any], error: type[Exception]
) -> None:
    """What Tesla refuses reaches whoever asked, and nothing is shown as done."""
    awake.cloud.fail("*/signed_command", **fault)
    with pytest.raises(error):
        await awake.result(awake.sending(CLIMATE))
    assert awake.vehicle().data.get(fields.IS_CLIMATE_ON) is False


async def test_a_benign_refusal_is_a_success(awake: Garage) -> None:
    """It is already as it was to be; another reason is an error."""
    awake.car.refuse_next("already_set")
    assert await awake.result(awake.sending(limit(64))) is Outcome.SENT
    awake.car.refuse_next("mind your own business")
    with pytest.raises(CommandRefused, match="mind your own"):
        await awake.result(awake.sending(limit(65)))


async def test_nothing_is_sent_that_cannot_be_noted(
    awake: Garage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the owner is told, the car hears nothing, and later it works."""
    before = len(awake.signed())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        # The journal's own: sealed files are synced too, and would fail before it.
        own = SimpleNamespace(fsync=full)
        disk.setattr("custom_components.fleet_pulse.journal.os", own)
        with pytest.raises(HomeAssistantError, match="No space left"):
            await awake.home.act(
                "number", "set_value", "number", "charge_limit_soc", value=63
            )
    assert len(awake.signed()) == before
    assert caplog.text.count("The journal cannot be written") == 1
    await awake.result(awake.sending(limit(63)))
    cost = awake.data.account.cost
    await awake.reload()
    assert awake.data.account.cost == cost == awake.cloud.bill.total()


# ---- verified


async def test_a_command_is_verified_by_one_look(awake: Garage) -> None:
    """Shown at once as expected, then as the car says; one look, and no more."""
    await awake.home.pass_time(30, 10)
    looks = len(awake.looks())
    await awake.result(awake.sending(limit(69)))
    shown = awake.home.state("number", "charge_limit_soc")
    assert (shown.state, shown.attributes["source"]) == ("69", "command")
    await awake.home.pass_time(3 * MINUTE, 10)
    shown = awake.home.state("number", "charge_limit_soc")
    assert (shown.state, shown.attributes["source"]) == ("69", "poll")
    assert len(awake.looks()) - looks == 1


@pytest.fixture
def unconfirmed(home: Household) -> list[dict[str, Any]]:
    """Collect what Home Assistant is told about commands that were not carried out."""
    told: list[dict[str, Any]] = []

    @callback
    def tell(event: Event) -> None:
        told.append(dict(event.data))

    home.hass.bus.async_listen(EVENT_COMMAND_UNCONFIRMED, tell)
    return told


async def test_a_car_that_did_not_do_it_is_told_on(
    awake: Garage,
    unconfirmed: list[dict[str, Any]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It said yes and did nothing: the old value is back, and an event says so."""
    await awake.home.pass_time(30, 10)
    before = awake.car.limit
    await awake.result(awake.sending(limit(69)))
    awake.car.parts.charging.limit = before
    await awake.home.pass_time(MINUTE, 10)
    assert awake.home.state("number", "charge_limit_soc").state == str(before)
    device = dr.async_get(awake.home.hass).async_get_device_by_identifier(
        (DOMAIN, awake.car.vin), awake.home.entry.entry_id
    )
    assert device is not None
    assert unconfirmed == [{"device_id": device.id, "command": "set_charge_limit"}]
    assert caplog.text.count("took the command set_charge_limit and did not do it") == 1
    warnings = [r for r in caplog.records if r.levelname == "WARNING"]
    assert not any(awake.car.vin in record.getMessage() for record in warnings)


async def test_only_the_newest_of_two_commands_is_verified(
    awake: Garage, unconfirmed: list[dict[str, Any]]
) -> None:
    """The first one was overtaken; that is no failure."""
    await awake.result(awake.sending(limit(69)))
    await awake.result(awake.sending(limit(72)))
    await awake.result(awake.sending(CLIMATE))
    await awake.home.pass_time(2 * MINUTE, 10)
    assert unconfirmed == []
    assert awake.home.state("number", "charge_limit_soc").state == "72"


async def test_a_command_whose_answer_was_lost_overtakes_too(
    awake: Garage, unconfirmed: list[dict[str, Any]]
) -> None:
    """Locked, then perhaps unlocked: nobody may say that the lock failed."""
    await awake.result(awake.sending(LOCK))
    awake.cloud.fail("*/signed_command", reset="after")
    await awake.results(awake.sending(UNLOCK))
    await awake.home.pass_time(2 * MINUTE, 10)
    assert unconfirmed == []
    assert awake.home.state("lock", "doors").state == "unlocked"


async def test_what_nobody_confirms_is_shown_for_ninety_seconds(
    awake: Garage, unconfirmed: list[dict[str, Any]]
) -> None:
    """No look succeeds: the car's own last word is written again by itself."""
    await awake.home.pass_time(30, 10)
    before = awake.home.state("number", "charge_limit_soc").state
    awake.cloud.fail("*/vehicle_data", status=503, times=99)
    await awake.result(awake.sending(limit(69)))
    await awake.home.pass_time(80, 10)
    assert awake.home.state("number", "charge_limit_soc").state == "69"
    await awake.home.pass_time(20, 10)
    assert awake.home.state("number", "charge_limit_soc").state == before
    assert unconfirmed == []
