"""Triggers of rules and departures, in automations that run."""

from typing import Any, Final

from homeassistant.components import automation
from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.trigger import (
    async_get_all_descriptions,
    async_validate_trigger_config,
)
from homeassistant.setup import async_setup_component
import pytest
import voluptuous as vol

from custom_components.fleet_pulse.rule_news import async_tell_rule
from custom_components.fleet_pulse.rules.reason import DepartureWhy
from custom_components.fleet_pulse.rules.view import News, NewsKind
from custom_components.fleet_pulse.trigger import TRIGGERS
from tests.fake_fleet.car import Car

from .actions import device_of
from .entities import read
from .household import Household
from .rule_devices import device_of_rule
from .rules import MORNING, NIGHT, add_rule, live_here

HEARD: Final = "heard"


class Listener:
    """An automation that waits for one trigger, and what it was given."""

    def __init__(self, home: Household) -> None:
        """Note what the automation says."""
        self.home = home
        self.heard: list[dict[str, Any]] = []

        @callback
        def note(event: Event) -> None:
            self.heard.append(dict(event.data))

        home.hass.bus.async_listen(HEARD, note)

    async def wait(self, trigger: str, target: Any, **options: Any) -> None:
        """Switch the automation on."""
        automation_config = {
            "triggers": {
                "trigger": f"fleet_pulse.{trigger}",
                "target": target,
                **({"options": options} if options else {}),
            },
            "actions": {
                "event": HEARD,
                "event_data": {
                    "device": "{{ trigger.device_id }}",
                    "name": "{{ trigger.name }}",
                    "why": "{{ trigger.reason | default('') }}",
                },
            },
        }
        hass = self.home.hass
        written = {automation.DOMAIN: [automation_config]}
        assert await async_setup_component(hass, automation.DOMAIN, written)
        await self.home.settle()

    async def tell(
        self,
        kind: NewsKind,
        rule: str | None = None,
        car: Car | None = None,
        **values: Any,
    ) -> int:
        """Have something come about; give how often the automation ran by then."""
        vin = (car or self.home.car).vin
        news = News(kind=kind, vin=vin, rule=rule, values=values)
        name = self.home.entry.subentries[rule].title if rule else ""
        async_tell_rule(self.home.hass, self.home.entry, news, name)
        await self.home.settle()
        return len(self.heard)


@pytest.fixture
async def listener(home: Household) -> Listener:
    """Give a home whose automation is to be written."""
    return Listener(home)


@pytest.mark.parametrize(
    ("trigger", "kind", "other"),
    [
        pytest.param(
            "rule_started", NewsKind.RULE_STARTED, NewsKind.READY, id="rule started"
        ),
        pytest.param(
            "target_reached",
            NewsKind.TARGET_REACHED,
            NewsKind.DEADLINE_MISSED,
            id="target reached",
        ),
        pytest.param(
            "deadline_missed",
            NewsKind.DEADLINE_MISSED,
            NewsKind.TARGET_REACHED,
            id="deadline missed",
        ),
        pytest.param(
            "preconditioning_started",
            NewsKind.PRECONDITIONING_STARTED,
            NewsKind.RULE_STARTED,
            id="preconditioning started",
        ),
        pytest.param(
            "preconditioning_ready",
            NewsKind.READY,
            NewsKind.PRECONDITIONING_STARTED,
            id="preconditioning ready",
        ),
        pytest.param(
            "preconditioning_skipped",
            NewsKind.PRECONDITIONING_SKIPPED,
            NewsKind.READY,
            id="preconditioning skipped",
        ),
    ],
)
async def test_an_automation_runs_by_what_a_rule_does(
    listener: Listener, trigger: str, kind: NewsKind, other: NewsKind
) -> None:
    """By that kind of news, of that rule, with the rule's name and device."""
    rule = await add_rule(listener.home, "Weekdays", MORNING)
    another = await add_rule(listener.home, "Weekend", MORNING)
    device = device_of_rule(listener.home, rule).id
    await listener.wait(trigger, {"device_id": device})
    assert await listener.tell(other, rule) == 0
    assert await listener.tell(kind, another) == 0
    assert await listener.tell(kind, rule) == 1
    assert listener.heard == [{"device": device, "name": "Weekdays", "why": ""}]


@pytest.mark.parametrize(
    ("trigger", "kind"),
    [
        pytest.param("hold_began", NewsKind.HOLD_BEGAN, id="hold began"),
        pytest.param("hold_ended", NewsKind.HOLD_ENDED, id="hold ended"),
    ],
)
async def test_a_rule_stands_for_its_car_where_holds_are_a_cars(
    listener: Listener, trigger: str, kind: NewsKind
) -> None:
    """Whoever chose a rule hears that its car is held, and of no other car."""
    home = listener.home
    rule = await add_rule(home, "Weekdays", MORNING)
    await listener.wait(trigger, {"device_id": device_of_rule(home, rule).id})
    assert await listener.tell(kind, car=home.old_car) == 0
    assert await listener.tell(kind) == 1
    assert listener.heard[0]["device"] == device_of(home, home.car)


async def test_a_car_stands_for_all_its_rules(listener: Listener) -> None:
    """An entity of a car chooses the car, and with it what its rules do."""
    home = listener.home
    await listener.wait(
        "rule_started", {"entity_id": home.entity_id("sensor", "state")}
    )
    rule = await add_rule(home, "Weekdays", MORNING)
    other = await add_rule(home, "Theirs", MORNING, car=home.old_car)
    assert await listener.tell(NewsKind.RULE_STARTED, other, home.old_car) == 0
    assert await listener.tell(NewsKind.RULE_STARTED, rule) == 1


async def test_a_rule_is_found_in_its_area(listener: Listener) -> None:
    """Also one that was put there after the automation was switched on."""
    hass = listener.home.hass
    garage = ar.async_get(hass).async_create("Garage")
    await listener.wait("rule_started", {"area_id": garage.id})
    rule = await add_rule(listener.home, "Weekdays", MORNING)
    assert await listener.tell(NewsKind.RULE_STARTED, rule) == 0
    device = device_of_rule(listener.home, rule)
    dr.async_get(hass).async_update_device(device.id, area_id=garage.id)
    assert await listener.tell(NewsKind.RULE_STARTED, rule) == 1


async def test_only_reasons_that_were_chosen_count(listener: Listener) -> None:
    """A departure that is left out because it is mild is no news to many."""
    weekly = {"source": "weekly", "days": ["mon"], "at": "07:30:00"}
    rule = await add_rule(listener.home, "Work", weekly, matter="departure")
    await listener.wait(
        "preconditioning_skipped",
        {"device_id": device_of_rule(listener.home, rule).id},
        reason=["low_soc", "away"],
    )
    skipped = NewsKind.PRECONDITIONING_SKIPPED
    mild, low = DepartureWhy.COMFORTABLE, DepartureWhy.LOW_SOC
    assert await listener.tell(skipped, rule, reason=mild) == 0
    assert await listener.tell(skipped, rule, reason=low) == 1
    assert listener.heard[0]["why"] == "low_soc"


async def test_an_automation_that_is_off_hears_nothing(listener: Listener) -> None:
    """What listened listens no more."""
    home = listener.home
    rule = await add_rule(home, "Weekdays", MORNING)
    await listener.wait("rule_started", {"device_id": device_of(home, home.car)})
    await home.hass.services.async_call(
        automation.DOMAIN, "turn_off", {"entity_id": "all"}, blocking=True
    )
    assert await listener.tell(NewsKind.RULE_STARTED, rule) == 0


async def test_an_event_of_somebody_else_does_no_harm(listener: Listener) -> None:
    """Whoever may fire events may leave out everything."""
    await listener.wait(
        "rule_started", {"device_id": device_of(listener.home, listener.home.car)}
    )
    listener.home.hass.bus.async_fire("fleet_pulse_rule", {}, context=Context())
    listener.home.hass.bus.async_fire("fleet_pulse_rule", {"type": "rule_started"})
    await listener.home.settle()
    assert listener.heard == []


@pytest.mark.parametrize("key", TRIGGERS)
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({}, id="nothing is chosen"),
        pytest.param({"target": {}}, id="the choice is empty"),
        pytest.param(
            {"target": {"device_id": "a"}, "options": {"colour": "red"}},
            id="an option that there is not",
        ),
        pytest.param(
            {"target": {"device_id": "a"}, "options": {"reason": ["boredom"]}},
            id="a reason that there is not",
        ),
    ],
)
async def test_a_trigger_that_could_never_run_is_refused(
    hass: HomeAssistant,
    enable_custom_integrations: None,
    key: str,
    wrong: dict[str, Any],
) -> None:
    """When it is written, not in silence afterwards."""
    assert await async_setup_component(hass, "fleet_pulse", {})
    with pytest.raises(vol.Invalid):
        await async_validate_trigger_config(
            hass, [{"platform": f"fleet_pulse.{key}", **wrong}]
        )


@pytest.mark.parametrize("key", TRIGGERS)
async def test_the_editor_offers_a_trigger(
    hass: HomeAssistant, enable_custom_integrations: None, key: str
) -> None:
    """With what may be chosen."""
    assert await async_setup_component(hass, "fleet_pulse", {})
    await hass.async_block_till_done()
    described = (await async_get_all_descriptions(hass))[f"fleet_pulse.{key}"]
    assert described is not None
    assert described["target"] == {"entity": [{"integration": "fleet_pulse"}]}


@pytest.mark.parametrize("trigger", ["rule_started", "target_reached"])
async def test_what_really_happens_is_told_once(
    listener: Listener, trigger: str
) -> None:
    """A rule has a car charge, and is done: an automation runs at either, once."""
    home = listener.home
    home.car.parts.charging.limit = 60
    home.car.plug()
    await live_here(home)
    await read(home)
    window = {"start": "09:00:00", "end": "14:00:00"}
    morning = {**NIGHT, "windows": [window], "target_soc": 66}
    rule = await add_rule(home, "Before noon", morning)
    device = device_of_rule(home, rule).id
    await listener.wait(trigger, {"device_id": device})
    await home.pass_time(3000, 30)
    assert listener.heard == []
    await home.pass_time(7200, 30)
    assert listener.heard == [{"device": device, "name": "Before noon", "why": ""}]
