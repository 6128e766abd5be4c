"""How the cloud says no: status and body in Tesla's own words."""

from typing import Any, Final

from aiohttp import web

PROTOCOL_REQUIRED: Final = (
    "Tesla Vehicle Command Protocol required, please refer to the documentation here:"
    " https://developer.tesla.com/docs/fleet-api"
    "#2023-10-09-rest-api-vehicle-commands-endpoint-deprecation-warning"
)

DOCUMENTED: Final[dict[int, str]] = {
    400: "invalid_command",
    403: "Unauthorized missing scopes",
    404: "not_found",
    405: "vehicle is currently in service",
    408: "vehicle unavailable: vehicle is offline or asleep",
    424: "Public key download failed",
    500: "upstream internal error",
    503: "operation_timedout with 10s timeout for txid `00000000`",
    504: "operation_timedout with 10s timeout for txid `00000000`",
}
"""The words Tesla uses with a status; statuses without known words are missing."""


class Refusal(Exception):
    """The request ends here, with this answer."""

    def __init__(
        self, status: int, body: Any = None, headers: dict[str, str] | None = None
    ) -> None:
        """Keep the answer; no body means an empty one."""
        super().__init__(status, body)
        self.status = status
        self.body = body
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Give the answer to send."""
        if self.body is None:
            return web.Response(status=self.status, headers=self.headers)
        return web.json_response(self.body, status=self.status, headers=self.headers)


def wrapped(status: int, text: str | None = None) -> Refusal:
    """Refuse in the form most vehicle endpoints use."""
    error = DOCUMENTED[status] if text is None else text
    return Refusal(status, {"response": None, "error": error, "error_description": ""})


def bare(status: int, text: str) -> Refusal:
    """Refuse in the short form of the gateway in front of the endpoints."""
    return Refusal(status, {"error": text})


def oauth(status: int, error: str, description: str) -> Refusal:
    """Refuse in the form of the token endpoint."""
    reference = "https://auth.tesla.com/error/reference/fake"
    return Refusal(
        status,
        {"error": error, "error_description": description, "error_uri": reference},
        {"Cache-Control": "no-store"},
    )
