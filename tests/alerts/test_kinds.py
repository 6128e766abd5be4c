"""The table of kinds: what must be so of every row."""

from datetime import timedelta

from custom_components.fleet_pulse.alerts.kind import Nature, Severity
from custom_components.fleet_pulse.alerts.kinds import BY_KEY, DEFAULTS, KINDS, OFFERED


def test_kinds_stand_by_their_keys() -> None:
    """A row is found where one looks for it, and only once."""
    keys = [row.key for row in KINDS]
    assert keys == sorted(set(keys))
    assert list(BY_KEY) == keys


def test_only_the_noisy_kind_is_not_proposed() -> None:
    """A car at home may well be unlocked for a quarter of an hour."""
    assert set(OFFERED) - DEFAULTS == {"left_open_at_home"}


def test_what_nothing_can_raise_yet_is_not_offered() -> None:
    """As long as no car sends by itself, nobody is to wait for its silence."""
    assert set(BY_KEY) - set(OFFERED) == {"telemetry_silent"}
    assert set(OFFERED) >= DEFAULTS


def test_a_threshold_is_one_that_an_owner_may_choose() -> None:
    """What is usual lies within the limits, and only a threshold has any."""
    assert all((row.threshold is None) == (row.limits is None) for row in KINDS)
    assert all((row.threshold is None) == (row.unit is None) for row in KINDS)
    bounded = [(row.limits, row.threshold) for row in KINDS if row.limits]
    assert all(least <= (usual or 0) <= most for (least, most), usual in bounded)


def test_what_is_about_security_must_be_fresh() -> None:
    """A door that was open half an hour ago is no news; a battery is for a day."""
    ages = {row.severity: row.max_age for row in KINDS}
    security = {row.max_age for row in KINDS if row.severity is Severity.SECURITY}
    assert security == {timedelta(minutes=30)}
    assert max(ages.values()) == timedelta(days=1)


def test_a_kind_can_be_raised_before_its_words_are_too_old() -> None:
    """A car that says something but once must be able to raise it."""
    renewed = {"awake_idle"}  # Seen by the list, which is asked every minute.
    assert {row.key for row in KINDS if row.hold >= row.max_age} == renewed


def test_what_changed_is_told_once_of_each() -> None:
    """A version has no cooldown: it is told of, and that is that."""
    changes = [row for row in KINDS if row.nature is Nature.CHANGE]
    assert changes
    assert all(row.cooldown is None for row in changes)
