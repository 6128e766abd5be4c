"""The doctor's checks of the sign-in: from Tesla's page to the region."""

import secrets

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

from . import api
from .const import CONF_API_URL, CONF_SIGNED_IN_AT
from .fleet.auth import SCOPES, AuthorizePage, claims
from .fleet.checks import Trouble, missing
from .fleet.report import Outcome, failed, passed, skipped
from .patient import Patient


async def authorize_url(patient: Patient) -> Outcome:
    """Look at the page that the owner would be sent to."""
    redirect_uri = _redirect_uri(patient.hass)
    if redirect_uri is None:
        return skipped("this Home Assistant has no address to come back to")
    auth = api.async_auth_client(patient.hass)
    state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    url = auth.authorize_url(
        await patient.application(), redirect_uri, SCOPES, state, nonce
    )
    return _page_outcome(await auth.authorize_page(url), redirect_uri)


async def token_exchange(patient: Patient) -> Outcome:
    """Recall the last consent: a code works once, so none can be tried."""
    at = patient.entry.data.get(CONF_SIGNED_IN_AT)
    if at is None:
        return skipped("when the owner consented was not noted")
    return passed(f"Tesla returned both on {at}")


async def vehicles(patient: Patient) -> Outcome:
    """Ask for the cars."""
    found = await patient.account.client.vehicles()
    return passed(f"Tesla lists {len(found)} of them")


async def refresh(patient: Patient) -> Outcome:
    """Have a new pair."""
    await patient.data.tokens.async_rotate()
    patient.is_refreshed = True
    return passed(
        f"good until {patient.data.tokens.pair.expires_at:%Y-%m-%d %H:%M} UTC"
    )


async def refresh_again(patient: Patient) -> Outcome:
    """Have another one, with the refresh token that has just come."""
    if not patient.is_refreshed:
        return skipped("the first refresh failed")
    before = patient.data.tokens.pair.refresh_token
    await patient.data.tokens.async_rotate()
    is_same = patient.data.tokens.pair.refresh_token == before
    return passed("Tesla keeps the refresh token" if is_same else "rotated again")


async def scopes(patient: Patient) -> Outcome:
    """Read what was granted out of the newest access token."""
    granted = claims(patient.data.tokens.pair.access_token).scopes
    if lacks := missing(granted):
        return failed(f"missing: {', '.join(lacks)}", Trouble.SCOPES_MISSING)
    return passed(f"granted: {', '.join(sorted(granted))}")


async def region(patient: Patient) -> Outcome:
    """Compare Tesla's word with where we ask."""
    found = await patient.account.client.region()
    stored = patient.entry.data[CONF_API_URL]
    name = api.async_hosts(patient.hass).region_of(found.base_url) or found.base_url
    if found.base_url != stored:
        return failed(f"Tesla keeps the account in {name}; {stored} is asked")
    return passed(f"{name} ({stored})")


def _redirect_uri(hass: HomeAssistant) -> str | None:
    """Return where Tesla sends the browser back to, as far as known without one."""
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return None


def _page_outcome(page: AuthorizePage, redirect_uri: str) -> Outcome:
    """Judge Tesla's sign-in page; what is not recognised says nothing against it."""
    if page.finding is not None:
        return failed(f"Tesla does not know this {page.finding.value}: {redirect_uri}")
    if page.error is not None:
        return failed(f"Tesla answers {page.error} at once")
    if page.status is None:
        return failed("Tesla's sign-in page does not answer")
    if page.status >= 400:
        return passed(f"could not be judged: Tesla answers {page.status} to a program")
    return passed(f"the page opens; the browser comes back to {redirect_uri}")
