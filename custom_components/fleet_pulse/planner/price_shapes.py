"""How the integrations that know prices write them: a row for each shape."""

from typing import Final

from ..model.record import record


@record
class Shape:
    """Where a list of prices is found, and what its parts are called."""

    name: str
    lists: tuple[str, ...]
    """Keys of the lists, which are read one after the other; none: the whole itself."""
    start: str
    price: str
    end: str | None = None
    """None: a price holds until the next one."""
    factor: float | None = None
    """Makes a price one of a kWh; None: the unit beside it says so."""
    huge_factor: float | None = None
    """The same for prices that nobody could pay, which are counted in tiny parts."""


SHAPES: Final = (
    Shape(
        name="Amber forecast",
        lists=("forecasts", "Forecasts"),
        start="start_time",
        end="end_time",
        price="per_kwh",
        factor=1,
    ),
    Shape(
        name="Awattar",
        lists=("data",),
        start="start_timestamp",
        end="end_timestamp",
        price="marketprice",
        factor=0.001,
    ),
    Shape(
        name="Energi Data Service",
        lists=("raw_today", "raw_tomorrow"),
        start="hour",
        price="price",
    ),
    Shape(
        name="ENTSO-e",
        lists=("prices",),
        start="time",
        price="price",
    ),
    Shape(
        name="ENTSO-e by day",
        lists=("prices_today", "prices_tomorrow"),
        start="time",
        price="price",
    ),
    Shape(
        name="EPEX Spot",
        lists=("data",),
        start="start_time",
        end="end_time",
        price="price_per_kwh",
        factor=1,
    ),
    Shape(
        name="EPEX Spot by cents",
        lists=("data",),
        start="start_time",
        end="end_time",
        price="price_ct_per_kwh",
        factor=0.01,
    ),
    Shape(
        name="EPEX Spot by MWh",
        lists=("data",),
        start="start_time",
        end="end_time",
        price="price_eur_per_mwh",
        factor=0.001,
    ),
    Shape(
        name="Frank Energie",
        lists=("prices",),
        start="from",
        end="till",
        price="price",
    ),
    Shape(
        name="Nord Pool",
        lists=("raw_today", "raw_tomorrow"),
        start="start",
        end="end",
        price="value",
    ),
    Shape(
        name="Octopus",
        lists=("rates",),
        start="start",
        end="end",
        price="value_inc_vat",
        factor=1,
    ),
    Shape(
        name="Octopus by pence",
        lists=("rates",),
        start="valid_from",
        end="valid_to",
        price="value_inc_vat",
        factor=0.01,
    ),
    Shape(
        name="Strømligning",
        lists=("prices", "forecast"),
        start="start",
        end="end",
        price="price",
    ),
    Shape(
        name="Tibber",
        lists=("today", "tomorrow"),
        start="startsAt",
        price="total",
        factor=1,
    ),
    Shape(
        name="Tibber by its action",
        lists=("prices",),
        start="start_time",
        price="price",
    ),
    Shape(
        name="Zonneplan",
        lists=("forecast",),
        start="datetime",
        price="electricity_price",
        factor=1,
        huge_factor=1e-7,
    ),
    Shape(
        name="a forecast",
        lists=("forecast",),
        start="datetime",
        price="price",
    ),
)
"""Attributes of entities; the first that gives anything is what is meant."""

DAYS: Final = (("today", "tomorrow"), ("prices_today", "prices_tomorrow"))
"""Lists of bare numbers that divide a day into equal parts."""

NUMBERED: Final = ("price_{:02}h", "price_next_day_{:02}h")
"""PVPC's attributes, one an hour of today and of tomorrow."""

REPEATED: Final = "_d"
"""What PVPC appends to the name of the hour that a clock shows twice."""


ANSWERS: Final = {
    "amberelectric": Shape(
        name="Amber",
        lists=("forecasts",),
        start="start_time",
        end="end_time",
        price="per_kwh",
        factor=1,
    ),
    "easyenergy": Shape(
        name="easyEnergy",
        lists=("prices",),
        start="timestamp",
        price="price",
        factor=1,
    ),
    "energyzero": Shape(
        name="EnergyZero",
        lists=("prices",),
        start="timestamp",
        price="price",
        factor=1,
    ),
    "nordpool": Shape(
        name="Nord Pool",
        lists=(),
        start="start",
        end="end",
        price="price",
        factor=0.001,
    ),
    "tibber": Shape(
        name="Tibber",
        lists=("prices",),
        start="start_time",
        price="price",
        factor=1,
    ),
}
"""What the actions of core integrations answer whose sensors carry no forecast."""
