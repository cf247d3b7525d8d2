"""One request, one outcome: what the network and Graph can do to a message that we send."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.whatsapp.raw_server import Behaviour, answer, drip, flood, reset, serving, silence
from waia.whatsapp.answers import Outcome, ReasonKind, Refused, Retry, Sent, Stopped, Unknown, outcome_of
from waia.whatsapp.client import GraphClient, GraphTrouble
from waia.whatsapp.connections import WarmestFirst
from waia.whatsapp.content import Text
from waia.whatsapp.errors import Scope
from waia.whatsapp.outbound import Address, build

MESSAGE = build(Text("Hola"), Address(to="573009998877"), opaque="row-1")
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "+573009998877", "wa_id": "573009998877"}],
    "messages": [{"id": "wamid.NEW=", "message_status": "accepted"}],
}
TOKEN = "a-very-secret-token"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncBaseTransport]:
    async with WarmestFirst() as transport:
        yield transport


def client(http: httpx.AsyncBaseTransport, url: str, *, deadline_s: float = 5.0, connect_s: float = 2.0) -> GraphClient:
    return GraphClient(http, url, "v25.0", TOKEN, deadline_s=deadline_s, connect_s=connect_s)


async def sent_to(http: httpx.AsyncBaseTransport, behave: Behaviour, **deadlines: float) -> Outcome:
    async with serving(behave) as server:
        return await client(http, server.url, **deadlines).send("900100", MESSAGE)


def graph_error(code: int, **more: Any) -> dict[str, Any]:
    told = {"message": f"(#{code}) Told", "type": "OAuthException", "code": code, "fbtrace_id": "A"}
    return {"error": {**told, "error_data": {"details": "more words"}, **more}}


async def test_an_accepted_message_has_metas_id(http: httpx.AsyncBaseTransport) -> None:
    async with serving(answer(200, ACCEPTED)) as server:
        outcome = await client(http, server.url + "/").send("900100", MESSAGE)
    assert outcome == Sent("wamid.NEW=", wa_id="573009998877", message_status="accepted")
    (request,) = server.requests
    assert request.line == "POST /v25.0/900100/messages HTTP/1.1"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/json"
    assert request.json == MESSAGE


async def test_a_message_to_a_user_id_tells_it_back(http: httpx.AsyncBaseTransport) -> None:
    body = {**ACCEPTED, "contacts": [{"input": "CO.1111", "user_id": "CO.1111"}]}
    outcome = await sent_to(http, answer(200, body))
    assert isinstance(outcome, Sent)
    assert (outcome.wa_id, outcome.user_id) == (None, "CO.1111")


@pytest.mark.parametrize(
    ("code", "status", "scope"),
    [
        (4, 400, Scope.APP),
        (80007, 400, Scope.NUMBER),
        (130429, 400, Scope.NUMBER),
        (130429, 429, Scope.NUMBER),
        (131056, 400, Scope.CHAT),
        (131057, 500, Scope.NUMBER),
        (133004, 503, Scope.NUMBER),
        (2494100, 400, Scope.NUMBER),
        (134101, 400, Scope.NUMBER),
    ],
)
async def test_a_busy_graph_has_surely_not_sent(
    http: httpx.AsyncBaseTransport, code: int, status: int, scope: Scope
) -> None:
    outcome = await sent_to(http, answer(status, graph_error(code)))
    assert isinstance(outcome, Retry)
    assert (outcome.code, outcome.scope) == (code, scope)


@pytest.mark.parametrize(("told", "after_s"), [("7", 7.0), ("0", None), ("soon", None), ("1e9", 3600.0), ("nan", None)])
async def test_the_wait_that_graph_asks_for_is_kept_in_bounds(
    http: httpx.AsyncBaseTransport, told: str, after_s: float | None
) -> None:
    outcome = await sent_to(http, answer(429, graph_error(130429), Retry_After=told))
    assert isinstance(outcome, Retry)
    assert outcome.after_s == after_s


@pytest.mark.parametrize(
    ("code", "status"), [(1, 400), (2, 503), (131000, 500), (131016, 500), (131000, 400), (987654, 500)]
)
async def test_an_unclear_code_is_unknown(http: httpx.AsyncBaseTransport, code: int, status: int) -> None:
    assert isinstance(await sent_to(http, answer(status, graph_error(code))), Unknown)


@pytest.mark.parametrize("code", [0, 3, 10, 190, 200, 299, 131005, 368, 131031, 131042, 131045, 133010])
@pytest.mark.parametrize("status", [200, 400, 401, 403, 500])
async def test_trouble_of_token_or_account_stops_the_number_whatever_the_status(code: int, status: int) -> None:
    assert isinstance(outcome_of(status, {}, httpx.Request("POST", "http://x", json=graph_error(code)).read()), Stopped)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (100, ReasonKind.REQUEST),
        (33, ReasonKind.REQUEST),
        (131026, ReasonKind.RECIPIENT),
        (131047, ReasonKind.WINDOW),
        (131048, ReasonKind.POLICY),
        (131053, ReasonKind.MEDIA),
        (132001, ReasonKind.TEMPLATE),
        (132999, ReasonKind.TEMPLATE),
        (131036, ReasonKind.STORAGE),
        (424242, ReasonKind.REQUEST),
    ],
)
async def test_a_permanent_refusal_says_why(http: httpx.AsyncBaseTransport, code: int, kind: ReasonKind) -> None:
    outcome = await sent_to(http, answer(400, graph_error(code)))
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.reason_kind) == (code, kind)
    assert outcome.reason == f"(#{code}) Told · more words"


async def test_a_transient_error_of_tomorrow_may_be_tried_again(http: httpx.AsyncBaseTransport) -> None:
    assert isinstance(await sent_to(http, answer(400, graph_error(424242, is_transient=True))), Retry)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (500, b"<html>oops</html>", Unknown),
        (502, b"", Unknown),
        (504, b"gateway", Unknown),
        (200, b"not json", Unknown),
        (200, b"", Unknown),
        (200, b"{}", Unknown),
        (200, b'{"messages":[]}', Unknown),
        (200, b'{"messages":[{"id":""}]}', Unknown),
        (200, b'{"messages":"wamid"}', Unknown),
        (200, b'{"error":{"message":"no code"}}', Unknown),
        (500, b'{"error":"text"}', Unknown),
        (429, b"slow down", Retry),
        (400, b"<html>bad</html>", Refused),
        (403, b"proxy says no", Stopped),
        (404, b"<html>nothing here</html>", Stopped),
        (302, b"", Stopped),
    ],
)
async def test_an_answer_without_graphs_code_is_judged_by_its_status(
    http: httpx.AsyncBaseTransport, status: int, body: bytes, kind: type[Outcome]
) -> None:
    assert isinstance(await sent_to(http, answer(status, body)), kind)


async def test_a_redirect_is_not_followed_and_the_token_stays_here(http: httpx.AsyncBaseTransport) -> None:
    async with (
        serving(answer(200, ACCEPTED)) as elsewhere,
        serving(answer(307, b"", Location=elsewhere.url)) as server,
    ):
        outcome = await client(http, server.url).send("900100", MESSAGE)
    assert isinstance(outcome, Stopped)
    assert elsewhere.requests == []


@pytest.mark.parametrize("behave", [reset, silence, drip, flood], ids=lambda each: each.__name__)
async def test_a_request_that_arrived_and_was_not_answered_is_unknown(
    http: httpx.AsyncBaseTransport, behave: Behaviour
) -> None:
    async with serving(behave) as server:
        outcome = await client(http, server.url, deadline_s=0.4).send("900100", MESSAGE)
    assert isinstance(outcome, Unknown)
    assert server.requests[0].json == MESSAGE


async def test_a_slow_answer_ends_at_the_deadline(http: httpx.AsyncBaseTransport) -> None:
    started = asyncio.get_running_loop().time()
    await sent_to(http, drip, deadline_s=0.3)
    assert asyncio.get_running_loop().time() - started < 2


async def test_a_refused_connection_has_surely_not_sent(http: httpx.AsyncBaseTransport, closed_port: int) -> None:
    outcome = await client(http, f"http://127.0.0.1:{closed_port}").send("900100", MESSAGE)
    assert isinstance(outcome, Retry)
    assert outcome.scope is Scope.APP


async def test_a_tls_error_has_surely_not_sent(http: httpx.AsyncBaseTransport) -> None:
    async def no_tls(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(no_tls, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        outcome = await client(http, f"https://127.0.0.1:{port}").send("900100", MESSAGE)
    assert isinstance(outcome, Retry)
    assert "SSL" in outcome.reason


async def test_a_connection_that_never_opens_has_surely_not_sent(
    http: httpx.AsyncBaseTransport, deaf_port: int
) -> None:
    for deadlines in ({"connect_s": 0.2}, {"deadline_s": 0.2}):
        outcome = await client(http, f"http://127.0.0.1:{deaf_port}", **deadlines).send("900100", MESSAGE)
        assert isinstance(outcome, Retry)


@pytest.mark.parametrize(
    "url", ["http://", "http://[::bad", "ftp://127.0.0.1", f"http://{'a' * 70}.invalid", "nowhere"]
)
async def test_an_address_that_cannot_be_used_has_surely_not_sent(http: httpx.AsyncBaseTransport, url: str) -> None:
    assert isinstance(await client(http, url).send("900100", MESSAGE), Retry)


async def test_a_full_connection_pool_has_surely_not_sent() -> None:
    pool = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1))
    async with pool, serving(silence) as server:
        first = asyncio.create_task(client(pool, server.url, deadline_s=5).send("900100", MESSAGE))
        async with asyncio.timeout(5):
            await server.arrived.wait()
        assert isinstance(await client(pool, server.url, deadline_s=0.3).send("900100", MESSAGE), Retry)
        first.cancel()


async def test_a_cancelled_send_is_cancelled(http: httpx.AsyncBaseTransport) -> None:
    async with serving(silence) as server:
        sending = asyncio.create_task(client(http, server.url).send("900100", MESSAGE))
        async with asyncio.timeout(5):
            await server.arrived.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_the_token_is_in_no_outcome_and_no_repr(http: httpx.AsyncBaseTransport, closed_port: int) -> None:
    graph = client(http, f"http://127.0.0.1:{closed_port}")
    assert TOKEN not in f"{graph!r} {await graph.send('900100', MESSAGE)!r}"


async def test_a_number_id_cannot_leave_its_place_in_the_path(http: httpx.AsyncBaseTransport) -> None:
    async with serving(answer(200, ACCEPTED)) as server:
        await client(http, server.url).send("../me?x=", MESSAGE)
    assert server.requests[0].line == "POST /v25.0/..%2Fme%3Fx%3D/messages HTTP/1.1"


async def test_reading_and_typing_are_marked_together(http: httpx.AsyncBaseTransport) -> None:
    async with serving(answer(200, {"success": True})) as server:
        graph = client(http, server.url)
        assert await graph.mark_read("900100", "wamid.CARLA001=")
        assert await graph.mark_read("900100", "wamid.CARLA001=", typing=True)
    plain, typing = (request.json for request in server.requests)
    assert plain == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.CARLA001="}
    assert typing == {**plain, "typing_indicator": {"type": "text"}}


async def test_a_mark_that_fails_is_told_and_nothing_more(http: httpx.AsyncBaseTransport, closed_port: int) -> None:
    assert not await client(http, f"http://127.0.0.1:{closed_port}").mark_read("900100", "wamid.X")
    async with serving(answer(400, graph_error(100))) as server:
        assert not await client(http, server.url).mark_read("900100", "wamid.X")


async def test_a_question_that_is_refused_says_why_and_never_repeats_the_token(http: httpx.AsyncBaseTransport) -> None:
    async with serving(answer(400, graph_error(190, message="Malformed access token other-token"))) as server:
        with pytest.raises(GraphTrouble) as refused:
            await client(http, server.url).ask("debug_token", input_token="other-token")
    assert (refused.value.code, refused.value.answered) == (190, True)
    assert "other-token" not in str(refused.value)
    assert "•••" in str(refused.value)


async def test_a_question_that_nobody_hears_is_told_apart(http: httpx.AsyncBaseTransport, closed_port: int) -> None:
    with pytest.raises(GraphTrouble) as unheard:
        await client(http, f"http://127.0.0.1:{closed_port}").ask("1")
    assert (unheard.value.code, unheard.value.answered) == (None, False)


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port whose queue of new connections is full: what comes next waits for ever."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for each in waiting:
            each.close()
