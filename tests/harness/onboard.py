"""From a fresh Home Assistant to two paired cars, without a click."""

from typing import Any

from .cloud import CLIENT_ID, CLIENT_SECRET, DOMAIN, Cloud
from .devices import devices
from .flows import Flow, FlowStuckError
from .home import Home
from .seed import INTEGRATION
from .waiting import until


async def sign_in(home: Home) -> dict[str, Any]:
    """Enter the credentials, consent at Tesla; return the flow's last step."""
    await home.ws(
        "application_credentials/create",
        domain=INTEGRATION.name,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        name="Tesla",
    )
    step = await Flow(home).begin(INTEGRATION.name)
    if step["type"] != "create_entry":
        raise FlowStuckError(f"no entry: {step['reason']}")
    return step


async def finish(home: Home, cloud: Cloud, created: dict[str, Any]) -> str:
    """Register the key and pair the cars that take one; return how it ended."""

    async def scan() -> dict[str, Any]:
        """Scan the QR codes with a phone, then ask to check again."""
        for vin, car in (await cloud.cars()).items():
            if car["command_signing"] != "off":
                await cloud.pair(vin)
        return {"later": False}

    _, flow_id = created["next_flow"]
    flow = Flow(
        home,
        answers={
            "hosting_here": {"domain": DOMAIN},
            # The name is another one's in the world, or none: only the cloud knows it.
            "check_failed": {"anyway": True},
            "pair": scan,
        },
        prefer=("key_create", "hosting_here"),
        despite=("check_failed", "check_unclear"),
    )
    return str((await flow.go_on(flow_id))["reason"])


async def onboard(home: Home, cloud: Cloud) -> None:
    """Do all of it, or raise with where it ended."""

    async def cars_are_there() -> bool:
        """Tesla lists cars to registered applications only, so they may come late."""
        known = {one.identity for one in await devices(home)}
        return known.issuperset(cloud.vins)

    reason = await finish(home, cloud, await sign_in(home))
    if reason != "set_up":
        raise FlowStuckError(f"the set-up ended with: {reason}")
    await until(cars_are_there, what="every car of the account has its device")
    cars = (await cloud.cars()).values()
    if closed := [
        car["name"]
        for car in cars
        if car["command_signing"] == "required" and not car["keys"]
    ]:
        raise FlowStuckError(f"the set-up never asked to pair {', '.join(closed)}")
