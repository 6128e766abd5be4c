"""When Tesla is asked, and when not: the list, the looks, and what they cost."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
import logging
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.util import dt as dt_util
import pytest

from custom_components.fleet_pulse.const import ENV_TIME_SCALE
from custom_components.fleet_pulse.fleet.budget import Budget
from custom_components.fleet_pulse.fleet.usage import Category
from custom_components.fleet_pulse.model import commands
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.commuter import Commuter
from tests.fake_fleet.geography import beside
from tests.fake_fleet.log import Request
from tests.fake_fleet.specs import MODEL_3, MODEL_S_2016

from .flows import Owner
from .garage import Garage
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
SPENT: Final = Budget(amount=Decimal(0), currency="USD")
BERLIN: Final = (52.52, 13.405)


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household; the second car is awake, the first asleep."""
    return Garage(home)


def gaps(requests: list[Request]) -> list[float]:
    """Give the seconds between requests."""
    times = [request.at for request in requests]
    return [(b - a).total_seconds() for a, b in pairwise(times)]


async def sleep_all(garage: Garage) -> None:
    """Put both cars to sleep, so that nothing but the list is asked."""
    for car in garage.cloud.cars.values():
        car.sleep_now()
        car._sleep.self_wakes = False
    await garage.look()


# ---- the list


async def test_the_list_is_asked_once_a_minute(garage: Garage) -> None:
    """One call for all cars, and nothing else, as long as they sleep."""
    await sleep_all(garage)
    before = len(garage.cloud.requests)
    await garage.home.pass_time(10 * MINUTE)
    asked = garage.cloud.requests[before:]
    assert {request.path for request in asked} == {"/api/1/products"}
    assert 9 <= len(asked) <= 10


async def test_the_list_is_asked_less_often_while_it_fails(
    garage: Garage, caplog: pytest.LogCaptureFixture
) -> None:
    """Two, four, then five minutes; told once when it fails and once when it is over."""
    await sleep_all(garage)
    garage.cloud.fail("*/products", status=503, times=5)
    before = len(garage.lists())
    await garage.home.pass_time(26 * MINUTE)
    found = gaps(garage.lists()[before:])[:7]
    assert found == pytest.approx([120, 240, 300, 300, 300, 60, 60], abs=11)
    assert caplog.text.count("Error fetching fleet_pulse account") == 1
    assert caplog.text.count("Fetching fleet_pulse account data recovered") == 1


@pytest.mark.parametrize("as_date", [False, True])
async def test_tesla_says_when_to_ask_again(garage: Garage, as_date: bool) -> None:
    """Not before then, whoever wants to see something."""
    await sleep_all(garage)
    garage.cloud.fail("*/products", status=429, retry_after=400, retry_as_date=as_date)
    await garage.home.pass_time(70)
    assert garage.lists()[-1].status == 429
    before = len(garage.lists())
    await garage.home.call("homeassistant", "update_entity", "sensor", "state")
    await garage.home.pass_time(320)
    assert len(garage.lists()) == before
    await garage.home.pass_time(90)
    assert len(garage.lists()) > before


async def test_people_are_shown_something_every_ten_seconds(garage: Garage) -> None:
    """However many press however often: no list within 10 seconds of another."""
    await sleep_all(garage)
    before = len(garage.lists())
    for _ in range(20):
        await garage.home.call("homeassistant", "update_entity", "sensor", "state")
        await garage.fetch()
        await garage.home.pass_time(2, 2)
    assert min(gaps(garage.lists()[before:])) >= 10
    assert garage.cloud.requests.billed == []


async def test_set_up_without_registration_is_no_failure(
    house: Household, caplog: pytest.LogCaptureFixture
) -> None:
    """Tesla lists no cars before; they come by themselves after it, at once."""
    for application in house.cloud.applications.values():
        application.registrations.clear()
    await house.prepare()
    created = await house.sign_in()
    await house.pass_time(5 * MINUTE)
    statuses = {request.status for request in house.cloud.requests.to("/products")}
    assert statuses == {412}
    assert house.entry.state is ConfigEntryState.LOADED
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []
    assert max(gaps(house.cloud.requests.to("/products"))) <= 70
    await house.finish(created["next_flow"][1])
    assert house.state("sensor", "state").state == "asleep"


async def test_without_polling_only_people_ask(garage: Garage) -> None:
    """Home Assistant's own switch: no list, no look, but for what somebody did."""
    home, hass = garage.home, garage.home.hass
    await sleep_all(garage)
    hass.config_entries.async_update_entry(home.entry, pref_disable_polling=True)
    await garage.reload()
    garage.car.drive(30)
    garage.car.request_wake()
    before = len(garage.cloud.requests)
    await home.pass_time(30 * MINUTE, 60)
    assert len(garage.cloud.requests) == before
    await home.call("homeassistant", "update_entity", "sensor", "state")
    assert garage.vehicle().poll.reason == "polling_off"
    await home.pass_time(10 * MINUTE, 60)
    assert (len(garage.looks()), len(garage.cloud.requests)) == (0, before + 1)
    await garage.fetch()
    assert len(garage.looks()) == 1
    await home.pass_time(20, 20)
    await garage.result(garage.sending(commands.SET_CHARGE_LIMIT.call(percent=71)))
    await home.pass_time(10 * MINUTE, 10)
    assert len(garage.looks()) == 2
    assert home.state("number", "charge_limit_soc").attributes["source"] == "poll"


# ---- looks


async def test_a_look_asked_for_follows_a_fresh_list(garage: Garage) -> None:
    """A person's look comes at once, and within five seconds of the word "online"."""
    await garage.wake_up()
    await garage.fetch()
    await garage.home.pass_time(7, 1)
    await garage.fetch()
    await garage.home.pass_time(10, 1)
    looks, lists = garage.looks(), garage.lists()
    assert len(looks) == 2
    last = [max(r.at for r in lists if r.at <= look.at) for look in looks]
    assert all(
        look.at - at <= timedelta(seconds=5)
        for look, at in zip(looks, last, strict=True)
    )


async def test_a_look_that_finds_a_car_asleep_is_no_failure(
    garage: Garage, caplog: pytest.LogCaptureFixture
) -> None:
    """It fell asleep after the list: shown as asleep, nothing logged, nothing lost."""
    await garage.wake_up()
    await garage.fetch()
    level = garage.home.state("sensor", "battery_level")
    await garage.home.pass_time(20, 20)
    garage.cloud.fail("*/vehicle_data", status=408)
    await garage.fetch()
    assert garage.home.state("sensor", "state").state == "asleep"
    assert garage.home.state("sensor", "battery_level").state == level.state
    assert [r for r in caplog.records if r.levelno >= logging.WARNING][1:] == []


async def test_looks_back_off_while_they_fail(garage: Garage) -> None:
    """Ever longer waits; what a person asks is tried at once nevertheless."""
    garage.car.power(on=True)
    garage.car.drive(60)
    await garage.home.pass_time(6 * MINUTE, 30)
    garage.cloud.fail(f"*/{garage.car.vin}/vehicle_data", status=503, times=99)
    await garage.home.pass_time(5, 5)
    before = len(garage.looks())
    await garage.home.pass_time(40 * MINUTE, 30)
    failed = garage.looks()[before:]
    waits = gaps(failed)
    assert waits == sorted(waits)
    assert len(failed) <= 8
    await garage.fetch()
    assert len(garage.looks()) == before + len(failed) + 1


async def test_no_look_over_the_budget(garage: Garage) -> None:
    """Spent: the car drives unseen; who asks is shown it."""
    garage.data.account.budget = SPENT
    garage.car.power(on=True)
    garage.car.drive(60)
    await garage.home.pass_time(30 * MINUTE, 30)
    assert garage.looks() == []
    assert garage.vehicle().poll.reason == "budget"
    await garage.fetch()
    assert len(garage.looks()) == 1


async def test_a_restart_in_the_middle_of_a_drive(garage: Garage) -> None:
    """Nothing billed for the start itself; then the drive is followed on."""
    garage.car.power(on=True)
    garage.car.drive(60)
    await garage.home.pass_time(10 * MINUTE, 30)
    shown = garage.home.state("sensor", "odometer")
    assert len(garage.looks()) >= 1
    await garage.restart()
    before = len(garage.cloud.requests.billed)
    again = garage.home.state("sensor", "odometer")
    assert again.state == shown.state
    assert again.attributes["last_updated"] == shown.attributes["last_updated"]
    assert again.attributes["source"] == "restored"
    await garage.home.pass_time(3 * MINUTE, 30)
    assert len(garage.cloud.requests.billed) == before
    await garage.home.pass_time(12 * MINUTE, 30)
    assert garage.home.state("sensor", "odometer").attributes["source"] == "poll"
    assert garage.home.state("sensor", "state").state == "driving"


@pytest.mark.parametrize("granted", [True, False])
async def test_the_place_is_asked_for_only_where_that_is_allowed(
    house: Household, granted: bool
) -> None:
    """Without the scope Tesla is not asked for it: it would say no to everything."""
    (account,) = house.cloud.accounts.values()
    account.scopes -= set() if granted else {"vehicle_location"}
    await house.set_up()
    garage = Garage(house)
    await garage.wake_up()
    await garage.fetch()
    (look,) = garage.looks()
    assert look.status == 200
    assert ("location_data" in look.query) is granted


# ---- the account


async def test_a_refused_account_comes_back_when_the_owner_signs_in(
    garage: Garage,
) -> None:
    """Unavailable and left alone until then; afterwards as if nothing had been."""
    home = garage.home
    garage.cloud.tokens.revoke()
    await home.pass_time(2 * MINUTE)
    assert home.state("sensor", "state").state == STATE_UNAVAILABLE
    before = len(garage.cloud.requests)
    await home.pass_time(HOUR, 60)
    assert len(garage.cloud.requests) == before
    (dialog,) = home.hass.config_entries.flow.async_progress()
    owner = Owner(home)
    await owner.consent(await owner.submit(dialog))
    assert home.state("sensor", "state").state == "asleep"
    assert home.entry.state is ConfigEntryState.LOADED


# ---- a week, at sixty times its speed


@pytest.fixture
def commuting(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let the cars live sixty times as fast as the clocks of both ends."""
    monkeypatch.setenv(ENV_TIME_SCALE, "60")
    start = datetime(2026, 10, 5, 2, tzinfo=ZoneInfo("UTC"))
    return Clock.stepped(start, time_scale=60)


@pytest.fixture
def cloud_clock(request: pytest.FixtureRequest) -> Clock:
    """Give the clock of the cloud; the commuters' where a test has them."""
    if "commuting" in request.fixturenames:
        clock: Clock = request.getfixturevalue("commuting")
        return clock
    return Clock.stepped(datetime(2026, 10, 5, 6, tzinfo=ZoneInfo("UTC")))


def move_in(cloud: FakeCloud, seed: int, spec: Any) -> Car:
    """Add a commuter's car."""
    commuter = Commuter(
        home=BERLIN,
        work=beside(BERLIN, 18, 240),
        zone=ZoneInfo("Europe/Berlin"),
        seed=seed,
    )
    car = Car(
        spec=spec,
        clock=cloud.clock,
        seed=seed,
        commuter=commuter,
        sleep_model="strict",
        home=BERLIN,
    )
    return cloud.add_car(car, next(iter(cloud.accounts.values())))


@pytest.mark.usefixtures("commuting")
async def test_in_a_week_no_sleeping_car_is_asked(house: Household) -> None:
    """Two commuters, a week: every drive is seen, no car is asked in vain or woken."""
    (account,) = house.cloud.accounts.values()
    account.vins.clear()
    house.cloud.cars.clear()
    cars = [move_in(house.cloud, 7, MODEL_3), move_in(house.cloud, 8, MODEL_S_2016)]
    await house.set_up(pair=False)
    await house.pass_time(7 * 24 * HOUR / 60, 7)
    garage = Garage(house)
    looks = [look for car in cars for look in garage.looks(car)]
    assert {look.status for look in looks} == {200}
    assert garage.cloud.requests.of("wake") == []
    assert 100 < len(looks) < 700
    assert house.entry.runtime_data.account.cost == house.cloud.bill.total()
    shown = float(house.state("sensor", "odometer", cars[0]).state)
    body = cars[0].vehicle_data({"vehicle_state"}, location=False)
    driven = body["vehicle_state"]["odometer"] * 1.609344
    assert shown == pytest.approx(driven, abs=20)


FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"status": 408},
    {"status": 429, "retry_after": 90},
    {"status": 429},
    {"status": 403},
    {"status": 500},
    {"status": 503},
    {"status": 504, "acts": True},
    {"html": True},
    {"truncate": True},
    {"reset": "after"},
)
"""What may go wrong with a request so that it can be known whether it is billed."""


@pytest.mark.parametrize("seed", [1])
async def test_the_ledger_is_the_bill_whatever_happens(
    garage: Garage, seed: int
) -> None:
    """Drives, commands, faults and restarts at random: equal to the cent."""
    random = Random(seed)
    calls = (
        commands.AUTO_CONDITIONING_START.call(),
        commands.HONK_HORN.call(),
        commands.DOOR_UNLOCK.call(),
        commands.SET_CHARGE_LIMIT.call(percent=random.randint(50, 100)),
    )
    for _ in range(42):
        what = random.choice(FAULTS)
        garage.cloud.fail(
            random.choice(("*/vehicle_data", "*command*", "*/wake_up")), **what
        )
        car = random.choice((garage.car, garage.other))
        car.drive(random.randint(5, 40))
        await garage.results(
            garage.sending(random.choice(calls), car=car), within=130, step=20
        )
        await garage.home.pass_time(random.randint(2, 6) * HOUR, 40 * MINUTE)
        await random.choice((garage.reload, garage.restart, garage.quiet))()
        await garage.quiet()
        assert garage.data.account.cost == garage.cloud.bill.total()
    assert garage.cloud.bill.counts()["data"] > 15
    assert garage.cloud.bill.counts()["wake"] > 5
    assert dt_util.utcnow() - garage.cloud.clock.start > timedelta(days=6)


async def test_what_is_never_known_counts_as_spent(garage: Garage) -> None:
    """An answer that never came may have been billed: rather too high than too low."""
    garage.cloud.fail("*/wake_up", reset="before")
    await garage.results(garage.waking(), step=5)
    assert (
        garage.data.account.billed(Category.WAKE) > garage.cloud.bill.counts()["wake"]
    )


# ---- restarts


async def test_restarts_cost_nothing(garage: Garage) -> None:
    """A hundred restarts in a drive bill no look more than the drive itself does."""
    garage.car.power(on=True)
    garage.car.drive(500)
    await garage.home.pass_time(6 * MINUTE, 30)
    before = len(garage.cloud.requests.billed)
    for _ in range(100):
        await garage.restart()
        await garage.home.pass_time(4.5 * MINUTE, 90)
    looks = garage.looks()
    assert len(garage.cloud.requests.billed) - before <= 450 / 10
    assert min(gaps(looks)) >= 10 * MINUTE - 5


async def test_tesla_is_heeded_over_a_restart(garage: Garage) -> None:
    """Asked to wait, neither list nor look is tried before, whoever restarts."""
    garage.car.power(on=True)
    garage.car.drive(90)
    garage.cloud.fail("*/products", status=429, retry_after=1500)
    await garage.home.pass_time(70)
    assert garage.lists()[-1].status == 429
    before = len(garage.cloud.requests)
    for _ in range(4):
        await garage.restart()
        await garage.home.pass_time(5 * MINUTE, 60)
    assert len(garage.cloud.requests) == before
    await garage.home.pass_time(6 * MINUTE, 60)
    assert len(garage.cloud.requests) > before
