"""Shows what an account's cars cost together: one, ten, a hundred of them.

Free requests are the account's, not the cars'; what a car holds of the event loop and
of memory does not grow with the number of its neighbours.
"""

from statistics import median
from typing import Any, Final

from .weight import DOMAINS, MEGABYTE, child, cloud, measured

CARS: Final = (1, 10, 100)
HOURS: Final = 2


def free(cars: int, hours: int = HOURS) -> float:
    """Give how many free requests an account makes in an hour of simulated time."""
    found = child("scale_hour", str(cars), str(hours))
    return float(found["free_calls_per_hour"])


def _weight(cars: int, empty: float, updates: int) -> dict[str, float]:
    """Measure the updates and the memory of so many cars."""
    with cloud(cars) as where:
        domain = DOMAINS["ours"]
        quick = measured(where, domain=domain, cars=cars, updates=updates)
        traced = measured(where, domain=domain, cars=cars, updates=2, trace=True)
    return {
        "update_ms_per_car": median(quick["updates"]) / cars,
        # The account's own part of it is there with one car, too.
        "list_ms_per_account": median(quick["lists"]),
        "mb_per_car": (traced["memory"] - empty) / cars / MEGABYTE,
    }


def run(quick: bool) -> dict[str, Any]:
    """Measure accounts of several sizes; `quick` leaves the largest out."""
    with cloud(0) as where:
        empty = measured(where, domain=DOMAINS["ours"], cars=1, updates=2, trace=True)
    return {
        str(cars): {
            "free_calls_per_hour": free(cars),
            **_weight(cars, empty["memory"], 5 if quick else 20),
        }
        for cars in (CARS[:2] if quick else CARS)
    }
