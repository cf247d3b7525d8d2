"""Answers that go wrong: each knob, each code, magic recipients, the header; and what went out."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.simulator.graph import ANA, Graph, code_of
from tests.simulator.receiver import Receiver
from waia.simulator import always, create_graph_app, once
from waia.simulator.graph_errors import TITLES
from waia.simulator.trouble import HEADER, Trouble

TEXT = {"to": f"+{ANA}", "type": "text", "text": {"body": "Hola"}}


@pytest.mark.parametrize("code", sorted(TITLES))
async def test_every_code_can_refuse_a_send(graph: Graph, code: int) -> None:
    graph.world.faults.send.next_codes = [code]
    answer = await graph.send()
    assert code_of(answer) == code
    assert answer.status_code >= 400
    assert not graph.world.sent
    assert (await graph.send()).status_code == 200


@pytest.mark.parametrize(
    ("code", "http"),
    [(130429, 400), (190, 401), (131031, 403), (200, 403), (132001, 404), (131000, 500), (2, 503)],
)
async def test_codes_come_with_the_http_status_of_the_table(graph: Graph, code: int, http: int) -> None:
    graph.world.faults.send.next_codes = [code]
    assert (await graph.send()).status_code == http


async def test_an_unclear_code_may_answer_a_message_that_goes_out(graph: Graph) -> None:
    graph.world.faults.send.accepted_despite_error = once()
    graph.world.faults.send.next_codes = [130429, 131000]
    assert code_of(await graph.send()) == 130429
    assert not graph.world.sent
    assert code_of(await graph.send()) == 131000
    assert len(graph.world.sent) == 1


@pytest.mark.parametrize(("fault", "status"), [("http_500_json", 500), ("http_502_html", 502)])
async def test_gateway_errors_with_and_without_acceptance(graph: Graph, fault: str, status: int) -> None:
    setattr(graph.world.faults.send, fault, always())
    graph.world.faults.send.accepted_despite_error = once()
    assert (await graph.send()).status_code == status
    assert len(graph.world.sent) == 1
    assert (await graph.send()).status_code == status
    assert len(graph.world.sent) == 1


async def test_a_lost_answer_is_a_reset_connection_of_an_accepted_message(wired: Graph, receiver: Receiver) -> None:
    wired.world.faults.send.lost_answer = once()
    with pytest.raises(httpx.ReadError):
        await wired.send()
    await wired.world.settled()
    assert len(wired.world.sent) == 1
    assert len(receiver.statuses()) == 3
    assert wired.world.requests[0].answered is None


async def test_a_connection_cut_before_acceptance_sends_nothing(wired: Graph) -> None:
    wired.world.faults.send.cut_before = once()
    with pytest.raises(httpx.ReadError):
        await wired.send()
    assert not wired.world.sent
    assert (await wired.send()).status_code == 200


async def test_a_server_without_resets_breaks_the_answer_off(graph: Graph) -> None:
    graph.world.faults.send.lost_answer = once()
    transport = BrokenOff(create_graph_app(graph.world))
    headers = {"authorization": "Bearer test-token"}
    async with httpx.AsyncClient(transport=transport, base_url="http://graph.test", headers=headers) as http:
        answer = await http.post("/v25.0/106540352242922/messages", json=body())
    assert (answer.headers["content-length"], answer.content) == ("512", b"")
    assert len(graph.world.sent) == 1


async def test_200_with_an_unexpected_body(graph: Graph) -> None:
    send = graph.world.faults.send
    send.empty_body, send.no_message_id, send.bad_json = once(), once(), once()
    assert (await graph.send()).content == b""
    broken = await graph.send()
    with pytest.raises(json.JSONDecodeError):
        broken.json()
    assert (await graph.send()).json()["messages"] == [{}]
    assert len(graph.world.sent) == 3


async def test_a_huge_answer_can_be_left_in_the_middle(wired: Graph) -> None:
    wired.world.faults.send.huge_body = once()
    seen = 0
    async with wired.http.stream("POST", "/v25.0/106540352242922/messages", json=body()) as answer:
        async for piece in answer.aiter_bytes():
            seen += len(piece)
            if seen > 2_000_000:
                break
    assert len(wired.world.sent) == 1


async def test_a_slow_answer_and_one_byte_at_a_time(wired: Graph) -> None:
    send = wired.world.faults.send
    send.slow, send.slow_s = once(), 30
    with pytest.raises(httpx.ReadTimeout):
        await wired.post(TEXT, timeout=0.05)
    send.slow_loris, send.slow_loris_s = once(), 30
    with pytest.raises(httpx.ReadTimeout):
        await wired.post(TEXT, timeout=0.05)
    send.slow_loris, send.slow_loris_s = once(), 0
    assert (await wired.send()).json()["messages"]
    assert len(wired.world.sent) == 3


async def test_magic_recipients_refuse_fail_and_spoil(graph: Graph, receiver: Receiver) -> None:
    assert code_of(await graph.send(to="+99900131026")) == 131026
    assert code_of(await graph.send(to="+99902494100")) == 2494100
    await graph.send(to="+99910131049")
    await graph.world.settled()
    assert receiver.statuses()[0]["errors"][0]["code"] == 131049
    position = list(Trouble).index(Trouble.HTTP_502_HTML)
    assert (await graph.send(to=f"+9992{position:07}")).status_code == 502


async def test_a_header_asks_for_a_fault(graph: Graph, receiver: Receiver) -> None:
    assert code_of(await graph.post(TEXT, headers={HEADER: "131048"})) == 131048
    assert (await graph.post(TEXT, headers={HEADER: "empty_body"})).content == b""
    assert code_of(await graph.post(TEXT, headers={HEADER: "nonsense"})) == 100
    await graph.world.settled()
    receiver.bodies.clear()
    assert (await graph.post(TEXT, headers={HEADER: "later:131026"})).status_code == 200
    await graph.world.settled()
    assert receiver.statuses()[0]["errors"][0]["code"] == 131026


async def test_random_refusals_follow_their_probability(graph: Graph) -> None:
    graph.world.faults.pair_limit = False
    graph.world.faults.throughput_per_s = None
    graph.world.faults.send.refused = always(0.3)
    answers = [(await graph.send()).status_code for _ in range(200)]
    assert 30 < answers.count(400) < 90


class BrokenOff(httpx.AsyncBaseTransport):
    """Calls the app and returns what it had answered when it returned, whole or not."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        events: list[dict[str, Any]] = []
        sent = {"type": "http.request", "body": await request.aread(), "more_body": False}

        async def receive() -> dict[str, Any]:
            return sent

        async def send(event: dict[str, Any]) -> None:
            events.append(event)

        path = request.url.path
        scope = {"type": "http", "method": request.method, "path": path, "raw_path": path.encode()}
        scope |= {"scheme": "http", "query_string": b"", "headers": request.headers.raw, "root_path": ""}
        await self._app(scope, receive, send)
        content = b"".join(event.get("body", b"") for event in events[1:])
        return httpx.Response(events[0]["status"], headers=events[0]["headers"], stream=Whole(content))


class Whole(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


def body() -> dict[str, object]:
    return {"messaging_product": "whatsapp", **TEXT}
