"""Diagnostics: all about how it works, nothing about whom."""

from collections.abc import Iterator
import json
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse import application
from custom_components.fleet_pulse.const import (
    CONF_DOMAIN,
    DOMAIN,
    ENV_API_URL,
    ENV_AUTH_URL,
    ENV_KEK,
)
from custom_components.fleet_pulse.fleet import keys
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, EMAIL

from .doctor import Domain, domain, examine, row
from .flows import HOST, Owner, account_of
from .household import Household
from .sealing import KEK, restart
from .test_doctor import lose_key

__all__ = ["domain"]

MINUTE: Final = 60


@pytest.fixture
async def home(house: Household, domain: Domain) -> Household:
    """Give a home whose cars are driven, read, woken, examined and refused."""
    assert await async_setup_component(house.hass, "diagnostics", {})
    await house.set_up()
    await domain.lead_to(house)
    await house.act("button", "press", "button", "wake")
    for car in house.cloud.cars.values():
        car.drive(minutes=40)
    await house.pass_time(10 * MINUTE, MINUTE)
    await examine(house)
    lose_key(house, domain)
    await examine(house)
    return house


async def dumped(
    house: Household, hass_client: ClientSessionGenerator
) -> dict[str, Any]:
    """Download the diagnostics of the entry, as its owner does."""
    found = await get_diagnostics_for_config_entry(house.hass, hass_client, house.entry)
    return dict(found)


async def secrets(house: Household) -> Iterator[str]:
    """Give all that identifies this household, or admits to it."""
    tokens = house.cloud.tokens
    key = await application.async_key(house.hass, CLIENT_ID)
    assert key is not None
    places = [
        f"{number:.2f}"
        for car in house.cloud.cars.values()
        for number in car.parts.motion.place
    ]
    return iter(
        [
            CLIENT_ID,
            CLIENT_SECRET,
            EMAIL,
            EMAIL.partition("@")[0],
            HOST,
            account_of(house).subject,
            keys.public_hex(key),
            *house.cloud.cars,
            *(car.name for car in house.cloud.cars.values()),
            *(str(car.id) for car in house.cloud.cars.values()),
            *places,
            *tokens._access,
            *tokens._families,
        ]
    )


async def test_nothing_that_identifies_is_in_it(
    home: Household, hass_client: ClientSessionGenerator
) -> None:
    """No token, secret, number, name, address or place of the whole world there is."""
    text = json.dumps(await dumped(home, hass_client))
    known = list(await secrets(home))
    assert len(known) > 20
    # "owner" is a word of ours, too, and no name of anybody.
    assert [secret for secret in known if secret in text and secret != "owner"] == []


async def test_it_tells_how_the_account_fares(
    home: Household, hass_client: ClientSessionGenerator
) -> None:
    """What whoever helps would ask first."""
    found = await dumped(home, hass_client)
    assert found["entry"]["region"] == "eu"
    assert found["entry"]["registered"] == ["eu"]
    assert found["entry"]["domain"] == REDACTED
    assert found["kek_source"] == "fleet_pulse.kek"
    assert "vehicle_cmds" in found["scopes"]
    assert found["ledger"]["billed"]["wake"] == 1
    assert found["list"]["succeeded"]
    assert found["issues"] == ["not_paired"]
    assert found["clock_skew"] is not None
    assert found["version"]
    key = await application.async_key(home.hass, CLIENT_ID)
    assert key is not None
    assert found["key"] == keys.fingerprint(key)
    assert found["key"] in row(found["report"], "registered")["seen"]


async def test_it_tells_why_a_car_is_asked_or_not(
    home: Household, hass_client: ClientSessionGenerator
) -> None:
    """By names that are nobody's, with time and source of each field."""
    found = await dumped(home, hass_client)
    assert set(found["vehicles"]) == {"car 1", "car 2"}
    car = found["vehicles"]["car 1"]
    assert car["poll"]["reason"]
    assert car["memory"]["looked_at"]
    (wake,) = car["wakes"]
    assert (wake["reason"], wake["outcome"]) == ("button wake", "awake")
    assert "vin" not in wake
    level = car["fields"]["battery_level"]
    assert isinstance(level["value"], int)
    assert (level["source"], level["at"][:10]) == ("poll", "2026-10-05")
    hidden = {key for key, said in car["fields"].items() if said["value"] == REDACTED}
    assert {"display_name", "heading", "location", "vehicle_name"} <= hidden
    assert car["fields"]["location"]["at"]


async def test_one_cars_diagnostics_are_of_that_car(
    home: Household, hass_client: ClientSessionGenerator
) -> None:
    """And of its account."""
    device = dr.async_get(home.hass).async_get_device_by_identifier(
        (DOMAIN, home.old_car.vin), home.entry.entry_id
    )
    assert device is not None
    found: Any = await get_diagnostics_for_device(
        home.hass, hass_client, home.entry, device
    )
    assert list(found["vehicles"]) == ["car 2"]
    assert found["entry"]["region"] == "eu"
    assert home.old_car.vin not in json.dumps(found["vehicles"])


async def test_variables_are_named_and_only_this_machines_address_is_told(
    home: Household,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An address elsewhere may be somebody's, and may hold a password."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await restart(home)
    monkeypatch.setenv(ENV_AUTH_URL, "https://somebody:secret@debug.example.org")
    found = await dumped(home, hass_client)
    assert found["overrides"] == {
        ENV_API_URL: "set",
        ENV_AUTH_URL: "set",
        ENV_KEK: "set",
    }
    assert found["kek_source"] == ENV_KEK
    monkeypatch.setenv(ENV_API_URL, home.cloud.api_urls["eu"])
    found = await dumped(home, hass_client)
    assert found["overrides"][ENV_API_URL] == "127.0.0.1"


async def test_before_there_is_a_key(
    house: Household, hass_client: ClientSessionGenerator
) -> None:
    """What is not there yet is null, and nothing fails."""
    assert await async_setup_component(house.hass, "diagnostics", {})
    await house.set_up(pair=False)
    found = await dumped(house, hass_client)
    assert (found["key"], found["report"]) == (None, None)
    assert CONF_DOMAIN not in house.entry.data


async def test_a_sealed_key_that_cannot_be_opened_is_named(
    house: Household,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is the first thing whoever helps must know."""
    assert await async_setup_component(house.hass, "diagnostics", {})
    monkeypatch.setenv(ENV_KEK, KEK)
    await house.set_up()
    monkeypatch.delenv(ENV_KEK)
    await restart(house)
    owner = Owner(house)
    (left,) = (
        flow
        for flow in owner.flow.async_progress_by_handler(DOMAIN)
        if flow["context"]["source"] == "reauth"
    )
    result = await owner.submit(await owner.flow.async_configure(left["flow_id"]))
    await owner.consent(result)
    await house.settle()
    assert (await dumped(house, hass_client))["key"] == "private_key_lost"
