"""How a charge rule is made: four questions, what comes next in words, and more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.util import dt as dt_util

from . import rule_words, words
from .asking import async_prices
from .charge_rule_form import CONF_EXPIRES, CONF_WINDOWS, FIRST, PAGES
from .planner.rate import rates
from .rule_flow import RuleFlow
from .rule_form import Ask
from .rules.charge_rule import ChargeRule, Price
from .rules.occurrence import occurrences

_FORESIGHT: Final = timedelta(days=400)
"""Whatever comes next, comes within this; the one day of a year, too."""


class ChargeRuleFlow(RuleFlow):
    """Makes a charge rule, or edits it."""

    first = FIRST
    pages = PAGES

    async def async_step_ready_by(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a rule that has the car ready by a time."""
        return await self._async_form("ready_by", user_input)

    async def async_step_window(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a rule that charges between two times."""
        return await self._async_form("window", user_input)

    async def async_step_cheap(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a rule that charges with cheap power."""
        return await self._async_form("cheap", user_input)

    async def async_step_sun(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a rule that charges with the sun."""
        return await self._async_form("sun", user_input)

    async def async_step_when(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for days and times."""
        return await self._async_form("when", user_input)

    async def async_step_charging(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how far, and how fast, to charge."""
        return await self._async_form("charging", user_input)

    async def async_step_price(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where prices come from, and what is made of them."""
        return await self._async_form("price", user_input)

    async def async_step_solar(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the sun."""
        return await self._async_form("solar", user_input)

    async def async_step_other(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name, car, places, and who goes first."""
        return await self._async_form("other", user_input)

    @override
    def _entered(
        self, step: str, asks: Sequence[Ask], user_input: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the subentry with what was entered; one window is a list of one."""
        data = super()._entered(step, asks, user_input)
        if isinstance(window := data.get(CONF_WINDOWS), dict):
            data[CONF_WINDOWS] = [window]
        return data

    @override
    def _errors(
        self,
        asks: Sequence[Ask],
        user_input: Mapping[str, Any],
        data: Mapping[str, Any],
    ) -> dict[str, str]:
        """Return what is wrong, by the field; a rule must have a day to come, too."""
        errors = super()._errors(asks, user_input, data)
        today = dt_util.now().date().isoformat()
        if today > user_input.get(CONF_EXPIRES, today):
            errors.setdefault(CONF_EXPIRES, "date_is_past")
        return errors

    @override
    def _load(self, data: Mapping[str, Any]) -> ChargeRule:
        """Make a charge rule of what was entered, or raise what is wrong with it."""
        return ChargeRule.load(self._rule_id, self._title, data)

    @override
    def _proposed_name(self, data: Mapping[str, Any]) -> str:
        """Return what tells this rule from another one at a glance."""
        return rule_words.async_rule_name(self.hass, self._load(data))

    @override
    async def _async_words(self) -> dict[str, str]:
        """Return the rule, what it does next, and why not now."""
        rule = self._load(self._data)
        said = {"rule": rule_words.async_rule(self.hass, rule)}
        view = self._account.runtime_data.runner.preview(rule)
        if view is None:
            return {**said, "next": words.async_text(self.hass, "rule_car_gone", {})}
        if view.next_deadline is None:
            # Whatever is not known of the car, its clock says when it is due.
            start, deadline = _next(rule)
            view = replace(view, next_start=start, next_deadline=deadline)
        following = rule_words.async_outlook(self.hass, rule, view)
        if rule.price is not None and not await self._async_has_prices(rule.price):
            words_of = {"entity": rule.price.entity}
            warning = words.async_text(self.hass, "rule_without_prices", words_of)
            following = f"{following}\n\n{warning}"
        return {**said, "next": following}

    async def _async_has_prices(self, price: Price) -> bool:
        """Return whether prices can be read just now, from attributes or by asking."""
        state, today = self.hass.states.get(price.entity), dt_util.now().date()
        if state is None:
            return False
        zone = dt_util.get_default_time_zone()
        shown = rates(state.attributes, state.state, zone, today=today)
        return bool(shown or await async_prices(self.hass, price.entity, today))


def _next(rule: ChargeRule) -> tuple[datetime | None, datetime | None]:
    """Return when the next occurrence begins, if that is sure, and when it ends."""
    now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
    coming = occurrences(
        rule, since=now, until=now + _FORESIGHT, zone=zone, workdays={}
    )
    following = next(coming, None)
    if following is None:
        return None, None
    start = following.span.start if following.deadline is None else None
    return start, following.deadline or following.span.end
