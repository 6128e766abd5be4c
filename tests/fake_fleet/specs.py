"""The models of cars that exist in the fake cloud: what differs between them."""

from dataclasses import dataclass
from typing import Final, Literal

type Curve = tuple[tuple[float, float], ...]
"""Points (state of charge in %, kW), ascending, interpolated between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarSpec:
    """A model: how much it holds, takes, uses and carries, and how Tesla calls it."""

    key: str
    name: str
    """What its owner calls it, until renamed."""
    vin_prefix: str
    """Eleven characters; a car's serial number completes the VIN."""
    command_signing: Literal["required", "allowed", "off"]
    car_type: str
    trim_badging: str
    exterior_color: str
    wheel_type: str
    charge_port_type: str
    api_version: int
    car_version: str
    eu_vehicle: bool
    capacity_kwh: float
    rated_range_km: float
    wh_per_km: float
    ac_amps_max: int
    ac_phases_max: int
    acceptance: Curve
    """What a warm pack takes at most; the taper of every charge comes from it."""
    pressure_bar: tuple[float, float]
    """Recommended front and rear, cold."""
    seat_heaters: frozenset[int]
    """Tesla's REST seat numbers: 0, 1 front; 2, 4, 5 rear; 7, 8 third row."""
    has_seat_cooling: bool = False
    has_sun_roof: bool = False
    has_tonneau: bool = False
    has_power_liftgate: bool = True
    has_schedules: bool = True
    """On-board schedules by place: firmware 2024.26 and later."""


_PACK_400V: Final[Curve] = (
    (0, 120),
    (5, 245),
    (20, 245),
    (30, 185),
    (50, 118),
    (70, 78),
    (80, 55),
    (90, 22),
    (95, 9),
    (100, 2.2),
)
_PACK_2016: Final[Curve] = (
    (0, 80),
    (5, 110),
    (30, 105),
    (50, 72),
    (70, 48),
    (80, 34),
    (90, 16),
    (95, 8),
    (100, 2),
)
_ALL_FIVE: Final = frozenset({0, 1, 2, 4, 5})

CYBERTRUCK: Final = CarSpec(
    key="cybertruck",
    name="Wedge",
    vin_prefix="7G2CEHEE8RA",
    command_signing="required",
    car_type="cybertruck",
    trim_badging="awd",
    exterior_color="StainlessSteel",
    wheel_type="Helix20",
    charge_port_type="US",
    api_version=90,
    car_version="2026.32.6 5f3b1c7a90d2",
    eu_vehicle=False,
    capacity_kwh=122,
    rated_range_km=523,
    wh_per_km=235,
    ac_amps_max=48,
    ac_phases_max=1,
    acceptance=_PACK_400V,
    pressure_bar=(3.5, 3.5),
    seat_heaters=_ALL_FIVE,
    has_seat_cooling=True,
    has_tonneau=True,
)
MODEL_3: Final = CarSpec(
    key="model_3",
    name="Pebble",
    vin_prefix="LRW3E7FK2PC",
    command_signing="required",
    car_type="model3",
    trim_badging="74d",
    exterior_color="MidnightSilver",
    wheel_type="Pinwheel18CapKit",
    charge_port_type="CCS",
    api_version=88,
    car_version="2026.26.9 8a1d4f02b6e3",
    eu_vehicle=True,
    capacity_kwh=75,
    rated_range_km=547,
    wh_per_km=139,
    ac_amps_max=16,
    ac_phases_max=3,
    acceptance=_PACK_400V,
    pressure_bar=(2.9, 2.9),
    seat_heaters=_ALL_FIVE,
)
MODEL_S_2016: Final = CarSpec(
    key="model_s_2016",
    name="Grandpa",
    vin_prefix="5YJSA7E20GF",
    command_signing="off",
    car_type="models",
    trim_badging="90d",
    exterior_color="DeepBlue",
    wheel_type="Base19",
    charge_port_type="EU",
    api_version=71,
    car_version="2024.20.9 171f0fe61c20",
    eu_vehicle=True,
    capacity_kwh=82,
    rated_range_km=473,
    wh_per_km=187,
    ac_amps_max=24,
    ac_phases_max=3,
    acceptance=_PACK_2016,
    pressure_bar=(2.9, 2.9),
    seat_heaters=frozenset({0, 1}),
    has_sun_roof=True,
    has_schedules=False,
)
MODEL_Y: Final = CarSpec(
    key="model_y",
    name="Skipper",
    vin_prefix="XP7YGCEK5RB",
    command_signing="required",
    car_type="modely",
    trim_badging="74d",
    exterior_color="QuicksilverMetallic",
    wheel_type="Gemini19",
    charge_port_type="CCS",
    api_version=88,
    car_version="2026.32.6 5f3b1c7a90d2",
    eu_vehicle=True,
    capacity_kwh=75,
    rated_range_km=533,
    wh_per_km=149,
    ac_amps_max=16,
    ac_phases_max=3,
    acceptance=_PACK_400V,
    pressure_bar=(2.9, 2.9),
    seat_heaters=_ALL_FIVE,
)

SPECS: Final[dict[str, CarSpec]] = {
    spec.key: spec for spec in (CYBERTRUCK, MODEL_3, MODEL_S_2016, MODEL_Y)
}
