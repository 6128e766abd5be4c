"""One car of the fake cloud: what the server asks of it and what tests look at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from .answer import ActResult, refused
from .clock import Clock
from .specs import CarSpec

type Place = tuple[float, float]
"""Latitude and longitude."""


class Car:
    """A car with a life of its own. (Skeleton: the interface is final.)"""

    def __init__(
        self,
        *,
        spec: CarSpec,
        clock: Clock,
        vin: str | None = None,
        name: str | None = None,
        seed: int = 1,
        state: Literal["online", "asleep"] = "online",
        soc: float = 62.0,
        home: Place = (52.5200, 13.4050),
        timezone: str = "Europe/Berlin",
        sleep_model: Literal["lenient", "strict"] = "lenient",
        self_wakes: bool = True,
        wake_seconds: tuple[float, float] | None = None,
    ) -> None:
        """Build a car parked at home; `wake_seconds` is real time, not physics."""
        self.spec = spec
        self.clock = clock
        self.vin = vin or f"{spec.vin_prefix}{seed:06d}"
        self.id = 100_000_000_000 + seed
        self.vehicle_id = 200_000_000 + seed
        self.user_id = 300_001
        self.name = name or spec.name
        self.command_signing = spec.command_signing
        self.in_service = False
        self.reachable = True
        self.whitelist: set[bytes] = set()
        self.whitelist_changed: list[Callable[[], None]] = []
        self.cached_data = False
        self.events: list[tuple[datetime, str]] = []
        self.wake_requests = 0
        self.soc = soc
        self._mode = state

    # -- what the server calls -------------------------------------------------

    @property
    def state(self) -> Literal["online", "asleep", "offline"]:
        """What Tesla says of it."""
        return self._mode if self.reachable else "offline"

    def advance(self, now: datetime) -> None:
        """Let the car live until now."""

    def product(self) -> dict[str, Any]:
        """Show it as the free list does."""
        return {
            "id": self.id,
            "user_id": self.user_id,
            "vehicle_id": self.vehicle_id,
            "vin": self.vin,
            "color": None,
            "access_type": "OWNER",
            "display_name": self.name,
            "option_codes": None,
            "cached_data": None,
            "mobile_access_disabled": False,
            "granular_access": {"hide_private": False},
            "tokens": None,
            "state": self.state,
            "in_service": self.in_service,
            "id_s": str(self.id),
            "calendar_enabled": True,
            "api_version": self.spec.api_version,
            "backseat_token": None,
            "backseat_token_updated_at": None,
            "ble_autopair_enrolled": False,
            "device_type": "vehicle",
            "command_signing": self.command_signing,
            "release_notes_supported": True,
        }

    def vehicle_data(
        self, sections: set[str] | None, *, location: bool
    ) -> dict[str, Any]:
        """Answer `vehicle_data`; None is Tesla's default set of sections."""
        return self.product()

    def served_data(self) -> None:
        """Hear that `vehicle_data` was served: a strict car stays up for it."""

    def request_wake(self) -> None:
        """Hear a `wake_up`; the car comes online when it likes, or never."""
        self.wake_requests += 1

    def act(self, command: str, params: dict[str, Any]) -> ActResult:
        """Obey a command, by Tesla's REST name and parameters."""
        return refused("invalid_command")

    def pair(self, public_key: bytes) -> None:
        """Put an uncompressed P-256 point on the whitelist."""
        self.whitelist.add(public_key)
        for changed in self.whitelist_changed:
            changed()

    def unpair(self, public_key: bytes) -> None:
        """Take a key off the whitelist."""
        self.whitelist.discard(public_key)
        for changed in self.whitelist_changed:
            changed()

    # -- what people do --------------------------------------------------------

    def drive(self, minutes: float, to: Place | None = None) -> None:
        """Drive off now; without a destination, somewhere around."""

    def plug(self, kind: str = "ac") -> None:
        """Plug in: `ac` (11 kW), `ac_slow` (3.4 kW) or `dc` (250 kW)."""

    def unplug(self) -> None:
        """Take the cable out."""

    def open_door(self, door: str = "df") -> None:
        """Open one of `df dr pf pr ft rt`."""

    def close_door(self, door: str = "df") -> None:
        """Close it again."""

    def sleep_now(self) -> None:
        """Fall asleep at once."""
