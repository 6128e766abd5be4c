"""How a departure is made: where it comes from, what is wanted of the cabin, and more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from . import rule_words
from .departure_form import (
    CONF_RULE,
    CONF_SOURCE,
    CONF_TEMPERATURE,
    FIRST,
    PAGES,
    RULE,
    temperature_in,
)
from .departure_surroundings import AHEAD, DepartureSurroundings
from .rule_flow import RuleFlow
from .rule_form import CONF_CAR, Ask, named
from .rule_subentries import rules_of
from .rules.charge_rule import ChargeRule
from .rules.departure import Departure, Source
from .rules.departures import departures
from .rules.memory import Memory
from .rules.view import Matter

_OF_SOURCE: Final[Mapping[str, tuple[str, ...]]] = {
    Source.WEEKLY: ("days", "at"),
    Source.CHARGE_RULE: (CONF_RULE,),
    Source.CALENDAR: ("calendar",),
}
"""What stands in a subentry because of where its departures come from."""


@callback
def _nobody() -> None:
    """Tell nobody: what is round a departure is looked at just once here."""


class DepartureFlow(RuleFlow):
    """Makes a departure, or edits it."""

    first = FIRST
    pages = PAGES

    async def async_step_weekly(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the days and the time of a departure."""
        return await self._async_form("weekly", user_input)

    async def async_step_charge_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which charge rule's time it is."""
        return await self._async_form("charge_rule", user_input)

    async def async_step_calendar(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which events of a calendar are departures."""
        return await self._async_form("calendar", user_input)

    async def async_step_comfort(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is wanted beside the climate."""
        return await self._async_form("comfort", user_input)

    async def async_step_guards(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask when not to do it."""
        return await self._async_form("guards", user_input)

    async def async_step_other(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name, car and places."""
        return await self._async_form("other", user_input)

    # ---- what this kind of rule knows

    @override
    def _first(self) -> list[str]:
        """Return the first forms; without charge rules there is none to follow."""
        return [
            step
            for step in super()._first()
            if step != Source.CHARGE_RULE or self._charge_rules()
        ]

    @override
    def _more(self) -> list[str]:
        """Return the pages: where the departures come from is the first one."""
        offered = (*self._first(), *self.pages)
        pages = (self._data[CONF_SOURCE], *self.pages)
        return [page for page in pages if page in offered]

    @override
    def _values(self, asks: Iterable[Ask]) -> dict[str, Any]:
        """Return what a form shows; a charge rule that is gone is not proposed."""
        values = super()._values(asks)
        is_gone = values.get(CONF_RULE) not in self._charge_rules()
        return {**values, CONF_RULE: None} if is_gone else values

    @override
    def _asked(self, asks: Sequence[Ask]) -> list[Ask]:
        """Return the fields of a form, in the owner's own unit."""
        unit = self.hass.config.units.temperature_unit
        follows = self._data.get(CONF_SOURCE) == Source.CHARGE_RULE
        special = {
            CONF_TEMPERATURE: temperature_in(unit),
            CONF_RULE: replace(RULE, selector=named(self._charge_rules())),
        }
        return [
            special.get(ask.key, ask)
            for ask in super()._asked(asks)
            # It is the car of the rule that it follows.
            if not (follows and ask.key == CONF_CAR)
        ]

    @override
    def _entered(
        self, step: str, asks: Sequence[Ask], user_input: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the subentry with what was entered, and nothing of other sources."""
        data = super()._entered(step, asks, user_input)
        source = step if step in _OF_SOURCE else data[CONF_SOURCE]
        foreign = {
            key for other, keys in _OF_SOURCE.items() if other != source for key in keys
        }
        data = {key: value for key, value in data.items() if key not in foreign}
        followed = self._get_entry().subentries.get(data.get(CONF_RULE, ""))
        if followed is not None:
            data[CONF_CAR] = followed.data[CONF_CAR]
        return {**data, CONF_SOURCE: source}

    @override
    def _load(self, data: Mapping[str, Any]) -> Departure:
        """Make a departure of what was entered, or raise what is wrong with it."""
        return Departure.load(self._rule_id, self._title, data)

    @override
    def _proposed_name(self, data: Mapping[str, Any]) -> str:
        """Return what tells this departure from another one at a glance."""
        return rule_words.async_departure_source(
            self.hass, self._load(data), self._charge_rules()
        )

    @override
    async def _async_words(self) -> dict[str, str]:
        """Return the departure, and what it does next."""
        rule = self._load(self._data)
        said = rule_words.async_departure(self.hass, rule, self._charge_rules())
        following = rule_words.async_next_departure(
            self.hass, await self._async_next(rule)
        )
        if (view := self._account.runtime_data.runner.views.get(self._rule_id)) is None:
            return {"rule": said, "next": following}
        now = rule_words.async_now(self.hass, view)
        return {"rule": said, "next": f"{following}\n\n{now}"}

    async def _async_next(self, rule: Departure) -> datetime | None:
        """Return when somebody leaves next, as far as is known."""
        around = DepartureSurroundings(self.hass, _nobody)
        around.async_follow([rule])
        around.async_stop()
        await around.async_ask()
        loaded = rules_of(self._get_entry(), Matter.CHARGING, ChargeRule.load)
        charge_rules, now = tuple(loaded.values()), dt_util.utcnow()
        coming = departures(
            [rule],
            charge_rules,
            around.events,
            Memory(),
            since=now,
            until=now + AHEAD,
            zone=dt_util.get_default_time_zone(),
            travel=around.travel,
        )
        return min((one.at for one in coming if one.at > now), default=None)

    def _charge_rules(self) -> dict[str, str]:
        """Return the titles of the charge rules that have a time to be ready by."""
        return {
            one.subentry_id: one.title
            for one in self._get_entry().subentries.values()
            if one.subentry_type == Matter.CHARGING and "ready_by" in one.data
        }
