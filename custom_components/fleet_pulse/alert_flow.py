"""How an alert is made: of what to be told, whom, and when not; and then more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, override

from homeassistant.config_entries import SOURCE_USER, SubentryFlowResult

from . import alert_words, words
from .alert_form import (
    CARS,
    CONF_CARS,
    CONF_KINDS,
    CONF_NOTIFY,
    CONF_PHONES,
    CONF_THRESHOLDS,
    FIRST,
    KINDS_ASK,
    NOTIFY,
    PAGES,
    kept,
    kinds_with,
    notify_but,
    threshold_in,
)
from .alert_targets import (
    async_is_phone,
    async_only_phone,
    async_phone_entities,
    is_entity,
)
from .alerts.alert import Alert
from .alerts.check import check
from .alerts.kinds import BY_KEY
from .rule_flow import RuleFlow
from .rule_form import CONF_NAME, Ask, merged, named


class AlertFlow(RuleFlow):
    """Makes an alert, or edits it."""

    first = FIRST
    pages = PAGES

    async def async_step_alert(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to be told of, and whom."""
        return await self._async_form("alert", user_input)

    async def async_step_kinds(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to be told of."""
        return await self._async_form("kinds", user_input)

    async def async_step_whom(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whom to tell, and when not."""
        return await self._async_form("whom", user_input)

    async def async_step_thresholds(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask from where on something is worth telling."""
        return await self._async_form("thresholds", user_input)

    async def async_step_other(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for name, cars and places."""
        return await self._async_form("other", user_input)

    # ---- what an alert knows

    @override
    def _more(self) -> list[str]:
        """Return the pages; kinds that are so or not so have no threshold."""
        has_none = not self._asked(PAGES["thresholds"])
        return [page for page in self.pages if not (page == "thresholds" and has_none)]

    @override
    def _asked(self, asks: Sequence[Ask]) -> list[Ask]:
        """Return the fields: cars where there are several, thresholds of what is told."""
        cars, kinds = self._cars(), self._data.get(CONF_KINDS, ())
        special = {
            CONF_CARS: replace(CARS, selector=named(cars, multiple=True)),
            CONF_KINDS: replace(KINDS_ASK, selector=kinds_with(kinds)),
            CONF_NOTIFY: replace(
                NOTIFY, selector=notify_but(async_phone_entities(self.hass))
            ),
        }
        return [
            self._in_own_unit(special.get(ask.key, ask))
            for ask in asks
            if not (ask.key == CONF_CARS and len(cars) == 1)
            and not (ask.place[0] == CONF_THRESHOLDS and ask.place[-1] not in kinds)
        ]

    def _in_own_unit(self, ask: Ask) -> Ask:
        """Return a field in the unit of those who live here."""
        if ask.place[0] != CONF_THRESHOLDS:
            return ask
        unit = alert_words.own_unit(self.hass, BY_KEY[ask.place[-1]])
        return ask if unit is None else threshold_in(ask, unit)

    @override
    def _values(self, asks: Iterable[Ask]) -> dict[str, Any]:
        """Return what a form shows; phones and others are kept in one list."""
        values = super()._values(asks)
        is_new = self.source == SOURCE_USER and not self._data
        known_whom = self._data.get(CONF_NOTIFY, [])
        whom = async_only_phone(self.hass) if is_new else known_whom
        vins = {vin: device_id for device_id, vin in self._vins().items()}
        known = {
            CONF_CARS: [
                vins[vin] for vin in self._data.get(CONF_CARS, []) if vin in vins
            ],
            CONF_NOTIFY: [one for one in whom if is_entity(one)],
            CONF_PHONES: [one for one in whom if not is_entity(one)],
        }
        return {**values, **{key: known[key] for key in known if key in values}}

    @override
    def _entered(
        self, step: str, asks: Sequence[Ask], user_input: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the subentry with what was entered; cars are kept by their number."""
        special = {CONF_CARS, CONF_NAME, CONF_PHONES, CONF_NOTIFY} & {
            ask.key for ask in asks
        }
        plain = [ask for ask in asks if ask.key not in special]
        data = merged(plain, self._data, user_input)
        if CONF_NOTIFY in special:
            whom = (user_input.get(key, []) for key in (CONF_PHONES, CONF_NOTIFY))
            data[CONF_NOTIFY] = [one for chosen in whom for one in chosen]
        if CONF_CARS in special:
            vins = self._vins()
            data[CONF_CARS] = [vins[car] for car in user_input.get(CONF_CARS, [])]
        return kept(data)

    @override
    def _errors(
        self,
        asks: Sequence[Ask],
        user_input: Mapping[str, Any],
        data: Mapping[str, Any],
    ) -> dict[str, str]:
        """Return what is wrong, by the field; a phone must be there, too."""
        errors = super()._errors(asks, user_input, data)
        phones = user_input.get(CONF_PHONES, [])
        if not all(async_is_phone(self.hass, phone) for phone in phones):
            errors[CONF_PHONES] = "phone_unknown"
        return errors

    @override
    def _load(self, data: Mapping[str, Any]) -> Alert:
        """Make an alert of what was entered, or raise what is wrong with it."""
        alert = Alert.load(self._rule_id, self._title, data)
        check(alert)
        return alert

    @override
    def _proposed_name(self, data: Mapping[str, Any]) -> str:
        """Return what most need only one of."""
        return alert_words.async_alert_name(self.hass)

    @override
    def _car_name(self) -> str:
        """Return whose alert it is: some cars, or all of them, by name."""
        names, vins = self._cars(), self._vins()
        wanted = self._data.get(CONF_CARS) or vins.values()
        return ", ".join(names[car] for car in vins if vins[car] in wanted) or "-"

    @override
    async def _async_words(self) -> dict[str, str]:
        """Return of what is told, and whom; of a car that is gone, nothing is."""
        alert = self._load(self._data)
        said = {"rule": alert_words.async_kinds(self.hass, alert)}
        if alert.vins and set(alert.vins).isdisjoint(self._vins().values()):
            return {**said, "next": words.async_text(self.hass, "rule_car_gone", {})}
        return {**said, "next": alert_words.async_whom(self.hass, alert)}
