"""What may come in place of any answer of Tesla's, and how an owner reads of it."""

from typing import Any, Final

import pytest

BY_ITSELF: Final = "by itself"
LOOK_AT_CAR: Final = "look at the car before you try again"
SETTINGS: Final = "Settings > Devices & services"


def refused(status: int, error: str) -> dict[str, Any]:
    """Write a refusal in the words Tesla uses."""
    return {"status": status, "body": {"response": None, "error": error}}


def answered(response: object) -> dict[str, Any]:
    """Write an answer that is a success."""
    return {"status": 200, "body": {"response": response}}


# What may come in place of any answer: the fault, the cause and the next step as an
# owner reads them.
ANSWERS: Final = (
    pytest.param(
        {"status": 200, "body": "oops"}, "no JSON", BY_ITSELF, id="text that is no JSON"
    ),
    pytest.param({"status": 200, "body": ""}, "no JSON", BY_ITSELF, id="an empty body"),
    pytest.param(
        {"status": 200, "body": '{"response": {"result": tr'},
        "no JSON",
        BY_ITSELF,
        id="JSON that ends in the middle",
    ),
    pytest.param(
        {"status": 200, "html": True}, "an HTML page", BY_ITSELF, id="a page of HTML"
    ),
    pytest.param(
        {"status": 200, "body": [1]}, "no object", BY_ITSELF, id="JSON, but a list"
    ),
    pytest.param(
        {"status": 200, "body": {}}, "no response", BY_ITSELF, id="JSON without answer"
    ),
    pytest.param(answered(None), "the answer is no", BY_ITSELF, id="null"),
    pytest.param(answered(7), "the answer is no", BY_ITSELF, id="a number"),
    pytest.param(answered("x"), "the answer is no", BY_ITSELF, id="a text"),
    pytest.param({"status": 302}, "HTTP 302", BY_ITSELF, id="a redirect"),
    pytest.param({"truncate": True}, "No answer", LOOK_AT_CAR, id="a torn answer"),
    pytest.param({"reset": "before"}, "No answer", LOOK_AT_CAR, id="a reset"),
    pytest.param({"reset": "after"}, "No answer", LOOK_AT_CAR, id="a reset too late"),
    pytest.param(refused(400, "bad"), "understand the request (bad)", "bug", id="400"),
    pytest.param(
        refused(401, "invalid bearer token"), "not even a renewed", SETTINGS, id="401"
    ),
    pytest.param(refused(402, "pay"), "billing limit", "Raise the limit", id="402"),
    pytest.param(
        refused(403, "Unauthorized missing scopes"),
        "a permission",
        SETTINGS,
        id="403 for a permission",
    ),
    pytest.param(
        refused(403, "account disabled: EXCEEDED_LIMIT"),
        "billing limit",
        "Raise the limit",
        id="403 for the billing limit",
    ),
    pytest.param(
        refused(403, "odd"), "refuses this (odd)", "developer.tesla.com", id="403"
    ),
    pytest.param(
        refused(404, "not_found"), "does not know this car", "Tesla app", id="404"
    ),
    pytest.param(
        {"status": 404, "html": True}, "HTTP 404", BY_ITSELF, id="404 from a gateway"
    ),
    pytest.param(
        refused(412, "Account must be registered"),
        "does not know your application",
        "Reconfigure",
        id="412",
    ),
    pytest.param(
        refused(421, "user out of region, use base URL: https://example.org"),
        "another region",
        "Reload",
        id="421 to a host that is not Tesla's",
    ),
    pytest.param(
        refused(421, "user out of region"), "another region", "Reload", id="421"
    ),
    pytest.param({"status": 423}, "locked this account", "Tesla app", id="423"),
    pytest.param(
        {"status": 429, "retry_after": 120},
        "too many requests",
        "Try again from",
        id="429 with seconds",
    ),
    pytest.param(
        {"status": 429, "retry_after": 120, "retry_as_date": True},
        "too many requests",
        "Try again from",
        id="429 with a date",
    ),
    pytest.param(
        {"status": 429, "retry_after": 0},
        "too many requests",
        "Try again from",
        id="429 that says to wait for nothing",
    ),
    pytest.param(
        {"status": 429}, "too many requests", "Try again from", id="429 with nothing"
    ),
    pytest.param({"status": 451}, "privacy settings", "Allow data", id="451"),
    pytest.param({"status": 500}, "servers have trouble", LOOK_AT_CAR, id="500"),
    pytest.param({"status": 502, "html": True}, "HTTP 502", LOOK_AT_CAR, id="502"),
    pytest.param(
        {"status": 503, "retry_after": 0},
        "servers have trouble",
        LOOK_AT_CAR,
        id="503 that says to wait for nothing",
    ),
    pytest.param({"status": 504}, "servers have trouble", LOOK_AT_CAR, id="504"),
    pytest.param({"status": 540}, "something unexpected", "restart", id="540"),
)
