"""All kinds of alerts: when each is raised, how long first, and how often at most.

What a kind sees stands in the module of its matter; the numbers stand here.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from ..model.field import Unit
from . import account, battery, charging, closures, left_on, software, tyres
from .kind import Kind, Nature, Severity

_NO_TIME: Final = timedelta()
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

KINDS: Final[tuple[Kind, ...]] = (
    Kind(
        key="account_trouble",
        see=account.trouble,
        hold=_NO_TIME,
        cooldown=_NO_TIME,
        max_age=_DAY,
        is_issue=True,
    ),
    Kind(
        key="awake_idle",
        see=left_on.awake,
        hold=3 * _HOUR,
        cooldown=_DAY,
        max_age=30 * _MINUTE,
        severity=Severity.INFO,
    ),
    Kind(
        key=battery.DROPPED,
        see=battery.dropped,
        hold=_NO_TIME,
        cooldown=_DAY,
        max_age=_DAY,
        threshold=battery.DROPPED_PERCENT,
        limits=(1, 20),
        unit=Unit.PERCENT,
    ),
    Kind(
        key=account.BUDGET,
        see=account.budget,
        hold=_NO_TIME,
        cooldown=None,
        max_age=_DAY,
        threshold=account.STEPS[-1],
        limits=(50, 100),
        unit=Unit.PERCENT,
    ),
    Kind(
        key="charging_stopped",
        see=charging.stopped,
        hold=10 * _MINUTE,
        cooldown=2 * _HOUR,
        max_age=_DAY,
    ),
    Kind(
        key="climate_left_on",
        see=left_on.climate,
        hold=30 * _MINUTE,
        cooldown=12 * _HOUR,
        max_age=2 * _HOUR,
    ),
    Kind(
        key="left_open",
        see=closures.left_open,
        hold=5 * _MINUTE,
        cooldown=_HOUR,
        max_age=30 * _MINUTE,
        severity=Severity.SECURITY,
    ),
    Kind(
        key="left_open_at_home",
        see=closures.left_open_at_home,
        hold=15 * _MINUTE,
        cooldown=_HOUR,
        max_age=30 * _MINUTE,
        severity=Severity.SECURITY,
        is_default=False,
    ),
    Kind(
        key=battery.LOW,
        see=battery.low,
        hold=5 * _MINUTE,
        cooldown=12 * _HOUR,
        max_age=_DAY,
        threshold=battery.LOW_PERCENT,
        clears_at=battery.LOW_CLEARS_AT,
        limits=(1, 90),
        unit=Unit.PERCENT,
    ),
    Kind(
        key=charging.NOT_PLUGGED_IN,
        see=charging.not_plugged_in,
        hold=10 * _MINUTE,
        cooldown=None,
        max_age=_DAY,
        threshold=charging.EVENING,
        limits=(12, 23),
        unit=Unit.HOUR,
    ),
    Kind(
        key="sentry_left_on",
        see=left_on.sentry,
        hold=4 * _HOUR,
        cooldown=12 * _HOUR,
        max_age=6 * _HOUR,
        severity=Severity.INFO,
    ),
    Kind(
        key="telemetry_silent",
        see=account.silent,
        hold=15 * _MINUTE,
        cooldown=12 * _HOUR,
        max_age=30 * _MINUTE,
        needs_telemetry=True,
    ),
    Kind(
        key=tyres.TYRES,
        see=tyres.low,
        hold=_NO_TIME,
        cooldown=_DAY,
        max_age=_DAY,
        looks=2,
        threshold=tyres.LOW_BAR,
        clears_at=tyres.CLEARS_AT,
        limits=(1.5, 3.5),
        unit=Unit.BAR,
    ),
    Kind(
        key="update_available",
        see=software.available,
        hold=_NO_TIME,
        cooldown=None,
        max_age=_DAY,
        severity=Severity.INFO,
        nature=Nature.CHANGE,
    ),
    Kind(
        key="update_installed",
        see=software.installed,
        hold=_NO_TIME,
        cooldown=None,
        max_age=_DAY,
        severity=Severity.INFO,
        nature=Nature.CHANGE,
        lasts=_DAY,
    ),
    Kind(
        key=charging.NOT_READY,
        see=charging.not_ready,
        hold=10 * _MINUTE,
        cooldown=None,
        max_age=_DAY,
        threshold=charging.LATE_MINUTES,
        limits=(0, 180),
        unit=Unit.MINUTE,
    ),
)
BY_KEY: Final[Mapping[str, Kind]] = MappingProxyType({row.key: row for row in KINDS})
OFFERED: Final = tuple(row.key for row in KINDS if not row.needs_telemetry)
"""What there is to choose from: no car sends anything by itself yet."""
DEFAULTS: Final = frozenset(key for key in OFFERED if BY_KEY[key].is_default)
"""What a newcomer is offered; the noisy ones are not in it."""
