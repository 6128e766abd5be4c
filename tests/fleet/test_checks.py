"""The doctor's table, and how what was found is read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from custom_components.fleet_pulse.fleet import checks
from custom_components.fleet_pulse.fleet.checks import (
    BY_ID,
    CHECKS,
    PERMISSIONS,
    SELF_CHECKS,
    SUSPECTS,
    CheckId,
    Suspicion,
    Trouble,
    missing,
)
from custom_components.fleet_pulse.fleet.report import (
    NOT_SET_UP,
    Finding,
    Outcome,
    Report,
    Result,
    clock_outcome,
    failed,
    passed,
)

AT: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
WELL: Final = passed("all is well")
PAGE: Final = Path(__file__).parents[2] / "docs/doctor.md"


def report(**outcomes: Outcome) -> Report:
    """Give a report in which everything passed but what is named."""
    found = {row.id.value: WELL for row in CHECKS} | outcomes
    return Report(
        at=AT,
        findings=tuple(
            Finding(check=row, outcome=found[row.id.value]) for row in CHECKS
        ),
    )


def test_the_order_is_the_specified_one() -> None:
    """Each id has one row, in the order in which the ids stand."""
    assert [row.id for row in CHECKS] == list(CheckId)


@pytest.mark.parametrize("row", CHECKS, ids=lambda row: row.id.value)
def test_a_row_says_what_to_do(row: checks.Check) -> None:
    """In whole sentences for the owner, and in a clause for the table."""
    assert row.do[0].isupper()
    assert row.do.endswith(".")
    assert not row.proves.endswith(".")


def test_only_the_handshake_is_billed() -> None:
    """Everything else is free, and the daily look is of what is free."""
    assert {row.id for row in CHECKS if row.is_billed} == {CheckId.COMMAND_REACHABLE}
    assert not {check for check in SELF_CHECKS if BY_ID[check].is_billed}


def test_every_suspicion_has_its_chain() -> None:
    """No check stands twice in one."""
    assert set(SUSPECTS) == set(Suspicion)
    assert [chain for chain in SUSPECTS.values() if len(set(chain)) != len(chain)] == []


@pytest.mark.parametrize(
    ("wrong", "suspects"),
    [
        pytest.param((), {}, id="nothing failed"),
        pytest.param(
            ("region", "scopes", "refresh_again"),
            {"access": ["refresh_again", "scopes", "region"]},
            id="401 and 403: rotation before permissions before region",
        ),
        pytest.param(
            ("key_raw_pem", "key_path", "key_no_redirect", "authorize_url"),
            {
                "registration": [
                    "authorize_url",
                    "key_path",
                    "key_no_redirect",
                    "key_raw_pem",
                ]
            },
            id="registration: redirect URI, path, redirect, web page",
        ),
        pytest.param(
            ("paired", "command_reachable", "budget"),
            {
                "commands": ["command_reachable", "paired", "budget"],
                "telemetry": ["paired"],
            },
            id="commands: out of reach before key before retry",
        ),
        pytest.param(
            ("paired", "protocol_and_firmware", "telemetry_server"),
            {
                "commands": ["paired"],
                "telemetry": ["telemetry_server", "protocol_and_firmware", "paired"],
            },
            id="telemetry: server before firmware before key",
        ),
    ],
)
def test_suspects_come_in_the_checklists_order(
    wrong: tuple[str, ...], suspects: dict[str, list[str]]
) -> None:
    """Whatever the order in which the checks failed."""
    found = report(**dict.fromkeys(wrong, failed("it is wrong")))
    assert found.is_healthy is not bool(wrong)
    assert found.as_dict()["suspects"] == suspects


def test_what_to_do_is_said_only_where_something_failed() -> None:
    """A check that passed asks for nothing."""
    said = report(region=failed("another one")).as_dict()["checks"]
    assert {row["id"] for row in said if row["do"]} == {"region"}


def test_a_car_is_named_and_its_number_is_not() -> None:
    """Reports are sent around."""
    finding = Finding(
        check=BY_ID[CheckId.PAIRED], outcome=WELL, vin="5YJSECRET", car="Skipper"
    )
    assert finding.as_dict()["car"] == "Skipper"
    assert "5YJ" not in repr(finding)
    assert "5YJ" not in str(finding.as_dict())


# ---- what the owner must hear of

NOT_REGISTERED: Final = (Trouble.NOT_REGISTERED, None)


def test_a_failure_without_certainty_raises_and_clears_nothing() -> None:
    """Tesla out of reach proves nothing, in neither direction."""
    found = report(registered=failed("Tesla cannot be reached"))
    assert found.raised() == {}
    assert NOT_REGISTERED not in found.disproved()


def test_one_proof_outweighs_a_pass() -> None:
    """The cars are listed here, but another region does not know the key."""
    found = report(registered=failed("not in na", Trouble.NOT_REGISTERED))
    assert set(found.raised()) == {NOT_REGISTERED}
    assert NOT_REGISTERED not in found.disproved()


def test_what_passed_is_mended() -> None:
    """And what was skipped is not."""
    assert NOT_REGISTERED in report().disproved()
    assert (Trouble.KEY_NOT_HOSTED, None) in report().disproved()
    skipped = report(clock=NOT_SET_UP).disproved()
    assert (Trouble.CLOCK_WRONG, None) not in skipped


def test_cars_are_told_apart() -> None:
    """One has the key, the other one lost it."""
    row = BY_ID[CheckId.PAIRED]
    lost = failed("gone", Trouble.NOT_PAIRED)
    one = Finding(check=row, outcome=WELL, vin="1", car="One")
    two = replace(one, outcome=lost, vin="2", car="Two")
    found = Report(at=AT, findings=(one, two))
    assert found.raised() == {(Trouble.NOT_PAIRED, "2"): two}
    assert found.disproved() == {(Trouble.NOT_PAIRED, "1")}


# ---- judgements


@pytest.mark.parametrize(
    ("skew", "result", "words"),
    [
        pytest.param(None, Result.SKIPPED, "not told", id="unknown"),
        pytest.param(timedelta(0), Result.PASSED, "0 seconds", id="right"),
        pytest.param(
            timedelta(seconds=-31), Result.PASSED, "set the clock", id="a little off"
        ),
        pytest.param(timedelta(minutes=5), Result.PASSED, "300", id="just bearable"),
        pytest.param(
            timedelta(minutes=6), Result.FAILED, "6 minutes behind", id="slow"
        ),
        pytest.param(
            timedelta(minutes=-90), Result.FAILED, "90 minutes ahead", id="fast"
        ),
    ],
)
def test_clocks_may_differ_a_little(
    skew: timedelta | None, result: Result, words: str
) -> None:
    """Five minutes are the end; half a minute is worth a word."""
    outcome = clock_outcome(skew)
    assert outcome.result is result
    assert words in outcome.seen


@pytest.mark.parametrize(
    ("without", "lacks"),
    [
        pytest.param((), (), id="all granted"),
        pytest.param(
            ("vehicle_charging_cmds",), (), id="all commands include charging"
        ),
        pytest.param(("vehicle_location",), ("Vehicle location",), id="no location"),
        pytest.param(
            ("vehicle_cmds", "vehicle_charging_cmds"),
            ("Vehicle charging management", "Vehicle commands"),
            id="no commands",
        ),
    ],
)
def test_permissions_are_missed_by_name(
    without: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    """As Tesla's consent page calls them."""
    assert missing(PERMISSIONS.keys() - set(without)) == lacks


# ---- the page


def test_the_page_shows_the_table() -> None:
    """It is made from the table; this is what it must hold."""
    per = {False: "account", True: "each car"}
    billed = {False: "free", True: "**billed**: one command per online car"}
    rows = [
        f"| `{row.id}` | {row.proves} | {per[row.is_per_car]} |"
        f" {billed[row.is_billed]} | {row.do} |"
        for row in CHECKS
    ]
    assert "\n".join(rows) in PAGE.read_text()


def test_the_page_shows_the_suspects() -> None:
    """In their order."""
    rows = [
        f"| {kind} | {' → '.join(f'`{check}`' for check in chain)} |"
        for kind, chain in SUSPECTS.items()
    ]
    assert "\n".join(rows) in PAGE.read_text()
