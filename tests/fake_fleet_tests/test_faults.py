"""Faults on demand: what a client meets when Tesla has a bad day."""

import asyncio
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
import json

from aiohttp import ClientError, ClientPayloadError, ClientTimeout
import pytest

from tests.fake_fleet.cloud import FakeCloud
from tests.harness.leap import leap

from .driver import Driver, car_path, old_car_path

PRODUCTS = "/api/1/products"
HOUR = 3600
TIMEOUT = 60


async def test_next_call_only(cloud: FakeCloud, driver: Driver) -> None:
    """Unless told otherwise, a fault strikes once; the words are Tesla's."""
    await driver.sign_in()
    fault = cloud.fail("*/products", status=500)
    answer = await driver.get(PRODUCTS)
    assert (answer.status, answer.error) == (500, "upstream internal error")
    assert (await driver.get(PRODUCTS)).status == 200
    assert fault.hits == 1
    assert [request.fault for request in cloud.requests.to("/products")] == [
        True,
        False,
    ]


async def test_so_many_calls_after_some_that_pass(
    cloud: FakeCloud, driver: Driver
) -> None:
    """A fault can wait and can repeat."""
    await driver.sign_in()
    cloud.fail("*/products", status=503, skip=1, times=2)
    statuses = [(await driver.get(PRODUCTS)).status for _ in range(4)]
    assert statuses == [200, 503, 503, 200]


async def test_so_many_seconds(cloud: FakeCloud, driver: Driver) -> None:
    """An outage ends by the clock."""
    await driver.sign_in()
    cloud.fail("/api/*", status=504, seconds=600)
    statuses = [(await driver.get(PRODUCTS)).status for _ in range(3)]
    cloud.step(600)
    assert [*statuses, (await driver.get(PRODUCTS)).status] == [504, 504, 504, 200]


@pytest.mark.parametrize(
    ("method", "status"),
    [pytest.param("GET", 500, id="same"), pytest.param("POST", 200, id="other")],
)
async def test_only_one_method(
    cloud: FakeCloud, driver: Driver, method: str, status: int
) -> None:
    """A pattern may be about one method."""
    await driver.sign_in()
    cloud.fail("*", method=method, status=500)
    assert (await driver.get(PRODUCTS)).status == status


@pytest.mark.parametrize("status", [401, 403, 408, 412, 421, 423, 429, 451, 502, 540])
async def test_any_status(cloud: FakeCloud, driver: Driver, status: int) -> None:
    """Also those that HTTP does not know."""
    await driver.sign_in()
    cloud.fail("*/products", status=status, body={"error": "so"})
    answer = await driver.get(PRODUCTS)
    assert (answer.status, answer.error) == (status, "so")


async def test_replaced_request_does_not_act(cloud: FakeCloud, driver: Driver) -> None:
    """A status of the fault's own means that Tesla did nothing."""
    await driver.sign_in()
    cloud.fail("*/wake_up", status=503)
    await driver.post(car_path(cloud, "/wake_up"))
    car = next(iter(cloud.cars.values()))
    assert car.wake_requests == 0


async def test_failure_that_acted_all_the_same(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The car did it, Tesla says it did not, and does not charge."""
    await driver.sign_in()
    cloud.fail("*/wake_up", status=503, acts=True)
    answer = await driver.post(car_path(cloud, "/wake_up"))
    car = next(iter(cloud.cars.values()))
    assert (answer.status, car.wake_requests) == (503, 1)
    assert cloud.bill.total() == 0


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        pytest.param({"retry_after": 30}, 30, id="seconds"),
        pytest.param({"retry_after": 30, "retry_as_date": True}, 30, id="date"),
        pytest.param({}, None, id="nothing"),
    ],
)
async def test_too_many_requests(
    cloud: FakeCloud, driver: Driver, fault: dict[str, object], seconds: int | None
) -> None:
    """429 says when to come back in one of two forms, or not at all."""
    await driver.sign_in()
    cloud.fail("*/products", status=429, **fault)
    answer = await driver.get(PRODUCTS)
    told = answer.headers.get("Retry-After")
    assert answer.status == 429
    expected = None if seconds is None else timedelta(seconds=seconds)
    found = None if told is None else waiting(cloud, told)
    assert found == expected


def waiting(cloud: FakeCloud, told: str) -> timedelta:
    """Read a Retry-After in either form."""
    if told.isdigit():
        return timedelta(seconds=int(told))
    return parsedate_to_datetime(told) - cloud.clock.now()


async def test_html_page(cloud: FakeCloud, driver: Driver) -> None:
    """Something in front of Tesla answers instead."""
    await driver.sign_in()
    cloud.fail("*/products", status=403, html=True)
    answer = await driver.get(PRODUCTS)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<html>" in answer.text


async def test_body_that_is_no_json(cloud: FakeCloud, driver: Driver) -> None:
    """With the endpoint's own status and all its effects."""
    await driver.sign_in()
    cloud.fail("*/products", body="upstream connect error")
    answer = await driver.get(PRODUCTS)
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        _ = answer.json


async def test_truncated_body(cloud: FakeCloud, driver: Driver) -> None:
    """The answer breaks off in the middle; it was acted on and is billed."""
    await driver.sign_in()
    cloud.fail("*/vehicle_data", truncate=True)
    with pytest.raises(ClientPayloadError):
        await driver.get(old_car_path(cloud, "/vehicle_data"))
    assert cloud.bill.counts()["data"] == 1


@pytest.mark.parametrize(
    ("when", "wakes", "status"),
    [
        pytest.param("before", 0, None, id="before acting: nothing done or billed"),
        pytest.param("after", 1, 200, id="after acting: done and billed"),
    ],
)
async def test_reset_connection(
    cloud: FakeCloud, driver: Driver, when: str, wakes: int, status: int | None
) -> None:
    """The client sees the same both times."""
    await driver.sign_in()
    cloud.fail("*/wake_up", reset=when)
    with pytest.raises(ClientError):
        await driver.post(car_path(cloud, "/wake_up"))
    car = next(iter(cloud.cars.values()))
    assert car.wake_requests == wakes
    assert cloud.bill.counts()["wake"] == wakes
    assert cloud.requests[-1].status == status


@pytest.mark.parametrize(
    ("fault", "wakes"),
    [
        pytest.param({"delay": HOUR}, 0, id="before acting"),
        pytest.param({"late": HOUR}, 1, id="after acting"),
        pytest.param({"drip": HOUR}, 1, id="byte by byte"),
    ],
)
async def test_client_that_does_not_wait(
    cloud: FakeCloud, driver: Driver, fault: dict[str, float], wakes: int
) -> None:
    """A slow answer is no answer."""
    await driver.sign_in()
    cloud.fail("*/wake_up", **fault)
    cloud.patience.began = partial(leap, TIMEOUT)
    url = f"{cloud.api_urls['eu']}{car_path(cloud, '/wake_up')}"
    headers = {"Authorization": f"Bearer {driver.access}"}
    with pytest.raises(asyncio.TimeoutError):
        async with driver.session.post(
            url, headers=headers, timeout=ClientTimeout(total=TIMEOUT)
        ) as response:
            await response.read()
    car = next(iter(cloud.cars.values()))
    assert car.wake_requests == wakes


async def test_token_endpoint_can_fail_too(cloud: FakeCloud, driver: Driver) -> None:
    """Nothing is rotated by an answer that the endpoint did not give."""
    await driver.sign_in()
    cloud.fail("/oauth2/v3/token", status=503, html=True)
    assert (await driver.refresh()).status == 503
    assert (await driver.refresh()).status == 200
