"""The API host of a region: which endpoints there are and what each of them needs."""

from typing import Final

from aiohttp import web

from . import partner, user_api as user, vehicle_api as vehicle
from .accounts import Region
from .admission import Admission
from .bill import Category
from .endpoint import Caller, Endpoint
from .gate import Gate, Handler
from .rest_commands import CHARGING, CMDS
from .world import World

CAR: Final = "/api/1/vehicles/{vin}"
DEVICE_DATA: Final = frozenset({"vehicle_device_data"})
ANY_COMMAND: Final = frozenset({CHARGING, CMDS})

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    Endpoint(
        method="POST",
        path="/api/1/partner_accounts",
        answer=partner.register,
        caller=Caller.PARTNER,
        body=frozenset({"domain"}),
    ),
    Endpoint(
        method="GET",
        path="/api/1/partner_accounts/public_key",
        answer=partner.public_key,
        caller=Caller.PARTNER,
        query=frozenset({"domain"}),
    ),
    Endpoint(
        method="GET",
        path="/api/1/products",
        answer=vehicle.products,
        scopes=DEVICE_DATA | {"energy_device_data"},
    ),
    Endpoint(
        method="GET",
        path="/api/1/users/me",
        answer=user.me,
        scopes=frozenset({"user_data"}),
    ),
    Endpoint(
        method="GET",
        path="/api/1/users/region",
        answer=user.region,
        everywhere=True,
    ),
    Endpoint(
        method="GET",
        path="/api/1/vehicles",
        answer=vehicle.vehicles,
        scopes=DEVICE_DATA,
        query=frozenset({"page", "page_size"}),
    ),
    Endpoint(
        method="POST",
        path="/api/1/vehicles/fleet_status",
        answer=vehicle.fleet_status,
        caller=Caller.ANYONE,
        scopes=DEVICE_DATA,
        body=frozenset({"vins"}),
    ),
    Endpoint(method="GET", path=CAR, answer=vehicle.vehicle, scopes=DEVICE_DATA),
    Endpoint(
        method="POST",
        path=f"{CAR}/command/{{name}}",
        answer=vehicle.command,
        category=Category.COMMAND,
        # Which scope depends on the name: see `rest_commands.py`.
        scopes=ANY_COMMAND,
        body=None,
    ),
    Endpoint(
        method="GET",
        path=f"{CAR}/mobile_enabled",
        answer=vehicle.mobile_enabled,
        category=Category.DATA,
        scopes=DEVICE_DATA,
    ),
    Endpoint(
        method="GET",
        path=f"{CAR}/nearby_charging_sites",
        answer=vehicle.nearby_charging_sites,
        category=Category.DATA,
        scopes=DEVICE_DATA,
    ),
    Endpoint(
        method="GET",
        path=f"{CAR}/recent_alerts",
        answer=vehicle.recent_alerts,
        category=Category.DATA,
        scopes=DEVICE_DATA,
    ),
    Endpoint(
        method="GET",
        path=f"{CAR}/release_notes",
        answer=vehicle.release_notes,
        category=Category.DATA,
        scopes=DEVICE_DATA,
    ),
    Endpoint(
        method="POST",
        path=f"{CAR}/signed_command",
        answer=vehicle.signed_command,
        category=Category.COMMAND,
        scopes=ANY_COMMAND,
        body=frozenset({"routable_message"}),
    ),
    Endpoint(
        method="GET",
        path=f"{CAR}/vehicle_data",
        answer=vehicle.vehicle_data,
        category=Category.DATA,
        scopes=DEVICE_DATA,
        query=frozenset({"endpoints"}),
    ),
    Endpoint(
        method="POST",
        path=f"{CAR}/wake_up",
        answer=vehicle.wake_up,
        category=Category.WAKE,
        scopes=ANY_COMMAND | DEVICE_DATA,
    ),
)

CATEGORIES: Final = {endpoint.key: endpoint.category for endpoint in ENDPOINTS}


def category_of(request: web.Request) -> Category:
    """Say what a request costs; what is no endpoint costs nothing."""
    resource = request.match_info.route.resource
    path = "" if resource is None else resource.canonical
    return CATEGORIES.get((request.method, path), Category.FREE)


class ApiHost:
    """One region's host."""

    def __init__(self, world: World, region: Region) -> None:
        """Serve one region of this world."""
        self._admission = Admission(world, region)
        self._gate = Gate(world, region, category_of)

    def application(self) -> web.Application:
        """Give the server with every endpoint of the table."""
        app = web.Application(middlewares=[self._gate.middleware()])
        for endpoint in ENDPOINTS:
            app.router.add_route(
                endpoint.method, endpoint.path, self._handler(endpoint)
            )
        return app

    def _handler(self, endpoint: Endpoint) -> Handler:
        """Give what aiohttp calls for one endpoint."""

        async def handle(request: web.Request) -> web.StreamResponse:
            """Let the request in and answer it."""
            call, allowance = await self._admission.admit(request, endpoint)
            response = await endpoint.answer(call)
            if allowance is not None:
                response.headers.update(allowance.headers)
            return response

        return handle
