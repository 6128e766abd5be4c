"""The parts of a car and what they remember. No behaviour but looking at themselves.

These are the only mutable values of the fake fleet's cars: `simulation` lets time act
on them, `act_*` commands, `driver` people. Bodies are read from them.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from .chargers import Charger
from .geography import Place
from .onboard import Schedules
from .specs import CarSpec

type ChargingState = Literal[
    "Disconnected", "NoPower", "Starting", "Charging", "Complete", "Stopped"
]


@dataclass(slots=True, kw_only=True)
class Battery:
    """The pack. What went in and out since the beginning proves its book-keeping."""

    soc: float
    """Unrounded, 0 to 100."""
    temperature: float
    heater_on: bool = False
    charged_kwh: float = 0
    used_kwh: float = 0


@dataclass(slots=True, kw_only=True)
class Charging:
    """The port and what the owner wants of it."""

    charger: Charger | None = None
    is_powered: bool = True
    """Whether the charging point has electricity."""
    wanted: bool = True
    """Tesla's `charge_enable_request`: neither stopped nor waiting for a schedule."""
    is_full: bool = False
    """Reached the limit and not yet fallen well below it again."""
    starting_until: float = 0
    limit: int = 80
    amps: int = 16
    port_open: bool = False
    pack_kw: float = 0
    """Into the pack now."""
    wall_kw: float = 0
    """Out of the wall now: also what conversion loses and the car uses meanwhile."""
    session_kwh: float = 0
    wall_kwh: float = 0
    """All that the wall ever gave."""
    starts_at: datetime | None = None
    """When the schedule begins for which a plugged-in car waits."""

    def state(self, seconds: float) -> ChargingState:
        """Say what Tesla calls it at this moment of physics."""
        if self.charger is None:
            return "Disconnected"
        if not self.is_powered:
            return "NoPower"
        if self.is_full:
            return "Complete"
        if not self.wanted:
            return "Stopped"
        return "Starting" if seconds < self.starting_until else "Charging"


@dataclass(slots=True, kw_only=True)
class Cabin:
    """The climate inside and everything that warms it."""

    inside: float
    outside: float
    is_on: bool = False
    is_preconditioning: bool = False
    driver_temp: float = 21.0
    passenger_temp: float = 21.0
    keeper: int = 0
    """0 off, 1 keep, 2 dog, 3 camp."""
    is_max_defrost: bool = False
    is_bioweapon: bool = False
    overheat_protection: Literal["Off", "On", "FanOnly"] = "Off"
    overheat_level: int = 2
    """0 low (30 °C), 1 medium (35 °C), 2 high (40 °C)."""
    seat_heaters: dict[int, int] = field(default_factory=dict)
    seat_coolers: dict[int, int] = field(default_factory=dict)
    auto_seats: dict[int, bool] = field(default_factory=dict)
    wheel_heat: int = 0
    """0 off, 1 low, 2 unused, 3 high."""
    auto_wheel_heat: bool = False
    hvac_kw: float = 0


@dataclass(slots=True, kw_only=True)
class Closures:
    """Everything that opens; true is open."""

    is_locked: bool = True
    doors: dict[str, bool] = field(
        default_factory=lambda: dict.fromkeys(
            ("df", "dr", "pf", "pr", "ft", "rt"), False
        )
    )
    windows: dict[str, bool] = field(
        default_factory=lambda: dict.fromkeys(("fd", "fp", "rd", "rp"), False)
    )
    sun_roof: int = 0
    """Per cent open."""
    tonneau: int = 0
    """Per cent open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A drive under way, in physics seconds."""

    start: Place
    to: Place
    km: float
    begins: float
    ends: float


@dataclass(slots=True, kw_only=True)
class Motion:
    """Where the car is, and how it moves."""

    place: Place
    odometer_km: float
    heading: int = 90
    trip: Trip | None = None
    speed_kmh: float = 0
    power_kw: float = 0
    present_until: float = 0
    """Someone sits in the car until then, and locks it on leaving."""
    is_leaving: bool = False
    moved_at: datetime
    """When it last came to a halt; its tyres spoke last then."""
    destination: tuple[str, Place] | None = None
    """What the navigation shows."""


@dataclass(slots=True, kw_only=True)
class Settings:
    """What an owner switches and nothing but the car remembers."""

    name: str
    sentry: bool = False
    valet: bool = False
    valet_pin: str | None = None
    guest: bool = False
    pin_to_drive: str | None = None
    speed_limit_active: bool = False
    speed_limit_mph: float = 85.0
    speed_limit_pin: str | None = None
    parental_controls: bool = False
    low_power: bool = False
    accessory_power: bool = False
    keyless_until: float = 0
    """Keyless driving is allowed until then."""
    is_erased: bool = False


@dataclass(slots=True, kw_only=True)
class Software:
    """The firmware, and the next one if there is one."""

    version: str
    update: str = ""
    status: Literal["", "available", "scheduled", "downloading", "installing"] = ""
    installs_at: float = 0
    downloaded: int = 0
    installed: int = 0


@dataclass(slots=True, kw_only=True)
class Media:
    """What plays."""

    volume: float = 4.0
    is_playing: bool = False
    track: int = 1
    favourite: int = 0
    song: dict[str, object] = field(default_factory=dict)
    """What the screen says of what plays, by Tesla's names, where tests care."""


@dataclass(slots=True, kw_only=True)
class Parts:
    """A whole car, without its behaviour."""

    spec: CarSpec
    home: Place
    """Where it is at home, and so do its schedules know."""
    zone: ZoneInfo
    """The zone by whose wall clock the car keeps its schedules."""
    battery: Battery
    charging: Charging
    cabin: Cabin
    closures: Closures
    motion: Motion
    settings: Settings
    software: Software
    media: Media = field(default_factory=Media)
    schedules: Schedules = field(default_factory=Schedules)
    counts: Counter[str] = field(default_factory=Counter)
    """How often it honked, flashed and the like."""
    events: list[tuple[datetime, str]] = field(default_factory=list)
    seconds: float
    """The moment of physics these parts are at."""
    now: datetime
    """The same moment as a stamp."""
    awake_seconds: float = 0
    is_awake: bool = True
    in_service: bool = False

    def note(self, what: str) -> None:
        """Write into the car's log."""
        self.events.append((self.now, what))

    @property
    def charging_state(self) -> ChargingState:
        """Say how charging stands now."""
        return self.charging.state(self.seconds)

    @property
    def is_charging(self) -> bool:
        """Whether energy flows into the pack, or is about to."""
        return self.charging_state in {"Starting", "Charging"}

    @property
    def is_user_present(self) -> bool:
        """Whether someone sits in it."""
        return self.motion.trip is not None or self.seconds < self.motion.present_until

    @property
    def is_busy(self) -> bool:
        """Whether something keeps it from falling asleep."""
        return (
            self.is_user_present
            or self.is_charging
            or self.cabin.is_on
            or self.settings.sentry
            or self.software.status == "installing"
        )
