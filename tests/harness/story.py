"""The story that `scripts/demo --check` plays, and what must be true in it.

Each chapter is a promise to the owner, asserted on Home Assistant's own states and
on what the cloud saw and billed.
"""

import asyncio
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from pathlib import Path
import sys
import time
from typing import Any, Final

from tests.fake_fleet.public_key_download import PATH as KEY_PATH

from . import dashboard
from .browser import Browser
from .cloud import Cloud
from .devices import Device, car, devices
from .front_door import RefusedError
from .home import Home
from .seed import INTEGRATION
from .waiting import until

PAGE: Final = f"/{dashboard.URL_PATH}/{dashboard.VIEW_PATH}"
SANITY: Final = (
    "authorize_url",
    "token_exchange",
    "vehicles",
    "refresh",
    "refresh_again",
    "key_path",
    "key_no_redirect",
    "key_raw_pem",
    "key_no_auth",
    "key_equal",
)
"""What the owner's checklist has done by hand."""
# Every custom integration is greeted with this.
GREETING: Final = "has not been tested by Home Assistant"


class Story:
    """One car's day, sixty times as fast."""

    def __init__(self, home: Home, cloud: Cloud, browser: Browser, shots: Path) -> None:
        """Play with the car that takes signed commands only."""
        self.home = home
        self.cloud = cloud
        self.browser = browser
        self.shots = shots
        self.vin = ""
        self.device: Device

    async def begin(self) -> None:
        """Find the car, on both sides."""
        cars = await self.cloud.cars()
        shown = {one.identity for one in await devices(self.home) if one.is_car}
        assert shown == set(cars), f"the dashboard has {shown}"
        (self.vin,) = (v for v, c in cars.items() if c["command_signing"] == "required")
        self.device = await car(self.home, self.vin)
        # The other one drives, too: a car that only sleeps is never looked at.
        for vin in set(cars) - {self.vin}:
            await self.cloud.act(vin, "drive", minutes=8)

    # --- looking

    async def truth(self) -> dict[str, Any]:
        """Return what is true of the car."""
        return (await self.cloud.cars())[self.vin]

    async def shown(self, platform: str, key: str) -> dict[str, Any]:
        """Return an entity as Home Assistant has it."""
        return (await self.home.states())[self.device.entity(platform, key)]

    async def says(self, platform: str, key: str, *states: str) -> bool:
        """Return whether an entity says one of these."""
        return (await self.shown(platform, key))["state"] in states

    async def said(self, platform: str, key: str, state: str) -> bool:
        """Return whether the car itself said so, when it was looked at."""
        shown = await self.shown(platform, key)
        return (shown["state"], shown["attributes"]["source"]) == (state, "poll")

    async def mark(self) -> int:
        """Return the position in the cloud's log from which a chapter counts."""
        return len(await self.cloud.requests())

    async def asked(self, since: int, *, path: str = "", **wanted: Any) -> int:
        """Count the requests for this car, or for the account, since a mark."""
        return sum(
            path in one["path"] and all(one[key] == wanted[key] for key in wanted)
            for one in await self.cloud.requests(since)
        )

    async def looks(self) -> int:
        """Count the looks at the car that were billed this month, by our own ledger."""
        used = await self.home.call(INTEGRATION.name, "get_usage", returns=True)
        (account,) = used["accounts"].values()
        return sum(
            line["billed"]
            for line in account["lines"]
            if line["reason"].startswith("poll")
        )

    async def heard(self) -> list[str]:
        """Return the signed commands the car carried out."""
        found = await self.cloud.control(f"cars/{self.vin}/heard")
        return [name for one in found if one["acted"] for name in one["commands"]]

    # --- acting

    async def act(self, service: str, platform: str, key: str, **data: Any) -> None:
        """Perform an action on an entity."""
        domain, _, name = service.partition(".")
        target = {"entity_id": self.device.entity(platform, key)}
        await self.home.call(domain, name, data, target=target)

    async def refused(self, service: str, platform: str, key: str) -> str:
        """Perform an action that must fail; return what the owner reads."""
        try:
            await self.act(service, platform, key)
        except RefusedError as err:
            return str(err)
        raise AssertionError(f"{service} was not refused")

    async def sleeps(self) -> None:
        """Put the car to sleep and wait until Home Assistant shows it."""
        await self.cloud.act(self.vin, "sleep")
        await until(
            lambda: self.says("sensor", "state", "asleep"), what="asleep is shown"
        )


async def _printed(*command: str, given: str = "") -> str:
    """Run a program as a person would in a terminal; return what it prints."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    printed, complaint = await process.communicate(given.encode())
    assert not process.returncode, f"{command[0]}: {complaint.decode()}"
    return printed.decode()


async def the_key_is_hosted(story: Story) -> None:
    """By the owner's own commands: 200, no redirect, the key from its first byte."""
    url = f"{story.home.url}{KEY_PATH}"
    head = (await _printed("curl", "-sSI", url)).lower()
    assert head.splitlines()[0].split()[1] == "200", head
    assert "location:" not in head, head
    pem = await _printed("curl", "-sS", url)
    assert pem.startswith("-----BEGIN PUBLIC KEY-----"), pem[:80]
    told = await _printed("openssl", "ec", "-pubin", "-noout", "-text", given=pem)
    assert "prime256v1" in told, told


async def the_doctor_finds_nothing(story: Story) -> None:
    """The checklist's own checks pass, nothing fails, and nothing of it is billed."""
    mark, looks = await story.mark(), await story.looks()
    answer = await story.home.call(INTEGRATION.name, "run_checks", returns=True)
    (account,) = answer["accounts"].values()
    results = {row["id"]: row["result"] for row in account["checks"]}
    assert {results[name] for name in SANITY} == {"passed"}, results
    assert "failed" not in results.values(), account
    # A look of the integration's own may have been due meanwhile.
    looks = await story.looks() - looks
    assert await story.asked(mark, billed=True) == looks


async def a_drive_is_shown(story: Story) -> None:
    """The car drives, plugs in, charges: shown, with the time the car said it."""
    before = await story.truth()
    await story.cloud.act(story.vin, "power", on=True)
    await story.cloud.act(story.vin, "drive", minutes=15)
    await until(lambda: story.says("sensor", "state", "driving"), what="driving")
    await until(lambda: story.says("sensor", "shift_state", "p"), what="parked")
    driven = float((await story.shown("sensor", "odometer"))["state"]) / 1.609344
    assert driven > before["odometer"], (driven, before["odometer"])
    await story.cloud.act(story.vin, "plug", kind="ac")
    await until(
        lambda: story.says("binary_sensor", "charge_cable", "on"),
        what="plugged in",
    )
    assert not await story.asked(0, category="wake"), "showing woke a car"


async def a_restart_costs_nothing(story: Story) -> None:
    """A sleeping car comes back with its values and their true times; 0 billed."""
    await story.act("switch.turn_off", "switch", "charge")
    await until(lambda: story.said("sensor", "charging_state", "stopped"), what="off")
    await story.sleeps()
    before = await story.shown("sensor", "battery_level")
    mark = await story.mark()
    await story.home.restart()
    story.device = await car(story.home, story.vin)
    after = await story.shown("sensor", "battery_level")
    assert after["state"] == before["state"], (before, after)
    said = [one["attributes"]["last_updated"] for one in (before, after)]
    assert said[0] == said[1], said
    assert await story.says("sensor", "state", "asleep")
    vin = story.vin
    assert not await story.asked(mark, billed=True, vin=vin), "the start was billed"


async def looking_costs_nothing(story: Story) -> None:
    """The dashboard, and `update_entity` twenty times: 0 billed, 2 lists at most."""
    mark = await story.mark()
    target = {"entity_id": story.device.entity("sensor", "battery_level")}
    for _ in range(20):
        await story.home.call("homeassistant", "update_entity", target)
    lists = await story.asked(mark, path="/products")
    assert lists <= 2, f"{lists} lists"
    await story.browser.pictures(PAGE, story.shots, "asleep")
    assert not await story.asked(mark, billed=True, vin=story.vin)
    assert (await story.truth())["state"] == "asleep"


async def charging_wakes_once(story: Story) -> None:
    """Start charging: one wake, one signed command, one look to verify it."""
    mark, heard = await story.mark(), await story.heard()
    await story.act("switch.turn_on", "switch", "charge")
    assert await story.asked(mark, path="/wake_up") == 1
    assert (await story.heard())[len(heard) :] == ["charge_start"]
    assert (await story.truth())["charging_state"] in ("Starting", "Charging")
    assert await story.says("switch", "charge", "on")
    await until(
        lambda: story.asked(mark, path="/vehicle_data", vin=story.vin),
        what="the command is verified",
    )
    assert await story.asked(mark, path="/vehicle_data", vin=story.vin) == 1
    assert await story.says("switch", "charge", "on")


async def a_slider_is_one_command(story: Story) -> None:
    """The charge limit dragged through twelve values in a second: one command."""
    heard = await story.heard()
    slider = story.device.entity("number", "charge_limit_soc")
    # By REST, as the websocket of this owner waits for one answer after the other.
    await asyncio.gather(
        *(
            story.home.post(
                "/services/number/set_value", {"entity_id": slider, "value": value}
            )
            for value in range(70, 82)
        )
    )
    assert (await story.heard())[len(heard) :] == ["set_charge_limit"]
    assert (await story.truth())["charge_limit_soc"] == 81


async def an_unlock_is_not_repeated(story: Story) -> None:
    """An unlock whose answer is lost may have happened: it is not sent again."""
    # The first ones agree on a session, so that the lost answer is the unlock's own.
    await story.act("lock.unlock", "lock", "doors")
    await story.act("lock.lock", "lock", "doors")
    mark = await story.mark()
    await story.cloud.fail("*/signed_command", reset="after", times=1)
    said = await story.refused("lock.unlock", "lock", "doors")
    assert "may have done it" in said, said
    await story.cloud.heal()
    await asyncio.sleep(5)
    assert await story.asked(mark, path="/signed_command", vin=story.vin) == 1


async def a_lost_car_is_left_alone(story: Story) -> None:
    """A car out of reach: two wakes at most, a clear error, then a wait."""
    await story.cloud.act(story.vin, "unplug")
    await story.sleeps()
    await story.cloud.act(story.vin, "set", reachable=False)
    mark = await story.mark()
    said = await story.refused("button.press", "button", "wake")
    assert "did not wake up" in said, said
    assert await story.asked(mark, path="/wake_up") in (1, 2)
    mark = await story.mark()
    said = await story.refused("button.press", "button", "wake")
    assert "Next try from" in said, said
    assert not await story.asked(mark, path="/wake_up")
    await story.cloud.act(story.vin, "set", reachable=True)


async def the_ledger_is_right(story: Story) -> None:
    """The ledger and Tesla's bill name the same sum, to the cent."""

    async def both() -> bool:
        """Compare them at one moment: cars are looked at meanwhile."""
        used = await story.home.call("fleet_pulse", "get_usage", returns=True)
        (account,) = used["accounts"].values()
        bill = await story.cloud.bill()
        counts = {key: bill["counts"][key] for key in ("data", "command", "wake")}
        billed = {key: account["billed"][key] for key in counts}
        return (account["cost"], billed) == (bill["total"], counts)

    await until(both, what="ledger equals bill")


def complaints(home: Home) -> list[str]:
    """Return what the log has against us, from whichever part of Home Assistant."""
    return [
        line
        for line in home.complaints()
        if INTEGRATION.name in line and GREETING not in line
    ]


CHAPTERS: Final[tuple[Callable[[Story], Awaitable[None]], ...]] = (
    the_key_is_hosted,
    the_doctor_finds_nothing,
    a_drive_is_shown,
    a_restart_costs_nothing,
    looking_costs_nothing,
    charging_wakes_once,
    a_slider_is_one_command,
    an_unlock_is_not_repeated,
    a_lost_car_is_left_alone,
    the_ledger_is_right,
)


async def story(home: Home, cloud: Cloud, browser: Browser, shots: Path) -> None:
    """Play it on a demo that has just become ready; raise where it goes wrong."""
    told = Story(home, cloud, browser, shots)
    await told.begin()
    for chapter in CHAPTERS:
        began = time.monotonic()
        await chapter(told)
        name = chapter.__name__.replace("_", " ")
        sys.stderr.write(f"story: {time.monotonic() - began:5.1f} s  {name}\n")
    await browser.pictures(PAGE, shots, "cars")
    assert not browser.errors, browser.errors
    assert not (said := complaints(home)), said
