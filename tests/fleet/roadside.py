"""One car of the fake cloud that can do everything, and our channel to it.

Real requests over real sockets: sign-in is left out, since nothing here is about it.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
import os
from typing import Any, Final, Literal

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.account import CommandAnswer
from custom_components.fleet_pulse.fleet.channel import CommandChannel
from custom_components.fleet_pulse.fleet.client import FleetClient
from custom_components.fleet_pulse.fleet.errors import FleetError
from custom_components.fleet_pulse.fleet.session import Session
from custom_components.fleet_pulse.fleet.signing import Signer
from custom_components.fleet_pulse.fleet.usage import Entry, Ledger
from custom_components.fleet_pulse.model.command import Call, Domain
from tests.fake_fleet.accounts import SCOPES
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.fixtures import START
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, ORIGIN, REDIRECT_URIS
from tests.fake_fleet.specs import CYBERTRUCK, CarSpec

# The one model that has a tonneau is given what others have.
ABLE: Final = replace(CYBERTRUCK, has_sun_roof=True)
PLAIN: Final = replace(ABLE, command_signing="off")
HOUR: Final = 3600.0
OUR_KEY: Final = ec.derive_private_key(4711, ec.SECP256R1())


@dataclass(slots=True)
class Roadside:
    """The car, the cloud, and what stands at our end of the line."""

    cloud: FakeCloud
    car: Car
    shelf: dict[Domain, Session] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    token: str = ""
    before: int = 0
    """Commands the car had obeyed before the test began."""

    async def access_token(self, rejected: str | None = None) -> str:
        """Give the one token that there is."""
        return self.token

    async def opened(self, entry: Entry) -> None:
        """Note a billable request."""
        self.ledger = self.ledger.opened(entry)

    def settled(self, entry: Entry, status: int | None) -> None:
        """Note how any request ended."""
        self.ledger = self.ledger.posted(entry, status)

    def load(self, vin: str, domain: Domain) -> Session | None:
        """Take a session from the shelf."""
        return self.shelf.get(domain)

    async def save(self, vin: str, session: Session) -> None:
        """Put a session on the shelf."""
        self.shelf[session.domain] = session

    async def sleep(self, seconds: float) -> None:
        """Pass the time at once, for cars and for us."""
        self.cloud.step(seconds)

    async def send(self, call: Call, *, signed: bool) -> CommandAnswer:
        """Bring a command to the car in one of its forms."""
        async with ClientSession() as session:
            return await self._channel(session).send(
                self.car.vin, call, signed=signed, reason="a test"
            )

    async def ending(
        self, call: Call, *, signed: bool
    ) -> str | type[FleetError] | None:
        """Send, and give how it ended: the car's reason, an error, or None for well."""
        try:
            answer = await self.send(call, signed=signed)
        except FleetError as err:
            return type(err)
        return None if answer.result else answer.reason

    async def be_known(self, domain: Domain, *, signed: bool) -> None:
        """Agree with a computer of the car before a signed command is lost."""
        if not signed:
            return
        async with ClientSession() as session:
            await self._channel(session).handshake(
                self.car.vin, domain, reason="a test"
            )

    def _channel(self, session: ClientSession) -> CommandChannel:
        """Give our channel, as after a start."""
        return CommandChannel(
            client=self._client(session),
            signer=Signer(OUR_KEY, os.urandom),
            now=self.cloud.now,
            sleep=self.sleep,
            sessions=self,
        )

    def _client(self, session: ClientSession) -> FleetClient:
        """Give our client, signed in."""
        return FleetClient(
            session,
            tokens=self,
            ledger=self,
            base_url=self.cloud.api_urls["eu"],
            accepts=lambda _: True,
            now=self.cloud.now,
        )

    def done(self) -> list[tuple[str, dict[str, Any]]]:
        """Give what the car did, by Tesla's names."""
        return [
            (name, params)
            for _, name, params, answer in self.car.commands[self.before :]
            if answer.result
        ]

    def grant(self, scopes: Iterable[str]) -> None:
        """Sign the owner in with these scopes."""
        (account,) = self.cloud.accounts.values()
        (application,) = self.cloud.applications.values()
        tokens = self.cloud.tokens
        code = tokens.new_code(
            application,
            account,
            redirect_uri=REDIRECT_URIS[0],
            scopes=account.consent(CLIENT_ID, scopes),
        )
        known = tokens.take_code(code, CLIENT_ID, REDIRECT_URIS[0])
        audience = self.cloud.api_urls.values()
        self.token = tokens.grant(code, known, account, audience).access


@asynccontextmanager
async def roadside(
    spec: CarSpec = ABLE,
    *,
    state: Literal["online", "asleep"] = "online",
    scopes: Iterable[str] = SCOPES,
) -> AsyncIterator[Roadside]:
    """Give a car that knows our key, with somebody in it, and a line to it."""
    clock = Clock.stepped(START)
    cloud = FakeCloud(clock, ticks=False)
    cloud.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu",),
    )
    owner = cloud.add_account("owner@example.com", "eu", SCOPES)
    car = Car(spec=spec, clock=clock, seed=1, state=state, soc=50, self_wakes=False)
    car.parts.motion.present_until = car.parts.seconds + HOUR
    car.pair(keys.public_bytes(OUR_KEY))
    cloud.add_car(car, owner)
    async with cloud:
        place = Roadside(cloud, car)
        place.grant(scopes)
        yield place
