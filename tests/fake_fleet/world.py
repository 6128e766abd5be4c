"""Everything the fake cloud knows, without the servers that show it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from .accounts import GRANTS, SCOPES, Account, Application, Region
from .bill import Bill
from .car import Car
from .clock import Clock
from .faults import Fault, Faults
from .limits import RateLimits
from .log import RequestLog
from .patience import Patience
from .tokens import Tokens
from .vehicle_side import VehicleSide


class World:
    """Clock, owners, applications, cars, tokens, money, faults: one of each kind."""

    def __init__(self, clock: Clock | None = None) -> None:
        """Start with nobody in it; the clock is the machine's unless given."""
        self.clock = clock or Clock.real()
        self.skew = timedelta()
        """How far Tesla's own clocks are off; cars and bill are not."""
        self.applications: dict[str, Application] = {}
        self.accounts: dict[str, Account] = {}
        self.cars: dict[str, Car] = {}
        self.sides: dict[str, VehicleSide] = {}
        self.mobile_access_disabled: set[str] = set()
        self.hosts: dict[str, str] = {}
        """Where a domain's web server really is, as `http://127.0.0.1:8123`."""
        self.auto_consent = False
        """Whether the consent page is answered by itself."""
        self.enforce_registration = True
        """Whether an unregistered application gets 412, as from Tesla."""
        self.auth_url = ""
        self.api_urls: dict[Region, str] = {}
        self.bill = Bill(self.clock.now)
        self.faults = Faults(self.clock.now)
        self.limits = RateLimits(self.clock.now)
        self.patience = Patience()
        self.requests = RequestLog()
        self.tokens = Tokens(self.now)

    @property
    def url(self) -> str:
        """The web page for people; it shares its host with sign-in and pairing."""
        return self.auth_url

    def now(self) -> datetime:
        """Say what Tesla's servers believe the time to be."""
        return self.clock.now() + self.skew

    def add_application(
        self,
        client_id: str,
        client_secret: str,
        *,
        redirect_uris: Iterable[str] = (),
        grants: Iterable[str] = GRANTS,
        origins: Iterable[str] = (),
        scopes: Iterable[str] = SCOPES,
        registered_regions: Iterable[Region] = (),
    ) -> Application:
        """Create a developer application, registered where a test says so."""
        application = Application(
            client_id=client_id,
            client_secret=client_secret,
            redirect_uris=frozenset(redirect_uris),
            grants=frozenset(grants),
            origins=frozenset(origins),
            scopes=frozenset(scopes),
        )
        application.register(*registered_regions)
        self.applications[client_id] = application
        return application

    def add_account(
        self, email: str, region: Region, scopes: Iterable[str] = SCOPES
    ) -> Account:
        """Create an owner who grants at most these scopes."""
        account = Account(email=email, region=region, scopes=frozenset(scopes))
        self.accounts[email] = account
        return account

    def add_car(self, car: Car, owner: Account) -> Car:
        """Give a car to an owner."""
        if car.vin in self.cars or any(car.id == c.id for c in self.cars.values()):
            raise ValueError("two cars need two seeds")
        self.cars[car.vin] = car
        self.sides[car.vin] = VehicleSide(car, self.clock)
        owner.vins.append(car.vin)
        return car

    def invite(self, car: Car, driver: Account) -> None:
        """Let somebody drive another one's car, as the app's owner does."""
        driver.vins.append(car.vin)
        driver.driven.add(car.vin)

    def car_of(self, account: Account, name: str) -> Car | None:
        """Find an owner's car by VIN or id, brought up to now."""
        for vin in account.vins:
            car = self.cars[vin]
            if name in (vin, str(car.id)):
                car.advance(self.clock.now())
                return car
        return None

    def garage(self, account: Account | None = None) -> list[Car]:
        """Give all cars (of one owner), brought up to now."""
        vins = self.cars if account is None else account.vins
        cars = [self.cars[vin] for vin in vins]
        for car in cars:
            car.advance(self.clock.now())
        return cars

    def step(self, seconds: float) -> datetime:
        """Move a stepped clock and let the cars live until then."""
        now = self.clock.step(seconds)
        self.garage()
        return now

    def fail(self, path: str, **what: Any) -> Fault:
        """Let requests to a path pattern go wrong; see `faults.Fault` for how."""
        return self.faults.add(path, **what)

    def key_of(self, domain: str) -> bytes | None:
        """Give the public key that was registered for a domain, if one was."""
        for application in self.applications.values():
            for registration in application.registrations.values():
                if registration.domain == domain and registration.public_key:
                    return registration.public_key
        return None

    def is_paired(self, application: Application, car: Car) -> bool:
        """Say whether the car knows a key of this application."""
        keys = {known.public_key for known in application.registrations.values()}
        return bool(keys & car.whitelist)


def stamp(moment: datetime) -> str:
    """Write a time as Tesla's account services do."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
