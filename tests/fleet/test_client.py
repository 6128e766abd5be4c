"""The client of the Fleet API: what it asks, and how each request is counted."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
import logging
from typing import Any, override

from aiohttp import ClientSession
import pytest

from custom_components.fleet_pulse.fleet import endpoints, errors as e
from custom_components.fleet_pulse.fleet.account import (
    AccountRegion,
    CommandAnswer,
    Owner,
    VehicleStatus,
)
from custom_components.fleet_pulse.fleet.client import FleetClient
from custom_components.fleet_pulse.fleet.endpoints import ENDPOINTS
from custom_components.fleet_pulse.fleet.hosts import Region
from custom_components.fleet_pulse.fleet.usage import NEVER_SENT, Category, Entry

from .scripted import (
    NEWER_TOKEN,
    NOW,
    TOKEN,
    VIN,
    RecordingLedger,
    Reply,
    ScriptedServer,
    ScriptedTokens,
    ok,
    only,
    talking,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

type Ask = Callable[[FleetClient], Awaitable[Any]]

ASLEEP = Reply(status=408, body={"error": "vehicle unavailable"})
EXPIRED = Reply(status=401, body={"error": "token expired (401)"})
HOME = {"region": "eu", "fleet_api_base_url": "http://localhost:1"}
STATUS = {
    "key_paired_vins": [VIN],
    "unpaired_vins": ["OTHER"],
    "vehicle_info": {
        VIN: {
            "firmware_version": "2025.44.25",
            "vehicle_command_protocol_required": True,
            "fleet_telemetry_version": "1.1.0",
        }
    },
}


def moved_to(url: str) -> Reply:
    """The answer of a region where the account does not live."""
    words = f"user out of region, use base URL: {url}, see https://developer.tesla.com"
    return Reply(status=421, body={"response": None, "error": words})


def test_the_table_of_endpoints_is_sorted_by_unique_keys() -> None:
    """A table is sorted by key."""
    keys = [endpoint.key for endpoint in ENDPOINTS]
    assert keys == sorted(set(keys))


def test_a_name_cannot_leave_its_place_in_a_path() -> None:
    """Whatever stands in it is escaped."""
    path = endpoints.COMMAND.filled(vin="../x", name="a/b?c")
    assert path == "/api/1/vehicles/..%2Fx/command/a%2Fb%3Fc"


@pytest.mark.parametrize(
    ("ask", "response", "expected"),
    [
        pytest.param(lambda c: c.products(), [{"vin": VIN}], [{"vin": VIN}], id="list"),
        pytest.param(
            lambda c: c.products(),
            [{"vin": VIN}, 5, None],
            # What is no object keeps its place: no car is taken for gone by it.
            [{"vin": VIN}, {}, {}],
            id="odd list",
        ),
        pytest.param(lambda c: c.vehicles(), [], [], id="no cars"),
        pytest.param(
            lambda c: c.vehicle(VIN), {"state": "asleep"}, {"state": "asleep"}, id="car"
        ),
        pytest.param(
            lambda c: c.vehicle_data(VIN, ["charge_state"]),
            {"charge_state": {}},
            {"charge_state": {}},
            id="data",
        ),
        pytest.param(
            lambda c: c.wake_up(VIN),
            {"state": "online"},
            {"state": "online"},
            id="wake",
        ),
        pytest.param(
            lambda c: c.command(VIN, "door_lock"),
            {"result": True, "reason": ""},
            CommandAnswer(result=True, reason=""),
            id="a command obeyed",
        ),
        pytest.param(
            lambda c: c.command(VIN, "charge_start"),
            {"result": False, "reason": "complete"},
            CommandAnswer(result=False, reason="complete"),
            id="a command refused is data",
        ),
        pytest.param(
            lambda c: c.signed_command(VIN, b"\x00\xff"),
            "AP8=",
            b"\x00\xff",
            id="signed",
        ),
        pytest.param(
            lambda c: c.region(),
            HOME,
            AccountRegion(region=Region.EU, base_url="http://localhost:1"),
            id="region",
        ),
        pytest.param(
            lambda c: c.region(),
            HOME | {"region": "moon"},
            AccountRegion(region=None, base_url="http://localhost:1"),
            id="a region nobody knows yet",
        ),
        pytest.param(
            lambda c: c.me(),
            {"email": "a@example.com", "full_name": None},
            Owner(email="a@example.com", full_name=None),
            id="me",
        ),
        pytest.param(
            lambda c: c.fleet_status([VIN, "OTHER", "THIRD"]),
            STATUS,
            {
                VIN: VehicleStatus(
                    key_paired=True,
                    protocol_required=True,
                    firmware="2025.44.25",
                    telemetry_version="1.1.0",
                ),
                "OTHER": VehicleStatus(key_paired=False),
                "THIRD": VehicleStatus(),
            },
            id="fleet status",
        ),
        pytest.param(
            lambda c: c.fleet_status([VIN]),
            {"key_paired_vins": 5, "vehicle_info": {VIN: "?"}},
            {VIN: VehicleStatus()},
            id="a fleet status that says nothing",
        ),
    ],
)
async def test_an_answer_is_read(ask: Ask, response: object, expected: object) -> None:
    """What Tesla answers comes out typed."""
    async with talking(ok(response), accepts=only("http://localhost:1")) as talk:
        assert await ask(talk.client) == expected


@pytest.mark.parametrize(
    ("ask", "response"),
    [
        pytest.param(lambda c: c.products(), {}, id="an object for a list"),
        pytest.param(lambda c: c.products(), None, id="null for a list"),
        pytest.param(lambda c: c.vehicle(VIN), [], id="a list for an object"),
        pytest.param(
            lambda c: c.vehicle_data(VIN, []), "data", id="a text for an object"
        ),
        pytest.param(lambda c: c.wake_up(VIN), 5, id="a number for an object"),
        pytest.param(lambda c: c.command(VIN, "x"), True, id="a bool for an object"),
        pytest.param(
            lambda c: c.command(VIN, "x"), {"result": "yes"}, id="a word for a result"
        ),
        pytest.param(
            lambda c: c.signed_command(VIN, b""), {}, id="an object for bytes"
        ),
        pytest.param(lambda c: c.signed_command(VIN, b""), "é?", id="no base64"),
        pytest.param(lambda c: c.region(), {"region": "eu"}, id="no base URL"),
        pytest.param(lambda c: c.region(), HOME, id="a foreign base URL"),
        pytest.param(lambda c: c.fleet_status([VIN]), [], id="a list for a status"),
    ],
)
async def test_an_answer_of_another_type_is_invalid(ask: Ask, response: object) -> None:
    """Nothing of the wrong type gets past the client."""
    async with talking(ok(response)) as talk:
        with pytest.raises(e.InvalidAnswer) as caught:
            await ask(talk.client)
        assert caught.value.may_have_acted


async def test_a_request_says_who_asks_and_what() -> None:
    """Token, path, query and body arrive as Tesla documents them."""
    async with talking(ok({}), ok({"result": True}), ok("")) as talk:
        await talk.client.vehicle_data(VIN, ["charge_state", "location_data"])
        await talk.client.command(VIN, "set_charge_limit", {"percent": 80})
        await talk.client.signed_command(VIN, b"message")
        data, command, signed = talk.server.arrivals
    assert (data.method, data.path) == ("GET", f"/api/1/vehicles/{VIN}/vehicle_data")
    assert data.query == {"endpoints": ["charge_state;location_data"]}
    assert data.headers["Authorization"] == f"Bearer {TOKEN}"
    assert command.path == f"/api/1/vehicles/{VIN}/command/set_charge_limit"
    assert (command.method, command.json) == ("POST", {"percent": 80})
    assert command.headers["Content-Type"] == "application/json"
    assert signed.path == f"/api/1/vehicles/{VIN}/signed_command"
    assert base64.b64decode(signed.json["routable_message"]) == b"message"


async def test_all_sections_are_asked_for_by_naming_none() -> None:
    """An empty query is not sent."""
    async with talking(ok({})) as talk:
        await talk.client.vehicle_data(VIN, [])
        assert talk.server.arrivals[0].target.endswith("/vehicle_data")


@pytest.mark.parametrize(
    ("ask", "category", "key"),
    [
        pytest.param(
            lambda c: c.vehicle_data(VIN, [], reason="poll"),
            Category.DATA,
            "vehicle_data",
            id="data",
        ),
        pytest.param(
            lambda c: c.wake_up(VIN, reason="poll"), Category.WAKE, "wake_up", id="wake"
        ),
        pytest.param(
            lambda c: c.command(VIN, "honk_horn", reason="poll"),
            Category.COMMAND,
            "command",
            id="command",
        ),
        pytest.param(
            lambda c: c.signed_command(VIN, b"", reason="poll"),
            Category.COMMAND,
            "signed_command",
            id="signed command",
        ),
    ],
)
async def test_a_billable_request_is_noted_before_it_leaves(
    ask: Ask, category: Category, key: str
) -> None:
    """Durably opened, then sent, then settled with the status, also of a refusal."""
    async with talking(ASLEEP) as talk:
        with pytest.raises(e.Asleep):
            await ask(talk.client)
        assert talk.log == ["opened", "arrived", "settled 408"]
        entry = talk.ledger.entries[0]
    assert entry == Entry(
        id=entry.id, at=NOW, category=category, vin=VIN, endpoint=key, reason="poll"
    )
    assert talk.ledger.settlements == [(entry, 408)]


async def test_a_free_request_is_only_counted() -> None:
    """It costs nothing, so it need not wait for the disk."""
    async with talking(ok([])) as talk:
        await talk.client.products()
        assert talk.log == ["arrived", "settled 200"]
        assert talk.ledger.settlements[0][0].category is Category.FREE


async def test_every_entry_has_an_id_of_its_own() -> None:
    """Also within one moment."""
    async with talking(ok({})) as talk:
        await asyncio.gather(*(talk.client.vehicle_data(VIN, []) for _ in range(5)))
        assert len({entry.id for entry in talk.ledger.entries}) == 5


async def test_a_cancelled_request_is_settled_as_unknown() -> None:
    """Tesla may have billed it."""
    async with talking(Reply(ending="silent")) as talk:
        task = asyncio.create_task(talk.client.wake_up(VIN))
        await talk.server.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert talk.log == ["opened", "arrived", "settled None"]


class FullDisk(RecordingLedger):
    """A ledger that cannot note anything durably."""

    @override
    async def opened(self, entry: Entry) -> None:
        """Fail."""
        raise e.SealBroken


async def test_what_cannot_be_noted_is_not_sent() -> None:
    """The request stays here, and its line says so."""
    ledger = FullDisk([])
    async with ScriptedServer(ok({})) as server, ClientSession() as session:
        client = FleetClient(
            session,
            tokens=ScriptedTokens(TOKEN),
            ledger=ledger,
            base_url=server.url,
            accepts=only(),
            now=lambda: NOW,
        )
        with pytest.raises(e.SealBroken):
            await client.wake_up(VIN)
        assert server.arrivals == []
    assert ledger.log == [f"settled {NEVER_SENT}"]


async def test_a_rejected_token_is_replaced_once() -> None:
    """The second attempt carries the newer token and a line of its own."""
    async with talking(EXPIRED, ok({}), tokens=(TOKEN, NEWER_TOKEN)) as talk:
        await talk.client.wake_up(VIN)
        first, second = talk.server.arrivals
        assert talk.tokens.rejected == [TOKEN]
        assert talk.log[:3] == ["opened", "arrived", "settled 401"]
        assert talk.log[3:] == ["opened", "arrived", "settled 200"]
    assert first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert second.headers["Authorization"] == f"Bearer {NEWER_TOKEN}"


async def test_a_newer_token_that_is_rejected_ends_it() -> None:
    """Two attempts at most."""
    async with talking(EXPIRED, tokens=(TOKEN, NEWER_TOKEN, "third")) as talk:
        with pytest.raises(e.TokenRejected):
            await talk.client.products()
        assert len(talk.server.arrivals) == 2


async def test_without_a_newer_token_nothing_is_repeated() -> None:
    """The same token would be rejected again, and billed again."""
    async with talking(EXPIRED) as talk:
        with pytest.raises(e.TokenRejected):
            await talk.client.wake_up(VIN)
        assert len(talk.server.arrivals) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param(
            "mobile_access_disabled", e.MobileAccessDisabled, id="mobile access"
        ),
        pytest.param("unknown user", e.UnknownUser, id="unknown user"),
    ],
)
async def test_other_refusals_with_401_cost_no_refresh(
    words: str, expected: type[e.FleetError]
) -> None:
    """No token mends them."""
    refusal = Reply(status=401, body={"error": words})
    async with talking(refusal, tokens=(TOKEN, NEWER_TOKEN)) as talk:
        with pytest.raises(expected):
            await talk.client.products()
        assert talk.tokens.rejected == []


class NoTokens:
    """A token source whose owner must sign in again."""

    async def access_token(self, rejected: str | None = None) -> str:
        """Refuse."""
        raise e.SignInRequired


async def test_without_a_token_nothing_is_sent() -> None:
    """The reason is the token source's own."""
    ledger = RecordingLedger([])
    async with ScriptedServer(ok({})) as server, ClientSession() as session:
        client = FleetClient(
            session,
            tokens=NoTokens(),
            ledger=ledger,
            base_url=server.url,
            accepts=only(),
            now=lambda: NOW,
        )
        with pytest.raises(e.SignInRequired):
            await client.wake_up(VIN)
        assert server.arrivals == []
    assert ledger.log == []


@pytest.mark.parametrize("header", [False, True], ids=["in the body", "in Alt-Svc"])
async def test_another_region_is_kept_before_it_is_used(header: bool) -> None:
    """Switched, persisted, repeated once; the next request goes there at once."""
    log: list[str] = []

    async def persist(url: str) -> None:
        """Note when the region was persisted."""
        log.append(f"persisted {url}")

    async with ScriptedServer(ok({}), log=log) as home:
        answers = {
            False: moved_to(home.url),
            True: Reply(status=421, headers={"Alt-Svc": f"h2={home.url}"}),
        }
        async with talking(
            answers[header], accepts=only(home.url), region_changed=persist, log=log
        ) as talk:
            await talk.client.wake_up(VIN)
            await talk.client.vehicle(VIN)
            assert talk.client.base_url == home.url
            assert len(talk.server.arrivals) == 1
        assert len(home.arrivals) == 2
    assert log[:7] == [
        "opened",
        "arrived",
        "settled 421",
        f"persisted {home.url}",
        "opened",
        "arrived",
        "settled 200",
    ]


async def test_requests_under_way_persist_a_change_once() -> None:
    """Both are repeated in the region that the first one found."""
    persisted: list[str] = []

    async def persist(url: str) -> None:
        """Note what was persisted, slowly as a disk would."""
        await asyncio.sleep(0.01)
        persisted.append(url)

    async with (
        ScriptedServer(ok({})) as home,
        talking(
            moved_to(home.url), accepts=only(home.url), region_changed=persist
        ) as talk,
    ):
        await asyncio.gather(talk.client.vehicle(VIN), talk.client.vehicle(VIN))
        assert len(home.arrivals) == 2
        assert persisted == [home.url]


async def test_a_region_can_change_without_anybody_to_tell() -> None:
    """The callback is optional."""
    async with (
        ScriptedServer(ok({})) as home,
        talking(moved_to(home.url), accepts=only(home.url)) as talk,
    ):
        await talk.client.vehicle(VIN)
        assert len(home.arrivals) == 1


async def test_a_foreign_host_is_never_asked() -> None:
    """Nor does the error name it to anybody who might."""
    async with ScriptedServer(ok({})) as foreign:
        async with talking(moved_to(foreign.url)) as talk:
            with pytest.raises(e.WrongRegion) as caught:
                await talk.client.products()
            assert caught.value.base_url is None
            assert talk.client.base_url == talk.server.url
        assert foreign.connections == 0


async def test_a_region_that_nobody_names_is_the_callers_matter() -> None:
    """`users/region` knows."""
    async with talking(Reply(status=421)) as talk:
        with pytest.raises(e.WrongRegion) as caught:
            await talk.client.products()
        assert caught.value.base_url is None
        assert len(talk.server.arrivals) == 1


async def test_a_region_that_names_itself_is_not_asked_again() -> None:
    """A slash at the end makes no other host."""
    async with ScriptedServer() as server, ClientSession() as session:
        server.replies = [moved_to(f"{server.url}/")]
        client = FleetClient(
            session,
            tokens=ScriptedTokens(TOKEN),
            ledger=RecordingLedger([]),
            base_url=server.url,
            accepts=only(server.url),
            now=lambda: NOW,
        )
        with pytest.raises(e.WrongRegion):
            await client.products()
        assert len(server.arrivals) == 1


async def test_two_regions_that_send_us_to_each_other_end_it() -> None:
    """One switch in a request."""
    async with ScriptedServer() as home:
        async with talking(moved_to(home.url), accepts=lambda _: True) as talk:
            home.replies = [moved_to(talk.server.url)]
            with pytest.raises(e.WrongRegion):
                await talk.client.products()
            assert len(talk.server.arrivals) == 1
        assert len(home.arrivals) == 1


async def test_region_and_token_can_both_be_stale() -> None:
    """Three attempts, each with a line of its own."""
    async with (
        ScriptedServer(EXPIRED, ok({})) as home,
        talking(
            moved_to(home.url), accepts=only(home.url), tokens=(TOKEN, NEWER_TOKEN)
        ) as talk,
    ):
        await talk.client.wake_up(VIN)
        statuses = [status for _, status in talk.ledger.settlements]
        assert statuses == [421, 401, 200]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_never_followed(status: int) -> None:
    """A token would go where it does not belong."""
    async with ScriptedServer(ok({})) as elsewhere:
        redirect = Reply(status=status, headers={"Location": elsewhere.url})
        async with talking(redirect) as talk:
            with pytest.raises(e.InvalidAnswer):
                await talk.client.products()
        assert elsewhere.connections == 0


REVEALING = {"error": f"no {VIN} for {TOKEN}", "error_description": f"vin={VIN}"}


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(status=400, body=REVEALING), id="in JSON"),
        pytest.param(Reply(status=500, body=f"{VIN} {TOKEN}".encode()), id="in a text"),
        pytest.param(Reply(body=f"{VIN} {TOKEN}".encode()), id="instead of JSON"),
        pytest.param(
            Reply(body=b"x", headers={"Content-Length": "?"}), id="bad header"
        ),
        pytest.param(Reply(ending="reset after"), id="with a lost answer"),
        pytest.param(Reply(ending="too late"), id="with a timeout"),
        pytest.param(Reply(body={"a": VIN}, ending="truncated"), id="with half a body"),
    ],
)
async def test_no_token_and_no_vin_reaches_log_or_traceback(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at debug, and not in an error that another one hides."""
    caplog.set_level(logging.DEBUG)
    async with talking(reply) as talk:
        with pytest.raises(e.FleetError) as caught:
            await talk.client.vehicle_data(VIN, ["charge_state"])
    logging.getLogger("test").error("Caught", exc_info=caught.value)
    assert VIN not in caplog.text
    assert TOKEN not in caplog.text
    assert "Bearer" not in caplog.text
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


async def test_the_log_has_one_line_for_a_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Method, endpoint, status and time."""
    caplog.set_level(logging.DEBUG, "custom_components.fleet_pulse")
    async with talking(ok({})) as talk:
        await talk.client.wake_up(VIN)
    (line,) = [text for text in caplog.messages if "wake_up" in text]
    assert line.startswith("POST wake_up: 200 in ")
    assert line.endswith(" ms")
