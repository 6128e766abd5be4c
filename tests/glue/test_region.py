"""Where Tesla keeps the account, found while signing in."""

from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.fake_fleet.populate import CLIENT_ID

from .flows import Owner, account_of, application
from .household import Household

NAMES: Final = {
    "eu": "Europe, Middle East and Africa",
    "na": "North America and Asia-Pacific",
}


@pytest.fixture
async def owner(house: Household) -> Owner:
    """Give an owner whose Home Assistant knows the application."""
    await house.prepare()
    return Owner(house)


class Unnamed(str):
    """A region that tokens do not name."""

    __slots__ = ()

    def upper(self) -> str:
        """Give what stands in the token."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an account lives, and where the home seems to be."""

    account: str
    time_zone: str = "Europe/Berlin"
    registered: bool = True


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(Place(account="na"), id="the token names another region"),
        pytest.param(
            Place(account=Unnamed("na")), id="without a name 421 leads to the region"
        ),
        pytest.param(
            Place(account=Unnamed("na"), registered=False),
            id="421 leads there also before the registration",
        ),
        pytest.param(
            Place(account=Unnamed("eu"), registered=False),
            id="the home's own continent is the guess",
        ),
        pytest.param(
            Place(account=Unnamed("na"), time_zone="Asia/Tokyo", registered=False),
            id="the rest of the world is served from America",
        ),
    ],
)
async def test_region_is_found(owner: Owner, house: Household, place: Place) -> None:
    """The entry asks the host that keeps the account, whatever was guessed."""
    await house.hass.config.async_update(time_zone=place.time_zone)
    account_of(house).region = place.account
    registrations = house.cloud.applications[CLIENT_ID].registrations
    kept = {key: value for key, value in registrations.items() if place.registered}
    house.cloud.applications[CLIENT_ID].registrations = kept
    result = await owner.consent(await owner.start())
    assert f"**{NAMES[str(place.account)]}**" in await owner.words(result)
    await owner.submit(await owner.submit(result))
    assert house.entry.data["api_url"] == house.cloud.api_urls[place.account]


async def test_a_foreign_host_is_not_followed(owner: Owner, house: Household) -> None:
    """Whoever names a host that is not Tesla's never gets the token."""
    said = {"region": "eu", "fleet_api_base_url": "https://fleet.example.org"}
    house.cloud.fail("*/users/region", status=200, body={"response": said})
    result = await owner.consent(await owner.start())
    assert result["errors"] == {"base": "invalid_answer"}
    assert "not Tesla's" in await owner.words(result)


# ---- asked again later


async def test_the_same_region_changes_nothing(owner: Owner, house: Household) -> None:
    """It is said in words."""
    await owner.sign_in()
    before = dict(house.entry.data)
    result = await owner.wait(await owner.reconfigure("region_again"))
    assert result["reason"] == "region_same"
    assert NAMES["eu"] in await owner.words(result)
    assert dict(house.entry.data) == before


@pytest.mark.parametrize(
    ("registered", "ends_with"),
    [
        pytest.param(["na"], {"reason": "region_changed"}, id="registered there"),
        pytest.param([], {"step_id": "hosting_here"}, id="not registered there yet"),
    ],
)
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({}, id="the other host answers as such"),
        pytest.param({"status": 421}, id="the old host sends away"),
    ],
)
async def test_a_moved_account_is_followed(
    owner: Owner,
    house: Household,
    registered: list[str],
    ends_with: dict[str, str],
    fault: dict[str, Any],
) -> None:
    """The entry asks the new host, and the application is registered there."""
    await owner.sign_in()
    urls = house.cloud.api_urls
    known = {"registered": [urls[name] for name in registered]}
    house.hass.config_entries.async_update_entry(
        house.entry, data={**house.entry.data, **known}
    )
    application(house).register("na")
    account_of(house).region = "na"
    words = f"user out of region, use base URL: {urls['na']}"
    house.cloud.fail(
        "*/users/region" if fault else "nothing",
        body={"error": words},
        times=1,
        **fault,
    )
    result = await owner.wait(await owner.reconfigure("region_again"))
    assert {key: result.get(key) for key in ends_with} == ends_with
    await owner.words(result)
    await house.settle()
    assert house.entry.data["api_url"] == urls["na"]
    assert house.entry.runtime_data.account.client.base_url == urls["na"]


async def test_a_region_that_is_not_told_can_be_asked_again(
    owner: Owner, house: Household
) -> None:
    """Tesla's trouble is shown; Submit asks once more."""
    await owner.sign_in()
    house.cloud.fail("*/users/region", status=503)
    result = await owner.wait(await owner.reconfigure("region_again"))
    assert result["errors"] == {"base": "tesla_unavailable"}
    await owner.words(result)
    again = await owner.flow.async_configure(result["flow_id"])
    assert again["errors"] == {"base": "tesla_unavailable"}
    house.cloud.faults.clear()
    result = await owner.submit(result)
    assert result["reason"] == "region_same"


async def test_an_entry_that_does_not_run_asks_nothing(
    owner: Owner, house: Household
) -> None:
    """It says what to look for first."""
    await owner.sign_in()
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    result = await owner.reconfigure("region_again")
    assert result["reason"] == "not_loaded"
