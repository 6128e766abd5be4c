"""Home Assistant's own integration for Tesla gets along with the fake cloud.

It was written by others against the real one, as was the library below it. Only the
names of Tesla's hosts are replaced.
"""

from collections.abc import AsyncIterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.car import Car
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, EMAIL
from tests.glue.entities import read
from tests.glue.household import Household

from .core import CORE, HOST, at_the_cloud, flow_to_domain, key_site, prepare, set_up
from .shown import PLATFORMS, SAME_FACT, enabled, facts, shown_by_core


@pytest.fixture
async def core(house: Household, cloud: FakeCloud) -> AsyncIterator[Household]:
    """Give a home whose core integration takes the fake cloud for Tesla's."""
    with at_the_cloud(cloud):
        await prepare(house)
        await house.load_routes()
        yield house


@pytest.fixture
async def site(socket_enabled: None) -> AsyncIterator[dict[str, str]]:
    """Give a web server that answers with the PEM that is put into it."""
    async with key_site() as shown:
        yield shown


def state(home: Household, platform: str, car: Car, key: str) -> str:
    """Give the state of one of core's entities."""
    entities = er.async_get(home.hass)
    name = entities.async_get_entity_id(platform, CORE, f"{car.vin}-{key}")
    assert name is not None
    found = home.hass.states.get(name)
    assert found is not None
    return found.state


async def press(home: Household, car: Car, key: str) -> None:
    """Press one of core's buttons."""
    name = er.async_get(home.hass).async_get_entity_id(
        "button", CORE, f"{car.vin}-{key}"
    )
    await home.hass.services.async_call(
        "button", "press", {"entity_id": name}, blocking=True
    )


async def wake(home: Household) -> None:
    """Have the car come online by itself, as somebody opens a door."""
    home.car.request_wake()
    await home.pass_time(120, 10)
    assert home.car.state == "online"


async def test_its_flow_ends_with_an_entry(
    core: Household, site: dict[str, str]
) -> None:
    """Consent, region, partner token, registration with a key of its own, cars."""
    await set_up(core, site)
    registered = core.cloud.applications[CLIENT_ID].registrations
    assert set(registered) == {"eu"}
    assert registered["eu"].public_key == core.cloud.key_of(HOST)
    account = core.cloud.accounts[EMAIL]
    entry = core.hass.config_entries.async_entries(CORE)[0]
    assert entry.unique_id == account.subject


async def test_a_domain_of_somebody_else_is_refused(core: Household) -> None:
    """412 is what the flow knows as the wrong domain."""
    result = await flow_to_domain(core)
    result = await core.hass.config_entries.flow.async_configure(
        result["flow_id"], {"domain": "other.example"}
    )
    assert result["errors"] == {"domain": "precondition_failed"}


async def test_a_car_that_sleeps_is_shown_asleep(
    core: Household, site: dict[str, str]
) -> None:
    """And is neither asked for data nor woken."""
    await wake(core)
    await set_up(core, site)
    assert state(core, "binary_sensor", core.car, "state") == "on"
    core.car.sleep_now()
    before = len(core.cloud.requests.billed)
    await core.pass_time(700, 100)
    assert state(core, "binary_sensor", core.car, "state") == "off"
    billed = core.cloud.requests.billed[before:]
    assert [request for request in billed if request.vin == core.car.vin] == []
    assert core.car.state == "asleep"


async def test_a_car_that_sleeps_from_the_start_is_left_alone(
    core: Household, site: dict[str, str]
) -> None:
    """Core knows nothing of it yet, and asks only what is free."""
    await set_up(core, site)
    assert core.car.state == "asleep"
    assert state(core, "binary_sensor", core.car, "state") == "unknown"
    billed = core.cloud.requests.billed
    assert [request for request in billed if request.vin == core.car.vin] == []


async def test_a_car_that_is_awake_is_read(
    core: Household, site: dict[str, str]
) -> None:
    """Its own sections become core's entities, in core's units."""
    await wake(core)
    await set_up(core, site)
    truth = core.car.vehicle_data(None, location=True)
    charge, drive = truth["charge_state"], truth["drive_state"]
    assert state(core, "binary_sensor", core.car, "state") == "on"
    level = state(core, "sensor", core.car, "charge_state_battery_level")
    assert float(level) == charge["battery_level"]
    limit = state(core, "number", core.car, "charge_state_charge_limit_soc")
    assert float(limit) == charge["charge_limit_soc"]
    locked = state(core, "lock", core.car, "vehicle_state_locked")
    assert (
        locked == {True: "locked", False: "unlocked"}[truth["vehicle_state"]["locked"]]
    )
    tracker = er.async_get(core.hass).async_get_entity_id(
        "device_tracker", CORE, f"{core.car.vin}-location"
    )
    place = core.hass.states.get(tracker or "")
    assert place is not None
    assert place.attributes["latitude"] == drive["latitude"]
    assert place.attributes["longitude"] == drive["longitude"]


async def test_the_car_takes_its_signed_commands(
    core: Household, site: dict[str, str]
) -> None:
    """After pairing; before it the car refuses, and core says so."""
    await wake(core)
    await set_up(core, site)
    with pytest.raises(HomeAssistantError):
        await press(core, core.car, "flash_lights")
    key = core.cloud.key_of(HOST)
    assert key is not None
    core.car.pair(key)
    before = core.car.flashes
    await press(core, core.car, "flash_lights")
    assert core.car.flashes == before + 1


async def test_the_old_car_takes_its_unsigned_commands(
    core: Household, site: dict[str, str]
) -> None:
    """A Model S from before signing needs no key."""
    await set_up(core, site)
    assert core.old_car.state == "online"
    before = core.old_car.flashes
    await press(core, core.old_car, "flash_lights")
    assert core.old_car.flashes == before + 1
    last = core.cloud.requests[-1]
    assert (last.path.rpartition("/")[2], last.status) == ("flash_lights", 200)


async def test_its_sign_in_is_renewed(core: Household, site: dict[str, str]) -> None:
    """Eight hours later the refresh token brings the next pair, again and again."""
    entry = await set_up(core, site)
    before = entry.data["token"]["refresh_token"]
    await core.pass_time(9 * 3600, 600)
    middle = entry.data["token"]["refresh_token"]
    await core.pass_time(9 * 3600, 600)
    after = entry.data["token"]["refresh_token"]
    assert len({before, middle, after}) == 3
    assert entry.state is ConfigEntryState.LOADED
    assert core.cloud.requests[-1].status == 200


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_every_fact_it_shows_of_a_car_is_an_entity_of_ours(
    core: Household, site: dict[str, str], platform: str
) -> None:
    """What core has to look at, we have: on the same fact, on the same platform."""
    await wake(core)
    await set_up(core, site)
    shown = shown_by_core(core, core.car, platform)
    assert len(shown) >= PLATFORMS[platform]
    missing = [key for key in shown if SAME_FACT.get(key, key) not in facts(platform)]
    assert missing == []


async def test_we_enable_at_least_as_many_entities_of_the_same_car(
    core: Household, site: dict[str, str]
) -> None:
    """Side by side in one home, controls included, without counting the disabled."""
    await wake(core)
    await set_up(core, site)
    await core.set_up(pair=False)
    await read(core)
    ours, theirs = enabled(core, DOMAIN), enabled(core, CORE)
    assert ours >= theirs > 40
