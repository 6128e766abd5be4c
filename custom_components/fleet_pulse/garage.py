"""The cars of one account: how they come, how they go, and what is kept of them.

list ─▶ named: new? ─ taken in, unless another account shows it (`holders`)
│         └──── told what the list says
└▶ missing: unavailable at once ─ a day and many lists later ─▶ left for good
"""

from collections.abc import Callable
from datetime import datetime
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from . import holders
from .account import Account
from .fleet.roster import Absence, Roster
from .model.parse import product_readings, text
from .model.persist import load
from .model.state import State
from .snapshots import Snapshots
from .store import Snapshot
from .vehicle import VehicleCoordinator

_LOGGER = logging.getLogger(__name__)

type Listener = Callable[[VehicleCoordinator], None]


class Garage:
    """The cars that an account shows."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, account: Account
    ) -> None:
        """Begin empty."""
        self.vehicles: dict[str, VehicleCoordinator] = {}
        self._hass = hass
        self._entry = entry
        self._account = account
        self._coming: list[Listener] = []
        self._leaving: list[Listener] = []
        self._elsewhere: set[str] = set()

    # ---- what is kept

    @callback
    def async_restore(self, snapshot: Snapshot) -> None:
        """Bring the cars back as they were last known; nothing is asked."""
        for vin, kept in snapshot.items():
            if self._is_elsewhere(vin):
                continue
            state = load(kept.get("state")).until(dt_util.utcnow())
            vehicle = self._async_add(vin, state)
            vehicle.async_recall(kept)
            vehicle.absence = Absence.load(kept.get("absence"))

    @callback
    def snapshot(self) -> Snapshot:
        """Return the cars as they are to be kept."""
        return {
            vin: {
                **vehicle.kept(),
                "absence": vehicle.absence and vehicle.absence.dump(),
            }
            for vin, vehicle in self.vehicles.items()
        }

    # ---- who comes, who goes

    @callback
    def async_each(self, entry: ConfigEntry, add: Listener) -> None:
        """Call for every car there is, and for every car that comes."""
        self._coming.append(add)
        entry.async_on_unload(lambda: self._coming.remove(add))
        for vehicle in self.vehicles.values():
            add(vehicle)

    @callback
    def async_each_leaving(self, entry: ConfigEntry, leave: Listener) -> None:
        """Call for every car that is forgotten."""
        self._leaving.append(leave)
        entry.async_on_unload(lambda: self._leaving.remove(leave))

    @callback
    def async_receive(self, roster: Roster, snapshots: Snapshots) -> None:
        """Tell each car what the list says of it, and what its silence means."""
        now = dt_util.utcnow()
        for vin, body in roster.cars.items():
            vehicle = self.vehicles.get(vin)
            if vehicle is None:
                if self._is_elsewhere(vin):
                    continue
                # Its name must be known before its entities get theirs.
                said = (*product_readings(body, now=now), *snapshots.of(vin))
                vehicle = self._async_add(vin, State().merged(said))
            word = text(body.get("state"))
            vehicle.has_snapshots = snapshots.async_heard(vin, word)
            vehicle.async_receive_product(body, snapshots.of(vin))
            self._async_note(vehicle, None)
        if roster.is_whole:
            self._async_miss(roster, now)

    @callback
    def async_forget(self, vin: str) -> bool:
        """Forget a car that left the account; say whether it had."""
        if vin in self.vehicles and self.vehicles[vin].is_listed:
            return False
        vehicle = self.vehicles.pop(vin, None)
        if vehicle is not None:
            for leave in self._leaving:
                leave(vehicle)
            # What it still waits for ends by itself; nobody waits for that.
            self._entry.async_create_background_task(
                self._hass, vehicle.async_shutdown(), "fleet_pulse forgotten car"
            )
        self._account.async_save_later()
        return True

    @callback
    def _async_add(self, vin: str, state: State) -> VehicleCoordinator:
        """Take a car in."""
        holders.async_take(self._hass, self._entry, vin)
        self._elsewhere.discard(vin)
        vehicle = VehicleCoordinator(self._hass, self._entry, self._account, vin, state)
        self.vehicles[vin] = vehicle
        for add in self._coming:
            add(vehicle)
        return vehicle

    def _is_elsewhere(self, vin: str) -> bool:
        """Return whether another account shows a car, and say so once."""
        if not holders.is_held(self._hass, self._entry, vin):
            return False
        if vin not in self._elsewhere:
            self._elsewhere.add(vin)
            _LOGGER.info(
                "A car of this account is shown by another account already; it moves"
                " here when that one is removed or disabled"
            )
        return True

    @callback
    def _async_miss(self, roster: Roster, now: datetime) -> None:
        """Note which cars are missing, and let go who has left for good."""
        missing = self.vehicles.keys() - roster.cars.keys()
        for vin in missing:
            vehicle = self.vehicles[vin]
            absence = vehicle.absence or Absence(since=now)
            absence = absence.proven() if roster.is_proof else absence
            self._async_note(vehicle, absence)
            if absence.is_for_good(now):
                _LOGGER.info("A car has left the account and is removed")
                self.async_forget(vin)
                holders.async_remove(self._hass, self._entry, vin)

    @callback
    def _async_note(self, vehicle: VehicleCoordinator, absence: Absence | None) -> None:
        """Note whether the account has a car, and have it shown and kept."""
        if absence == vehicle.absence:
            return
        was_listed, vehicle.absence = vehicle.is_listed, absence
        self._account.async_save_later()
        if vehicle.is_listed is not was_listed:
            vehicle.async_update_listeners()
