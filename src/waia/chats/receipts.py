"""Asks for a read receipt or a "typing" sign; a worker sends it after the commit."""

from collections.abc import Iterable
from datetime import datetime

from waia.kit import queue
from waia.kit.db import Transaction

RECEIPTS = "receipts"
READ, TYPING = "read", "typing"


async def ask_for(tx: Transaction, kind: str, chat_ids: Iterable[int], now: datetime) -> None:
    """`kind` is READ or TYPING (which also marks as read). `now` is real time."""
    await queue.push(tx, RECEIPTS, ((f"{kind}:{chat_id}", now) for chat_id in chat_ids))


def parse_key(key: str) -> tuple[str, int]:
    kind, _, chat_id = key.partition(":")
    return kind, int(chat_id)
