"""Permissions that were left out at Tesla: told, granted later, or done without."""

import json
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse import consent
from tests.fake_fleet.accounts import SCOPES

from .flows import Owner, account_of
from .household import Household

TEXTS: Final = json.loads(
    Path(consent.__file__).with_name("translations").joinpath("en.json").read_text()
)["selector"]
CHARGING: Final = {
    "number.charge_current_request",
    "number.charge_limit_soc",
    "switch.charge",
}
OTHERS: Final = {
    "button.flash_lights",
    "button.honk_horn",
    "button.remote_start_drive",
    "climate.cabin",
    "lock.doors",
    "select.seat_heater_left",
}


def without(*scopes: str) -> tuple[str, ...]:
    """Give what is left of all permissions."""
    return tuple(scope for scope in SCOPES if scope not in scopes)


def offered(result: Any) -> list[str]:
    """Give the permissions that a form names."""
    (field,) = result["data_schema"].schema.values()
    found: list[str] = field.serialize()["selector"]["select"]["options"]
    return found


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


def test_every_permission_says_what_is_missed_without_it() -> None:
    """As one text each; so does every region, access and source of an address."""
    assert set(TEXTS["scope"]["options"]) == set(consent.MISSED)
    assert set(consent.MISSED) <= set(SCOPES)


async def test_what_was_not_granted_is_told_and_may_stay_so(
    owner: Owner, house: Household
) -> None:
    """The owner goes on with what there is; nothing is asked for that is not."""
    result = await owner.start()
    result = await owner.consent(result, scopes=without("vehicle_location"))
    assert result["step_id"] == "scopes"
    assert offered(result) == ["vehicle_location"]
    assert "did not grant every permission" in await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert offered(again) == ["vehicle_location"]
    created = await owner.sign_in_from(await owner.submit(result))
    assert created["type"] == "create_entry"
    house.car.request_wake()
    await house.pass_time(600)
    (look,) = house.cloud.requests.to(f"/{house.car.vin}/vehicle_data")[:1]
    assert "location_data" not in look.path
    assert [
        entity.entity_id
        for entity in er.async_get(house.hass).entities.values()
        if entity.domain == "device_tracker"
    ] == []


async def test_what_was_not_granted_can_be_granted_at_once(
    owner: Owner, house: Household
) -> None:
    """Tesla is asked again, for what is missing too; the dialog goes on from there."""
    result = await owner.consent(
        await owner.start(), scopes=without("vehicle_location", "vehicle_cmds")
    )
    assert offered(result) == ["vehicle_location", "vehicle_cmds"]
    result = await owner.submit(result, wanted=["vehicle_cmds"])
    assert "prompt_missing_scopes=true" in result["url"]
    result = await owner.consent(result)
    assert result["step_id"] == "region"
    created = await owner.sign_in_from(result)
    assert created["type"] == "create_entry"
    assert house.entry.runtime_data.account.scopes == set(SCOPES)


async def test_a_token_that_names_no_permission_is_tried_as_it_is(
    owner: Owner, house: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is known to be missing then."""
    sign = house.cloud.tokens._sign

    def forget(claims: dict[str, Any]) -> str:
        return sign({key: claims[key] for key in claims if key != "scp"})

    monkeypatch.setattr(house.cloud.tokens, "_sign", forget)
    result = await owner.consent(await owner.start())
    assert result["step_id"] == "region"


# ---- later


async def test_more_is_granted_later(owner: Owner, house: Household) -> None:
    """Reconfigure leads to Tesla; then what was missing is there, and set-up goes on."""
    result = await owner.start()
    result = await owner.consent(result, scopes=without("vehicle_location"))
    await owner.sign_in_from(await owner.submit(result))
    result = await owner.consent(await owner.reconfigure("scopes"))
    assert result["step_id"] == "key"
    await house.settle()
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.entity_id("device_tracker", "location")


async def test_less_than_all_is_told_later_too(home: Household) -> None:
    """And kept, where the owner wants it so."""
    owner = Owner(home)
    result = await owner.reconfigure("scopes")
    result = await owner.consent(result, scopes=without("vehicle_cmds"))
    assert offered(result) == ["vehicle_cmds"]
    result = await owner.submit(result)
    assert result["reason"] == "reconfigure_successful"
    await owner.words(result)
    assert home.entry.runtime_data.account.scopes == set(without("vehicle_cmds"))


async def test_another_account_grants_nothing_here(
    owner: Owner, house: Household
) -> None:
    """The cars of an entry never change owner."""
    house.cloud.add_account("second@example.com", "eu")
    await owner.sign_in()
    result = await owner.reconfigure("scopes")
    result = await owner.consent(result, email="second@example.com")
    assert result["reason"] == "wrong_account"
    assert house.entry.unique_id == account_of(house).subject


# ---- without commands


@pytest.mark.parametrize(
    ("missing", "offers"),
    [
        pytest.param(
            ("vehicle_cmds", "vehicle_charging_cmds"),
            {"button.wake"},
            id="without any command: only what can be read",
        ),
        pytest.param(
            ("vehicle_cmds",),
            {"button.wake", *CHARGING},
            id="charging alone: only what charges",
        ),
        pytest.param(
            ("vehicle_charging_cmds",),
            {"button.wake", *CHARGING, *OTHERS},
            id="vehicle commands include charging",
        ),
    ],
)
async def test_no_entity_offers_what_is_not_permitted(
    owner: Owner, house: Household, missing: tuple[str, ...], offers: set[str]
) -> None:
    """A button that can only fail is no button."""
    result = await owner.consent(await owner.start(), scopes=without(*missing))
    await owner.sign_in_from(await owner.submit(result))
    await house.pass_time(60)
    known = {
        f"{entity.domain}.{entity.translation_key}"
        for entity in er.async_get(house.hass).entities.values()
    }
    assert known & {"button.wake", *CHARGING, *OTHERS} == offers
