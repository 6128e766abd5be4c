"""A seeded tape of everything that can happen to an owner's tokens, and its judge.

The program is the real one, in this process; a kill drops all its objects and goes on
from a copy of the folder as it was in that moment. The judge knows only what the cloud
saw, and which tokens were handed out.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
import shutil
from typing import Any, Final

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant

from custom_components.fleet_pulse import vault
from custom_components.fleet_pulse.fleet.auth import AuthClient
from custom_components.fleet_pulse.fleet.errors import (
    FleetError,
    SealBroken,
    SignInRequired,
)
from custom_components.fleet_pulse.fleet.hosts import Hosts
from custom_components.fleet_pulse.tokens import ACCOUNT_KIND, Tokens
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.fixtures import START
from tests.fake_fleet.populate import CLIENT_ID, CLIENT_SECRET, EMAIL, REDIRECT_URIS
from tests.fake_fleet.tokens import GRACE
from tests.glue.account import APPLICATION, IDENTITY, TOKEN_PATH, Account
from tests.harness.leap import leap

from .watched_cloud import Refresh, WatchedCloud

DAY: Final = 86_400
ACTIONS: Final = 25
PATIENT: Final = 60.0
"""Seconds our client waits for an answer; where the tape lets it, they are skipped."""

LOST: Final[tuple[dict[str, Any], ...]] = (
    {"reset": "after"},
    {"truncate": True},
    {"html": True},
    {"status": 502, "acts": True},
)
"""Tesla has rotated, and nobody learns to what."""
REFUSED: Final[tuple[dict[str, Any], ...]] = (
    {"status": 500},
    {"status": 503, "body": {"error": "login_required"}},
    {"status": 429, "retry_after": 30},
    {"status": 429, "retry_after": 90, "retry_as_date": True},
    {"status": 403, "html": True},
    {"status": 400, "body": "{"},
    {"status": 400, "body": {"error": "invalid_client"}},
    {"reset": "before"},
)
"""Nothing was done."""
SLOW: Final[tuple[dict[str, Any], ...]] = ({"late": 3600}, {"delay": 3600})


@dataclass(slots=True, kw_only=True)
class Life:
    """One life of the program, on a folder of its own."""

    account: Account
    folder: Path
    is_over: bool = False


@dataclass(slots=True, kw_only=True)
class Storm:
    """One owner, one cloud, one tape."""

    cloud: WatchedCloud
    root: Path
    random: Random
    session: ClientSession
    is_slow: bool
    lives: list[Life] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Access tokens that were handed out."""
    tape: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    sign_ins: int = 0
    is_signed_out: bool = False

    @property
    def life(self) -> Life:
        """The one that goes on."""
        return self.lives[-1]

    # ---- what happens

    async def play(self) -> None:
        """Play a tape from the first sign-in to the last recovery."""
        await self.begin(self.root / "0")
        await self.sign_in()
        for _ in range(ACTIONS):
            action = self.random.choice(TAPE)
            self.tape.append(action.__name__)
            await action(self)
        await self.recover()

    async def pass_time(self) -> None:
        """Let time pass, for both ends."""
        seconds = self.random.choice((5, 20, 90, 400, 3600, 3600 * 8, 3600 * 8, DAY))
        self.cloud.step(seconds)

    async def jump(self) -> None:
        """Put a clock wrong by a day, or right again."""
        wrong = timedelta(seconds=self.random.choice((-DAY, 0, 0, DAY)))
        if self.random.random() < 0.5:
            self.cloud.client_skew = wrong
        else:
            self.cloud.skew = wrong

    async def fail(self) -> None:
        """Have one of the next answers go wrong."""
        kinds = [*LOST, *REFUSED, *REFUSED, *(SLOW if self.is_slow else ())]
        what = self.random.choice(kinds)
        self.tape.append(str(what))
        self.cloud.fail(TOKEN_PATH, skip=self.random.choice((0, 0, 1)), **what)

    async def ask(self) -> None:
        """Have callers ask at once; one may give up, some were refused."""
        callers = self._callers()
        if self.random.random() < 0.2:
            await asyncio.sleep(self.random.uniform(0, 0.004))
            callers[0].cancel()
        await self._settle(callers)

    async def exchange_keys(self) -> None:
        """Rotate what seals, while callers ask."""
        callers = self._callers()
        await vault.async_rotate(self.life.account.hass)
        await self._settle(callers)

    async def kill_while_asking(self) -> None:
        """Kill at a random moment after callers asked."""
        callers = self._callers()
        if self.random.random() < 0.5:
            callers.append(self._task(vault.async_rotate(self.life.account.hass)))
        await asyncio.sleep(self.random.uniform(0, 0.008))
        self.kill()
        await self._settle(callers)
        await self.begin(self._copied)

    async def kill_at_answer(self) -> None:
        """Kill in the moment in which Tesla has rotated."""
        self.cloud.answering = self.kill
        await self._settle(self._callers(self._newest()))
        self.cloud.answering = None
        if self.life.is_over:
            await self.begin(self._copied)

    async def restart(self) -> None:
        """End in peace, and begin anew."""
        await self.life.account.tokens.async_finish()
        await self.life.account.hass.async_block_till_done()
        await self.begin(self.life.folder)

    async def sign_in(self) -> None:
        """Have the owner consent."""
        self.cloud.faults.clear()
        stored = await self.life.account.sign_in()
        self.sign_ins += 1
        self.is_signed_out = False
        pair = stored.pair
        self.cloud.tokens.pairs[pair.access_token] = pair.refresh_token
        self.cloud.apart_at[pair.refresh_token] = self.cloud.apart
        self.seen.append(pair.access_token)

    async def recover(self) -> None:
        """Let everything work again: two refreshes in a row must, too."""
        self.cloud.faults.clear()
        self.cloud.client_skew = self.cloud.skew = timedelta()
        self.cloud.step(600)
        await self._settle(self._callers(self._newest()))
        if self.is_signed_out:
            await self.sign_in()
        try:
            await self.life.account.tokens.async_rotate()
            await self.life.account.tokens.async_rotate()
        except FleetError as err:
            self.broken.append(f"it does not recover: {err!r}")
        await self._settle(self._callers())

    # ---- lives

    async def begin(self, folder: Path) -> None:
        """Begin a life on what lies in a folder."""
        folder.mkdir(exist_ok=True)
        self.cloud.life += 1
        hass = HomeAssistant(str(folder))
        regions = ",".join(f"{name}={url}" for name, url in self.cloud.api_urls.items())
        hosts = Hosts.resolve(self.cloud.auth_url, regions)
        auth = AuthClient(self.session, hosts, self._now, timeout=PATIENT)
        file = await vault.async_open(hass, ACCOUNT_KIND, IDENTITY)
        account = Account(hass, self.cloud, auth, file)
        account.tokens = Tokens(
            hass, vault=file, auth=auth, application=APPLICATION, now=self._now
        )
        self.lives.append(Life(account=account, folder=folder))

    def kill(self) -> None:
        """Keep the folder as it is now, and let nothing of this life go on."""
        self.life.is_over = True
        # A thread may still write: a copy counts only if nothing changed meanwhile.
        while not self._is_copied():
            shutil.rmtree(self._copied, ignore_errors=True)
        for task in asyncio.all_tasks():
            if task.get_name().startswith("fleet_pulse"):
                task.cancel()

    def _is_copied(self) -> bool:
        """Copy the folder; say whether the copy is whole and of one moment."""
        with suppress(FileNotFoundError, shutil.Error):
            before = _state(self.life.folder)
            shutil.copytree(self.life.folder, self._copied)
            return before == _state(self.life.folder)
        return False

    @property
    def _copied(self) -> Path:
        """The folder of the life after this one."""
        return self.root / str(len(self.lives))

    def _now(self) -> Any:
        """Read our clock."""
        return self.cloud.clock.now() + self.cloud.client_skew

    # ---- callers

    def _newest(self) -> str:
        """Give the newest access token, which its caller says Tesla refused."""
        return self.life.account.tokens.pair.access_token

    def _callers(self, rejected: str | None = None) -> list[asyncio.Task[None]]:
        """Have some ask at once, as many as there are in a home."""
        known = [None, None, self._newest(), self.random.choice(self.seen)]
        return [
            self._task(self._ask(self.life, rejected or self.random.choice(known)))
            for _ in range(self.random.randint(1, 6))
        ]

    @staticmethod
    def _task(work: Any) -> asyncio.Task[Any]:
        """Begin something beside everything else."""
        return asyncio.get_running_loop().create_task(work)

    async def _ask(self, life: Life, rejected: str | None) -> None:
        """Ask for a token, and look at what comes."""
        try:
            token = await life.account.tokens.access_token(rejected)
        except SignInRequired:
            self.is_signed_out = self.is_signed_out or not life.is_over
        except SealBroken as err:
            self.broken.append(f"what is sealed did not open: {err}")
        except FleetError:
            return
        else:
            if not life.is_over:
                self._look_at(token, rejected)

    def _look_at(self, token: str, rejected: str | None) -> None:
        """Judge a token in the moment it is handed out."""
        if token == rejected:
            self.broken.append("a caller got back what Tesla had refused")
        self.cloud.note_handed_out(token)
        access = self.cloud.tokens.access(token)
        is_taken = access is not None and access.expires_at > self.cloud.now()
        self.seen.append(token)
        apart = self.cloud.apart_at[self.cloud.tokens.pairs[token]]
        if not is_taken and apart == self.cloud.apart:
            self.broken.append("Tesla does not take what was handed out")

    async def _settle(self, callers: list[asyncio.Task[None]]) -> None:
        """Wait for callers and whatever they began; sign in where that is due."""
        ends = await asyncio.gather(*callers, return_exceptions=True)
        cancelled = (asyncio.CancelledError, type(None), vault.Rotation)
        self.broken += [repr(end) for end in ends if not isinstance(end, cancelled)]
        await self.cloud.patience.end()
        if not self.life.is_over:
            await self.life.account.hass.async_block_till_done()
        if self.is_signed_out and not self.life.is_over:
            self._judge_sign_out()
            if self.random.random() < 0.8:
                await self.sign_in()

    # ---- the judge

    def _judge_sign_out(self) -> None:
        """Only Tesla's own refusal of the token in force may end a sign-in."""
        token = self.life.account.stored.pair.refresh_token
        if not any(r.used == token and r.status == 401 for r in self.cloud.refreshes):
            self.broken.append("signed out although Tesla did not refuse")

    def judge(self) -> list[str]:
        """Give the promises that were not kept."""
        before: Refresh | None = None
        for number, refresh in enumerate(self.cloud.refreshes):
            same = before if before and before.life == refresh.life else None
            broken = self._judged(refresh, same)
            self.broken += [f"refresh {number}: {what}" for what in broken]
            before = refresh
        return self.broken

    def _judged(self, refresh: Refresh, before: Refresh | None) -> list[str]:
        """Judge one refresh by the cloud's log."""
        is_fallback = before is not None and before.status == 401
        age = self.cloud.age(refresh.used)
        broken = []
        if refresh.others:
            broken.append("another one was under way")
        if age < refresh.handed_out and not is_fallback:
            broken.append("an older token than one handed out")
        if refresh.status == 401 and not is_fallback and not _is_just(refresh):
            broken.append("refused, and not by Tesla's fault or ours to lose")
        if before is not None and self._is_received(before):
            assert before.brought is not None
            if age < self.cloud.age(before.brought):
                broken.append("an answer that had come was thrown away")
        return broken

    def _is_received(self, refresh: Refresh) -> bool:
        """Say whether the program surely got the answer."""
        is_whole = refresh.status == 200 and refresh.brought is not None
        return is_whole and not refresh.is_spoiled and not self.is_slow

    def exposed(self) -> list[str]:
        """Give the files that hold a token in plain text."""
        tokens = self.cloud.tokens
        secrets = [secret.encode() for secret in (*tokens._families, *tokens._access)]
        files = {path: path.read_bytes() for path in _files(self.root)}
        return [
            str(path.relative_to(self.root))
            for path, data in files.items()
            if any(secret in data for secret in secrets)
        ]


def _is_just(refresh: Refresh) -> bool:
    """Say whether the cloud had a reason: two answers lost, or one for too long."""
    lost = refresh.rotated_at
    is_over = bool(lost) and refresh.at - lost[0] > GRACE
    return refresh.had_ended or len(lost) >= 2 or is_over


def _state(folder: Path) -> int:
    """Give a number that is another one when a file is."""
    stats = [(str(path), path.stat()) for path in _files(folder)]
    return hash(tuple((name, s.st_ino, s.st_size, s.st_mtime_ns) for name, s in stats))


def _files(folder: Path) -> list[Path]:
    """List all files."""
    return [path for path in folder.rglob("*") if path.is_file()]


TAPE: Final = (
    *[Storm.ask] * 6,
    *[Storm.pass_time] * 6,
    *[Storm.fail] * 4,
    *[Storm.jump] * 2,
    *[Storm.kill_while_asking] * 2,
    *[Storm.kill_at_answer] * 2,
    Storm.restart,
    Storm.exchange_keys,
)
"""What may happen, as often as it does."""


@asynccontextmanager
async def storm(root: Path, seed: int) -> AsyncIterator[Storm]:
    """Give an owner at a cloud of their own."""
    random = Random(seed)
    cloud = WatchedCloud(Clock.stepped(START))
    cloud.patience.began = partial(leap, PATIENT)
    cloud.add_application(CLIENT_ID, CLIENT_SECRET, redirect_uris=REDIRECT_URIS)
    cloud.add_account(EMAIL, "eu")
    async with cloud, ClientSession() as session:
        yield Storm(
            cloud=cloud,
            root=root,
            random=random,
            session=session,
            is_slow=random.random() < 0.15,
        )
