"""What refused refreshes add up to, told from their history alone."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Final

from hypothesis import given, strategies as st
import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.answers import token_error_from
from custom_components.fleet_pulse.fleet.refusals import Refusals, TokenTrouble

NOW: Final = datetime(2026, 10, 5, 6, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
HTML: Final = "<html><body>Access Denied</body></html>"

type Event = tuple[e.FleetError | None, str, timedelta]
"""How a refresh ended (None is well), whose it was, and when."""


def said(status: int, word: str = "") -> e.FleetError:
    """Give the error of an answer with a word, or else with a page."""
    body = f'{{"error": "{word}"}}' if word else HTML
    return token_error_from(status, {}, body, NOW)


GONE: Final = said(401, "login_required")
USED_UP: Final = said(400, "invalid_grant")
BARE: Final = token_error_from(401, {}, "", NOW)
WALL: Final = said(403)
SECRET: Final = said(401, "invalid_client")


def after(*events: Event) -> Refusals:
    """Give what a history adds up to."""

    def add(known: Refusals, event: Event) -> Refusals:
        error, token, at = event
        return known.refused(error, token, NOW + at) if error else known.succeeded()

    return reduce(add, events, Refusals())


def row(*errors: e.FleetError | None) -> Refusals:
    """Give what follows from refreshes of one sign-in, one hour after another."""
    return after(*((err, "one", n * HOUR) for n, err in enumerate(errors)))


@pytest.mark.parametrize(
    ("errors", "trouble"),
    [
        pytest.param([], None, id="nothing happened"),
        pytest.param([SECRET], TokenTrouble.CREDENTIAL_REFUSED, id="the application"),
        pytest.param(
            [said(400, "unauthorized_client")],
            TokenTrouble.CREDENTIAL_REFUSED,
            id="the application's rights",
        ),
        pytest.param(
            [said(400, "invalid_request")],
            TokenTrouble.CREDENTIAL_REFUSED,
            id="the application's form",
        ),
        pytest.param([SECRET, None], None, id="the application, mended"),
        pytest.param(
            [SECRET, said(503), WALL],
            TokenTrouble.CREDENTIAL_REFUSED,
            id="the application, then trouble at Tesla",
        ),
        pytest.param([WALL, WALL], None, id="a bot wall, twice"),
        pytest.param([WALL] * 3, TokenTrouble.REFUSED_THRICE, id="a bot wall, thrice"),
        pytest.param(
            [WALL, said(418), e.InvalidAnswer("an HTML page")],
            TokenTrouble.REFUSED_THRICE,
            id="three answers without a word",
        ),
        pytest.param(
            [WALL, said(503), WALL, e.AnswerLost(), said(429), WALL],
            TokenTrouble.REFUSED_THRICE,
            id="trouble at Tesla does not end the row",
        ),
        pytest.param([WALL, WALL, None, WALL], None, id="a success ends the row"),
        pytest.param([WALL, WALL, GONE, WALL], None, id="a readable word ends the row"),
        pytest.param([said(503)] * 9, None, id="trouble at Tesla"),
        pytest.param([said(429)] * 9, None, id="too many requests"),
        pytest.param([said(401)] * 2, None, id="a page with a 401, twice"),
        pytest.param([e.AnswerLost(), e.Unreachable()] * 9, None, id="no connection"),
        pytest.param([e.NotSaved("full")] * 9, None, id="a full disk"),
        pytest.param([GONE] * 9, None, id="one sign-in counts once"),
    ],
)
def test_a_history_adds_up(
    errors: list[e.FleetError | None], trouble: TokenTrouble | None
) -> None:
    """Only what waiting does not mend is told."""
    assert row(*errors).trouble(NOW + len(errors) * HOUR) == trouble


@pytest.mark.parametrize(
    ("events", "at", "is_cloned"),
    [
        pytest.param(
            [(GONE, "1", 0 * HOUR), (USED_UP, "2", HOUR), (GONE, "3", 23 * HOUR)],
            23 * HOUR,
            True,
            id="three within a day",
        ),
        pytest.param(
            [(GONE, "1", 0 * HOUR), (GONE, "2", HOUR), (None, "3", 2 * HOUR)],
            2 * HOUR,
            False,
            id="two",
        ),
        pytest.param(
            [(GONE, "1", 0 * HOUR), (GONE, "2", HOUR), (GONE, "3", 25 * HOUR)],
            25 * HOUR,
            False,
            id="three in more than a day",
        ),
        pytest.param(
            [
                (GONE, "1", 0 * HOUR),
                (None, "2", HOUR),
                (GONE, "2", 2 * HOUR),
                (GONE, "3", 3 * HOUR),
                (None, "4", 4 * HOUR),
            ],
            5 * HOUR,
            True,
            id="signing in again does not end it",
        ),
        pytest.param(
            [(GONE, "1", 0 * HOUR), (GONE, "2", HOUR), (GONE, "3", 2 * HOUR)],
            25 * HOUR,
            False,
            id="it ends as fewer than three are within a day",
        ),
        pytest.param(
            [(BARE, "1", 0 * HOUR), (BARE, "2", HOUR), (BARE, "3", 2 * HOUR)],
            2 * HOUR,
            False,
            id="a 401 without a word accuses nobody",
        ),
        pytest.param(
            [(GONE, "1", -30 * HOUR), (GONE, "2", 30 * HOUR), (GONE, "3", 0 * HOUR)],
            0 * HOUR,
            False,
            id="a clock that was wrong by more than a day",
        ),
    ],
)
def test_three_sign_outs_within_a_day_are_a_clone(
    events: list[Event], at: timedelta, is_cloned: bool
) -> None:
    """Another installation uses the same sign-in: no owner signs out so often."""
    trouble = after(*events).trouble(NOW + at)
    assert trouble == (TokenTrouble.CLONED if is_cloned else None)


ERRORS: Final = st.sampled_from([GONE, USED_UP, BARE, WALL, SECRET, said(503), None])
EVENTS: Final = st.tuples(
    ERRORS, st.sampled_from("abcd"), st.timedeltas(-3 * 24 * HOUR, 3 * 24 * HOUR)
)


@given(events=st.lists(EVENTS, max_size=20))
def test_sign_outs_outlive_a_restart_and_nothing_else_does(events: list[Event]) -> None:
    """A restart is a new beginning for what waits and rows mean."""
    known = after(*events)
    again = Refusals.load(known.dump())
    assert again.sign_outs == known.sign_outs
    assert (again.in_a_row, again.is_credential_refused) == (0, False)
    assert len(known.sign_outs) <= 3
    assert b"abcd" not in known.dump()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'[{"at": "2026-10-05T06:00:00", "of": "x"}]',
        b'[{"at": 7, "of": "x"}]',
        b'[{"of": "x"}]',
    ],
)
def test_what_cannot_be_read_is_forgotten(raw: bytes | None) -> None:
    """It is a hint for the owner, and no reason to stop."""
    assert Refusals.load(raw) == Refusals()
