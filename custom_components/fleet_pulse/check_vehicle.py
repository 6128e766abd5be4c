"""The doctor's checks of one car; none of them wakes it."""

from .coordinator import ONLINE, VehicleCoordinator
from .fleet.checks import Trouble
from .fleet.report import Outcome, failed, passed, skipped
from .patient import Patient


async def paired(patient: Patient, vehicle: VehicleCoordinator) -> Outcome:
    """Read whether a car has our key."""
    status = (await patient.statuses())[vehicle.vin]
    if status.key_paired:
        vehicle.was_paired = True
        return passed("the car has the key")
    if status.protocol_required is False:
        return skipped("this car needs no key")
    if status.key_paired is None:
        return skipped("Tesla does not say")
    # Who left pairing for later knows; who had it must hear that it is gone.
    had_it = vehicle.was_paired or patient.data.channels.has_met(vehicle.vin)
    is_news = had_it or vehicle.is_doubtful
    trouble = Trouble.NOT_PAIRED if is_news else None
    return failed("the car does not have the key", trouble)


async def protocol(patient: Patient, vehicle: VehicleCoordinator) -> Outcome:
    """Read what the car can do."""
    status = (await patient.statuses())[vehicle.vin]
    facts = {
        "commands must be signed": status.protocol_required,
        "firmware": status.firmware,
        "streaming": status.telemetry_version,
    }
    words = {True: "yes", False: "no"}
    seen = [
        f"{name}: {words.get(fact, fact) if isinstance(fact, bool) else fact}"
        for name, fact in facts.items()
        if fact is not None
    ]
    return passed(", ".join(seen)) if seen else failed("Tesla says nothing of it")


async def command_reachable(patient: Patient, vehicle: VehicleCoordinator) -> Outcome:
    """Shake hands with a car that is online, if the owner pays for that."""
    if not patient.billed:
        return skipped("not asked for: Tesla bills it like a command")
    if not vehicle.takes_signed:
        return skipped("this car takes commands unsigned")
    if not patient.account.budget_level.permits_person:
        return skipped("the budget for Tesla's bill is spent")
    listed = await patient.account.client.vehicle(vehicle.vin)
    if listed.get("state") != ONLINE:
        return skipped("the car sleeps or is offline, and is not woken")
    await patient.data.channels.async_shake_hands(vehicle.vin, reason="run_checks")
    return passed("the car answered, and knows the key")
