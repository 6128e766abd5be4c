"""The doctor: the owner's checklist, examined on a running account.

    run_checks, button ─▶ async_run ───────▶ every check ──▶ report ─▶ shown, kept
    watcher, once a day ─▶ async_self_check ▶ the quiet ones ─┘ └▶ repair issues

One method a check; the rows, their order and their sentences are `fleet/checks.py`.
What costs is looked at only where the owner asks for it, and nothing wakes a car.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
import secrets
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.translation import async_get_exception_message
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from . import api, application, issues, wording
from .const import CONF_API_URL, CONF_DOMAIN, CONF_REGISTERED, CONF_SIGNED_IN_AT, DOMAIN
from .coordinator import VehicleCoordinator
from .errors import Problem, tried
from .fleet import keys
from .fleet.account import VehicleStatus
from .fleet.auth import SCOPES, Application, AuthorizePage, claims
from .fleet.checks import (
    CHECKS,
    NOT_SET_UP,
    SELF_CHECKS,
    Check,
    CheckId,
    Finding,
    Outcome,
    Report,
    Trouble,
    clock_outcome,
    failed,
    missing,
    passed,
    skipped,
)
from .fleet.errors import (
    CredentialRefused,
    FleetError,
    KeyNotPaired,
    NotFound,
    NotRegistered,
)
from .fleet.key_host import Diagnosis, Facet
from .model import vehicle_fields as fields
from .runtime import FleetPulseConfigEntry

_LOCKS: HassKey[dict[str, asyncio.Lock]] = HassKey(f"{DOMAIN}.doctor")
_BOT_WALL: Final = 403
_TROUBLES: Final[tuple[tuple[type[FleetError], Trouble], ...]] = (
    (CredentialRefused, Trouble.CREDENTIAL_REFUSED),
    (KeyNotPaired, Trouble.NOT_PAIRED),
    (NotRegistered, Trouble.NOT_REGISTERED),
)


async def async_run(
    hass: HomeAssistant, entry: FleetPulseConfigEntry, *, billed: bool = False
) -> Report:
    """Examine everything; what costs only where `billed` says so."""
    account = entry.runtime_data.account
    async with _lock(hass, entry):
        report = await _Examination(hass, entry, billed=billed).async_report(
            [row.id for row in CHECKS]
        )
    account.report = report
    issues.async_reflect(hass, entry, report)
    account.async_update_listeners()
    return report


async def async_self_check(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> Report:
    """Examine what is free and changes nothing; for the repair issues only."""
    async with _lock(hass, entry):
        report = await _Examination(hass, entry, billed=False).async_report(
            [row.id for row in CHECKS if row.id in SELF_CHECKS]
        )
    issues.async_reflect(hass, entry, report)
    return report


def _lock(hass: HomeAssistant, entry: FleetPulseConfigEntry) -> asyncio.Lock:
    """Return what lets only one examination of an account happen at a time."""
    locks = hass.data.setdefault(_LOCKS, {})
    return locks.setdefault(entry.entry_id, asyncio.Lock())


def car_name(vehicle: VehicleCoordinator) -> str:
    """Return what the owner calls a car."""
    known = vehicle.data
    return known.get(fields.DISPLAY_NAME) or known.get(fields.VEHICLE_NAME) or "Tesla"


class _Once[T]:
    """An answer that several checks share: asked for at most once."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        """Know how to ask."""
        self._ask = ask
        self._found: tuple[T | Problem] | None = None

    async def __call__(self) -> T:
        """Return the answer, or raise what came instead, each time anew."""
        if self._found is None:
            self._found = (await tried(self._ask()),)
        (found,) = self._found
        if isinstance(found, Problem):
            raise found.error
        return found


class _Examination:
    """One examination of one account."""

    def __init__(
        self, hass: HomeAssistant, entry: FleetPulseConfigEntry, *, billed: bool
    ) -> None:
        """Prepare what the checks share."""
        self._hass = hass
        self._entry = entry
        self._billed = billed
        self._is_refreshed = False
        self._data = entry.runtime_data
        self._account = entry.runtime_data.account
        self._application = _Once(self._async_application)
        self._point = _Once(self._async_point)
        self._key_seen = _Once(self._async_look_at_key)
        self._statuses = _Once(self._async_statuses)

    async def async_report(self, wanted: list[CheckId]) -> Report:
        """Examine one after the other, as each may explain the next."""
        findings: list[Finding] = []
        for row in CHECKS:
            if row.id in wanted:
                findings.extend(await self._async_findings(row))
        return Report(at=dt_util.utcnow(), findings=tuple(findings))

    async def _async_findings(self, row: Check) -> list[Finding]:
        """Examine one row, on each car if it is about cars."""
        if not row.is_per_car:
            outcome = await self._async_outcome(row, _ACCOUNT_CHECKS[row.id](self))
            return [Finding(check=row, outcome=outcome)]
        return [
            Finding(
                check=row,
                outcome=await self._async_outcome(
                    row, _CAR_CHECKS[row.id](self, vehicle)
                ),
                vin=vehicle.vin,
                car=car_name(vehicle),
            )
            for vehicle in self._cars()
        ]

    async def _async_outcome(self, row: Check, work: Awaitable[Outcome]) -> Outcome:
        """Return a check's outcome; an error of Tesla's is one, too."""
        found = await tried(work)
        if not isinstance(found, Problem):
            return found
        trouble = next(
            (
                trouble
                for kind, trouble in _TROUBLES
                if isinstance(found.error, kind) and trouble in row.troubles
            ),
            None,
        )
        return failed(self._words(found), trouble)

    def _words(self, problem: Problem) -> str:
        """Return an error in the words of actions, without the cars' numbers."""
        words = async_get_exception_message(DOMAIN, problem.key, problem.placeholders)
        for vehicle in self._account.vehicles.values():
            words = words.replace(vehicle.vin, car_name(vehicle))
        return words

    def _cars(self) -> list[VehicleCoordinator]:
        """Return the cars that Tesla lists."""
        return [car for car in self._account.vehicles.values() if car.is_listed]

    # ---- what checks share

    async def _async_application(self) -> Application:
        """Return the owner's application."""
        return await application.async_application(self._hass, self._entry)

    async def _async_point(self) -> bytes | None:
        """Return our public key, if one was made."""
        owned = await self._application()
        key = await application.async_key(self._hass, owned.client_id)
        return None if key is None else keys.public_bytes(key)

    async def _async_look_at_key(self) -> Diagnosis | None:
        """Look at the domain; None where there is nothing to look for."""
        domain, point = self._entry.data.get(CONF_DOMAIN), await self._point()
        if not domain or point is None:
            return None
        return await api.async_look_at_key(self._hass, domain, point)

    async def _async_statuses(self) -> Mapping[str, VehicleStatus]:
        """Ask about all cars at once."""
        return await self._account.client.fleet_status(
            [vehicle.vin for vehicle in self._cars()]
        )

    # ---- sign-in

    async def async_authorize_url(self) -> Outcome:
        """Look at the page that the owner would be sent to."""
        redirect_uri = _redirect_uri(self._hass)
        if redirect_uri is None:
            return skipped("this Home Assistant has no address to come back to")
        auth = api.async_auth_client(self._hass)
        state, nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        url = auth.authorize_url(
            await self._application(), redirect_uri, SCOPES, state, nonce
        )
        return _page_outcome(await auth.authorize_page(url), redirect_uri)

    async def async_token_exchange(self) -> Outcome:
        """Recall the last consent: a code works once, so none can be tried."""
        at = self._entry.data.get(CONF_SIGNED_IN_AT)
        if at is None:
            return skipped("when the owner consented was not noted")
        return passed(f"Tesla returned both on {at}")

    async def async_vehicles(self) -> Outcome:
        """Ask for the cars."""
        found = await self._account.client.vehicles()
        return passed(f"Tesla lists {len(found)} of them")

    async def async_refresh(self) -> Outcome:
        """Have a new pair."""
        await self._data.tokens.async_rotate()
        self._is_refreshed = True
        return passed(f"good until {_until(self._data.tokens.pair.expires_at)}")

    async def async_refresh_again(self) -> Outcome:
        """Have another one, with the refresh token that has just come."""
        if not self._is_refreshed:
            return skipped("the first refresh failed")
        before = self._data.tokens.pair.refresh_token
        await self._data.tokens.async_rotate()
        is_same = self._data.tokens.pair.refresh_token == before
        return passed("Tesla keeps the refresh token" if is_same else "rotated again")

    async def async_scopes(self) -> Outcome:
        """Read what was granted out of the newest access token."""
        granted = claims(self._data.tokens.pair.access_token).scopes
        if lacks := missing(granted):
            return failed(f"missing: {', '.join(lacks)}", Trouble.SCOPES_MISSING)
        return passed(f"granted: {', '.join(sorted(granted))}")

    async def async_region(self) -> Outcome:
        """Compare Tesla's word with where we ask."""
        found = await self._account.client.region()
        stored = self._entry.data[CONF_API_URL]
        region = api.async_hosts(self._hass).region_of(found.base_url)
        name = region.value if region else found.base_url
        if found.base_url != stored:
            return failed(f"Tesla keeps the account in {name}; {stored} is asked")
        return passed(f"{name} ({stored})")

    # ---- the key

    async def async_key_path(self) -> Outcome:
        """Judge the path."""
        return await self._async_facet(Facet.PATH)

    async def async_key_no_redirect(self) -> Outcome:
        """Judge whether it is led elsewhere."""
        return await self._async_facet(Facet.NO_REDIRECT)

    async def async_key_raw_pem(self) -> Outcome:
        """Judge the content."""
        return await self._async_facet(Facet.RAW_PEM)

    async def async_key_no_auth(self) -> Outcome:
        """Judge whether anybody may fetch it."""
        return await self._async_facet(Facet.NO_AUTH)

    async def async_key_equal(self) -> Outcome:
        """Compare the hosted key with ours."""
        return await self._async_facet(Facet.KEY_EQUAL)

    async def _async_facet(self, facet: Facet) -> Outcome:
        """Judge one side of the look at the domain."""
        looked = await self._key_seen()
        if looked is None:
            return NOT_SET_UP
        if looked.facet(facet):
            return passed("as Tesla wants it")
        words = await wording.async_error(
            self._hass, f"key_{looked.finding}", looked.detail
        )
        if not looked.is_certain:
            return skipped(f"cannot be judged from inside: {words}")
        if facet is not _culprit(looked):
            return skipped("another check of the key failed before this one")
        is_other = facet is Facet.KEY_EQUAL
        trouble = Trouble.KEY_CHANGED if is_other else Trouble.KEY_NOT_HOSTED
        return failed(words, trouble)

    async def async_registered(self) -> Outcome:
        """Compare the key that Tesla has in each region with ours."""
        regions: list[str] = self._entry.data.get(CONF_REGISTERED, [])
        domain, point = self._entry.data.get(CONF_DOMAIN), await self._point()
        if not regions or not domain or point is None:
            return NOT_SET_UP
        local = keys.fingerprint_of(point)
        seen, trouble = [f"local {local}, {await self._hosted(local)}"], None
        for base_url in sorted({*regions, self._entry.data[CONF_API_URL]}):
            found = await self._async_registered_key(domain, base_url)
            name = api.async_hosts(self._hass).region_of(base_url) or base_url
            if found is None:
                seen.append(f"not registered in {name}")
                trouble = Trouble.NOT_REGISTERED
                continue
            seen.append(f"registered in {name} {keys.fingerprint_of(found)}")
            if found != point:
                trouble = trouble or Trouble.KEY_CHANGED
        words = ", ".join(seen)
        return failed(words, trouble) if trouble else passed(words)

    async def _hosted(self, local: str) -> str:
        """Say which key the domain answers with."""
        looked = await self._key_seen()
        is_equal = looked.key_equal if looked else None
        names = {True: local, False: "another key", None: "could not be judged"}
        return f"hosted {names[is_equal]}"

    async def _async_registered_key(self, domain: str, base_url: str) -> bytes | None:
        """Ask one region for the key it has; None where it has none."""
        partner = api.async_partner(
            self._hass, await self._application(), base_url, self._data.journal
        )
        try:
            return await partner.public_key(domain)
        except NotFound, NotRegistered:
            return None

    # ---- the cars

    async def async_paired(self, vehicle: VehicleCoordinator) -> Outcome:
        """Read whether a car has our key."""
        status = (await self._statuses())[vehicle.vin]
        if status.key_paired:
            vehicle.was_paired = True
            return passed("the car has the key")
        if status.protocol_required is False:
            return skipped("this car needs no key")
        if status.key_paired is None:
            return skipped("Tesla does not say")
        # Who left pairing for later knows; who had it must hear that it is gone.
        had_it = vehicle.was_paired or self._data.channels.has_met(vehicle.vin)
        is_news = had_it or vehicle.is_doubtful
        trouble = Trouble.NOT_PAIRED if is_news else None
        return failed("the car does not have the key", trouble)

    async def async_protocol(self, vehicle: VehicleCoordinator) -> Outcome:
        """Read what the car can do."""
        status = (await self._statuses())[vehicle.vin]
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

    async def async_command_reachable(self, vehicle: VehicleCoordinator) -> Outcome:
        """Shake hands with a car that is online, if the owner pays for that."""
        if not self._billed:
            return skipped("not asked for: Tesla bills it like a command")
        if not vehicle.takes_signed:
            return skipped("this car takes commands unsigned")
        if not self._account.budget_level.permits_person:
            return skipped("the budget for Tesla's bill is spent")
        listed = await self._account.client.vehicle(vehicle.vin)
        if listed.get("state") != "online":
            return skipped("the car sleeps or is offline, and is not woken")
        await self._data.channels.async_shake_hands(vehicle.vin, reason="run_checks")
        return passed("the car answered, and knows the key")

    # ---- the rest

    async def async_nothing(self) -> Outcome:
        """Look at what is not built yet."""
        return NOT_SET_UP

    async def async_clock(self) -> Outcome:
        """Compare the clocks by Tesla's last answer."""
        return clock_outcome(self._account.client.skew)

    async def async_budget(self) -> Outcome:
        """Compare the bill with the budget."""
        account = self._account
        budget = account.budget
        words = f"{account.cost} of {budget.amount} {budget.currency}"
        level = account.budget_level
        if not level.permits_automatic:
            return failed(f"{words}: {level.value}")
        return passed(
            f"{words}, about {round(account.projected, 2)} at the month's end"
        )


_ACCOUNT_CHECKS: Final[
    Mapping[CheckId, Callable[[_Examination], Awaitable[Outcome]]]
] = {
    CheckId.AUTHORIZE_URL: _Examination.async_authorize_url,
    CheckId.TOKEN_EXCHANGE: _Examination.async_token_exchange,
    CheckId.VEHICLES: _Examination.async_vehicles,
    CheckId.REFRESH: _Examination.async_refresh,
    CheckId.REFRESH_AGAIN: _Examination.async_refresh_again,
    CheckId.SCOPES: _Examination.async_scopes,
    CheckId.REGION: _Examination.async_region,
    CheckId.KEY_PATH: _Examination.async_key_path,
    CheckId.KEY_NO_REDIRECT: _Examination.async_key_no_redirect,
    CheckId.KEY_RAW_PEM: _Examination.async_key_raw_pem,
    CheckId.KEY_NO_AUTH: _Examination.async_key_no_auth,
    CheckId.KEY_EQUAL: _Examination.async_key_equal,
    CheckId.REGISTERED: _Examination.async_registered,
    CheckId.TELEMETRY_SERVER: _Examination.async_nothing,
    CheckId.TELEMETRY_CERTIFICATE: _Examination.async_nothing,
    CheckId.TELEMETRY_CONFIG: _Examination.async_nothing,
    CheckId.TELEMETRY_ERRORS: _Examination.async_nothing,
    CheckId.CLOCK: _Examination.async_clock,
    CheckId.BUDGET: _Examination.async_budget,
}
_CAR_CHECKS: Final[
    Mapping[CheckId, Callable[[_Examination, VehicleCoordinator], Awaitable[Outcome]]]
] = {
    CheckId.PAIRED: _Examination.async_paired,
    CheckId.PROTOCOL_AND_FIRMWARE: _Examination.async_protocol,
    CheckId.COMMAND_REACHABLE: _Examination.async_command_reachable,
}


def _redirect_uri(hass: HomeAssistant) -> str | None:
    """Return where Tesla sends the browser back to, as far as known without one."""
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return None


def _page_outcome(page: AuthorizePage, redirect_uri: str) -> Outcome:
    """Judge Tesla's sign-in page; what is not recognised says nothing against it."""
    if page.finding is not None:
        return failed(f"Tesla does not know this {page.finding.value}: {redirect_uri}")
    if page.error is not None:
        return failed(f"Tesla answers {page.error} at once")
    if page.status is None:
        return failed("Tesla's sign-in page does not answer")
    if page.status == _BOT_WALL or page.status >= 400:
        return passed(f"could not be judged: Tesla answers {page.status} to a program")
    return passed(f"the page opens; the browser comes back to {redirect_uri}")


def _culprit(looked: Diagnosis) -> Facet:
    """Return the side that a look failed at; what is before them all is the path's."""
    wrong = (facet for facet in Facet if looked.facet(facet) is False)
    return next(wrong, Facet.PATH)


def _until(moment: datetime) -> str:
    """Return a moment as a report shows it."""
    return moment.isoformat(timespec="minutes")
