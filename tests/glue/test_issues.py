"""Repair issues: they come and go with what really is."""

from collections.abc import Callable
from datetime import timedelta
import json
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components import fleet_pulse
from custom_components.fleet_pulse import rule_issues
from custom_components.fleet_pulse.config_flow import FleetPulseConfigFlow
from custom_components.fleet_pulse.const import DOMAIN, ENV_KEK
from custom_components.fleet_pulse.fleet.checks import CHECKS, Trouble
from custom_components.fleet_pulse.issues import (
    CHECK_AGAIN,
    ISSUES,
    OPTIONS,
    REAUTH,
    Issue,
)
from tests.fake_fleet.log import Request

from .account import TOKEN_PATH
from .doctor import Domain, awake, domain, examine, open_issues, the_issue, unfinished
from .flows import HOST, ROUTINE, Owner, account_of, application
from .household import Household
from .sealing import KEK, restart, sealed, sign_in_again, waiting
from .test_doctor import lose_key

__all__ = ["domain"]

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
QUARTER: Final = 15 * MINUTE
TEXTS: Final = json.loads(
    (Path(fleet_pulse.__file__).parent / "translations/en.json").read_text()
)["issues"]

FLOW_ENDS: Final = {"handed_over", "nothing_to_do"}
ENDS: Final = {
    CHECK_AGAIN: {"still_wrong", "not_loaded"},
    OPTIONS: {"handed_over"},
    REAUTH: {"handed_over"},
}
"""How a dialog may end; any other step is one of the set-up's."""


# ---- the table


def test_every_trouble_has_a_row() -> None:
    """In the order of the alphabet, once."""
    assert [row.trouble for row in ISSUES] == sorted(Trouble)


def test_every_row_has_its_texts_and_every_text_a_row() -> None:
    """No owner reads a key in place of a sentence."""
    assert set(TEXTS) == {row.key for row in ISSUES} | set(rule_issues.ISSUES)


@pytest.mark.parametrize("row", ISSUES, ids=lambda row: row.key)
def test_an_issue_says_what_and_what_next(row: Issue) -> None:
    """A title, what is wrong, what Submit will do, and each way out."""
    texts = TEXTS[row.key]
    confirm = texts["fix_flow"]["step"]["confirm"]
    assert texts["title"] == confirm["title"]
    assert "Submit" in confirm["description"]
    assert set(texts["fix_flow"]["abort"]) == ENDS.get(row.step, FLOW_ENDS)


@pytest.mark.parametrize("row", ISSUES, ids=lambda row: row.key)
def test_an_issue_quotes_only_what_it_is_given(row: Issue) -> None:
    """A name in brackets that nobody fills would be shown as it is."""
    confirm = TEXTS[row.key]["fix_flow"]["step"]["confirm"]
    given = {"account": "", "car": "", "detail": "", "domain": ""}
    assert confirm["title"].format(**given)
    assert confirm["description"].format(**given)


@pytest.mark.parametrize(
    "step",
    sorted({row.step for row in ISSUES} - {CHECK_AGAIN, OPTIONS, REAUTH}),
)
def test_the_step_that_mends_exists(step: str) -> None:
    """A dialog that leads nowhere is worse than none."""
    assert hasattr(FleetPulseConfigFlow, f"async_step_{step}")


def test_every_trouble_of_a_check_has_a_row() -> None:
    """What a check may show can be told."""
    shown = {trouble for check in CHECKS for trouble in check.troubles}
    assert shown <= {row.trouble for row in ISSUES}


# ---- a running account


@pytest.fixture
async def home(house: Household, domain: Domain) -> Household:
    """Give a home where all is well, and whose set-up was gone through."""
    await house.set_up()
    await domain.lead_to(house)
    unfinished(house, is_finished=True)
    awake(house)
    await house.pass_time(2 * MINUTE, MINUTE)
    return house


async def wait(house: Household, seconds: float) -> None:
    """Let time pass in steps of minutes."""
    await house.pass_time(seconds, 5 * MINUTE)


def checks_made(house: Household) -> list[Request]:
    """Give what only a self-check asks for."""
    return house.cloud.requests.to("/partner_accounts/public_key")


async def test_where_all_is_well_nobody_is_told(home: Household) -> None:
    """Not for a day, and no request of it is billed."""
    billed = [r.path for r in home.cloud.requests.billed]
    await wait(home, 25 * HOUR)
    assert open_issues(home) == []
    later = [r.path for r in home.cloud.requests.billed][len(billed) :]
    assert [path for path in later if "vehicle_data" not in path] == []


async def test_the_first_self_check_comes_hours_after_the_start(
    home: Household,
) -> None:
    """Then one a day: a start of Home Assistant needs no request."""
    await wait(home, 3.5 * HOUR)
    assert checks_made(home) == []
    await wait(home, HOUR)
    assert len(checks_made(home)) == 1
    await wait(home, 23 * HOUR)
    assert len(checks_made(home)) == 1
    await wait(home, 2 * HOUR)
    assert len(checks_made(home)) == 2


async def test_no_self_check_outlives_its_entry(home: Household) -> None:
    """An account that was unloaded asks nothing."""
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    asked = len(home.cloud.requests)
    await wait(home, 5 * HOUR)
    assert len(home.cloud.requests) == asked


async def test_a_lost_key_is_noticed_and_its_return_too(home: Household) -> None:
    """Once a day, and hourly while it is missing."""
    await wait(home, 5 * HOUR)
    key = home.cloud.key_of(HOST)
    assert key is not None
    home.car.unpair(key)
    await wait(home, 24 * HOUR)
    assert open_issues(home) == ["not_paired"]
    home.car.pair(key)
    await wait(home, 1.5 * HOUR)
    assert open_issues(home) == []


async def test_a_lost_private_key_is_told_until_another_is_paired(
    home: Household,
) -> None:
    """The issue leads to the key; it goes with the set-up's last step, not its dialog."""
    sealed(home, "application").unlink()
    await restart(home)
    awake(home)
    await home.pass_time(5 * MINUTE, MINUTE)
    with pytest.raises(HomeAssistantError) as caught:
        await home.act("lock", "lock", "lock", "doors")
    assert caught.value.translation_key == "key_lost"
    assert open_issues(home) == ["private_key_lost"]
    owner = Owner(home, {})
    menu = await owner.reconfigure("key")
    result = await owner.submit(menu, next_step_id="key_create")
    assert result["step_id"] == "key_replace"
    assert open_issues(home) == ["private_key_lost"]
    result = await owner.submit(result, sure=True)
    owner.routine = ROUTINE
    assert (await owner.submit(result))["step_id"] == "pair"
    await home.settle()
    assert "private_key_lost" not in open_issues(home)


async def test_a_key_that_is_not_hosted_any_more(
    home: Household, domain: Domain
) -> None:
    """It must stay hosted, so it is looked for every day."""
    domain.does("redirect_301")
    await wait(home, 5 * HOUR)
    assert open_issues(home) == ["key_not_hosted"]
    issue = the_issue(home, "key_not_hosted")
    assert issue.translation_placeholders is not None
    assert "301" in issue.translation_placeholders["detail"]
    domain.does("good")
    await wait(home, 1.5 * HOUR)
    assert open_issues(home) == []


async def test_a_refused_command_is_told_at_once(
    home: Household, domain: Domain
) -> None:
    """The car's own answer; the issue says which car, and names no number."""
    lose_key(home, domain)
    with pytest.raises(HomeAssistantError):
        await home.act("lock", "lock", "lock", "doors")
    assert open_issues(home) == ["not_paired"]
    issue = the_issue(home, "not_paired")
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["car"] == home.car.name
    assert home.car.vin not in issue.issue_id + str(issue.data)


async def test_an_unregistered_application_is_told_by_the_list(
    home: Household,
) -> None:
    """And no more as soon as Tesla lists the cars again."""
    before = dict(application(home).registrations)
    application(home).registrations.clear()
    await wait(home, HOUR)
    assert open_issues(home) == ["not_registered"]
    application(home).registrations.update(before)
    await wait(home, 2 * HOUR)
    assert open_issues(home) == []


async def test_a_wrong_clock_is_told_and_taken_back(home: Household) -> None:
    """By the time that Tesla's answers carry."""
    home.cloud.skew = timedelta(minutes=-7)
    await wait(home, HOUR)
    assert open_issues(home) == ["clock_wrong"]
    home.cloud.skew = timedelta()
    await wait(home, HOUR)
    assert open_issues(home) == []


@pytest.mark.parametrize(
    ("refusal", "issue"),
    [
        pytest.param(
            {"status": 401, "body": {"error": "invalid_client"}},
            "credential_refused",
            id="the application is refused",
        ),
        pytest.param(
            {"status": 403, "html": True}, "tesla_refuses", id="a third plain refusal"
        ),
    ],
)
async def test_a_sign_in_that_cannot_be_renewed_is_told(
    home: Household, refusal: dict[str, Any], issue: str
) -> None:
    """Until it can."""
    fault = home.cloud.fail(TOKEN_PATH, times=999, **refusal)
    await wait(home, 10 * HOUR)
    assert issue in open_issues(home)
    home.cloud.faults.remove(fault)
    await wait(home, 3 * HOUR)
    assert open_issues(home) == []


async def signed_out(house: Household) -> None:
    """Have Tesla end the sign-in, as another installation's use of it does."""
    house.cloud.tokens.revoke()
    await wait(house, HOUR)
    assert waiting(house)
    await sign_in_again(house)


async def test_a_shared_sign_in_is_told(home: Household) -> None:
    """Three times signed out within a day is no chance; after a day it is over."""
    await signed_out(home)
    await signed_out(home)
    assert "cloned_sign_in" not in open_issues(home)
    await signed_out(home)
    await wait(home, QUARTER)
    assert "cloned_sign_in" in open_issues(home)
    await wait(home, 26 * HOUR)
    assert "cloned_sign_in" not in open_issues(home)


async def test_missing_permissions_are_said_once(house: Household) -> None:
    """An owner who wants it so ignores it, and is not told again."""
    account_of(house).withdraw("vehicle_location")
    await house.set_up()
    await wait(house, QUARTER)
    assert "scopes_missing" in open_issues(house)
    issue = the_issue(house, "scopes_missing")
    ir.async_ignore_issue(house.hass, DOMAIN, issue.issue_id, True)
    await wait(house, HOUR)
    again = ir.async_get(house.hass).async_get_issue(DOMAIN, issue.issue_id)
    assert again is not None
    assert again.dismissed_version is not None


async def test_an_unfinished_set_up_is_told_later(house: Household) -> None:
    """Not while the owner is most likely still in the dialog."""
    await house.set_up(pair=False)
    unfinished(house)
    await wait(house, QUARTER)
    assert open_issues(house) == []
    await wait(house, 2 * QUARTER)
    assert open_issues(house) == ["finish_setup"]
    unfinished(house, is_finished=True)
    await house.settle()
    assert open_issues(house) == []


async def test_a_command_needs_the_set_up_to_be_finished(house: Household) -> None:
    """Whoever tries one is told at once."""
    await house.set_up(pair=False)
    unfinished(house)
    awake(house)
    await house.pass_time(2 * MINUTE, MINUTE)
    with pytest.raises(HomeAssistantError):
        await house.act("lock", "lock", "lock", "doors")
    assert open_issues(house) == ["finish_setup"]


async def test_a_lost_encryption_key_is_told(
    house: Household, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Besides the sign-in that Home Assistant asks for: that one does not say why."""
    monkeypatch.setenv(ENV_KEK, KEK)
    await house.set_up()
    monkeypatch.delenv(ENV_KEK)
    await restart(house)
    assert open_issues(house) == ["lost_key_encryption_key"]
    await sign_in_again(house)
    assert open_issues(house) == []


# ---- the end of an account


async def spoilt(house: Household, domain: Domain) -> None:
    """Have something to tell."""
    domain.does("index_html")
    await examine(house)
    assert open_issues(house) == ["key_not_hosted"]


type End = Callable[[Household], Any]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(
            lambda house: house.hass.config_entries.async_remove(house.entry.entry_id),
            id="removed",
        ),
        pytest.param(
            lambda house: house.hass.config_entries.async_set_disabled_by(
                house.entry.entry_id, ConfigEntryDisabler.USER
            ),
            id="disabled",
        ),
    ],
)
async def test_an_account_that_goes_takes_its_issues_along(
    home: Household, domain: Domain, end: End
) -> None:
    """There is nothing left to mend."""
    await spoilt(home, domain)
    await end(home)
    assert open_issues(home) == []


async def test_a_reload_keeps_what_is_still_wrong(
    home: Household, domain: Domain
) -> None:
    """And sees within hours that it is mended."""
    await spoilt(home, domain)
    await restart(home)
    assert open_issues(home) == ["key_not_hosted"]
    domain.does("good")
    await wait(home, 1.5 * HOUR)
    assert open_issues(home) == []
