"""PINs reach the car and are written nowhere: no log, file, ledger, state or error.

Exempt is the bus of Home Assistant itself: it logs at debug whatever anybody gives to
an action, and our own lines say nothing of it.
"""

from collections.abc import AsyncIterator
import logging
import re
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Context
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fleet_pulse.const import CONF_ALLOW_RISKY
from custom_components.fleet_pulse.model.commands import COMMANDS
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.model.command_calls import CALLS, PIN

from .actions import Actions
from .garage import Garage, town
from .household import Household
from .sealing import files

# As a word of its own: four digits are part of many a longer number.
A_PIN: Final = re.compile(rf"(?<![\w.+/-]){PIN}(?![\w.+/-])")
HOME_ASSISTANT_S_BUS: Final = "homeassistant.core"
WITH_A_PIN: Final = [
    "parental_controls_activate",
    "parental_controls_deactivate",
    "set_pin_to_drive",
    "set_valet_mode",
    "speed_limit_activate",
    "speed_limit_clear_pin",
    "speed_limit_deactivate",
]


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write its own files to disk: other tests keep them in memory."""
    return {}


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def actions(house: Household, caplog: pytest.LogCaptureFixture) -> Actions:
    """Give the actions on a car that is awake, while all there is to log is logged."""
    assert await async_setup_component(house.hass, "diagnostics", {})
    await house.set_up()
    garage, entry = Garage(house), house.entry
    house.hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_ALLOW_RISKY: True}
    )
    await garage.wake_up()
    caplog.set_level(logging.DEBUG)
    return Actions(garage)


async def sent(actions: Actions, context: Context, command: str) -> str:
    """Send a command with a PIN; give all that the caller sees of its ending."""
    try:
        answer = await actions.call(
            "send_command",
            context=context,
            command=command,
            parameters=CALLS[command],
        )
    except HomeAssistantError as err:
        return f"{err} {err!r} {err.translation_placeholders} {err.__cause__!r}"
    return repr(answer)


async def everything_written(
    actions: Actions, caplog: pytest.LogCaptureFixture, client: ClientSessionGenerator
) -> dict[str, str]:
    """Give every text that is left when all is over, by where it stands."""
    house = actions.house
    diagnostics = await get_diagnostics_for_config_entry(
        house.hass, client, house.entry
    )
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await house.settle()
    written = logging.Formatter()
    return {
        "the diagnostics": repr(diagnostics),
        "the states": repr(
            [state.as_dict() for state in house.hass.states.async_all()]
        ),
        "the ledger": repr(actions.garage.data.journal.ledger),
        **{
            f"line {number} of the log": written.format(record)
            for number, record in enumerate(caplog.records)
            if record.name != HOME_ASSISTANT_S_BUS
        },
        **{name: text.decode("latin-1") for name, text in files(house).items()},
    }


def test_every_row_with_a_pin_is_tried() -> None:
    """And a PIN is never a parameter that may be shown."""
    rows = {
        key: row
        for key, row in COMMANDS.items()
        if {"pin", "password"} & {param.name for param in row.params}
    }
    assert sorted(rows) == sorted(WITH_A_PIN)
    calls = [row.call(**CALLS[key]) for key, row in rows.items()]
    assert all(call.is_secret for call in calls)
    assert not any(A_PIN.search(f"{call} {call.public_params()}") for call in calls)


async def test_a_pin_is_written_nowhere(
    actions: Actions,
    caplog: pytest.LogCaptureFixture,
    hass_admin_user: User,
    hass_client: ClientSessionGenerator,
) -> None:
    """Whether the car takes it, refuses it, or no answer comes back."""
    garage, admin = actions.garage, Context(user_id=hass_admin_user.id)
    seen = [await sent(actions, admin, command) for command in WITH_A_PIN]
    garage.car.refuse_next("incorrect_pin", times=len(WITH_A_PIN))
    seen += [await sent(actions, admin, command) for command in WITH_A_PIN]
    garage.cloud.fail("*command*", times=100, status=504)
    seen += [await sent(actions, admin, command) for command in WITH_A_PIN]
    reached = [str(params) for _, _, params, _ in garage.car.commands]
    assert any(A_PIN.search(params) for params in reached)
    assert not any(A_PIN.search(text) for text in seen)

    await garage.restart()
    written = await everything_written(actions, caplog, hass_client)
    assert any("fleet_pulse" in where for where in written)
    assert [where for where, text in written.items() if A_PIN.search(text)] == []
