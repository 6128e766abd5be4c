"""The doctor's checks: what is looked at, in which order, and what to suspect first.

The table is the owner's set-up checklist as code. Its sentences are English and stand
here, not among the translations: they go into the response of an action and into
diagnostics, for which Home Assistant has no category of texts.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from ..model.record import record

PERMISSIONS: Final[Mapping[str, str]] = {
    "vehicle_charging_cmds": "Vehicle charging management",
    "vehicle_cmds": "Vehicle commands",
    "vehicle_device_data": "Vehicle information",
    "vehicle_location": "Vehicle location",
}
"""What is needed of what an owner can grant, as Tesla's page calls it."""


class CheckId(StrEnum):
    """One line of the checklist."""

    AUTHORIZE_URL = "authorize_url"
    TOKEN_EXCHANGE = "token_exchange"  # noqa: S105 - a name
    VEHICLES = "vehicles"
    REFRESH = "refresh"
    REFRESH_AGAIN = "refresh_again"
    SCOPES = "scopes"
    REGION = "region"
    KEY_PATH = "key_path"
    KEY_NO_REDIRECT = "key_no_redirect"
    KEY_RAW_PEM = "key_raw_pem"
    KEY_NO_AUTH = "key_no_auth"
    KEY_EQUAL = "key_equal"
    REGISTERED = "registered"
    PAIRED = "paired"
    PROTOCOL_AND_FIRMWARE = "protocol_and_firmware"
    COMMAND_REACHABLE = "command_reachable"
    TELEMETRY_SERVER = "telemetry_server"
    TELEMETRY_CERTIFICATE = "telemetry_certificate"
    TELEMETRY_CONFIG = "telemetry_config"
    TELEMETRY_ERRORS = "telemetry_errors"
    CLOCK = "clock"
    BUDGET = "budget"


class Trouble(StrEnum):
    """What an owner must hear of: each has a repair issue of the same name."""

    BUDGET_REACHED = "budget_reached"
    CLOCK_WRONG = "clock_wrong"
    CLONED_SIGN_IN = "cloned_sign_in"
    CREDENTIAL_REFUSED = "credential_refused"
    FINISH_SETUP = "finish_setup"
    KEY_CHANGED = "key_changed"
    KEY_NOT_HOSTED = "key_not_hosted"
    LOST_KEY_ENCRYPTION_KEY = "lost_key_encryption_key"
    NOT_PAIRED = "not_paired"
    NOT_REGISTERED = "not_registered"
    PRIVATE_KEY_LOST = "private_key_lost"
    SCOPES_MISSING = "scopes_missing"
    TESLA_REFUSES = "tesla_refuses"


class Suspicion(StrEnum):
    """What an owner sees go wrong."""

    ACCESS = "access"
    """401 and 403."""
    REGISTRATION = "registration"
    TELEMETRY = "telemetry"
    COMMANDS = "commands"


@record
class Check:
    """One row: what it proves, and what to do where it fails."""

    id: CheckId
    proves: str
    do: str
    is_billed: bool = False
    is_per_car: bool = False
    troubles: tuple[Trouble, ...] = ()
    """What a failure may mean, and a pass disproves."""


_HOSTING: Final = "Choose Reconfigure in the menu of Fleet Pulse, then the hosting. "
_TELEMETRY: Final = "Nothing: streaming is not part of Fleet Pulse yet."

CHECKS: Final = (
    Check(
        id=CheckId.AUTHORIZE_URL,
        proves="Tesla's sign-in page opens for this application and this redirect URI",
        do=(
            "Compare client ID, redirect URI and grant types with the application at"
            " developer.tesla.com, letter by letter."
        ),
    ),
    Check(
        id=CheckId.TOKEN_EXCHANGE,
        proves="the last consent brought both an access token and a refresh token",
        do="Sign in again: Settings > Devices & services > Fleet Pulse.",
    ),
    Check(
        id=CheckId.VEHICLES,
        proves="Tesla lists the cars to the access token",
        do="Look at the suspects for access, in their order.",
        troubles=(Trouble.NOT_REGISTERED,),
    ),
    Check(
        id=CheckId.REFRESH,
        proves="the refresh token brings a new pair",
        do="Wait for Tesla where it has trouble, otherwise sign in again.",
        troubles=(Trouble.CREDENTIAL_REFUSED,),
    ),
    Check(
        id=CheckId.REFRESH_AGAIN,
        proves="the new refresh token brings a new pair, too",
        do=(
            "Look for a second installation with the same sign-in, then sign in again."
            " If it fails once more, report it as a bug of Fleet Pulse."
        ),
        troubles=(Trouble.CREDENTIAL_REFUSED,),
    ),
    Check(
        id=CheckId.SCOPES,
        proves="the owner granted what reading and commands need",
        do="Choose Reconfigure in the menu of Fleet Pulse and grant more permissions.",
        troubles=(Trouble.SCOPES_MISSING,),
    ),
    Check(
        id=CheckId.REGION,
        proves="Tesla keeps the account in the region that is asked",
        do="Choose Reconfigure in the menu of Fleet Pulse and find the region again.",
    ),
    Check(
        id=CheckId.KEY_PATH,
        proves="the domain answers at the public key's exact path",
        do=_HOSTING + "Serve the key at exactly the path shown there.",
        troubles=(Trouble.KEY_NOT_HOSTED,),
    ),
    Check(
        id=CheckId.KEY_NO_REDIRECT,
        proves="the answer is no redirect",
        do=_HOSTING + "Switch the redirect off for this path: Tesla follows none.",
        troubles=(Trouble.KEY_NOT_HOSTED,),
    ),
    Check(
        id=CheckId.KEY_RAW_PEM,
        proves="the answer is the bare PEM, not a web page",
        do=_HOSTING + "Serve the PEM itself, from its first byte, not an index.html.",
        troubles=(Trouble.KEY_NOT_HOSTED,),
    ),
    Check(
        id=CheckId.KEY_NO_AUTH,
        proves="nobody needs a login to fetch it",
        do=_HOSTING + "Take the login away for this path.",
        troubles=(Trouble.KEY_NOT_HOSTED,),
    ),
    Check(
        id=CheckId.KEY_EQUAL,
        proves="the hosted key is the one of this Home Assistant",
        do=_HOSTING + "Put this Home Assistant's key there.",
        troubles=(Trouble.KEY_CHANGED, Trouble.PRIVATE_KEY_LOST),
    ),
    Check(
        id=CheckId.REGISTERED,
        proves="Tesla has this key in the account's region and in each registered one",
        do="Choose Reconfigure in the menu of Fleet Pulse and register again.",
        troubles=(
            Trouble.CREDENTIAL_REFUSED,
            Trouble.KEY_CHANGED,
            Trouble.NOT_REGISTERED,
            Trouble.PRIVATE_KEY_LOST,
        ),
    ),
    Check(
        id=CheckId.PAIRED,
        proves="the car has the key",
        do="Choose Reconfigure in the menu of Fleet Pulse and pair the car.",
        is_per_car=True,
        troubles=(Trouble.NOT_PAIRED,),
    ),
    Check(
        id=CheckId.PROTOCOL_AND_FIRMWARE,
        proves="Tesla says whether commands must be signed, and the car's firmware",
        do="Check in the Tesla app that the car still belongs to this account.",
        is_per_car=True,
    ),
    Check(
        id=CheckId.COMMAND_REACHABLE,
        proves="an online car answers a signed handshake; it is never woken for it",
        do="Look at the suspects for commands, in their order.",
        is_billed=True,
        is_per_car=True,
        troubles=(Trouble.NOT_PAIRED,),
    ),
    Check(
        id=CheckId.TELEMETRY_SERVER,
        proves="the streaming server can be reached from outside",
        do=_TELEMETRY,
    ),
    Check(
        id=CheckId.TELEMETRY_CERTIFICATE,
        proves="the streaming server's certificate chain is whole",
        do=_TELEMETRY,
    ),
    Check(
        id=CheckId.TELEMETRY_CONFIG,
        proves="the cars took the streaming configuration",
        do=_TELEMETRY,
    ),
    Check(
        id=CheckId.TELEMETRY_ERRORS,
        proves="the cars report no streaming errors",
        do=_TELEMETRY,
    ),
    Check(
        id=CheckId.CLOCK,
        proves="this machine's clock agrees with Tesla's",
        do="Set this machine's clock by a time server (NTP).",
        troubles=(Trouble.CLOCK_WRONG,),
    ),
    Check(
        id=CheckId.BUDGET,
        proves="the budget for Tesla's bill is not spent",
        do="Wait for next month, or raise the budget with the gear of Fleet Pulse.",
    ),
)

BY_ID: Final[Mapping[CheckId, Check]] = {row.id: row for row in CHECKS}

SELF_CHECKS: Final = frozenset(
    {
        CheckId.KEY_PATH,
        CheckId.KEY_NO_REDIRECT,
        CheckId.KEY_RAW_PEM,
        CheckId.KEY_NO_AUTH,
        CheckId.KEY_EQUAL,
        CheckId.REGISTERED,
        CheckId.PAIRED,
        CheckId.CLOCK,
    }
)
"""What is looked at once a day without being asked: free, and nothing is changed."""

# The checklist's section 7: the first failed one is the first to look at.
SUSPECTS: Final[Mapping[Suspicion, tuple[CheckId, ...]]] = {
    Suspicion.ACCESS: (
        CheckId.TOKEN_EXCHANGE,
        CheckId.VEHICLES,
        CheckId.REFRESH,
        CheckId.REFRESH_AGAIN,
        CheckId.SCOPES,
        CheckId.REGION,
        CheckId.CLOCK,
    ),
    Suspicion.REGISTRATION: (
        CheckId.AUTHORIZE_URL,
        CheckId.KEY_PATH,
        CheckId.KEY_NO_REDIRECT,
        CheckId.KEY_RAW_PEM,
        CheckId.KEY_NO_AUTH,
        CheckId.KEY_EQUAL,
        CheckId.REGISTERED,
    ),
    Suspicion.TELEMETRY: (
        CheckId.TELEMETRY_SERVER,
        CheckId.TELEMETRY_CERTIFICATE,
        CheckId.PROTOCOL_AND_FIRMWARE,
        CheckId.PAIRED,
        CheckId.TELEMETRY_CONFIG,
        CheckId.TELEMETRY_ERRORS,
    ),
    Suspicion.COMMANDS: (
        CheckId.COMMAND_REACHABLE,
        CheckId.PAIRED,
        CheckId.KEY_EQUAL,
        CheckId.CLOCK,
        CheckId.BUDGET,
    ),
}


def missing(granted: Collection[str]) -> tuple[str, ...]:
    """Return the permissions that were not granted, as Tesla's page calls them."""
    # The permission for all commands includes the one for charging.
    covered = set(granted)
    if "vehicle_cmds" in covered:
        covered.add("vehicle_charging_cmds")
    return tuple(name for scope, name in PERMISSIONS.items() if scope not in covered)
