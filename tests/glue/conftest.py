"""Fixtures of the tests through Home Assistant's front doors."""

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_address
from typing import Any, Final, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import props

from custom_components.fleet_pulse.const import ENV_API_URL, ENV_AUTH_URL
from tests.fake_fleet.car import Car
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.specs import CYBERTRUCK, MODEL_3
from tests.internet import names

from .household import OWN_URL, Household


class Silence(dict[str, names.Name]):
    """What a name service says that does not answer: nothing, of any name."""

    @override
    def get(self, host: Any, default: Any = None) -> Any:
        """Know this machine, and addresses."""
        return default if host in _OURS or _is_address(host) else _SILENT


_OURS: Final = (None, "", "localhost")
_SILENT: Final = names.Name(answers=False)


def _is_address(host: str) -> bool:
    """Tell an address from a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True)
def no_names() -> Iterator[None]:
    """Let no name be looked up but those that a test puts into its internet."""
    with names.answering(Silence):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Leave out what only the next Home Assistant says of an entity."""
    return snapshot.with_defaults(exclude=props("compat_name", "temperature_unit"))


@pytest.fixture
async def house(
    hass: HomeAssistant,
    cloud: FakeCloud,
    freezer: FrozenDateTimeFactory,
    hass_client_no_auth: ClientSessionGenerator,
    enable_custom_integrations: None,
    current_request_with_host: None,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Household]:
    """Give a home that knows the fake cloud, with nothing set up yet."""
    await hass.config.async_update(external_url=OWN_URL, time_zone="Europe/Berlin")
    urls = ",".join(f"{region}={url}" for region, url in cloud.api_urls.items())
    monkeypatch.setenv(ENV_AUTH_URL, cloud.auth_url)
    monkeypatch.setenv(ENV_API_URL, urls)
    household = Household(hass, cloud, freezer, hass_client_no_auth)
    yield household
    # An entry that starts anew may come up behind the end of Home Assistant otherwise.
    await household.come_to_rest()


@pytest.fixture
async def home(house: Household) -> Household:
    """Give a home that is set up, with the car paired and asleep."""
    await house.set_up()
    return house


@pytest.fixture
async def street(house: Household) -> Household:
    """Give a home with four cars: every model there is, each with its equipment."""
    account = next(iter(house.cloud.accounts.values()))
    for seed, spec in enumerate((MODEL_3, CYBERTRUCK), 3):
        car = Car(spec=spec, clock=house.cloud.clock, seed=seed)
        house.cloud.add_car(car, account)
    await house.set_up()
    return house


@pytest.fixture
def everything_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable also the entities that an owner would have to enable."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
