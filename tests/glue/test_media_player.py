"""What plays in the cars."""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.exceptions import HomeAssistantError
import pytest
from syrupy.assertion import SnapshotAssertion

from tests.fake_fleet.car import Car

from .entities import Rows, look, read, said_at, shown, street_shown
from .flows import Owner
from .household import Household
from .test_scopes import without

MEDIA: Final = ("media_player", "media")
LOUDEST: Final = 10.333333
SONG: Final[dict[str, object]] = {
    "now_playing_album": "Autobahn",
    "now_playing_artist": "Kraftwerk",
    "now_playing_duration": 1_362_000,
    "now_playing_elapsed": 61_500,
    "now_playing_source": "Spotify",
    "now_playing_station": "Driving",
    "now_playing_title": "Autobahn",
}


def sent(car: Car) -> list[tuple[str, dict[str, object]]]:
    """Give what a car was told, in order."""
    return [(name, params) for _, name, params, _ in car.commands]


def sit_down(car: Car) -> None:
    """Have somebody sit in a car for an hour: else nothing plays."""
    car.parts.motion.present_until = car.parts.seconds + 3600


@pytest.fixture
async def occupied(home: Household) -> Household:
    """Give a home with a car that is awake and read, with somebody in it."""
    await read(home)
    sit_down(home.car)
    return home


async def playing(home: Household, **more: object) -> None:
    """Have a song play, and the car be looked at."""
    media = home.car.parts.media
    media.is_playing, media.volume = True, 5.0
    media.song |= more or SONG
    await look(home)


@pytest.mark.usefixtures("everything_enabled")
async def test_what_each_model_shows(
    street: Household, snapshot: SnapshotAssertion
) -> None:
    """Everything, as it is, once the cars were read."""
    await read(street)
    assert shown(street, street.car, "media_player") == snapshot(
        name="Model Y, in full"
    )
    assert street_shown(street, "media_player") == snapshot(name="every model")


async def test_a_song_is_shown_with_all_that_is_known_of_it(
    occupied: Household,
) -> None:
    """As the car said it, and when."""
    await playing(occupied)
    state = occupied.state(*MEDIA)
    assert state.state == "playing"
    found = {
        key: state.attributes.get(key)
        for key in (
            "media_title",
            "media_artist",
            "media_album_name",
            "media_playlist",
            "source",
            "media_duration",
            "media_position",
            "volume_level",
        )
    }
    assert found == {
        "media_title": "Autobahn",
        "media_artist": "Kraftwerk",
        "media_album_name": "Autobahn",
        "media_playlist": "Driving",
        "source": "Spotify",
        "media_duration": 1362,
        "media_position": 62,
        "volume_level": pytest.approx(5 / LOUDEST),
    }
    age = occupied.cloud.clock.now() - state.attributes["media_position_updated_at"]
    assert age < timedelta(minutes=2)


async def test_a_position_that_moves_on_is_not_worth_a_row(
    occupied: Household,
) -> None:
    """The same song at the next looks: the recorder writes nothing."""
    await playing(occupied)
    rows = Rows(occupied, occupied.car)
    await playing(occupied, now_playing_elapsed=500_000)
    assert rows.written["media_player.media"] == 0
    await playing(occupied, now_playing_title="Mitternacht")
    assert rows.written["media_player.media"] == 1
    assert occupied.state(*MEDIA).attributes["media_position"] == 500


async def test_a_sleeping_car_plays_nothing(occupied: Household) -> None:
    """Whatever its last word was: a car that sleeps is silent."""
    occupied.car.parts.media.is_playing = True
    await look(occupied)
    assert occupied.state(*MEDIA).state == "playing"
    occupied.car.sleep_now()
    await occupied.pass_time(120)
    assert occupied.state(*MEDIA).state == "off"


@pytest.mark.parametrize("car", ["car", "old_car"])
async def test_play_and_pause(home: Household, car: str) -> None:
    """Signed or not: shown at once, confirmed by the look that follows."""
    await read(home)
    there = getattr(home, car)
    sit_down(there)
    await home.act("media_player", "media_play", *MEDIA, car=there)
    at_once = home.state(*MEDIA, there)
    assert at_once.state == "playing"
    assert there.parts.media.is_playing
    await home.pass_time(40)
    verified = home.state(*MEDIA, there)
    assert verified.state == "playing"
    assert said_at(verified) > said_at(at_once)
    await home.act("media_player", "media_pause", *MEDIA, car=there)
    assert home.state(*MEDIA, there).state == "paused"
    assert not there.parts.media.is_playing
    assert sent(there) == [("media_toggle_playback", {})] * 2


async def test_play_of_what_plays_already_is_no_pause(occupied: Household) -> None:
    """The command only toggles; who reads the state knows when not to."""
    await occupied.act("media_player", "media_play", *MEDIA)
    await occupied.act("media_player", "media_play", *MEDIA)
    assert sent(occupied.car) == [("media_toggle_playback", {})]


@pytest.mark.parametrize(
    ("service", "command"),
    [
        pytest.param("media_next_track", "media_next_track", id="what comes next"),
        pytest.param("media_previous_track", "media_prev_track", id="what came before"),
    ],
)
async def test_going_through_what_plays(
    occupied: Household, service: str, command: str
) -> None:
    """One press is one song."""
    await occupied.act("media_player", service, *MEDIA)
    assert sent(occupied.car) == [(command, {})]


async def test_of_a_dragged_knob_the_last_value_is_sent(occupied: Household) -> None:
    """In the car's own scale, shown at once and confirmed."""
    calls = [
        asyncio.create_task(
            occupied.call("media_player", "volume_set", *MEDIA, volume_level=level)
        )
        for level in (0.2, 0.9, 0.5)
    ]
    await occupied.pass_time(6, 0.5)
    await asyncio.gather(*calls)
    assert sent(occupied.car) == [("adjust_volume", {"volume": pytest.approx(5.17)})]
    state = occupied.state(*MEDIA)
    assert state.attributes["volume_level"] == pytest.approx(0.5, abs=0.01)
    await occupied.pass_time(40)
    assert occupied.car.parts.media.volume == pytest.approx(5.17)


async def test_a_notch_louder(occupied: Household) -> None:
    """As far as the car's own knob goes by one notch."""
    await occupied.act("media_player", "volume_up", *MEDIA)
    [(name, params)] = sent(occupied.car)
    assert name == "adjust_volume"
    assert params["volume"] == pytest.approx(4.0 + 0.333, abs=0.01)


async def test_no_command_wakes_a_car(home: Household) -> None:
    """Where nobody sits nothing plays: it says why not, and costs nothing."""
    with pytest.raises(HomeAssistantError, match="not woken"):
        await home.act("media_player", "media_play", *MEDIA)
    with pytest.raises(HomeAssistantError, match="not woken"):
        await home.act("media_player", "volume_set", *MEDIA, volume_level=0.3)
    assert home.car.state == "asleep"
    assert home.cloud.requests.billed == []


async def test_a_refusal_changes_nothing(home: Household) -> None:
    """Nobody sits in the car: the owner hears that, and the state stays."""
    await read(home)
    before = home.state(*MEDIA)
    with pytest.raises(HomeAssistantError, match="somebody in it"):
        await home.act("media_player", "media_play", *MEDIA)
    assert home.state(*MEDIA) == before


async def test_without_permission_it_can_be_watched(house: Household) -> None:
    """Not what may not be done is offered, but what plays is shown."""
    await house.prepare()
    owner = Owner(house)
    result = await owner.consent(await owner.start(), scopes=without("vehicle_cmds"))
    await owner.sign_in_from(await owner.submit(result))
    await house.pass_time(60)
    assert house.state(*MEDIA).attributes["supported_features"] == 0
