"""Who is let in: the checks every API request passes, in Tesla's order.

token ─▶ region ─▶ billing limit ─▶ registration ─▶ scope ─▶ car ─▶ rate limit
401      421       403              412             403      404    429
"""

from collections.abc import Mapping
import json
from typing import Any, Final

from aiohttp import web

from .accounts import Account, Application, Region
from .car import Car
from .endpoint import Call, Caller, Endpoint
from .gate import NOTES
from .limits import Allowance
from .refusal import Refusal, bare, wrapped
from .rest_commands import scopes_of
from .tokens import Access
from .world import World

DOCUMENTATION: Final = (
    "https://developer.tesla.com/docs/fleet-api#regional-requirements"
)


class Admission:
    """The door of one region's host."""

    def __init__(self, world: World, region: Region) -> None:
        """Guard one region."""
        self._world = world
        self._region = region

    async def admit(
        self, request: web.Request, endpoint: Endpoint
    ) -> tuple[Call, Allowance | None]:
        """Let a request in or raise the refusal; tell what is left of the limit."""
        access = self._token(request)
        application = self._world.applications[access.client_id]
        request[NOTES].client_id = application.client_id
        account = self._world.accounts.get(access.email or "")
        self._check_region(access, account, endpoint)
        self._check_application(application, endpoint)
        scopes = access.scopes
        if account is not None:
            scopes &= account.consents.get(application.client_id, frozenset())
        _check_scopes(request.match_info, account, scopes, endpoint)
        car = self._car(request, account)
        allowance = self._rate_limit(car, endpoint)
        call = Call(
            world=self._world,
            region=self._region,
            application=application,
            account=account,
            scopes=scopes,
            car=car,
            places=dict(request.match_info),
            query=_query(request, endpoint),
            body=await _body(request, endpoint),
        )
        return call, allowance

    def _token(self, request: web.Request) -> Access:
        """Find the token and check that it still holds."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        access = self._world.tokens.access(token)
        if kind != "Bearer" or access is None or access.revoked:
            raise bare(401, "invalid bearer token")
        if access.expires_at <= self._world.now():
            raise bare(401, "token expired (401)")
        return access

    def _check_region(
        self, access: Access, account: Account | None, endpoint: Endpoint
    ) -> None:
        """Send an owner to the right host; a partner token fits one host only."""
        if account is None:
            if self._world.api_urls[self._region] not in access.audience:
                raise bare(401, "invalid bearer token")
            return
        if account.region == self._region or endpoint.everywhere:
            return
        base = self._world.api_urls[account.region]
        raise wrapped(
            421, f"user out of region, use base URL: {base}, see {DOCUMENTATION}"
        )

    def _check_application(self, application: Application, endpoint: Endpoint) -> None:
        """Check that the application has paid and is registered here."""
        if application.limit_exceeded:
            raise bare(403, "account disabled: EXCEEDED_LIMIT")
        is_open = endpoint.caller is Caller.PARTNER
        is_open = is_open or not self._world.enforce_registration
        if is_open or self._region in application.registered_regions:
            return
        base = self._world.api_urls[self._region]
        raise wrapped(
            412,
            f"Account {application.account_id} must be registered in the current"
            f" region {base}",
        )

    def _car(self, request: web.Request, account: Account | None) -> Car | None:
        """Find the car the path names; other people's do not exist."""
        name = request.match_info.get("vin")
        if name is None:
            return None
        car = None if account is None else self._world.car_of(account, name)
        if car is None:
            raise wrapped(404)
        request[NOTES].vin = car.vin
        if car.vin in self._world.mobile_access_disabled:
            raise bare(401, "mobile_access_disabled")
        return car

    def _rate_limit(self, car: Car | None, endpoint: Endpoint) -> Allowance | None:
        """Count the call against the car's minute."""
        if car is None:
            return None
        allowance = self._world.limits.take(car.vin, endpoint.category)
        if allowance is not None and allowance.exceeded:
            raise Refusal(429, None, allowance.headers)
        return allowance


def _check_scopes(
    places: Mapping[str, str],
    account: Account | None,
    scopes: frozenset[str],
    endpoint: Endpoint,
) -> None:
    """Check that the token is of the right kind and was granted enough."""
    is_owner = account is not None
    wrong_kind = {
        Caller.ANYONE: False,
        Caller.OWNER: not is_owner,
        Caller.PARTNER: is_owner,
    }[endpoint.caller]
    needed = endpoint.scopes
    if "name" in places and not (needed := scopes_of(places["name"])):
        raise wrapped(400)
    if wrong_kind or (needed and not needed & scopes):
        raise bare(403, "Unauthorized missing scopes")


def _query(request: web.Request, endpoint: Endpoint) -> Mapping[str, str]:
    """Read the query; what the endpoint does not know is a mistake."""
    unknown = sorted(set(request.query) - endpoint.query)
    if unknown:
        raise bare(400, f"invalid parameter: {unknown[0]}")
    return request.query


async def _body(request: web.Request, endpoint: Endpoint) -> Mapping[str, Any]:
    """Read a JSON body; none at all is an empty one."""
    if not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise bare(400, "invalid content type")
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise bare(400, "invalid json") from None
    if not isinstance(body, dict):
        raise bare(400, "invalid json")
    unknown = [] if endpoint.body is None else sorted(set(body) - endpoint.body)
    if unknown:
        raise bare(400, f"invalid parameter: {unknown[0]}")
    return body
