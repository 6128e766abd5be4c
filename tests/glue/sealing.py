"""What lies on disk of a home, and the home after a restart."""

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.helpers.storage import STORAGE_DIR

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.const import DOMAIN

from .flows import Owner
from .household import Household

KEK: Final = b64encode(bytes(range(100, 132))).decode()
"""A key-encryption key as an owner would make one."""


def folder(house: Household) -> Path:
    """Give the configuration folder."""
    return Path(house.hass.config.config_dir)


def files(house: Household) -> dict[str, bytes]:
    """Read every file below the configuration folder."""
    found = (path for path in folder(house).rglob("*") if path.is_file())
    return {str(path.relative_to(folder(house))): path.read_bytes() for path in found}


def sealed(house: Household, kind: str) -> Path:
    """Give a sealed file."""
    (path,) = (folder(house) / STORAGE_DIR).glob(f"{DOMAIN}.{kind}.*")
    return path


async def restart(house: Household) -> None:
    """Write what waits to be written, and start the entry from disk alone."""
    entry = house.entry
    await house.hass.config_entries.async_unload(entry.entry_id)
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()
    house.hass.data[vault._VAULTS].clear()
    await house.hass.config_entries.async_setup(entry.entry_id)
    await house.settle()


def waiting(house: Household) -> list[Any]:
    """Give the dialogs that wait for the owner to sign in again."""
    flows = house.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [flow for flow in flows if flow["context"]["source"] == SOURCE_REAUTH]


async def sign_in_again(house: Household) -> Any:
    """Go through the dialog that asks for it."""
    owner = Owner(house)
    result = await owner.flow.async_configure(waiting(house)[0]["flow_id"])
    result = await owner.consent(await owner.submit(result))
    await house.settle()
    return result
