"""A dashboard for the cars that are there, with Home Assistant's own cards only.

It knows entities by platform and key (the unique id is `<VIN>-<key>`), never by their
entity ids, which an owner may change. What does not exist is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .home import Home
from .seed import INTEGRATION

URL_PATH: Final = "fleet-pulse"
VIEW_PATH: Final = "cars"

type Card = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """A device and its enabled entities, by (domain, key)."""

    vin: str
    name: str
    entities: dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A row of the dashboard: an entity and what can be done with it there."""

    domain: str
    key: str
    features: tuple[str, ...] = ()
    is_wide: bool = False


TILES: Final = (
    Tile(domain="sensor", key="state"),
    Tile(domain="sensor", key="last_update"),
    Tile(domain="sensor", key="battery_level"),
    Tile(domain="sensor", key="battery_range"),
    Tile(domain="sensor", key="charging_state"),
    Tile(domain="sensor", key="charger_power"),
    Tile(domain="switch", key="charge", features=("toggle",)),
    Tile(domain="lock", key="locked", features=("lock-commands",)),
    Tile(
        domain="number",
        key="charge_limit_soc",
        features=("numeric-input",),
        is_wide=True,
    ),
    Tile(
        domain="number",
        key="charge_current_request",
        features=("numeric-input",),
        is_wide=True,
    ),
    Tile(
        domain="climate",
        key="climate",
        features=("climate-hvac-modes", "target-temperature"),
        is_wide=True,
    ),
    Tile(domain="device_tracker", key="location"),
    Tile(domain="sensor", key="shift_state"),
    Tile(domain="sensor", key="inside_temp"),
    Tile(domain="sensor", key="outside_temp"),
    Tile(domain="sensor", key="odometer"),
    Tile(domain="button", key="wake", features=("button",)),
)
GRAPHED: Final = (("sensor", "battery_level"), ("sensor", "charging_state"))


async def cars(home: Home) -> list[Car]:
    """Read the registries for our cars, by name."""
    devices = await home.ws("config/device_registry/list")
    entities = await home.ws("config/entity_registry/list")
    found = []
    for device in devices:
        vins = [
            vin for domain, vin in device["identifiers"] if domain == INTEGRATION.name
        ]
        ours = [
            entity
            for entity in entities
            if entity["device_id"] == device["id"]
            and entity["platform"] == INTEGRATION.name
            and entity["disabled_by"] is None
        ]
        if vins and ours:
            name = device["name_by_user"] or device["name"]
            known = dict(_named(ours, vins[0]))
            found.append(Car(vin=vins[0], name=name, entities=known))
    return sorted(found, key=lambda car: car.name)


def _named(
    entities: list[dict[str, Any]], vin: str
) -> Iterator[tuple[tuple[str, str], str]]:
    """Name the entities of a car by domain and key."""
    for entity in entities:
        entity_id = entity["entity_id"]
        domain = entity_id.partition(".")[0]
        yield (domain, entity["unique_id"].removeprefix(f"{vin}-")), entity_id


def _tiles(car: Car) -> Iterator[Card]:
    """Give the tiles of what the car has."""
    for tile in TILES:
        if (entity_id := car.entities.get((tile.domain, tile.key))) is None:
            continue
        yield {
            "type": "tile",
            "entity": entity_id,
            "features": [{"type": name} for name in tile.features],
            "grid_options": {"columns": 12 if tile.is_wide else 6},
        }


def _section(car: Car) -> dict[str, Any]:
    """Give the column of a car."""
    graphed = [car.entities[key] for key in GRAPHED if key in car.entities]
    graph: Card = {
        "type": "history-graph",
        "hours_to_show": 1,
        "entities": graphed,
        "grid_options": {"columns": 12},
    }
    heading: Card = {"type": "heading", "heading": car.name, "icon": "mdi:car-electric"}
    return {
        "type": "grid",
        "cards": [heading, *_tiles(car), *([graph] if graphed else [])],
    }


def _play(url: str) -> dict[str, Any]:
    """Give the column that leads to the other side of the demo."""
    text = (
        f"These cars live in a [fake Tesla cloud]({url}). There you can drive them, "
        "plug them in or put them to sleep, and read what Tesla would bill for it."
    )
    heading: Card = {"type": "heading", "heading": "Play", "icon": "mdi:steering"}
    return {"type": "grid", "cards": [heading, {"type": "markdown", "content": text}]}


async def write(home: Home, play_url: str) -> str:
    """Create the dashboard, or write it anew; return its path."""
    existing = await home.ws("lovelace/dashboards/list")
    if not any(one["url_path"] == URL_PATH for one in existing):
        await home.ws(
            "lovelace/dashboards/create",
            url_path=URL_PATH,
            title="Fleet Pulse",
            icon="mdi:car-electric",
            show_in_sidebar=True,
            require_admin=False,
            mode="storage",
        )
    view = {
        "title": "Cars",
        "path": VIEW_PATH,
        "type": "sections",
        "max_columns": 3,
        "sections": [*map(_section, await cars(home)), _play(play_url)],
    }
    await home.ws("lovelace/config/save", url_path=URL_PATH, config={"views": [view]})
    return f"/{URL_PATH}/{VIEW_PATH}"
