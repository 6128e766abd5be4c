"""The PIN: who opens a car with it, who without, and where it is kept."""

from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from homeassistant.components.alexa.const import EVENT_ALEXA_SMART_HOME
from homeassistant.components.google_assistant.const import EVENT_COMMAND_RECEIVED
from homeassistant.components.homeassistant.exposed_entities import (
    KNOWN_ASSISTANTS,
    async_expose_entity,
)
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.intent import IntentResponseType
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.const import DOMAIN
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud

from .garage import Garage, town
from .household import Household
from .sealing import files, restart
from .test_options_flow import choose, page
from .voice import Voice, spoken, teach

PIN: Final = "73914682"
HOMEKIT: Final = "homekit_state_change"
DONE: Final = IntentResponseType.ACTION_DONE
ERROR: Final = IntentResponseType.ERROR
MINUTE: Final = 60


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(house: Household) -> Garage:
    """Give a garage whose first car is awake and known, and can be spoken about."""
    await teach(house)
    assert await async_setup_component(house.hass, "diagnostics", {})
    await house.set_up()
    garage = Garage(house)
    await garage.wake_up()
    await garage.fetch()
    return garage


@pytest.fixture
def voice(garage: Garage) -> Voice:
    """Give the voice of its owner."""
    return Voice(garage)


async def set_pin(house: Household, pin: str = PIN) -> Any:
    """Set a PIN in the options."""
    return await choose(house, on="safety", pin=pin)


async def unlock(garage: Garage, **data: Any) -> None:
    """Unlock the doors, as a dashboard does."""
    await garage.home.act("lock", "unlock", "lock", "doors", **data)


async def guess(garage: Garage, times: int) -> None:
    """Try codes that are not the PIN."""
    for code in range(times):
        with pytest.raises(ServiceValidationError):
            await unlock(garage, code=f"000{code}")


async def call_as(
    garage: Garage, event: str, domain: str, service: str, key: str
) -> None:
    """Call an action the way an assistant does that announces it."""
    context = Context()
    hass, entity_id = garage.home.hass, garage.home.entity_id(domain, key)
    hass.bus.async_fire(event, {"entity_id": entity_id}, context=context)
    task = hass.services.async_call(
        domain, service, {"entity_id": entity_id}, blocking=True, context=context
    )
    await garage.result(task, step=1)


# ---- the option


async def test_a_pin_is_set_and_never_shown(garage: Garage) -> None:
    """The form asks for another one, and offers to forget this one."""
    before = dict(garage.home.entry.options)
    assert (await set_pin(garage.home))["type"] == "create_entry"
    assert dict(garage.home.entry.options) == before | {"allow_risky": False}
    form = await page(garage.home, "safety")
    assert form["data_schema"]({}) == {"allow_risky": False, "forget_pin": False}
    assert PIN not in str(form)
    texts = await async_get_translations(garage.home.hass, "en", "options", [DOMAIN])
    step = f"component.{DOMAIN}.options.step.safety"
    assert {
        f"{step}.{part}.{key}"
        for part in ("data", "data_description")
        for key in ("pin", "forget_pin")
    } <= set(texts)


@pytest.mark.parametrize(
    "pin",
    [
        pytest.param("123", id="too short"),
        pytest.param("123456789", id="too long"),
        pytest.param("12a4", id="a letter"),
        pytest.param("12 34", id="a space"),
        pytest.param("\N{FULLWIDTH DIGIT ONE}234", id="digits nobody can type"),
    ],
)
async def test_what_is_no_pin_is_told(garage: Garage, pin: str) -> None:
    """And nothing is set."""
    result = await set_pin(garage.home, pin)
    assert result["errors"] == {"pin": "pin_format"}
    assert "code_format" not in garage.home.state("lock", "doors").attributes


async def test_a_pin_that_cannot_be_written_is_told(
    garage: Garage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk: the owner reads it, and no lock asks for what is not kept."""

    def full(self: Path, target: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = await set_pin(garage.home)
    assert result["errors"] == {"pin": "not_saved"}
    assert "code_format" not in garage.home.state("lock", "doors").attributes


async def test_the_pin_is_nowhere_in_the_clear(
    garage: Garage,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    hass_storage: dict[str, Any],
) -> None:
    """Not on disk, in no state, log or diagnostics: set, used and mistyped."""
    home = garage.home
    await set_pin(home)
    await unlock(garage, code=PIN)
    with pytest.raises(ServiceValidationError):
        await unlock(garage, code=PIN[::-1])
    await restart(home)
    told = await get_diagnostics_for_config_entry(home.hass, hass_client, home.entry)
    states = [state.as_dict() for state in home.hass.states.async_all()]
    assert PIN not in f"{told} {states}"
    assert PIN not in f"{hass_storage} {home.entry.as_dict()}"
    assert [path for path, found in files(home).items() if PIN.encode() in found] == []
    ours = [line for line in caplog.messages if "fleet_pulse" in line]
    assert PIN not in str(ours)


# ---- locks


@pytest.mark.parametrize("key", ["charge_cable", "doors"])
async def test_without_a_pin_no_lock_asks(garage: Garage, key: str) -> None:
    """A dashboard unlocks with a tap."""
    assert "code_format" not in garage.home.state("lock", key).attributes
    await garage.home.act("lock", "unlock", "lock", key)
    assert len(garage.obeyed()) == 1


@pytest.mark.parametrize("key", ["charge_cable", "doors"])
@pytest.mark.parametrize("code", [{}, {"code": "00000000"}, {"code": "1234"}])
async def test_with_a_pin_nothing_else_unlocks(
    garage: Garage, key: str, code: dict[str, str]
) -> None:
    """From the moment it is set, whoever calls; nothing is sent."""
    await set_pin(garage.home)
    assert garage.home.state("lock", key).attributes["code_format"]
    with pytest.raises(ServiceValidationError, match="needs the PIN"):
        await garage.home.act("lock", "unlock", "lock", key, **code)
    assert garage.obeyed() == []


async def test_the_pin_unlocks(garage: Garage) -> None:
    """Also after a restart; locking never asks for it."""
    await set_pin(garage.home)
    await unlock(garage, code=PIN)
    assert not garage.car.locked
    await garage.home.act("lock", "lock", "lock", "doors")
    assert garage.car.locked
    await restart(garage.home)
    with pytest.raises(ServiceValidationError, match="needs the PIN"):
        await unlock(garage)
    await unlock(garage, code=PIN)
    assert not garage.car.locked


async def test_a_pin_is_replaced_and_forgotten(garage: Garage) -> None:
    """The older one is worth nothing; without one nobody is asked."""
    await set_pin(garage.home)
    await set_pin(garage.home, "2468")
    with pytest.raises(ServiceValidationError):
        await unlock(garage, code=PIN)
    await unlock(garage, code="2468")
    await choose(garage.home, on="safety", forget_pin=True)
    assert "code_format" not in garage.home.state("lock", "doors").attributes
    await garage.home.act("lock", "lock", "lock", "doors")
    await unlock(garage)
    assert not garage.car.locked


async def test_the_other_options_leave_the_pin_alone(garage: Garage) -> None:
    """Who says nothing about it keeps it."""
    await set_pin(garage.home)
    await choose(garage.home, on="safety", allow_risky=True)
    assert garage.home.state("lock", "doors").attributes["code_format"]


async def test_a_pin_is_set_while_the_account_does_not_run(garage: Garage) -> None:
    """It counts once the account is loaded."""
    entry_id = garage.home.entry.entry_id
    await garage.home.hass.config_entries.async_unload(entry_id)
    await set_pin(garage.home)
    await garage.home.hass.config_entries.async_setup(entry_id)
    await garage.home.settle()
    assert garage.home.state("lock", "doors").attributes["code_format"]


async def test_who_guesses_has_to_wait(garage: Garage) -> None:
    """After five wrong ones even the right one is refused, for five minutes."""
    await set_pin(garage.home)
    await guess(garage, 5)
    with pytest.raises(ServiceValidationError):
        await unlock(garage, code=PIN)
    await garage.home.pass_time(5 * MINUTE, 30)
    await unlock(garage, code=PIN)
    assert not garage.car.locked


async def test_the_cable_locks_by_itself(garage: Garage) -> None:
    """Who tries learns why not; nothing is sent."""
    with pytest.raises(ServiceValidationError, match="by itself"):
        await garage.home.act("lock", "lock", "lock", "charge_cable")
    assert garage.obeyed() == []


# ---- assistants


def test_assistants_announce_themselves_as_we_think() -> None:
    """By these events Home Assistant tells who began."""
    package = find_spec("homeassistant.components.homekit")
    assert package is not None
    assert package.origin is not None
    names = Path(package.origin).with_name("const.py").read_text(encoding="utf-8")
    assert f'EVENT_HOMEKIT_CHANGED = "{HOMEKIT}"' in names
    assert EVENT_ALEXA_SMART_HOME == "alexa_smart_home"
    assert EVENT_COMMAND_RECEIVED == "google_assistant_command"


@pytest.mark.parametrize(
    "event", [EVENT_ALEXA_SMART_HOME, EVENT_COMMAND_RECEIVED, HOMEKIT]
)
@pytest.mark.parametrize(
    ("domain", "service", "key"),
    [
        ("cover", "open_cover", "charge_port"),
        ("cover", "open_cover", "trunk"),
        ("cover", "open_cover", "windows"),
        ("lock", "unlock", "charge_cable"),
        ("lock", "unlock", "doors"),
    ],
)
async def test_no_assistant_opens_without_a_pin(
    garage: Garage, event: str, domain: str, service: str, key: str
) -> None:
    """Even one that Home Assistant's exposure does not bind."""
    with pytest.raises(ServiceValidationError, match="assistant"):
        await call_as(garage, event, domain, service, key)
    assert garage.obeyed() == []


async def test_assistants_close_and_lock_without_a_pin(garage: Garage) -> None:
    """What makes a car safer is never refused."""
    garage.car.act("window_control", {"command": "vent"})
    await garage.fetch()
    await unlock(garage)
    await call_as(garage, EVENT_COMMAND_RECEIVED, "cover", "close_cover", "windows")
    await call_as(garage, EVENT_COMMAND_RECEIVED, "lock", "lock", "doors")
    assert garage.obeyed()[-2:] == ["window_control", "door_lock"]
    assert garage.car.locked


@pytest.mark.parametrize("assistant", KNOWN_ASSISTANTS)
async def test_what_is_exposed_opens_for_nobody_without_a_pin(
    garage: Garage, assistant: str
) -> None:
    """Assist's calls look like a person's, so that exposing it decides."""
    home = garage.home
    lock = home.entity_id("lock", "doors")
    async_expose_entity(home.hass, assistant, lock, should_expose=True)
    with pytest.raises(ServiceValidationError, match="Set a PIN"):
        await unlock(garage)
    async_expose_entity(home.hass, assistant, lock, should_expose=False)
    await unlock(garage)
    assert garage.obeyed() == ["door_unlock"]


async def test_a_garage_door_is_no_exception(garage: Garage) -> None:
    """A button that opens the garage is as good as a door."""
    home = garage.home
    button = er.async_get(home.hass).async_get_entity_id(
        "button", DOMAIN, f"{garage.car.vin}-trigger_homelink"
    )
    assert button is not None
    er.async_get(home.hass).async_update_entity(button, disabled_by=None)
    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    async_expose_entity(home.hass, "conversation", button, should_expose=True)
    with pytest.raises(ServiceValidationError, match="Set a PIN"):
        await home.act("button", "press", "button", "trigger_homelink")
    assert garage.obeyed() == []


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("charge_port", "open the charge port"),
        ("trunk", "open the trunk"),
        ("windows", "open the car windows"),
    ],
)
async def test_with_a_pin_assist_opens_what_it_was_given(
    garage: Garage, voice: Voice, key: str, sentence: str
) -> None:
    """Without one it says what is missing."""
    voice.expose("cover", key, sentence.removeprefix("open the "))
    answer = await voice.say(sentence)
    assert answer.response_type is ERROR
    assert garage.obeyed() == []
    await set_pin(garage.home)
    answer = await voice.say(sentence)
    assert answer.response_type is DONE
    assert len(garage.obeyed()) == 1


async def test_assist_unlocks_nothing_by_saying_so(
    garage: Garage, voice: Voice
) -> None:
    """Exposed and with a PIN set: a sentence has no place for it."""
    voice.expose("lock", "doors", "car")
    await set_pin(garage.home)
    answer = await voice.say("unlock the car")
    assert spoken(answer)
    assert garage.car.locked
    assert garage.obeyed() == []
