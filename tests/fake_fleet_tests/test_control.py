"""The remote control, the page and the program: how people and scripts play."""

import asyncio
import json
import signal
import sys
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, EMAIL, ORIGIN

from .driver import Answer, Driver, car_path, old_car_path


async def control(driver: Driver, path: str, body: Any = None) -> Answer:
    """Send a body, or look when there is none."""
    url = f"{driver.cloud.auth_url}/_control/{path}"
    return await driver.call("GET" if body is None else "POST", url, body=body)


async def test_cars_are_shown_as_they_are(cloud: FakeCloud, driver: Driver) -> None:
    """Looking wakes nobody, costs nothing and is not in the log."""
    answer = await control(driver, "cars")
    assert [car["vin"] for car in answer.json] == list(cloud.cars)
    assert answer.json[0]["state"] == "asleep"
    assert isinstance(answer.json[0]["battery_level"], int)
    assert not cloud.requests


async def test_car_is_played_with(cloud: FakeCloud, driver: Driver) -> None:
    """Plug, open, drive, sleep: each through the control alone."""
    vin = list(cloud.cars)[1]
    assert (await control(driver, f"cars/{vin}/plug", {"kind": "ac"})).status == 200
    cloud.step(60)
    assert (await control(driver, "cars")).json[1]["charging_state"] == "Charging"
    assert (await control(driver, f"cars/{vin}/unplug", {})).status == 200
    await control(driver, f"cars/{vin}/drive", {"minutes": 10})
    cloud.step(120)
    assert (await control(driver, "cars")).json[1]["shift_state"] == "D"


async def test_switches_of_a_car(cloud: FakeCloud, driver: Driver) -> None:
    """A car out of reach is offline until it is not."""
    vin = next(iter(cloud.cars))
    off = await control(driver, f"cars/{vin}/set", {"reachable": False})
    assert off.json["state"] == "offline"
    on = await control(driver, f"cars/{vin}/set", {"reachable": True})
    assert on.json["state"] == "asleep"


async def test_what_a_car_was_told(cloud: FakeCloud, driver: Driver) -> None:
    """By REST or signed, obeyed or not."""
    await driver.sign_in()
    vin = list(cloud.cars)[1]
    await control(driver, f"cars/{vin}/refuse_next", {"reason": "could_not_wake_buses"})
    await driver.post(old_car_path(cloud, "/command/flash_lights"))
    await driver.post(old_car_path(cloud, "/command/set_charge_limit"), {"percent": 71})
    told = (await control(driver, f"cars/{vin}/commands")).json
    assert [(one["command"], one["reason"]) for one in told] == [
        ("flash_lights", "could_not_wake_buses"),
        ("set_charge_limit", ""),
    ]
    assert told[1]["params"] == {"percent": 71}
    assert (await control(driver, f"cars/{vin}/heard")).json == []
    assert (await control(driver, "cars/NOBODY/heard")).status == 404


async def test_faults_of_signed_commands(cloud: FakeCloud, driver: Driver) -> None:
    """The car's own faults are ordered by Tesla's names."""
    car = next(iter(cloud.cars.values()))
    path = f"cars/{car.vin}/signed_fault"
    assert (await control(driver, path, {"name": "BUSY"})).status == 200
    assert [fault.name for fault in cloud.sides[car.vin].faults] == ["BUSY"]
    assert (await control(driver, path, {"name": "TIRED"})).status == 400


async def test_keys_by_control(cloud: FakeCloud, driver: Driver) -> None:
    """Pairing without the page, by point or by domain."""
    car = next(iter(cloud.cars.values()))
    key = b"\x04" + b"k" * 64
    cloud.applications[CLIENT_ID].register("eu", domain="x.y", public_key=key)
    await control(driver, f"cars/{car.vin}/pair", {"domain": "x.y"})
    assert car.whitelist == {key}
    await control(driver, f"cars/{car.vin}/unpair", {"public_key": key.hex()})
    assert not car.whitelist


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("cars/NOBODY/plug", {}, id="no such car"),
        pytest.param("cars/{vin}/fly", {}, id="no such action"),
        pytest.param("cars/{vin}/drive", {"speed": 1}, id="no such parameter"),
        pytest.param("cars/{vin}/set", {"vin": "x"}, id="no such switch"),
        pytest.param("cars/{vin}/pair", {"domain": "x.y"}, id="no such key"),
        pytest.param("faults", {"status": 500}, id="fault without a path"),
        pytest.param("tokens", {"action": "steal"}, id="odd action"),
        pytest.param("clock", {"step": "soon"}, id="not a number"),
        pytest.param("registrations", {"client_id": "x"}, id="no such application"),
        pytest.param(
            "registrations", {"client_id": CLIENT_ID, "pem": "x"}, id="no such PEM"
        ),
        pytest.param("applications/x", {}, id="no application to edit"),
        pytest.param(
            f"applications/{CLIENT_ID}", {"client_id": "y"}, id="no such setting"
        ),
        pytest.param(
            f"applications/{CLIENT_ID}", {"origins": "https://x.org"}, id="no list"
        ),
        pytest.param("accounts", {"email": "nobody"}, id="no such account"),
        pytest.param("accounts", {"region": "mars"}, id="no such region"),
        pytest.param("consent", [], id="not an object"),
    ],
)
async def test_mistakes_are_told(
    cloud: FakeCloud, driver: Driver, path: str, body: object
) -> None:
    """A script that misspells must find out here."""
    answer = await control(driver, path.format(vin=next(iter(cloud.cars))), body)
    assert answer.status == 400
    assert answer.error


async def test_only_json_is_taken(cloud: FakeCloud, driver: Driver) -> None:
    """A page of another origin could send a form without asking."""
    url = f"{cloud.auth_url}/_control/consent"
    async with driver.session.post(url, data={"auto": "1"}) as response:
        assert response.status == 400
    assert not cloud.auto_consent


async def test_faults_by_control(cloud: FakeCloud, driver: Driver) -> None:
    """They are shown while they wait and can be called off."""
    await driver.sign_in()
    fault = {"path": "*/products", "status": 503, "times": 2}
    await control(driver, "faults", fault)
    assert (await driver.get("/api/1/products")).status == 503
    assert (await control(driver, "faults")).json[0]["hits"] == 1
    await driver.call("DELETE", f"{cloud.auth_url}/_control/faults")
    assert (await driver.get("/api/1/products")).status == 200


async def test_bill_and_log_by_control(cloud: FakeCloud, driver: Driver) -> None:
    """Money is text; the log goes on from where one left off."""
    await driver.sign_in()
    since = (await control(driver, "requests")).json["next"]
    await driver.post(car_path(cloud, "/wake_up"))
    bill = (await control(driver, "bill")).json
    assert (bill["counts"]["wake"], bill["total"]) == (1, "0.02")
    log = await control(driver, f"requests?since={since}")
    assert [asked["category"] for asked in log.json["requests"]] == ["wake"]
    assert (await control(driver, "requests?since=x")).status == 400


async def test_clock_by_control(cloud: FakeCloud, driver: Driver) -> None:
    """Step it, and put Tesla's clocks wrong."""
    before = cloud.clock.now()
    answer = await control(driver, "clock", {"step": 30, "skew": -90})
    assert (cloud.clock.now() - before).total_seconds() == 30
    assert answer.json == (await control(driver, "clock")).json
    assert answer.json["skew"] == -90


async def test_accounts_by_control(cloud: FakeCloud, driver: Driver) -> None:
    """Applications, registrations, hosts, consent and tokens."""
    await driver.sign_in()
    await control(
        driver, "applications", {"client_id": "new", "client_secret": "secret"}
    )
    await control(driver, "registrations", {"client_id": "new", "regions": ["cn"]})
    await control(driver, "registrations", {"enforce": False})
    await control(driver, "hosts", {"example.com": "http://127.0.0.1:1"})
    await control(driver, "consent", {"auto": False, "withdraw": ["user_data"]})
    assert cloud.applications["new"].registered_regions == {"cn"}
    assert cloud.hosts == {"example.com": "http://127.0.0.1:1"}
    assert (cloud.auto_consent, cloud.enforce_registration) == (False, False)
    assert (await driver.get("/api/1/users/me")).status == 403
    await control(driver, "tokens", {"action": "expire"})
    assert (await driver.get("/api/1/products")).status == 401
    await control(driver, "tokens", {"action": "revoke"})
    assert (await driver.refresh()).status == 401


async def test_an_application_is_edited(cloud: FakeCloud, driver: Driver) -> None:
    """What is not named stays; what is, counts at once."""
    path = f"applications/{CLIENT_ID}"
    assert (await driver.partner_token()).status == 200
    await control(driver, path, {"grants": ["authorization_code"]})
    refused = await driver.partner_token()
    assert (refused.status, refused.error) == (400, "unauthorized_client")
    await control(driver, path, {"client_secret": "new", "redirect_uris": []})
    refused = await driver.partner_token()
    assert (refused.status, refused.error) == (401, "invalid_client")
    assert (await driver.authorize()).status == 400
    assert cloud.applications[CLIENT_ID].origins == {ORIGIN}


async def test_accounts_are_changed(cloud: FakeCloud, driver: Driver) -> None:
    """What an owner ticks at most, and where Tesla keeps the account."""
    scopes = ["openid", "offline_access"]
    answer = await control(driver, "accounts", {"region": "na", "scopes": scopes})
    assert answer.json == [{"email": EMAIL, "region": "na", "scopes": sorted(scopes)}]
    await driver.sign_in()
    moved = await driver.get("/api/1/products", region="eu")
    assert moved.status == 421
    refused = await driver.get("/api/1/products", region="na")
    assert refused.status == 403
    same = await control(driver, "accounts", {"email": EMAIL})
    assert same.json == answer.json


async def test_a_key_is_taken_by_control(cloud: FakeCloud, driver: Driver) -> None:
    """Another application registers a key; later it gives it up."""
    key = derive_private_key(7, SECP256R1()).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    await control(driver, "applications", {"client_id": "x", "client_secret": "y"})
    taken = {"client_id": "x", "regions": ["na"], "domain": "x.org", "pem": pem}
    await control(driver, "registrations", taken)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert cloud.key_of("x.org") == point
    await control(driver, "registrations", {"client_id": "x"})
    assert cloud.key_of("x.org") is None


async def test_page_shows_cars_bill_and_requests(
    cloud: FakeCloud, driver: Driver
) -> None:
    """A person sees everything at one glance, and what changes comes by itself."""
    await driver.sign_in()
    await driver.get("/api/1/products")
    page = await driver.call("GET", f"{cloud.url}/")
    live = await driver.call("GET", f"{cloud.url}/_live")
    assert live.json.keys() == {
        *(f"car-{vin}" for vin in cloud.cars),
        "bill",
        "requests",
    }
    assert "Plug in" in page.text
    assert "/api/1/products" in live.json["requests"]
    assert all(f'id="{place}"' in page.text for place in live.json)


async def test_secrets_are_not_shown(cloud: FakeCloud, driver: Driver) -> None:
    """Neither page nor log tells the secret or a token."""
    await driver.sign_in()
    await driver.get("/api/1/products")
    shown = [
        (await driver.call("GET", f"{cloud.url}{path}")).text
        for path in ("/", "/_live", "/_control/requests")
    ]
    assert not any(
        secret in text
        for text in shown
        for secret in (CLIENT_SECRET, driver.access, driver.refresh_token)
    )


async def test_program_runs_alone(socket_enabled: None) -> None:
    """One line says where it is; a signal ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.fake_fleet", "--time-scale", "60", "--auto-consent"),
        *("--register", "eu", "--host", "example.com=http://127.0.0.1:8123"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    async with (
        ClientSession() as session,
        session.get(f"{said['url']}/_control/cars") as cars,
        session.get(f"{said['api_urls']['eu']}/api/1/products") as products,
    ):
        assert [car["vin"] for car in await cars.json()] == said["vins"]
        assert products.status == 401
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
