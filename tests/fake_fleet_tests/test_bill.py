"""The cloud's own bill: what costs, and how Tesla rounds."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.fake_fleet.bill import Bill, Category
from tests.fake_fleet.cloud import FakeCloud

from .driver import Driver, car_path, old_car_path

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


def billed(category: Category, count: int, *, status: int = 200) -> Bill:
    """Give a bill with so many requests on it."""
    bill = Bill(lambda: NEW_YEAR)
    for _ in range(count):
        bill.charge(category, status)
    return bill


@pytest.mark.parametrize(
    ("category", "count", "cost"),
    [
        pytest.param(Category.DATA, 500, "1.00", id="500 data are a dollar"),
        pytest.param(Category.COMMAND, 1000, "1.00", id="1,000 commands"),
        pytest.param(Category.WAKE, 50, "1.00", id="50 wakes"),
        pytest.param(Category.SIGNAL, 150_000, "1.00", id="150,000 signals"),
        pytest.param(Category.DATA, 2, "0.00", id="less than half a cent"),
        pytest.param(Category.DATA, 3, "0.01", id="more than half a cent"),
        pytest.param(Category.COMMAND, 5, "0.01", id="half a cent goes up"),
        pytest.param(Category.FREE, 1000, "0", id="free"),
    ],
)
def test_cost(category: Category, count: int, cost: str) -> None:
    """Each category is rounded to the cent on its own."""
    assert billed(category, count).total() == Decimal(cost)


@pytest.mark.parametrize(
    ("status", "costs"),
    [
        pytest.param(200, True, id="success"),
        pytest.param(408, True, id="asleep"),
        pytest.param(429, True, id="too many"),
        pytest.param(499, True, id="last of the client's faults"),
        pytest.param(500, False, id="Tesla's own fault"),
        pytest.param(540, False, id="the car's fault"),
    ],
)
def test_status(status: int, *, costs: bool) -> None:
    """Refusals cost, failures do not."""
    assert bool(billed(Category.WAKE, 1, status=status).total()) is costs


def test_discount_is_taken_off() -> None:
    """Ten dollars a month are free."""
    bill = billed(Category.WAKE, 550)
    assert (bill.total(), bill.due()) == (Decimal("11.00"), Decimal("1.00"))


async def test_months_are_billed_apart(cloud: FakeCloud, driver: Driver) -> None:
    """The cycle is the calendar month in UTC, by the cloud's clock."""
    await driver.sign_in()
    october = cloud.clock.now().date()
    await driver.post(car_path(cloud, "/wake_up"))
    cloud.step((datetime(2026, 11, 1, tzinfo=UTC) - cloud.clock.now()).total_seconds())
    await driver.refresh()
    assert cloud.bill.total() == 0
    await driver.post(car_path(cloud, "/wake_up"))
    assert cloud.bill.total() == Decimal("0.02")
    assert cloud.bill.total(october) == Decimal("0.02")
    assert cloud.bill.total(date(2026, 9, 30)) == 0


async def test_every_answer_is_counted_once(cloud: FakeCloud, driver: Driver) -> None:
    """Log and bill agree, refusals included, free calls apart."""
    await driver.sign_in()
    await driver.get(old_car_path(cloud, "/vehicle_data"))
    await driver.get(car_path(cloud, "/vehicle_data"))
    await driver.get(car_path(cloud))
    await driver.get("/api/1/products")
    await driver.post(old_car_path(cloud, "/command/flash_lights"))
    cloud.fail("*/vehicle_data", status=503)
    await driver.get(old_car_path(cloud, "/vehicle_data"))
    assert cloud.bill.counts() == {"command": 1, "data": 2, "signal": 0, "wake": 0}
    assert len(cloud.requests.billed) == 3
    assert len(cloud.requests.of("data")) == 3
