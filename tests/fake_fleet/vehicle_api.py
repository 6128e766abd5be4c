"""The endpoints about cars: lists, data, wakes and commands."""

import base64
import binascii
from typing import Any, Final

from aiohttp import web

from .car import Car
from .decode import letter
from .endpoint import Call
from .refusal import PROTOCOL_REQUIRED, Refusal, bare, wrapped
from .rest_commands import REST_ONLY, scopes_of

LOCATION: Final = "vehicle_location"

SECTIONS: Final = frozenset(
    {
        "charge_schedule_data",
        "charge_state",
        "climate_state",
        "closures_state",
        "drive_state",
        "gui_settings",
        "location_data",
        "preconditioning_schedule_data",
        "vehicle_config",
        "vehicle_data_combo",
        "vehicle_state",
    }
)
COMBO: Final = SECTIONS - {
    "charge_schedule_data",
    "location_data",
    "preconditioning_schedule_data",
    "vehicle_data_combo",
}
"""What `vehicle_data_combo` stands for."""

MOST_VINS: Final = 100


def _responded(said: Any, **beside: Any) -> web.Response:
    """Put an answer into Tesla's envelope."""
    return web.json_response({"response": said, **beside})


def _require_online(car: Car) -> None:
    """Refuse what only a car that is awake can answer."""
    if car.state != "online":
        raise wrapped(408)


def _require_out_of_service(car: Car) -> None:
    """Refuse commands while a workshop has the car."""
    if car.in_service:
        raise wrapped(405)


def _listed(call: Call) -> list[dict[str, Any]]:
    """Show all cars of the owner."""
    return [_product(call, car) for car in call.world.garage(call.owner)]


def _product(call: Call, car: Car) -> dict[str, Any]:
    """Show a car as the free list does."""
    is_closed = car.vin in call.world.mobile_access_disabled
    access = "DRIVER" if car.vin in call.owner.driven else "OWNER"
    return car.product() | {
        "access_type": access,
        "mobile_access_disabled": is_closed,
    }


def _site(number: int) -> dict[str, Any]:
    """Show a battery at home: it has no VIN."""
    return {
        "energy_site_id": number,
        "resource_type": "battery",
        "site_name": "My Home",
        "id": f"STE{number}",
        "gateway_id": f"1112345-00-E--TG{number}",
        "percentage_charged": 46.0,
        "battery_power": 0,
    }


async def products(call: Call) -> web.Response:
    """List everything the owner has."""
    owned = _listed(call) + [_site(number) for number in call.owner.energy_sites]
    return _responded(owned, count=len(owned))


async def vehicles(call: Call) -> web.Response:
    """List the owner's cars, a page at a time."""
    try:
        page = int(call.query.get("page", "1"))
        size = int(call.query.get("page_size", "50"))
    except ValueError:
        raise bare(400, "invalid parameter: page") from None
    if page < 1 or not 1 <= size <= 100:
        raise bare(400, "invalid parameter: page")
    cars = _listed(call)
    pages = max(-(-len(cars) // size), 1)
    shown = cars[(page - 1) * size : page * size]
    pagination = {
        "previous": page - 1 if page > 1 else None,
        "next": page + 1 if page < pages else None,
        "current": page,
        "per_page": size,
        "count": len(cars),
        "pages": pages,
    }
    return _responded(shown, pagination=pagination, count=len(shown))


async def vehicle(call: Call) -> web.Response:
    """Show one car as the list does."""
    return _responded(_product(call, call.vehicle))


async def vehicle_data(call: Call) -> web.Response:
    """Ask the car itself, which must be awake for it."""
    sections = _sections(call.query.get("endpoints"))
    _require_online(call.vehicle)
    # Since firmware 2023.38 the place must be asked for by name.
    is_told = LOCATION in call.scopes and "location_data" in (sections or ())
    body = call.vehicle.vehicle_data(sections, location=is_told)
    call.vehicle.served_data()
    return _responded(body)


def _sections(asked: str | None) -> set[str] | None:
    """Read the list of sections; None is Tesla's default set."""
    if not asked:
        return None
    sections = set(asked.split(";"))
    if unknown := sorted(sections - SECTIONS):
        raise bare(400, f"invalid endpoint: {unknown[0]}")
    if "vehicle_data_combo" in sections:
        sections = (sections - {"vehicle_data_combo"}) | COMBO
    return sections


async def wake_up(call: Call) -> web.Response:
    """Ring the car; the answer says how it is now, not how it will be."""
    call.vehicle.request_wake()
    return _responded(_product(call, call.vehicle))


async def command(call: Call) -> web.Response:
    """Obey a command that nobody signed, where the car still takes such."""
    car, name = call.vehicle, call.places["name"]
    if car.command_signing == "required" and name not in REST_ONLY:
        raise wrapped(403, PROTOCOL_REQUIRED)
    _require_out_of_service(car)
    _require_online(car)
    result = car.act(name, dict(call.body))
    return _responded({"result": result.result, "reason": result.reason})


async def signed_command(call: Call) -> web.Response:
    """Carry a signed message to the car and its answer back."""
    message = _message(call.body.get("routable_message"))
    _inspect(message, call.scopes)
    if call.vehicle.command_signing == "off":
        raise Refusal(422)
    _require_out_of_service(call.vehicle)
    _require_online(call.vehicle)
    answer = call.world.sides[call.vehicle.vin].handle(message)
    return _responded(base64.b64encode(answer).decode())


def _message(encoded: object) -> bytes:
    """Read the message out of the body."""
    try:
        message = base64.b64decode(str(encoded or ""), validate=True)
    except binascii.Error:
        message = b""
    if not message:
        raise bare(400, "invalid routable_message")
    return message


def _inspect(message: bytes, scopes: frozenset[str]) -> None:
    """Read a message as far as Tesla can, and stop what the token does not cover."""
    seen = letter(message)
    if seen is None:
        raise bare(400, "invalid routable_message")
    if seen.is_handshake:
        return
    # What only the car can read might be anything.
    if seen.is_encrypted or not seen.commands:
        raise wrapped(400)
    if not all(scopes_of(name) & scopes for name in seen.commands):
        raise bare(403, "Unauthorized missing scopes")


async def fleet_status(call: Call) -> web.Response:
    """Say which cars know the application's key and what they can do."""
    vins = call.body.get("vins")
    if not isinstance(vins, list) or not 1 <= len(vins) <= MOST_VINS:
        raise bare(400, "vins is required")
    cars = [_visible(call, vin) for vin in vins]
    paired = {car.vin: call.world.is_paired(call.application, car) for car in cars}
    return _responded(
        {
            "key_paired_vins": [vin for vin in paired if paired[vin]],
            "unpaired_vins": [vin for vin in paired if not paired[vin]],
            "vehicle_info": {car.vin: _info(car) for car in cars},
        }
    )


def _visible(call: Call, vin: object) -> Car:
    """Find a car by VIN that this caller may ask about."""
    visible = call.world.cars if call.account is None else call.account.vins
    if not isinstance(vin, str) or vin not in visible:
        raise wrapped(404)
    return call.world.cars[vin]


def _info(car: Car) -> dict[str, Any]:
    """Describe one car; older ones say less."""
    if car.command_signing == "off":
        return {
            "vehicle_command_protocol_required": False,
            "safety_screen_streaming_toggle_enabled": True,
            "fleet_telemetry_version": "1.1.0",
        }
    return {
        "firmware_version": car.spec.car_version.split()[0],
        "vehicle_command_protocol_required": car.command_signing == "required",
        "discounted_device_data": False,
        "fleet_telemetry_version": "1.1.0",
        # Two phones are always there.
        "total_number_of_keys": 2 + len(car.whitelist),
    }


async def mobile_enabled(call: Call) -> web.Response:
    """Say whether the car lets phones in; one that does not is stopped before."""
    return _responded({"result": True, "reason": ""})


async def nearby_charging_sites(call: Call) -> web.Response:
    """Name two chargers; they are always the same two."""
    _require_online(call.vehicle)
    now = call.world.now()
    place = {"lat": 52.4562, "long": 13.5250}
    return _responded(
        {
            "congestion_sync_time_utc_secs": int(now.timestamp()),
            "destination_charging": [
                {
                    "location": place,
                    "name": "Hotel am Wasser",
                    "type": "destination",
                    "distance_miles": 3.4,
                }
            ],
            "superchargers": [
                {
                    "location": place,
                    "name": "Berlin, Germany - Ostkreuz",
                    "type": "supercharger",
                    "distance_miles": 4.1,
                    "available_stalls": 6,
                    "total_stalls": 12,
                    "site_closed": False,
                }
            ],
            "timestamp": int(now.timestamp() * 1000),
        }
    )


async def release_notes(call: Call) -> web.Response:
    """Tell what the running software brought; Tesla wraps this one twice."""
    _require_online(call.vehicle)
    note = {
        "title": "Minor Fixes",
        "subtitle": "Some more info",
        "description": "This release contains minor fixes and improvements",
        "customer_version": call.vehicle.spec.car_version.split()[0],
        "icon": "release_notes_icon",
        "image_url": "https://example.invalid/release_notes",
        "light_image_url": "https://example.invalid/release_notes/light",
    }
    return _responded({"response": {"release_notes": [note]}})


async def recent_alerts(call: Call) -> web.Response:
    """List the car's alerts: there are none."""
    _require_online(call.vehicle)
    return _responded({"recent_alerts": []})
