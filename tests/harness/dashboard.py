"""A dashboard for the cars that are there, with Home Assistant's own cards only.

What a device does not have is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from .devices import Device, devices
from .front_door import FrontDoor

URL_PATH: Final = "fleet-pulse"
VIEW_PATH: Final = "cars"

type Card = dict[str, Any]


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
    Tile(domain="lock", key="doors", features=("lock-commands",)),
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
        key="cabin",
        features=("climate-hvac-modes", "target-temperature"),
        is_wide=True,
    ),
    Tile(domain="device_tracker", key="location"),
    Tile(domain="sensor", key="shift_state"),
    Tile(domain="sensor", key="inside_temp"),
    Tile(domain="sensor", key="outside_temp"),
    Tile(domain="sensor", key="odometer"),
    Tile(domain="button", key="wake", features=("button",)),
    Tile(domain="sensor", key="poll_reason"),
    Tile(domain="sensor", key="wakes_today"),
    Tile(domain="sensor", key="cost_this_month"),
    Tile(domain="sensor", key="projected_cost"),
    Tile(domain="sensor", key="data_requests_this_month"),
    Tile(domain="sensor", key="commands_this_month"),
    Tile(domain="sensor", key="wakes_this_month"),
)
GRAPHED: Final = (("sensor", "battery_level"), ("sensor", "charging_state"))


def _tiles(device: Device) -> Iterator[Card]:
    """Give the tiles of what the device has."""
    for tile in TILES:
        if (entity_id := device.entities.get((tile.domain, tile.key))) is None:
            continue
        yield {
            "type": "tile",
            "entity": entity_id,
            # The heading above says which car.
            "name": {"type": "entity"},
            "features": [{"type": name} for name in tile.features],
            "grid_options": {"columns": 12 if tile.is_wide else 6},
        }


def _graph(device: Device) -> Iterator[Card]:
    """Give the last hour, which is two and a half days in the life of these cars."""
    graphed = [device.entities[key] for key in GRAPHED if key in device.entities]
    if graphed:
        yield {
            "type": "history-graph",
            "hours_to_show": 1,
            "entities": graphed,
            "grid_options": {"columns": 12},
        }


def _heading(title: str, icon: str) -> Card:
    """Give a title."""
    return {"type": "heading", "heading": title, "icon": icon}


def _play(url: str) -> Iterator[Card]:
    """Give what leads to the other side of the demo."""
    text = (
        f"These cars live in a [fake Tesla cloud]({url}). There you can drive them, "
        "plug them in or put them to sleep, and read what Tesla would bill for it."
    )
    yield _heading("Play", "mdi:steering")
    yield {"type": "markdown", "content": text}


def _columns(known: list[Device], play_url: str) -> Iterator[list[Card]]:
    """Give a column for each car, and one for all else."""
    for device in known:
        if device.is_car:
            heading = _heading(device.name, "mdi:car-electric")
            yield [heading, *_tiles(device), *_graph(device)]
    account = [card for one in known if not one.is_car for card in _tiles(one)]
    yield [_heading("Bill", "mdi:receipt-text"), *account, *_play(play_url)]


async def write(home: FrontDoor, play_url: str) -> str:
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
    columns = _columns(await devices(home), play_url)
    view = {
        "title": "Cars",
        "path": VIEW_PATH,
        "type": "sections",
        "max_columns": 4,
        "sections": [{"type": "grid", "cards": cards} for cards in columns],
    }
    await home.ws("lovelace/config/save", url_path=URL_PATH, config={"views": [view]})
    return f"/{URL_PATH}/{VIEW_PATH}"
