"""The endpoints about the application itself: registration in a region."""

from hashlib import md5
import re
from typing import Any, Final

from aiohttp import web

from .accounts import Application, Registration
from .endpoint import Call
from .public_key_download import DownloadFailed, download
from .refusal import bare, wrapped
from .world import stamp

DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
KEY_TAKEN: Final = "Validation failed: Public key hash has already been taken"


async def register(call: Call) -> web.Response:
    """Register the application in this host's region, with the key of its domain."""
    domain = _domain(call.body.get("domain"))
    if not call.application.owns_domain(domain):
        raise bare(412, f"Root domain {domain} must match registered allowed origin")
    try:
        key = await download(domain, call.world.hosts)
    except DownloadFailed as error:
        raise bare(424, f"Public key download failed: {error}") from error
    if _is_taken(call, key):
        raise wrapped(422, KEY_TAKEN)
    registration = Registration(domain=domain, public_key=key)
    call.application.registrations[call.region] = registration
    return web.json_response({"response": _described(call, registration)})


async def public_key(call: Call) -> web.Response:
    """Say which key this region holds for a domain."""
    domain = call.query.get("domain", "")
    known = call.application.registrations.get(call.region)
    if known is None or known.domain != domain or not known.public_key:
        raise wrapped(404)
    return web.json_response({"response": {"public_key": known.public_key.hex()}})


def _domain(given: object) -> str:
    """Check that a bare domain was given: no scheme, no port, no path."""
    if not isinstance(given, str) or not DOMAIN.fullmatch(given):
        raise wrapped(422, "Validation failed: Domain is invalid")
    return given


def _is_taken(call: Call, key: bytes) -> bool:
    """Say whether another application has registered this key anywhere."""
    return any(
        key == known.public_key
        for other in call.world.applications.values()
        if other is not call.application
        for known in other.registrations.values()
    )


def _described(call: Call, registration: Registration) -> dict[str, Any]:
    """Describe the application after its registration."""
    application: Application = call.application
    now = stamp(call.world.now())
    digest = md5(registration.public_key, usedforsecurity=False)
    return {
        "account_id": application.account_id,
        "domain": registration.domain,
        "name": application.client_id,
        "description": "",
        "client_id": application.client_id,
        "ca": None,
        "created_at": now,
        "updated_at": now,
        "enterprise_tier": "pay_as_you_go",
        "issuer": None,
        "csr": None,
        "csr_updated_at": None,
        "public_key": registration.public_key.hex(),
        "public_key_hash": digest.hexdigest(),
    }
