"""Set-up from disk alone, readable errors, and an end without anything left behind."""

import asyncio
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse.const import (
    CONF_API_URL,
    CONF_REGISTERED,
    DOMAIN,
    ENV_API_URL,
    ENV_AUTH_URL,
    ENV_TIME_SCALE,
)
from custom_components.fleet_pulse.model import commands

from .garage import Garage
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household."""
    return Garage(home)


async def test_set_up_waits_for_nobody(garage: Garage) -> None:
    """Entities are there before Tesla has answered anything, and nothing is billed."""
    await garage.wake_up()
    await garage.fetch()
    before = len(garage.cloud.requests.billed)
    await garage.unload()
    garage.cloud.fail("*/products", delay=3)
    lists = len(garage.lists())
    entry_id = garage.home.entry.entry_id
    assert await garage.home.hass.config_entries.async_setup(entry_id)
    assert garage.home.entry.state is ConfigEntryState.LOADED
    assert garage.home.state("sensor", "odometer").state not in (
        "unknown",
        "unavailable",
    )
    await garage.home.settle()
    assert len(garage.lists()) == lists
    await garage.home.pass_time(5, 5)
    assert len(garage.lists()) == lists + 1
    assert len(garage.cloud.requests.billed) == before


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        pytest.param(ENV_AUTH_URL, "ftp://x", "base URL", id="sign-in host"),
        pytest.param(ENV_API_URL, "nonsense", "base URL", id="API host"),
        pytest.param(ENV_TIME_SCALE, "fast", "FLEET_PULSE_TIME_SCALE", id="no number"),
        pytest.param(ENV_TIME_SCALE, "0", "FLEET_PULSE_TIME_SCALE", id="no time"),
        pytest.param(
            ENV_TIME_SCALE, "nan", "FLEET_PULSE_TIME_SCALE", id="not a number"
        ),
    ],
)
async def test_a_wrong_environment_is_told(
    garage: Garage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: str,
    said: str,
) -> None:
    """The entry's error names the variable; nothing is raised into the log."""
    await garage.unload()
    monkeypatch.setenv(name, value)
    entry_id = garage.home.entry.entry_id
    assert not await garage.home.hass.config_entries.async_setup(entry_id)
    assert garage.home.entry.state is ConfigEntryState.SETUP_ERROR
    assert said in str(garage.home.entry.reason)
    assert "environment variable" in str(garage.home.entry.reason)
    assert "Unexpected" not in caplog.text


async def test_a_faster_clock_needs_a_test_cloud(
    garage: Garage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tesla itself is never asked faster."""
    await garage.unload()
    monkeypatch.delenv(ENV_API_URL)
    monkeypatch.setenv(ENV_TIME_SCALE, "60")
    entry_id = garage.home.entry.entry_id
    assert not await garage.home.hass.config_entries.async_setup(entry_id)
    assert ENV_API_URL in str(garage.home.entry.reason)


async def test_without_the_application_it_waits(garage: Garage) -> None:
    """Its credentials may come back: tried again, and readable until then."""
    await garage.unload()
    hass = garage.home.hass
    credentials = hass.data[DATA_COMPONENT]
    (item,) = credentials.async_client_credentials(DOMAIN)
    assert item
    for known in list(credentials.async_items()):
        credentials.data.pop(known["id"])
    assert not await hass.config_entries.async_setup(garage.home.entry.entry_id)
    assert garage.home.entry.state is not ConfigEntryState.LOADED


async def test_an_unloaded_entry_asks_nothing(garage: Garage) -> None:
    """No list, no look, no verification is left behind, and no task."""
    await garage.wake_up()
    await garage.result(garage.sending(commands.SET_CHARGE_LIMIT.call(percent=63)))
    await garage.unload()
    before = len(garage.cloud.requests)
    await garage.home.pass_time(HOUR, 60)
    assert len(garage.cloud.requests) == before
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert [name for name in names if "fleet_pulse" in name] == []


async def test_an_unload_lets_a_look_end(garage: Garage) -> None:
    """What Tesla has billed is in the ledger, also if it answers during the unload."""
    await garage.wake_up()
    garage.cloud.fail("*/vehicle_data", late=1)
    asking = asyncio.create_task(garage.vehicle().async_ask())
    await garage.quiet()
    assert len(garage.looks()) == 1
    await garage.results(garage.unload())
    await asking
    await garage.load()
    assert garage.data.account.cost == garage.cloud.bill.total()
    assert garage.home.state("sensor", "odometer").state != "unknown"


async def test_a_list_under_way_is_shared(garage: Garage) -> None:
    """Ten who look at the same moment are one list."""
    await garage.home.pass_time(20, 20)
    before = len(garage.lists())
    account = garage.data.account
    await asyncio.gather(*(account.async_look() for _ in range(5)))
    assert len(garage.lists()) - before == 1
    await asyncio.gather(
        *(account.async_refresh() for _ in range(5)), account.async_look()
    )
    assert len(garage.lists()) - before <= 2


async def test_a_region_that_moved_is_kept(garage: Garage) -> None:
    """421 names another host: it is asked from then on, without a restart."""
    entry = garage.home.entry
    other = garage.cloud.api_urls["na"]
    garage.cloud.fail(
        "*/products",
        status=421,
        body={"response": None, "error": f"user out of region, use base URL: {other}"},
    )
    await garage.home.pass_time(2 * MINUTE)
    assert entry.data[CONF_API_URL] == other
    assert entry.state is ConfigEntryState.LOADED
    assert garage.data.account.client.base_url == other


async def test_another_host_in_the_entry_starts_it_anew(garage: Garage) -> None:
    """What a flow found out is taken up; progress of the set-up disturbs nothing."""
    hass, entry = garage.home.hass, garage.home.entry
    before = garage.data
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_REGISTERED: []}
    )
    await garage.home.settle()
    assert garage.data is before
    right, wrong = entry.data[CONF_API_URL], garage.cloud.api_urls["na"]
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_API_URL: wrong}
    )
    await garage.home.settle()
    assert garage.data is not before
    # Tesla itself then says where the account lives.
    assert 421 in [request.status for request in garage.lists()]
    assert entry.data[CONF_API_URL] == right


async def test_the_list_is_asked_without_a_single_entity(garage: Garage) -> None:
    """Every entity disabled: the cars are still followed."""
    registry = er.async_get(garage.home.hass)
    for entity in er.async_entries_for_config_entry(
        registry, garage.home.entry.entry_id
    ):
        registry.async_update_entity(
            entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER
        )
    await garage.reload()
    before = len(garage.lists())
    await garage.home.pass_time(5 * MINUTE, 30)
    assert len(garage.lists()) - before >= 4


async def test_nothing_secret_and_no_car_is_logged(
    garage: Garage, caplog: pytest.LogCaptureFixture
) -> None:
    """Through a day of commands, faults and restarts, at debug."""
    caplog.set_level(logging.DEBUG, "custom_components.fleet_pulse")
    await garage.wake_up()
    await garage.fetch()
    garage.cloud.fail("*command*", status=500, times=3)
    await garage.results(garage.sending(commands.DOOR_UNLOCK.call()))
    await garage.restart()
    token = garage.data.tokens.pair
    ours = [r.getMessage() for r in caplog.records if DOMAIN in r.name]
    assert len(ours) > 5
    text = "\n".join(ours)
    secrets = (token.access_token, token.refresh_token, garage.car.vin)
    assert [secret for secret in secrets if secret in text] == []
    folder = Path(garage.home.hass.config.config_dir)
    stored = [p.read_text(errors="replace") for p in folder.rglob("*") if p.is_file()]
    assert not any(token.refresh_token in text for text in stored)


async def test_two_halves_of_a_day_are_one_bill(garage: Garage) -> None:
    """A look that was asked for twice at the same moment is one look."""
    await garage.wake_up()
    found: list[Any] = await asyncio.gather(
        garage.vehicle().async_ask(), garage.vehicle().async_ask()
    )
    await garage.home.settle()
    assert found == [None, None]
    assert len(garage.looks()) == 1
