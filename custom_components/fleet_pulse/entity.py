"""What all entities of a car share: freshness, availability, and sparing writes."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from . import assistants
from .commander import Cause
from .const import DOMAIN, MANUFACTURER
from .coordinator import AccountCoordinator, VehicleCoordinator
from .device import identify
from .errors import acting
from .model.command import Call, Command, Risk
from .model.equipment import Equipment
from .model.field import Field, Reading
from .model.state import State
from .runtime import FleetPulseConfigEntry

ATTR_LAST_UPDATED = "last_updated"
ATTR_SOURCE = "source"


@lru_cache(maxsize=256)
def _written_out(at: datetime) -> str:
    """Return a moment as text; what a look brings has few times, and many entities."""
    return at.isoformat(timespec="seconds")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleDescription(EntityDescription):
    """An entity of a car."""

    field: Field[Any] | None = None
    """What it shows; None where that is nothing the car said."""
    needs: Equipment | None = None
    """What not every car has, where its commands do not say that already."""
    commands: tuple[Command, ...] = ()
    """What the car is told through it; a kind with a column for each adds those."""
    sensitive: bool = False
    """Whether assistants should not have it, although its commands harm nothing."""

    @property
    def told(self) -> tuple[Command, ...]:
        """Return what it cannot do without, and all that could do harm.

        Permission, equipment and exposure to assistants follow from them.
        """
        return self.commands

    @property
    def is_guarded(self) -> bool:
        """Return whether assistants have it only if the owner gives it to them."""
        return self.sensitive or any(
            command.risk is not Risk.NONE for command in self.told
        )

    def is_supported(self, state: State) -> bool | None:
        """Return whether the car has it; None as long as that is not known.

        What no answer of a car holds waits until the car sends it by itself, unless
        the car can be told without it.
        """
        needs = {self.needs, *(command.needs for command in self.told)} - {None}
        found = {need.is_there(state) for need in needs if need is not None}
        if found - {True}:
            return False if False in found else None
        if self.field is None or self.field.poll or self.told:
            return True
        return state.get(self.field) is not None or None

    def is_permitted(self, granted: Collection[str]) -> bool:
        """Return whether the owner let us do what it offers; looking is free."""
        return all(command.is_permitted(granted) for command in self.told)


class VehicleEntity[D: VehicleDescription](CoordinatorEntity[VehicleCoordinator]):
    """An entity of a car.

    It says when the car said its value, and from where it came. It is written when
    value, source or availability change; without that, its `last_updated` follows
    once per awake period, when the car goes to sleep.
    """

    entity_description: D
    _attr_has_entity_name = True
    _unrecorded_attributes = frozenset({ATTR_LAST_UPDATED, ATTR_SOURCE})

    def __init__(self, coordinator: VehicleCoordinator, description: D) -> None:
        """Show something of a car."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = unique_id(coordinator, description.key)
        self._written: tuple[Any, ...] = ()

    # What an entity keeps by itself, hundreds of them keep.
    @property
    @override
    def translation_key(self) -> str:
        """Return what the name is filed under."""
        return self.entity_description.key

    @property
    @override
    def device_info(self) -> DeviceInfo:
        """Return the car."""
        return identify(self.coordinator)

    @property
    @override
    def available(self) -> bool:
        """Return whether the car is still ours to look at, not whether it is awake."""
        return self.coordinator.is_reachable

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return when the car said this, and how we heard of it."""
        if (reading := self._reading) is None:
            return None
        return {
            ATTR_LAST_UPDATED: _written_out(reading.at),
            ATTR_SOURCE: reading.source.value,
        }

    @override
    def get_initial_entity_options(self) -> er.EntityOptionsType | None:
        """Keep what is guarded from all assistants, from the moment it is created.

        Home Assistant offers them covers and switches of its own accord. Said any
        later, one of them could have taken note already. What the owner decides
        afterwards stays: these options are never read again.
        """
        options = super().get_initial_entity_options()
        if not self.entity_description.is_guarded:
            return options
        return {**(options or {}), **assistants.UNEXPOSED}

    async def async_send(self, command: Command, /, **params: Any) -> None:
        """Bring a command to the car, or say why not."""
        with acting(self.hass, self.coordinator.config_entry):
            call = command.call(**params)
        await self.async_send_call(call)

    async def async_send_call(self, call: Call) -> None:
        """Bring what was already checked to the car, or say why not."""
        if call.risk.is_physical:
            self.refuse_assistants()
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        with acting(self.hass, entry):
            await entry.runtime_data.commander.async_send(
                self.coordinator,
                call,
                Cause(reason=f"entity {self.entity_description.key}"),
            )

    def refuse_assistants(self) -> None:
        """Refuse what opens the car to assistants, unless the owner prepared that."""
        entry: FleetPulseConfigEntry = self.coordinator.config_entry
        options = {} if self.registry_entry is None else self.registry_entry.options
        assistants.refuse(entry.runtime_data.pin, options, self._context)

    def known[T](self, field: Field[T] | None) -> T | None:
        """Return what is known of a field of this car."""
        return None if field is None else self.coordinator.data.get(field)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the car; it tells also what the account decides on availability."""
        await super().async_added_to_hass()
        self._written = self._shown()

    @override
    async def async_update(self) -> None:
        """Look at the account's free list: `update_entity` never costs anything."""
        await self.coordinator.async_look()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write only what changed."""
        shown = self._shown()
        if shown != self._written or self.coordinator.is_falling_asleep:
            self._written = shown
            self.async_write_ha_state()

    @property
    def _reading(self) -> Reading[Any] | None:
        """Return what is known of the field shown."""
        field = self.entity_description.field
        return None if field is None else self.coordinator.data.reading(field)

    def _shown(self) -> tuple[Any, ...]:
        """Return everything a change of which must be written."""
        reading = self._reading
        return self.available, reading and reading.source, *self._facts()

    def _facts(self) -> tuple[Any, ...]:
        """Return what its state is made of; cheaper where a kind knows better."""
        return self.state, self.state_attributes, self.capability_attributes


def unique_id(vehicle: VehicleCoordinator, key: str) -> str:
    """Return how the registry knows an entity of a car."""
    return f"{vehicle.vin}-{key}"


def registered(
    vehicle: VehicleCoordinator, domain: str, row: VehicleDescription
) -> str | None:
    """Return the entity of a row in the registry."""
    return er.async_get(vehicle.hass).async_get_entity_id(
        domain, DOMAIN, unique_id(vehicle, row.key)
    )


@callback
def _async_take_out(
    vehicle: VehicleCoordinator, domain: str, row: VehicleDescription
) -> None:
    """Take the entity of a row out of the registry, if it is there."""
    if (entity_id := registered(vehicle, domain, row)) is not None:
        er.async_get(vehicle.hass).async_remove(entity_id)


@callback
def async_show[D: VehicleDescription](
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: Callable[[VehicleCoordinator, D], VehicleEntity[D]],
    rows: Iterable[D],
) -> None:
    """Add the entities of a table for every car there is and will be.

    What was not granted at Tesla can only fail; granting it starts the entry anew.
    """
    granted = entry.runtime_data.account.scopes
    permitted: list[D] = []
    refused: list[D] = []
    for row in rows:
        (permitted if row.is_permitted(granted) else refused).append(row)
    domain = async_get_current_platform().domain

    def show(vehicle: VehicleCoordinator, found: Iterable[D]) -> None:
        async_add_entities([kind(vehicle, row) for row in found])

    def add(vehicle: VehicleCoordinator) -> None:
        for row in refused:
            # What was granted once would stay behind as "no longer provided".
            _async_take_out(vehicle, domain, row)
        showing = _Showing(vehicle, domain, show, permitted)
        showing.async_start()
        entry.async_on_unload(showing.async_stop)

    entry.runtime_data.account.async_each_vehicle(entry, add)


class _Showing[D: VehicleDescription]:
    """The rows of a table of which it is not known yet whether the car has them.

        unknown ──▶ waits, unless the registry knows it from before
           ├──▶ there: is shown
           └──▶ not there: leaves the registry

    It listens to the car only while something is unknown.
    """

    def __init__(
        self,
        vehicle: VehicleCoordinator,
        domain: str,
        show: Callable[[VehicleCoordinator, Iterable[D]], None],
        rows: Iterable[D],
    ) -> None:
        """Wait for all rows, until the first look at what is known."""
        self._vehicle = vehicle
        self._domain = domain
        self._show = show
        self._waiting = list(rows)
        self._early: frozenset[str] = frozenset()
        self._unlisten: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Show what is there, and what was there before and is not denied now."""
        self._async_sort()
        # A car whose last state was lost is not known; its entities still are.
        early = [
            row
            for row in self._waiting
            if registered(self._vehicle, self._domain, row) is not None
        ]
        self._early = frozenset(row.key for row in early)
        self._async_add(early)
        if self._waiting:
            self._unlisten = self._vehicle.async_add_listener(self._async_sort)

    @callback
    def async_stop(self) -> None:
        """Wait no longer."""
        if self._unlisten is not None:
            self._unlisten()
            self._unlisten = None

    @callback
    def _async_sort(self) -> None:
        """Show what is there by now, take out what is not, and wait for the rest."""
        state = self._vehicle.data
        known = {row.key: row.is_supported(state) for row in self._waiting}
        there = [row for row in self._waiting if known[row.key]]
        self._async_add([row for row in there if row.key not in self._early])
        for row in self._waiting:
            if known[row.key] is False:
                _async_take_out(self._vehicle, self._domain, row)
        self._waiting = [row for row in self._waiting if known[row.key] is None]
        if not self._waiting:
            self.async_stop()

    @callback
    def _async_add(self, rows: Collection[D]) -> None:
        """Show rows, if there are any."""
        if rows:
            self._show(self._vehicle, rows)


class AccountEntity[D: EntityDescription](CoordinatorEntity[AccountCoordinator]):
    """An entity of an account; it is written when its value changes."""

    entity_description: D
    _attr_has_entity_name = True

    def __init__(self, coordinator: AccountCoordinator, description: D) -> None:
        """Show something of an account."""
        super().__init__(coordinator)
        self.entity_description = description
        entry = coordinator.config_entry
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{entry.unique_id}-{description.key}"
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, str(entry.unique_id))},
            manufacturer=MANUFACTURER,
            model="Fleet API",
            name=entry.title,
        )
        self._written: tuple[Any, ...] = ()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write only what changed: the list comes every minute."""
        shown = self._facts()
        if shown != self._written:
            self._written = shown
            self.async_write_ha_state()

    def _facts(self) -> tuple[Any, ...]:
        """Return what its state is made of; cheaper where a kind knows better."""
        return self.state, self.unit_of_measurement, self.extra_state_attributes

    @property
    @override
    def available(self) -> bool:
        """Return True: what was spent is known, whatever Tesla says."""
        return True

    @override
    async def async_update(self) -> None:
        """Ask nothing: the ledger is our own."""
