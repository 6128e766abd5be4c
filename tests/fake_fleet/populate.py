"""The household most tests and the demo begin with: one owner, two cars."""

from typing import Final
from zoneinfo import ZoneInfo

from .accounts import Account
from .car import HOME, Car
from .commuter import Commuter
from .geography import beside
from .specs import MODEL_S_2016, MODEL_Y
from .world import World

CLIENT_ID: Final = "client-id"
CLIENT_SECRET: Final = "client-secret"
EMAIL: Final = "owner@example.com"
ORIGIN: Final = "https://example.com"
REDIRECT_URIS: Final = (
    "http://127.0.0.1:8123/auth/external/callback",
    "https://example.com/auth/external/callback",
    "https://my.home-assistant.io/redirect/oauth",
)


def household(world: World, *, commuting: bool = False) -> Account:
    """Move a family in: a sleeping Model Y and a Model S from before signing.

    Commuting, they drive to work and plug in at home by themselves.
    """
    account = world.add_account(EMAIL, "eu")
    drivers = [_commuter(seed) if commuting else None for seed in (1, 2)]
    new, old = (
        Car(
            spec=MODEL_Y, clock=world.clock, seed=1, state="asleep", commuter=drivers[0]
        ),
        Car(spec=MODEL_S_2016, clock=world.clock, seed=2, commuter=drivers[1]),
    )
    world.add_car(new, account)
    world.add_car(old, account)
    return account


def _commuter(seed: int) -> Commuter:
    """Employ somebody in the neighbourhood."""
    work = beside(HOME, 14, 60 * seed)
    return Commuter(home=HOME, work=work, zone=ZoneInfo("Europe/Berlin"), seed=seed)
