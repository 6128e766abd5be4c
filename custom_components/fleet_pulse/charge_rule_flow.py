"""How a charge rule is made: four questions, what comes next in words, and more."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    EntitySelector,
    EntitySelectorConfig,
    ObjectSelector,
    ObjectSelectorConfig,
    TextSelector,
    TimeSelector,
)
from homeassistant.util import dt as dt_util

from . import words
from .rule_flow import CONF_CAR, CONF_NAME, RuleFlow
from .rule_form import (
    DATES,
    DAYS,
    Ask,
    choice,
    days_to_data,
    days_to_form,
    number,
    percent,
)
from .rules.charge_rule import ChargeRule, PriceMode, Solar
from .rules.occurrence import occurrences
from .rules.view import Matter

_CAR: Final = Ask(key=CONF_CAR, selector=TextSelector())
"""Whoever asks it knows which cars there are."""
_DAYS: Final = Ask(
    key="days",
    selector=DAYS,
    default=["weekdays"],
    to_data=days_to_data,
    to_form=days_to_form,
)
_NAME: Final = Ask(key=CONF_NAME, selector=TextSelector())
_TARGET: Final = Ask(
    key="target_soc", selector=percent(), is_required=True, default=80, to_data=int
)
_READY_BY: Final = Ask(key="ready_by", selector=TimeSelector())
WINDOWS: Final = "windows"
_WINDOW_TEXTS: Final = "rule_window"
_FORESIGHT: Final = timedelta(days=400)
"""Whatever comes next, comes within this; the one day of a year, too."""

_SENSORS: Final = EntitySelector(
    EntitySelectorConfig(domain=["sensor", "input_number", "number"])
)
_PRICES: Final = EntitySelector(EntitySelectorConfig(domain=["sensor", "event"]))
_PRICE_ENTITY: Final = Ask(
    key="price_entity",
    selector=_PRICES,
    path=("price", "entity"),
    names_entities=True,
)
_PRICE_MODE: Final = Ask(
    key="price_mode",
    selector=choice(PriceMode, "price_mode"),
    path=("price", "mode"),
    is_required=True,
    default=PriceMode.CHEAPEST.value,
)
_PRICE_CAP: Final = Ask(
    key="price_cap",
    selector=number(-100, 100_000, step=0.001),
    path=("price", "cap"),
)
_SOLAR_ENTITY: Final = Ask(
    key="solar_entity",
    selector=_SENSORS,
    path=("solar", "entity"),
    names_entities=True,
)
_SOLAR_MIN_W: Final = Ask(
    key="solar_min_w",
    selector=number(100, 50_000, "W", step=10),
    path=("solar", "min_w"),
    is_required=True,
    default=Solar(entity="").min_w,
)


def _required(ask: Ask, default: Any = None) -> Ask:
    """Return a field that a form cannot do without."""
    return replace(ask, is_required=True, default=default)


def _edge(key: str, default: str) -> Ask:
    """Return one end of the one window that the first form asks for."""
    return Ask(
        key=key,
        selector=TimeSelector(),
        path=(WINDOWS, key),
        is_required=True,
        default=default,
    )


def _minutes(key: str, default: int) -> Ask:
    """Return a field for how long the sun must shine, or not."""
    return Ask(
        key=f"solar_{key}",
        selector=number(0, 120, "min"),
        path=("solar", key),
        is_required=True,
        default=default,
        to_data=int,
    )


FIRST: Final = {
    "ready_by": (_CAR, _DAYS, _required(_READY_BY, "07:30:00"), _TARGET, _NAME),
    "window": (
        _CAR,
        _DAYS,
        _edge("start", "23:00:00"),
        _edge("end", "06:00:00"),
        _TARGET,
        _NAME,
    ),
    "cheap": (
        _CAR,
        _DAYS,
        _required(_PRICE_ENTITY),
        _PRICE_MODE,
        _PRICE_CAP,
        _READY_BY,
        _TARGET,
        _NAME,
    ),
    "sun": (
        _CAR,
        _required(_DAYS, ["weekdays", "weekend"]),
        _required(_SOLAR_ENTITY),
        _SOLAR_MIN_W,
        _TARGET,
        _NAME,
    ),
}
PAGES: Final = {
    "when": (
        _DAYS,
        _READY_BY,
        Ask(
            key=WINDOWS,
            selector=ObjectSelector(
                ObjectSelectorConfig(
                    fields={
                        "start": {"selector": TimeSelector(), "required": True},
                        "end": {"selector": TimeSelector(), "required": True},
                    },
                    multiple=True,
                    label_field="start",
                    description_field="end",
                    translation_key=_WINDOW_TEXTS,
                )
            ),
        ),
        Ask(key="dates", selector=DATES),
        Ask(key="skip_dates", selector=DATES),
        Ask(
            key="workday_entity",
            selector=EntitySelector(EntitySelectorConfig(domain="binary_sensor")),
            names_entities=True,
        ),
        Ask(key="expires", selector=DateSelector()),
    ),
    "charging": (
        _TARGET,
        Ask(key="floor_soc", selector=number(5, 90, "%"), to_data=int),
        Ask(key="daily_limit", selector=number(50, 100, "%"), to_data=int),
        Ask(key="amps", selector=number(5, 80, "A"), to_data=int),
    ),
    "price": (_PRICE_ENTITY, _PRICE_MODE, _PRICE_CAP),
    "solar": (
        _SOLAR_ENTITY,
        _SOLAR_MIN_W,
        _minutes("on_delay", 5),
        _minutes("off_delay", 10),
    ),
    "other": (
        _required(_NAME),
        _CAR,
        Ask(
            key="zones",
            selector=EntitySelector(EntitySelectorConfig(domain="zone", multiple=True)),
            default=["zone.home"],
            names_entities=True,
        ),
        Ask(key="priority", selector=number(-100, 100), to_data=int),
        Ask(key="dry_run", selector=BooleanSelector(), default=False),
    ),
}


class ChargeRuleFlow(RuleFlow):
    """Makes a charge rule, or edits it."""

    matter = Matter.CHARGING
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
        if isinstance(window := data.get(WINDOWS), dict):
            data[WINDOWS] = [window]
        return data

    @override
    def _load(self, data: Mapping[str, Any]) -> ChargeRule:
        """Make a charge rule of what was entered, or raise what is wrong with it."""
        return ChargeRule.load(self._rule_id, self._title, data)

    @override
    def _proposed_name(self, data: Mapping[str, Any]) -> str:
        """Return what tells this rule from another one at a glance."""
        return words.async_rule_name(self.hass, self._load(data))

    @override
    async def _async_words(self) -> dict[str, str]:
        """Return the rule, what it does next, and why not now."""
        rule = self._load(self._data)
        return {
            "rule": words.async_rule(self.hass, rule),
            "next": words.async_next(self.hass, *_next(rule)),
        }


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
