"""What an owner sees of a car: three entities of Home Assistant's state machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from tests.fake_fleet.geography import Place

UNKNOWN: Final = ("unknown", "unavailable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The values at one moment; None is unknown."""

    level: int | None = None
    is_plugged: bool | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """Where an integration shows them."""

    level: str
    charging: str
    tracker: str

    @classmethod
    def found(
        cls, hass: HomeAssistant, platform: str, vin: str, keys: tuple[str, str, str]
    ) -> Entities:
        """Find them in the registry by their unique ids."""
        entities = er.async_get(hass)
        names = [
            entities.async_get_entity_id(domain, platform, f"{vin}-{key}")
            for domain, key in zip(
                ("sensor", "sensor", "device_tracker"), keys, strict=True
            )
        ]
        level, charging, tracker = (str(name) for name in names)
        return cls(level=level, charging=charging, tracker=tracker)

    def __iter__(self) -> Iterator[str]:
        """List them."""
        return iter((self.level, self.charging, self.tracker))

    def read(self, hass: HomeAssistant) -> Shown:
        """Read what is shown now."""
        level = _known(hass.states.get(self.level))
        charging = _known(hass.states.get(self.charging))
        tracker = hass.states.get(self.tracker)
        place = None
        if tracker is not None and "latitude" in tracker.attributes:
            place = (tracker.attributes["latitude"], tracker.attributes["longitude"])
            if None in place:
                place = None
        return Shown(
            level=None if level is None else round(float(level)),
            is_plugged=None if charging is None else charging != "disconnected",
            place=place,
        )


def _known(state: State | None) -> str | None:
    """Give a state that says something."""
    return None if state is None or state.state in UNKNOWN else state.state
