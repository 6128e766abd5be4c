"""Access that is taken back: by a car's owner, in the car, or at Tesla; and returns."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
import pytest

from tests.fake_fleet.accounts import SCOPES
from tests.fake_fleet.car import Car
from tests.fake_fleet.specs import MODEL_3

from .doctor import open_issues
from .entities import HOUR, MINUTE, device, entries, read, values
from .flows import Owner, account_of
from .garage import Garage
from .household import Household

MOBILE: Final = "Mobile access is switched off in the car"


@pytest.fixture
async def known(home: Household) -> Household:
    """Give a home whose cars were looked at; the first one stays awake."""
    await read(home)
    home.car.parts.settings.sentry = True
    await home.pass_time(2 * MINUTE)
    return home


def keys(home: Household, car: Car) -> set[str]:
    """Give platform and key of all of a car's entities, enabled or not."""
    return {
        f"{entry.domain}.{entry.unique_id.removeprefix(f'{car.vin}-')}"
        for entry in entries(home, car)
    }


# ---- a driver


async def test_a_driver_whose_access_ends_sees_nothing_more(home: Household) -> None:
    """Unavailable at once, later gone; the driver's own cars stay."""
    other = home.cloud.add_account("other@example.com", "eu")
    lent = Car(spec=MODEL_3, clock=home.cloud.clock, seed=3, state="asleep")
    home.cloud.add_car(lent, other)
    home.cloud.invite(lent, account_of(home))
    await home.pass_time(2 * MINUTE)
    assert values(home, lent)["sensor.state"] == "asleep"
    account_of(home).vins.remove(lent.vin)
    await home.pass_time(2 * MINUTE)
    assert set(values(home, lent).values()) == {STATE_UNAVAILABLE}
    await home.pass_time(26 * HOUR, HOUR / 2)
    assert device(home, lent) is None
    assert STATE_UNAVAILABLE not in values(home, home.car).values()


# ---- in the car


async def test_mobile_access_that_is_off_keeps_what_was_known(
    known: Household,
) -> None:
    """Available with its old times; who acts is told why; nobody asks in vain."""
    garage = Garage(known)
    before, said = (known.state("sensor", k) for k in ("odometer", "last_update"))
    known.cloud.mobile_access_disabled.add(known.car.vin)
    asked = len(garage.looks())
    await known.pass_time(12 * HOUR, 2 * MINUTE)
    after = known.state("sensor", "odometer")
    assert (after.state, after.attributes) == (before.state, before.attributes)
    assert len(garage.looks()) == asked
    assert known.state("sensor", "poll_reason").state == "mobile_access_off"
    with pytest.raises(HomeAssistantError, match=MOBILE):
        await known.act("button", "press", "button", "flash_lights")
    known.cloud.mobile_access_disabled.clear()
    await known.pass_time(HOUR, MINUTE)
    assert known.state("sensor", "last_update").state > said.state


# ---- at Tesla


@pytest.mark.parametrize(
    ("scopes", "gone"),
    [
        pytest.param(
            ("vehicle_location",),
            {"device_tracker.location", "device_tracker.route"},
            id="where the car is",
        ),
        pytest.param(
            ("vehicle_cmds", "vehicle_charging_cmds"),
            {"lock.doors", "climate.cabin", "button.flash_lights", "switch.charge"},
            id="commands",
        ),
        pytest.param(
            ("vehicle_cmds",),
            {"lock.doors", "climate.cabin", "button.flash_lights"},
            id="all commands but charging",
        ),
    ],
)
async def test_what_is_no_longer_permitted_goes_and_comes_back(
    known: Household, scopes: tuple[str, ...], gone: set[str]
) -> None:
    """No entity stays behind; the owner is told; granted again, all is as it was."""
    before = {(e.entity_id, e.unique_id) for e in entries(known, known.car)}
    account_of(known).withdraw(*scopes)
    known.cloud.tokens.expire_access()
    await known.pass_time(3 * MINUTE)
    left = keys(known, known.car)
    assert gone & left == set()
    assert {"sensor.odometer", "button.wake", "sensor.state"} <= left
    assert STATE_UNAVAILABLE not in values(known, known.car).values()
    await known.pass_time(20 * MINUTE)
    assert "scopes_missing" in open_issues(known)
    account_of(known).scopes = frozenset(SCOPES)
    owner = Owner(known)
    await owner.consent(await owner.reconfigure("scopes"))
    await known.settle()
    await known.pass_time(2 * MINUTE)
    assert {(e.entity_id, e.unique_id) for e in entries(known, known.car)} == before
    assert "scopes_missing" not in open_issues(known)


async def test_looks_go_on_without_the_place(known: Household) -> None:
    """What is still permitted is still shown, and newly."""
    garage = Garage(known)
    account_of(known).withdraw("vehicle_location")
    known.cloud.tokens.expire_access()
    await known.pass_time(2 * HOUR, MINUTE)
    (last,) = garage.looks()[-1:]
    assert (last.status, "location_data" in last.query) == (200, False)


async def test_without_the_permission_to_see_everything_stays_as_it_was(
    known: Household,
) -> None:
    """Nothing is removed, however long; the list is asked seldom; then all goes on."""
    known.car.sleep_now()
    await known.pass_time(2 * MINUTE)
    before = values(known, known.car)
    kept = keys(known, known.car)
    account_of(known).withdraw("vehicle_device_data")
    known.cloud.tokens.expire_access()
    await known.pass_time(48 * HOUR, HOUR)
    assert keys(known, known.car) == kept
    assert values(known, known.car)["sensor.odometer"] == before["sensor.odometer"]
    assert "scopes_missing" in open_issues(known)
    account_of(known).scopes = frozenset(SCOPES)
    owner = Owner(known)
    await owner.consent(await owner.reconfigure("scopes"))
    await known.pass_time(5 * MINUTE)
    assert known.entry.state is ConfigEntryState.LOADED
    assert keys(known, known.car) == kept
