"""From a fresh Home Assistant to two paired cars, without a click."""

from typing import Any, Final

from .cloud import CLIENT_ID, CLIENT_SECRET, DOMAIN, Cloud
from .flows import Flow, FlowStuckError
from .home import Home
from .seed import INTEGRATION

ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "domain": {"domain": DOMAIN},
    "pair": {"later": True},
}


async def sign_in(home: Home) -> dict[str, Any]:
    """Enter the credentials, consent at Tesla; return the flow's last step."""
    await home.ws(
        "application_credentials/create",
        domain=INTEGRATION.name,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        name="Tesla",
    )
    step = await Flow(home, answers=ANSWERS).begin(INTEGRATION.name)
    if step["type"] != "create_entry":
        raise FlowStuckError(f"no entry: {step['reason']}")
    return step


async def finish(home: Home, cloud: Cloud, created: dict[str, Any]) -> list[str]:
    """Register the key and pair the cars that take one; return the steps taken."""
    _, flow_id = created["next_flow"]
    flow = Flow(home, answers=ANSWERS)
    await flow.go_on(flow_id)
    for vin, car in (await cloud.cars()).items():
        if car["command_signing"] != "off":
            await cloud.pair(vin)
    return flow.seen


async def onboard(home: Home, cloud: Cloud) -> list[str]:
    """Do all of it; return the steps of the second part."""
    return await finish(home, cloud, await sign_in(home))
