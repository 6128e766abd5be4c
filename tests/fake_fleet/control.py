"""The cloud's remote control: JSON under `/_control/`, for scripts and the web page.

It takes JSON only, so that no page of a browser can press a button across origins.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
import json
from typing import Any, Final

from aiohttp import web

from . import overview
from .accounts import REGIONS
from .car import Car
from .faults import Fault
from .public_key_download import DownloadFailed, point
from .vehicle_side import Fault as SignedFault
from .world import World

type Body = dict[str, Any]

ACTIONS: Final[Mapping[str, Callable[..., None]]] = {
    "close_door": Car.close_door,
    "drive": Car.drive,
    "offer_update": Car.offer_update,
    "open_door": Car.open_door,
    "plug": Car.plug,
    "power": Car.power,
    "refuse_next": Car.refuse_next,
    "sleep": Car.sleep_now,
    "unplug": Car.unplug,
    "wake": Car.request_wake,
}
"""What can be done to a car, by the last part of the path."""

SWITCHES: Final = frozenset({"cached_data", "in_service", "reachable"})
"""What can be set on a car."""

APPLICATION: Final[Mapping[str, Callable[[Any], object]]] = {
    "client_secret": str,
    "grants": frozenset,
    "limit_exceeded": bool,
    "origins": frozenset,
    "redirect_uris": frozenset,
    "scopes": frozenset,
}
"""What its owner edits of an application, and the form it is kept in."""

LISTS: Final = tuple(name for name, form in APPLICATION.items() if form is frozenset)
"""Settings that have several values."""


class Mistake(Exception):
    """The request makes no sense; the text says why."""


MISTAKES: Final = (
    DownloadFailed,
    KeyError,
    Mistake,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a request that makes no sense comes to."""


class Control:
    """Every route under `/_control/`."""

    def __init__(self, world: World) -> None:
        """Control this world."""
        self._world = world

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes."""
        return [
            web.get("/_control/bill", _shown(self.bill)),
            web.get("/_control/cars", _shown(self.cars)),
            web.get("/_control/cars/{vin}/commands", _found(self.commands)),
            web.get("/_control/cars/{vin}/heard", _found(self.heard)),
            web.get("/_control/clock", _shown(self.clock)),
            web.get("/_control/faults", _shown(self.faults)),
            web.get("/_control/requests", self.requests),
            web.delete("/_control/faults", _shown(self.clear_faults)),
            web.post("/_control/accounts", _done(self.set_accounts)),
            web.post("/_control/applications", _done(self.add_application)),
            web.post(
                "/_control/applications/{client_id}", _done(self.edit_application)
            ),
            web.post("/_control/cars/{vin}/{action}", _done(self.act)),
            web.post("/_control/clock", _done(self.set_clock)),
            web.post("/_control/consent", _done(self.set_consent)),
            web.post("/_control/faults", _done(self.add_fault)),
            web.post("/_control/hosts", _done(self.set_hosts)),
            web.post("/_control/registrations", _done(self.set_registration)),
            web.post("/_control/tokens", _done(self.spoil_tokens)),
        ]

    def bill(self) -> Any:
        """Show this month's bill."""
        return overview.bill(self._world)

    def cars(self) -> Any:
        """Show all cars."""
        return [overview.car(car) for car in self._world.garage()]

    def commands(self, vin: str) -> Any:
        """Show what a car was told to do."""
        return overview.commands(self._world.cars[vin])

    def heard(self, vin: str) -> Any:
        """Show the signed messages that came to a car."""
        return overview.heard(self._world.sides[vin])

    def clock(self) -> Any:
        """Show the time."""
        return {
            "now": self._world.clock.now().isoformat(),
            "skew": self._world.skew.total_seconds(),
        }

    def faults(self) -> Any:
        """Show the faults that wait."""
        return [_fault(fault) for fault in self._world.faults]

    def clear_faults(self) -> Any:
        """Let everything work again."""
        self._world.faults.clear()
        return []

    async def requests(self, request: web.Request) -> web.Response:
        """Show the log, from a position on."""
        try:
            since = int(request.query.get("since", "0"))
        except ValueError:
            return web.json_response({"error": "since is a number"}, status=400)
        log = self._world.requests
        shown = [asked.as_dict() for asked in log[since:]]
        return web.json_response({"next": len(log), "requests": shown})

    def add_application(self, _: Mapping[str, str], body: Body) -> Any:
        """Create or replace a developer application."""
        application = self._world.add_application(**body)
        return {"client_id": application.client_id}

    def edit_application(self, places: Mapping[str, str], body: Body) -> Any:
        """Change a developer application as on Tesla's developer page."""
        if (app := self._world.applications.get(places["client_id"])) is None:
            raise Mistake("no such application")
        if unknown := set(body) - set(APPLICATION):
            raise Mistake(f"no such setting: {min(unknown)}")
        if any(isinstance(body.get(name), str) for name in LISTS):
            raise Mistake(f"a list is wanted for: {', '.join(LISTS)}")
        edited = {name: APPLICATION[name](value) for name, value in body.items()}
        for name, value in edited.items():
            setattr(app, name, value)
        return {"client_id": app.client_id}

    def set_accounts(self, _: Mapping[str, str], body: Body) -> Any:
        """Say what owners tick at most, and where Tesla keeps them; one or all."""
        accounts = self._world.accounts
        chosen = [accounts[body["email"]]] if "email" in body else accounts.values()
        if body.get("region", REGIONS[0]) not in REGIONS:
            raise Mistake("no such region")
        for account in chosen:
            account.scopes = frozenset(body.get("scopes", account.scopes))
            account.region = body.get("region", account.region)
        return [
            {"email": one.email, "region": one.region, "scopes": sorted(one.scopes)}
            for one in chosen
        ]

    def act(self, places: Mapping[str, str], body: Body) -> Any:
        """Do something to a car, or set something on it."""
        if (car := self._world.cars.get(places["vin"])) is None:
            raise Mistake("no such car")
        car.advance(self._world.clock.now())
        match places["action"]:
            case "set":
                _set(car, body)
            case "signed_fault":
                self._world.sides[car.vin].faults.append(SignedFault(**body))
            case "pair":
                car.pair(self._key(**body))
            case "unpair":
                car.unpair(self._key(**body))
            case name if name in ACTIONS:
                ACTIONS[name](car, **body)
            case _:
                raise Mistake("no such action")
        return overview.car(car)

    def set_clock(self, _: Mapping[str, str], body: Body) -> Any:
        """Step a stepped clock, or put Tesla's own clocks wrong."""
        if "step" in body:
            self._world.step(float(body["step"]))
        if "skew" in body:
            self._world.skew = timedelta(seconds=float(body["skew"]))
        return self.clock()

    def set_consent(self, _: Mapping[str, str], body: Body) -> Any:
        """Say whether the consent page answers itself; take scopes back."""
        self._world.auto_consent = bool(body.get("auto", self._world.auto_consent))
        for account in self._world.accounts.values():
            account.withdraw(*body.get("withdraw", ()))
        return {"auto": self._world.auto_consent}

    def add_fault(self, _: Mapping[str, str], body: Body) -> Any:
        """Let something go wrong; see `faults.Fault` for what."""
        return _fault(self._world.fail(**body))

    def set_hosts(self, _: Mapping[str, str], body: Body) -> Any:
        """Say where the web servers of domains really are."""
        self._world.hosts.update({str(name): str(url) for name, url in body.items()})
        return self._world.hosts

    def set_registration(self, _: Mapping[str, str], body: Body) -> Any:
        """Say where an application is registered, and whether it matters."""
        enforce = body.get("enforce", self._world.enforce_registration)
        self._world.enforce_registration = bool(enforce)
        if "client_id" in body:
            application = self._world.applications[body["client_id"]]
            application.registrations.clear()
            regions = [name for name in REGIONS if name in body.get("regions", ())]
            key = point(body["pem"].encode()) if "pem" in body else b""
            application.register(
                *regions, domain=body.get("domain", ""), public_key=key
            )
        return {"enforce": self._world.enforce_registration}

    def spoil_tokens(self, _: Mapping[str, str], body: Body) -> Any:
        """End access tokens early, or all tokens at once."""
        match body.get("action"):
            case "expire":
                self._world.tokens.expire_access(body.get("email"))
            case "revoke":
                self._world.tokens.revoke(body.get("email"))
            case _:
                raise Mistake("action is expire or revoke")
        return {}

    def _key(self, *, public_key: str = "", domain: str = "") -> bytes:
        """Give a key named by its point or by the domain that registered it."""
        if public_key:
            return bytes.fromhex(public_key)
        if (key := self._world.key_of(domain)) is None:
            raise Mistake("no key is registered for this domain")
        return key


def _set(car: Car, body: Body) -> None:
    """Set switches on a car."""
    if unknown := set(body) - SWITCHES:
        raise Mistake(f"no such switch: {min(unknown)}")
    for name, value in body.items():
        setattr(car, name, bool(value))


def _fault(fault: Fault) -> dict[str, Any]:
    """Describe a fault as JSON can carry it."""
    until = None if fault.until is None else fault.until.isoformat()
    return {**asdict(fault), "headers": dict(fault.headers), "until": until}


def _shown(
    show: Callable[[], Any],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Give a handler that shows something."""

    async def handle(_: web.Request) -> web.Response:
        """Answer with what there is."""
        return web.json_response(show())

    return handle


def _found(
    show: Callable[[str], Any],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Give a handler that shows something of one car."""

    async def handle(request: web.Request) -> web.Response:
        """Answer with what there is, if there is such a car."""
        try:
            return web.json_response(show(request.match_info["vin"]))
        except KeyError:
            return web.json_response({"error": "no such car"}, status=404)

    return handle


def _done(
    do: Callable[[Mapping[str, str], Body], Any],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Give a handler that reads a JSON object and does something with it."""

    async def handle(request: web.Request) -> web.Response:
        """Do it, or say what was wrong with the request."""
        try:
            return web.json_response(do(request.match_info, await _object(request)))
        except MISTAKES as error:
            return web.json_response({"error": str(error)}, status=400)

    return handle


async def _object(request: web.Request) -> Body:
    """Read the body, which is an object or nothing."""
    if request.content_type != "application/json":
        raise Mistake("send application/json")
    body = json.loads(await request.read() or b"{}")
    if not isinstance(body, dict):
        raise Mistake("send an object")
    return body
