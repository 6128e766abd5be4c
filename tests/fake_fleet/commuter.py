"""A commuter's week: to work and back, shopping on Saturday, a trip on some Sundays.

The plan of a day follows from the seed and the date alone; it is made in the cars'
own time (`Clock.life`), which runs faster where physics does.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from .geography import Place, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Outing:
    """Something the owner does: drive somewhere, or plug in."""

    at: datetime
    what: Literal["drive", "plug"]
    to: Place = (0.0, 0.0)
    minutes: float = 0
    charger: str = "ac"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commuter:
    """Someone with a home, a place of work and a habit of plugging in."""

    home: Place
    work: Place
    zone: ZoneInfo
    seed: int = 1
    minutes: float = 35
    """How long the way takes, give or take some."""
    charger: str = "ac"
    """What stands at home."""
    plugs_in: bool = True
    days_off: frozenset[date] = frozenset()
    """Holidays: days at home, whatever weekday they are."""

    def day(self, day: date) -> list[Outing]:
        """Plan one day, in order."""
        if day in self.days_off:
            return []
        random = Random(f"{self.seed}:{day.isoformat()}")
        match day.weekday():
            case 5:
                legs = self._there_and_back(day, random, hour=10.5, stay=1.5, km=6)
            case 6:
                away = random.random() < 0.5
                legs = self._there_and_back(day, random, hour=13, stay=3.5, km=28)
                legs = legs if away else []
            case _:
                legs = self._work(day, random)
        if legs and self.plugs_in:
            home_at = legs[-1].at + timedelta(minutes=legs[-1].minutes + 2)
            legs.append(Outing(at=home_at, what="plug", charger=self.charger))
        return legs

    def after(self, moment: datetime) -> Outing:
        """Find the next thing that happens after a moment."""
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        while True:
            for outing in self.day(day):
                if outing.at > moment:
                    return outing
            day += timedelta(days=1)

    def _work(self, day: date, random: Random) -> list[Outing]:
        """Plan a working day."""
        out = self._at(day, 7.75, random)
        back = self._at(day, 17.0, random)
        return [
            Outing(at=out, what="drive", to=self.work, minutes=self._way(random)),
            Outing(at=back, what="drive", to=self.home, minutes=self._way(random)),
        ]

    def _there_and_back(
        self, day: date, random: Random, *, hour: float, stay: float, km: float
    ) -> list[Outing]:
        """Plan a trip to somewhere around home."""
        there = beside(self.home, km, random.randrange(360))
        minutes = km * random.uniform(1.6, 2.2)
        out = self._at(day, hour, random)
        back = out + timedelta(minutes=minutes, hours=stay)
        return [
            Outing(at=out, what="drive", to=there, minutes=minutes),
            Outing(at=back, what="drive", to=self.home, minutes=minutes),
        ]

    def _way(self, random: Random) -> float:
        """Draw how long the way takes today."""
        return round(self.minutes * random.uniform(0.85, 1.3), 1)

    def _at(self, day: date, hour: float, random: Random) -> datetime:
        """Draw a moment within a quarter of an hour of the usual one."""
        wall = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        wall += timedelta(hours=hour, minutes=round(random.uniform(-15, 15), 1))
        return wall.astimezone(UTC)
