"""Registration and pairing: Tesla really fetches the key from the domain."""

from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest

from tests.fake_fleet.cloud import FakeCloud

from .driver import Driver

DOMAIN = "ha.example.com"
PATH = "/.well-known/appspecific/com.tesla.3p.public-key.pem"
ACCOUNTS = "/api/1/partner_accounts"
KEY = ec.derive_private_key(7, ec.SECP256R1()).public_key()
POINT = KEY.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

type Site = Callable[[web.Request], Awaitable[web.StreamResponse]]


def pem(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> bytes:
    """Write a key as the file that is hosted."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
async def host(cloud: FakeCloud) -> AsyncIterator[Callable[[Site], Awaitable[None]]]:
    """Give a function that puts a web server behind the domain."""
    runners: list[web.AppRunner] = []

    async def serve(site: Site) -> None:
        """Let every path of the domain be answered by this."""
        app = web.Application()
        app.router.add_get("/{path:.*}", site)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        cloud.hosts[DOMAIN] = f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield serve
    for runner in runners:
        await runner.cleanup()


type Host = Callable[[Site], Awaitable[None]]


def hosting(body: bytes, status: int = 200) -> Site:
    """Make a site that answers the same to everything at the right path."""

    async def answer(request: web.Request) -> web.Response:
        """Answer at the path only."""
        if request.path == PATH:
            return web.Response(body=body, status=status)
        return web.Response(status=404)

    return answer


async def moved(request: web.Request) -> web.Response:
    """Redirect to where the key would be found."""
    if request.query_string:
        return web.Response(body=pem(KEY))
    return web.Response(status=302, headers={"Location": f"{PATH}?here"})


async def test_registration_holds_the_key(
    cloud: FakeCloud, driver: Driver, host: Host
) -> None:
    """The key is named back, and opens the region to the application."""
    cloud.applications["client-id"].registrations.clear()
    await host(hosting(pem(KEY)))
    await driver.partner_token()
    answer = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    assert (answer.status, answer.response["public_key"]) == (200, POINT.hex())
    known = await driver.get(f"{ACCOUNTS}/public_key", domain=DOMAIN)
    assert known.response == {"public_key": POINT.hex()}
    assert cloud.applications["client-id"].registered_regions == {"eu"}
    await driver.sign_in()
    assert (await driver.get("/api/1/products")).status == 200


async def test_each_region_is_registered_apart(
    cloud: FakeCloud, driver: Driver, host: Host
) -> None:
    """A partner token opens the region in its audience and no other."""
    cloud.applications["client-id"].registrations.clear()
    await host(hosting(pem(KEY)))
    await driver.partner_token("eu")
    refused = await driver.post(ACCOUNTS, {"domain": DOMAIN}, region="na")
    assert (refused.status, refused.error) == (401, "invalid bearer token")
    await driver.post(ACCOUNTS, {"domain": DOMAIN})
    await driver.partner_token("na")
    unknown = await driver.get(f"{ACCOUNTS}/public_key", region="na", domain=DOMAIN)
    assert unknown.status == 404
    assert (await driver.post(ACCOUNTS, {"domain": DOMAIN}, region="na")).status == 200


async def test_registering_again_takes_the_new_key(
    cloud: FakeCloud, driver: Driver, host: Host
) -> None:
    """The same application may come back, with the same key or another."""
    await driver.partner_token()
    await host(hosting(pem(KEY)))
    await driver.post(ACCOUNTS, {"domain": DOMAIN})
    other = ec.derive_private_key(8, ec.SECP256R1()).public_key()
    await host(hosting(pem(other)))
    answer = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    assert answer.status == 200
    assert answer.response["public_key"] != POINT.hex()
    assert cloud.key_of(DOMAIN) == bytes.fromhex(answer.response["public_key"])


@pytest.mark.parametrize(
    ("site", "why"),
    [
        pytest.param(hosting(b"", 404), "status 404", id="nothing there"),
        pytest.param(hosting(pem(KEY), 401), "status 401", id="behind a password"),
        pytest.param(moved, "status 302", id="a redirect is not followed"),
        pytest.param(hosting(b"<!DOCTYPE html>"), "not a PEM", id="a web page"),
        pytest.param(hosting(b"\n" + pem(KEY)), "not a PEM", id="header not first"),
        pytest.param(
            hosting(b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n"),
            "unreadable key",
            id="torn key",
        ),
        pytest.param(
            hosting(pem(ec.derive_private_key(7, ec.SECP384R1()).public_key())),
            "prime256v1",
            id="another curve",
        ),
        pytest.param(
            hosting(
                pem(rsa.generate_private_key(65537, 2048).public_key()),
            ),
            "not an elliptic curve key",
            id="RSA",
        ),
        pytest.param(hosting(b"x" * 2000), "too large", id="too large"),
    ],
)
async def test_download_fails(driver: Driver, host: Host, site: Site, why: str) -> None:
    """424, in Tesla's words, and nothing is registered."""
    await host(site)
    await driver.partner_token()
    answer = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    assert answer.status == 424
    assert answer.error.startswith("Public key download failed")
    assert why in answer.error
    known = await driver.get(f"{ACCOUNTS}/public_key", domain=DOMAIN)
    assert known.status == 404


async def test_unreachable_domain(cloud: FakeCloud, driver: Driver) -> None:
    """Nobody listens, or nobody knows the name."""
    await driver.partner_token()
    unknown = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    cloud.hosts[DOMAIN] = "http://127.0.0.1:9"
    closed = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    assert (unknown.status, closed.status) == (424, 424)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"domain": "example.org"}, 412, id="not an allowed origin"),
        pytest.param({"domain": "notexample.com"}, 412, id="only the same ending"),
        pytest.param({"domain": "https://example.com"}, 422, id="with a scheme"),
        pytest.param({"domain": "example.com:443"}, 422, id="with a port"),
        pytest.param({"domain": "example.com/"}, 422, id="with a path"),
        pytest.param({"domain": None}, 422, id="no domain"),
        pytest.param({"domain": "example.com", "name": "x"}, 400, id="extra name"),
    ],
)
async def test_registration_is_refused(
    driver: Driver, body: dict[str, str | None], status: int
) -> None:
    """Before anything is downloaded."""
    await driver.partner_token()
    assert (await driver.post(ACCOUNTS, body)).status == status


async def test_key_belongs_to_one_application(
    cloud: FakeCloud, driver: Driver, host: Host
) -> None:
    """Tesla remembers its hash."""
    await host(hosting(pem(KEY)))
    other = cloud.add_application("other", "secret")
    other.register("na", domain="example.org", public_key=POINT)
    await driver.partner_token()
    answer = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    assert (answer.status, answer.error) == (
        422,
        "Validation failed: Public key hash has already been taken",
    )


async def test_owner_cannot_register(driver: Driver) -> None:
    """Registration wants the application's own token."""
    await driver.sign_in()
    answer = await driver.post(ACCOUNTS, {"domain": DOMAIN})
    assert (answer.status, answer.error) == (403, "Unauthorized missing scopes")


async def test_application_cannot_see_cars(driver: Driver) -> None:
    """Its own token has no owner behind it."""
    await driver.partner_token()
    assert (await driver.get("/api/1/products")).status == 403


async def test_pairing_page_adds_the_key(cloud: FakeCloud, driver: Driver) -> None:
    """The owner follows the link and agrees."""
    young, old = cloud.cars.values()
    url = f"{cloud.auth_url}/_ak/{DOMAIN}"
    unknown = await driver.call("GET", url, query={"vin": young.vin})
    cloud.applications["client-id"].register("eu", domain=DOMAIN, public_key=POINT)
    page = await driver.call("GET", url, query={"vin": young.vin})
    assert (unknown.status, page.status) == (404, 200)
    assert f'value="{young.vin}" selected' in page.text
    assert POINT not in young.whitelist
    async with driver.session.post(url, data={"vin": young.vin}) as added:
        assert added.status == 200
    async with driver.session.post(url, data={"vin": old.vin}) as refused:
        assert refused.status == 400
    assert POINT in young.whitelist
    assert POINT not in old.whitelist
