"""The doctor: the owner's checklist, examined on a running account.

    run_checks, button ─▶ async_run ───────▶ every check ──▶ report ─▶ shown, kept
    watcher, once a day ─▶ async_self_check ▶ the quiet ones ─┘ └▶ repair issues

The rows, their order and their sentences are `fleet/checks.py`; one function a row.
What costs is looked at only where the owner asks for it, and nothing wakes a car.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_exception_message
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from . import check_key, check_sign_in, check_vehicle, issues
from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .errors import Problem, tried
from .fleet.checks import CHECKS, SELF_CHECKS, Check, CheckId, Trouble
from .fleet.errors import (
    CredentialRefused,
    FleetError,
    KeyLost,
    KeyNotPaired,
    NotRegistered,
    SealBroken,
)
from .fleet.report import (
    NOT_SET_UP,
    Finding,
    Outcome,
    Report,
    clock_outcome,
    failed,
    passed,
)
from .patient import Patient, car_name
from .runtime import FleetPulseConfigEntry

_LOCKS: HassKey[dict[str, asyncio.Lock]] = HassKey(f"{DOMAIN}.doctor")
_TROUBLES: Final[tuple[tuple[type[FleetError], Trouble], ...]] = (
    (CredentialRefused, Trouble.CREDENTIAL_REFUSED),
    (KeyLost, Trouble.PRIVATE_KEY_LOST),
    (KeyNotPaired, Trouble.NOT_PAIRED),
    (NotRegistered, Trouble.NOT_REGISTERED),
    (SealBroken, Trouble.PRIVATE_KEY_LOST),
)


async def async_run(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, *, billed: bool = False
) -> Report:
    """Examine everything; what costs only where `billed` says so."""
    account = entry.runtime_data.account
    report = await _async_report(hass, entry, tuple(CheckId), billed=billed)
    account.report = report
    issues.async_reflect(hass, entry, report)
    account.async_update_listeners()
    return report


async def async_self_check(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> Report:
    """Examine what is free and changes nothing; for the repair issues only."""
    report = await _async_report(hass, entry, SELF_CHECKS, billed=False)
    issues.async_reflect(hass, entry, report)
    return report


async def _async_report(
    hass: HomeAssistant,
    entry: FleetPulseConfigEntry,
    wanted: Collection[CheckId],
    *,
    billed: bool,
) -> Report:
    """Examine one row after the other, as each may explain the next."""
    findings: list[Finding] = []
    locks = hass.data.setdefault(_LOCKS, {})
    # Two examinations at once would refresh each other's sign-in away.
    async with locks.setdefault(entry.entry_id, asyncio.Lock()):
        patient = Patient(hass, entry, billed=billed)
        for row in CHECKS:
            if row.id in wanted:
                findings.extend(await _async_findings(patient, row))
    return Report(at=dt_util.utcnow(), findings=tuple(findings))


async def _async_findings(patient: Patient, row: Check) -> list[Finding]:
    """Examine one row, on each car if it is about cars."""
    if not row.is_per_car:
        work = _ACCOUNT_CHECKS[row.id](patient)
        return [Finding(check=row, outcome=await _async_outcome(patient, row, work))]
    return [
        Finding(
            check=row,
            outcome=await _async_outcome(
                patient, row, _CAR_CHECKS[row.id](patient, vehicle)
            ),
            vin=vehicle.vin,
            car=car_name(vehicle),
        )
        for vehicle in patient.cars()
    ]


async def _async_outcome(
    patient: Patient, row: Check, work: Awaitable[Outcome]
) -> Outcome:
    """Return a check's outcome; an error of Tesla's is one, too."""
    found = await tried(work)
    if not isinstance(found, Problem):
        return found
    troubles = (
        trouble
        for kind, trouble in _TROUBLES
        if isinstance(found.error, kind) and trouble in row.troubles
    )
    return failed(_words(patient, found), next(troubles, None))


def _words(patient: Patient, problem: Problem) -> str:
    """Return an error in the words of actions, without the cars' numbers."""
    words = async_get_exception_message(DOMAIN, problem.key, problem.placeholders)
    for vehicle in patient.account.vehicles.values():
        words = words.replace(vehicle.vin, car_name(vehicle))
    return words


# ---- what needs no file of its own


async def _nothing(patient: Patient) -> Outcome:
    """Look at what is not built yet."""
    return NOT_SET_UP


async def _clock(patient: Patient) -> Outcome:
    """Compare the clocks by Tesla's last answer."""
    return clock_outcome(patient.account.client.skew)


async def _budget(patient: Patient) -> Outcome:
    """Compare the bill with the budget."""
    account = patient.account
    budget = account.budget
    words = f"{account.cost} of {budget.amount} {budget.currency}"
    level = account.budget_level
    if not level.permits_automatic:
        return failed(f"{words}: {level.value}")
    return passed(f"{words}, about {round(account.projected, 2)} at the month's end")


_ACCOUNT_CHECKS: Final[Mapping[CheckId, Callable[[Patient], Awaitable[Outcome]]]] = {
    CheckId.AUTHORIZE_URL: check_sign_in.authorize_url,
    CheckId.TOKEN_EXCHANGE: check_sign_in.token_exchange,
    CheckId.VEHICLES: check_sign_in.vehicles,
    CheckId.REFRESH: check_sign_in.refresh,
    CheckId.REFRESH_AGAIN: check_sign_in.refresh_again,
    CheckId.SCOPES: check_sign_in.scopes,
    CheckId.REGION: check_sign_in.region,
    CheckId.KEY_PATH: check_key.key_path,
    CheckId.KEY_NO_REDIRECT: check_key.key_no_redirect,
    CheckId.KEY_RAW_PEM: check_key.key_raw_pem,
    CheckId.KEY_NO_AUTH: check_key.key_no_auth,
    CheckId.KEY_EQUAL: check_key.key_equal,
    CheckId.REGISTERED: check_key.registered,
    CheckId.TELEMETRY_SERVER: _nothing,
    CheckId.TELEMETRY_CERTIFICATE: _nothing,
    CheckId.TELEMETRY_CONFIG: _nothing,
    CheckId.TELEMETRY_ERRORS: _nothing,
    CheckId.CLOCK: _clock,
    CheckId.BUDGET: _budget,
}
_CAR_CHECKS: Final[
    Mapping[CheckId, Callable[[Patient, VehicleCoordinator], Awaitable[Outcome]]]
] = {
    CheckId.PAIRED: check_vehicle.paired,
    CheckId.PROTOCOL_AND_FIRMWARE: check_vehicle.protocol,
    CheckId.COMMAND_REACHABLE: check_vehicle.command_reachable,
}
