"""The doctor: the owner's checklist on a running account."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
import json
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.fleet_pulse.const import CONF_SIGNED_IN_AT, DOMAIN
from custom_components.fleet_pulse.fleet import keys
from custom_components.fleet_pulse.fleet.budget import Budget
from custom_components.fleet_pulse.fleet.checks import CHECKS
from tests.fake_fleet.accounts import CLIENT_CREDENTIALS
from tests.internet.certificates import Certificate

from .account import TOKEN_PATH
from .doctor import Domain, awake, domain, examine, open_issues, row
from .flows import HOST, account_of, application
from .household import Household

__all__ = ["domain"]

MINUTE: Final = 60
SIGNED_IN_AT: Final = "2026-10-05T06:00:00+00:00"

type Spoil = Callable[[Household, Domain], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is done to the world, and what the doctor says of it."""

    check: str
    result: str
    words: str
    spoil: Spoil = lambda house, domain: None
    car: str | None = None
    data: dict[str, Any] | None = None
    issues: tuple[str, ...] = ()


def entry_without(key: str) -> Spoil:
    """Take something out of what the set-up reached."""

    def spoil(house: Household, domain: Domain) -> None:
        data = {k: v for k, v in house.entry.data.items() if k != key}
        house.hass.config_entries.async_update_entry(house.entry, data=data)

    return spoil


def failing(path: str, **how: Any) -> Spoil:
    """Let requests to a path go wrong."""
    return lambda house, domain: house.cloud.fail(path, **how)


def seeing(behaviour: str) -> Spoil:
    """Put something else at the key's place."""
    return lambda house, domain: domain.does(behaviour)


def unseen(house: Household, domain: Domain) -> None:
    """Let nobody inside judge the domain."""
    domain.hide()


def expired(house: Household, domain: Domain) -> None:
    """Forget to renew the certificate."""
    domain.host.certificate = Certificate.EXPIRED


def lose_key(house: Household, domain: Domain) -> None:
    """Delete the key on the car's Locks screen."""
    key = house.cloud.key_of(HOST)
    assert key is not None
    house.car.unpair(key)


def register_other(house: Household, domain: Domain) -> None:
    """Have another key registered under the domain."""
    point = keys.public_bytes(keys.create())
    application(house).register("eu", domain=HOST, public_key=point)


def move(house: Household, domain: Domain) -> Any:
    """Have Tesla name another region, while the old host still answers."""
    elsewhere = {"region": "na", "fleet_api_base_url": house.cloud.api_urls["na"]}
    return house.cloud.fail("*/users/region", body={"response": elsewhere})


def spend(house: Household, domain: Domain) -> None:
    """Spend the whole budget."""
    budget = Budget(amount=Decimal(0), currency="USD")
    house.entry.runtime_data.account.budget = budget


def stop(house: Household, domain: Domain) -> None:
    """Spend the whole budget, as its hard end."""
    budget = Budget(amount=Decimal(0), currency="USD", hard_stop=True)
    house.entry.runtime_data.account.budget = budget


NEW: Final = "Skipper"
OLD: Final = "Grandpa"
CASES: Final = (
    # ---- sign-in
    pytest.param(
        Case(
            check="authorize_url",
            result="failed",
            words="redirect_uri: https://example.com/auth/external/callback",
            spoil=lambda house, domain: setattr(
                application(house), "redirect_uris", frozenset()
            ),
        ),
        id="the redirect URI is not registered",
    ),
    pytest.param(
        Case(
            check="authorize_url",
            result="failed",
            words="unauthorized_client",
            spoil=lambda house, domain: setattr(
                application(house), "grants", {CLIENT_CREDENTIALS}
            ),
        ),
        id="the application may not ask owners",
    ),
    pytest.param(
        Case(
            check="authorize_url",
            result="failed",
            words="does not answer",
            spoil=failing("*/authorize", reset="before", times=9),
        ),
        id="the sign-in page does not answer",
    ),
    pytest.param(
        Case(
            check="authorize_url",
            result="passed",
            words="could not be judged",
            spoil=failing("*/authorize", status=403, html=True),
        ),
        id="a bot wall blocks nobody",
    ),
    pytest.param(
        Case(
            check="token_exchange",
            result="skipped",
            words="not noted",
            spoil=entry_without(CONF_SIGNED_IN_AT),
        ),
        id="the consent was not noted",
    ),
    pytest.param(
        Case(
            check="vehicles",
            result="failed",
            words="trouble",
            spoil=failing("/api/1/vehicles", status=503),
        ),
        id="Tesla does not list the cars",
    ),
    pytest.param(
        Case(
            check="vehicles",
            result="failed",
            words="does not know your application",
            spoil=failing(
                "/api/1/vehicles",
                status=412,
                body={"error": "Account x must be registered in the current region"},
            ),
            issues=("not_registered",),
        ),
        id="Tesla knows nobody in this region",
    ),
    pytest.param(
        Case(
            check="refresh",
            result="failed",
            words="trouble",
            spoil=failing(TOKEN_PATH, status=503),
        ),
        id="the first refresh fails",
    ),
    pytest.param(
        Case(
            check="refresh_again",
            result="skipped",
            words="first refresh failed",
            spoil=failing(TOKEN_PATH, status=503),
        ),
        id="without a first refresh there is no second one",
    ),
    pytest.param(
        Case(
            check="refresh_again",
            result="failed",
            words="trouble",
            spoil=failing(TOKEN_PATH, status=503, skip=1),
        ),
        id="the second refresh fails",
    ),
    pytest.param(
        Case(
            check="refresh",
            result="failed",
            words="client ID or secret",
            spoil=failing(
                TOKEN_PATH, status=401, body={"error": "invalid_client"}, times=2
            ),
            issues=("credential_refused",),
        ),
        id="Tesla refuses the application",
    ),
    pytest.param(
        Case(
            check="scopes",
            result="failed",
            words="missing: Vehicle location",
            spoil=lambda house, domain: account_of(house).withdraw("vehicle_location"),
            issues=("scopes_missing",),
        ),
        id="a permission was taken back",
    ),
    pytest.param(
        Case(
            check="region",
            result="failed",
            words="Tesla keeps the account in na",
            spoil=move,
        ),
        id="the account is in another region",
    ),
    # ---- the key
    *(
        pytest.param(
            Case(
                check=check,
                result="failed",
                words=words,
                spoil=seeing(behaviour),
                issues=(issue,),
            ),
            id=f"{check}: {behaviour}",
        )
        for check, behaviour, words, issue in (
            ("key_path", "wrong_path", "exactly this path", "key_not_hosted"),
            ("key_path", "bad_gateway", "502", "key_not_hosted"),
            ("key_no_redirect", "redirect_301", "www.example.com", "key_not_hosted"),
            ("key_no_redirect", "redirect_308", "308", "key_not_hosted"),
            ("key_raw_pem", "index_html", "web page", "key_not_hosted"),
            ("key_no_auth", "basic_auth", "login", "key_not_hosted"),
            ("key_equal", "other_key", "Another key", "key_changed"),
        )
    ),
    pytest.param(
        Case(
            check="key_path",
            result="failed",
            words="expired",
            spoil=expired,
            issues=("key_not_hosted",),
        ),
        id="nobody gets as far as the path",
    ),
    pytest.param(
        Case(
            check="key_raw_pem",
            result="skipped",
            words="another check",
            spoil=seeing("redirect_301"),
        ),
        id="behind a redirect nothing is seen",
    ),
    pytest.param(
        Case(
            check="key_no_auth",
            result="skipped",
            words="protection against robots",
            spoil=seeing("cloudflare"),
        ),
        id="a wall against robots may let Tesla pass",
    ),
    *(
        pytest.param(
            Case(
                check=check,
                result="skipped",
                words="could not be looked up",
                spoil=unseen,
            ),
            id=f"{check} cannot be judged",
        )
        for check in (
            "key_path",
            "key_no_redirect",
            "key_raw_pem",
            "key_no_auth",
            "key_equal",
        )
    ),
    pytest.param(
        Case(
            check="registered",
            result="failed",
            words="not registered in eu",
            spoil=failing("*/partner_accounts/public_key", status=404),
            issues=("not_registered",),
        ),
        id="the region does not know the domain",
    ),
    pytest.param(
        Case(
            check="registered",
            result="failed",
            words="registered in eu",
            spoil=register_other,
            issues=("key_changed", "not_paired"),
        ),
        id="Tesla has another key",
    ),
    pytest.param(
        Case(
            check="registered",
            result="failed",
            words="client ID or secret",
            spoil=lambda house, domain: setattr(
                application(house), "client_secret", "renewed"
            ),
            issues=("credential_refused",),
        ),
        id="the secret was renewed",
    ),
    # ---- the cars
    pytest.param(
        Case(
            check="paired",
            result="failed",
            words="does not have the key",
            spoil=lose_key,
            car=NEW,
            issues=("not_paired",),
        ),
        id="the key was deleted in the car",
    ),
    pytest.param(
        Case(check="paired", result="skipped", words="needs no key", car=OLD),
        id="a car from before signing needs no key",
    ),
    pytest.param(
        Case(
            check="protocol_and_firmware",
            result="failed",
            words="trouble",
            spoil=failing("*/fleet_status", status=503),
            car=NEW,
        ),
        id="Tesla says nothing of the car",
    ),
    *(
        pytest.param(
            Case(
                check=check,
                result=result,
                words=words,
                spoil=failing("*/fleet_status", status=200, body={"response": {}}),
                car=NEW,
            ),
            id=f"Tesla's answer has no word of the car: {check}",
        )
        for check, result, words in (
            ("paired", "skipped", "does not say"),
            ("protocol_and_firmware", "failed", "says nothing"),
        )
    ),
    pytest.param(
        Case(
            check="command_reachable", result="skipped", words="not asked for", car=NEW
        ),
        id="nobody asked for what is billed",
    ),
    pytest.param(
        Case(
            check="command_reachable",
            result="skipped",
            words="not woken",
            spoil=lambda house, domain: house.car.sleep_now(),
            car=NEW,
            data={"billed": True},
        ),
        id="a sleeping car sleeps on",
    ),
    pytest.param(
        Case(
            check="command_reachable",
            result="skipped",
            words="is spent",
            spoil=stop,
            car=NEW,
            data={"billed": True},
        ),
        id="a budget that ends hard pays for no handshake",
    ),
    pytest.param(
        Case(
            check="command_reachable",
            result="skipped",
            words="unsigned",
            car=OLD,
            data={"billed": True},
        ),
        id="a car from before signing is not asked",
    ),
    pytest.param(
        Case(
            check="command_reachable",
            result="failed",
            words="key",
            spoil=lose_key,
            car=NEW,
            data={"billed": True},
            issues=("not_paired",),
        ),
        id="the car does not know the key",
    ),
    # ---- the rest
    *(
        pytest.param(
            Case(check=f"telemetry_{what}", result="skipped", words="not set up"),
            id=f"streaming is not set up: {what}",
        )
        for what in ("server", "certificate", "config", "errors")
    ),
    pytest.param(
        Case(
            check="clock",
            result="failed",
            words="6 minutes behind",
            spoil=lambda house, domain: setattr(
                house.cloud, "skew", timedelta(minutes=6)
            ),
            issues=("clock_wrong",),
        ),
        id="the clock is slow",
    ),
    pytest.param(
        Case(check="budget", result="failed", words="spent", spoil=spend),
        id="the budget is spent",
    ),
)


@pytest.fixture
async def home(house: Household, domain: Domain) -> Household:
    """Give a home where all is well and the newer car is awake."""
    await house.set_up()
    await domain.lead_to(house)
    awake(house)
    await house.pass_time(2 * MINUTE, MINUTE)
    data = {**house.entry.data, CONF_SIGNED_IN_AT: SIGNED_IN_AT}
    house.hass.config_entries.async_update_entry(house.entry, data=data)
    # Once seen as paired, a car that is not has lost the key.
    await examine(house)
    return house


async def test_all_is_well(home: Household) -> None:
    """Every check passes but what is not set up, and it costs one message."""
    before = len(home.cloud.requests.billed)
    report = await examine(home, billed=True)
    assert report["healthy"]
    assert report["suspects"] == {}
    skipped = {
        (said["id"], said.get("car"))
        for said in report["checks"]
        if said["result"] == "skipped"
    }
    assert skipped == {
        ("paired", OLD),
        ("command_reachable", OLD),
        ("telemetry_server", None),
        ("telemetry_certificate", None),
        ("telemetry_config", None),
        ("telemetry_errors", None),
    }
    assert [said for said in report["checks"] if said["do"]] == []
    assert row(report, "token_exchange")["seen"].endswith(SIGNED_IN_AT)
    (asked,) = home.cloud.requests.billed[before:]
    assert asked.vin == home.car.vin
    assert open_issues(home) == []


async def test_the_order_is_the_checklists(home: Household) -> None:
    """Whoever reads from the top meets the cause before the effect."""
    found = [said["id"] for said in (await examine(home))["checks"]]
    assert list(dict.fromkeys(found)) == [check.id for check in CHECKS]


async def test_fingerprints_are_shown_side_by_side(home: Household) -> None:
    """Local, hosted and registered: three times the same."""
    seen = row(await examine(home), "registered")["seen"]
    key = home.cloud.key_of(HOST)
    assert key is not None
    assert seen.count(keys.fingerprint_of(key)) == 3


@pytest.mark.parametrize("case", CASES)
async def test_a_check_sees_what_is_wrong(
    home: Household, domain: Domain, case: Case
) -> None:
    """And the owner hears of it where only the owner can mend it."""
    case.spoil(home, domain)
    report = await examine(home, **(case.data or {}))
    said = row(report, case.check, case.car)
    assert (said["result"], case.words in said["seen"]) == (case.result, True), said
    assert bool(said["do"]) is (case.result == "failed")
    assert set(case.issues) <= set(open_issues(home))
    text = json.dumps(report)
    assert [vin for vin in home.cloud.cars if vin in text] == []


async def test_a_free_visit_is_free(home: Household) -> None:
    """No request that Tesla bills, no wake."""
    home.car.sleep_now()
    before = len(home.cloud.requests.billed)
    await examine(home)
    assert len(home.cloud.requests.billed) == before
    assert home.car.state == "asleep"


async def test_before_the_set_up_is_finished_the_key_is_skipped(
    house: Household, domain: Domain
) -> None:
    """What is not there yet is neither right nor wrong."""
    await house.set_up(pair=False)
    report = await examine(house)
    later = ("key_path", "key_equal", "registered")
    assert {row(report, check)["result"] for check in later} == {"skipped"}
    assert {row(report, check)["seen"] for check in later} == {"not set up"}


async def test_without_an_address_the_page_is_skipped(home: Household) -> None:
    """There is no redirect URI to try."""
    await home.hass.config.async_update(external_url=None, internal_url=None)
    home.hass.config.api = None
    assert row(await examine(home), "authorize_url")["result"] == "skipped"


async def test_the_sign_in_survives_the_visit(home: Household) -> None:
    """Two rotations later, everything goes on with the newest pair."""
    await examine(home)
    await home.pass_time(9 * 3600, 300)
    assert home.entry.runtime_data.account.last_update_success


async def test_two_visits_come_one_after_the_other(home: Household) -> None:
    """Each proves two refreshes of its own."""
    before = len(home.cloud.requests.to(TOKEN_PATH))
    reports = await asyncio.gather(examine(home), examine(home))
    assert [report["healthy"] for report in reports] == [True, True]
    # Each asks for the application's own sign-in, too.
    assert len(home.cloud.requests.to(TOKEN_PATH)) == before + 6


# ---- who, and where it is shown


async def test_only_administrators_may_call_it(
    home: Household, hass_read_only_user: User
) -> None:
    """Nothing is asked for anybody else."""
    before = len(home.cloud.requests)
    with pytest.raises(Unauthorized):
        await examine(home, Context(user_id=hass_read_only_user.id))
    assert len(home.cloud.requests) == before


async def test_an_administrator_may(home: Household, hass_admin_user: User) -> None:
    """And gets the report."""
    report = await examine(home, Context(user_id=hass_admin_user.id))
    assert report["healthy"]


async def test_an_account_that_does_not_run_is_told(home: Household) -> None:
    """An entry that is stopped, or none of ours."""
    with pytest.raises(ServiceValidationError, match="not running"):
        await examine(home, config_entry_id="another")


def account_entity(house: Household, platform: str, key: str) -> str:
    """Find an entity of the account."""
    found = er.async_get(house.hass).async_get_entity_id(
        platform, DOMAIN, f"{house.entry.unique_id}-{key}"
    )
    assert found is not None
    return found


async def test_the_button_runs_what_is_free(house: Household, domain: Domain) -> None:
    """And the sensor beside it says in one word how it ended."""
    await house.set_up()
    await domain.lead_to(house)
    sensor = account_entity(house, "sensor", "checks")
    button = account_entity(house, "button", "run_checks")
    states = house.hass.states

    async def press() -> str:
        await house.hass.services.async_call(
            "button", "press", {"entity_id": button}, blocking=True
        )
        state = states.get(sensor)
        assert state is not None
        return state.state

    before = states.get(sensor)
    assert before is not None
    assert before.state == "never_run"
    assert await press() == "ok"
    lose_key(house, domain)
    assert await press() == "problems"
    assert house.cloud.requests.billed == []
