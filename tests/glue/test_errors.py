"""Every error of Tesla's becomes one of Home Assistant's, in words an owner can use."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import string
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
    ImplementationUnavailableError,
    ServiceValidationError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fleet_pulse import errors
from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.fleet import errors as fleet
from custom_components.fleet_pulse.fleet.errors import FleetError
from custom_components.fleet_pulse.fleet.session import FaultReply
from custom_components.fleet_pulse.fleet.wake import WakeRefusal
from custom_components.fleet_pulse.model.command import InvalidCall

PACKAGE: Final = Path(errors.__file__).parent
TEXTS: Final[dict[str, dict[str, str]]] = json.loads(
    (PACKAGE / "translations" / "en.json").read_text()
)["exceptions"]
NOW: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)

# What cannot be made from a text alone.
MAKERS: Final[dict[type[FleetError], Callable[[], FleetError]]] = {
    fleet.EquipmentMissing: lambda: fleet.EquipmentMissing("sunroof"),
    FaultReply: lambda: FaultReply("BUSY"),
    fleet.WrongRegion: lambda: fleet.WrongRegion("elsewhere", base_url=None),
    fleet.WakeRefused: lambda: fleet.WakeRefused("budget", retry_at=NOW),
}


def kinds(kind: type[FleetError] = FleetError) -> Iterator[type[FleetError]]:
    """Give an error class and all below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def made(kind: type[FleetError]) -> FleetError:
    """Make an error of a class, with something to quote."""
    return MAKERS.get(kind, lambda: kind("Tesla's own words"))()


def quoted(text: str) -> set[str]:
    """Give the names of what a text quotes."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.fixture
async def entry(
    hass: HomeAssistant, enable_custom_integrations: None
) -> MockConfigEntry:
    """Give an account whose texts are loaded and whose set-up is not wanted."""
    # Home Assistant reads an integration's texts when it sets it up.
    assert await async_setup_component(hass, DOMAIN, {})
    found = MockConfigEntry(domain=DOMAIN, title="Tesla", data={"account": "owner"})
    found.add_to_hass(hass)
    return found


def acted(hass: HomeAssistant, entry: ConfigEntry, err: Exception) -> Exception:
    """Give what an action raises for an error."""
    with pytest.raises(HomeAssistantError) as caught, errors.acting(hass, entry):
        raise err
    return caught.value


# ---- the table


@pytest.mark.parametrize("kind", [*kinds()], ids=lambda kind: kind.__name__)
def test_every_error_has_a_text(kind: type[FleetError]) -> None:
    """Whatever `fleet` raises, there is something to tell the owner."""
    assert errors.text_of(made(kind)) in TEXTS


def test_a_subclass_stands_before_its_base() -> None:
    """The first class that fits counts, so no row may hide behind its base."""
    order = list(errors.TEXTS)
    hidden = [
        (above, below)
        for place, above in enumerate(order)
        for below in order[place + 1 :]
        if issubclass(below, above)
    ]
    assert hidden == []


def test_every_error_of_the_room_has_its_own_row() -> None:
    """A class that nobody tells apart has no reason to be one."""
    known = {kind for kind in kinds() if kind.__module__ == FleetError.__module__}
    assert set(errors.TEXTS) == known


@pytest.mark.parametrize("reason", WakeRefusal)
def test_every_refusal_of_the_guard_has_a_text(reason: WakeRefusal) -> None:
    """The owner reads why the car was not woken."""
    assert errors.text_of(fleet.WakeRefused(reason.value)) in TEXTS


@pytest.mark.parametrize("reason", errors.REFUSALS)
def test_every_known_refusal_of_a_car_has_a_text(reason: str) -> None:
    """The car's own word becomes a sentence where we know what to do about it."""
    key = errors.text_of(fleet.CommandRefused(reason))
    assert key != "command_refused"
    assert key in TEXTS


# What tells of several things at once says which of them were done; who talks to a
# language model names cars.
GIVEN: Final = {
    "assistant_no_such_car": {"cars"},
    "assistant_not_exposed": {"car"},
    "assistant_which_car": {"cars"},
    "partly_done": {"detail", "done"},
    "some_vehicles_failed": {"detail", "done"},
}


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_quotes_only_what_it_is_given(key: str) -> None:
    """No owner reads a curly bracket; only what knows a time names one."""
    timed = key == "rate_limited" or key.startswith("wake_refused_")
    assert quoted(TEXTS[key]["message"]) <= GIVEN.get(key, {"detail", "retry_at"})
    assert "retry_at" not in quoted(TEXTS[key]["message"]) or timed


# ---- what is quoted


@pytest.mark.parametrize(
    ("err", "said"),
    [
        pytest.param(
            fleet.CommandRefused("flux_low"),
            'The car refused; its own word for the reason is "flux_low". The car\'s'
            " screen or the Tesla app may say more",
            id="a reason nobody knows passes verbatim",
        ),
        pytest.param(
            fleet.CommandRefused("disconnected"),
            "No charge cable is plugged in. Plug it in and try again",
            id="a reason we know becomes a sentence",
        ),
        pytest.param(
            fleet.Forbidden("account disabled"),
            "Tesla refuses this (account disabled). If it stays so for an hour, check"
            " your application at developer.tesla.com",
            id="Tesla's own words are quoted",
        ),
        pytest.param(
            fleet.Forbidden(status=403),
            "Tesla refuses this (HTTP 403). If it stays so for an hour, check your"
            " application at developer.tesla.com",
            id="the status is quoted where Tesla has no words",
        ),
        pytest.param(
            fleet.Forbidden(),
            "Tesla refuses this (no details). If it stays so for an hour, check your"
            " application at developer.tesla.com",
            id="nothing is quoted as nothing",
        ),
        pytest.param(
            fleet.RateLimited(status=429, retry_after=7200),
            "Tesla asks to wait: there were too many requests (HTTP 429). Try again"
            " from 10:00",
            id="how long Tesla asks to wait is a time on the owner's clock",
        ),
        pytest.param(
            fleet.RateLimited(status=429),
            "Tesla asks to wait: there were too many requests (HTTP 429). Try again"
            " from 08:01",
            id="a minute where Tesla does not say",
        ),
        pytest.param(
            fleet.RateLimited(status=429, retry_after=86400),
            "Tesla asks to wait: there were too many requests (HTTP 429). Try again"
            " from 2026-10-06 08:00",
            id="the day is named where it is not today",
        ),
        pytest.param(
            fleet.RateLimited(status=429, retry_after=61),
            "Tesla asks to wait: there were too many requests (HTTP 429). Try again"
            " from 08:02",
            id="a time that is shown is never too early",
        ),
        pytest.param(
            fleet.WakeRefused("daily_limit", retry_at=NOW + timedelta(hours=20)),
            "The car is not woken: it was woken as often in the last 24 hours as you"
            " allow. Next try from 2026-10-06 04:00. You can change the limit with the"
            " gear of Fleet Pulse under Settings > Devices & services",
            id="the guard says when it allows the next wake",
        ),
        pytest.param(
            fleet.WakeRefused("in_flight"),
            "The car is being woken already, and Tesla bills every try. Try again in"
            " some minutes if it is not awake by then",
            id="a refusal without a time names none",
        ),
        pytest.param(
            InvalidCall("percent", "must be from 0 to 100"),
            "This value cannot be sent: percent must be from 0 to 100. Nothing was"
            " sent; choose another value",
            id="a wrong value is the owner's to choose again",
        ),
    ],
)
async def test_an_owner_reads(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
    err: Exception,
    said: str,
) -> None:
    """The rendered English text of an action's error; HA takes its last dot away."""
    await hass.config.async_update(time_zone="Europe/Berlin")
    freezer.move_to(NOW)
    assert str(acted(hass, entry, err)) == said


# ---- who raises what


@pytest.mark.parametrize(
    ("err", "raised"),
    [
        pytest.param(
            fleet.SignInRequired("gone"), ConfigEntryAuthFailed, id="a lost sign-in"
        ),
        pytest.param(fleet.SealBroken("gone"), ConfigEntryAuthFailed, id="a lost seal"),
        pytest.param(fleet.Unreachable("no"), UpdateFailed, id="no connection"),
        pytest.param(fleet.ScopeMissing("no"), UpdateFailed, id="no permission"),
        pytest.param(FleetError("odd"), UpdateFailed, id="something new"),
    ],
)
def test_a_coordinator_raises(err: FleetError, raised: type[Exception]) -> None:
    """What only the owner mends ends the asking; all else is asked for again."""
    with pytest.raises(raised) as caught, errors.updating():
        raise err
    assert type(caught.value) is raised
    assert caught.value.__cause__ is err
    assert isinstance(caught.value, HomeAssistantError)
    assert caught.value.translation_key == errors.text_of(err)


def test_a_wait_of_zero_seconds_never_reaches_home_assistant() -> None:
    """It would ask without end; the policy says when to ask again."""
    with pytest.raises(UpdateFailed) as caught, errors.updating():
        raise fleet.TeslaUnavailable(status=503, retry_after=0)
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    ("err", "raised", "key"),
    [
        pytest.param(
            fleet.SealBroken(),
            ConfigEntryAuthFailed,
            "seal_broken",
            id="what is sealed cannot be opened",
        ),
        pytest.param(
            fleet.InvalidOverride("no URL"),
            ConfigEntryError,
            "invalid_override",
            id="the environment is wrong",
        ),
        pytest.param(
            ImplementationUnavailableError(),
            ConfigEntryNotReady,
            "credential_unavailable",
            id="the application's credentials were removed",
        ),
    ],
)
def test_a_set_up_raises(err: Exception, raised: type[Exception], key: str) -> None:
    """Home Assistant learns whether to ask for a sign-in, to wait, or to give up."""
    with pytest.raises(raised) as caught, errors.setting_up():
        raise err
    assert type(caught.value) is raised
    assert caught.value.__cause__ is err
    assert isinstance(caught.value, HomeAssistantError)
    assert caught.value.translation_key == key


@pytest.mark.parametrize(
    ("err", "raised", "flows"),
    [
        pytest.param(
            fleet.SignInRequired(), HomeAssistantError, 1, id="a lost sign-in"
        ),
        pytest.param(fleet.SealBroken(), HomeAssistantError, 1, id="a lost seal"),
        pytest.param(
            fleet.ScopeMissing("x"), HomeAssistantError, 1, id="no permission"
        ),
        pytest.param(fleet.TokenRejected(), HomeAssistantError, 1, id="no token works"),
        pytest.param(fleet.Unreachable(), HomeAssistantError, 0, id="no connection"),
        pytest.param(FleetError("odd"), HomeAssistantError, 0, id="something new"),
        pytest.param(
            InvalidCall("percent", "is missing"),
            ServiceValidationError,
            0,
            id="a wrong value is the user's mistake",
        ),
    ],
)
async def test_an_action_raises(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    err: Exception,
    raised: type[Exception],
    flows: int,
) -> None:
    """What the owner can mend by signing in again is offered at once."""
    before = len(hass.config_entries.flow.async_progress())
    caught = acted(hass, entry, err)
    assert type(caught) is raised
    assert caught.__cause__ is err
    await hass.async_block_till_done()
    assert len(hass.config_entries.flow.async_progress()) - before == flows


def test_what_works_passes(hass: HomeAssistant) -> None:
    """Nothing happens where nothing goes wrong, nor to errors of others."""
    with errors.updating(), errors.setting_up():
        pass
    with pytest.raises(ZeroDivisionError), errors.updating():
        _ = 1 / 0


# ---- flows


async def test_a_flow_gets_the_result_or_the_problem() -> None:
    """A flow shows a text in place of a result."""

    async def works() -> int:
        return 7

    async def fails() -> int:
        raise fleet.NotFound("not_found")

    assert await errors.tried(works()) == 7
    problem: Any = await errors.tried(fails())
    assert problem.key == "not_found"
    assert problem.placeholders == {"detail": "not_found", "retry_at": "-"}
