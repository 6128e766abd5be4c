"""Tesla's rate limits, per car and minute."""

import pytest

from tests.fake_fleet.cloud import FakeCloud

from .driver import Driver, old_car_path


@pytest.mark.parametrize(
    ("kind", "method", "ending", "limit"),
    [
        pytest.param("data", "GET", "/vehicle_data", 60, id="60 data"),
        pytest.param("command", "POST", "/command/flash_lights", 30, id="30 commands"),
        pytest.param("wake", "POST", "/wake_up", 3, id="3 wakes"),
    ],
)
async def test_rate_limits_per_minute(
    cloud: FakeCloud, driver: Driver, *, kind: str, method: str, ending: str, limit: int
) -> None:
    """Each car has its own, and headers say what is left of it."""
    await driver.sign_in()
    url = f"{cloud.api_urls['eu']}{old_car_path(cloud, ending)}"
    answers = [await driver.call(method, url) for _ in range(limit)]
    cloud.step(20)
    beyond = await driver.call(method, url)
    cloud.step(40)
    after = await driver.call(method, url)
    assert {answer.status for answer in answers} == {200}
    assert answers[-1].headers["RateLimit-Limit"] == str(limit)
    assert answers[-1].headers["RateLimit-Remaining"] == "0"
    assert (beyond.status, beyond.headers["Retry-After"]) == (429, "40")
    assert after.status == 200
    assert cloud.bill.counts()[kind] == limit + 2
