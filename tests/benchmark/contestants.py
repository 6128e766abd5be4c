"""Who takes part: what each needs of the cloud and how it is set up."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from homeassistant.config_entries import ConfigEntry

from custom_components.fleet_pulse.const import CONF_BUDGET, CONF_CURRENCY, DOMAIN
from tests.conformance import core
from tests.fake_fleet.bill import PER_DOLLAR
from tests.fake_fleet.cloud import FakeCloud

from .home import Home

UNPOLLED: Final = "unpolled"
ECONOMY_SHARE: Final = Decimal("0.9")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """An integration, and the way it is used."""

    key: str
    title: str
    has_cached_data: bool = False
    """Whether the car pushes snapshots into the free list."""
    is_economy: bool = False
    """Whether the budget is nearly spent all month."""

    @property
    def is_core(self) -> bool:
        """Whether it is Home Assistant's own integration."""
        return self.key == core.CORE

    @property
    def asks(self) -> bool:
        """Whether there is a Home Assistant at all."""
        return self.key != UNPOLLED

    @property
    def platform(self) -> str:
        """Give the integration's domain."""
        return core.CORE if self.is_core else DOMAIN

    @property
    def keys(self) -> tuple[str, str, str]:
        """Name its level, its charging state and its tracker."""
        if self.is_core:
            level, charging = "battery_level", "charging_state"
            return f"charge_state_{level}", f"charge_state_{charging}", "location"
        return "battery_level", "charging_state", "location"


CONTESTANTS: Final[dict[str, Contestant]] = {
    contestant.key: contestant
    for contestant in (
        Contestant(key="ours_polling", title="ours, polling"),
        Contestant(key="ours_cached", title="ours, cached", has_cached_data=True),
        Contestant(
            key="ours_economy",
            title="ours, economy",
            has_cached_data=True,
            is_economy=True,
        ),
        Contestant(key="tesla_fleet", title="tesla_fleet"),
        Contestant(key=UNPOLLED, title="nobody asks"),
    )
}


@asynccontextmanager
async def set_up(contestant: Contestant, home: Home) -> AsyncIterator[ConfigEntry]:
    """Set the contestant up by its own flow, and let it live."""
    if contestant.is_core:
        with core.at_the_cloud(home.cloud):
            async with core.key_site() as site:
                await core.prepare(home)
                yield await core.set_up(home, site)
    else:
        await home.set_up()
        yield home.entry


def keep_economical(home: Home, entry: ConfigEntry) -> Callable[[], None]:
    """Give what keeps the budget nine tenths spent, whatever is spent.

    No one budget is between 80 and 100 % spent in all of a month, so the owner of this
    month changes it with every cent. Until the first cent nothing is spent of anything.
    """
    known = Decimal(0)

    def adjust() -> None:
        """Set the budget anew where the bill has changed."""
        nonlocal known
        spent = home.cloud.bill.total()
        if spent not in (known, 0):
            known = spent
            budget = {CONF_BUDGET: str(spent / ECONOMY_SHARE), CONF_CURRENCY: "USD"}
            home.hass.config_entries.async_update_entry(
                entry, options={**entry.options, **budget}
            )

    return adjust


def exact_cost(cloud: FakeCloud, month: date) -> Decimal:
    """Give what a month costs so far, not rounded to cents."""
    counts = cloud.bill.counts(month)
    return sum(
        (Decimal(counts[name]) / each for name, each in PER_DOLLAR.items()), Decimal(0)
    )
