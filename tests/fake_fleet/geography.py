"""Where things are, and how far and in which direction that is."""

from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import Final

type Place = tuple[float, float]
"""Latitude and longitude in degrees."""

EARTH_KM: Final = 6371.0
ROAD_FACTOR: Final = 1.25
"""How much longer a road is than the straight line."""


def distance_km(a: Place, b: Place) -> float:
    """Measure the straight line between two places."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (*a, *b))
    chord = (
        sin((lat_b - lat_a) / 2) ** 2
        + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))


def bearing(a: Place, b: Place) -> int:
    """Say in which direction `b` lies, in whole degrees from north."""
    lat_a, lon_a, lat_b, lon_b = map(radians, (*a, *b))
    east = sin(lon_b - lon_a) * cos(lat_b)
    north = cos(lat_a) * sin(lat_b) - sin(lat_a) * cos(lat_b) * cos(lon_b - lon_a)
    return round(degrees(atan2(east, north))) % 360


def between(a: Place, b: Place, fraction: float) -> Place:
    """Find the point a fraction of the way from `a` to `b`."""
    return (a[0] + (b[0] - a[0]) * fraction, a[1] + (b[1] - a[1]) * fraction)


def beside(place: Place, km: float, direction: int) -> Place:
    """Find the point some kilometres off in a direction."""
    north = km * cos(radians(direction)) / 111.2
    east = km * sin(radians(direction)) / (111.2 * cos(radians(place[0])))
    return (place[0] + north, place[1] + east)
