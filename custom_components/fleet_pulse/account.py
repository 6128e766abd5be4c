"""What a car needs of the account it belongs to."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from homeassistant.core import CALLBACK_TYPE

from .fleet.budget import Budget, BudgetLevel
from .fleet.client import FleetClient
from .fleet.waits import Waits
from .fleet.wake import Limits
from .journal import Journal


class Account(Protocol):
    """What a car needs of its account."""

    budget: Budget
    client: FleetClient
    journal: Journal
    lag: timedelta
    """How far our clock is known to be behind Tesla's; none if that is not much."""
    limits: Limits
    quiet_until: datetime
    scopes: frozenset[str]
    waits: Waits

    @property
    def budget_level(self) -> BudgetLevel:
        """Return what the budget still permits."""

    @property
    def cost(self) -> Decimal:
        """Return what this month has cost so far, before Tesla's discount."""

    @property
    def is_polling(self) -> bool:
        """Return whether cars may be looked at without somebody asking."""

    @property
    def is_refused(self) -> bool:
        """Return whether Tesla refuses the account."""

    def async_add_listener(self, update_callback: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Listen for what concerns the whole account."""

    def async_list_at(
        self, moment: datetime, *, wanted_at: datetime | None = None
    ) -> None:
        """Ask the list at a moment, unless it is asked before then anyway."""

    async def async_look(self) -> None:
        """Ask the list because somebody wants to see."""

    def async_save_later(self) -> None:
        """Keep the cars as they are now, soon."""
