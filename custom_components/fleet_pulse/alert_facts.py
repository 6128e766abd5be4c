"""Gathers what the alerts of a car are decided by: all of it is here, nobody is asked."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from . import issues
from .alerts.facts import Facts, Upcoming
from .coordinator import AccountCoordinator, VehicleCoordinator
from .rules.view import Matter, RuleView
from .runner import Runner


class FactGatherer:
    """Knows where everything is found that alerts go by."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        account: AccountCoordinator,
        runner: Runner,
    ) -> None:
        """Gather from an account and from its rules."""
        self._hass = hass
        self._entry = entry
        self._account = account
        self._runner = runner

    @callback
    def async_gather(self, vehicle: VehicleCoordinator, *, of_account: bool) -> Facts:
        """Return a car, and what is round it, as it is now.

        What is of the whole account stands beside one of its cars alone.
        """
        now, vin, runner = dt_util.utcnow(), vehicle.vin, self._runner
        zones, view = runner.zones(vin), runner.car_views.get(vin)
        troubles = issues.async_troubles(self._hass, self._entry) if of_account else ()
        return Facts(
            now=now,
            zone=dt_util.get_default_time_zone(),
            vin=vin,
            state=vehicle.data,
            zones=None if zones is None else tuple(sorted(zones)),
            online_since=vehicle.memory.online_since if vehicle.is_online else None,
            heard_at=vehicle.heard_at,
            upcoming=self._upcoming(vin),
            target_soc=runner.target_soc(vin),
            is_held=view is not None and view.is_on_hold,
            spent_share=self._spent_share() if of_account else None,
            month=now.date().replace(day=1),
            troubles=tuple(sorted(trouble.value for trouble in troubles)),
        )

    def _upcoming(self, vin: str) -> tuple[Upcoming, ...]:
        """Return what the rules of a car want next, the soonest first."""
        found = (
            self._wanted(view)
            for view in self._runner.views.values()
            if view.vin == vin and view.is_enabled
        )
        known = (one for one in found if one is not None)
        return tuple(sorted(known, key=lambda one: (one.deadline, one.rule)))

    def _wanted(self, view: RuleView) -> Upcoming | None:
        """Return what one rule wants next; None: nothing that is foreseen."""
        if view.next_deadline is None:
            return None
        rule = self._runner.rules.get(view.id)
        return Upcoming(
            rule=view.id,
            name=view.name,
            deadline=view.next_deadline,
            is_charging=view.matter is Matter.CHARGING,
            target_soc=None if rule is None else rule.target_soc,
            estimated_ready=view.estimated_ready,
        )

    def _spent_share(self) -> int | None:
        """Return the percent of the budget that is gone; of nothing nothing can be."""
        budget = self._account.budget
        return int(budget.used(self._account.cost)) if budget.amount > 0 else None
