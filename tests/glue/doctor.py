"""A doctor's visit in a test: what the domain answers, and what the report says."""

from dataclasses import dataclass
from typing import Any

from homeassistant.core import Context
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.fleet_pulse.const import CONF_FINISHED, DOMAIN
from tests.internet.box import Internet
from tests.internet.web_host import WebHost

from .flows import HOST
from .household import Household


@dataclass(frozen=True)
class Domain:
    """What stands at the key's place under the owner's domain."""

    internet: Internet
    host: WebHost

    async def lead_to(self, house: Household) -> None:
        """Have the domain known, and pass on to this Home Assistant."""
        self.host.behind = str((await house.browser()).server.make_url("")).rstrip("/")
        self.internet.tell(HOST, answers=True)

    def does(self, behaviour: str) -> None:
        """Have it answer otherwise; see `BEHAVIOURS`."""
        self.host.behaviour = behaviour

    def hide(self) -> None:
        """Let nobody inside judge it."""
        self.internet.tell(HOST, answers=False)


@pytest.fixture
async def domain(internet: Internet) -> Domain:
    """Give the owner's domain, which is unknown until it leads somewhere."""
    there = Domain(internet, await internet.host(HOST, ""))
    there.hide()
    return there


async def examine(
    house: Household, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    """Run the checks as an administrator does, and give the one account's report."""
    response = await house.hass.services.async_call(
        DOMAIN, "run_checks", data, blocking=True, context=context, return_response=True
    )
    assert response is not None
    accounts: Any = response["accounts"]
    report: dict[str, Any] = accounts[house.entry.entry_id]
    return report


def row(report: dict[str, Any], check: str, car: str | None = None) -> dict[str, Any]:
    """Give what a report says of one check, of one car."""
    (found,) = (
        said
        for said in report["checks"]
        if said["id"] == check and said.get("car") == car
    )
    return dict(found)


def open_issues(house: Household) -> list[str]:
    """Give what the owner is told to repair."""
    return sorted(
        str(issue.translation_key)
        for (domain, _), issue in ir.async_get(house.hass).issues.items()
        if domain == DOMAIN and issue.active
    )


def the_issue(house: Household, key: str) -> ir.IssueEntry:
    """Give the one open issue of a kind."""
    (issue,) = (
        issue
        for (domain, _), issue in ir.async_get(house.hass).issues.items()
        if domain == DOMAIN and issue.translation_key == key
    )
    return issue


def awake(house: Household) -> None:
    """Have the newer car awake, and stay so."""
    house.car.request_wake()
    house.car.parts.settings.sentry = True


def unfinished(house: Household, *, is_finished: bool = False) -> None:
    """Say whether the set-up was gone through to its end."""
    data = {**house.entry.data, CONF_FINISHED: is_finished}
    house.hass.config_entries.async_update_entry(house.entry, data=data)
