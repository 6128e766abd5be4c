"""The cloud of the year: one commuter's car, with seasons and days off."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from tests.fake_fleet.car import HOME, Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.commuter import Commuter
from tests.fake_fleet.geography import beside
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    ORIGIN,
    REDIRECT_URIS,
)
from tests.fake_fleet.specs import MODEL_Y

from .wishes import HOLIDAYS, ZONE

SEED: Final = 1
SETTING_UP: Final = timedelta(hours=10)
"""What is set up is set up so long before the year: no bill knows of it."""
WORK_KM: Final = 32
CHARGER: Final = "ac_slow"
MEAN: Final = 10.0
SWING: Final = 9.0
YEAR: Final = datetime(2027, 1, 1, tzinfo=UTC)
YEAR_DAYS: Final = 365
SPRING: Final = datetime(2027, 3, 15, tzinfo=UTC)
"""The short year begins here: Berlin's clocks go forward on its second Sunday."""
SHORT_DAYS: Final = 21


MODELS: Final = {"self_wakes": True, "no_self_wakes": False}
"""Whether a kind of car wakes up by itself."""


def built(kinds: Iterable[bool]) -> FakeCloud:
    """Build it, with a car of each of these kinds; its clock is the machine's."""
    world = FakeCloud(Clock.real(), ticks=False)
    world.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    account = world.add_account(EMAIL, "eu")
    for number, self_wakes in enumerate(kinds):
        world.add_car(_car(world.clock, SEED + number, self_wakes=self_wakes), account)
    return world


def _car(clock: Clock, seed: int, *, self_wakes: bool) -> Car:
    """Build a commuter's car; all have the same days."""
    return Car(
        spec=MODEL_Y,
        clock=clock,
        seed=seed,
        self_wakes=self_wakes,
        mean_outside=MEAN,
        yearly_swing=SWING,
        commuter=Commuter(
            home=HOME,
            work=beside(HOME, WORK_KM, 60),
            zone=ZONE,
            seed=SEED,
            charger=CHARGER,
            days_off=HOLIDAYS,
        ),
    )
