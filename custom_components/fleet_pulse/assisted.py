"""What a voice assistant has of the cars: what their owner exposed to it, and no more.

an entity of a car is exposed  ──▶ the car may be spoken about
the entity that shows a fact   ──▶ the fact may be told
the entity that sets something ──▶ it may be set
an entity of a rule            ──▶ what the rule does may be told
"""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.switch import DOMAIN as SWITCH
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .model.record import record
from .rules.view import Matter
from .runtime import FleetPulseConfigEntry

HOLDS: Final = "switch.rule_enabled"
"""Who may switch a charge rule may also hold it."""


@record
class Assisted:
    """A car as one assistant has it."""

    entry: FleetPulseConfigEntry
    vehicle: VehicleCoordinator
    device_id: str
    name: str
    entities: Mapping[str, str | None]
    """The car's entities by platform and key; None where one is not exposed."""
    rules: frozenset[str]
    """The ids of the rules that may be told of."""
    is_holdable: bool
    """Its charge rules may be told to leave it alone."""

    def may(self, needs: str) -> bool:
        """Say whether what a tool needs is exposed; nothing needs only a car."""
        if needs == HOLDS:
            return self.is_holdable
        return not needs or self.entities.get(needs) is not None


@callback
def async_cars(hass: HomeAssistant, assistant: str) -> tuple[Assisted, ...]:
    """Return the cars that an assistant may speak about, by name."""
    found = [
        car
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        for car in _of_account(hass, entry, assistant)
    ]
    return tuple(sorted(found, key=lambda car: (car.name, car.device_id)))


def _of_account(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, assistant: str
) -> list[Assisted]:
    """Return the cars of one account."""
    registry, devices = er.async_get(hass), dr.async_get(hass)
    given = [
        _Given(
            entity=one, is_exposed=async_should_expose(hass, assistant, one.entity_id)
        )
        for one in er.async_entries_for_config_entry(registry, entry.entry_id)
        if not one.disabled
    ]
    found = []
    for vehicle in entry.runtime_data.account.vehicles.values():
        device = devices.async_get_device_by_identifier(
            (DOMAIN, vehicle.vin), entry.entry_id
        )
        own = [one for one in given if device and one.entity.device_id == device.id]
        if device is not None and any(one.is_exposed for one in own):
            found.append(_car(entry, vehicle, device, own, _rules(given)))
    return found


@record
class _Given:
    """An entity, and whether an assistant has it."""

    entity: er.RegistryEntry
    is_exposed: bool


def _rules(given: Iterable[_Given]) -> Mapping[str, bool]:
    """Return the rules of which anything is exposed, and whether their switch is."""
    rules: dict[str, bool] = {}
    for one in given:
        rule_id = one.entity.config_subentry_id
        if rule_id is not None and one.is_exposed:
            rules[rule_id] = rules.get(rule_id, False) or one.entity.domain == SWITCH
    return rules


def _car(
    entry: FleetPulseConfigEntry,
    vehicle: VehicleCoordinator,
    device: dr.DeviceEntry,
    own: Iterable[_Given],
    rules: Mapping[str, bool],
) -> Assisted:
    """Return one car, with its rules."""
    prefix = f"{vehicle.vin}-"
    of_car = {
        rule_id: subentry.subentry_type
        for rule_id, subentry in entry.subentries.items()
        if rule_id in rules
        and subentry.subentry_type in tuple(Matter)
        and subentry.data.get("car") == vehicle.vin
    }
    return Assisted(
        entry=entry,
        vehicle=vehicle,
        device_id=device.id,
        name=device.name_by_user or device.name or "",
        entities={
            f"{one.entity.domain}.{one.entity.unique_id.removeprefix(prefix)}": (
                one.entity.entity_id if one.is_exposed else None
            )
            for one in own
        },
        rules=frozenset(of_car),
        is_holdable=any(
            rules[rule_id] and kind == Matter.CHARGING
            for rule_id, kind in of_car.items()
        ),
    )


def chosen(cars: tuple[Assisted, ...], name: str | None) -> Assisted:
    """Return the car that is meant; refuse to guess."""
    called = (name or "").strip().casefold()
    meant = [car for car in cars if not called or car.name.casefold() == called]
    if len(meant) == 1:
        return meant[0]
    key = "assistant_which_car" if meant else "assistant_no_such_car"
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"cars": ", ".join(car.name for car in cars)},
    )
