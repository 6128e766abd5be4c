"""What there is to tell of wakes, and what is no news."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.fleet_pulse.fleet.wake import (
    Limits,
    Refuse,
    WakeAttempt,
    WakeOutcome,
    WakeRefusal,
)
from custom_components.fleet_pulse.fleet.wake_news import (
    Refusals,
    WakeKind,
    WokenBy,
    of_attempt,
    of_refusal,
    whose,
    woken_by,
)

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOTHING = Refusals(old_until={})


def refusal(
    reason: WakeRefusal = WakeRefusal.UNPLUGGED,
    who: str = "rule",
    retry_at: datetime | None = None,
) -> Refusals | None:
    """Return what is known once a refusal was told."""
    news = of_refusal(
        Refuse(reason=reason, retry_at=retry_at), reason=who, scheduled=True
    )
    return NOTHING.with_told("A", news, NOW)


@pytest.mark.parametrize(
    ("vin", "who", "reason", "after", "is_news"),
    [
        pytest.param("A", "rule", "unplugged", MINUTE, False, id="the same again"),
        pytest.param("A", "rule", "unplugged", HOUR, True, id="the same much later"),
        pytest.param("B", "rule", "unplugged", MINUTE, True, id="another car"),
        pytest.param("A", "button", "unplugged", MINUTE, True, id="somebody else"),
        pytest.param("A", "rule", "budget", MINUTE, True, id="another reason"),
    ],
)
def test_a_refusal_is_news_once(
    vin: str, who: str, reason: str, after: timedelta, is_news: bool
) -> None:
    """For each car, who wanted it and why not, within an hour."""
    known = refusal()
    assert known is not None
    news = of_refusal(Refuse(reason=WakeRefusal(reason)), reason=who, scheduled=True)

    assert (known.with_told(vin, news, NOW + after) is not None) is is_news


def test_nobody_is_told_again_before_another_try_makes_sense() -> None:
    """Who must wait ten hours is told once in ten hours."""
    retry_at = NOW + 10 * HOUR
    known = refusal(WakeRefusal.DAILY_LIMIT, retry_at=retry_at)
    assert known is not None
    news = of_refusal(
        Refuse(reason=WakeRefusal.DAILY_LIMIT), reason="rule", scheduled=True
    )

    assert known.with_told("A", news, retry_at - MINUTE) is None
    assert known.with_told("A", news, retry_at) is not None


def test_what_is_old_is_forgotten() -> None:
    """The memory does not grow with the months."""
    known = refusal()
    assert known is not None
    news = of_refusal(Refuse(reason=WakeRefusal.BUDGET), reason="x", scheduled=True)

    later = known.with_told("A", news, NOW + HOUR)

    assert later is not None
    assert len(later.old_until) == 1


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        pytest.param(WakeOutcome.AWAKE, WakeKind.AWAKE, id="awake"),
        pytest.param(WakeOutcome.FAILED, WakeKind.FAILED, id="failed"),
        pytest.param(WakeOutcome.LOST, WakeKind.LOST, id="interrupted"),
        pytest.param(None, WakeKind.LOST, id="without an end"),
    ],
)
def test_an_attempt_is_told_as_it_ended(
    outcome: WakeOutcome | None, kind: WakeKind
) -> None:
    """With who wanted it, how long it took and how often the car was called."""
    attempt = WakeAttempt(
        vin="A",
        at=NOW,
        scheduled=True,
        reason="rule",
        outcome=outcome,
        posts=2,
        ended_at=NOW + MINUTE,
    )

    news = of_attempt(attempt)

    assert (news.kind, news.result) == (kind, kind.value)
    assert (news.reason, news.scheduled) == ("rule", True)
    assert (news.took, news.posts) == (MINUTE, 2)


# ---- by whom


@pytest.mark.parametrize(
    ("attempt", "seconds", "by"),
    [
        pytest.param({}, 20, WokenBy.ACTION, id="while somebody wakes it"),
        pytest.param({"scheduled": True}, 20, WokenBy.RULE, id="while a rule wakes it"),
        pytest.param({"ended": 30}, 80, WokenBy.ACTION, id="right after the end"),
        pytest.param({"ended": 30}, 100, WokenBy.CAR, id="long after the end"),
        pytest.param({}, 300, WokenBy.ACTION, id="nobody noted the end"),
        pytest.param({}, 400, WokenBy.CAR, id="that must have ended long ago"),
        pytest.param({}, -1, WokenBy.CAR, id="before it began"),
        pytest.param({"posts": 0}, 20, WokenBy.CAR, id="Tesla was not asked yet"),
        pytest.param({"vin": "other"}, 20, WokenBy.CAR, id="another car"),
    ],
)
def test_a_car_that_is_awake_was_woken_by_somebody(
    attempt: dict[str, Any], seconds: float, by: WokenBy
) -> None:
    """By us if an attempt of ours is under way, or just over; else it was not us."""
    ended = attempt.get("ended")
    made = WakeAttempt(
        vin=attempt.get("vin", "VIN"),
        at=NOW,
        scheduled=attempt.get("scheduled", False),
        reason="button wake",
        posts=attempt.get("posts", 1),
        ended_at=None if ended is None else NOW + timedelta(seconds=ended),
    )
    at = NOW + timedelta(seconds=seconds)
    assert whose(woken_by([made], "VIN", at, Limits())) is by


def test_the_last_attempt_counts() -> None:
    """Where several may have done it."""
    first, last = (
        WakeAttempt(vin="VIN", at=at, scheduled=False, reason=reason, posts=1)
        for at, reason in ((NOW, "first"), (NOW + timedelta(seconds=60), "last"))
    )
    at = NOW + timedelta(seconds=70)
    assert woken_by([last, first], "VIN", at, Limits()) is last
