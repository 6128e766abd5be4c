"""What plays in the cars."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.components.media_player import (
    ATTR_MEDIA_POSITION,
    ATTR_MEDIA_POSITION_UPDATED_AT,
    MediaPlayerDeviceClass,
    MediaPlayerEntity,
    MediaPlayerEntityDescription,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .coordinator import VehicleCoordinator
from .entity import ATTR_LAST_UPDATED, VehicleDescription, VehicleEntity, async_show
from .model import commands, vehicle_fields as fields
from .model.field import Reading, Source
from .runtime import FleetPulseConfigEntry

PARALLEL_UPDATES = 0
"""Dragging a slider calls many times at once; the commander keeps the last value."""

LOUDEST: Final = 11.0
"""Where the scale of a car ends that has not said its own."""
STEP: Final = 1 / 3
STATES: Final[Mapping[str, MediaPlayerState]] = MappingProxyType(
    {
        "paused": MediaPlayerState.PAUSED,
        "playing": MediaPlayerState.PLAYING,
        "stopped": MediaPlayerState.IDLE,
    }
)
MOVING: Final = frozenset({ATTR_MEDIA_POSITION, ATTR_MEDIA_POSITION_UPDATED_AT})
"""Says nothing new as long as the same plays on: not worth a row of the recorder."""
FEATURES: Final = (
    MediaPlayerEntityFeature.NEXT_TRACK
    | MediaPlayerEntityFeature.PAUSE
    | MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.PREVIOUS_TRACK
    | MediaPlayerEntityFeature.VOLUME_SET
    | MediaPlayerEntityFeature.VOLUME_STEP
)


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class VehicleMediaPlayerDescription(VehicleDescription, MediaPlayerEntityDescription):
    """A player of a car."""


MEDIA_PLAYERS: Final = (
    VehicleMediaPlayerDescription(
        key="media",
        field=fields.MEDIA_PLAYBACK_STATUS,
        device_class=MediaPlayerDeviceClass.SPEAKER,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Show every car there is and will be."""
    async_show(entry, async_add_entities, VehicleMediaPlayer, MEDIA_PLAYERS)


class VehicleMediaPlayer(
    VehicleEntity[VehicleMediaPlayerDescription], MediaPlayerEntity
):
    """What plays in a car; without the owner's permission it can only be watched.

    No command of it wakes a car: where nobody sits, nothing plays.
    """

    entity_description: VehicleMediaPlayerDescription
    _unrecorded_attributes = frozenset({ATTR_LAST_UPDATED})

    def __init__(
        self,
        coordinator: VehicleCoordinator,
        description: VehicleMediaPlayerDescription,
    ) -> None:
        """Offer what was granted."""
        super().__init__(coordinator, description)
        may_tell = commands.ADJUST_VOLUME.is_permitted(coordinator.account.scopes)
        self._attr_supported_features = (
            FEATURES if may_tell else MediaPlayerEntityFeature(0)
        )

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return when the car said this; a player's source is where its music is from."""
        found = super().extra_state_attributes
        return found and {ATTR_LAST_UPDATED: found[ATTR_LAST_UPDATED]}

    @property
    @override
    def state(self) -> MediaPlayerState | None:
        """Return whether it plays; what it did before the car slept is over."""
        reading = self._reading
        if reading is None or reading.value is None:
            return None
        since = self.coordinator.memory.online_since
        sleeps = self.known(fields.STATE) == "asleep"
        if sleeps or since is None or reading.at < since:
            return MediaPlayerState.OFF
        return STATES[reading.value]

    @property
    @override
    def volume_level(self) -> float | None:
        """Return how loud it is, of what the car can be at most."""
        volume = self.known(fields.MEDIA_VOLUME)
        return None if volume is None else min(volume / self._loudest, 1)

    @property
    @override
    def volume_step(self) -> float:
        """Return how much louder the car's own knob makes it by one notch."""
        return (self.known(fields.MEDIA_VOLUME_INCREMENT) or STEP) / self._loudest

    @property
    @override
    def media_title(self) -> str | None:
        """Return what plays."""
        return self.known(fields.MEDIA_TITLE)

    @property
    @override
    def media_artist(self) -> str | None:
        """Return who plays it."""
        return self.known(fields.MEDIA_ARTIST)

    @property
    @override
    def media_album_name(self) -> str | None:
        """Return what it is from."""
        return self.known(fields.MEDIA_ALBUM)

    @property
    @override
    def media_playlist(self) -> str | None:
        """Return the station."""
        return self.known(fields.MEDIA_STATION)

    @property
    @override
    def media_duration(self) -> int | None:
        """Return how many seconds it is long; what has no end has no length."""
        seconds = self.known(fields.MEDIA_DURATION)
        return round(seconds) if seconds else None

    @property
    @override
    def media_position(self) -> int | None:
        """Return at which second it was when the car said so."""
        seconds = self.known(fields.MEDIA_ELAPSED)
        if seconds is None or self.media_duration is None:
            return None
        return round(seconds)

    @property
    @override
    def media_position_updated_at(self) -> datetime | None:
        """Return when the car said where it is in what plays."""
        reading = self.coordinator.data.reading(fields.MEDIA_ELAPSED)
        return None if reading is None or self.media_position is None else reading.at

    @property
    @override
    def source(self) -> str | None:
        """Return where it comes from."""
        return self.known(fields.MEDIA_SOURCE)

    @property
    def _loudest(self) -> float:
        """Return where the car's scale ends."""
        return self.known(fields.MEDIA_VOLUME_MAX) or LOUDEST

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Turn the knob; of a dragged slider only the last value is sent."""
        wanted = round(volume * self._loudest, 2)
        await self.async_send(commands.ADJUST_VOLUME, volume=wanted)

    @override
    async def async_media_play(self) -> None:
        """Play on."""
        if self.state is not MediaPlayerState.PLAYING:
            await self._async_toggle("playing")

    @override
    async def async_media_pause(self) -> None:
        """Pause."""
        if self.state is MediaPlayerState.PLAYING:
            await self._async_toggle("paused")

    @override
    async def async_media_next_track(self) -> None:
        """Play what comes next."""
        await self.async_send(commands.MEDIA_NEXT_TRACK)

    @override
    async def async_media_previous_track(self) -> None:
        """Play what came before."""
        await self.async_send(commands.MEDIA_PREV_TRACK)

    async def _async_toggle(self, status: str) -> None:
        """Change what it does, and show that until the car says itself.

        The command does not say which way: only who reads the state knows.
        """
        await self.async_send(commands.MEDIA_TOGGLE_PLAYBACK)
        expected = Reading(
            field=fields.MEDIA_PLAYBACK_STATUS,
            value=status,
            at=dt_util.utcnow(),
            source=Source.COMMAND,
        )
        self.coordinator.async_receive([expected])

    @override
    def _facts(self) -> tuple[Any, ...]:
        """Return what is worth writing: not that the same plays on."""
        attributes = self.state_attributes
        kept = {key: attributes[key] for key in attributes if key not in MOVING}
        return self.state, kept, self.supported_features
