"""Which cars an account has, and when one has left it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.fleet_pulse.fleet.roster import (
    GONE_AFTER,
    GONE_LISTS,
    Absence,
    roster,
)

NOW: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
CAR: Final = {"vin": "5YJ3E1EA0KF000001", "state": "asleep"}
SITE: Final = {"energy_site_id": 1, "resource_type": "battery"}


@pytest.mark.parametrize(
    ("products", "is_whole", "is_proof"),
    [
        pytest.param([CAR], True, True, id="a car"),
        pytest.param([CAR, SITE], True, True, id="a car and a battery at home"),
        pytest.param([], True, False, id="nothing proves nothing"),
        pytest.param([SITE], True, False, id="a list without any car proves nothing"),
        pytest.param([CAR, {}], False, False, id="what was no object may be a car"),
        pytest.param([CAR, {"vin": 5}], False, False, id="a number that is no text"),
        pytest.param([CAR, {"vin": ""}], False, False, id="an empty number"),
        pytest.param([CAR, {"id": 7}], False, False, id="neither a car nor a home"),
    ],
)
def test_what_a_list_proves(
    products: list[dict[str, Any]], is_whole: bool, is_proof: bool
) -> None:
    """A car that is missing is missing only where everything else can be read."""
    found = roster(products)
    assert (found.is_whole, found.is_proof) == (is_whole, is_proof)


def test_cars_are_found_by_their_number() -> None:
    """Homes are left out; what the list says of a car comes along."""
    assert roster([SITE, CAR]).cars == {CAR["vin"]: CAR}


def absent(lists: int) -> Absence:
    """Give an absence that so many lists have proven."""
    absence = Absence(since=NOW)
    for _ in range(lists):
        absence = absence.proven()
    return absence


@pytest.mark.parametrize(
    ("lists", "later", "is_gone"),
    [
        pytest.param(GONE_LISTS, GONE_AFTER, True, id="long, and often said"),
        pytest.param(10_000, timedelta(hours=23), False, id="often, in one day"),
        pytest.param(
            GONE_LISTS - 1, timedelta(days=400), False, id="long, and seldom said"
        ),
        pytest.param(
            GONE_LISTS, -timedelta(days=400), False, id="a clock that went back"
        ),
        pytest.param(0, timedelta(days=400), False, id="never proven"),
    ],
)
def test_when_a_car_has_left(lists: int, later: timedelta, is_gone: bool) -> None:
    """Time and lists must both say so."""
    assert absent(lists).is_for_good(NOW + later) is is_gone


def test_more_proof_than_needed_is_not_counted() -> None:
    """What does not change need not be written to disk."""
    assert absent(GONE_LISTS) == absent(GONE_LISTS + 5)


def test_an_absence_survives_a_restart() -> None:
    """With its time and its proof."""
    assert Absence.load(absent(3).dump()) == absent(3)


@pytest.mark.parametrize(
    "kept",
    [
        None,
        "x",
        {},
        {"since": "yesterday", "lists": 3},
        {"since": 5, "lists": 3},
        {"since": NOW.isoformat(), "lists": "3"},
        {"since": "0001-01-01T00:00:00+14:00", "lists": 3},
    ],
)
def test_a_damaged_absence_is_none(kept: object) -> None:
    """Then the next list begins to count anew."""
    assert Absence.load(kept) is None
