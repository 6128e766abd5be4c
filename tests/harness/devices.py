"""Our devices and their entities, as the registries know them.

Entities go by platform and key (the unique id is `<identity>-<key>`), never by their
entity ids, which an owner may change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .front_door import FrontDoor
from .seed import INTEGRATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A car, or the account with what Tesla bills."""

    identity: str
    """The VIN, for a car."""
    name: str
    is_car: bool
    entities: dict[tuple[str, str], str]
    """The enabled ones, by platform and key."""

    def entity(self, platform: str, key: str) -> str:
        """Return the id of an entity that must be there."""
        return self.entities[platform, key]


async def devices(home: FrontDoor) -> list[Device]:
    """Return the cars by name, then the account."""
    known = await home.ws("config/entity_registry/list")
    listed = await home.ws("config/device_registry/list")
    found = [
        Device(
            identity=identity,
            name=device["name_by_user"] or device["name"],
            is_car=device["entry_type"] != "service",
            entities=dict(_named(known, device["id"], identity)),
        )
        for device in listed
        for domain, identity in device["identifiers"]
        if domain == INTEGRATION.name
    ]
    return sorted(found, key=lambda one: (not one.is_car, one.name))


async def car(home: FrontDoor, vin: str) -> Device:
    """Return one car."""
    (found,) = (one for one in await devices(home) if one.identity == vin)
    return found


def _named(
    known: list[dict[str, Any]], device_id: str, identity: str
) -> Iterator[tuple[tuple[str, str], str]]:
    """Give the enabled entities of a device, named by platform and key."""
    for entity in known:
        if entity["device_id"] == device_id and entity["disabled_by"] is None:
            platform = entity["entity_id"].partition(".")[0]
            key = entity["unique_id"].removeprefix(f"{identity}-")
            yield (platform, key), entity["entity_id"]
