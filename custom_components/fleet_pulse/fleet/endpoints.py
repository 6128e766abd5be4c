"""The paths of the Fleet API, and in which category Tesla bills each of them."""

from typing import Final
from urllib.parse import quote

from ..model.record import record
from .usage import Category


@record
class Endpoint:
    """One thing that can be asked of the Fleet API."""

    key: str
    """What the log and the ledger call it."""
    method: str
    path: str
    category: Category

    def filled(self, *, vin: str | None, name: str | None) -> str:
        """The path with its places filled in, safe to stand in a URL."""
        return self.path.format(
            vin=quote(vin or "", safe=""), name=quote(name or "", safe="")
        )


COMMAND: Final = Endpoint(
    key="command",
    method="POST",
    path="/api/1/vehicles/{vin}/command/{name}",
    category=Category.COMMAND,
)
FLEET_STATUS: Final = Endpoint(
    key="fleet_status",
    method="POST",
    path="/api/1/vehicles/fleet_status",
    # Tesla's price list does not name it; its own calls show no charge so far.
    category=Category.FREE,
)
ME: Final = Endpoint(
    key="me",
    method="GET",
    path="/api/1/users/me",
    category=Category.FREE,
)
PARTNER_PUBLIC_KEY: Final = Endpoint(
    key="partner_public_key",
    method="GET",
    path="/api/1/partner_accounts/public_key",
    category=Category.FREE,
)
PARTNER_REGISTER: Final = Endpoint(
    key="partner_register",
    method="POST",
    path="/api/1/partner_accounts",
    category=Category.FREE,
)
PRODUCTS: Final = Endpoint(
    key="products",
    method="GET",
    path="/api/1/products",
    category=Category.FREE,
)
REGION: Final = Endpoint(
    key="region",
    method="GET",
    path="/api/1/users/region",
    category=Category.FREE,
)
SIGNED_COMMAND: Final = Endpoint(
    key="signed_command",
    method="POST",
    path="/api/1/vehicles/{vin}/signed_command",
    category=Category.COMMAND,
)
VEHICLE: Final = Endpoint(
    key="vehicle",
    method="GET",
    path="/api/1/vehicles/{vin}",
    category=Category.FREE,
)
VEHICLE_DATA: Final = Endpoint(
    key="vehicle_data",
    method="GET",
    path="/api/1/vehicles/{vin}/vehicle_data",
    category=Category.DATA,
)
VEHICLES: Final = Endpoint(
    key="vehicles",
    method="GET",
    path="/api/1/vehicles",
    category=Category.FREE,
)
WAKE_UP: Final = Endpoint(
    key="wake_up",
    method="POST",
    path="/api/1/vehicles/{vin}/wake_up",
    category=Category.WAKE,
)

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    COMMAND,
    FLEET_STATUS,
    ME,
    PARTNER_PUBLIC_KEY,
    PARTNER_REGISTER,
    PRODUCTS,
    REGION,
    SIGNED_COMMAND,
    VEHICLE,
    VEHICLE_DATA,
    VEHICLES,
    WAKE_UP,
)
