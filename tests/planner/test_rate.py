"""Prices, out of whatever the integrations say that know them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fleet_pulse.planner.price_shapes import ANSWERS, SHAPES
from custom_components.fleet_pulse.planner.rate import (
    Rate,
    below,
    rates,
    rates_of_response,
)
from custom_components.fleet_pulse.planner.window import Span

from . import samples

BERLIN: Final = ZoneInfo("Europe/Berlin")
MADRID: Final = ZoneInfo("Europe/Madrid")

type Told = list[tuple[str, int, float]]
"""When a price begins in UTC, for how many minutes it holds, and the price."""


def told(found: Iterable[Rate]) -> Told:
    """Return prices as a table shows them."""
    return [
        (
            rate.start.astimezone(UTC).strftime("%d. %H:%M"),
            int((rate.end - rate.start) / timedelta(minutes=1)),
            round(rate.price, 6),
        )
        for rate in found
    ]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(
            samples.NORD_POOL,
            [
                ("25. 22:00", 60, -0.06),
                ("25. 23:00", 60, -0.05),
                ("26. 22:00", 60, 0.02),
            ],
            id="Nord Pool, whose prices may be below nothing",
        ),
        pytest.param(
            samples.NORD_POOL_CENTS,
            [("15. 23:00", 60, 0.25533)],
            id="Nord Pool in öre",
        ),
        pytest.param(
            samples.NORD_POOL_QUARTERS,
            [
                ("26. 23:00", 15, 0.00342),
                ("26. 23:15", 15, 0.00214),
                ("26. 23:30", 15, -0.00042),
            ],
            id="Nord Pool by the quarter of an hour, in cents",
        ),
        pytest.param(
            samples.NORD_POOL_TWICE,
            [("28. 23:00", 60, 0.852225)],
            id="Nord Pool after midnight, when tomorrow is still today",
        ),
        pytest.param(
            samples.ENERGI_DATA_SERVICE,
            [
                ("19. 23:00", 60, 0.341),
                ("20. 00:00", 60, 0.405),
                ("20. 23:00", 60, 0.346),
            ],
            id="Energi Data Service",
        ),
        pytest.param(
            samples.ENTSO_E,
            [
                ("08. 22:00", 60, 0.6239),
                ("08. 23:00", 60, 0.62186),
                ("09. 22:00", 60, 0.51361),
            ],
            id="ENTSO-e",
        ),
        pytest.param(
            samples.ENTSO_E_DAYS,
            [
                ("08. 22:00", 60, 0.6239),
                ("08. 23:00", 60, 0.62186),
                ("09. 22:00", 60, 0.51361),
            ],
            id="ENTSO-e by day",
        ),
        pytest.param(
            samples.EPEX,
            [("30. 22:00", 15, 0.09485), ("30. 22:15", 15, 0.08882)],
            id="EPEX Spot by the quarter of an hour",
        ),
        pytest.param(
            samples.EPEX_NET,
            [("15. 23:00", 60, 0.2963), ("16. 00:00", 60, 0.28812)],
            id="EPEX Spot in cents",
        ),
        pytest.param(
            samples.EPEX_MARKET,
            [("15. 23:00", 60, 0.2963)],
            id="EPEX Spot by the MWh",
        ),
        pytest.param(
            samples.AWATTAR,
            [("09. 15:00", 60, 0.04209), ("09. 16:00", 60, -0.0031)],
            id="Awattar, in milliseconds and by the MWh",
        ),
        pytest.param(
            samples.OCTOPUS,
            [("30. 00:00", 30, 0.15834), ("30. 00:30", 30, 0.168945)],
            id="Octopus",
        ),
        pytest.param(
            samples.OCTOPUS_OLD,
            [("18. 16:00", 30, 0.424132)],
            id="Octopus when it counted pence",
        ),
        pytest.param(
            samples.TIBBER_REST,
            [("05. 23:00", 60, 0.2748), ("06. 00:00", 60, 0.2731)],
            id="Tibber as it answers itself",
        ),
        pytest.param(
            samples.TIBBER_ANSWER,
            [("31. 23:00", 60, 0.46914), ("01. 00:00", 60, 0.46914)],
            id="a template that keeps the answer of Tibber's action",
        ),
        pytest.param(
            samples.ZONNEPLAN,
            [("05. 10:00", 60, 0.1984), ("05. 11:00", 60, 0.1722)],
            id="Zonneplan",
        ),
        pytest.param(
            samples.ZONNEPLAN_OLD,
            [("18. 14:00", 60, 0.142621)],
            id="Zonneplan when it counted tiny parts",
        ),
        pytest.param(
            samples.FRANK,
            [("02. 22:00", 60, 0.08392), ("02. 23:00", 60, 0.08091)],
            id="Frank Energie",
        ),
        pytest.param(
            samples.STROMLIGNING,
            [("28. 22:00", 60, 2.040675), ("28. 23:00", 60, 2.02415)],
            id="Strømligning",
        ),
        pytest.param(samples.AMBER, [("20. 22:30", 30, 0.09)], id="Amber"),
        pytest.param(
            samples.BY_MOMENT,
            [("06. 23:00", 60, 5.821), ("07. 00:00", 60, 5.603)],
            id="Czech spot prices, named by their moments",
        ),
        pytest.param(
            {
                "forecast": [
                    {"datetime": "2026-03-02T00:00:00", "price": 310},
                    {"datetime": "2026-03-02T00:30:00", "price": 290},
                ],
                "unit_of_measurement": "EUR/MWh",
            },
            [("01. 23:00", 30, 0.31), ("01. 23:30", 30, 0.29)],
            id="a template without offsets, by the MWh",
        ),
    ],
)
def test_attributes(attributes: dict[str, Any], expected: Told) -> None:
    """Whatever shape prices have, they become moments and a price of a kWh."""
    assert told(rates(attributes, "0.2", BERLIN)) == expected


@pytest.mark.parametrize(
    ("attributes", "zone", "today", "count", "first", "last"),
    [
        pytest.param(
            {"today": [0.1] * 24},
            BERLIN,
            "2026-01-05",
            24,
            ("04. 23:00", 60, 0.1),
            ("05. 22:00", 60, 0.1),
            id="by the hour",
        ),
        pytest.param(
            {"today": [0.1] * 96, "tomorrow": [0.2] * 96},
            BERLIN,
            "2026-01-05",
            192,
            ("04. 23:00", 15, 0.1),
            ("06. 22:45", 15, 0.2),
            id="by the quarter of an hour, with tomorrow",
        ),
        pytest.param(
            {"today": [0.1] * 23},
            BERLIN,
            "2026-03-29",
            23,
            ("28. 23:00", 60, 0.1),
            ("29. 21:00", 60, 0.1),
            id="on the day that lacks an hour",
        ),
        pytest.param(
            {"today": [0.1] * 24 + [0.3]},
            BERLIN,
            "2026-10-25",
            25,
            ("24. 22:00", 60, 0.1),
            ("25. 22:00", 60, 0.3),
            id="on the day that has one more",
        ),
        pytest.param(
            {"today": [30.5, None, 31.5], "unit_of_measurement": "ct/kWh"},
            BERLIN,
            "2026-01-05",
            2,
            ("04. 23:00", 480, 0.305),
            ("05. 15:00", 480, 0.315),
            id="one is not known",
        ),
        pytest.param(
            samples.PVPC,
            MADRID,
            "2026-01-05",
            4,
            ("04. 23:00", 60, 0.19333),
            ("05. 23:00", 60, 0.1624),
            id="PVPC",
        ),
        pytest.param(
            samples.PVPC_AUTUMN,
            MADRID,
            "2026-10-25",
            4,
            ("24. 23:00", 60, 0.1),
            ("25. 02:00", 60, 0.4),
            id="PVPC on the day that has one more hour",
        ),
    ],
)
def test_prices_by_their_place_in_the_day(
    attributes: dict[str, Any],
    zone: ZoneInfo,
    today: str,
    count: int,
    first: tuple[str, int, float],
    last: tuple[str, int, float],
) -> None:
    """Bare numbers divide the day, which need not have 24 hours."""
    found = told(rates(attributes, None, zone, today=date.fromisoformat(today)))

    assert len(found) == count
    assert (found[0], found[-1]) == (first, last)


def test_the_hour_that_is_shown_twice_has_two_prices() -> None:
    """PVPC tells both of them, and neither takes the place of the other."""
    found = rates(samples.PVPC_AUTUMN, None, MADRID, today=date(2026, 10, 25))

    assert [rate.price for rate in found] == [0.1, 0.2, 0.3, 0.4]
    assert all(before.end == after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    ("platform", "response", "expected"),
    [
        pytest.param(
            "nordpool",
            samples.NORD_POOL_ANSWER,
            [("04. 23:00", 60, 0.25073), ("05. 00:00", 60, -0.00717)],
            id="Nord Pool, by the MWh",
        ),
        pytest.param(
            "nordpool",
            {"SE3": [], "SE4": samples.NORD_POOL_ANSWER["SE3"]},
            [("04. 23:00", 60, 0.25073), ("05. 00:00", 60, -0.00717)],
            id="Nord Pool, of the first area that has any",
        ),
        pytest.param(
            "tibber",
            samples.TIBBER_ANSWER,
            [("31. 23:00", 60, 0.46914), ("01. 00:00", 60, 0.46914)],
            id="Tibber",
        ),
        pytest.param(
            "energyzero",
            samples.ENERGYZERO_ANSWER,
            [("27. 22:00", 60, 0.20332), ("27. 23:00", 60, 0.11)],
            id="EnergyZero",
        ),
        pytest.param(
            "easyenergy",
            samples.EASYENERGY_ANSWER,
            [("27. 22:00", 60, 0.13), ("27. 23:00", 60, 0.12)],
            id="easyEnergy",
        ),
        pytest.param(
            "amberelectric", samples.AMBER, [("20. 22:30", 30, 0.09)], id="Amber"
        ),
        pytest.param("nordpool", {"SE3": []}, [], id="not published yet"),
        pytest.param("nordpool", None, [], id="no answer"),
        pytest.param("unheard_of", samples.AMBER, [], id="nobody we know"),
        pytest.param("tibber", {"prices": {"Home": None}}, [], id="garbage"),
    ],
)
def test_answers(platform: str, response: Any, expected: Told) -> None:
    """The actions that took the place of attributes tell the same."""
    assert told(rates_of_response(platform, response, BERLIN)) == expected


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({}, id="nothing at all"),
        pytest.param({"raw_today": None, "raw_tomorrow": []}, id="empty"),
        pytest.param({"raw_today": "0.1, 0.2"}, id="a text instead of a list"),
        pytest.param({"raw_today": [1, None, "x"]}, id="no items"),
        pytest.param(
            {"raw_today": [{"start": "soon", "value": 1}]}, id="a moment that is none"
        ),
        pytest.param(
            {"raw_today": [{"start": True, "value": 1}]}, id="a claim for a moment"
        ),
        pytest.param(
            {"prices": [{"time": "2026-01-05T00:00:00Z", "price": "dear"}]},
            id="a price that is none",
        ),
        pytest.param(
            {"prices": [{"time": "2026-01-05T00:00:00Z", "price": float("nan")}]},
            id="a price that is no number",
        ),
        pytest.param(
            {"data": [{"start_timestamp": 1e300, "marketprice": 1}]},
            id="a moment beyond time",
        ),
        pytest.param(
            {"rates": [{"start": [1], "end": {}, "value_inc_vat": []}]},
            id="lists for values",
        ),
        pytest.param({"prices": {}}, id="no homes"),
        pytest.param({"today": ["", {}, None], "tomorrow": "no"}, id="no numbers"),
    ],
)
def test_garbage(attributes: dict[str, Any]) -> None:
    """What cannot be read is no price, and no failure."""
    assert rates(attributes, "unknown", BERLIN, today=date(2026, 1, 5)) == ()


def test_an_entity_that_is_not_available_says_nothing() -> None:
    """What it said before may be of yesterday."""
    assert rates(samples.NORD_POOL, "unavailable", BERLIN) == ()


def test_moments_may_be_moments_already() -> None:
    """Within Home Assistant attributes need not be texts."""
    start = datetime(2026, 1, 5, tzinfo=BERLIN)
    attributes = {
        "raw_today": [
            {"start": start, "end": start + timedelta(minutes=15), "value": 0.1}
        ]
    }

    assert told(rates(attributes, None, BERLIN)) == [("04. 23:00", 15, 0.1)]


def test_a_gap_is_not_a_price() -> None:
    """Between two prices with hours between them nothing is known."""
    attributes = {
        "prices": [
            {"time": "2026-01-05T00:00:00Z", "price": 1},
            {"time": "2026-01-05T05:00:00Z", "price": 2},
        ]
    }

    assert told(rates(attributes, None, BERLIN)) == [
        ("05. 00:00", 60, 1),
        ("05. 05:00", 60, 2),
    ]


def test_prices_do_not_overlap() -> None:
    """Where an earlier price is said to hold longer, the later one counts."""
    attributes = {
        "rates": [
            {
                "start": "2026-01-05T00:00:00Z",
                "end": "2026-01-05T02:00:00Z",
                "value_inc_vat": 1,
            },
            {
                "start": "2026-01-05T01:00:00Z",
                "end": "2026-01-05T02:00:00Z",
                "value_inc_vat": 2,
            },
        ]
    }

    assert told(rates(attributes, None, BERLIN)) == [
        ("05. 00:00", 60, 1),
        ("05. 01:00", 60, 2),
    ]


def test_a_price_without_end_is_not_one() -> None:
    """A tariff that holds for years is not a forecast."""
    attributes = {
        "rates": [
            {
                "start": "2026-01-05T00:00:00Z",
                "end": "2028-01-05T00:00:00Z",
                "value_inc_vat": 1,
            }
        ]
    }

    assert rates(attributes, None, BERLIN) == ()


@pytest.mark.parametrize(
    ("unit", "price"),
    [
        pytest.param("EUR/kWh", 20, id="a currency"),
        pytest.param("CZK/kWh", 20, id="a currency that begins like a cent"),
        pytest.param("EUR/MWh", 0.02, id="a thousand kWh"),
        pytest.param("ct/kWh", 0.2, id="cents"),
        pytest.param("c€/kWh", 0.2, id="cents of a euro"),
        pytest.param("øre/kWh", 0.2, id="øre"),
        pytest.param("Öre/kWh", 0.2, id="öre"),
        pytest.param("p/kWh", 0.2, id="pence"),
        pytest.param("kr", 20, id="no energy"),
        pytest.param(None, 20, id="none"),
    ],
)
def test_units(unit: str | None, price: float) -> None:
    """Prices are of a kWh and in whole coins, whatever the entity counts in."""
    attributes = {
        "prices": [{"time": "2026-01-05T00:00:00Z", "price": 20}],
        "unit_of_measurement": unit,
    }

    assert rates(attributes, None, BERLIN)[0].price == pytest.approx(price)


def test_when_it_costs_little() -> None:
    """Up to a cap, and not a cent beyond; hours that touch are one span."""
    attributes = {
        "prices": [
            {"time": f"2026-01-05T{hour:02}:00:00Z", "price": price}
            for hour, price in enumerate([0.3, 0.2, 0.19, 0.21, -0.1])
        ]
    }

    assert below(rates(attributes, None, BERLIN), 0.2) == (
        Span(
            start=datetime(2026, 1, 5, 1, tzinfo=UTC),
            end=datetime(2026, 1, 5, 3, tzinfo=UTC),
        ),
        Span(
            start=datetime(2026, 1, 5, 4, tzinfo=UTC),
            end=datetime(2026, 1, 5, 5, tzinfo=UTC),
        ),
    )


JSON: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["2026-01-05T00:00:00Z", "2026-01-05", "9999-12-31T23:59:59"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                sorted(
                    {part for shape in SHAPES for part in (shape.start, shape.price)}
                )
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS: Final = sorted({key for shape in SHAPES for key in shape.lists})


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=30), JSON, max_size=5))
def test_nothing_breaks_the_reader(attributes: dict[str, Any]) -> None:
    """Any attributes at all give prices in the order of time, or none."""
    found = rates(attributes, None, BERLIN, today=date(2026, 1, 5))

    assert all(rate.start < rate.end for rate in found)
    assert list(found) == sorted(found, key=lambda rate: rate.start)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(ANSWERS)), JSON)
def test_nothing_breaks_the_reader_of_answers(platform: str, answer: Any) -> None:
    """Any answer at all gives prices in the order of time, or none."""
    found = rates_of_response(platform, answer, BERLIN)

    assert all(rate.start < rate.end for rate in found)


def test_shapes_are_in_order_and_apart() -> None:
    """The table is sorted, and no two rows read the same."""
    names = [shape.name for shape in SHAPES[:-1]]
    parts = [(shape.lists, shape.start, shape.price) for shape in SHAPES]

    assert names == sorted(names, key=str.casefold)
    assert len(set(parts)) == len(parts)
    assert list(ANSWERS) == sorted(ANSWERS)
