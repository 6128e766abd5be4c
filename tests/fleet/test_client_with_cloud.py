"""Client, sign-in and registration against the fake cloud, which is strict as Tesla."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
import pytest
from yarl import URL

from custom_components.fleet_pulse.fleet import endpoints, errors as e
from custom_components.fleet_pulse.fleet.auth import (
    SCOPES,
    Application,
    AuthClient,
    Preflight,
    TokenPair,
    claims,
)
from custom_components.fleet_pulse.fleet.client import FleetClient
from custom_components.fleet_pulse.fleet.hosts import Hosts, Region
from custom_components.fleet_pulse.fleet.partner import Partner, PartnerTokens
from custom_components.fleet_pulse.fleet.usage import Entry, Ledger
from tests.fake_fleet import api
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.fixtures import cloud
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, REDIRECT_URIS

__all__ = ["cloud"]

APPLICATION = Application(client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
REDIRECT = REDIRECT_URIS[0]
DOMAIN = "example.com"


class Rotating:
    """The tokens of one owner, as long as nobody else asks for them."""

    def __init__(self, auth: AuthClient, pair: TokenPair) -> None:
        """Take the pair to begin with."""
        self.auth = auth
        self.pair = pair

    async def access_token(self, rejected: str | None = None) -> str:
        """Give the token in force, a new one for a rejected one."""
        if rejected == self.pair.access_token:
            self.pair = await self.auth.refresh(APPLICATION, self.pair.refresh_token)
        return self.pair.access_token


class Account:
    """Holds the ledger that the client posts to."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self.ledger = Ledger()

    async def opened(self, entry: Entry) -> None:
        """Note a billable request."""
        self.ledger = self.ledger.opened(entry)

    def settled(self, entry: Entry, status: int | None) -> None:
        """Note how any request ended."""
        self.ledger = self.ledger.posted(entry, status)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """An owner's client, and what stands behind it."""

    client: FleetClient
    auth: AuthClient
    hosts: Hosts
    tokens: Rotating
    account: Account
    session: ClientSession
    sleeping: str
    """The VIN of the car that sleeps."""
    awake: str
    """The VIN of the car that is online and takes no signed commands."""


@asynccontextmanager
async def at_tesla(cloud: FakeCloud) -> AsyncIterator[tuple[AuthClient, Hosts]]:
    """Give a sign-in client for the cloud's addresses."""
    regions = ",".join(f"{name}={url}" for name, url in cloud.api_urls.items())
    hosts = Hosts.resolve(cloud.auth_url, regions)
    async with ClientSession() as session:
        yield AuthClient(session, hosts, cloud.now), hosts


async def consent(cloud: FakeCloud, auth: AuthClient, audience: str) -> TokenPair:
    """Let the owner agree, and exchange the code."""
    cloud.auto_consent = True
    url = auth.authorize_url(APPLICATION, REDIRECT, SCOPES, "state", "nonce")
    async with (
        ClientSession() as browser,
        browser.get(URL(url, encoded=True), allow_redirects=False) as answer,
    ):
        code = URL(answer.headers["Location"]).query["code"]
    return await auth.exchange(APPLICATION, code, REDIRECT, audience)


@pytest.fixture
async def owner(cloud: FakeCloud) -> AsyncIterator[SignedIn]:
    """Give an owner's client that still believes to live in North America."""
    async with at_tesla(cloud) as (auth, hosts), ClientSession() as session:
        base_url = hosts.base_url(Region.NA)
        tokens = Rotating(auth, await consent(cloud, auth, base_url))
        account = Account()
        client = FleetClient(
            session,
            tokens=tokens,
            ledger=account,
            base_url=base_url,
            accepts=hosts.accepts,
            now=cloud.now,
        )
        sleeping, awake = cloud.cars
        yield SignedIn(
            client=client,
            auth=auth,
            hosts=hosts,
            tokens=tokens,
            account=account,
            session=session,
            sleeping=sleeping,
            awake=awake,
        )


async def test_a_consent_leads_to_the_owners_cars(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """Sign-in, claims, region, list: nothing of it costs anything."""
    said = claims(owner.tokens.pair.access_token)
    assert said.scopes == set(SCOPES)
    assert said.expires_at == owner.tokens.pair.expires_at
    region = await owner.client.region()
    assert region.region is Region.EU
    assert owner.hosts.region_of(region.base_url) is Region.EU
    products = await owner.client.products()
    assert [product["vin"] for product in products] == list(cloud.cars)
    assert (await owner.client.me()).email == "owner@example.com"
    assert owner.client.base_url == cloud.api_urls["eu"]
    assert cloud.requests.billed == []


async def test_each_refresh_uses_the_newest_token(owner: SignedIn) -> None:
    """Twice in a row, as the owner's checklist wants it."""
    first = owner.tokens.pair
    second = await owner.auth.refresh(APPLICATION, first.refresh_token)
    third = await owner.auth.refresh(APPLICATION, second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3


async def test_a_lost_rotation_is_an_answer_lost(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """The same refresh token then works once more."""
    cloud.fail("/oauth2/v3/token", reset="after")
    used = owner.tokens.pair.refresh_token
    with pytest.raises(e.AnswerLost):
        await owner.auth.refresh(APPLICATION, used)
    assert (await owner.auth.refresh(APPLICATION, used)).refresh_token != used


async def test_a_revoked_owner_must_sign_in(cloud: FakeCloud, owner: SignedIn) -> None:
    """The refusal of the refresh comes out of the request."""
    cloud.tokens.revoke()
    with pytest.raises(e.SignInRequired):
        await owner.client.products()


async def test_an_expired_token_is_replaced_on_the_way(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """The caller notices nothing."""
    before = owner.tokens.pair
    cloud.tokens.expire_access()
    assert len(await owner.client.products()) == 2
    assert owner.tokens.pair != before


async def test_the_ledger_equals_the_clouds_own_bill(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """Successes, refusals, wrong regions, expired tokens and Tesla's own failures."""
    ask = owner.client
    await ask.vehicle_data(owner.awake, ["charge_state", "location_data"])
    with pytest.raises(e.Asleep):
        await ask.vehicle_data(owner.sleeping, [])
    with pytest.raises(e.ProtocolRequired):
        await ask.command(owner.sleeping, "door_lock")
    assert (await ask.command(owner.awake, "door_lock")).result
    cloud.tokens.expire_access()
    await ask.wake_up(owner.sleeping)
    cloud.fail("*/command/*", status=503)
    with pytest.raises(e.TeslaUnavailable):
        await ask.command(owner.awake, "flash_lights")
    cloud.fail("*/command/*", reset="after")
    with pytest.raises(e.AnswerLost):
        await ask.command(owner.awake, "flash_lights")
    billed = owner.account.ledger.billed(cloud.now().date())
    assert {str(kind): count for kind, count in billed.items() if count} == {
        kind: count for kind, count in cloud.bill.counts().items() if count
    }
    today = cloud.now().date()
    assert owner.account.ledger.cost(today, "USD") == cloud.bill.total(today)


async def test_too_many_requests_say_when_to_come_back(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """Seconds or a date, whichever Tesla chose."""
    cloud.fail("*/vehicle_data", status=429, retry_after=17)
    cloud.fail("*/vehicle_data", status=429, retry_after=18, retry_as_date=True)
    with pytest.raises(e.RateLimited) as seconds:
        await owner.client.vehicle_data(owner.awake, [])
    with pytest.raises(e.RateLimited) as date:
        await owner.client.vehicle_data(owner.awake, [])
    assert (seconds.value.retry_after, date.value.retry_after) == (17, 18)


async def test_what_was_not_granted_is_refused(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """The owner can grant more."""
    cloud.accounts["owner@example.com"].withdraw("vehicle_cmds")
    with pytest.raises(e.ScopeMissing):
        await owner.client.command(owner.awake, "door_lock")


async def test_the_fleet_status_knows_which_cars_take_keys(owner: SignedIn) -> None:
    """The Model S from before signing needs none."""
    statuses = await owner.client.fleet_status([owner.sleeping, owner.awake])
    assert statuses[owner.sleeping].protocol_required is True
    assert statuses[owner.sleeping].key_paired is False
    assert statuses[owner.awake].protocol_required is False


@pytest.mark.parametrize(
    ("client_id", "redirect_uri", "expected"),
    [
        pytest.param(CLIENT_ID, REDIRECT, None, id="as registered"),
        pytest.param("other", REDIRECT, Preflight.CLIENT_ID, id="an unknown client"),
        pytest.param(
            CLIENT_ID, f"{REDIRECT}/", Preflight.REDIRECT_URI, id="a slash too many"
        ),
    ],
)
async def test_the_preflight_names_what_tesla_does_not_know(
    cloud: FakeCloud, client_id: str, redirect_uri: str, expected: Preflight | None
) -> None:
    """Before the owner is sent there."""
    application = Application(client_id=client_id, client_secret="")
    async with at_tesla(cloud) as (auth, _):
        url = auth.authorize_url(application, redirect_uri, SCOPES, "s", "n")
        assert await auth.preflight(url) is expected


async def test_a_wrong_secret_is_the_credentials_fault(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """It costs the owner no sign-in."""
    wrong = Application(client_id=CLIENT_ID, client_secret="wrong")
    with pytest.raises(e.CredentialRefused):
        await owner.auth.exchange(wrong, "code", REDIRECT, cloud.api_urls["eu"])
    with pytest.raises(e.CredentialRefused):
        await owner.auth.partner_token(wrong, cloud.api_urls["eu"])


def partner(cloud: FakeCloud, owner: SignedIn) -> Partner:
    """Give the application's own client in Europe."""
    base_url = cloud.api_urls["eu"]
    tokens = PartnerTokens(owner.auth, APPLICATION, audience=base_url, now=cloud.now)
    client = FleetClient(
        owner.session,
        tokens=tokens,
        ledger=Account(),
        base_url=base_url,
        accepts=lambda _: False,
        now=cloud.now,
    )
    return Partner(client)


@asynccontextmanager
async def hosting(cloud: FakeCloud, pem: bytes) -> AsyncIterator[None]:
    """Serve a public key for the application's domain."""

    async def key(_: web.Request) -> web.Response:
        """Serve it."""
        return web.Response(body=pem)

    app = web.Application()
    app.router.add_get("/.well-known/appspecific/com.tesla.3p.public-key.pem", key)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    cloud.hosts[DOMAIN] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield
    await runner.cleanup()


async def test_a_domain_is_registered_with_the_key_it_hosts(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """Tesla downloads it, and says later which one it has."""
    public_key = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    point = public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    async with hosting(cloud, pem):
        registration = await partner(cloud, owner).register(DOMAIN)
    assert (registration.domain, registration.public_key) == (DOMAIN, point)
    assert await partner(cloud, owner).public_key(DOMAIN) == point


async def test_a_registration_without_a_key_says_so(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """In Tesla's own words, which name the cause."""
    async with hosting(cloud, b"<!DOCTYPE html>"):
        with pytest.raises(e.KeyDownloadFailed) as caught:
            await partner(cloud, owner).register(DOMAIN)
    assert caught.value.detail == "Public key download failed: not a PEM public key"
    with pytest.raises(e.NotFound):
        await partner(cloud, owner).public_key(DOMAIN)


async def test_a_foreign_domain_is_refused(cloud: FakeCloud, owner: SignedIn) -> None:
    """It is not under the application's allowed origins."""
    with pytest.raises(e.OriginMismatch):
        await partner(cloud, owner).register("other.example.org")


async def test_an_application_for_owners_only_cannot_register(
    cloud: FakeCloud, owner: SignedIn
) -> None:
    """The owner must choose Machine-to-Machine, too."""
    cloud.applications[CLIENT_ID].grants = frozenset({"authorization_code"})
    with pytest.raises(e.GrantMissing):
        await partner(cloud, owner).register(DOMAIN)


@pytest.mark.parametrize("endpoint", endpoints.ENDPOINTS, ids=lambda row: row.key)
def test_an_endpoint_is_counted_as_the_cloud_bills_it(
    endpoint: endpoints.Endpoint,
) -> None:
    """Which path falls in which category is two tables that know nothing of another."""
    billed = api.CATEGORIES[endpoint.method, endpoint.path]
    assert billed.value == endpoint.category.value
