"""The API hosts: who is let in, and what the endpoints answer."""

import pytest

from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import EMAIL
from tests.fake_fleet.specs import MODEL_Y

from .driver import Driver, car_path, old_car_path
from .messages import handshake, posted

CHARGING_ONLY = "openid vehicle_device_data vehicle_charging_cmds"


def data_url(cloud: FakeCloud) -> str:
    """Give the whole address of the old car's data."""
    return f"{cloud.api_urls['eu']}{old_car_path(cloud, '/vehicle_data')}"


async def test_wrong_region_is_told_the_right_one(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The text names the address to use."""
    await driver.sign_in()
    answer = await driver.get("/api/1/products", region="na")
    assert answer.status == 421
    assert f"user out of region, use base URL: {cloud.api_urls['eu']}," in answer.error


async def test_region_is_answered_everywhere(cloud: FakeCloud, driver: Driver) -> None:
    """It is what an application asks when it does not know."""
    await driver.sign_in()
    answer = await driver.get("/api/1/users/region", region="na")
    assert answer.response == {
        "region": "eu",
        "fleet_api_base_url": cloud.api_urls["eu"],
    }


@pytest.mark.parametrize("path", ["/api/1/products", "/api/1/users/region"])
async def test_unregistered_application_gets_nothing(
    cloud: FakeCloud, driver: Driver, path: str
) -> None:
    """Until it registers, every endpoint says so."""
    cloud.applications["client-id"].registrations.clear()
    await driver.sign_in()
    answer = await driver.get(path)
    assert answer.status == 412
    assert "must be registered in the current region" in answer.error
    assert cloud.api_urls["eu"] in answer.error


async def test_registration_can_be_switched_off(
    cloud: FakeCloud, driver: Driver
) -> None:
    """For tests that are about something else."""
    cloud.applications["client-id"].registrations.clear()
    cloud.enforce_registration = False
    await driver.sign_in()
    assert (await driver.get("/api/1/products")).status == 200


async def test_spent_billing_limit_disables_the_application(
    cloud: FakeCloud, driver: Driver
) -> None:
    """Tesla's own budget bites with a 403."""
    await driver.sign_in()
    cloud.applications["client-id"].limit_exceeded = True
    answer = await driver.get("/api/1/products")
    assert (answer.status, answer.error) == (403, "account disabled: EXCEEDED_LIMIT")


@pytest.mark.parametrize(
    ("scope", "method", "ending", "status"),
    [
        pytest.param("openid", "GET", "", 403, id="car without device data"),
        pytest.param("openid", "GET", "/vehicle_data", 403, id="data without scope"),
        pytest.param("vehicle_device_data", "GET", "", 200, id="car"),
        pytest.param(
            "vehicle_device_data", "POST", "/command/door_lock", 403, id="no commands"
        ),
        pytest.param(
            CHARGING_ONLY, "POST", "/command/door_lock", 403, id="lock while charging"
        ),
        pytest.param(
            CHARGING_ONLY, "POST", "/command/charge_stop", 200, id="charging command"
        ),
        pytest.param("vehicle_cmds", "POST", "/command/door_lock", 200, id="command"),
        pytest.param(
            "vehicle_cmds", "POST", "/command/charge_stop", 200, id="all commands"
        ),
        pytest.param("openid", "POST", "/wake_up", 403, id="wake without any"),
    ],
)
async def test_scopes(
    cloud: FakeCloud,
    driver: Driver,
    *,
    scope: str,
    method: str,
    ending: str,
    status: int,
) -> None:
    """What was not granted is refused, in Tesla's words."""
    await driver.sign_in(scope)
    url = f"{cloud.api_urls['eu']}{old_car_path(cloud, ending)}"
    answer = await driver.call(method, url)
    assert answer.status == status
    assert (answer.text == '{"error": "Unauthorized missing scopes"}') is (
        status == 403
    )


async def test_withdrawn_scope_is_gone_at_once(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The owner may change their mind at Tesla's."""
    await driver.sign_in()
    assert (await driver.get(car_path(cloud))).status == 200
    cloud.accounts[EMAIL].withdraw("vehicle_device_data")
    assert (await driver.get(car_path(cloud))).status == 403
    assert (await driver.refresh()).status == 200
    assert (await driver.get(car_path(cloud))).status == 403


async def test_user_data_is_a_scope(cloud: FakeCloud, driver: Driver) -> None:
    """The name of the owner is not for everyone."""
    await driver.sign_in("openid vehicle_device_data")
    assert (await driver.get("/api/1/users/me")).status == 403
    await driver.sign_in()
    assert (await driver.get("/api/1/users/me")).response["email"] == EMAIL


@pytest.mark.parametrize("path", ["/api/1/products", "/api/1/vehicles"])
async def test_lists_show_sleeping_cars(
    cloud: FakeCloud, driver: Driver, path: str
) -> None:
    """The lists are free and say who is asleep and who must sign."""
    await driver.sign_in()
    answer = await driver.get(path)
    assert answer.json["count"] == 2
    shown = {car["vin"]: car for car in answer.response}
    assert shown.keys() == cloud.cars.keys()
    young = shown[car_path(cloud).split("/")[-1]]
    assert (young["state"], young["command_signing"]) == ("asleep", "required")
    assert not cloud.requests.billed


async def test_list_comes_in_pages(driver: Driver) -> None:
    """An owner of many cars has to turn pages."""
    await driver.sign_in()
    answer = await driver.get("/api/1/vehicles", page="2", page_size="1")
    assert answer.json["count"] == 1
    assert answer.json["pagination"] == {
        "previous": 1,
        "next": None,
        "current": 2,
        "per_page": 1,
        "count": 2,
        "pages": 2,
    }


async def test_car_can_be_named_by_its_id(cloud: FakeCloud, driver: Driver) -> None:
    """As older applications do."""
    await driver.sign_in()
    car = cloud.cars[car_path(cloud).split("/")[-1]]
    answer = await driver.get(f"/api/1/vehicles/{car.id}")
    assert answer.response["vin"] == car.vin
    assert cloud.requests[-1].vin == car.vin


@pytest.mark.parametrize("vin", ["XP7YGCEK5RB999999", "0"])
async def test_other_peoples_cars_do_not_exist(driver: Driver, vin: str) -> None:
    """Neither by VIN nor by id."""
    await driver.sign_in()
    answer = await driver.get(f"/api/1/vehicles/{vin}")
    assert (answer.status, answer.error) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "sections"),
    [
        pytest.param(
            {"endpoints": "charge_state;drive_state"},
            {"charge_state", "drive_state"},
            id="only what was asked for",
        ),
        pytest.param(
            {"endpoints": "vehicle_data_combo"},
            {
                "charge_state",
                "climate_state",
                "closures_state",
                "drive_state",
                "gui_settings",
                "vehicle_config",
                "vehicle_state",
            },
            id="the combination",
        ),
    ],
)
async def test_vehicle_data_has_the_sections_asked_for(
    cloud: FakeCloud, driver: Driver, query: dict[str, str], sections: set[str]
) -> None:
    """A section is an object with a stamp of its own."""
    await driver.sign_in()
    answer = await driver.call("GET", data_url(cloud), query=query)
    found = {name for name, part in answer.response.items() if isinstance(part, dict)}
    assert found - {"granular_access"} >= sections - {"closures_state"}
    assert found - {"granular_access"} <= sections


async def test_location_must_be_asked_for(cloud: FakeCloud, driver: Driver) -> None:
    """Since 2023.38 the usual sections are silent about it."""
    await driver.sign_in()
    usual = await driver.get(old_car_path(cloud, "/vehicle_data"))
    assert "latitude" not in usual.text


async def test_location_needs_its_scope(cloud: FakeCloud, driver: Driver) -> None:
    """Without it the rest is answered."""
    path = old_car_path(cloud, "/vehicle_data")
    both = "drive_state;location_data"
    await driver.sign_in()
    granted = (await driver.get(path, endpoints=both)).text
    await driver.sign_in("openid vehicle_device_data")
    withheld = (await driver.get(path, endpoints=both)).text
    assert "latitude" in granted
    assert "latitude" not in withheld


@pytest.mark.parametrize(
    ("method", "ending", "body"),
    [
        pytest.param("GET", "/vehicle_data", None, id="data"),
        pytest.param("GET", "/nearby_charging_sites", None, id="chargers"),
        pytest.param("GET", "/release_notes", None, id="release notes"),
        pytest.param("GET", "/recent_alerts", None, id="alerts"),
        pytest.param(
            "POST", "/signed_command", posted(handshake()), id="signed command"
        ),
    ],
)
async def test_sleeping_car_does_not_answer(
    cloud: FakeCloud, driver: Driver, method: str, ending: str, body: object
) -> None:
    """It says 408, and that costs as much as an answer."""
    await driver.sign_in()
    url = f"{cloud.api_urls['eu']}{car_path(cloud, ending)}"
    answer = await driver.call(method, url, body=body)
    assert (answer.status, answer.error) == (
        408,
        "vehicle unavailable: vehicle is offline or asleep",
    )
    assert cloud.requests[-1].billed


@pytest.mark.parametrize(
    "ending",
    ["/mobile_enabled", "/nearby_charging_sites", "/release_notes", "/recent_alerts"],
)
async def test_small_endpoints_answer(
    cloud: FakeCloud, driver: Driver, ending: str
) -> None:
    """Each costs one data request."""
    await driver.sign_in()
    answer = await driver.get(old_car_path(cloud, ending))
    assert answer.status == 200
    assert answer.response
    assert cloud.bill.counts()["data"] == 1


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"page": "x"}, id="no number"),
        pytest.param({"page": "0"}, id="pages count from one"),
        pytest.param({"page_size": "101"}, id="too much at once"),
    ],
)
async def test_odd_pages_are_refused(driver: Driver, query: dict[str, str]) -> None:
    """Rather than guessed."""
    await driver.sign_in()
    url = f"{driver.cloud.api_urls['eu']}/api/1/vehicles"
    assert (await driver.call("GET", url, query=query)).status == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({}, 400, id="no list"),
        pytest.param({"vins": []}, 400, id="empty list"),
        pytest.param({"vins": ["XP7YGCEK5RB999999"]}, 404, id="somebody's car"),
        pytest.param({"vins": [1]}, 404, id="not a VIN"),
    ],
)
async def test_odd_fleet_status_is_refused(
    driver: Driver, body: dict[str, object], status: int
) -> None:
    """Only the caller's own cars can be asked about."""
    await driver.sign_in()
    answer = await driver.post("/api/1/vehicles/fleet_status", body)
    assert answer.status == status


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        pytest.param("application/json", "{", id="torn JSON"),
        pytest.param("text/plain", "{}", id="not called JSON"),
    ],
)
async def test_odd_bodies_are_refused(
    cloud: FakeCloud, driver: Driver, content_type: str, body: str
) -> None:
    """A client that forgets the header must find out here."""
    await driver.sign_in()
    async with driver.session.post(
        f"{cloud.api_urls['eu']}{old_car_path(cloud, '/command/flash_lights')}",
        data=body,
        headers={
            "Authorization": f"Bearer {driver.access}",
            "Content-Type": content_type,
        },
    ) as response:
        assert response.status == 400
    assert not cloud.cars[old_car_path(cloud).split("/")[-1]].flashes


async def test_wrong_method(cloud: FakeCloud, driver: Driver) -> None:
    """The answer names the right one, and costs nothing."""
    await driver.sign_in()
    answer = await driver.get(car_path(cloud, "/wake_up"))
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert not cloud.requests.billed


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"endpoints": "charge_state,drive_state"}, id="commas"),
        pytest.param({"endpoint": "charge_state"}, id="misspelt name"),
    ],
)
async def test_odd_queries_are_refused(
    cloud: FakeCloud, driver: Driver, query: dict[str, str]
) -> None:
    """A client that misspells must find out here."""
    await driver.sign_in()
    answer = await driver.call("GET", data_url(cloud), query=query)
    assert answer.status == 400


async def test_mobile_access_can_be_off(cloud: FakeCloud, driver: Driver) -> None:
    """Then the car is closed to everything."""
    await driver.sign_in()
    cloud.mobile_access_disabled.update(cloud.cars)
    answer = await driver.get(car_path(cloud))
    assert (answer.status, answer.error) == (401, "mobile_access_disabled")
    listed = await driver.get("/api/1/products")
    assert [car["mobile_access_disabled"] for car in listed.response] == [True, True]


async def test_fleet_status_tells_who_knows_the_key(
    cloud: FakeCloud, driver: Driver
) -> None:
    """Pairing moves a car from one list to the other."""
    await driver.sign_in()
    young, old = cloud.cars.values()
    path, body = "/api/1/vehicles/fleet_status", {"vins": [young.vin, old.vin]}
    before = (await driver.post(path, body)).response
    key = b"\x04" + b"k" * 64
    cloud.applications["client-id"].register("eu", domain="x.y", public_key=key)
    young.pair(key)
    after = (await driver.post(path, body)).response
    assert before["unpaired_vins"] == [young.vin, old.vin]
    assert (after["key_paired_vins"], after["unpaired_vins"]) == (
        [young.vin],
        [old.vin],
    )
    info = after["vehicle_info"]
    assert info[young.vin]["vehicle_command_protocol_required"]
    assert info[young.vin]["firmware_version"] == MODEL_Y.car_version.split()[0]
    assert not info[old.vin]["vehicle_command_protocol_required"]
