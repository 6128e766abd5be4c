"""A child of `weight`: the fake cloud in a process of its own, all its cars on the road.

`python -m tests.benchmark.weight_cloud 10` says in one line of JSON where it is and
with which tokens core's integration is signed in; it runs until its input ends.
"""

import asyncio
import json
import sys
from typing import Any, Final

from tests.fake_fleet.accounts import SCOPES
from tests.fake_fleet.car import Car
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    EMAIL,
    ORIGIN,
    REDIRECT_URIS,
)
from tests.fake_fleet.specs import MODEL_Y

FASTER: Final = 120
"""How much faster the cars live, so that each look finds changed values."""
TRIP_MINUTES: Final = 100
FULL: Final = 85.0


def build(clock: Clock, cars: int) -> FakeCloud:
    """Build a cloud with one owner of so many cars."""
    cloud = FakeCloud(clock, ticks=False)
    cloud.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    cloud.auto_consent = True
    account = cloud.add_account(EMAIL, "eu")
    for seed in range(1, cars + 1):
        cloud.add_car(Car(spec=MODEL_Y, clock=clock, seed=seed), account)
    return cloud


def tokens(cloud: FakeCloud) -> dict[str, Any]:
    """Sign somebody in, and give what an entry of core's integration keeps."""
    account, application = cloud.accounts[EMAIL], cloud.applications[CLIENT_ID]
    uri = REDIRECT_URIS[0]
    account.consents[CLIENT_ID] = frozenset(SCOPES)
    code = cloud.tokens.new_code(
        application, account, redirect_uri=uri, scopes=SCOPES, nonce=None
    )
    known = cloud.tokens.take_code(code, CLIENT_ID, uri)
    pair = cloud.tokens.grant(code, known, account, cloud.api_urls.values())
    return {
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "expires_in": cloud.tokens.access_life.total_seconds(),
        "expires_at": (cloud.now() + cloud.tokens.access_life).timestamp(),
        "token_type": "Bearer",
    }


async def _drive(cloud: FakeCloud) -> None:
    """Have every car that stands drive off again, well charged."""
    while True:
        for car in cloud.garage():
            if car.parts.motion.trip is None:
                car.parts.battery.soc = FULL
                car.drive(TRIP_MINUTES)
        await asyncio.sleep(0.5)


async def main(cars: int) -> None:
    """Serve until the parent has had enough."""
    cloud = build(Clock.real(FASTER), cars)
    # The looks of an hour come within seconds here.
    cloud.limits.per_minute.clear()
    async with cloud:
        driving = asyncio.create_task(_drive(cloud))
        said = {
            "auth_url": cloud.auth_url,
            "api_urls": cloud.api_urls,
            "token": tokens(cloud),
        }
        sys.stdout.write(f"{json.dumps(said)}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        driving.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
