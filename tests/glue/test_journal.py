"""What is asked of Tesla is on disk before it is asked, and survives whatever comes."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
import pytest

from custom_components.fleet_pulse.fleet.errors import Interrupted, WakeRefused
from custom_components.fleet_pulse.fleet.usage import Category
from custom_components.fleet_pulse.fleet.wake import WakeOutcome
from custom_components.fleet_pulse.model import commands
from tests.fake_fleet.clock import Clock

from .garage import Garage
from .household import Household

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
CLIMATE: Final = commands.AUTO_CONDITIONING_START.call()


@pytest.fixture
def garage(home: Household) -> Garage:
    """Give the garage of a household."""
    return Garage(home)


def files(garage: Garage) -> list[Path]:
    """Give the files of the journal, oldest first."""
    folder = Path(garage.home.hass.config.config_dir) / ".storage"
    return sorted(folder.glob("fleet_pulse.journal.*"))


def lines(garage: Garage) -> list[dict[str, Any]]:
    """Give all that is written down."""
    texts = [path.read_text() for path in files(garage)]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def opened(at: datetime, vin: str, category: str = "command", **more: Any) -> str:
    """Write the line of a request that is about to leave."""
    line = {
        "kind": "opened",
        "id": f"crashed-{at.isoformat()}",
        "at": at.isoformat(),
        "category": category,
        "vin": vin,
        "endpoint": "signed_command",
        "reason": "a rule",
        "count": 1,
    }
    return json.dumps(line | more, separators=(",", ":")) + "\n"


def begun(at: datetime, vin: str) -> str:
    """Write the line of a wake that has posted and not ended."""
    line = {
        "kind": "wake",
        "vin": vin,
        "at": at.isoformat(),
        "scheduled": True,
        "reason": "a rule",
        "outcome": None,
        "posts": 1,
        "ended_at": None,
    }
    return json.dumps(line, separators=(",", ":")) + "\n"


async def crash(garage: Garage, *left: str) -> None:
    """Start Home Assistant after a crash that left these lines behind."""
    await garage.unload()
    path = files(garage)[-1]
    with path.open("a") as journal:
        journal.write("".join(left))
    await garage.load()


async def test_a_wake_is_written_down_before_it_is_asked(garage: Garage) -> None:
    """While Tesla still thinks, the attempt and the request are on disk."""
    garage.cloud.fail("*/wake_up", delay=1)
    await garage.home.pass_time(10)
    await garage.quiet()
    work = garage.waking()
    task = garage.home.hass.async_create_task(work)
    kinds = await _opened(garage)
    assert garage.wakes() == []
    assert kinds[-2:] == [("wake", 1), ("opened", None)]
    await garage.results(_until(task))
    assert lines(garage)[-1]["outcome"] == "awake"


async def _opened(garage: Garage) -> list[tuple[str, int | None]]:
    """Wait until a request is on disk; return what kinds of lines there are."""
    kinds: list[tuple[str, int | None]] = []
    while ("opened", None) not in kinds[-1:]:
        await garage.home.settle()
        kinds = [(line["kind"], line.get("posts")) for line in lines(garage)]
    return kinds


async def _until(task: Any) -> None:
    """Wait for a task."""
    await task


async def test_the_ids_of_two_runs_differ_at_the_same_moment(garage: Garage) -> None:
    """A reload within one tick of the clock must not hide a request."""
    await garage.wake_up()
    await garage.fetch()
    await garage.reload()
    await garage.fetch()
    await garage.reload()
    assert garage.data.account.cost == garage.cloud.bill.total()
    ids = [line["id"] for line in lines(garage) if line["kind"] == "opened"]
    assert len(ids) == len(set(ids)) == len(garage.looks())


async def test_what_a_crash_left_open_counts_and_is_looked_into(
    garage: Garage, caplog: pytest.LogCaptureFixture
) -> None:
    """Spent, not repeated, told once; a look shows what came of it."""
    await garage.wake_up()
    await garage.fetch()
    looks = len(garage.looks())
    before = garage.data.account.billed(Category.COMMAND)
    await crash(garage, opened(garage.cloud.now(), garage.car.vin))
    assert garage.data.account.billed(Category.COMMAND) == before + 1
    await garage.home.pass_time(2 * MINUTE, 5)
    assert len(garage.looks()) == looks + 1
    assert garage.signed() == []
    assert caplog.text.count("had no answer when Home Assistant ended") == 1
    await garage.restart()
    assert caplog.text.count("had no answer when Home Assistant ended") == 1
    assert garage.data.account.billed(Category.COMMAND) == before + 1


async def test_a_wake_that_crashed_is_not_forgotten(garage: Garage) -> None:
    """The guard takes it for a failure: a restart loop is no wake loop."""
    await garage.result(garage.waking())
    garage.car.sleep_now()
    await garage.home.pass_time(2 * MINUTE, 30)
    await crash(garage, begun(garage.cloud.now(), garage.car.vin))
    assert garage.data.journal.wakes[-1].outcome is WakeOutcome.LOST
    with pytest.raises(WakeRefused) as refused:
        await garage.waking()
    assert refused.value.reason == "backing_off"
    assert len(garage.wakes()) == 1
    assert garage.home.state("sensor", "wakes_today").state == "2"


async def test_a_torn_last_line_costs_nothing_else(garage: Garage) -> None:
    """What comes after it is read again, and what came before."""
    await garage.wake_up()
    await garage.fetch()
    torn = opened(garage.cloud.now(), garage.car.vin)[:40]
    await crash(garage, "\x00\x00garbage\n", "[1, 2]\n", torn)
    # A look of this very moment would be remembered, and not repeated.
    await garage.home.pass_time(60)
    await garage.fetch()
    await garage.restart()
    assert garage.data.account.cost == garage.cloud.bill.total()
    assert garage.data.account.billed(Category.DATA) == 2


async def test_the_journal_says_who_asked(garage: Garage) -> None:
    """Every line names its reason, and none a parameter."""
    await garage.wake_up()
    await garage.home.act("number", "set_value", "number", "charge_limit_soc", value=61)
    reasons = {line["reason"] for line in lines(garage) if "reason" in line}
    assert "entity charge_limit_soc" in reasons
    known = {"id", "at", "category", "vin", "endpoint", "reason", "count", "kind"}
    assert {key for line in lines(garage) for key in line} <= known | {
        *("ended_at", "outcome", "posts", "scheduled", "status")
    }


# ---- months


@pytest.fixture
def cloud_clock(request: pytest.FixtureRequest) -> Clock:
    """Give the clock of the cloud: some tests begin late in October."""
    start = datetime(2026, 10, 5, 6, tzinfo=UTC)
    return Clock.stepped(getattr(request, "param", start))


@pytest.mark.parametrize(
    "cloud_clock", [datetime(2026, 10, 31, 23, 50, tzinfo=UTC)], indirect=True
)
async def test_a_new_month_begins_with_nothing(garage: Garage) -> None:
    """By UTC, as Tesla's: a file of its own, and a bill of its own."""
    await garage.wake_up(seconds=70)
    await garage.fetch()
    assert garage.data.account.billed(Category.DATA) == 1
    await garage.home.pass_time(12 * MINUTE, 60)
    looks = garage.cloud.bill.counts()["data"]
    assert garage.data.account.billed(Category.DATA) == looks
    garage.car.request_wake()
    await garage.home.pass_time(70, 10)
    await garage.fetch()
    assert [path.suffix for path in files(garage)] == [".2026-10", ".2026-11"]
    await garage.restart()
    assert garage.data.account.cost == garage.cloud.bill.total()
    october = date(2026, 10, 1)
    spent = garage.data.journal.ledger.billed(october)
    assert spent[Category.DATA] == garage.cloud.bill.counts(october)["data"] > 0


async def test_thirteen_months_are_kept(garage: Garage) -> None:
    """This month a year ago can still be compared; what is older is deleted."""
    await garage.wake_up()
    await garage.fetch()
    await garage.unload()
    (current,) = files(garage)
    for number in range(15):
        month = f"{2025 + number // 12}-{number % 12 + 1:02}"
        at = datetime.fromisoformat(f"{month}-03T12:00:00+00:00")
        month_file = current.with_suffix(f".{month}")
        month_file.write_text(opened(at, garage.car.vin, "wake", count=50))
    await garage.load()
    kept = [path.suffix for path in files(garage)]
    assert (len(kept), kept[0], kept[-1]) == (13, ".2025-04", ".2026-10")
    year_ago = date(2025, 10, 1)
    assert garage.data.journal.ledger.cost(year_ago, "USD") == Decimal("1.00")


# ---- trouble


async def test_an_unreadable_journal_is_told(
    garage: Garage, caplog: pytest.LogCaptureFixture
) -> None:
    """Without it nothing may be asked; the entry says why it does not load."""
    await garage.restart()
    await garage.wake_up()
    await garage.fetch()
    await garage.unload()
    (current,) = files(garage)
    current.rename(current.with_name("kept"))
    current.mkdir()
    entry_id = garage.home.entry.entry_id
    assert not await garage.home.hass.config_entries.async_setup(entry_id)
    assert garage.home.entry.state is ConfigEntryState.SETUP_ERROR
    assert "disk" in str(garage.home.entry.reason)
    assert "Unexpected" not in caplog.text


async def test_a_stop_of_home_assistant_loses_nothing(garage: Garage) -> None:
    """In the middle of a wake: the attempt is noted, and nobody waits for it."""
    task = asyncio.ensure_future(garage.waking())
    await garage.quiet()
    await garage.home.pass_time(2, 2)
    garage.home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await garage.home.settle()
    with pytest.raises(Interrupted):
        await task
    assert lines(garage)[-1]["outcome"] == "lost"
    before = len(garage.cloud.requests)
    await garage.home.pass_time(10 * MINUTE, 60)
    assert len(garage.cloud.requests) == before
    assert sorted(_unsettled(lines(garage))) == []


def _unsettled(found: Sequence[dict[str, Any]]) -> set[str]:
    """Give the requests that were opened and have no end."""
    ids = {line["id"] for line in found if line["kind"] == "opened"}
    return ids - {line["id"] for line in found if line["kind"] == "settled"}


async def test_removal_deletes_the_journal(garage: Garage) -> None:
    """With the entry goes what it asked, and what it knew."""
    await garage.wake_up()
    await garage.fetch()
    folder = files(garage)[0].parent
    await garage.home.hass.config_entries.async_remove(garage.home.entry.entry_id)
    await garage.home.settle()
    assert list(folder.glob("fleet_pulse.*")) == []
