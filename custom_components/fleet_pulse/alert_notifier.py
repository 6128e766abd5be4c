"""Notifies those that an alert names: phones with buttons and tags, and all others.

    message ─▶ words ─┬▶ phone (a device of `mobile_app`): told, told anew, taken back
                      └▶ notify entity: told

A phone's own notify entity stands for the phone, which can do more. What cannot be
reached costs the others nothing, and is logged once. That something is over is told to
those whom its beginning has reached; from other phones it is only taken back.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
import logging
from typing import Any, Final

from homeassistant.components.device_automation.action import (
    async_call_action_from_config,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util

from .alert_buttons import async_buttons
from .alert_targets import is_entity
from .alert_words import async_alert_text, async_digest, async_silenced
from .alerts.alert import Alert
from .alerts.kind import Severity
from .alerts.news import Act, Message
from .model.record import record
from .promises import async_device_id
from .words import async_text

_LOGGER = logging.getLogger(__name__)

PHONES: Final = "mobile_app"
NOTIFY: Final = "notify"
CHANNEL: Final = "Fleet Pulse"
"""How Android calls in its settings what all of these are."""
CLEAR: Final = "clear_notification"
"""The message that takes a notification back; Home Assistant's apps know it."""
_LONGEST: Final = 20
"""Seconds; who takes longer is not waited for."""
_LOUD: Final[Mapping[str, Any]] = {
    "push": {"interruption-level": "time-sensitive"},
    "priority": "high",
    "ttl": 0,
}
"""It is told at once, also through a phone's own quiet hours."""
_SILENT: Final[Mapping[str, Any]] = {
    "push": {"interruption-level": "passive"},
    "alert_once": True,
}
"""It takes the place of what was told, and makes no sound."""


class _NotThereError(Exception):
    """A notify entity is gone, or what it is of is not there."""


@record
class Told:
    """A message as people and phones get it."""

    title: str
    text: str | None
    """None: it is only taken back, which none but phones can."""
    data: Mapping[str, Any]


class AlertNotifier:
    """Brings the messages of one account to those who are to be told."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Know of no trouble yet."""
        self._hass = hass
        self._entry = entry
        self._failing: set[str] = set()

    async def async_send(
        self, message: Message, alert: Alert, reached: Collection[str]
    ) -> frozenset[str]:
        """Bring a message to all that an alert names; return who has got it.

        `reached` are those whom the beginning has reached of what is over.
        """
        told = self._told(message, alert)
        others = told
        if message.act is Act.TELL_OVER:
            # A phone that answered too late may show it all the same.
            others = self._told(replace(message, act=Act.RETRACT), alert)
        # A phone may be named twice: itself, and by its entity.
        targets = {self._phone(target) or target for target in alert.notify}
        # Whatever another integration raises, the others are told.
        results = await asyncio.gather(
            *(
                self._async_to(one, told if one in reached else others)
                for one in targets
            ),
            return_exceptions=True,
        )
        found = dict(zip(targets, results, strict=True))
        for target, result in found.items():
            self._note(target, result)
        return frozenset(target for target, result in found.items() if result is None)

    # ---- words

    def _told(self, message: Message, alert: Alert) -> Told:
        """Return what a message comes to."""
        device_id = async_device_id(self._hass, self._entry, message.vin)
        device = dr.async_get(self._hass).async_get(device_id or "")
        car = None if device is None else device.name_by_user or device.name
        words = {"car": car or "Tesla", "alert": alert.name}
        return Told(
            title=async_text(self._hass, "alert_title", words),
            text=self._text(message),
            data={
                "tag": message.tag,
                "group": CHANNEL,
                "channel": CHANNEL,
                **self._manner(message),
                **_link(device_id),
            },
        )

    def _text(self, message: Message) -> str | None:
        """Return what a message says."""
        hass, episodes = self._hass, message.episodes
        match message.act:
            case Act.RETRACT:
                return None
            case Act.DIGEST:
                return async_digest(hass, episodes)
            case Act.SILENCED:
                until = message.until or dt_util.utcnow()
                return async_silenced(hass, message.kind, until)
            case Act.TELL | Act.TELL_OVER:
                is_over = message.act is Act.TELL_OVER
                said = (
                    async_alert_text(hass, episode, is_over=is_over)
                    for episode in episodes
                )
                return "\n".join(said)

    def _manner(self, message: Message) -> Mapping[str, Any]:
        """Return how loud a phone tells it, and what can be answered there."""
        if message.act is Act.TELL_OVER:
            return _SILENT
        if message.act is not Act.TELL:
            return {}
        buttons = async_buttons(self._hass, message.episodes[0])
        is_urgent = any(one.severity is Severity.SECURITY for one in message.episodes)
        return {"actions": buttons, **(_LOUD if is_urgent else {})}

    # ---- ways

    @callback
    def _phone(self, target: str) -> str | None:
        """Return the device of the phone that a notify entity is of, if it is one's."""
        entity = er.async_get(self._hass).async_get(target)
        if entity is None or entity.platform != PHONES:
            return None
        return entity.device_id

    async def _async_to(self, target: str, told: Told) -> None:
        """Bring it to one of them, whatever that is."""
        if not is_entity(target):
            await self._async_to_phone(target, told)
        elif told.text is not None:
            await self._async_to_entity(target, told, told.text)

    async def _async_to_phone(self, device_id: str, told: Told) -> None:
        """Bring it to a phone the way automations do."""
        config = {
            "device_id": device_id,
            "domain": PHONES,
            "type": "notify",
            "message": CLEAR if told.text is None else told.text,
            "title": told.title,
            "data": dict(told.data),
        }
        async with asyncio.timeout(_LONGEST):
            await async_call_action_from_config(self._hass, config, {}, None)

    async def _async_to_entity(self, entity_id: str, told: Told, text: str) -> None:
        """Bring it to whoever is behind a notify entity."""
        state = self._hass.states.get(entity_id)
        if state is None or state.state == STATE_UNAVAILABLE:
            # Home Assistant itself would pass over it, and nobody would know.
            raise _NotThereError
        data = {"entity_id": entity_id, "title": told.title, "message": text}
        async with asyncio.timeout(_LONGEST):
            await self._hass.services.async_call(
                NOTIFY, "send_message", data, blocking=True
            )

    def _note(self, target: str, result: BaseException | None) -> None:
        """Log once that somebody cannot be told, and once that it works again."""
        if result is None:
            if target in self._failing:
                self._failing.discard(target)
                _LOGGER.info("Somebody whom an alert tells can be told again")
        elif target not in self._failing:
            self._failing.add(target)
            why = type(result).__name__
            _LOGGER.warning(
                "%s, whom an alert is to tell, was not told: %s", target, why
            )


def _link(device_id: str | None) -> Mapping[str, Any]:
    """Return where a tap leads: to the page of the car."""
    page = f"/config/devices/device/{device_id}"
    return {} if device_id is None else {"url": page, "clickAction": page}
