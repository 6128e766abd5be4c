"""The page about errors: what Tesla says, what it means, what is shown and done."""

from collections.abc import Iterable, Mapping, Sequence
import json
from pathlib import Path
from typing import Any, Final

from custom_components.fleet_pulse import errors
from custom_components.fleet_pulse.fleet import errors as fleet
from custom_components.fleet_pulse.fleet.answers import (
    ANY,
    HTML,
    MEANINGS,
    OWNER_REFUSALS,
    PARTNER_REFUSALS,
    UNNAMED_401,
    Refusals,
)
from custom_components.fleet_pulse.fleet.errors import FleetError
from custom_components.fleet_pulse.fleet.faults import RETRIABLE_FAULTS
from custom_components.fleet_pulse.fleet.session import FaultReply

TEXTS: Final[dict[str, Any]] = json.loads(
    Path(errors.__file__)
    .with_name("translations")
    .joinpath("en.json")
    .read_text(encoding="utf-8")
)

NOTHING: Final = "Nothing: only you can mend it."
BACKS_OFF: Final = (
    "Asks for data again after 30 seconds, then ever later, up to 15 min."
)
CAREFUL: Final = (
    "Asks for data again as above. Repeats a command only if doing it twice is harmless;"
    " otherwise looks at the car when it answers again."
)
SIGNS_IN: Final = "Asks you to sign in again; until then asks Tesla nothing."

BY_ITSELF: Final[Mapping[type[FleetError], str]] = {
    fleet.AccountLocked: BACKS_OFF,
    fleet.AnswerLost: CAREFUL,
    fleet.Asleep: "Waits for the free list to say that the car is online; wakes it only"
    " for a command.",
    fleet.BadRequest: BACKS_OFF,
    fleet.BillingLimit: "Tries again every 15 min, for Tesla to switch it on again.",
    fleet.BudgetSpent: "Goes on with the next month.",
    fleet.CarTrouble: CAREFUL,
    fleet.CommandRefused: "Nothing: the car has answered.",
    fleet.CredentialRefused: "Tries to renew the sign-in again, at least every five"
    " minutes; only you can mend it.",
    fleet.EndUnknown: "Sends it no second time; says so in the log and in an event.",
    fleet.EquipmentMissing: "Sends nothing.",
    fleet.Expired: "Drops the command.",
    fleet.FirmwareTooOld: "Sends nothing.",
    fleet.Forbidden: BACKS_OFF,
    fleet.GrantMissing: NOTHING,
    fleet.InService: BACKS_OFF,
    fleet.Interrupted: "Drops the command.",
    fleet.InvalidAnswer: CAREFUL,
    fleet.InvalidOverride: "Does not start until it is mended.",
    fleet.InvalidParameter: "Sends nothing.",
    fleet.InvalidReply: "Throws the reply away, and looks at the car later.",
    fleet.KekLost: "Leaves what is sealed as it is, for the key to come back. Asks you to"
    " sign in again if the sign-in is what it seals; until then asks Tesla nothing.",
    fleet.KekLost: SIGNS_IN,
    fleet.KekUnusable: "Does not start until it is mended.",
    fleet.KekUnusable: "Does not start until it is mended: no other key takes its place.",
    fleet.KeyDiffers: NOTHING,
    fleet.KeyDownloadFailed: NOTHING,
    fleet.KeyLost: "Sends no signed command, and makes no other key.",
    fleet.KeyNotPaired: "Asks Tesla, free, before the next command whether the car has"
    " the key now.",
    fleet.KeyTaken: NOTHING,
    fleet.LowAmpsIgnored: "Shows the current that the car says.",
    fleet.MobileAccessDisabled: BACKS_OFF,
    fleet.NotDeferrable: "Sends nothing, and keeps nothing.",
    fleet.NotFound: BACKS_OFF,
    fleet.NotRegistered: BACKS_OFF,
    fleet.NotSaved: "Sends nothing that is billed until it can be written down.",
    fleet.OriginMismatch: NOTHING,
    fleet.Overtaken: "Sends the newer command.",
    fleet.PrivacyRefused: BACKS_OFF,
    fleet.PrivateKeyLost: "Sends no signed command, and makes no other key.",
    fleet.PrivateKeyLost: "Leaves the file as it is and looks for the key with every"
    " command. Older cars, which take unsigned commands, go on.",
    fleet.ProtocolRequired: "Sends the command signed, once, and remembers that.",
    fleet.ProtocolUnsupported: "Sends the command unsigned, once, and remembers that.",
    fleet.RateLimited: "Waits as long as Tesla says, or a minute.",
    fleet.RegionRefused: NOTHING,
    fleet.SchedulesUnknown: "Sends nothing, and has rules do without.",
    fleet.ScopeMissing: "Asks you to sign in again if it was a command.",
    fleet.ScopeNotAllowed: NOTHING,
    fleet.SealBroken: SIGNS_IN,
    fleet.SignInRequired: "Tries the token before the last one, if it is younger than a"
    " day. Then asks you to sign in again.",
    fleet.StaleReading: "Sends nothing: it could move the wrong way.",
    fleet.TeslaUnavailable: CAREFUL,
    fleet.TokenRejected: "Renews the token and asks once more. If it was a command, then"
    " asks you to sign in again.",
    fleet.UnknownUser: BACKS_OFF,
    fleet.Unreachable: BACKS_OFF,
    fleet.VehicleFault: "Tries again for 10 seconds where that can help.",
    fleet.WaitedInVain: "Drops the command; says so in the log and in an event.",
    fleet.WakeFailed: "Wakes the car only later: the guard waits longer each time.",
    fleet.WakeRefused: "Nothing is sent.",
    fleet.WrongRegion: "Moves to the host that Tesla names, asks once more, and keeps it.",
    FleetError: BACKS_OFF,
}

FAULT_PASSES: Final = "Signs it anew and tries again, for 10 seconds."
FAULT_PASSES_CAREFUL: Final = (
    "Tries again for 10 seconds if doing it twice is harmless; otherwise looks at the"
    " car."
)
FAULT_STAYS: Final = "Nothing: the car would say the same again."

HEAD: Final = """# Errors

What Tesla and the cars answer, what that means, what Fleet Pulse shows, and what it does
by itself. *…* stands for Tesla's own words. This page is written by
`scripts/write_docs.py` from the tables that the program itself uses.
"""

type Row = Sequence[str]

BY_REASON: Final[Mapping[str, type[FleetError]]] = {
    "missing_": fleet.EquipmentMissing,
    "wake_refused_": fleet.WakeRefused,
}
"""Errors that have a text for each reason, by how the names of these texts begin."""


def written() -> str:
    """Return the page."""
    return "\n".join(
        (
            HEAD,
            *_section(
                "What the Fleet API answers",
                "The first row counts whose status and words fit. A status without a row"
                " is Tesla's trouble from 500 on, and below that a request that Tesla"
                " does not understand.",
                ("Status", "Words", "It means", "Fleet Pulse shows", "By itself"),
                _meanings(),
            ),
            *_section(
                "What the sign-in answers about you",
                "The word counts before the status. 429 and everything from 500 on means"
                " that Tesla has trouble, and never costs a sign-in.",
                ("Word", "It means", "Fleet Pulse shows", "By itself"),
                _refusals(OWNER_REFUSALS),
            ),
            *_section(
                "What the sign-in answers about your application",
                "For the registration the application signs in for itself. Words about a"
                " client_id and client_secret combination always mean that one of the"
                " two is wrong.",
                ("Word", "It means", "Fleet Pulse shows", "By itself"),
                _refusals(PARTNER_REFUSALS),
            ),
            *_section(
                "What the car answers to a signed command",
                "The command protocol's own faults. One that is not here is shown as"
                f" \u201c{_shown('vehicle_fault')}\u201d",
                ("Fault", "Fleet Pulse shows", "By itself"),
                _faults(),
            ),
            *_section(
                "What the car refuses",
                "Its own word, where more is known about it than the word. Nothing is"
                " repeated by itself, except what did not wake up.",
                ("Word", "Fleet Pulse shows"),
                ((f"`{word}`", _shown(f"refused_{word}")) for word in errors.REFUSALS),
            ),
            *_section(
                "What needs no answer",
                "Found out here, or by the lack of an answer.",
                ("It means", "Fleet Pulse shows", "By itself"),
                _others(),
            ),
            *_section(
                "In dialogs",
                "Where the set-up says it in other words.",
                ("It means", "Fleet Pulse shows"),
                _dialogs(),
            ),
        )
    )


def _section(
    title: str, says: str, columns: Row, rows: Iterable[Row]
) -> tuple[str, ...]:
    """Return a heading, a sentence and a table."""
    lines = [columns, tuple("---" for _ in columns), *rows]
    table = (f"| {' | '.join(row)} |" for row in lines)
    return (f"## {title}\n", f"{says}\n", *table, "")


def _shown(key: str) -> str:
    """Return a text as an owner reads it."""
    return _filled(TEXTS["exceptions"][key]["message"])


def _filled(text: str) -> str:
    """Return a text with signs for what differs each time."""
    return text.replace("{detail}", "*…*").replace("{retry_at}", "*the time*")


def _means(error: type[FleetError]) -> str:
    """Return what an error means: the first sentence of its class."""
    assert error.__doc__ is not None
    return error.__doc__.partition("`detail`")[0].partition("; `")[0].strip(" .;") + "."


def _of(error: type[FleetError]) -> tuple[str, str, str]:
    """Return what an error means, shows and brings about."""
    return _means(error), _shown(errors.TEXTS[error]), BY_ITSELF[error]


def _meanings() -> Iterable[Row]:
    """Return a row for each answer of the API."""
    words = {ANY: "any", HTML: "a web page"}
    for row in MEANINGS:
        said = words.get(row.words, f"“{row.words}”")
        yield str(row.status), said, *_of(row.error)


def _refusals(table: Refusals) -> Iterable[Row]:
    """Return a row for each refusal of the sign-in."""
    for word, error in table.items():
        said = "status 401, no word" if word == UNNAMED_401 else f"`{word}`"
        yield said, *_of(error)


def _faults() -> Iterable[Row]:
    """Return a row for each fault of the command protocol."""
    for fault, key in errors.FAULTS.items():
        does = FAULT_STAYS
        if fault in RETRIABLE_FAULTS:
            is_unclear = FaultReply(fault).may_have_acted
            does = FAULT_PASSES_CAREFUL if is_unclear else FAULT_PASSES
        yield f"`{fault}`", _shown(key), does


def _others() -> Iterable[Row]:
    """Return a row for each error that no answer of Tesla's stands for."""
    answered = {row.error for row in MEANINGS}
    answered |= {*OWNER_REFUSALS.values(), *PARTNER_REFUSALS.values()}
    in_parts = {fleet.CommandRefused, fleet.VehicleFault, *BY_REASON.values()}
    for error in errors.TEXTS:
        if error not in answered | in_parts:
            yield _of(error)
    for start, error in BY_REASON.items():
        for key in TEXTS["exceptions"]:
            if key.startswith(start):
                yield _means(error), _shown(key), BY_ITSELF[error]


def _dialogs() -> Iterable[Row]:
    """Return a row for each text that a dialog words differently."""
    for error, key in errors.TEXTS.items():
        text = TEXTS["config"]["abort"].get(key)
        if text is not None and _filled(text) != _shown(key):
            yield _means(error), _filled(text)
