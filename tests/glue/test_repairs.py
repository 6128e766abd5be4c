"""Repairs as the frontend opens them: what is wrong, then the dialog that mends it."""

from datetime import timedelta
from typing import Any, Final

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.const import DOMAIN, ENV_KEK
from custom_components.fleet_pulse.fleet.checks import Trouble
from custom_components.fleet_pulse.issues import (
    CHECK_AGAIN,
    ISSUES,
    OPTIONS,
    REAUTH,
    Issue,
    async_raise,
    issue_id,
)

from .doctor import Domain, domain, examine, open_issues, the_issue, unfinished
from .household import Household
from .sealing import KEK, restart, waiting
from .test_doctor import lose_key

__all__ = ["domain"]

FIX: Final = "/api/repairs/issues/fix"
MINUTE: Final = 60
OVER: Final = ("finish", "pair")
"""Steps that end at once where all is well."""


class Repairs:
    """The frontend's side of a repair."""

    def __init__(self, house: Household, client: TestClient[Any, Any]) -> None:
        """Sit before the page of repairs."""
        self.house = house
        self.client = client

    async def open(self, name: str) -> Any:
        """Click an issue."""
        data = {"handler": DOMAIN, "issue_id": name}
        return await self._posted(FIX, data)

    async def submit(self, shown: Any) -> Any:
        """Press Submit."""
        return await self._posted(f"{FIX}/{shown['flow_id']}", {})

    async def _posted(self, path: str, data: dict[str, Any]) -> Any:
        """Do as the frontend does."""
        answer = await self.client.post(path, json=data)
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.fixture
async def home(house: Household, domain: Domain) -> Household:
    """Give a home that is set up to the end, with the repairs loaded."""
    # Its views must be there before the server starts.
    assert await async_setup_component(house.hass, "repairs", {})
    await house.set_up()
    await domain.lead_to(house)
    unfinished(house, is_finished=True)
    await house.settle()
    return house


@pytest.fixture
async def repairs(home: Household, hass_client: ClientSessionGenerator) -> Repairs:
    """Give the owner before the page of repairs."""
    return Repairs(home, await hass_client())


def following(house: Household, result: Any) -> Any:
    """Give the flow that a dialog handed over to."""
    kind, flow_id = result["next_flow"]
    assert kind == "config_flow"
    return house.hass.config_entries.flow.async_get(flow_id)


@pytest.mark.parametrize(
    "row",
    [row for row in ISSUES if row.step not in (CHECK_AGAIN, OPTIONS, REAUTH, *OVER)],
    ids=lambda row: row.key,
)
async def test_a_repair_hands_over_to_the_set_up(
    home: Household, repairs: Repairs, row: Issue
) -> None:
    """It says what is wrong, and closing the dialogs does not count as mended."""
    async_raise(home.hass, home.entry, row.trouble, detail="as it was seen")
    shown = await repairs.open(issue_id(home.entry, row.trouble))
    assert (shown["type"], shown["step_id"]) == ("form", "confirm")
    assert shown["description_placeholders"]["detail"] == "as it was seen"
    result = await repairs.submit(shown)
    assert (result["type"], result["reason"]) == ("abort", "handed_over")
    flow = following(home, result)
    assert flow["context"]["source"] == SOURCE_RECONFIGURE
    assert flow["context"]["entry_id"] == home.entry.entry_id
    home.hass.config_entries.flow.async_abort(flow["flow_id"])
    assert open_issues(home) == [row.key]


async def test_an_unfinished_set_up_goes_on_where_it_was_left(
    house: Household, hass_client: ClientSessionGenerator
) -> None:
    """At the stage that is next, not at its beginning."""
    assert await async_setup_component(house.hass, "repairs", {})
    await house.set_up(pair=False)
    async_raise(house.hass, house.entry, Trouble.FINISH_SETUP)
    repairs = Repairs(house, await hass_client())
    shown = await repairs.open(the_issue(house, "finish_setup").issue_id)
    flow = following(house, await repairs.submit(shown))
    assert flow["context"]["source"] == SOURCE_RECONFIGURE


async def test_a_finished_set_up_leaves_nothing_to_do(
    home: Household, repairs: Repairs
) -> None:
    """Somebody finished it in another window."""
    async_raise(home.hass, home.entry, Trouble.FINISH_SETUP)
    name = the_issue(home, "finish_setup").issue_id
    result = await repairs.submit(await repairs.open(name))
    assert result["reason"] == "nothing_to_do"


async def test_a_key_that_is_back_leaves_nothing_to_do(
    home: Household, repairs: Repairs
) -> None:
    """The notice came from a command, and the owner was quicker than the next look."""
    async_raise(home.hass, home.entry, Trouble.NOT_PAIRED, vin=home.car.vin)
    name = the_issue(home, "not_paired").issue_id
    result = await repairs.submit(await repairs.open(name))
    assert (result["type"], result["reason"]) == ("abort", "nothing_to_do")
    assert open_issues(home) == []


async def test_a_lost_key_leads_straight_to_its_code(
    home: Household, repairs: Repairs, domain: Domain
) -> None:
    """The owner scans it, and the issue goes by itself."""
    await examine(home)
    lose_key(home, domain)
    await examine(home)
    issue = the_issue(home, "not_paired")
    result = await repairs.submit(await repairs.open(issue.issue_id))
    assert following(home, result)["step_id"] == "pair"


@pytest.mark.parametrize("trouble", [Trouble.CLONED_SIGN_IN, Trouble.TESLA_REFUSES])
async def test_a_refused_account_signs_in_again(
    home: Household, repairs: Repairs, trouble: Trouble
) -> None:
    """Also where Home Assistant has not asked for it."""
    async_raise(home.hass, home.entry, trouble)
    shown = await repairs.open(issue_id(home.entry, trouble))
    flow = following(home, await repairs.submit(shown))
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"


async def test_a_sign_in_that_waits_is_not_doubled(
    home: Household, repairs: Repairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost encryption key: Home Assistant asks already, the repair says why."""
    # Moved to the variable, it no longer opens with the generated file.
    monkeypatch.setenv(ENV_KEK, KEK)
    await restart(home)
    monkeypatch.delenv(ENV_KEK)
    await restart(home)
    issue = the_issue(home, "lost_key_encryption_key")
    flow = following(home, await repairs.submit(await repairs.open(issue.issue_id)))
    (waits,) = waiting(home)
    assert flow["flow_id"] == waits["flow_id"]


async def test_a_wrong_clock_is_looked_at_again(
    home: Household, repairs: Repairs
) -> None:
    """No dialog sets a clock: Submit only checks, and says how it is."""
    home.cloud.skew = timedelta(minutes=7)
    await home.pass_time(30 * MINUTE, MINUTE)
    name = the_issue(home, "clock_wrong").issue_id
    result = await repairs.submit(await repairs.open(name))
    assert (result["type"], result["reason"]) == ("abort", "still_wrong")
    assert open_issues(home) == ["clock_wrong"]
    home.cloud.skew = timedelta()
    result = await repairs.submit(await repairs.open(name))
    assert result["type"] == "create_entry"
    assert open_issues(home) == []


async def test_a_clock_of_a_stopped_account_waits(
    home: Household, repairs: Repairs
) -> None:
    """There is nobody to ask for the time."""
    async_raise(home.hass, home.entry, Trouble.CLOCK_WRONG)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    shown = await repairs.open(issue_id(home.entry, Trouble.CLOCK_WRONG))
    assert (await repairs.submit(shown))["reason"] == "not_loaded"


async def test_what_was_mended_meanwhile_is_no_error(
    home: Household, repairs: Repairs, domain: Domain
) -> None:
    """The dialog was open when the issue went."""
    domain.does("wrong_path")
    await examine(home)
    shown = await repairs.open(the_issue(home, "key_not_hosted").issue_id)
    domain.does("good")
    await examine(home)
    assert open_issues(home) == []
    assert (await repairs.submit(shown))["reason"] == "handed_over"
