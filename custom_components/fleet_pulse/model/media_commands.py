"""The rows of the command table that play, and that tell the car where to go."""

from typing import Final

from . import params, vehicle_fields as fields
from .command import Command, Expect, Kind, Param, Slot
from .command_forms import LATITUDE, LONGITUDE, action

_ORDER: Final = Param(name="order", read=params.whole(0, 3), default=1)
# Where the place goes in the trip under way: 1 replaces it.
_ORDERS: Final = {
    1: "REMOTE_NAV_TRIP_ORDER_REPLACE",
    2: "REMOTE_NAV_TRIP_ORDER_PREPEND",
    3: "REMOTE_NAV_TRIP_ORDER_APPEND",
}

ADJUST_VOLUME: Final = Command(
    key="adjust_volume",
    params=(
        Param(
            name="volume", read=params.decimal(0, 11), at_most=fields.MEDIA_VOLUME_MAX
        ),
    ),
    slider=True,
    wakes=False,
    expects=(Expect(fields.MEDIA_VOLUME, Slot("volume")),),
    message=action(
        "mediaUpdateVolume", volumeAbsoluteFloat=Slot("volume", keep_zero=True)
    ),
)
MEDIA_NEXT_FAV: Final = Command(
    key="media_next_fav",
    kind=Kind.PULSE,
    wakes=False,
    message=action("mediaNextFavorite"),
)
MEDIA_NEXT_TRACK: Final = Command(
    key="media_next_track",
    kind=Kind.PULSE,
    wakes=False,
    message=action("mediaNextTrack"),
)
MEDIA_PREV_FAV: Final = Command(
    key="media_prev_fav",
    kind=Kind.PULSE,
    wakes=False,
    message=action("mediaPreviousFavorite"),
)
MEDIA_PREV_TRACK: Final = Command(
    key="media_prev_track",
    kind=Kind.PULSE,
    wakes=False,
    message=action("mediaPreviousTrack"),
)
MEDIA_TOGGLE_PLAYBACK: Final = Command(
    key="media_toggle_playback",
    kind=Kind.TOGGLE,
    wakes=False,
    message=action("mediaPlayAction"),
)
MEDIA_VOLUME_DOWN: Final = Command(
    key="media_volume_down",
    kind=Kind.PULSE,
    wakes=False,
    message=action("mediaUpdateVolume", volumeDelta=-1),
)
MEDIA_VOLUME_UP: Final = Command(
    key="media_volume_up",
    kind=Kind.PULSE,
    wakes=False,
    message=action("mediaUpdateVolume", volumeDelta=1),
)
NAVIGATION_GPS_REQUEST: Final = Command(
    key="navigation_gps_request",
    params=(LATITUDE, LONGITUDE, _ORDER),
    message=action(
        "navigationGpsRequest",
        lat=Slot("lat"),
        lon=Slot("lon"),
        order=Slot("order", _ORDERS),
    ),
)
# Tesla's servers look the text up, so no signature can cover it.
NAVIGATION_REQUEST: Final = Command(
    key="navigation_request",
    params=(
        Param(name="locale", read=params.text(2, 35), default="en-US"),
        Param(name="timestamp_ms", read=params.whole(0, 2**53), required=False),
        Param(name="value", read=params.text(1, 4000), private=True),
    ),
    rest={
        "type": "share_ext_content_raw",
        "locale": Slot("locale"),
        "timestamp_ms": Slot("timestamp_ms", convert=str),
        "value": {"android.intent.extra.TEXT": Slot("value")},
    },
    message=None,
)
NAVIGATION_SC_REQUEST: Final = Command(
    key="navigation_sc_request",
    params=(Param(name="id", read=params.whole(1, 2**53), private=True), _ORDER),
    message=action(
        "navigationSuperchargerRequest",
        id=Slot("id", convert=str),
        remoteNavTripOrder=Slot("order", _ORDERS),
    ),
)
NAVIGATION_WAYPOINTS_REQUEST: Final = Command(
    key="navigation_waypoints_request",
    params=(Param(name="waypoints", read=params.text(1, 4000), private=True),),
    message=action("navigationWaypointsRequest", waypoints=Slot("waypoints")),
)
UPCOMING_CALENDAR_ENTRIES: Final = Command(
    key="upcoming_calendar_entries",
    params=(Param(name="calendar_data", read=params.text(1, 100_000), private=True),),
    wakes=False,
    message=action("uiSetUpcomingCalendarEntries", calendarData=Slot("calendar_data")),
)
