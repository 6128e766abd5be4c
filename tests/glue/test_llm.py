"""Language models: what they are told of cars, and may have done to them."""

import ast
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.components import conversation
from homeassistant.components.conversation import (
    AssistantContentDeltaDict,
    ConversationInput,
    ToolResultContent,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.llm import LLM_API_ASSIST, ToolInput
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser
import voluptuous as vol

from custom_components import fleet_pulse
from custom_components.fleet_pulse import assistant_answers, assistant_orders
from custom_components.fleet_pulse.const import DOMAIN
from custom_components.fleet_pulse.entity import VehicleDescription
from custom_components.fleet_pulse.fleet.usage import Category
from custom_components.fleet_pulse.llm import TOOLS, CarTool
from custom_components.fleet_pulse.model import commands
from custom_components.fleet_pulse.model.command import Command, Risk
from custom_components.fleet_pulse.rules import climate_calls
from custom_components.fleet_pulse.rules.view import Matter
from custom_components.fleet_pulse.words import WEEK
from tests.fake_fleet.clock import Clock
from tests.fake_fleet.cloud import FakeCloud
from tests.test_texts import BY_NAME

from .flows import account_of
from .garage import Garage, town
from .household import Household
from .language_model import USUAL, Model, expose, hide_all, plug_in, session
from .rules import MORNING, add_rule, live_here

READ: Final = ("explain_charging", "get_status", "is_ready_for_tomorrow")
WRITE: Final = (
    "hold_charge_rules",
    "precondition",
    "resume_charge_rules",
    "set_charge_limit",
)
HARMLESS: Final = {
    "auto_conditioning_start",
    "auto_conditioning_stop",
    "set_charge_limit",
    "set_temps",
}
"""All that models can have sent to a car."""
DAY: Final = 24 * 3600
HOUR: Final = timedelta(hours=1)
EVERY_MORNING: Final = {**MORNING, "days": list(WEEK)}
EVERY_DAY_AT_EIGHT: Final = {"source": "weekly", "days": list(WEEK), "at": "08:00:00"}
PACKAGE: Final = Path(fleet_pulse.__file__).parent


@pytest.fixture
async def cloud(socket_enabled: None, cloud_clock: Clock) -> AsyncIterator[FakeCloud]:
    """Give a cloud with two sleeping cars that take signed commands."""
    async with town(cloud_clock) as world:
        yield world


@pytest.fixture
async def garage(house: Household) -> Garage:
    """Give a garage whose first car is awake and known, and can be spoken about."""
    await plug_in(house)
    await house.set_up()
    garage = Garage(house)
    garage.car.parts.charging.limit = 60
    await garage.wake_up()
    await garage.fetch()
    hide_all(house)
    expose(house, *USUAL)
    return garage


@pytest.fixture
async def asleep(garage: Garage) -> Garage:
    """Give that garage some minutes later, when the car sleeps."""
    garage.car.sleep_now()
    await garage.look()
    await garage.home.pass_time(700, 100)
    return garage


@pytest.fixture
def model(garage: Garage) -> Model:
    """Give a model that speaks about it."""
    return Model(garage)


# ---- the table


def test_the_tools_are_these() -> None:
    """None unlocks, opens, starts, disables Sentry or Valet, or sends any command."""
    assert [row.name for row in TOOLS] == sorted([*READ, *WRITE])
    assert [row.name for row in TOOLS if row.annotations.read_only] == sorted(READ)
    harmless = [row for row in TOOLS if not row.annotations.destructive]
    assert [row.name for row in harmless] == sorted(READ)
    assert all(not row.annotations.open_world for row in TOOLS)


@pytest.mark.parametrize("row", TOOLS, ids=lambda row: row.name)
def test_a_tool_says_what_it_is_and_needs(row: Any) -> None:
    """What writes needs an entity that writes; what may wake says so."""
    tool = CarTool(row, "Zephyr")
    assert tool.name == f"{DOMAIN}__{row.name}"
    assert tool.integration == DOMAIN
    assert row.title
    assert any(word in tool.description for word in ("wake", "woken", "hold"))
    assert bool(row.needs) is (row.name in WRITE)
    waking = {str(key) for key in row.parameters} & {assistant_orders.ATTR_MAY_WAKE}
    assert bool(waking) is (row.name in ("precondition", "set_charge_limit"))


def test_every_fact_has_an_entity_that_shows_it() -> None:
    """So that exposing that one is what tells it."""
    facts = assistant_answers.FACTS
    assert [one.name for one in facts] == sorted(one.name for one in facts)
    shown = {one.entity: BY_NAME[tuple(one.entity.split("."))] for one in facts}
    rows = {
        name: row for name, row in shown.items() if isinstance(row, VehicleDescription)
    }
    assert {
        one.name
        for one in facts
        if one.entity in rows
        and (field := rows[one.entity].field) is not None
        and field is not one.field
    } == set()


def test_what_the_orders_send_harms_nobody() -> None:
    """Whatever they name of the table of commands."""
    tree = ast.parse((PACKAGE / "assistant_orders.py").read_text())
    named = [
        getattr(commands, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "commands"
    ]
    calls = (climate_calls.START, climate_calls.STOP, climate_calls.warmth(20))
    sent = {one.key: one for one in (*named, *(call.command for call in calls))}
    assert set(sent) == HARMLESS
    assert all(isinstance(one, Command) for one in sent.values())
    assert {one.risk for one in sent.values()} == {Risk.NONE}


def test_nothing_loads_it_but_home_assistant() -> None:
    """Who has no language model does not pay for it at the start."""
    parts = {"llm", "assistant_answers", "assistant_orders", "assisted"}
    imports = {
        path.stem: {
            name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.level
            for name in (node.module, *(one.name for one in node.names))
        }
        for path in PACKAGE.glob("*.py")
    }
    assert {name for name, known in imports.items() if known & parts} == {
        "assistant_answers",
        "assistant_orders",
        "llm",
    }


# ---- what it is told


async def test_a_sleeping_car_is_told_of_as_it_was(
    asleep: Garage, model: Model
) -> None:
    """With the age of every value; nothing is asked of Tesla."""
    home, asked = asleep.home, len(asleep.cloud.requests)
    billed = len(asleep.cloud.requests.billed)
    told = await model.ask("get_status")
    level = home.state("sensor", "battery_level").state
    assert told["car"] == asleep.car.name
    assert told["connection"] == "asleep"
    assert told["car_last_spoke"] == "12 minutes ago"
    assert told["values"]["battery"] == {
        "value": f"{level} %",
        "said": "12 minutes ago",
    }
    assert told["values"]["charge_limit"]["value"] == "60 %"
    assert told["values"]["plugged_in"]["value"] == "no"
    assert "not woken" in told["note"]
    for name in READ:
        await model.ask(name)
    assert len(asleep.cloud.requests.billed) == billed
    assert asleep.looks() == asleep.looks()[:1]
    # Only the free lists that come anyway, at the pace of the clock.
    seen = list(asleep.cloud.requests)[asked:]
    assert {request.path for request in seen} <= {"/api/1/products"}


async def test_what_is_not_exposed_is_not_told(garage: Garage, model: Model) -> None:
    """But that there is something; what nobody knows is unknown."""
    told = await model.ask("get_status")
    assert set(told["values"]) == {
        "battery",
        "charge_limit",
        "charging",
        "climate",
        "plugged_in",
    }
    assert {"doors", "place", "range", "sentry_mode"} <= set(told["not_exposed"])
    entity_id = garage.home.entity_id("sensor", "battery_level")
    garage.home.hass.states.async_set(entity_id, "unavailable")
    assert (await model.ask("get_status"))["values"]["battery"] == {"value": "unknown"}


async def test_everything_exposed_is_told_in_the_owner_s_words(
    garage: Garage, model: Model
) -> None:
    """Also where it is, as the name of a zone; never as a point on the map."""
    await live_here(garage.home)
    expose(garage.home, *(fact.entity for fact in assistant_answers.FACTS))
    told = await model.ask("get_status")
    assert "not_exposed" not in told
    assert set(told["values"]) == {fact.name for fact in assistant_answers.FACTS}
    values = {name: one["value"] for name, one in told["values"].items()}
    assert values["place"] == "home"
    assert values["doors"] == "locked"
    assert values["range"].endswith(" km")
    assert values["sentry_mode"] == "no"


async def test_what_a_command_should_bring_is_no_word_of_the_car(
    garage: Garage, model: Model
) -> None:
    """Until a look has shown it."""
    await garage.live(5, 1)
    answer = await model.ask("set_charge_limit", percent=70)
    assert answer["result"] == "sent"
    told = await model.ask("get_status")
    assert told["values"]["charge_limit"]["value"] == "70 %"
    assert "not confirmed" in told["values"]["charge_limit"]["said"]
    await garage.live(120)
    told = await model.ask("get_status")
    assert told["values"]["charge_limit"]["said"].endswith(" ago")


async def test_a_car_that_never_spoke_is_unknown(garage: Garage, model: Model) -> None:
    """Nothing is made up, and none of it is asked for."""
    hide_all(garage.home)
    expose(garage.home, *USUAL, car=garage.other)
    told = await model.ask("get_status")
    assert told["car"] == garage.other.name
    assert told["car_last_spoke"] == "unknown"
    assert set(map(str, told["values"].values())) == {"{'value': 'unknown'}"}
    assert garage.looks(garage.other) == []


async def test_a_car_that_tesla_does_not_show_is_told_as_such(
    garage: Garage, model: Model
) -> None:
    """Whoever asks should look at the account."""
    account_of(garage.home).vins.remove(garage.car.vin)
    await garage.look()
    told = await model.ask("get_status")
    assert "does not show this car" in told["note"]
    assert told["values"]["battery"] == {"value": "unknown"}


# ---- ready for tomorrow, and why (not) charging


async def see(garage: Garage) -> None:
    """Have the car awake and looked at, while its rules may do something."""
    garage.car.request_wake()
    await garage.live(20)
    await garage.vehicle().async_ask()
    await garage.live(20)


@pytest.fixture
async def nightly(asleep: Garage) -> Garage:
    """Give that garage in the evening, with a rule for the morning."""
    await add_rule(asleep.home, "Work", EVERY_MORNING)
    evening = dt_util.now().replace(hour=20, minute=0, second=0)
    left = (evening - dt_util.now()).total_seconds() % DAY
    await asleep.live(left, 7200)
    asleep.car.parts.battery.soc = 50
    await see(asleep)
    return asleep


async def test_an_unplugged_car_is_not_ready(nightly: Garage, model: Model) -> None:
    """Plugged in it will be; at its target it is. A car that sleeps is told of alike."""
    told = await model.ask("is_ready_for_tomorrow")
    (rule,) = told["rules"]
    assert (told["ready"], rule["ready"]) == ("no", "no")
    assert "plugged in" in rule["now"] or rule["but"] == "unplugged"
    assert told["values"]["plugged_in"]["value"] == "no"
    nightly.car.plug("ac")
    await see(nightly)
    nightly.car.sleep_now()
    await nightly.live(60)
    looks = len(nightly.looks())
    told = await model.ask("is_ready_for_tomorrow")
    assert told["ready"] == told["rules"][0]["ready"] == "on_course"
    assert "tomorrow 07:30" in told["rules"][0]["next"]
    assert len(nightly.looks()) == looks
    nightly.car.parts.battery.soc = 85
    await see(nightly)
    assert (await model.ask("is_ready_for_tomorrow"))["ready"] == "yes"


async def test_a_car_on_hold_is_not_ready_and_says_so(
    nightly: Garage, model: Model
) -> None:
    """Until the hold is over; what the car keeps of the rule may need a wake, if so."""
    nightly.car.plug("ac")
    await see(nightly)
    held = await model.ask("hold_charge_rules", until="23:00")
    assert held["result"] == "held"
    assert "as you asked" in held["now"]
    assert "woken for that" in held["meaning"]
    await nightly.live(20)
    told = await model.ask("is_ready_for_tomorrow")
    assert told["ready"] == "no"
    assert told["charge_rules_on_hold_until"] == "today 23:00"
    why = await model.ask("explain_charging")
    assert "as you asked" in why["charge_rules_together"]
    assert "woken for that" in (await model.ask("hold_charge_rules"))["meaning"]
    resumed = await model.ask("resume_charge_rules")
    assert resumed["result"] == "resumed"
    why = await model.ask("explain_charging")
    assert "charge_rules_on_hold_until" not in why
    assert why["charge_rules_together"].startswith("Waits for its time")
    assert why["rules"][0]["rule"] == "Work"
    assert why["rules"][0]["is_on"]
    assert why["wakes_left_today"] == 20
    assert why["asking_tesla_for_data"][0].isupper()
    assert nightly.wakes() == []
    for time in ("half past", "2020-01-01 07:00"):
        with pytest.raises(ServiceValidationError):
            await model.ask("hold_charge_rules", until=time)


async def test_a_departure_is_told_of(nightly: Garage, model: Model) -> None:
    """What nobody exposed of the rules is left out, and then nothing is planned."""
    await add_rule(
        nightly.home, "Leave", EVERY_DAY_AT_EIGHT, matter=Matter.PRECONDITIONING
    )
    told = await model.ask("is_ready_for_tomorrow")
    assert {rule["rule"] for rule in told["rules"]} == {"Leave", "Work"}
    (leave,) = (rule for rule in told["rules"] if rule["rule"] == "Leave")
    assert "tomorrow 08:00" in leave["next"]
    hide_all(nightly.home)
    expose(nightly.home, *USUAL)
    told = await model.ask("is_ready_for_tomorrow")
    assert told["rules"] == []
    assert told["ready"] == "unknown"
    assert "exposed" in told["meaning"]
    why = await model.ask("explain_charging")
    assert "No charge rule is exposed" in why["charge_rules_together"]
    # There is one: of a car that obeys it nobody may say that it charges at once.
    assert "nothing can be told of them" in why["charge_rules_together"]
    assert set(await model.tools()) == {*READ, "precondition", "set_charge_limit"}


# ---- which car


async def test_the_model_says_which_car(garage: Garage, model: Model) -> None:
    """None is guessed, and only those that are exposed are named."""
    home, mine, other = garage.home, garage.car.name, garage.other.name
    assert (await model.ask("get_status", car=mine.upper()))["car"] == mine
    assert other not in str(await model.tools())
    with pytest.raises(ServiceValidationError) as wrong:
        await model.ask("get_status", car=other)
    assert wrong.value.translation_key == "assistant_no_such_car"
    assert mine in str(wrong.value)
    assert other not in str(wrong.value)
    expose(home, "sensor.battery_level", car=garage.other)
    assert other in str(await model.tools())
    with pytest.raises(ServiceValidationError) as several:
        await model.ask("get_status")
    assert several.value.translation_key == "assistant_which_car"
    assert ", ".join(sorted([mine, other])) in str(several.value)
    assert (await model.ask("get_status", car=other))["car"] == other
    with pytest.raises(ServiceValidationError) as barred:
        await model.ask("set_charge_limit", car=other, percent=80)
    assert barred.value.translation_key == "assistant_not_exposed"
    assert garage.obeyed(garage.other) == []


async def test_without_anything_exposed_there_are_no_tools(
    garage: Garage, model: Model
) -> None:
    """Nor without a car that runs; each tool needs what it sets."""
    home = garage.home
    assert set(await model.tools()) == {*READ, "precondition", "set_charge_limit"}
    expose(home, "climate.cabin", "number.charge_limit_soc", is_exposed=False)
    assert set(await model.tools()) == set(READ)
    assert await model.tools("nobody") == {}
    ours = [name for name in await model.offered("other") if DOMAIN in name]
    assert ours == []
    api = await model.api()
    hide_all(home)
    assert await model.tools() == {}
    with pytest.raises(ServiceValidationError, match="No car of that name"):
        await api.async_call_tool(ToolInput(f"{DOMAIN}__get_status", {}))
    expose(home, *USUAL)
    await garage.unload()
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    assert await model.tools() == {}
    await garage.load()


# ---- what it has done


async def test_an_awake_car_is_made_comfortable(garage: Garage, model: Model) -> None:
    """At the temperature that is asked for; and that is ended."""
    answer = await model.ask("precondition", temperature=19)
    assert answer["result"] == "sent"
    assert garage.car.parts.cabin.driver_temp == 19
    assert set(garage.obeyed()) == {"auto_conditioning_start", "set_temps"}
    answer = await model.ask("precondition", action="stop")
    assert (answer["result"], garage.obeyed()[-1]) == ("sent", "auto_conditioning_stop")
    assert garage.wakes() == []


async def test_a_sleeping_car_is_woken_only_if_told(
    asleep: Garage, model: Model
) -> None:
    """Once, with who wanted it, and counted; the model hears that it takes a while."""
    billed = len(asleep.cloud.requests.billed)
    answer = await model.ask("precondition")
    assert answer["result"] == "needs_wake"
    assert answer["wakes_left_today"] == 20
    assert len(asleep.cloud.requests.billed) == billed
    assert asleep.car.state == "asleep"
    answer = await model.ask("precondition", may_wake=True, temperature=20)
    assert answer["result"] == "under_way"
    await asleep.live(60)
    assert set(asleep.obeyed()) == {"auto_conditioning_start", "set_temps"}
    assert len(asleep.wakes()) == 1
    (attempt,) = asleep.data.journal.wakes
    assert (attempt.reason, attempt.scheduled) == ("assistant precondition", False)
    assert asleep.data.account.billed(Category.WAKE) == 1


async def test_a_car_that_fell_asleep_unseen_is_not_woken(
    garage: Garage, model: Model
) -> None:
    """The list is a minute old; the car's own answer counts."""
    garage.car.sleep_now()
    answer = await model.ask("precondition")
    assert answer["result"] == "needs_wake"
    assert (garage.wakes(), garage.obeyed()) == ([], [])


async def test_comfort_by_a_time_needs_the_word_too(
    asleep: Garage, model: Model
) -> None:
    """It may have to be woken then; with it, it is planned and nobody is woken yet."""
    later = (dt_util.now() + 2 * HOUR).strftime("%H:%M")
    answer = await model.ask("precondition", ready_by=later)
    assert answer["result"] == "needs_wake"
    answer = await model.ask("precondition", ready_by=later, may_wake=True)
    assert answer["result"] == "scheduled"
    assert (asleep.wakes(), asleep.obeyed()) == ([], [])


async def test_a_limit_waits_for_a_sleeping_car(asleep: Garage, model: Model) -> None:
    """It is said to wait; when the car is awake by itself, it is set."""
    answer = await model.ask("set_charge_limit", percent=80)
    assert answer["result"] == "deferred"
    assert answer["waits_because"] == "asleep"
    assert "nobody woke it" in answer["meaning"]
    why = await model.ask("explain_charging")
    assert why["waiting_for_the_car"] == [
        {"command": "set_charge_limit", "why": "asleep"}
    ]
    await asleep.live(600, 60)
    assert (asleep.wakes(), asleep.obeyed()) == ([], [])
    await asleep.wake_up()
    await asleep.live(60)
    assert asleep.car.parts.charging.limit == 80
    assert asleep.wakes() == []
    answer = await model.ask("set_charge_limit", percent=80)
    assert answer["result"] in ("already", "sent")


async def test_a_limit_may_wake_a_car(asleep: Garage, model: Model) -> None:
    """Then it is set within a minute."""
    answer = await model.ask("set_charge_limit", percent=80, may_wake=True)
    assert answer["result"] == "under_way"
    await asleep.live(60)
    assert asleep.car.parts.charging.limit == 80
    (attempt,) = asleep.data.journal.wakes
    assert attempt.reason == "assistant set_charge_limit"


async def test_a_limit_no_car_takes_is_refused(garage: Garage, model: Model) -> None:
    """Nothing is sent."""
    for percent in (10, 101, "much"):
        with pytest.raises(vol.Invalid):
            await model.ask("set_charge_limit", percent=percent)
    assert garage.obeyed() == []


# ---- refusals


async def test_a_refusal_is_told_as_it_is(garage: Garage, model: Model) -> None:
    """In the words that any other caller would read."""
    garage.car.whitelist.clear()
    with pytest.raises(HomeAssistantError) as unpaired:
        await model.ask("precondition")
    assert unpaired.value.translation_key == "key_not_paired"
    garage.car.in_service = True
    await garage.look()
    with pytest.raises(HomeAssistantError) as busy:
        await model.ask("precondition")
    assert busy.value.translation_key == "in_service"
    answer = await model.ask("set_charge_limit", percent=80)
    assert (answer["result"], answer["waits_because"]) == ("deferred", "in_service")
    assert "could not be told" in answer["meaning"]
    assert garage.obeyed() == []


async def test_trouble_after_the_answer_is_logged(
    asleep: Garage, model: Model, caplog: pytest.LogCaptureFixture
) -> None:
    """The car does not wake, which nobody can know in time."""
    asleep.car.reachable = False
    answer = await model.ask("set_charge_limit", percent=80, may_wake=True)
    assert answer["result"] == "under_way"
    await asleep.live(150)
    assert "was not done: The car did not wake up" in caplog.text
    assert asleep.car.vin not in caplog.text


async def test_who_may_only_look_has_nothing_done(garage: Garage, model: Model) -> None:
    """What a user may not do by hand, no model does for them; telling is fine."""
    auth = garage.home.hass.auth
    await auth.async_create_user("Owner")
    guest = await auth.async_create_user("Guest", group_ids=[GROUP_ID_READ_ONLY])
    context = Context(user_id=guest.id)
    with pytest.raises(Unauthorized):
        await model.ask("precondition", context)
    assert (await model.ask("get_status", context))["car"] == garage.car.name
    assert garage.obeyed() == []


async def test_who_may_control_the_car_has_it_done(
    garage: Garage, model: Model
) -> None:
    """Also a user who may control nothing else; but nobody who is not there any more."""
    hass = garage.home.hass
    devices, entities = dr.async_get(hass), er.async_get(hass)
    own = dr.async_entries_for_config_entry(devices, garage.home.entry.entry_id)
    (device,) = (one for one in own if one.name == garage.car.name)
    user = MockUser().add_to_hass(hass)
    user.perm_lookup = PermissionLookup(entities, devices)
    user.mock_policy({"entities": {"device_ids": {device.id: True}}})
    answer = await model.ask("set_charge_limit", Context(user_id=user.id), percent=80)
    assert answer["result"] == "sent"
    with pytest.raises(Unauthorized):
        await model.ask("set_charge_limit", Context(user_id="gone"), percent=80)


async def test_with_everything_exposed_no_tool_does_harm(
    garage: Garage, model: Model
) -> None:
    """Not even where a PIN is set, and locks and covers are given to assistants."""
    home = garage.home
    await garage.data.pin.async_set("4711")
    expose(home, "lock.doors", "cover.charge_port", "switch.valet_mode")
    await add_rule(home, "Work", {**EVERY_MORNING, "dry_run": True})
    tools = await model.tools()
    assert set(tools) == {*READ, *WRITE}
    for name in tools:
        needed = {"percent": 80} if name == "set_charge_limit" else {}
        await model.ask(name, **needed)
    assert set(garage.obeyed()) <= HARMLESS


# ---- a whole talk


async def test_a_model_talks_through_home_assistant_s_own_log(
    garage: Garage,
) -> None:
    """Its calls are carried out, and what is wrong comes back as words."""
    hass = garage.home.hass
    said = ConversationInput(
        text="Is the car warm?",
        context=Context(),
        conversation_id=None,
        device_id=None,
        satellite_id=None,
        language="en",
        agent_id="test",
    )

    async def script() -> AsyncIterator[AssistantContentDeltaDict]:
        """Say what the model says."""
        calls = [
            ToolInput(f"{DOMAIN}__get_status", {}),
            ToolInput(f"{DOMAIN}__get_status", {"car": "Bicycle"}),
            ToolInput(f"{DOMAIN}__set_charge_limit", {"percent": 5}),
        ]
        yield {"role": "assistant", "tool_calls": calls}

    with (
        session(garage.home, said.context) as talk,
        conversation.async_get_chat_log(hass, talk, said) as log,
    ):
        await log.async_provide_llm_data(
            said.as_llm_context("test"), user_llm_hass_api=LLM_API_ASSIST
        )
        assert "A sleeping car stays asleep" in log.content[0].content
        heard = [
            one.result
            async for one in log.async_add_delta_content_stream("test", script())
            if isinstance(one, ToolResultContent)
        ]
    assert [result.error for result in heard] == [False, True, True]
    assert heard[0].data["car"] == garage.car.name
    assert heard[1].data["error_text"].startswith("No car of that name")
    assert "50" in heard[2].data["error_text"]
