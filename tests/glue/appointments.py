"""A calendar and a weather report in a household, as other integrations bring them."""

from datetime import date, datetime, timedelta
from typing import override

from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.weather import (
    Forecast,
    WeatherEntity,
    WeatherEntityFeature,
)
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

CALENDAR = "calendar.mine"
WEATHER = "weather.here"


class Appointments(CalendarEntity):
    """A calendar whose events a test writes."""

    _attr_name = "Mine"
    entity_id = CALENDAR
    is_down = False
    """The calendar's own service does not answer."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.events: list[CalendarEvent] = []
        self.reads = 0

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Give the next event."""
        now = dt_util.utcnow()
        coming = [one for one in self.events if one.end_datetime_local > now]
        return min(coming, key=lambda one: one.start_datetime_local, default=None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Give the events of a time."""
        self.reads += 1
        if self.is_down:
            raise HomeAssistantError("the calendar is down")
        return list(self.events)

    def plan(self, start: date, summary: str = "Dentist", **more: str) -> None:
        """Write an event somewhere else, of an hour, or of a day if it has no time."""
        known = {"location": "Main Street 1", **more}
        is_timed = isinstance(start, datetime)
        end = start + (timedelta(hours=1) if is_timed else timedelta(days=1))
        self.events.append(CalendarEvent(start, end, summary, **known))


class Report(WeatherEntity):
    """A weather report whose temperatures a test writes."""

    _attr_name = "Here"
    _attr_condition = "cloudy"
    _attr_native_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_supported_features = WeatherEntityFeature.FORECAST_HOURLY
    entity_id = WEATHER
    has_hours = True
    """It foresees every hour."""

    def __init__(self, celsius: float) -> None:
        """Foresee the same for every hour."""
        self._attr_native_temperature = celsius
        self.celsius = celsius

    def warm_up(self, celsius: float) -> None:
        """Say that it is this warm now."""
        self._attr_native_temperature = celsius
        self.async_write_ha_state()

    @override
    async def async_forecast_hourly(self) -> list[Forecast]:
        """Give what is foreseen of two days."""
        now = dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
        if not self.has_hours:
            return []
        return [
            Forecast(
                datetime=(now + timedelta(hours=n)).isoformat(),
                native_temperature=self.celsius,
            )
            for n in range(48)
        ]


async def add_calendar(hass: HomeAssistant) -> Appointments:
    """Give the household a calendar."""
    assert await async_setup_component(hass, "calendar", {})
    entity = Appointments()
    component: EntityComponent[CalendarEntity] = hass.data["calendar"]
    await component.async_add_entities([entity])
    return entity


async def add_weather(hass: HomeAssistant, celsius: float) -> Report:
    """Give the household a weather report."""
    assert await async_setup_component(hass, "weather", {})
    entity = Report(celsius)
    component: EntityComponent[WeatherEntity] = hass.data["weather"]
    await component.async_add_entities([entity])
    return entity
