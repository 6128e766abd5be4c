"""Puts a new car together."""

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from .geography import Place
from .parts import Battery, Cabin, Charging, Closures, Motion, Parts, Settings, Software
from .specs import CarSpec


def assembled(
    spec: CarSpec,
    *,
    name: str,
    soc: float,
    place: Place,
    zone: ZoneInfo,
    seed: int,
    is_awake: bool,
    seconds: float,
    now: datetime,
) -> Parts:
    """Build a parked, locked, unplugged car with some kilometres on it."""
    random = Random(f"{seed}:assembly")
    return Parts(
        spec=spec,
        home=place,
        zone=zone,
        battery=Battery(soc=soc, temperature=15.0),
        charging=Charging(amps=spec.ac_amps_max),
        cabin=Cabin(inside=14.0, outside=10.0),
        closures=Closures(),
        motion=Motion(
            place=place,
            odometer_km=round(random.uniform(8_000, 60_000), 1),
            moved_at=now,
        ),
        settings=Settings(name=name),
        software=Software(version=spec.car_version),
        is_awake=is_awake,
        seconds=seconds,
        now=now,
    )
