"""Nothing that admits lies open: not in a file, not in the log, not for a moment."""

from base64 import b64encode
import logging
import stat
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.helpers.storage import STORAGE_DIR
import pytest

from custom_components.fleet_pulse import application
from custom_components.fleet_pulse.const import DOMAIN, ENV_KEK
from tests.fake_fleet.populate import CLIENT_ID

from .account import TOKEN_PATH
from .household import Household
from .sealing import KEK, files, folder, restart, sealed

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
SECRET: Final = "ta-secret.k7Jw0pVd2mQx"
ALWAYS_THERE: Final = (
    "application_credentials",
    "core.config_entries",
    "core.device_registry",
    "core.entity_registry",
)
HOME_ASSISTANTS_OWN: Final = "application_credentials"
"""The one file that may hold the secret: Home Assistant's own dialog keeps it there."""


async def key_of(house: Household) -> list[bytes]:
    """Give the private key in every form that somebody could keep it in."""
    key = await application.async_key(house.hass, CLIENT_ID)
    assert key is not None
    scalar = key.private_numbers().private_value.to_bytes(32)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    lines = [line for line in pem.splitlines() if b"-----" not in line]
    return [
        scalar,
        scalar.hex().encode(),
        b64encode(scalar),
        str(int.from_bytes(scalar)).encode(),
        der,
        b64encode(der),
        *lines,
        b"PRIVATE KEY",
    ]


def tokens_of(house: Household) -> list[bytes]:
    """Give every token that the cloud has ever given out, and how each JWT begins."""
    tokens = house.cloud.tokens
    given_out = (*tokens._families, *tokens._access)
    return [*(token.encode() for token in given_out), b64encode(b'{"alg":"')[:10]]


def exposed(texts: dict[str, bytes], secrets: list[bytes]) -> list[tuple[str, bytes]]:
    """Give what stands where it must not."""
    return [
        (name, secret)
        for name, text in texts.items()
        for secret in secrets
        if secret in text
    ]


def own_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give what this integration wrote to the log, with its tracebacks."""
    ours = "custom_components.fleet_pulse"
    written = logging.Formatter()
    return [written.format(r) for r in caplog.records if r.name.startswith(ours)]


def places_of(house: Household) -> list[str]:
    """Give where the cars are, to about a hundred metres."""
    bodies = [
        car.vehicle_data(None, location=True) for car in house.cloud.cars.values()
    ]
    return [
        f"{body['drive_state'][axis]:.3f}"
        for body in bodies
        for axis in ("latitude", "longitude")
    ]


async def busy_day(house: Household) -> None:
    """Set up, drive, send commands, refresh, lose an answer, restart, be refused."""
    await house.prepare(SECRET)
    created = await house.sign_in()
    await house.finish(created["next_flow"][1])
    house.car.power(on=True)
    house.car.drive(25)
    await house.pass_time(HOUR, MINUTE)
    await house.act("lock", "lock", "lock", "doors")
    await house.act("number", "set_value", "number", "charge_limit_soc", value=71)
    house.cloud.fail("*/signed_command", reset="after", times=2)
    house.cloud.fail("*/vehicle_data", status=500)
    await house.pass_time(HOUR, MINUTE)
    house.cloud.tokens.expire_access()
    house.cloud.fail(TOKEN_PATH, reset="after")
    await house.pass_time(HOUR, MINUTE)
    await restart(house)
    await house.pass_time(9 * HOUR, 10 * MINUTE)
    await restart(house)
    house.cloud.tokens.revoke()
    await house.pass_time(HOUR, 10 * MINUTE)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write its own files to disk: other tests keep them in memory."""
    return {}


@pytest.fixture
def house(house: Household, caplog: pytest.LogCaptureFixture) -> Household:
    """Give a home whose application has a secret that nothing else looks like."""
    caplog.set_level(logging.DEBUG)
    house.cloud.applications[CLIENT_ID].client_secret = SECRET
    return house


@pytest.fixture
async def home(house: Household) -> Household:
    """Give that home with everything set up."""
    await house.prepare(SECRET)
    created = await house.sign_in()
    await house.finish(created["next_flow"][1])
    return house


@pytest.mark.parametrize(
    "kek", [pytest.param("", id="generated"), pytest.param(KEK, id="given")]
)
async def test_no_file_and_no_log_tells_a_secret(
    house: Household,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kek: str,
) -> None:
    """Every file below the configuration folder, every logger at debug.

    Our own lines, which are sent to strangers who help, name no car and no place.
    """
    places = places_of(house)
    monkeypatch.setenv(ENV_KEK, kek)
    await busy_day(house)
    secrets = [*tokens_of(house), *await key_of(house), KEK.encode()]
    kept = files(house)
    assert len(house.cloud.tokens._families) >= 4
    assert {f"{STORAGE_DIR}/{name}" for name in ALWAYS_THERE} <= set(kept)
    assert exposed(kept, secrets) == []
    holding = {name for name, text in kept.items() if SECRET.encode() in text}
    assert holding == {f"{STORAGE_DIR}/{HOME_ASSISTANTS_OWN}"}
    log = {"the log": caplog.text.encode()}
    assert exposed(log, [*secrets, SECRET.encode()]) == []
    ours = own_lines(caplog)
    assert len(ours) > 50
    revealing = [*house.cloud.cars, *places, *places_of(house)]
    log = {"our log": "\n".join(ours).encode()}
    assert exposed(log, [word.encode() for word in revealing]) == []


async def test_every_file_of_ours_is_for_its_owner_only(home: Household) -> None:
    """Sealed or not: the key to it may lie beside it."""
    own = [
        *folder(home).glob("fleet_pulse.kek"),
        sealed(home, "account"),
        sealed(home, "application"),
    ]
    assert [stat.S_IMODE(path.stat().st_mode) for path in own] == [0o600] * 3


async def test_removing_the_account_removes_its_tokens(home: Household) -> None:
    """What is sealed of it, too."""
    assert sealed(home, "account").exists()
    await home.hass.config_entries.async_remove(home.entry.entry_id)
    await home.settle()
    assert [name for name in files(home) if f"{DOMAIN}.account" in name] == []
