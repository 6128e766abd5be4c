"""Whom the beginning of an episode has reached."""

from datetime import UTC, datetime
import json
from typing import Final

import pytest

from custom_components.fleet_pulse.alerts.kind import Severity
from custom_components.fleet_pulse.alerts.news import Act, Episode, Message
from custom_components.fleet_pulse.alerts.reached import Reached

NOW: Final = datetime(2026, 10, 5, 20, tzinfo=UTC)
ANNA: Final = "phone of Anna"
BEN: Final = "phone of Ben"


def message(act: Act, *ids: str) -> Message:
    """Give a message about episodes."""
    return Message(
        act=act,
        alert="watch",
        vin="a car",
        tag="a tag",
        episodes=tuple(
            Episode(
                id=one,
                alert="watch",
                vin="a car",
                kind="low_battery",
                severity=Severity.WARNING,
                since=NOW,
                said_at=NOW,
            )
            for one in ids
        ),
    )


@pytest.mark.parametrize(
    ("told", "who"),
    [
        pytest.param([(Act.TELL, "a", [ANNA])], {ANNA}, id="one of two"),
        pytest.param([(Act.TELL, "a", [])], set(), id="nobody"),
        pytest.param(
            [(Act.TELL, "a", [ANNA]), (Act.TELL, "a", [BEN])],
            {ANNA, BEN},
            id="an update reaches the other",
        ),
        pytest.param([(Act.DIGEST, "ab", [BEN])], {BEN}, id="with others"),
        pytest.param(
            [(Act.TELL, "a", [ANNA]), (Act.SILENCED, "", [BEN])],
            {ANNA},
            id="that it is silent is no beginning",
        ),
        pytest.param(
            [(Act.TELL, "a", [ANNA]), (Act.RETRACT, "", [ANNA])],
            {ANNA},
            id="somebody knows, and it goes on",
        ),
        pytest.param(
            [(Act.TELL, "a", [ANNA]), (Act.TELL_OVER, "a", [ANNA])], set(), id="over"
        ),
        pytest.param([(Act.TELL, "b", [ANNA])], set(), id="of another"),
    ],
)
def test_who_is_told_that_it_is_over(
    told: list[tuple[Act, str, list[str]]], who: set[str]
) -> None:
    """Those whom its beginning has reached, also as it was read from disk."""
    reached = Reached()
    for act, ids, got in told:
        reached = reached.after(message(act, *ids), got)
        reached = Reached.load(json.loads(json.dumps(reached.dump())))
    assert reached.by(message(Act.TELL_OVER, "a")) == who


def test_what_is_over_leaves_nothing_behind() -> None:
    """Neither by its end, nor by one that came while nobody was there."""
    reached = Reached()
    for one in "abc":
        reached = reached.after(message(Act.TELL, one), [ANNA])
    assert set(reached.of({"b", "c", "d"}).targets) == {"b", "c"}
    for one in "abc":
        reached = reached.after(message(Act.TELL_OVER, one), [])
    assert reached == Reached()


@pytest.mark.parametrize("kept", [None, [], {"targets": 1}, {"targets": {"a": 2}}])
def test_what_cannot_be_read_has_reached_nobody(kept: object) -> None:
    """Rather no end than one without a beginning."""
    assert Reached.load(kept) == Reached()
