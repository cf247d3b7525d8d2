"""Customers as Meta tells of them: signed webhook bodies with one text message, or the status of a reply, each."""

import hashlib
import hmac
import itertools
import time

import msgspec

from bench.graph import Taken

SECRET, NUMBER_ID = "bench-app-secret", "106540352242922"
FIRST = 573_000_000_000
WORDS = "horario"
METADATA = {"display_phone_number": "573100000000", "phone_number_id": NUMBER_ID}
STATES = ("sent", "delivered", "read")


class Customers:
    """`count` people; every message has an id of its own."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._numbers = itertools.count(time.time_ns())

    def phone(self, index: int) -> str:
        return str(FIRST + index % self.count)

    def says(self, index: int, words: str = WORDS) -> bytes:
        """The whole request: this customer writes."""
        phone, number = self.phone(index), next(self._numbers)
        message = {"from": phone, "id": f"wamid.bench{number}", "timestamp": _now(), "type": "text"}
        contact = {"profile": {"name": f"Cliente {index % self.count}"}, "wa_id": phone}
        return _request(contacts=[contact], messages=[{**message, "text": {"body": words}}])


def statuses(taken: Taken) -> list[bytes]:
    """The three requests by which Meta tells what became of a reply."""
    told = {"id": taken.wamid, "recipient_id": taken.phone, "biz_opaque_callback_data": taken.opaque}
    pricing = {"billable": True, "pricing_model": "PMP", "category": "service"}
    return [_request(statuses=[{**told, "status": state, "timestamp": _now(), "pricing": pricing}]) for state in STATES]


def _now() -> str:
    return str(int(time.time()))


def _request(**parts: object) -> bytes:
    value = {"messaging_product": "whatsapp", "metadata": METADATA, **parts}
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return _signed(msgspec.json.encode({"object": "whatsapp_business_account", "entry": [entry]}))


def _signed(body: bytes) -> bytes:
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /webhook HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"X-Hub-Signature-256: sha256={signature}",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
