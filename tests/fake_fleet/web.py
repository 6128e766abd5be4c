"""The page at `/`, so that a person can play: cars, buttons, bill, last requests."""

from html import escape
from typing import Any, Final

from aiohttp import web

from . import overview
from .bill import Category
from .car import Car
from .log import Request
from .page import render
from .world import World

SHOWN_REQUESTS: Final = 25

BUTTONS: Final[tuple[tuple[str, str, str], ...]] = (
    ("Drive 10 min", "drive", '{"minutes": 10}'),
    ("Plug in", "plug", '{"kind": "ac"}'),
    ("Unplug", "unplug", "{}"),
    ("Open door", "open_door", '{"door": "df"}'),
    ("Close door", "close_door", '{"door": "df"}'),
    ("Sleep", "sleep", "{}"),
    ("Wake", "wake", "{}"),
)
"""Label, action and body of each button of a car."""

SCRIPT: Final = """
// Only the parts that change are replaced: a button must not vanish under a finger.
async function refresh() {
  try {
    const parts = await (await fetch("/_live")).json();
    for (const [id, html] of Object.entries(parts))
      document.getElementById(id).innerHTML = html;
  } catch (error) { /* The cloud is restarting: the next round tries again. */ }
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-path]");
  if (!button) return;
  await fetch(button.dataset.path, { method: "POST", body: button.dataset.body,
    headers: { "Content-Type": "application/json" } });
  await refresh();
});
setInterval(refresh, 2000);
"""


class PlayPage:
    """The page and the parts of it that change."""

    def __init__(self, world: World) -> None:
        """Show this world."""
        self._world = world

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes of the page."""
        return [web.get("/", self.show), web.get("/_live", self.live)]

    async def show(self, _: web.Request) -> web.Response:
        """Give the whole page."""
        parts = self._parts()
        cars = "".join(_card(car, parts) for car in self._world.cars.values())
        body = (
            f'<div class="grid">{cars}</div>'
            f'<div class="card"><h2>Bill of this month</h2><div id="bill">'
            f"{parts['bill']}</div></div>"
            f'<div class="card"><h2>Last requests</h2><div id="requests">'
            f"{parts['requests']}</div></div><script>{SCRIPT}</script>"
        )
        return render("Fake fleet", body, wide=True)

    async def live(self, _: web.Request) -> web.Response:
        """Give the changing parts by the id of their place."""
        return web.json_response(self._parts())

    def _parts(self) -> dict[str, str]:
        """Render what changes."""
        cars = {f"car-{car.vin}": _state(car) for car in self._world.garage()}
        last = self._world.requests[: -SHOWN_REQUESTS - 1 : -1]
        return cars | {"bill": _bill(self._world), "requests": _requests(last)}


def _card(car: Car, parts: dict[str, str]) -> str:
    """Render the place of a car, with its buttons."""
    vin = escape(car.vin)
    buttons = "".join(
        f"<button data-path=\"/_control/cars/{vin}/{action}\" data-body='{body}'>"
        f"{label}</button>"
        for label, action, body in BUTTONS
    )
    return (
        f'<section class="card"><h2>{escape(car.name)}</h2>'
        f'<div id="car-{vin}">{parts[f"car-{car.vin}"]}</div>{buttons}</section>'
    )


def _state(car: Car) -> str:
    """Render how a car is."""
    shown = overview.car(car)
    facts: list[tuple[str, Any]] = [
        ("State", shown["state"]),
        ("Battery", _with_unit(shown["battery_level"], "%")),
        ("Charging", shown["charging_state"]),
        ("Gear", shown["shift_state"] or "P"),
        ("Locked", {True: "yes", False: "no"}.get(shown["locked"])),
        ("Odometer", _with_unit(shown["odometer"], " mi")),
        ("Keys", len(shown["keys"])),
        ("VIN", shown["vin"]),
    ]
    rows = "".join(
        f'<tr><td class="soft">{label}</td><td>{escape(str(fact))}</td></tr>'
        for label, fact in facts
        if fact is not None
    )
    return f"<table>{rows}</table>"


def _with_unit(value: float | None, unit: str) -> str | None:
    """Render a number; None stays out of the table."""
    return None if value is None else f"{value:,.0f}{unit}"


def _bill(world: World) -> str:
    """Render the bill."""
    bill = overview.bill(world)
    rows = "".join(
        f'<tr><td>{overview.title(Category(name))}</td><td class="number">{count:,}'
        f'</td><td class="number">$ {bill["costs"][name]}</td></tr>'
        for name, count in bill["counts"].items()
    )
    return (
        "<table><tr><th>Category</th><th class=number>Requests</th>"
        f"<th class=number>Cost</th></tr>{rows}<tr><th>Total</th><td></td>"
        f'<th class="number">$ {bill["total"]}</th></tr></table>'
    )


def _requests(last: list[Request]) -> str:
    """Render the last requests, newest first."""
    rows = "".join(
        f"<tr><td>{asked.at:%H:%M:%S}</td>"
        f"<td{_warning(asked)}>{asked.status or 'cut'}</td>"
        f"<td>{asked.category if asked.billed else ''}</td><td>{asked.host}</td>"
        f"<td>{asked.method} <code>{escape(asked.path)}</code></td></tr>"
        for asked in last
    )
    return f"<table>{rows}</table>" if rows else '<p class="soft">None yet.</p>'


def _warning(asked: Request) -> str:
    """Mark what did not work."""
    works = asked.status is not None and asked.status < 400
    return "" if works else ' class="warn"'
