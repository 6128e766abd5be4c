"""What people and scripts are shown of the cars and the bill."""

from typing import Any

from .bill import PER_DOLLAR, Category
from .car import Car
from .vehicle_side import VehicleSide
from .world import World


def car(shown: Car) -> dict[str, Any]:
    """Describe a car as it really is, asleep or not; looking costs and wakes nothing."""
    data = shown.vehicle_data(None, location=True)
    charge = data.get("charge_state", {})
    drive = data.get("drive_state", {})
    vehicle = data.get("vehicle_state", {})
    return {
        "vin": shown.vin,
        "id": shown.id,
        "name": shown.name,
        "model": shown.spec.key,
        "command_signing": shown.command_signing,
        "state": shown.state,
        "reachable": shown.reachable,
        "in_service": shown.in_service,
        "keys": sorted(key.hex() for key in shown.whitelist),
        "battery_level": charge.get("battery_level"),
        "charging_state": charge.get("charging_state"),
        "charge_limit_soc": charge.get("charge_limit_soc"),
        "shift_state": drive.get("shift_state"),
        "speed": drive.get("speed"),
        "locked": vehicle.get("locked"),
        "odometer": vehicle.get("odometer"),
    }


def commands(shown: Car) -> list[dict[str, Any]]:
    """List every command that reached a car, by whichever way, and its answer."""
    return [
        {
            "at": at.isoformat(),
            "command": command,
            "params": params,
            "result": answer.result,
            "reason": answer.reason,
        }
        for at, command, params, answer in shown.commands
    ]


def heard(side: VehicleSide) -> list[dict[str, Any]]:
    """List every signed message that reached a car, and what came of it."""
    return [
        {
            "at": message.at.isoformat(),
            "domain": message.domain,
            "counter": message.counter,
            "commands": [call.command for call in message.calls],
            "outcome": message.outcome,
            "acted": message.acted,
        }
        for message in side.heard
    ]


def bill(world: World) -> dict[str, Any]:
    """Describe this month's bill; money is text, as floats lose cents."""
    counts = world.bill.counts()
    return {
        "counts": {str(category): count for category, count in counts.items()},
        "costs": {str(each): str(world.bill.cost(each)) for each in PER_DOLLAR},
        "total": str(world.bill.total()),
        "due": str(world.bill.due()),
        "currency": "USD",
    }


def title(category: Category) -> str:
    """Name a category for people."""
    return {
        Category.COMMAND: "Commands",
        Category.DATA: "Data",
        Category.FREE: "Free",
        Category.SIGNAL: "Signals",
        Category.WAKE: "Wakes",
    }[category]
