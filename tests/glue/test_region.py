"""Where Tesla keeps the account, found while signing in."""

from dataclasses import dataclass
from typing import Final

import pytest

from tests.fake_fleet.populate import CLIENT_ID

from .flows import Owner, account_of
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
