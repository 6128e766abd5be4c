"""What the client makes of every bad answer, and of none, over real sockets."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from email.utils import format_datetime
import gzip
import socket

from aiohttp import ClientSession
import pytest

from custom_components.fleet_pulse.fleet import errors as e
from custom_components.fleet_pulse.fleet.client import FleetClient
from custom_components.fleet_pulse.fleet.transport import LARGEST_BODY
from custom_components.fleet_pulse.fleet.usage import NEVER_SENT

from .scripted import (
    NOW,
    TOKEN,
    VIN,
    RecordingLedger,
    Reply,
    ScriptedTokens,
    ok,
    talking,
)

pytestmark = pytest.mark.usefixtures("socket_enabled")

HTML = b"<!DOCTYPE html><html><body>Access denied</body></html>"
HUGE = b" " * (LARGEST_BODY + 1)
CLOSE = {"Connection": "close"}


def refusal(status: int, words: str = "") -> Reply:
    """A refusal in the form of the Fleet API."""
    body = {"response": None, "error": words, "error_description": ""}
    return Reply(status=status, body=body)


FAULTS = [
    pytest.param(Reply(body=b"OK"), e.InvalidAnswer, 200, id="no JSON"),
    pytest.param(Reply(body=HTML), e.InvalidAnswer, 200, id="a page"),
    pytest.param(Reply(body=b""), e.InvalidAnswer, 200, id="an empty body"),
    pytest.param(Reply(status=204), e.InvalidAnswer, 204, id="no content"),
    pytest.param(Reply(body=b'{"response": {"a'), e.InvalidAnswer, 200, id="half JSON"),
    pytest.param(Reply(body=[{}]), e.InvalidAnswer, 200, id="a list"),
    pytest.param(Reply(body="text"), e.InvalidAnswer, 200, id="a text"),
    pytest.param(Reply(body=5), e.InvalidAnswer, 200, id="a number"),
    pytest.param(Reply(body=None), e.InvalidAnswer, 200, id="null"),
    pytest.param(Reply(body={"answer": {}}), e.InvalidAnswer, 200, id="no response"),
    pytest.param(Reply(body=HUGE), e.InvalidAnswer, 200, id="a huge body"),
    pytest.param(
        Reply(body=gzip.compress(HUGE, 1), headers={"Content-Encoding": "gzip"}),
        e.InvalidAnswer,
        200,
        id="a huge body in a small parcel",
    ),
    pytest.param(
        Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
        e.AnswerLost,
        200,
        id="a parcel that is none",
    ),
    pytest.param(
        Reply(body={"response": {}}, ending="truncated"),
        e.AnswerLost,
        200,
        id="a truncated body",
    ),
    pytest.param(
        Reply(body={"response": {}}, ending="slow"), e.AnswerLost, 200, id="slow loris"
    ),
    pytest.param(Reply(ending="too late"), e.AnswerLost, None, id="no answer"),
    pytest.param(Reply(ending="reset before"), e.AnswerLost, None, id="reset before"),
    pytest.param(Reply(ending="reset after"), e.AnswerLost, None, id="reset after"),
    pytest.param(
        Reply(headers={"Content-Length": "many"}), e.AnswerLost, None, id="no HTTP"
    ),
    pytest.param(refusal(400, "invalid_command"), e.BadRequest, 400, id="400"),
    pytest.param(refusal(401), e.TokenRejected, 401, id="401"),
    pytest.param(
        refusal(403, "Unauthorized missing scopes"),
        e.ScopeMissing,
        403,
        id="403 scopes",
    ),
    pytest.param(
        refusal(403, "Tesla Vehicle Command Protocol required, please"),
        e.ProtocolRequired,
        403,
        id="403 protocol required",
    ),
    pytest.param(
        refusal(403, "account disabled: EXCEEDED_LIMIT"),
        e.BillingLimit,
        403,
        id="403 over the limit",
    ),
    pytest.param(
        Reply(status=403, body=HTML), e.Forbidden, 403, id="403 of a bot wall"
    ),
    pytest.param(refusal(404, "not_found"), e.NotFound, 404, id="404"),
    pytest.param(refusal(405, "in service"), e.InService, 405, id="405"),
    pytest.param(refusal(408, "offline or asleep"), e.Asleep, 408, id="408"),
    pytest.param(
        refusal(412, "must be registered in the current region"),
        e.NotRegistered,
        412,
        id="412 not registered",
    ),
    pytest.param(
        refusal(412, "must match registered allowed origin"),
        e.OriginMismatch,
        412,
        id="412 origin",
    ),
    pytest.param(
        refusal(421, "use base URL: https://example.com"),
        e.WrongRegion,
        421,
        id="421 URL",
    ),
    pytest.param(Reply(status=421), e.WrongRegion, 421, id="421 without a URL"),
    pytest.param(
        refusal(422, "Public key hash has already been taken"),
        e.KeyTaken,
        422,
        id="422 key taken",
    ),
    pytest.param(Reply(status=422), e.ProtocolUnsupported, 422, id="422 no protocol"),
    pytest.param(Reply(status=423), e.AccountLocked, 423, id="423"),
    pytest.param(Reply(status=424), e.KeyDownloadFailed, 424, id="424"),
    pytest.param(Reply(status=429), e.RateLimited, 429, id="429"),
    pytest.param(Reply(status=451), e.PrivacyRefused, 451, id="451"),
    pytest.param(refusal(500, "upstream"), e.TeslaUnavailable, 500, id="500"),
    pytest.param(Reply(status=503), e.TeslaUnavailable, 503, id="503"),
    pytest.param(Reply(status=504), e.TeslaUnavailable, 504, id="504"),
    pytest.param(Reply(status=540), e.CarTrouble, 540, id="540"),
    pytest.param(
        Reply(status=408, body={"error": "x" * 99}, ending="truncated"),
        e.Asleep,
        408,
        id="a refusal with half a body still refuses",
    ),
    pytest.param(
        Reply(status=408, body=HUGE),
        e.Asleep,
        408,
        id="a refusal with a huge body, too",
    ),
    pytest.param(
        Reply(status=408, body={"error": "x" * 99}, ending="slow"),
        e.Asleep,
        408,
        id="a refusal in drops, too",
    ),
]


@pytest.mark.parametrize(("reply", "expected", "status"), FAULTS)
async def test_a_bad_answer_is_one_class_and_one_line_of_the_ledger(
    reply: Reply, expected: type[e.FleetError], status: int | None
) -> None:
    """The class is exact; the line says what is known of the status."""
    async with talking(reply) as talk:
        with pytest.raises(e.FleetError) as caught:
            await talk.client.vehicle_data(VIN, ["charge_state"])
        assert type(caught.value) is expected
        assert [settled for _, settled in talk.ledger.settlements] == [status]
        assert len(talk.ledger.entries) == 1


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"Retry-After": "33"}, 33, id="seconds"),
        pytest.param(
            {"Retry-After": format_datetime(NOW + timedelta(seconds=44), usegmt=True)},
            44,
            id="a date",
        ),
        pytest.param({"RateLimit-Reset": "45983"}, 45983, id="a reset"),
    ],
)
async def test_too_many_requests_say_how_long_to_wait(
    headers: dict[str, str], expected: float | None
) -> None:
    """As far as Tesla does."""
    async with talking(Reply(status=429, headers=headers)) as talk:
        with pytest.raises(e.RateLimited) as caught:
            await talk.client.vehicle(VIN)
        assert caught.value.retry_after == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(e.AnswerLost, True, id="a lost answer"),
        pytest.param(e.Asleep, False, id="asleep"),
        pytest.param(e.CarTrouble, True, id="an answer that is nonsense"),
        pytest.param(e.InvalidAnswer, True, id="an answer nobody can read"),
        pytest.param(e.RateLimited, False, id="too many requests"),
        pytest.param(e.TeslaUnavailable, True, id="a server in trouble"),
        pytest.param(e.TokenRejected, False, id="a rejected token"),
        pytest.param(e.Unreachable, False, id="no connection"),
    ],
)
def test_an_error_says_whether_the_car_may_have_acted(
    error: type[e.FleetError], expected: bool
) -> None:
    """A toggle must not be repeated then."""
    assert error.may_have_acted is expected


async def test_a_billed_request_is_not_repeated_behind_our_back() -> None:
    """The library would repeat a GET on a kept connection; Tesla would bill both."""
    async with talking(ok({}), Reply(ending="reset after"), ok({})) as talk:
        await talk.client.vehicle(VIN)
        with pytest.raises(e.AnswerLost):
            await talk.client.vehicle_data(VIN, [])
        assert len(talk.server.arrivals) == 2


async def test_a_free_request_may_be_repeated() -> None:
    """A kept connection that broke costs nobody anything."""
    async with talking(ok({}), Reply(ending="reset after"), ok({})) as talk:
        await talk.client.vehicle(VIN)
        await talk.client.vehicle(VIN)
        assert len(talk.server.arrivals) == 3


async def test_after_a_bad_answer_the_next_one_is_read() -> None:
    """No connection with a rest of the old answer is used again."""
    async with talking(Reply(body=HUGE), ok({"state": "online"})) as talk:
        with pytest.raises(e.InvalidAnswer):
            await talk.client.vehicle(VIN)
        assert await talk.client.vehicle(VIN) == {"state": "online"}


@contextmanager
def closed_port() -> Iterator[str]:
    """A URL where nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def busy_port() -> Iterator[str]:
    """A URL where connections are never accepted: the queue is full."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"
        for sock in waiting:
            sock.close()


@contextmanager
def no_url() -> Iterator[str]:
    """A base that is none."""
    yield "http://127.0.0.1:99999999"


@pytest.mark.parametrize("where", [closed_port, busy_port, no_url])
async def test_without_a_connection_nothing_was_sent(where: type[object]) -> None:
    """So nothing was billed, and nothing has acted."""
    ledger = RecordingLedger([])
    async with ClientSession() as session:
        with where() as url:  # type: ignore[attr-defined]
            client = _client(session, ledger, url)
            with pytest.raises(e.Unreachable):
                await client.wake_up(VIN)
    assert ledger.log == ["opened", f"settled {NEVER_SENT}"]


async def test_a_server_without_tls_is_unreachable() -> None:
    """The token was never shown to it."""
    ledger = RecordingLedger([])
    async with talking(ok({})) as talk, ClientSession() as session:
        client = _client(session, ledger, talk.server.url.replace("http:", "https:"))
        with pytest.raises(e.Unreachable):
            await client.wake_up(VIN)
        assert talk.server.arrivals == []
    assert ledger.log[-1] == f"settled {NEVER_SENT}"


async def test_a_closed_session_is_unreachable() -> None:
    """While Home Assistant stops, for example."""
    ledger = RecordingLedger([])
    session = ClientSession()
    await session.close()
    with pytest.raises(e.Unreachable):
        await _client(session, ledger, "http://127.0.0.1:1").wake_up(VIN)
    assert ledger.log[-1] == f"settled {NEVER_SENT}"


def _client(session: ClientSession, ledger: RecordingLedger, url: str) -> FleetClient:
    """A client that does not wait long."""
    return FleetClient(
        session,
        tokens=ScriptedTokens(TOKEN),
        ledger=ledger,
        base_url=url,
        accepts=lambda _: False,
        now=lambda: NOW,
        timeout=0.6,
    )
