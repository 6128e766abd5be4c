"""What the owner wants at any moment: the wishes, and what was done by hand since.

limit on the screen ─▶ that limit, no charging expected   until unplugged, 07:30
stop on the screen  ─▶ no charging                         until unplugged, 07:30
rule off or deleted ─▶ no charging by it, no target of it  until it is back
morning left out    ─▶ no charging by it                   until that 07:30
"""

from datetime import date, datetime, timedelta

from .wishes import WEEKDAY, Occasion, at, occasions

LOOK_AHEAD = timedelta(days=14)


class Will:
    """The owner's will, as far as the judge must know it."""

    def __init__(self) -> None:
        """Want the wishes."""
        self.is_off = False
        """The weekday rule is off or gone."""
        self.back_at: datetime | None = None
        """When it came back."""
        self._limit: tuple[int, datetime] | None = None
        self._quiet: datetime | None = None
        self._skipped: set[date] = set()
        self._void: set[tuple[str, date]] = set()
        self._ahead: list[Occasion] = []

    # ---- what the owner does

    def set_limit(self, percent: int, now: datetime) -> None:
        """Have the car's limit set by hand."""
        self._limit = (percent, self._next_weekday(now).end)
        self._excuse(now)

    def stop(self, now: datetime) -> None:
        """Have charging stopped by hand."""
        self._quiet = self._next_weekday(now).end
        self._excuse(now)

    def switch(self, now: datetime, *, on: bool) -> None:
        """Switch the weekday rule off or on."""
        self.is_off = not on
        if on:
            self.back_at, self._quiet = now, None
        else:
            self._excuse(now)
            self._quiet = self._next_weekday(now).end

    def skip(self, now: datetime) -> date:
        """Leave the next morning out; say which one."""
        self._excuse(now)
        occasion = self._next_weekday(now)
        self._skipped.add(occasion.day)
        self._quiet = occasion.end
        return occasion.day

    def unplugged(self) -> None:
        """Hear that the cable is out: what was done by hand has had its time."""
        self._limit = self._quiet = None

    # ---- what is wanted

    def limit(self, now: datetime) -> int:
        """Give the limit that is wanted now."""
        if self._limit is not None and now < self._limit[1]:
            return self._limit[0]
        return self._next(now).wish.target

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is to charge the car now."""
        return self._quiet is not None and now < self._quiet

    def is_void(self, occasion: Occasion) -> bool:
        """Whether an occasion was not wanted in the end."""
        is_weekday = occasion.wish is WEEKDAY
        excused = (occasion.wish.key, occasion.day) in self._void
        return excused or (is_weekday and self.is_off)

    def _excuse(self, now: datetime) -> None:
        """Expect nothing of the next morning."""
        occasion = self._next_weekday(now)
        self._void.add((occasion.wish.key, occasion.day))

    def _next(self, now: datetime) -> Occasion:
        """Find the occasion that ends next, of what is wanted."""
        return next(
            one
            for one in self._coming(now)
            if one.day not in self._skipped
            and not (one.wish is WEEKDAY and self.is_off)
        )

    def _next_weekday(self, now: datetime) -> Occasion:
        """Find the next morning to be ready by, wanted or not."""
        return next(one for one in self._coming(now) if one.wish is WEEKDAY)

    def _coming(self, now: datetime) -> list[Occasion]:
        """List what ends after now."""
        while self._ahead and self._ahead[0].end <= now:
            self._ahead.pop(0)
        if len(self._ahead) < len(WEEKDAY.days):
            since = at(now.date(), WEEKDAY.end).date()
            found = occasions(since, since + LOOK_AHEAD)
            self._ahead = [one for one in found if one.end > now]
        return self._ahead
