"""Requests of every kind, for the laws of ledger and journal."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from custom_components.fleet_pulse.fleet.usage import NEVER_SENT, Category, Entry

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)

CATEGORIES = st.sampled_from(Category)
STATUSES = st.none() | st.sampled_from([NEVER_SENT, 200, 401, 408, 429, 500, 503])
MOMENTS = st.datetimes(
    datetime(2026, 2, 20), datetime(2026, 4, 10), timezones=st.just(UTC)
)
ENTRIES = st.builds(
    Entry,
    id=st.text(min_size=1, max_size=4),
    at=MOMENTS,
    category=CATEGORIES,
    vin=st.none() | st.text(max_size=5),
    endpoint=st.text(max_size=8),
    reason=st.text(max_size=12),
    count=st.integers(1, 5),
)
