"""What a car should be doing: who goes before whom, and whose limit it has."""

from typing import Any, Final

import pytest

from custom_components.fleet_pulse.model import vehicle_fields as fields
from custom_components.fleet_pulse.model.field import Field
from custom_components.fleet_pulse.rules.memory import (
    HeldBy,
    Hold,
    Lock,
    Memory,
    OneOff,
    Skip,
)
from custom_components.fleet_pulse.rules.reason import ChargeWhy

from .garage import HOME, Garage, at, hours, rule, window

LATE: Final = at("05:00", days=1)
"""In the middle of what it takes from 40 % to 80 % by 07:30."""


@pytest.mark.parametrize(
    ("said", "around", "why"),
    [
        pytest.param(
            {fields.CABLE_CONNECTED: False, fields.CHARGING_STATE: "disconnected"},
            {},
            ChargeWhy.UNPLUGGED,
            id="no cable",
        ),
        pytest.param(
            {fields.FAST_CHARGER_PRESENT: True},
            {},
            ChargeWhy.FAST_CHARGING,
            id="at a Supercharger",
        ),
        pytest.param(
            {fields.IN_SERVICE: True}, {}, ChargeWhy.IN_SERVICE, id="in service"
        ),
        pytest.param(
            {fields.SERVICE_MODE: True}, {}, ChargeWhy.IN_SERVICE, id="workshop"
        ),
        pytest.param(
            {fields.SOFTWARE_UPDATE_STATUS: "installing"},
            {},
            ChargeWhy.UPDATING,
            id="installing an update",
        ),
        pytest.param(
            {fields.MANAGED_CHARGING_ACTIVE: True},
            {},
            ChargeWhy.FOREIGN_CONTROL,
            id="the utility charges it",
        ),
        pytest.param(
            {fields.SCHEDULED_CHARGING_MODE: "start_at"},
            {},
            ChargeWhy.FOREIGN_CONTROL,
            id="somebody's schedule",
        ),
        pytest.param(
            {fields.CABLE_CONNECTED: None, fields.CHARGING_STATE: None},
            {},
            ChargeWhy.SOC_UNKNOWN,
            id="nothing is known",
        ),
        pytest.param({}, {"obstacle": ChargeWhy.BUDGET}, ChargeWhy.BUDGET, id="budget"),
        pytest.param(
            {},
            {"obstacle": ChargeWhy.NOT_PERMITTED},
            ChargeWhy.NOT_PERMITTED,
            id="no permission",
        ),
        pytest.param(
            {}, {"zones": frozenset({"zone.work"})}, ChargeWhy.AWAY, id="away on AC"
        ),
        pytest.param({}, {"zones": frozenset()}, ChargeWhy.AWAY, id="in no zone"),
        pytest.param(
            {}, {"zones": None}, ChargeWhy.LOCATION_UNKNOWN, id="no location is granted"
        ),
        pytest.param(
            {},
            {"missing": frozenset({HOME})},
            ChargeWhy.ENTITY_MISSING,
            id="an entity is gone",
        ),
    ],
)
def test_a_car_is_left_alone_and_it_is_said_why(
    said: dict[Field[Any], Any], around: dict[str, Any], why: ChargeWhy
) -> None:
    """Where rules have no business, not even a charging car is told anything."""
    garage = Garage([rule()], now=LATE, said=said, around=around)
    assert garage.why is why
    assert garage.view.reason.why is why
    assert garage.commands == []


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({fields.MANAGED_CHARGING_ACTIVE: True}, id="the utility's"),
        pytest.param({fields.SCHEDULED_CHARGING_MODE: "start_at"}, id="a schedule's"),
    ],
)
def test_where_somebody_else_says_when_the_rule_still_says_how_far(
    said: dict[Field[Any], Any],
) -> None:
    """The car is not told when to charge; its limit is the rule's, and the reason says it."""
    garage = Garage([rule(target_soc=70)], now=LATE, said=said).until("08:00", days=1)
    assert garage.commands == ["set_charge_limit 70"]
    assert garage.view.reason.values == {"limit": 70}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({fields.MANAGED_CHARGING_ACTIVE: True}, id="the utility charges"),
        pytest.param(
            {fields.CABLE_CONNECTED: False, fields.CHARGING_STATE: "disconnected"},
            id="no cable",
        ),
    ],
)
def test_a_hold_leaves_the_limit_alone_whatever_else_is_the_matter(
    said: dict[Field[Any], Any],
) -> None:
    """What the owner set by hand stays, also where a guard goes before the hold."""
    garage = Garage([rule(target_soc=70)], now=LATE, limit=70, said=said)
    assert garage.app(limit=90).until("06:00", days=1).memory.hold is not None
    assert garage.commands == []


def test_a_rule_for_anywhere_needs_no_place() -> None:
    """Without a zone in the rule it does not matter that none is known."""
    garage = Garage([rule(zones=[])], now=LATE, around={"zones": None})
    assert garage.commands == ["charge_start"]


def test_a_level_that_nobody_knows_is_not_planned_for() -> None:
    """A deadline needs the level; a window does not."""
    unknown = {fields.BATTERY_LEVEL: None}
    assert Garage([rule()], now=LATE, said=unknown).why is ChargeWhy.SOC_UNKNOWN
    night = rule(windows=[window("22:00", "06:00")])
    assert Garage([night], now=LATE, said=unknown).commands == ["charge_start"]


@pytest.mark.parametrize(
    ("memory", "why"),
    [
        pytest.param(
            Memory(disabled=frozenset({"night"})), ChargeWhy.DISABLED, id="switched off"
        ),
        pytest.param(
            Memory(skipped=frozenset({Skip(rule="night", day=LATE.date())})),
            ChargeWhy.SKIPPED,
            id="this night is skipped",
        ),
        pytest.param(
            Memory(hold=Hold(by=HeldBy.REQUEST, since=at("22:00"))),
            ChargeWhy.HOLD,
            id="the owner said hold",
        ),
    ],
)
def test_what_the_owner_said_of_a_rule_is_heeded(
    memory: Memory, why: ChargeWhy
) -> None:
    """Switched off, skipped or on hold, it does nothing, and says why."""
    garage = Garage([rule()], now=LATE, memory=memory)
    assert garage.view.reason.why is why
    assert "charge_start" not in garage.commands


def test_a_rule_that_has_expired_does_nothing() -> None:
    """Its last day is the last day on which it counts."""
    garage = Garage([rule(expires="2026-03-09")], now=LATE)
    assert garage.view.reason.why is ChargeWhy.EXPIRED
    assert garage.commands == []


def test_a_rule_that_only_shows_what_it_would_do_does_nothing() -> None:
    """It says that it would charge now, and the car is not told."""
    garage = Garage([rule(dry_run=True)], now=LATE, limit=90)
    assert garage.view.reason.why is ChargeWhy.DEADLINE
    assert garage.commands == []


def test_below_the_floor_it_charges_whatever_the_time() -> None:
    """To a little above the floor, and then it waits for its time again."""
    garage = Garage([rule(floor_soc=30)], level=20).until("23:00")
    assert garage.commands == ["charge_start", "charge_stop"]
    assert 33 <= garage.level < 35
    assert ChargeWhy.BELOW_FLOOR in garage.reasons


def test_a_floor_without_times_is_a_rule_as_well() -> None:
    """It raises a limit that is under the floor, and puts it back."""
    floor = rule(ready_by=None, days=[], floor_soc=60)
    garage = Garage([floor], level=45, limit=50).until("23:00")
    assert garage.commands == [
        "set_charge_limit 63",
        "charge_start",
        "set_charge_limit 50",
    ]
    assert garage.level >= 63


def test_a_one_off_goes_before_rules() -> None:
    """Its limit is there for as long as it charges; then the rule's comes back."""
    garage = Garage([rule()], level=70)
    once = OneOff(id="trip", target_soc=95, made_at=garage.now)
    garage.memory = Memory(one_offs=(once,))
    garage.until("23:00")
    assert garage.why is not ChargeWhy.ONE_OFF
    assert garage.commands == [
        "set_charge_limit 95",
        "charge_start",
        "set_charge_limit 80",
    ]
    assert garage.level == 95
    assert garage.memory.one_offs == ()


def test_a_one_off_for_a_time_charges_by_then() -> None:
    """As late as is safe, like a rule."""
    garage = Garage([rule(days=["sun"])], level=70, limit=80)
    once = OneOff(id="trip", target_soc=100, ready_by=at("06:00", days=1))
    garage.memory = Memory(one_offs=(once,))
    garage.until("07:00", days=1)
    assert garage.level == 100
    assert garage.drawing("18:00", "07:00", to=1).rstrip(".").startswith("." * 16)
    assert garage.limit == 80


def test_an_occurrence_that_was_moved_begins_when_it_was_moved_to() -> None:
    """What has a start charges from there, not as late as is safe."""
    garage = Garage([rule(days=["sun"])], level=70)
    once = OneOff(id="moved", target_soc=80, start=at("20:00"), ready_by=at("23:00"))
    garage.memory = Memory(one_offs=(once,))
    garage.until("23:30")
    assert garage.drawing("18:00", "23:00") == "....##...."


def test_a_one_off_under_the_level_of_a_limit_ends_by_a_stop() -> None:
    """Cars take no limit under 50 %."""
    garage = Garage([rule(days=["sun"])], level=30, limit=80)
    garage.memory = Memory(one_offs=(OneOff(id="bit", target_soc=40),))
    garage.until("21:00")
    assert garage.commands[-2:] == ["set_charge_limit 80", "charge_stop"]
    assert 40 <= garage.level < 42


def test_what_was_asked_for_at_once_is_forgotten_without_a_cable() -> None:
    """A day later nobody means it any more."""
    garage = Garage([rule(days=["sun"])], plugged=False)
    garage.memory = Memory(
        one_offs=(OneOff(id="now", target_soc=90, made_at=garage.now),)
    )
    assert garage.until("17:00", days=1).memory.one_offs != ()
    assert garage.until("18:30", days=1).memory.one_offs == ()


def test_the_earliest_required_start_goes_first() -> None:
    """Of two deadlines the one that needs to begin earlier decides."""
    early, late = rule("early", ready_by="05:00:00"), rule("late", ready_by="07:30:00")
    garage = Garage([late, early], now=at("03:00", days=1))
    assert garage.desired is not None
    assert garage.desired.rule == "early"
    assert garage.views["late"].reason.why is ChargeWhy.WAITING


@pytest.mark.parametrize(
    ("one", "other", "winner"),
    [
        pytest.param(
            {"target_soc": 80}, {"target_soc": 90}, "b", id="the higher target"
        ),
        pytest.param({"priority": 0}, {"priority": 5}, "b", id="the higher priority"),
        pytest.param({}, {}, "a", id="the one whose name comes first"),
    ],
)
def test_rules_for_the_same_time_have_an_order(
    one: dict[str, Any], other: dict[str, Any], winner: str
) -> None:
    """Whoever loses says who overrules it."""
    night = [window("22:00", "06:00")]
    garage = Garage(
        [rule("b", windows=night, **other), rule("a", windows=night, **one)],
        now=LATE,
    )
    assert garage.desired is not None
    assert garage.desired.rule == winner
    loser = ({"a", "b"} - {winner}).pop()
    assert garage.views[loser].reason.why is ChargeWhy.OVERRULED
    assert garage.views[loser].reason.values["rule"] == winner.title()


def test_where_rules_overlap_the_strictest_current_counts() -> None:
    """And the highest target is the car's limit."""
    night = [window("22:00", "06:00")]
    garage = Garage(
        [
            rule("a", windows=night, amps=8, target_soc=70),
            rule("b", windows=night, amps=12, target_soc=90),
        ],
        now=LATE,
    )
    assert garage.commands == [
        "set_charge_limit 90",
        "set_charging_amps 8",
        "charge_start",
    ]


def test_the_rule_that_won_is_not_thrown_out_half_way() -> None:
    """A higher priority that comes later waits until the target is reached."""
    night = [window("22:00", "06:00")]
    first = rule("b", windows=night)
    garage = Garage([first], level=20, now=at("23:00"))
    garage.rules = [first, rule("a", windows=night, priority=5)]
    garage.until("23:30")
    assert garage.desired is not None
    assert garage.desired.rule == "b"


def test_a_rule_that_was_edited_must_win_anew() -> None:
    """What was locked was the rule as it was."""
    night = [window("22:00", "06:00")]
    garage = Garage([rule("b", windows=night)], level=20, now=at("23:00"))
    garage.rules = [
        rule("b", windows=night, target_soc=70),
        rule("a", windows=night, priority=5, target_soc=70),
    ]
    garage.until("23:30")
    assert garage.desired is not None
    assert garage.desired.rule == "a"


def test_a_lock_ends_an_hour_after_a_missed_deadline() -> None:
    """Then others have their turn; without others it goes on."""
    garage = Garage([rule()], level=5, now=at("06:00", days=1))
    garage.until("08:15", days=1)
    assert isinstance(garage.memory.lock, Lock)
    assert garage.why is ChargeWhy.MISSED
    garage.until("08:45", days=1)
    assert garage.memory.lock is None
    assert garage.charging


def test_a_cheaper_price_of_another_rule_does_not_stop_a_deadline() -> None:
    """Whoever wants to charge has it charge."""
    cheap = rule(
        "cheap",
        windows=[window("18:00", "23:00")],
        price={"entity": "sensor.price", "mode": "cheapest"},
    )
    garage = Garage(
        [rule(), cheap],
        now=LATE,
        rates={"sensor.price": hours(at("18:00"), [0.3] * 24)},
    )
    assert garage.commands == ["charge_start"]
