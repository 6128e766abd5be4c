"""The one place where Tesla's errors become Home Assistant's.

Coordinators say `with updating():`, actions say `with acting(hass, entry):`.
"""

from collections.abc import Awaitable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
    ImplementationUnavailableError,
    ServiceValidationError,
)
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .fleet import errors as fleet
from .fleet.errors import FleetError
from .fleet.unsupported import is_unsupported
from .model.command import InvalidCall

# The first class that fits counts, so a subclass stands before its base.
TEXTS: Final[Mapping[type[FleetError], str]] = {
    fleet.AccountLocked: "account_locked",
    fleet.AnswerLost: "answer_lost",
    fleet.Asleep: "asleep",
    fleet.BadRequest: "bad_request",
    fleet.BillingLimit: "billing_limit",
    fleet.BudgetSpent: "budget_spent",
    fleet.CarTrouble: "car_trouble",
    fleet.CommandRefused: "command_refused",
    fleet.CredentialRefused: "credential_refused",
    fleet.EndUnknown: "end_unknown",
    fleet.EquipmentMissing: "equipment_missing",
    fleet.Expired: "expired",
    fleet.FirmwareTooOld: "firmware_too_old",
    fleet.GrantMissing: "grant_missing",
    fleet.InService: "in_service",
    fleet.Interrupted: "interrupted",
    fleet.InvalidAnswer: "invalid_answer",
    fleet.InvalidOverride: "invalid_override",
    fleet.InvalidParameter: "invalid_parameter",
    fleet.InvalidReply: "invalid_reply",
    fleet.KekLost: "kek_lost",
    fleet.KekUnusable: "kek_unusable",
    fleet.KeyDiffers: "key_differs",
    fleet.KeyDownloadFailed: "key_download_failed",
    fleet.KeyLost: "key_lost",
    fleet.KeyNotPaired: "key_not_paired",
    fleet.KeyTaken: "key_taken",
    fleet.LowAmpsIgnored: "low_amps_ignored",
    fleet.MobileAccessDisabled: "mobile_access_disabled",
    fleet.NotDeferrable: "not_deferrable",
    fleet.NotFound: "not_found",
    fleet.NotRegistered: "not_registered",
    fleet.NotSaved: "not_saved",
    fleet.OriginMismatch: "origin_mismatch",
    fleet.Overtaken: "overtaken",
    fleet.PrivacyRefused: "privacy_refused",
    fleet.PrivateKeyLost: "private_key_lost",
    fleet.ProtocolRequired: "protocol_required",
    fleet.ProtocolUnsupported: "protocol_unsupported",
    fleet.RateLimited: "rate_limited",
    fleet.RegionRefused: "region_refused",
    fleet.SchedulesUnknown: "schedules_unknown",
    fleet.ScopeMissing: "scope_missing",
    fleet.ScopeNotAllowed: "scope_not_allowed",
    fleet.SealBroken: "seal_broken",
    fleet.SignInRequired: "sign_in_required",
    fleet.StaleReading: "stale_reading",
    fleet.TeslaUnavailable: "tesla_unavailable",
    fleet.TokenRejected: "token_rejected",
    fleet.UnknownUser: "unknown_user",
    fleet.Unreachable: "unreachable",
    fleet.VehicleFault: "vehicle_fault",
    fleet.WaitedInVain: "waited_in_vain",
    fleet.WakeFailed: "wake_failed",
    fleet.WakeRefused: "wake_refused",
    fleet.WrongRegion: "wrong_region",
    fleet.Forbidden: "forbidden",
    FleetError: "unknown_error",
}

# Only the owner's sign-in mends these: the account is refused until then.
_REAUTH: Final = (fleet.SealBroken, fleet.SignInRequired)
# No sign-in mends these, although something sealed does not open.
_IN_VAIN: Final = (fleet.KekUnusable, fleet.PrivateKeyLost)
# Who acts and is refused may sign in again, which grants permissions, too. Data is
# asked for again without that: Tesla has refused good tokens for an hour before.
_REAUTH_WHEN_ACTING: Final = (*_REAUTH, fleet.ScopeMissing, fleet.TokenRejected)

# The car's own words for "no", where we know what to do about them. Whatever else says
# that it does not know a command has the text of `not_supported`.
REFUSALS: Final = (
    "charging",
    "closures_open",
    "complete",
    "could_not_wake_buses",
    "disabled_for_user_command",
    "disconnected",
    "incorrect_pin",
    "invalid_command",
    "is_charging",
    "low_soc",
    "no_power",
    "not_charging",
    "not_supported",
    "requested",
    "unauthorized",
    "unsupported_vehicle",
    "user_not_present",
    "vehicle_in_drive",
    "vehicle_in_service",
    "vehicle_not_in_park",
)

# What the car's command protocol reports, where we know more than "try again".
FAULTS: Final[Mapping[str, str]] = {
    "BAD_PARAMETER": "fault_not_understood",
    "COMMAND_REQUIRES_ACCOUNT_CREDENTIALS": "fault_app_only",
    "COMMAND_REQUIRES_PHYSICAL_PROXIMITY": "fault_proximity",
    "COULD_NOT_HASH_METADATA": "fault_not_understood",
    "DECODING": "fault_not_understood",
    "INCORRECT_EPOCH": "fault_out_of_step",
    "INSUFFICIENT_PRIVILEGES": "fault_privileges",
    "INTERNAL": "fault_unclear",
    "INVALID_COMMAND": "fault_not_understood",
    "INVALID_DOMAINS": "fault_not_understood",
    "INVALID_KEY_HANDLE": "fault_out_of_step",
    "INVALID_SIGNATURE": "fault_out_of_step",
    "INVALID_TOKEN_OR_COUNTER": "fault_out_of_step",
    "IV_INCORRECT_LENGTH": "fault_not_understood",
    "KEYCHAIN_IS_FULL": "fault_keys_full",
    "NOT_PROVISIONED_WITH_IDENTITY": "fault_not_ready",
    "REMOTE_SERVICE_ACCESS_DISABLED": "fault_service",
    "REPEATED_COUNTER": "fault_out_of_step",
    "REQUEST_MTU_EXCEEDED": "fault_not_understood",
    "REQUIRES_RESPONSE_ENCRYPTION": "fault_not_understood",
    "RESPONSE_MTU_EXCEEDED": "fault_unclear",
    "TIMEOUT": "fault_unclear",
    "TIME_EXPIRED": "fault_clock",
    "TIME_TO_LIVE_TOO_LONG": "fault_clock",
    "WRONG_PERSONALIZATION": "fault_out_of_step",
}

WITHOUT_A_WORD: Final = 60.0
"""Seconds after which Tesla's limits begin anew, where it names no time itself."""


def text_of(err: FleetError) -> str:
    """Return the translation key of an error."""
    if isinstance(err, fleet.CommandRefused) and err.reason in REFUSALS:
        return f"refused_{err.reason}"
    if isinstance(err, fleet.CommandRefused) and is_unsupported(err):
        return "refused_not_supported"
    if isinstance(err, fleet.VehicleFault) and err.fault in FAULTS:
        return FAULTS[err.fault]
    if isinstance(err, fleet.WakeRefused):
        return f"wake_refused_{err.reason}"
    if isinstance(err, fleet.EquipmentMissing):
        return f"missing_{err.equipment}"
    return next(text for kind, text in TEXTS.items() if isinstance(err, kind))


def _needs(err: FleetError, sign_in: tuple[type[FleetError], ...]) -> bool:
    """Return whether a new sign-in is what mends an error."""
    return isinstance(err, sign_in) and not isinstance(err, _IN_VAIN)


def _said(err: FleetError) -> dict[str, str]:
    """Return what the text may quote: Tesla's own words, and when to try again."""
    unspoken = "no details" if err.status is None else f"HTTP {err.status}"
    return {"detail": err.detail or unspoken, "retry_at": _clock(_retry_at(err))}


def _retry_at(err: FleetError) -> datetime | None:
    """Return when another try may work, if that is known."""
    if isinstance(err, fleet.WakeRefused):
        return err.retry_at
    if isinstance(err, fleet.RateLimited):
        wait = WITHOUT_A_WORD if err.retry_after is None else err.retry_after
        return dt_util.utcnow() + timedelta(seconds=wait)
    return None


def _clock(moment: datetime | None) -> str:
    """Return a time as the owner's clock shows it, with the day if it is not today."""
    if moment is None:
        return "-"
    # The minutes shown must not be over before the moment is.
    local = dt_util.as_local(moment + timedelta(seconds=59))
    is_today = local.date() == dt_util.now().date()
    return f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"


def _failed(err: FleetError) -> HomeAssistantError:
    """Return what a coordinator raises for an error.

    When to ask again is the policy's to say: it knows Tesla's word, and a wait of
    zero seconds handed to Home Assistant would ask without end.
    """
    if _needs(err, _REAUTH):
        return ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key=text_of(err),
            translation_placeholders=_said(err),
        )
    return UpdateFailed(
        translation_domain=DOMAIN,
        translation_key=text_of(err),
        translation_placeholders=_said(err),
    )


@contextmanager
def updating() -> Generator[None]:
    """Turn an error into what Home Assistant expects of a coordinator."""
    try:
        yield
    except FleetError as err:
        raise _failed(err) from err


@contextmanager
def setting_up() -> Generator[None]:
    """Turn an error into what Home Assistant expects of an entry's set-up."""
    try:
        yield
    except ImplementationUnavailableError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="credential_unavailable"
        ) from err
    except FleetError as err:
        kind = ConfigEntryAuthFailed if _needs(err, _REAUTH) else ConfigEntryError
        raise kind(
            translation_domain=DOMAIN,
            translation_key=text_of(err),
            translation_placeholders=_said(err),
        ) from err


@callback
def start_reauth(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Ask the owner to sign in again, also where a dialog of the entry is open.

    Home Assistant asks nobody while the entry is being reconfigured, and a dialog may
    be left open for days: nothing it could still do would work signed out.
    """
    for flow in list(entry.async_get_active_flows(hass, {SOURCE_RECONFIGURE})):
        hass.config_entries.flow.async_abort(flow["flow_id"])
    entry.async_start_reauth(hass)


@contextmanager
def asking_to_sign_in(hass: HomeAssistant, entry: ConfigEntry) -> Generator[None]:
    """Have Home Assistant ask for a sign-in that a set-up needs, whatever is open."""
    try:
        yield
    except ConfigEntryAuthFailed:
        start_reauth(hass, entry)
        raise


@contextmanager
def acting(hass: HomeAssistant, entry: ConfigEntry | None) -> Generator[None]:
    """Turn an error into what Home Assistant expects of an action.

    Without an entry nobody is asked to sign in: no single account is concerned.
    """
    try:
        yield
    except InvalidCall as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="invalid_parameter",
            translation_placeholders={"detail": str(err)},
        ) from err
    except FleetError as err:
        if entry is not None and _needs(err, _REAUTH_WHEN_ACTING):
            start_reauth(hass, entry)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=text_of(err),
            translation_placeholders=_said(err),
        ) from err


@dataclass(frozen=True, slots=True)
class Problem:
    """What a flow shows in place of a result: a text, and Tesla's words for it."""

    error: FleetError

    @property
    def key(self) -> str:
        """Return the key of the text."""
        return text_of(self.error)

    @property
    def placeholders(self) -> dict[str, str]:
        """Return what the text quotes."""
        return _said(self.error)


async def tried[T](work: Awaitable[T]) -> T | Problem:
    """Return what a flow asked for, or the problem to show instead."""
    try:
        return await work
    except FleetError as err:
        return Problem(err)


def raise_failure(coordinator: DataUpdateCoordinator[Any]) -> None:
    """Raise what the last question came to, which was only logged."""
    error = coordinator.last_exception
    if not coordinator.last_update_success and error is not None:
        raise error.__cause__ if isinstance(error.__cause__, FleetError) else error
