"""The commuter months: four lives of one car, each asleep in two ways.

All begin on the first of a February that is a Monday and has 28 days, so that a month
is four weeks and one bill, and no clock changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tests.fake_fleet.car import HOME, Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.commuter import Commuter
from tests.fake_fleet.geography import beside
from tests.fake_fleet.onboard import PreconditionSchedule
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    ORIGIN,
    REDIRECT_URIS,
)
from tests.fake_fleet.sleep_machine import SleepModel
from tests.fake_fleet.specs import MODEL_Y

BEGIN: Final = datetime(2027, 2, 1, tzinfo=UTC)
MOVE_IN: Final = BEGIN - timedelta(hours=10)
"""When everything is set up: before the month, so that no bill knows of it."""
ZONE: Final = ZoneInfo("Europe/Berlin")
SEED: Final = 1
WORKDAYS: Final = 62
SENTRY_HOURS: Final = (9, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What is particular to a month."""

    title: str
    charger: str = "ac_slow"
    has_sentry: bool = False
    """Whether Sentry watches from 9 to 17 o'clock, every day."""
    preconditions: bool = False
    """Whether the car warms up for 30 minutes before it drives to work."""


MONTHS: Final[Mapping[str, Month]] = {
    "A": Month(title="3.4 kW at home"),
    "B": Month(title="11 kW at home", charger="ac"),
    "C": Month(title="A with Sentry 8 h a day", has_sentry=True),
    "D": Month(
        title="A with 30 min of preconditioning on workdays", preconditions=True
    ),
}
MODELS: Final[tuple[SleepModel, ...]] = ("lenient", "strict")


def built(month: Month, model: SleepModel, *, cached_data: bool) -> FakeCloud:
    """Build the cloud of a month; its clock is the machine's."""
    world = FakeCloud(Clock.real(), ticks=False)
    world.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    work = beside(HOME, 14, 60)
    car = Car(
        spec=MODEL_Y,
        clock=world.clock,
        seed=SEED,
        sleep_model=model,
        commuter=Commuter(
            home=HOME, work=work, zone=ZONE, seed=SEED, charger=month.charger
        ),
    )
    car.cached_data = cached_data
    if month.preconditions:
        # Warm from 7:10 to 7:40; the first drive begins between 7:30 and 8:00.
        car.parts.schedules.precondition[1] = PreconditionSchedule(
            id=1, days_of_week=WORKDAYS, precondition_time=7 * 60 + 30
        )
    world.add_car(car, world.add_account(EMAIL, "eu"))
    return world


def switch_sentry(car: Car, now: datetime) -> None:
    """Have the owner switch Sentry on and off, as the clock says."""
    begin, end = SENTRY_HOURS
    is_wanted = begin <= now.astimezone(ZONE).hour < end
    settings = car.parts.settings
    if settings.sentry is not is_wanted:
        # Whoever switches it on has the car awake.
        car.open_door()
        car.close_door()
        car.parts.closures.is_locked = True
        settings.sentry = is_wanted
