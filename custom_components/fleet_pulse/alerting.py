"""The alerts of one account: what entities, conditions and actions use of them.

    the car says something ┐
    rules, budget, repairs ├─▶ every car looked at ─▶ active ─▶ listeners
    a button on a phone    ┘          └─▶ on disk ─▶ the bus ─▶ phones and notify entities

Nothing here asks anybody anything. Where there is no alert, nothing is listened to.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.start import async_at_started

from .alert_buttons import EVENT_BUTTON, meant
from .alert_facts import FactGatherer
from .alert_news import async_tell_alert
from .alert_notifier import AlertNotifier
from .alerts.alert import ALERT, Alert, Snooze
from .alerts.deliver import tag
from .alerts.facts import Facts
from .alerts.news import Act, AlertNews, Episode, Message
from .car_alerts import CarAlerts
from .const import DOMAIN
from .coordinator import AccountCoordinator, VehicleCoordinator
from .errors import Problem, tried
from .rule_store import RuleStore
from .rule_subentries import rules_of
from .runner import Runner

_LOGGER = logging.getLogger(__name__)

type Listener = Callable[[], None]

_TASK: Final = "fleet_pulse alerts"


class Alerting:
    """Watches the cars of one account for those who want to be told."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        account: AccountCoordinator,
        runner: Runner,
        store: RuleStore,
    ) -> None:
        """Look at nothing yet."""
        self._hass = hass
        self._entry = entry
        self._account = account
        self._runner = runner
        self._store = store
        self._facts = FactGatherer(hass, entry, account=account, runner=runner)
        self._notifier = AlertNotifier(hass, entry)
        self._alerts: Mapping[str, Alert] = {}
        self._known: Mapping[str, Alert] = {}
        """With those that are gone: what they told is taken back."""
        self._cars: dict[str, CarAlerts] = {}
        self._listeners: list[Listener] = []
        self._ends: list[CALLBACK_TYPE] = []
        self._noting = asyncio.Lock()
        self._notifying = asyncio.Lock()
        self._has_begun = False
        self._is_due = False

    # ---- start and stop

    @callback
    def async_start(self) -> None:
        """Know what is so; nothing is told yet."""
        self._async_read()
        self._account.async_each_vehicle(self._entry, self._async_add)
        self._account.async_each_leaving(self._entry, self._async_leave)
        self._entry.async_on_unload(self._async_end_listening)

    @callback
    def async_begin(self) -> None:
        """Tell from now on, or from when Home Assistant has started."""
        self._entry.async_on_unload(async_at_started(self._hass, self._async_begin))

    async def async_stop(self) -> None:
        """Look at nothing any more, and keep what is remembered."""
        self._async_end_listening()
        for car in self._cars.values():
            await car.async_stop()

    @callback
    def _async_begin(self, _: HomeAssistant) -> None:
        """Begin to tell, now that all who are to be told are there."""
        self._has_begun = True
        for car in self._cars.values():
            car.async_begin()

    @callback
    def _async_add(self, vehicle: VehicleCoordinator) -> None:
        """Watch a car as long as the entry is loaded."""
        car = self._cars[vehicle.vin] = CarAlerts(
            self._hass,
            vehicle=vehicle,
            store=self._store,
            gather=self._gather,
            changed=self._async_changed,
            tell=self._async_tell,
        )
        car.async_take_alerts(self._alerts.values())
        if self._has_begun:
            car.async_begin()

    @callback
    def _async_leave(self, vehicle: VehicleCoordinator) -> None:
        """Forget a car that has left the account; on disk the rules do."""
        car = self._cars.pop(vehicle.vin, None)
        if car is not None:
            car.async_end()
            self._async_changed()

    def _gather(self, vehicle: VehicleCoordinator) -> Facts:
        """Return what the alerts of a car are decided by."""
        about = (
            [vin for vin in self._cars if not one.vins or vin in one.vins]
            for one in self._alerts.values()
        )
        is_first = any(vehicle.vin == min(vins, default="") for vins in about)
        return self._facts.async_gather(vehicle, of_account=is_first)

    # ---- alerts

    @callback
    def async_take_alerts(self) -> None:
        """Go by the alerts as they are now; a change of one needs no reload."""
        before = self._alerts
        self._async_read()
        if self._alerts != before:
            for car in self._cars.values():
                car.async_take_alerts(self._alerts.values())
            self._async_changed()

    @callback
    def _async_read(self) -> None:
        """Read the alerts from the subentries; one that cannot be read does nothing."""
        self._alerts = rules_of(self._entry, ALERT, Alert.load)
        self._known = {**self._known, **self._alerts}
        self._async_end_listening()
        if self._alerts:
            self._async_listen_around()

    @callback
    def _async_listen_around(self) -> None:
        """Hear what alerts go by beside what the car says."""
        listen, look = self._hass.bus.async_listen, self._async_look
        self._ends = [
            self._runner.async_listen(look),
            self._account.async_add_listener(look),
            self._account.journal.async_listen(look),
            # The owner moves to another time zone: quiet hours are at other moments.
            listen(EVENT_CORE_CONFIG_UPDATE, self._async_heard),
            listen(
                ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED,
                self._async_heard,
                event_filter=_is_ours,
            ),
            listen(EVENT_BUTTON, self._async_pressed),
        ]

    @callback
    def _async_end_listening(self) -> None:
        """Hear nothing any more."""
        for end in self._ends:
            end()
        self._ends = []

    @callback
    def _async_heard(self, _: Event[Any]) -> None:
        """Look at every car after something happened in this Home Assistant."""
        self._async_look()

    @callback
    def _async_look(self) -> None:
        """Look at every car, once for all that happens in one go: a list, say."""
        if not self._is_due:
            self._is_due = True
            self._hass.loop.call_soon(self._async_look_now)

    @callback
    def _async_look_now(self) -> None:
        """Look at every car."""
        self._is_due = False
        for car in tuple(self._cars.values()):
            car.async_look()

    # ---- what is told

    @callback
    def async_listen(self, listener: Listener) -> CALLBACK_TYPE:
        """Tell whenever other episodes may be active."""
        self._listeners.append(listener)
        return partial(self._listeners.remove, listener)

    @callback
    def _async_changed(self) -> None:
        """Tell who shows what is active."""
        for listener in tuple(self._listeners):
            listener()

    @callback
    def _async_tell(
        self, car: CarAlerts, news: Sequence[AlertNews], messages: Sequence[Message]
    ) -> None:
        """Tell what is new, one after the other."""
        # Not in the background: what is remembered as told must be told at an unload.
        self._entry.async_create_task(
            self._hass, self._async_tell_in_turn(car, news, messages), _TASK
        )

    async def _async_tell_in_turn(
        self, car: CarAlerts, news: Sequence[AlertNews], messages: Sequence[Message]
    ) -> None:
        """Have on disk what is told before it is: a restart tells nothing twice."""
        async with self._noting:
            await tried(car.async_save())
            for one in news:
                alert = self._known.get(one.episode.alert)
                name = "" if alert is None else alert.name
                async_tell_alert(self._hass, self._entry, one, name)
        # A phone that lets others wait must not keep automations waiting.
        async with self._notifying:
            for message in messages:
                await self._async_notify(car, message)

    async def _async_notify(self, car: CarAlerts, message: Message) -> None:
        """Bring a message to whom it is for, and remember who has got it."""
        whose = self._known.get(message.alert)
        if whose is None:
            return
        known = car.reached.by(message)
        got = await self._notifier.async_send(message, whose, known)
        # A car that has left meanwhile is forgotten.
        if self._cars.get(car.vehicle.vin) is car:
            await tried(car.async_reached(car.reached.after(message, got)))

    # ---- what is seen

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """Return the alerts, by the id of the subentry."""
        return self._alerts

    def active(self, vin: str) -> tuple[Episode, ...]:
        """Return what is so of a car and somebody wants to know, the oldest first."""
        car = self._cars.get(vin)
        return () if car is None else car.active

    def is_watching(self, vin: str) -> bool:
        """Say whether somebody wants to be told of a car."""
        return any(not one.vins or vin in one.vins for one in self._alerts.values())

    # ---- what is asked for

    async def async_snooze(self, snooze: Snooze) -> None:
        """Tell no more of what somebody knows, on no phone; raises NotSaved."""
        car = self._cars[snooze.vin]
        known = (snooze.alert, snooze.kind)
        told = [one for one in car.active if (one.alert, one.kind) == known]
        await car.async_snooze(snooze)
        if any(one.is_delivered for one in told):
            self._async_tell(car, (), (_taken_back(snooze),))

    @callback
    def _async_pressed(self, event: Event) -> None:
        """Do what somebody chose below a notification, if it is one of ours."""
        button = event.data.get("action")
        if (known := meant(button, self._alerts.values(), self._cars)) is not None:
            self._entry.async_create_task(self._hass, self._async_know(known), _TASK)

    async def _async_know(self, snooze: Snooze) -> None:
        """Remember what somebody knows; nobody is there to read why not."""
        if isinstance(problem := await tried(self.async_snooze(snooze)), Problem):
            _LOGGER.warning("What was chosen on a phone is not kept: %s", problem.key)


def _taken_back(known: Snooze) -> Message:
    """Return what takes back from phones what somebody knows."""
    return Message(
        act=Act.RETRACT,
        alert=known.alert,
        vin=known.vin,
        tag=tag(known.alert, known.vin, known.kind),
        kind=known.kind,
    )


@callback
def _is_ours(data: Mapping[str, Any]) -> bool:
    """Return whether an issue is of this integration."""
    return data.get("domain") == DOMAIN
