"""Voice assistants, and what opens a car: theirs only where the owner set a PIN.

    who calls                                           no PIN    a PIN is set
    Google, Alexa or HomeKit: the call says so          refused   opens
    anybody, for what an assistant was given by Home    refused   opens
      Assistant: Assist's calls look like a person's
    anybody, for anything else                          opens     opens

A lock asks for the PIN besides, whoever calls. A cover has no place for one.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.homeassistant.exposed_entities import KNOWN_ASSISTANTS
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .pin import Pin

# What an assistant announces before it acts; to import the names would load them all.
_ANNOUNCED: Final = frozenset(
    {"alexa_smart_home", "google_assistant_command", "homekit_state_change"}
)
_EXPOSED: Final = "should_expose"

UNEXPOSED: Final[Mapping[str, Mapping[str, Any]]] = {
    assistant: {_EXPOSED: False} for assistant in KNOWN_ASSISTANTS
}
"""Options of an entity that no assistant is given, until the owner exposes it."""


@callback
def async_watch(hass: HomeAssistant) -> None:
    """Have Home Assistant note in a call which event it began with.

    It makes an event only for who listens, and nobody else may.
    """
    for name in _ANNOUNCED:
        hass.bus.async_listen(name, _heard)


@callback
def _heard(event: Event) -> None:
    """Take note of nothing: that there is an event suffices."""


def refuse(
    pin: Pin, options: Mapping[str, Mapping[str, Any]], context: Context | None
) -> None:
    """Refuse to open a car for who may be an assistant, where no PIN is set.

    `options` are those the registry keeps of the entity.
    """
    if pin.is_set:
        return
    if _is_announced(context) or any(
        options.get(assistant, {}).get(_EXPOSED) for assistant in KNOWN_ASSISTANTS
    ):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="assistant_needs_pin"
        )


def ask_pin(pin: Pin, code: str | None) -> None:
    """Refuse to open a car for a code that is not the PIN, where one is set."""
    if pin.is_set and not pin.fits(code, dt_util.utcnow()):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="pin_wrong"
        )


def _is_announced(context: Context | None) -> bool:
    """Return whether a call began with an assistant's own event."""
    origin = None if context is None else context.origin_event
    return origin is not None and origin.event_type in _ANNOUNCED
