"""Webhook bodies written by hand, in Meta's shape, for what a simulated customer cannot do in one POST."""

import time
from collections.abc import Sequence
from typing import Any, TypeAlias

from waia.simulator.wire import encode

Json: TypeAlias = dict[str, Any]
PNID = "106540352242922"
OTHER_PNID = "106540352242923"
CARLA, DIEGO, ELENA = "573001112233", "573004445566", "573007778899"


def message(wamid: str, kind: str, part: Json, *, sender: str = CARLA, at: float | None = None) -> Json:
    told = {"from": sender, "id": wamid, "timestamp": str(int(at or time.time())), "type": kind}
    return told | {kind: part}


def text(wamid: str, words: str, *, sender: str = CARLA, at: float | None = None) -> Json:
    return message(wamid, "text", {"body": words}, sender=sender, at=at)


def status(wamid: str, state: str, *, opaque: str = "", code: int | None = None) -> Json:
    told: Json = {
        "id": wamid, "status": state, "timestamp": str(int(time.time())), "recipient_id": CARLA,
    }  # fmt: skip
    if opaque:
        told["biz_opaque_callback_data"] = opaque
    if code is not None:
        told["errors"] = [{"code": code, "title": f"error {code}"}]
    return told


def value(messages: Sequence[Json] = (), statuses: Sequence[Json] = (), pnid: str = PNID) -> Json:
    """The value of one change; who wrote is named in `contacts`, as Meta does."""
    senders = dict.fromkeys(each["from"] for each in messages if "from" in each)
    told: Json = {"messaging_product": "whatsapp", "metadata": metadata(pnid)}
    told["contacts"] = [{"profile": {"name": f"Cliente {phone[-4:]}"}, "wa_id": phone} for phone in senders]
    told |= {"messages": list(messages)} if messages else {}
    return told | ({"statuses": list(statuses)} if statuses else {})


def webhook(*values: Json, field: str = "messages") -> bytes:
    """One POST; every value is an entry of its own."""
    entries = [{"id": "102290129340398", "changes": [{"field": field, "value": each}]} for each in values]
    return encode({"object": "whatsapp_business_account", "entry": entries})


def texts(*pairs: tuple[str, str], sender: str = CARLA) -> bytes:
    """One POST with (message id, words) of one customer."""
    return webhook(value([text(wamid, words, sender=sender) for wamid, words in pairs]))


def metadata(pnid: str) -> Json:
    return {"display_phone_number": "15550100000", "phone_number_id": pnid}
