"""The page that a phone opens to put an application's key into a car."""

from html import escape

from aiohttp import web

from .page import problem, render
from .world import World


class PairingPage:
    """`/_ak/<domain>?vin=`: `GET` shows it, `POST` is the button on it."""

    def __init__(self, world: World) -> None:
        """Serve the cars of this world."""
        self._world = world

    def routes(self) -> list[web.AbstractRouteDef]:
        """Give the routes of the page."""
        path = "/_ak/{domain}"
        return [web.get(path, self.show), web.post(path, self.pair)]

    async def show(self, request: web.Request) -> web.Response:
        """Ask which car the key shall open."""
        domain = request.match_info["domain"]
        if self._world.key_of(domain) is None:
            return problem(f"No application is registered for {domain}.", status=404)
        wanted = request.query.get("vin", "")
        options = "".join(
            f'<option value="{escape(car.vin)}"{" selected" * (car.vin == wanted)}>'
            f"{escape(car.name)} ({escape(car.vin)})</option>"
            for car in self._world.cars.values()
        )
        body = (
            f'<form method="post" class="card"><p><b>{escape(domain)}</b> asks for a'
            " virtual key: with it, it can open and drive your car.</p>"
            f'<label>Car <select name="vin">{options}</select></label>'
            '<p><button class="main">Add key</button></p></form>'
        )
        return render("Set up third-party virtual key", body)

    async def pair(self, request: web.Request) -> web.Response:
        """Add the domain's key to the car."""
        domain = request.match_info["domain"]
        vin = str((await request.post()).get("vin", ""))
        key, car = self._world.key_of(domain), self._world.cars.get(vin)
        if key is None or car is None:
            return problem("There is no such application or car.", status=404)
        if car.command_signing == "off":
            return problem("This car does not take virtual keys.")
        car.pair(key)
        text = f"{escape(car.name)} now knows the key of {escape(domain)}."
        return render("Key added", f'<p class="card">{text}</p>')
