"""A month in which everything goes wrong, and the bill of it.

The cloud is in this process and on a clock that only this moves; the home is in another
one, lives by the same clock, and is killed again and again.

    next due ─▶ clock moves ─▶ faults wait, people act ─▶ home does what is due ─▶ said
       ▲                                                                            │
       └── downtime ◀── SIGKILL at a line, or while the cloud answers ◀─────────────┘
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
import os
from pathlib import Path
from random import Random
import signal
from typing import Any, Final

from custom_components.fleet_pulse import application
from custom_components.fleet_pulse.fleet import keys
from tests.fake_fleet.bill import Month, month_of
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.fake_fleet.populate import (
    CLIENT_ID,
    CLIENT_SECRET,
    ORIGIN,
    REDIRECT_URIS,
    household,
)
from tests.glue.account import IDENTITY, opened

from .program import Program, program
from .reconcile import Reconciled, journal, reconcile

LEAST: Final = timedelta(seconds=5)
"""Timers nearer to each other than this are due at once."""
LONGEST: Final = timedelta(minutes=5)
DOWN: Final = (10, 300, 3600, 3 * 3600)
"""Seconds that a home may lie dead."""
LINES: Final = 260
"""As many run between the opening of a request and the end of its settling."""
BUDGET_A_DAY: Final = Decimal("0.12")
"""Of the whole time, as the budget of a month: it is spent before a month is over."""

PATHS: Final = (
    *["/api/1/vehicles/*/vehicle_data"] * 4,
    *["/api/1/vehicles/*/signed_command"] * 4,
    *["/api/1/vehicles/*/command/*"] * 2,
    *["/api/1/vehicles/*/wake_up"] * 3,
    "/api/1/vehicles/?????????????????",
    "/api/1/products",
)
SLOW: Final[tuple[dict[str, Any], ...]] = ({"late": 60}, {"delay": 60})
FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"status": 401},
    {"status": 408},
    {"status": 429, "retry_after": 30},
    {"status": 429, "retry_after": 90, "retry_as_date": True},
    {"status": 500},
    {"status": 502, "acts": True},
    {"status": 503, "html": True},
    {"status": 540},
    {"reset": "before"},
    {"reset": "after"},
    {"truncate": True},
    {"html": True},
    {"body": "{"},
    *SLOW,
)
DEEDS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "look"},
    {"kind": "look"},
    {"kind": "wake"},
    {"kind": "door_lock"},
    {"kind": "door_unlock"},
    {"kind": "flash_lights"},
    {"kind": "auto_conditioning_start"},
    {"kind": "auto_conditioning_stop"},
    {"kind": "charge_start"},
    {"kind": "charge_stop"},
    {"kind": "set_charge_limit", "params": {"percent": 70}},
    {"kind": "set_charge_limit", "params": {"percent": 80}},
)


@dataclass(slots=True, kw_only=True)
class FaultMonth:
    """One home, one cloud, one tape."""

    cloud: FakeCloud
    folder: Path
    program: Program
    random: Random
    days: int
    kills: Counter[str] = field(default_factory=Counter)
    unsettled: list[int] = field(default_factory=list)
    """At the start of each life, how many requests had no end."""
    steps: int = 0
    end: dict[str, Any] = field(default_factory=dict)
    """What the last life said of its ledger."""
    _pid: int = 0
    _due: float | None = None
    _act_at: datetime | None = None
    _die_at: datetime | None = None
    _die: str = ""

    @property
    def now(self) -> datetime:
        """Read the one clock."""
        return self.cloud.clock.now()

    @property
    def budget(self) -> Decimal:
        """Give what the owner allows a month to cost."""
        return BUDGET_A_DAY * self.days

    async def live(self) -> None:
        """Live all days, and end in peace."""
        until = self.now + timedelta(days=self.days)
        self._act_at = self.now
        await self._begin()
        while self.now < until:
            if not await self._step():
                self.cloud.faults.clear()
                await self.cloud.patience.end()
                self.cloud.step(self.random.choice(DOWN))
                await self._begin()
        await self._quiet()
        await self.program.order(None)
        self.end = await self.program.hear()
        assert (await self.program.hear())["ended"] == 0

    @property
    def said(self) -> dict[tuple[Month, str], int]:
        """Give what the last life counted, by month and category."""
        counts = {}
        for day, billed in self.end["billed"].items():
            month = month_of(date.fromisoformat(day))
            counts |= {(month, key): n for key, n in billed.items() if n}
        return counts

    @property
    def bill(self) -> dict[tuple[Month, str], int]:
        """Give what the cloud bills, by month and category."""
        months = {month_of(request.at) for request in self.cloud.requests.billed}
        return {
            (month, key): n
            for month in months
            for key, n in self.cloud.bill.counts(date(*month, 1)).items()
            if n
        }

    def reconcile(self) -> Reconciled:
        """Compare what is on disk with what the cloud saw."""
        return reconcile(journal(self.folder), self.cloud.requests)

    # ---- lives

    async def _begin(self) -> None:
        """Begin a life, and decide how it is to end."""
        urls = ",".join(f"{name}={url}" for name, url in self.cloud.api_urls.items())
        await self.program.order(
            {
                "folder": str(self.folder),
                "now": self.now.isoformat(),
                "auth_url": self.cloud.auth_url,
                "api_url": urls,
                "client_id": CLIENT_ID,
                "data": {
                    "account": IDENTITY,
                    "api_url": self.cloud.api_urls["eu"],
                    "auth_implementation": "fleet_pulse",
                },
                "options": {
                    "budget": f"{self.budget}",
                    "currency": "USD",
                    "list_every": 300,
                },
            }
        )
        self._pid = (await self.program.hear())["pid"]
        said = await self.program.hear()
        assert "unsettled" in said, said
        self.unsettled.append(said["unsettled"])
        self._due = said["due"]
        hours = self.random.expovariate(1 / 5)
        self._die_at = self.now + timedelta(hours=hours)
        self._die = self.random.choice(("line", "line", "before", "after"))

    # ---- steps

    async def _step(self) -> bool:
        """Go to what is due next; say whether the home still lives."""
        self._move()
        self._spoil()
        die_at = self._arm()
        said = await self._ordered(self._deeds(), die_at)
        while said is not None and said["in_flight"]:
            said = await self._waited()
        if said is None:
            return False
        self._due = said["due"]
        return True

    def _move(self) -> None:
        """Move the clock to the next moment at which there is something to do."""
        assert self._act_at is not None
        moments = [self._act_at, self.now + LONGEST]
        if self._due is not None:
            moments.append(datetime.fromtimestamp(self._due, self.now.tzinfo))
        moment = max(min(moments), self.now + LEAST)
        self.cloud.step((moment - self.now).total_seconds())
        self.steps += 1

    def _spoil(self) -> None:
        """Let something go wrong with one of the next requests."""
        if len(self.cloud.faults) < 4 and self.random.random() < 0.2:
            path, what = self.random.choice(PATHS), self.random.choice(FAULTS)
            self.cloud.fail(path, skip=self.random.choice((0, 0, 1)), **what)

    def _arm(self) -> int | None:
        """Prepare the end of a life that is over; give the line it dies at."""
        if self._die_at is None or self.now < self._die_at:
            return None
        self._die_at = None
        if self._die == "line":
            return self.random.randint(1, LINES)
        self.cloud.faults.clear()
        how = {"before": {"delay": 60}, "after": {"late": 60}}[self._die]
        for path in sorted(set(PATHS[:-2])):
            self.cloud.fail(path, **how)
        return None

    def _deeds(self) -> list[dict[str, Any]]:
        """Give what somebody does now, if anybody does."""
        assert self._act_at is not None
        if self.now < self._act_at:
            return []
        self._act_at = self.now + timedelta(hours=self.random.expovariate(1.2))
        is_rule = self.random.random() < 0.3
        return [
            {
                "params": {},
                "vin": self.random.choice(list(self.cloud.cars)),
                "scheduled": is_rule,
                "reason": "a rule" if is_rule else "a person",
                **self.random.choice(DEEDS),
            }
        ]

    async def _waited(self) -> dict[str, Any] | None:
        """Deal with an answer that does not come: die, or let time pass, or wait."""
        if not self.cloud.patience._waiting:
            # It only takes its time on a busy machine.
            return await self._ordered([], None)
        if self._die_at is None and self._die != "line":
            os.kill(self._pid, signal.SIGKILL)
            return await self._heard()
        self.cloud.step(31)
        said = await self._ordered([], None)
        await self.cloud.patience.end()
        return said

    async def _quiet(self) -> None:
        """Let everything under way come to its end."""
        self.cloud.faults.clear()
        self._die_at = None
        self._die = "line"
        for _ in range(8):
            self.cloud.step(31)
            said = await self._ordered([], None)
            await self.cloud.patience.end()
            assert said is not None

    # ---- words

    async def _ordered(
        self, deeds: list[dict[str, Any]], die_at: int | None
    ) -> dict[str, Any] | None:
        """Tell the home how late it is; hear what came of it, None if it died."""
        order = {"now": self.now.isoformat(), "do": deeds, "die_at": die_at}
        await self.program.order(order)
        return await self._heard()

    async def _heard(self) -> dict[str, Any] | None:
        """Hear what the home says, None of one that died."""
        said = await self.program.hear()
        if "ended" not in said:
            return said
        assert said["ended"] == -signal.SIGKILL, said
        self.kills[self._die] += 1
        return None


@asynccontextmanager
async def fault_month(
    folder: Path, start: datetime, *, days: int, seed: int
) -> AsyncIterator[FaultMonth]:
    """Sign an owner in, pair the newer car, and start the program to be killed."""
    cloud = FakeCloud(Clock.stepped(start), ticks=False)
    cloud.add_application(
        CLIENT_ID,
        CLIENT_SECRET,
        redirect_uris=REDIRECT_URIS,
        origins={ORIGIN},
        registered_regions=("eu", "na"),
    )
    household(cloud, commuting=True)
    async with cloud:
        async with opened(cloud, folder) as account:
            await account.sign_in()
            key = await application.async_create_key(account.hass, CLIENT_ID)
        next(iter(cloud.cars.values())).pair(keys.public_bytes(key))
        async with program("tests.chaos.fault_month_child") as started:
            yield FaultMonth(
                cloud=cloud,
                folder=folder,
                program=started,
                random=Random(seed),
                days=days,
            )
