"""Commands and wakes over the API: by REST, signed, and refused."""

import pytest

from tests.fake_fleet.cloud import FakeCloud

from .driver import Driver, car_path, old_car_path
from .messages import answered, encrypted, posted, signed
from .signer import INFOTAINMENT, LIMIT_80, LOCK, VCSEC, Signer, fault_of

CHARGING_ONLY = "openid vehicle_device_data vehicle_charging_cmds"


async def test_waking_takes_its_time(cloud: FakeCloud, driver: Driver) -> None:
    """The answer shows the car as it is now; a minute later it is up."""
    await driver.sign_in()
    answer = await driver.post(car_path(cloud, "/wake_up"))
    assert (answer.status, answer.response["state"]) == (200, "asleep")
    cloud.step(90)
    assert (await driver.get(car_path(cloud))).response["state"] == "online"


async def test_car_that_wants_signatures_refuses_rest(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The words are those that clients look for."""
    await driver.sign_in()
    answer = await driver.post(car_path(cloud, "/command/door_lock"))
    assert answer.status == 403
    assert "Tesla Vehicle Command Protocol required" in answer.error


async def test_old_car_does_not_know_signatures(
    cloud: FakeCloud, driver: Driver
) -> None:
    """422, without a word."""
    await driver.sign_in()
    answer = await driver.post(old_car_path(cloud, "/signed_command"), posted(signed()))
    assert (answer.status, answer.text) == (422, "")


async def test_old_car_obeys_rest(cloud: FakeCloud, driver: Driver) -> None:
    """And refuses with a reason, still as a 200."""
    await driver.sign_in()
    path = old_car_path(cloud, "/command/set_charge_limit")
    assert (await driver.post(path, {"percent": 77})).response == {
        "result": True,
        "reason": "",
    }
    again = await driver.post(path, {"percent": 77})
    assert again.response == {"result": False, "reason": "already_set"}
    data = await driver.get(old_car_path(cloud, "/vehicle_data"))
    assert data.response["charge_state"]["charge_limit_soc"] == 77


async def awake_signer(cloud: FakeCloud, driver: Driver, domain: int) -> Signer:
    """Wake the young car, pair a key and shake hands."""
    await driver.post(car_path(cloud, "/wake_up"))
    cloud.step(90)
    car = cloud.cars[car_path(cloud).split("/")[-1]]
    signer = Signer(send=cloud.sides[car.vin].handle, domain=domain, vin=car.vin)
    car.pair(signer.public)
    signer.shake_hands()
    return signer


async def test_signed_message_reaches_the_car(cloud: FakeCloud, driver: Driver) -> None:
    """The car obeys, and what comes back is its own answer."""
    await driver.sign_in()
    signer = await awake_signer(cloud, driver, VCSEC)
    car = cloud.cars[signer.vin]
    car.open_door()
    car.close_door()
    was_locked = car.locked
    path = car_path(cloud, "/signed_command")
    answer = await driver.post(path, posted(signer.signed(LOCK)))
    assert answer.status == 200
    reply = answered(answer.response)
    assert (fault_of(reply), was_locked, car.locked) == ("NONE", False, True)
    assert cloud.sides[car.vin].heard[-1].acted
    assert cloud.bill.counts()["command"] == 1


@pytest.mark.parametrize(
    ("domain", "payload", "status"),
    [
        pytest.param(VCSEC, LOCK, 403, id="locking is more than charging"),
        pytest.param(INFOTAINMENT, LIMIT_80, 200, id="the charge limit is charging"),
    ],
)
async def test_signed_commands_need_their_scope(
    cloud: FakeCloud, driver: Driver, *, domain: int, payload: bytes, status: int
) -> None:
    """Tesla reads what it carries."""
    await driver.sign_in(CHARGING_ONLY)
    signer = await awake_signer(cloud, driver, domain)
    path = car_path(cloud, "/signed_command")
    answer = await driver.post(path, posted(signer.signed(payload)))
    assert answer.status == status


async def test_handshake_is_carried(cloud: FakeCloud, driver: Driver) -> None:
    """It asks for nothing that a scope could forbid."""
    await driver.sign_in(CHARGING_ONLY)
    signer = await awake_signer(cloud, driver, VCSEC)
    request = signer.blank()
    request.session_info_request.public_key = signer.public
    path = car_path(cloud, "/signed_command")
    answer = await driver.post(path, posted(request))
    reply = answered(answer.response)
    assert reply.session_info


@pytest.mark.parametrize(
    ("ending", "body", "status"),
    [
        pytest.param("/command/dance", {}, 400, id="unknown command"),
        pytest.param("/signed_command", {}, 400, id="no message"),
        pytest.param(
            "/signed_command", {"routable_message": "!"}, 400, id="not base64"
        ),
        pytest.param(
            "/signed_command", {"routable_message": "/w=="}, 400, id="no protobuf"
        ),
        pytest.param(
            "/signed_command", posted(signed(b"")), 400, id="asks for nothing"
        ),
        pytest.param(
            "/signed_command", posted(encrypted()), 400, id="only the car could read"
        ),
        pytest.param(
            "/signed_command", {**posted(signed()), "x": 1}, 400, id="extra name"
        ),
        pytest.param("/signed_command", [1], 400, id="not an object"),
        pytest.param("/dance", {}, 404, id="unknown path"),
    ],
)
async def test_nonsense_is_refused(
    cloud: FakeCloud, driver: Driver, ending: str, body: object, status: int
) -> None:
    """Nothing of it reaches the car."""
    await driver.sign_in()
    answer = await driver.post(car_path(cloud, ending), body)
    assert answer.status == status


async def test_car_in_service_takes_no_commands(
    cloud: FakeCloud, driver: Driver
) -> None:
    """The workshop has it."""
    await driver.sign_in()
    cloud.cars[old_car_path(cloud).split("/")[-1]].in_service = True
    answer = await driver.post(old_car_path(cloud, "/command/door_lock"))
    assert (answer.status, answer.error) == (405, "vehicle is currently in service")
