"""What Tesla says about an account and its cars, read out of an answer."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Self

from ..model.record import record
from .errors import InvalidAnswer
from .hosts import Region


@record
class AccountRegion:
    """Where Tesla keeps the account."""

    region: Region | None
    """Nothing for a region that this program has not heard of."""
    base_url: str

    @classmethod
    def from_response(cls, response: object) -> Self:
        """Read the answer of `users/region`."""
        fields = object_of(response)
        base_url = text_of(fields, "fleet_api_base_url")
        if base_url is None:
            raise InvalidAnswer("the answer names no base URL")
        name = (text_of(fields, "region") or "").lower()
        return cls(region=Region(name) if name in Region else None, base_url=base_url)


@record
class CommandAnswer:
    """What the car said to a command that was not signed."""

    result: bool
    reason: str
    """The car's own word, empty where it has none."""

    @classmethod
    def from_response(cls, response: object) -> Self:
        """Read the answer of a command."""
        fields = object_of(response)
        result = fields.get("result")
        if not isinstance(result, bool):
            raise InvalidAnswer("the answer to a command has no result")
        return cls(result=result, reason=text_of(fields, "reason") or "")


@record
class Owner:
    """Who signed in."""

    email: str | None = field(repr=False)
    full_name: str | None = field(repr=False)

    @classmethod
    def from_response(cls, response: object) -> Self:
        """Read the answer of `users/me`."""
        fields = object_of(response)
        return cls(
            email=text_of(fields, "email"), full_name=text_of(fields, "full_name")
        )


@record
class VehicleStatus:
    """What a car can do with our key; unknown is nothing."""

    key_paired: bool | None = None
    protocol_required: bool | None = None
    firmware: str | None = None
    telemetry_version: str | None = None


def vehicle_statuses(
    response: object, vins: Iterable[str]
) -> Mapping[str, VehicleStatus]:
    """Read the answer of `fleet_status` for each car that was asked about."""
    fields = object_of(response)
    paired, unpaired = fields.get("key_paired_vins"), fields.get("unpaired_vins")
    details = fields.get("vehicle_info")
    by_vin = details if isinstance(details, dict) else {}
    return {
        vin: _vehicle_status(by_vin.get(vin), paired=_named(vin, paired, unpaired))
        for vin in vins
    }


def _named(vin: str, paired: object, unpaired: object) -> bool | None:
    """Which of the two lists names a car."""
    if isinstance(paired, list) and vin in paired:
        return True
    return False if isinstance(unpaired, list) and vin in unpaired else None


def _vehicle_status(details: object, *, paired: bool | None) -> VehicleStatus:
    """Read the details of one car."""
    fields = details if isinstance(details, dict) else {}
    required = fields.get("vehicle_command_protocol_required")
    return VehicleStatus(
        key_paired=paired,
        protocol_required=required if isinstance(required, bool) else None,
        firmware=text_of(fields, "firmware_version"),
        telemetry_version=text_of(fields, "fleet_telemetry_version"),
    )


def object_of(response: object) -> dict[str, Any]:
    """The answer as the object it must be."""
    if not isinstance(response, dict):
        raise InvalidAnswer("the answer is no object")
    return response


def objects_of(response: object) -> list[dict[str, Any]]:
    """The answer as the list it must be; entries that are no objects are left out."""
    if not isinstance(response, list):
        raise InvalidAnswer("the answer is no list")
    return [entry for entry in response if isinstance(entry, dict)]


def entries_of(response: object) -> list[dict[str, Any]]:
    """The answer as the list it must be; what is no object comes as an empty one.

    Whoever looks for something in the list must see that a part of it is missing.
    """
    if not isinstance(response, list):
        raise InvalidAnswer("the answer is no list")
    return [entry if isinstance(entry, dict) else {} for entry in response]


def bytes_of(response: object) -> bytes:
    """The answer as the bytes that it writes in base64."""
    if not isinstance(response, str):
        raise InvalidAnswer("the answer is no text")
    try:
        return base64.b64decode(response, validate=True)
    except ValueError:
        raise InvalidAnswer("the answer is no base64") from None


def text_of(fields: Mapping[str, Any], key: str) -> str | None:
    """One text of an object, or nothing."""
    found = fields.get(key)
    return found if isinstance(found, str) and found else None
