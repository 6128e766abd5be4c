"""Signed commands move the real fake car, and no name of theirs is foreign to it."""

import pytest

from tests.fake_fleet import vehicle_crypto as crypto
from tests.fake_fleet.actions import ACTIONS as OBEYED
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.specs import MODEL_Y
from tests.fake_fleet.vehicle_actions import ACTIONS, CLOSURES, KEYFOB
from tests.fake_fleet.vehicle_side import VehicleSide

from .signer import CLIENT_SCALAR, INFOTAINMENT, LOCK, START, VCSEC, Signer, private_key

# As Tesla's own proxy sends them (github.com/teslamotors/vehicle-command).
PAYLOADS = [
    pytest.param(VCSEC, LOCK, id="lock"),
    pytest.param(VCSEC, bytes.fromhex("22022801"), id="rear trunk"),
    pytest.param(INFOTAINMENT, bytes.fromhex("12042a02085a"), id="charge limit"),
    pytest.param(INFOTAINMENT, bytes.fromhex("12025200"), id="climate off"),
    pytest.param(INFOTAINMENT, bytes.fromhex("1203d20200"), id="no departure"),
    pytest.param(
        INFOTAINMENT,
        bytes.fromhex("12188a061508081841300138e8024001559a9907c25d33331743"),
        id="a charge schedule at the weekend",
    ),
    pytest.param(
        INFOTAINMENT,
        bytes.fromhex("12169a06130809187f20c20330013d666640424500003841"),
        id="a precondition schedule every day",
    ),
]


def _rows() -> set[str]:
    """Name every command that a signed payload can stand for."""
    tables = (ACTIONS, CLOSURES)
    rows = [row for table in tables for group in table.values() for row in group]
    return {row.command for row in rows} | set(KEYFOB.values())


def test_car_knows_every_signed_command() -> None:
    """What can be signed can be obeyed."""
    assert _rows() <= set(OBEYED)


@pytest.mark.parametrize(("domain", "payload"), PAYLOADS)
def test_signed_command_moves_the_car(domain: int, payload: bytes) -> None:
    """It understands the parameters as they are decoded."""
    clock = Clock.stepped(START)
    car = Car(spec=MODEL_Y, clock=clock)
    car.whitelist.add(crypto.public_bytes(private_key(CLIENT_SCALAR)))
    side = VehicleSide(car, clock)
    signer = Signer(send=side.handle, domain=domain, vin=car.vin)
    signer.shake_hands()
    signer.post(signer.signed(payload))
    assert [heard.outcome for heard in side.heard] == ["handshake", "ok"]


def test_lock_shows_in_the_car_s_data() -> None:
    """The message went all the way."""
    clock = Clock.stepped(START)
    car = Car(spec=MODEL_Y, clock=clock)
    car.act("door_unlock", {})
    car.whitelist.add(crypto.public_bytes(private_key(CLIENT_SCALAR)))
    side = VehicleSide(car, clock)
    signer = Signer(send=side.handle, domain=VCSEC, vin=car.vin)
    signer.shake_hands()
    signer.post(signer.signed(LOCK))
    shown = car.vehicle_data({"vehicle_state"}, location=False)
    assert shown["vehicle_state"]["locked"] is True
