"""The owner hears once when a share of the budget is gone, and what stops then."""

from datetime import UTC, datetime
from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.clock import Clock

from .doctor import open_issues, the_issue
from .household import Household
from .sealing import restart
from .test_options_flow import choose
from .test_repairs import Repairs

EVENT: Final = "fleet_pulse_budget_reached"
KEY: Final = "budget_reached"
TWO_CENTS: Final = "0.02"
"""What one wake costs is a whole budget."""
HOUR: Final = 3600


@pytest.fixture
def cloud_clock() -> Clock:
    """Live at the end of a month."""
    return Clock.stepped(datetime(2026, 10, 31, 20, tzinfo=UTC))


@pytest.fixture
def told(house: Household) -> list[Any]:
    """Collect what automations hear."""
    return async_capture_events(house.hass, EVENT)


async def wake(home: Household) -> None:
    """Wake the car from the dashboard: two cents."""
    await home.act("button", "press", "button", "wake")
    await home.settle()


def shares(told: list[Any]) -> list[int]:
    """Give the shares that were told."""
    return [event.data["share"] for event in told]


def detail(home: Household) -> str:
    """Give what the issue says is gone."""
    placeholders = the_issue(home, KEY).translation_placeholders
    assert placeholders is not None
    return placeholders["detail"]


async def test_each_share_is_told_once(home: Household, told: list[Any]) -> None:
    """By an event each; the one issue names the highest."""
    await choose(home, budget="0.04")
    await wake(home)
    assert shares(told) == [50]
    assert detail(home) == "50 % of 0.04 USD"
    assert dict(told[0].data) == {
        "device_id": told[0].data["device_id"],
        "share": 50,
        "spent": "0.02",
        "budget": "0.04",
        "currency": "USD",
    }
    assert told[0].data["device_id"]
    await home.pass_time(HOUR, 60)
    await wake(home)
    assert shares(told) == [50, 80, 100]
    assert detail(home) == "100 % of 0.04 USD"
    await home.pass_time(HOUR, 60)
    await wake(home)
    assert shares(told) == [50, 80, 100]


async def test_a_restart_tells_nothing_again(home: Household, told: list[Any]) -> None:
    """The issue is there, the event is not repeated."""
    await choose(home, budget="0.04")
    await wake(home)
    await restart(home)
    assert shares(told) == [50]
    assert open_issues(home) == [KEY]


async def test_what_the_owner_ignores_stays_ignored(
    home: Household, told: list[Any]
) -> None:
    """Over a restart, too; a higher share is another matter."""
    await choose(home, budget="0.04")
    await wake(home)
    name = the_issue(home, KEY).issue_id
    ir.async_ignore_issue(home.hass, DOMAIN, name, True)
    await home.pass_time(HOUR, 60)
    await restart(home)
    assert the_issue(home, KEY).dismissed_version is not None
    await wake(home)
    assert the_issue(home, KEY).dismissed_version is None
    assert detail(home) == "100 % of 0.04 USD"


async def test_a_raised_budget_ends_the_notice(
    home: Household, told: list[Any]
) -> None:
    """And tells nothing of what its owner knows: what comes after is told."""
    await choose(home, budget=TWO_CENTS)
    await wake(home)
    assert shares(told) == [50, 80, 100]
    await choose(home, budget="0.03")
    assert open_issues(home) == []
    await restart(home)
    assert open_issues(home) == []
    assert len(told) == 3
    await home.pass_time(HOUR, 60)
    await wake(home)
    assert shares(told)[3:] == [80, 100]
    assert detail(home) == "100 % of 0.03 USD"


async def test_a_lowered_budget_says_what_is_gone(
    home: Household, told: list[Any]
) -> None:
    """It stops things at once, so its owner must hear of it."""
    await wake(home)
    assert told == []
    await choose(home, budget=TWO_CENTS)
    assert shares(told) == [50, 80, 100]
    assert open_issues(home) == [KEY]


async def test_a_new_month_ends_the_notice(home: Household, told: list[Any]) -> None:
    """And begins anew; the month is Tesla's, in UTC."""
    await choose(home, budget=TWO_CENTS)
    await wake(home)
    await home.pass_time(3 * HOUR, 60)
    assert open_issues(home) == [KEY]
    await home.pass_time(HOUR + 120, 60)
    assert open_issues(home) == []
    await wake(home)
    assert shares(told) == [50, 80, 100] * 2


async def test_a_budget_of_nothing_is_no_news(home: Household, told: list[Any]) -> None:
    """Who allows nothing knows that it is gone."""
    await choose(home, budget="0")
    await wake(home)
    assert (told, open_issues(home)) == ([], [])


async def test_the_notice_leads_to_the_options(
    house: Household, hass_client: ClientSessionGenerator
) -> None:
    """Submit opens the dialog behind the gear."""
    assert await async_setup_component(house.hass, "repairs", {})
    await house.set_up()
    await choose(house, budget=TWO_CENTS)
    await wake(house)
    repairs = Repairs(house, await hass_client())
    shown = await repairs.open(the_issue(house, KEY).issue_id)
    result = await repairs.submit(shown)
    assert result["reason"] == "handed_over"
    kind, flow_id = result["next_flow"]
    assert kind == "options_flow"
    form = house.hass.config_entries.options.async_get(flow_id)
    assert form["handler"] == house.entry.entry_id
    house.hass.config_entries.options.async_abort(flow_id)
    assert open_issues(house) == [KEY]


# ---- what stops


async def fetch(home: Household) -> Any:
    """Ask for newer data, as a person does."""
    said = await home.hass.services.async_call(
        DOMAIN,
        "refresh",
        {"entity_id": home.entity_id("sensor", "battery_level"), "fetch": True},
        blocking=True,
        return_response=True,
    )
    await home.settle()
    return said


def billed(home: Household) -> int:
    """Count what Tesla has billed."""
    return len(home.cloud.requests.billed)


async def keep_awake(home: Household) -> None:
    """Have the car awake, and stay so."""
    home.car.request_wake()
    home.car.parts.settings.sentry = True
    await home.pass_time(HOUR, 60)
    assert billed(home) > 1


async def test_a_spent_budget_leaves_what_a_person_asks_for(home: Household) -> None:
    """Nothing by itself, until the budget is raised."""
    await keep_awake(home)
    await choose(home, budget="0.001")
    before = billed(home)
    await home.pass_time(2 * HOUR, 60)
    assert billed(home) == before
    assert home.state("sensor", "poll_reason").state == "budget"
    await fetch(home)
    assert billed(home) == before + 1
    await home.act("lock", "unlock", "lock", "doors")
    assert billed(home) > before + 1
    await choose(home, budget="10")
    before = billed(home)
    await home.pass_time(HOUR, 60)
    assert billed(home) > before


async def test_a_new_month_resumes(home: Household) -> None:
    """At midnight UTC, without a hand."""
    await keep_awake(home)
    await choose(home, budget="0.001", hard_stop=True)
    before = billed(home)
    await home.pass_time(3 * HOUR - 600, 60)
    assert billed(home) == before
    await home.pass_time(2 * HOUR, 60)
    assert billed(home) > before


async def test_a_hard_stop_leaves_what_makes_a_car_safer(home: Household) -> None:
    """Nobody's look, wake or command; but locking, and it says what to do."""
    await keep_awake(home)
    await choose(home, budget="0.001", hard_stop=True)
    before = billed(home)
    with pytest.raises(
        HomeAssistantError, match=r"budget .* is spent.* raise the budget"
    ):
        await fetch(home)
    with pytest.raises(
        HomeAssistantError, match=r"budget .* is spent.* raise the budget"
    ):
        await home.act("lock", "unlock", "lock", "doors")
    await home.pass_time(HOUR, 60)
    assert billed(home) == before
    await home.act("lock", "lock", "lock", "doors")
    assert billed(home) > before
    before = billed(home)
    # Not even the look that would show it.
    await home.pass_time(HOUR / 2, 60)
    assert billed(home) == before


async def test_a_hard_stop_wakes_nobody(home: Household) -> None:
    """But to make the car safer."""
    await wake(home)
    await choose(home, budget=TWO_CENTS, hard_stop=True)
    await home.pass_time(2 * HOUR, 60)
    before = billed(home)
    with pytest.raises(HomeAssistantError, match=r"not woken.* is spent.* Raise it"):
        await wake(home)
    assert billed(home) == before
    await home.act("lock", "lock", "lock", "doors")
    assert len(home.cloud.requests.of("wake")) == 2


async def test_economy_looks_less(home: Household) -> None:
    """From 80 percent on, a car that is kept awake is looked at hourly, not every 19 min."""
    await keep_awake(home)
    await choose(home, budget="0.0125")
    before = billed(home)
    await home.pass_time(2 * HOUR, 60)
    assert billed(home) - before == 2
    await choose(home, budget="10")
    before = billed(home)
    await home.pass_time(HOUR - 60, 60)
    assert billed(home) - before == 4
