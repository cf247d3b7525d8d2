"""POST /{PNID}/messages: sends, read marks and typing, answered rightly or with one of the troubles."""

import asyncio
import json
from collections.abc import AsyncIterator

from waia.simulator.graph_errors import RATE_LIMITS, GraphError, answer_body
from waia.simulator.http import Answer, Cut, Outcome, Request, Stream, ok
from waia.simulator.people import PhoneNumber
from waia.simulator.recipients import Recipient
from waia.simulator.records import ReadMark, SentMessage
from waia.simulator.sending import accept
from waia.simulator.trouble import HEADER, Omen, Trouble, foresee
from waia.simulator.validate import check_product, fields
from waia.simulator.wire import Json
from waia.simulator.world import World

GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
STATUS_FIRST_S = 10.0
"""The longest that an answer waits for a status that is to be told before it (real seconds)."""


async def post_message(world: World, pnid: str, request: Request) -> Outcome:
    number, payload = world.numbers[pnid], request.json()
    if "status" in payload:
        return _mark_read(world, number, payload)
    omen = foresee(world.faults, world.rng, payload, request.headers.get(HEADER))
    if omen.refused is not None and not omen.goes_out:
        raise omen.refused
    if not omen.goes_out:
        return await _troubled(world, omen, b"")
    shipment, recipient = accept(world, number, payload, omen.failing)
    if told := world.courier.take(shipment):
        await _wait(told)
    if omen.refused is not None:
        raise omen.refused
    return await _troubled(world, omen, _success(shipment.sent, recipient))


def retry_headers(world: World, error: GraphError) -> dict[str, str]:
    seconds = world.faults.send.retry_after_s
    return {"retry-after": str(seconds)} if seconds is not None and error.code in RATE_LIMITS else {}


def _mark_read(world: World, number: PhoneNumber, payload: Json) -> Outcome:
    check_product(payload)
    fields.choice(payload, "status", "message", ("read",))
    wamid = fields.text(payload, "message_id", "message", 512)
    typing = payload.get("typing_indicator")
    if typing is not None and (not isinstance(typing, dict) or typing.get("type") != "text"):
        raise fields.wrong("typing_indicator['type']", "must be text")
    message = world.ledger.inbound(wamid)
    if message is None or message.pnid != number.pnid or message.echo:
        raise GraphError(100, f"Message {wamid} is unknown to this phone number.")
    _mark_thread(world, message.customer_key, number.pnid, wamid)
    world.marks.append(ReadMark(wamid, typing is not None, world.clock.business()))
    world.changed.beat()
    return ok({"success": True})


def _mark_thread(world: World, customer_key: str, pnid: str, wamid: str) -> None:
    """Everything up to that message has been seen."""
    for line in world.thread(customer_key, pnid):
        if not isinstance(line, SentMessage):
            line.seen_by_business = True
        if line.wamid == wamid:
            return


async def _wait(told: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(STATUS_FIRST_S):
            await told.wait()
    except TimeoutError:
        return


def _success(sent: SentMessage, recipient: Recipient) -> bytes:
    return json.dumps(
        {
            "messaging_product": "whatsapp",
            "contacts": [recipient.answer_contact()],
            "messages": [{"id": sent.wamid, "message_status": "accepted"}]
            if sent.kind == "template"
            else [{"id": sent.wamid}],
        }
    ).encode()


async def _troubled(world: World, omen: Omen, body: bytes) -> Outcome:
    """The answer in the shape that the trouble gives it; `body` if there is none."""
    send = world.faults.send
    match omen.trouble:
        case Trouble.CUT_BEFORE | Trouble.LOST_ANSWER:
            return Cut()
        case Trouble.HTTP_500_JSON:
            return ok(answer_body(GraphError(131000), world.ids.trace()), 500)
        case Trouble.HTTP_502_HTML:
            return Answer(GATEWAY_PAGE, 502, "text/html")
        case Trouble.EMPTY_BODY:
            return Answer(b"")
        case Trouble.BAD_JSON:
            return Answer(body[: len(body) // 2])
        case Trouble.NO_MESSAGE_ID:
            return ok({"messaging_product": "whatsapp", "messages": [{}]})
        case Trouble.HUGE_BODY:
            return Stream(_padding(send.huge_bytes), None)
        case Trouble.SLOW_LORIS:
            return Stream(_drops(body, send.slow_loris_s), len(body))
        case Trouble.SLOW:
            await asyncio.sleep(send.slow_s)
    return Answer(body)


async def _padding(size: int) -> AsyncIterator[bytes]:
    block = b" " * 65536
    for _ in range(size // len(block) + 1):
        yield block


async def _drops(body: bytes, pause_s: float) -> AsyncIterator[bytes]:
    for position in range(len(body)):
        await asyncio.sleep(pause_s)
        yield body[position : position + 1]
