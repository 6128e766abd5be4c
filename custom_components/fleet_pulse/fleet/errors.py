"""What can go wrong at Tesla: one class per thing a caller can do something about."""

from datetime import datetime
from typing import Any


class FleetError(Exception):
    """Something at Tesla did not work. `detail` holds Tesla's own words."""

    may_have_acted = False
    """Whether the car may have done what was asked although no answer says so."""

    code: str | None = None
    """The sign-in server's word for its refusal, where it is a documented one."""

    def __init__(
        self,
        detail: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
        reference: str | None = None,
    ) -> None:
        """Keep Tesla's words, the status and the seconds Tesla asks us to wait."""
        super().__init__(detail or type(self).__doc__ or type(self).__name__)
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.reference = reference


class SignInRequired(FleetError):
    """The owner must sign in again: Tesla refuses the refresh token."""


class CredentialRefused(FleetError):
    """Tesla refuses the application's client id or secret."""


class GrantMissing(FleetError):
    """The application may not use client credentials (Machine-to-Machine)."""


class TokenRejected(FleetError):
    """Tesla no longer accepts the access token."""


class MobileAccessDisabled(FleetError):
    """Mobile access is switched off in the car."""


class UnknownUser(FleetError):
    """Tesla does not know the user: sign in to the Tesla app once."""


class ScopeMissing(FleetError):
    """The owner has not granted what this request needs."""


class ScopeNotAllowed(FleetError):
    """The application itself may not ask for what this needs."""


class RegionRefused(FleetError):
    """Tesla does not let the application into this region (yet)."""


class ProtocolRequired(FleetError):
    """The car takes signed commands only."""


class ProtocolUnsupported(FleetError):
    """The car does not take signed commands."""


class BillingLimit(FleetError):
    """Tesla disabled the application: its billing limit is exceeded."""


class Forbidden(FleetError):
    """Tesla refuses the request."""


class AccountLocked(FleetError):
    """Tesla has locked the account: only Tesla can unlock it."""


class PrivacyRefused(FleetError):
    """The privacy settings of the owner or the car do not allow the request."""


class BadRequest(FleetError):
    """Tesla does not understand the request."""


class NotFound(FleetError):
    """Tesla does not know this car (any more)."""


class InService(FleetError):
    """The car is in service."""


class Asleep(FleetError):
    """The car is asleep or offline."""


class NotRegistered(FleetError):
    """The application is not registered in this region."""


class OriginMismatch(FleetError):
    """The domain is not under the application's allowed origins."""


class WrongRegion(FleetError):
    """The account lives in another region; `base_url` names it where Tesla did."""

    def __init__(
        self, detail: str = "", *, base_url: str | None, **kwargs: Any
    ) -> None:
        """Keep the base URL Tesla named."""
        super().__init__(detail, **kwargs)
        self.base_url = base_url


class KeyTaken(FleetError):
    """Another application has registered this public key."""


class KeyDiffers(FleetError):
    """Tesla found another public key on the domain than ours."""


class KeyLost(FleetError):
    """The private key that the account's cars know is not here any more."""


class KeyDownloadFailed(FleetError):
    """Tesla could not download the public key from the domain."""


class RateLimited(FleetError):
    """Too many requests; `retry_after` says how many seconds to wait, if Tesla did."""


class TeslaUnavailable(FleetError):
    """Tesla's servers have trouble."""

    may_have_acted = True


class CarTrouble(FleetError):
    """The car answers nonsense: it may need a restart, an update, or service."""

    may_have_acted = True


class AnswerLost(FleetError):
    """The request left, no answer came back: the car may have acted."""

    may_have_acted = True


class Unreachable(FleetError):
    """No connection to Tesla: the request never left."""


class InvalidAnswer(FleetError):
    """Tesla answered something that is not the documented JSON."""

    may_have_acted = True


class KeyNotPaired(FleetError):
    """The car does not know our virtual key."""


class VehicleFault(FleetError):
    """The car's command protocol reports a fault; `fault` is its name."""

    def __init__(self, fault: str, detail: str = "", **kwargs: Any) -> None:
        """Keep the name of the fault."""
        super().__init__(detail or fault, **kwargs)
        self.fault = fault


class InvalidReply(FleetError):
    """A signed reply does not authenticate: it is not from the car."""

    may_have_acted = True


class CommandRefused(FleetError):
    """The car answered `result: false`; `reason` is the car's own word."""

    def __init__(self, reason: str, **kwargs: Any) -> None:
        """Keep the car's reason."""
        super().__init__(reason, **kwargs)
        self.reason = reason


class InvalidParameter(FleetError):
    """A command parameter is missing, unknown, or out of range."""


class InvalidOverride(FleetError):
    """An environment variable that replaces Tesla's hosts holds no usable URL."""


class SealBroken(FleetError):
    """What was sealed cannot be opened: it is damaged."""


class KekLost(SealBroken):
    """None of the encryption keys at hand is the one that seals this."""


class KekUnusable(SealBroken):
    """The encryption key that the owner chose is none: no other one may replace it."""


class PrivateKeyLost(SealBroken):
    """The private key that cars know is there and cannot be opened."""


class NotSaved(FleetError):
    """What must outlive a crash could not be written: is the disk full?"""


class WakeRefused(FleetError):
    """The guard refuses to wake the car; `reason` says why, `retry_at` until when."""

    def __init__(
        self, reason: str, *, retry_at: datetime | None = None, **kwargs: Any
    ) -> None:
        """Keep the guard's word."""
        super().__init__(reason, **kwargs)
        self.reason = reason
        self.retry_at = retry_at


class WakeFailed(FleetError):
    """The car was asked to wake and did not come online."""


class Expired(FleetError):
    """The command came too late to be carried out: nobody may stand there any more."""


class NotDeferrable(FleetError):
    """The command must be carried out at once or not at all; `detail` names it."""


class Overtaken(FleetError):
    """A newer command about the same thing took the place of this one."""


class StaleReading(FleetError):
    """Nobody knows which way a toggle would go: the car has not said since it woke."""


class LowAmpsIgnored(FleetError):
    """The car went to five amperes, not below: it does only when told again."""


class WaitedInVain(FleetError):
    """The command waited for the car to be online until its time was over."""


class EndUnknown(FleetError):
    """The program ended while the command was on its way; it is not repeated."""


class Interrupted(FleetError):
    """The program was stopped before the command had gone to the car."""


class BudgetSpent(FleetError):
    """The owner's own budget for Tesla's bill is spent."""


class EquipmentMissing(FleetError):
    """The car does not have what the command moves; `equipment` is its key."""

    def __init__(self, equipment: str, **kwargs: Any) -> None:
        """Keep what is missing."""
        super().__init__(equipment, **kwargs)
        self.equipment = equipment


class FirmwareTooOld(FleetError):
    """The car's software does not know the command yet."""


class SchedulesUnknown(FleetError):
    """The car has said that it knows no schedules, and has the same software still."""
