"""How a rule is made and edited: what charge rules, departures and alerts share.

    user ─▶ menu of first forms ─▶ first form ─┐      ┌── error by the field ◀─┐
            └▶ like another one ───────────────┤      ▼                        │
    reconfigure ───────────────────────────────┴▶ overview ─▶ page of "more" ──┘
                                                   └▶ save

The overview says in words what comes next, before anything is saved.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import partial
from itertools import count
from typing import Any, ClassVar, Final

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from . import words
from .const import DOMAIN, MANUFACTURER
from .model.invalid import InvalidInput
from .rule_form import (
    CAR,
    CONF_CAR,
    CONF_NAME,
    Ask,
    blamed,
    merged,
    named,
    schema,
    shown,
)
from .runtime import FleetPulseConfigEntry

_LIKE: Final = "like"


class RuleFlow(ConfigSubentryFlow):
    """Makes a rule of one kind, or edits it; its kind is the type of its subentry."""

    first: ClassVar[Mapping[str, Sequence[Ask]]]
    """The forms that a new rule begins with, by step."""
    pages: ClassVar[Mapping[str, Sequence[Ask]]]
    """What else can be chosen, by step."""

    def __init__(self) -> None:
        """Begin with nothing chosen."""
        super().__init__()
        self._data: dict[str, Any] = {}
        self._title = ""

    # ---- the beginning

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of rule it is to be, if there is a choice."""
        if (trouble := self._trouble()) is not None:
            return self.async_abort(reason=trouble)
        options = self._first()
        if self._others():
            options.append("copy")
        if len(options) == 1:
            return await self._async_step(options[0])
        return self.async_show_menu(step_id="user", menu_options=options)

    async def _async_step(self, name: str) -> SubentryFlowResult:
        """Go to a step by its name, as Home Assistant itself does."""
        step: Callable[[], Awaitable[SubentryFlowResult]]
        step = getattr(self, f"async_step_{name}")
        return await step()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Begin with the rule as it is."""
        if (trouble := self._trouble()) is not None:
            return self.async_abort(reason=trouble)
        subentry = self._get_reconfigure_subentry()
        self._data, self._title = deepcopy(dict(subentry.data)), subentry.title
        return await self.async_step_overview()

    async def async_step_copy(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Make one like another: it is saved only when the owner says so."""
        others = self._others()
        if user_input is not None and (like := user_input[_LIKE]) in others:
            subentry = self._get_entry().subentries[like]
            self._data = deepcopy(dict(subentry.data))
            self._title = self._free(subentry.title)
            return await self.async_step_overview()
        ask = Ask(key=_LIKE, selector=named(others), is_required=True)
        first = {_LIKE: next(iter(others), None)}
        return self.async_show_form(step_id="copy", data_schema=schema([ask], first))

    # ---- the end

    async def async_step_overview(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say what the rule is and what comes next, and offer to change more."""
        if (trouble := self._trouble()) is not None:
            return self.async_abort(reason=trouble)
        return self.async_show_menu(
            step_id="overview",
            menu_options=["save", *self._more()],
            description_placeholders={
                "name": self._title,
                "car": self._car_name(),
                **await self._async_said(),
            },
        )

    async def async_step_save(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Keep the rule; one that was kept long ago may have to be mended first."""
        if self._is_gone or self._invalid() is not None:
            return await self.async_step_overview()
        # Another dialog may have given the name away since it was chosen.
        title = self._free(self._title)
        if self.source == SOURCE_USER:
            return self.async_create_entry(title=title, data=self._data)
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=title,
            data=self._data,
        )

    async def _async_said(self) -> dict[str, str]:
        """Return what the overview quotes, whatever is wrong with the rule."""
        if self._invalid() is None:
            return await self._async_words()
        return {
            "rule": words.async_text(self.hass, "rule_invalid", {}),
            "next": words.async_text(self.hass, "rule_invalid_next", {}),
        }

    def _invalid(self) -> InvalidInput | None:
        """Return what is wrong with the rule as it is."""
        try:
            self._load(self._data)
        except InvalidInput as invalid:
            return invalid
        return None

    def _car_name(self) -> str:
        """Return how the overview calls what the rule is for."""
        return self._cars().get(self._values([CAR])[CONF_CAR], MANUFACTURER)

    # ---- what each kind of rule knows

    @abstractmethod
    def _load(self, data: Mapping[str, Any]) -> object:
        """Make a rule of what was entered, or raise what is wrong with it."""

    @abstractmethod
    def _proposed_name(self, data: Mapping[str, Any]) -> str:
        """Return how a rule is called to which the owner gives no name."""

    @abstractmethod
    async def _async_words(self) -> dict[str, str]:
        """Return what the overview quotes."""

    def _first(self) -> list[str]:
        """Return the first forms that are offered."""
        return list(self.first)

    def _more(self) -> list[str]:
        """Return the pages that the overview offers."""
        return list(self.pages)

    # ---- forms

    async def _async_form(
        self,
        step: str,
        user_input: dict[str, Any] | None,
    ) -> SubentryFlowResult:
        """Show a form, or take it in and go on to the overview."""
        if (trouble := self._trouble()) is not None:
            return self.async_abort(reason=trouble)
        asks = self._asked({**self.first, **self.pages}[step])
        errors: dict[str, str] = {}
        if user_input is not None:
            data = self._entered(step, asks, user_input)
            errors = self._errors(asks, user_input, data)
            if not errors:
                self._data = data
                name = user_input.get(CONF_NAME, "").strip()
                title = name or self._title or self._proposed_name(data)
                self._title = title if name else self._free(title)
                return await self.async_step_overview()
        values = self._values(asks) if user_input is None else user_input
        return self.async_show_form(
            step_id=step, data_schema=schema(asks, values), errors=errors
        )

    def _asked(self, asks: Sequence[Ask]) -> list[Ask]:
        """Return the fields of a form; the car is asked only where there are several."""
        cars = self._cars()
        if len(cars) == 1:
            return [ask for ask in asks if ask.key != CONF_CAR]
        car = Ask(key=CONF_CAR, selector=named(cars), is_required=True)
        return [car if ask.key == CONF_CAR else ask for ask in asks]

    def _values(self, asks: Iterable[Ask]) -> dict[str, Any]:
        """Return what a form shows before anything is entered."""
        values = shown(asks, self._data)
        vins = {vin: device_id for device_id, vin in self._vins().items()}
        first = next(iter(vins.values()))
        known = {
            CONF_NAME: self._title,
            CONF_CAR: vins.get(self._data.get(CONF_CAR, ""), first),
        }
        return {**values, **{key: known[key] for key in known if key in values}}

    def _entered(
        self, step: str, asks: Sequence[Ask], user_input: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return the subentry with what was entered; its car is kept by its number."""
        special = (CONF_CAR, CONF_NAME)
        plain = [ask for ask in asks if ask.key not in special]
        data = merged(plain, self._data, user_input)
        vins = self._vins()
        known = self._data.get(CONF_CAR) or next(iter(vins.values()))
        return {**data, CONF_CAR: vins.get(user_input.get(CONF_CAR, ""), known)}

    def _errors(
        self,
        asks: Sequence[Ask],
        user_input: Mapping[str, Any],
        data: Mapping[str, Any],
    ) -> dict[str, str]:
        """Return what is wrong, by the field."""
        errors = {
            ask.key: "entity_unknown"
            for ask in asks
            if ask.names_entities and self._is_unknown(user_input.get(ask.key))
        }
        if user_input.get(CONF_NAME, "").strip() in self._others().values():
            errors[CONF_NAME] = "name_taken"
        try:
            self._load(data)
        except InvalidInput as invalid:
            errors.setdefault(blamed(asks, invalid.field), invalid.key)
        return errors

    # ---- what there is

    @property
    def _rule_id(self) -> str:
        """The id of the rule that is edited; a new one has none yet."""
        return "" if self.source == SOURCE_USER else self._reconfigure_subentry_id

    @property
    def _is_gone(self) -> bool:
        """Whether the rule that is edited was deleted meanwhile."""
        rule_id = self._rule_id
        return bool(rule_id) and rule_id not in self._get_entry().subentries

    def _trouble(self) -> str | None:
        """Return why no rule can be made or edited just now."""
        entry = self._get_entry()
        if self._is_gone:
            return "rule_gone"
        if entry.state is not ConfigEntryState.LOADED:
            return "not_loaded"
        return None if self._cars() else "no_vehicle"

    @property
    def _account(self) -> FleetPulseConfigEntry:
        """The account that the rule is for."""
        entry: FleetPulseConfigEntry = self._get_entry()
        return entry

    @callback
    def _vins(self) -> dict[str, str]:
        """Return the number of each car by the id of its device."""
        devices, entry = dr.async_get(self.hass), self._account
        find = partial(
            devices.async_get_device_by_identifier, config_entry_id=entry.entry_id
        )
        return {
            device.id: vin
            for vin in entry.runtime_data.account.vehicles
            if (device := find((DOMAIN, vin))) is not None
        }

    @callback
    def _cars(self) -> dict[str, str]:
        """Return the name of each car by the id of its device."""
        devices = dr.async_get(self.hass)
        found = ((car, devices.async_get(car)) for car in self._vins())
        return {
            car: (device and (device.name_by_user or device.name)) or MANUFACTURER
            for car, device in found
        }

    def _others(self) -> dict[str, str]:
        """Return the titles of the other rules of this kind, by id."""
        _, kind = self.handler
        return {
            one.subentry_id: one.title
            for one in self._get_entry().subentries.values()
            if one.subentry_type == kind and one.subentry_id != self._rule_id
        }

    def _free(self, title: str) -> str:
        """Return a title that no other rule has."""
        taken = set(self._others().values())
        numbered = (f"{title} {number}" for number in count(2))
        return (
            title
            if title not in taken
            else next(one for one in numbered if one not in taken)
        )

    @callback
    def _is_unknown(self, entered: Any) -> bool:
        """Return whether an entity was entered that Home Assistant does not have."""
        named = entered if isinstance(entered, list) else [entered]
        registry = er.async_get(self.hass)
        return any(
            entity_id
            and self.hass.states.get(entity_id) is None
            and registry.async_get(entity_id) is None
            for entity_id in named
        )
