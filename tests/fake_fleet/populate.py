"""The household most tests and the demo begin with: one owner, two cars."""

from typing import Final

from .accounts import Account
from .car import Car
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


def household(world: World) -> Account:
    """Move a family in: a sleeping Model Y and a Model S from before signing."""
    account = world.add_account(EMAIL, "eu")
    world.add_car(Car(spec=MODEL_Y, clock=world.clock, seed=1, state="asleep"), account)
    world.add_car(Car(spec=MODEL_S_2016, clock=world.clock, seed=2), account)
    return account
