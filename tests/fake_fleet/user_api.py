"""The endpoints about the owner."""

from aiohttp import web

from .accounts import identity
from .endpoint import Call


async def me(call: Call) -> web.Response:
    """Say who signed in."""
    said = {
        "email": call.owner.email,
        "full_name": call.owner.email.partition("@")[0].replace(".", " ").title(),
        "profile_image_url": "https://example.invalid/x.jpg",
        "vault_uuid": identity("vault", call.owner.email),
    }
    return web.json_response({"response": said})


async def region(call: Call) -> web.Response:
    """Say which region's host the owner must ask."""
    said = {
        "region": call.owner.region,
        "fleet_api_base_url": call.world.api_urls[call.owner.region],
    }
    return web.json_response({"response": said})
