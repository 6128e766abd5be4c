"""Entries as older versions kept them: with the sign-in in plain text.

sealed, on disk ─▶ dropped from the entry ─▶ Home Assistant writes its entries
│ crash               │ crash
└─────────┬───────────┘
▼
the next start finds both: what is sealed is newer, and stays
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from . import vault
from .api import async_base_url
from .const import CONF_ACCOUNT, CONF_API_URL
from .fleet.auth import TokenPair, claims
from .fleet.errors import FleetError, InvalidAnswer, SealBroken
from .tokens import ACCOUNT_KIND, PURPOSE, StoredTokens

_LOGGER = logging.getLogger(__name__)

MINOR_VERSION: Final = 2
_PLAIN: Final = "token"
"""Where Home Assistant's own way of signing in keeps both tokens."""


async def async_migrate(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Bring an entry up to date; False leaves it as it is until that can be done.

    Entries of a later major version Home Assistant refuses by itself.
    """
    data = dict(entry.data)
    if (token := data.pop(_PLAIN, None)) is not None:
        try:
            found = await _async_sealed(hass, data.get(CONF_ACCOUNT), token)
        except FleetError as err:
            # It is tried again when Home Assistant starts.
            _LOGGER.warning("The sign-in of an entry could not be sealed: %s", err)
            return False
        data = found | data
    hass.config_entries.async_update_entry(
        entry,
        data=data,
        unique_id=entry.unique_id or data.get(CONF_ACCOUNT),
        minor_version=MINOR_VERSION,
    )
    return True


async def _async_sealed(
    hass: HomeAssistant, account: str | None, token: Mapping[str, Any]
) -> dict[str, Any]:
    """Seal a plain pair; return what it says of the account."""
    pair = _pair(token)
    known = claims(pair.access_token)
    account = account or known.subject
    file = await vault.async_open(hass, ACCOUNT_KIND, account)
    if not _holds_tokens(file):
        await file.async_put(PURPOSE, StoredTokens(pair=pair).dump())
    return {CONF_ACCOUNT: account, CONF_API_URL: async_base_url(hass, known.region)}


def _holds_tokens(file: vault.VaultFile) -> bool:
    """Return whether tokens are sealed already, whether or not they open now.

    Tokens rotate: after a crash the entry may still hold what was used long ago.
    """
    try:
        return file.get(PURPOSE) is not None
    except SealBroken:
        return True


def _pair(token: Mapping[str, Any]) -> TokenPair:
    """Read both tokens as Home Assistant's own way of signing in keeps them."""
    match token:
        case {
            "access_token": str(access_token),
            "refresh_token": str(refresh_token),
            "expires_at": int() | float() as expires_at,
        }:
            return TokenPair(
                access_token=access_token,
                refresh_token=refresh_token,
                expires_at=_moment(expires_at),
            )
    raise InvalidAnswer("the entry's tokens cannot be read")


def _moment(epoch: float) -> datetime:
    """Read when a token ends; a time that is none is over, which costs one refresh."""
    try:
        return datetime.fromtimestamp(epoch, UTC)
    except ValueError, OverflowError, OSError:
        return datetime.fromtimestamp(0, UTC)
