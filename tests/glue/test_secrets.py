"""Nothing that admits leaves: to a browser, a log, a file, an entity or the entry.

Exempt is what is Home Assistant's own: its store of application credentials holds what
its dialog asked for, here a mistyped secret; what corrects it in ours is sealed. Its access log would show the code in the address that
Tesla's page comes back to, and is silent: Home Assistant itself sets it to warnings.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator
import json
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.helpers.storage import STORAGE_DIR
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.fleet_pulse.const import CONF_FINISHED
from tests.fake_fleet.populate import CLIENT_ID
from tests.internet.box import Internet

from . import browser as browsers
from .browser import Browser
from .flows import HOST, Owner
from .household import FINISH, Household
from .sealing import files, waiting
from .test_sealing import exposed, key_of, own_lines, places_of

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
SECRET: Final = "ta-secret.k7Jw0pVd2mQx"
WRONG_SECRET: Final = "ta-secret.typed-wrongly"
PASSPHRASE: Final = "correct horse battery staple"
PLAIN: Final = b"PRIVATE KEY"
ENCRYPTED: Final = b"ENCRYPTED PRIVATE KEY"
THE_SOCKET_S_OWN_LOG: Final = "homeassistant.components.websocket_api.http.connection"
"""At debug, Home Assistant logs there what it sends to the browser, devices included."""
CREDENTIALS: Final = f"{STORAGE_DIR}/application_credentials"


def admitting(house: Household) -> list[bytes]:
    """Give every code and token that the cloud has ever given out."""
    tokens = house.cloud.tokens
    given_out = (
        *tokens._families,
        *tokens._access,
        *tokens._codes,
        *tokens._spent_codes,
    )
    return [text.encode() for text in given_out]


async def secrets_of(house: Household) -> list[bytes]:
    """Give all that nobody may see, the two client secrets excepted."""
    forms = await key_of(house)
    scalar = forms[0]
    return [
        *admitting(house),
        *forms,
        scalar.hex().upper().encode(),
        urlsafe_b64encode(scalar).rstrip(b"="),
    ]


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write its own files to disk: other tests keep them in memory."""
    return {}


@pytest.fixture
async def browser(
    house: Household,
    internet: Internet,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Browser]:
    """Give an open browser, while all there is to log is logged.

    The home's application has a secret that nothing else looks like, and the owner has
    mistyped it.
    """
    caplog.set_level(logging.DEBUG)
    house.cloud.applications[CLIENT_ID].client_secret = SECRET
    await browsers.prepare(house.hass)
    await house.prepare(WRONG_SECRET)
    found = await browsers.opened(house, hass_client, hass_ws_client, hass_admin_user)
    yield found
    await found.close()


def owner_at(house: Household, browser: Browser) -> Owner:
    """Have the owner do everything in the browser."""
    owner = Owner(house)
    owner.flow = browser
    return owner


async def sign_in(owner: Owner) -> Any:
    """Sign in with the mistyped secret; correct it where the dialog says so."""
    result = await owner.consent(await owner.start())
    assert result["step_id"] == "credentials", result
    assert result["errors"] == {"base": "credential_refused"}
    result = await owner.submit(result, client_id=CLIENT_ID, client_secret=SECRET)
    created = await owner.sign_in_from(result)
    assert created["type"] == "create_entry", created
    return created


async def register(owner: Owner, created: Any) -> Any:
    """Make the key and register it; the QR code is next."""
    await owner.host_key()
    result = await owner.submit(await owner.next_flow(created), domain=HOST)
    assert result["step_id"] == "pair", result
    return result


async def set_up(owner: Owner, house: Household) -> None:
    """Mistake, sign-in, registration, pairing, and all that follows."""
    result = await register(owner, await sign_in(owner))
    key = house.cloud.key_of(HOST)
    assert key is not None
    house.car.pair(key)
    while result["type"] != "abort":
        result = await owner.submit(result, **FINISH[result["step_id"]])
    assert house.entry.data[CONF_FINISHED]


async def live(house: Household) -> None:
    """Drive, obey, refresh, meet faults, start anew, be signed out, sign in again."""
    house.car.power(on=True)
    house.car.drive(25)
    await house.pass_time(HOUR, MINUTE)
    await house.act("lock", "lock", "lock", "doors")
    house.cloud.fail("*/vehicle_data", status=500)
    house.cloud.fail("/oauth2/v3/token", status=400, body={"error": "invalid_request"})
    house.cloud.tokens.expire_access()
    await house.pass_time(HOUR, MINUTE)
    await house.hass.config_entries.async_reload(house.entry.entry_id)
    await house.pass_time(9 * HOUR, 10 * MINUTE)
    house.cloud.tokens.revoke()
    await house.until(lambda: bool(waiting(house)), within=2 * HOUR)


async def test_nothing_that_admits_leaves(
    house: Household, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Through a whole life: what the browser gets, every log, every file, every state."""
    places = places_of(house)
    owner = owner_at(house, browser)
    await set_up(owner, house)
    await live(house)
    await browser.look_around()
    result = await owner.flow.async_configure(waiting(house)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result))
    assert result["reason"] == "reauth_successful"
    await house.pass_time(MINUTE)
    assert house.entry.state is ConfigEntryState.LOADED
    await browser.look_around()
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()

    everything = await secrets_of(house)
    assert len(house.cloud.tokens._codes) + len(house.cloud.tokens._spent_codes) >= 3
    assert len(house.cloud.tokens._families) >= 4
    both = [SECRET.encode(), WRONG_SECRET.encode()]

    got = {f"{place} {i}": text for i, (place, text) in enumerate(browser.received)}
    assert len(got) > 100
    assert exposed(got, [*everything, *both]) == []

    log = {"the log": caplog.text.encode()}
    assert exposed(log, [*everything, *both]) == []
    revealing = [word.encode() for word in (*places, *places_of(house))]
    ours = {"our log": "\n".join(own_lines(caplog)).encode()}
    assert exposed(ours, revealing) == []
    vins = tuple(house.cloud.cars)
    lines = [(r.name, r.getMessage()) for r in caplog.records]
    assert {name for name, said in lines if any(vin in said for vin in vins)} <= {
        THE_SOCKET_S_OWN_LOG
    }

    kept = files(house)
    assert exposed(kept, everything) == []
    assert {name for name, _ in exposed(kept, both)} == {CREDENTIALS}
    assert exposed(kept, [SECRET.encode()]) == []

    shown = {
        "the entry": json.dumps(house.entry.as_dict(), default=str).encode(),
        "the states": json.dumps(
            [state.as_dict() for state in house.hass.states.async_all()], default=str
        ).encode(),
    }
    assert exposed(shown, [*everything, *both]) == []


async def test_an_exported_key_is_shown_encrypted_and_to_its_owner_only(
    house: Household, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """One answer of the dialog holds it; its passphrase goes nowhere at all."""
    owner = owner_at(house, browser)
    await set_up(owner, house)
    result = await owner.reconfigure()
    result = await owner.submit(result, next_step_id="key_export")
    twice = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    shown = await owner.submit(result, **twice)
    assert shown["step_id"] == "key_exported", shown
    await owner.submit(shown)
    await browser.look_around()
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()

    said = [(place, text) for place, text in browser.received if ENCRYPTED in text]
    assert [place for place, _ in said] == [f"{browsers.FLOW}/{shown['flow_id']}"]
    told = {f"{place} {i}": text for i, (place, text) in enumerate(browser.received)}
    told |= files(house) | {"the log": caplog.text.encode()}
    secrets = [secret for secret in await secrets_of(house) if secret != PLAIN]
    assert exposed(told, [*secrets, PASSPHRASE.encode()]) == []
    elsewhere = files(house) | {"the log": caplog.text.encode()}
    assert exposed(elsewhere, [PLAIN]) == []


async def test_what_would_leave_would_be_found(
    house: Household, browser: Browser
) -> None:
    """The search itself works: a code, a token and a key are found where they stand."""
    owner = owner_at(house, browser)
    await register(owner, await sign_in(owner))
    everything = await secrets_of(house)
    house.hass.states.async_set("sensor.leak", "on", {"it": everything[0].decode()})
    house.hass.bus.async_fire("leak", {"it": b64encode(everything[-1]).decode()})
    await house.settle()
    await browser.look_around()
    got = {place: text for place, text in browser.received if b"leak" in text}
    assert exposed(got, everything) != []
    assert [secret for secret in everything if len(secret) < 11] == []
