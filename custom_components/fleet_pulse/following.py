"""Hears of the entities that rules name, and knows which of them are not there."""

from collections.abc import Callable, Iterable
from typing import Protocol

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event


class Naming(Protocol):
    """What names entities."""

    @property
    def entities(self) -> frozenset[str]:
        """Return the ids of all it goes by."""


class Following:
    """Follows the entities that some rules name."""

    def __init__(
        self,
        hass: HomeAssistant,
        heard: Callable[[Event[EventStateChangedData]], None],
    ) -> None:
        """Follow nothing yet; `heard` is called with each change."""
        self._hass = hass
        self._heard = heard
        self._end: CALLBACK_TYPE | None = None

    @callback
    def async_follow(self, rules: Iterable[Naming]) -> None:
        """Follow what these rules name, and nothing else."""
        self.async_stop()
        names = {name for rule in rules for name in rule.entities}
        if names:
            self._end = async_track_state_change_event(self._hass, names, self._heard)

    @callback
    def async_stop(self) -> None:
        """Follow nothing any more."""
        if self._end is not None:
            self._end()
            self._end = None

    def missing(self, rules: Iterable[Naming]) -> frozenset[str]:
        """Return what rules name and nobody has; at a start it may just not be there."""
        if not self._hass.is_running:
            return frozenset()
        return frozenset(
            name
            for rule in rules
            for name in rule.entities
            if self._hass.states.get(name) is None
        )
