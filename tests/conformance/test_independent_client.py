"""A client of other people's making gets along with the fake cars.

`tesla_fleet_api` was written against real ones. Its requests go straight to the car's
side of the protocol, in place of its HTTP.
"""

import base64
from types import SimpleNamespace
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from tests.fake_fleet import vehicle_crypto as crypto
from tests.fake_fleet.answer import DONE, ActResult, refused
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.vehicle_side import Fault, VehicleSide

exceptions = pytest.importorskip("tesla_fleet_api.exceptions")
signed = pytest.importorskip("tesla_fleet_api.tesla.vehicle.signed")

VIN: Final = "LRWYGCEK1PC000001"


class Written:
    """A car that writes down what it is told."""

    vin = VIN

    def __init__(self) -> None:
        """Know no key yet."""
        self.whitelist: set[bytes] = set()
        self.acts: list[tuple[str, dict[str, Any]]] = []
        self.answer: ActResult = DONE

    def act(self, command: str, params: dict[str, Any]) -> ActResult:
        """Write down, and answer."""
        self.acts.append((command, params))
        return self.answer


class Wired(signed.VehicleSigned):  # type: ignore[misc, name-defined]
    """The client, wired to a car."""

    side: VehicleSide

    async def signed_command(self, routable_message: str) -> dict[str, Any]:
        """Hand the message to the car instead of to Tesla."""
        reply = self.side.handle(base64.b64decode(routable_message))
        return {"response": base64.b64encode(reply).decode()}


@pytest.fixture
def car() -> Written:
    """Give a car."""
    return Written()


@pytest.fixture
def client(car: Written) -> Any:
    """Give a paired client of it, on the real time that it insists on."""
    private = ec.generate_private_key(ec.SECP256R1())
    car.whitelist.add(crypto.public_bytes(private))
    wired = Wired(SimpleNamespace(private_key=private, _request=None), VIN)
    wired.side = VehicleSide(car, Clock.real())
    return wired


async def test_commands_arrive(client: Any, car: Written) -> None:
    """To both computers, after a handshake with each."""
    answers = [
        await client.charge_start(),
        await client.door_lock(),
        await client.set_charge_limit(80),
        await client.set_temps(21.5, 20),
        await client.door_unlock(),
    ]
    assert answers == [{"response": {"result": True, "reason": ""}}] * 5
    assert car.acts == [
        ("charge_start", {}),
        ("door_lock", {}),
        ("set_charge_limit", {"percent": 80}),
        ("set_temps", {"driver_temp": 21.5, "passenger_temp": 20.0}),
        ("door_unlock", {}),
    ]
    outcomes = [heard.outcome for heard in client.side.heard]
    assert outcomes.count("handshake") == 2


async def test_schedules_arrive(client: Any, car: Written) -> None:
    """With the names of the days and the numbers of the place intact."""
    await client.add_charge_schedule(
        "Monday,Friday", True, 52.52, 13.405, start_time=60, id=7
    )
    assert car.acts == [
        (
            "add_charge_schedule",
            {
                "id": 7,
                "days_of_week": "Monday,Friday",
                "start_enabled": True,
                "start_time": 60,
                "end_enabled": False,
                "end_time": 0,
                "enabled": True,
                "lat": 52.52,
                "lon": 13.405,
            },
        )
    ]


async def test_reason_comes_back(client: Any, car: Written) -> None:
    """What the car will not do it says."""
    car.answer = refused("not_charging")
    answer = await client.charge_stop()
    assert answer == {"response": {"result": False, "reason": "not_charging"}}


async def test_client_recovers_from_a_reboot(client: Any, car: Written) -> None:
    """By the session info that the fault carries; no second handshake."""
    await client.charge_start()
    client.side.reboot()
    await client.charge_stop()
    assert [command for command, _ in car.acts] == ["charge_start", "charge_stop"]
    outcomes = [heard.outcome for heard in client.side.heard]
    assert outcomes == ["handshake", "ok", "INCORRECT_EPOCH", "ok"]


async def test_client_sees_that_it_is_not_paired(client: Any, car: Written) -> None:
    """In the handshake."""
    car.whitelist.clear()
    with pytest.raises(exceptions.NotOnWhitelistFault):
        await client.charge_start()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("BUSY", "TeslaFleetMessageFaultBusy"),
        ("REMOTE_ACCESS_DISABLED", "TeslaFleetMessageFaultRemoteAccessDisabled"),
        ("TIME_EXPIRED", "TeslaFleetMessageFaultTimeExpired"),
    ],
    ids=["busy", "mobile access off", "expired"],
)
async def test_client_knows_the_faults(client: Any, name: str, error: str) -> None:
    """By the numbers that Tesla gave them."""
    client.side.faults.append(Fault(name=name))
    with pytest.raises(getattr(exceptions, error)):
        await client.charge_start()


async def test_client_is_asked_to_wait(
    client: Any, car: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The security computer is busy; the client comes again by itself."""

    async def at_once(seconds: float) -> None:
        """Wait without waiting."""

    monkeypatch.setattr("tesla_fleet_api.tesla.vehicle.commands.sleep", at_once)
    client.side.faults.append(Fault(name="WAIT"))
    await client.door_lock()
    assert car.acts == [("door_lock", {})]
