"""A town that has written for a year: skewed as towns are, counted by waia, then copied until it is as large as wanted.

The first thousands of messages are made here and counted by waia itself. A copy is the same people once more under
other numbers, rows and roll-ups alike, made by the database: what waia would have counted, in a fraction of the time.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text

from bench.customers import NUMBER_ID
from bench.office import NUMBERS, PREPARATION
from bench.settling import settle
from waia.chats.models import Chat, ChatMove, Contact, Message
from waia.dashboard.counting import Basis
from waia.dashboard.models import HOURS
from waia.dashboard.rollups import Rollups
from waia.kit.clock import Clock
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups
from waia.rules.hours import parse_hours

CHATS, DAYS = 400, 365
SPAN = 1_000_000  # ids of the copies lie so far apart
VOCABULARY = [f"palabra{''.join(chr(97 + int(digit)) for digit in str(number))}" for number in range(1_500)]
AUTHORS, SHARES = ("customer", "bot", "user"), (5, 4, 2)
KINDS = ("text", "text", "text", "text", "image", "voice", "list_reply")
COPIES = {
    "contacts": "id, kind, name, username, phone, user_id, needs_review, created_at",
    "chat_state": "id, phone_number_id, contact_id, numero, bot_memory, last_message_at",
    "mensajes": "id, public_id, chat_id, numero, mensaje, tipo, timestamp, received_at, direction, author, kind, "
    "details, status, roles_then, owner_then, held_by",
    "chat_days": "chat_id, day, roles, owner_id, received, by_bot, by_people, words, counts, carry",
    "conversations": "chat_id, opened_at, day, roles, owner_id, is_new, handled_by, bot_s, person_s, person_open_s, "
    "person_id, closed_at",
    "kept_chats": "name, chat_id, received, words, by_people, alone",
}
KEYS = {"id", "chat_id", "contact_id"}
ROOMY = {"innodb_buffer_pool_size": 1 << 30, "innodb_log_file_size": 1 << 30}  # to make a town in, not to measure it
AS_BEFORE = {"innodb_buffer_pool_size": 1 << 27, "innodb_log_file_size": 96 << 20}
TOPS = """
    INSERT INTO monthly_tops (figure, month, term, n)
    SELECT figure, month, CAST(CAST(term AS {number}) + k * {span} AS CHAR), n FROM {numbers}
    CROSS JOIN monthly_tops WHERE figure <> 'word' AND CAST(term AS {number}) < {span}
"""


async def build(url: str, messages: int) -> None:
    """A town of so many messages, a multiple of five."""
    database = Database(url, Wakeups())
    try:
        await database.run(lambda tx: _fill(tx, messages))
        rollups = Rollups(database, Clock())
        while await rollups.step(Basis(ZoneInfo("America/Bogota"), parse_hours("lun-vie 08:00-18:00"))):
            pass
        await settle(database)
    finally:
        await database.close()


async def multiply(url: str, copies: int) -> None:
    """So many such towns instead of the one that was built."""
    database = Database(url, Wakeups())
    try:
        if copies > 1:
            await database.run(partial(_set, ROOMY))
            await database.run(lambda tx: _copy(tx, copies - 1))
            await database.run(partial(_set, AS_BEFORE))
        await settle(database)
    finally:
        await database.close()


async def _fill(tx: Transaction, count: int) -> None:
    dice, now = random.Random(11), datetime.now(UTC)
    begin = now - timedelta(days=DAYS)
    people = range(1, CHATS + 1)
    contacts = [{"id": n, "name": f"Cliente {n}", "phone": f"57300{n:07d}", "created_at": begin} for n in people]
    await tx.execute(insert(Contact), contacts)
    chat = {"phone_number_id": NUMBER_ID, "bot_memory": {}, "last_message_at": now}
    await tx.execute(insert(Chat), [{"id": n, "contact_id": n, "numero": f"57300{n:07d}", **chat} for n in people])
    messages = list(_messages(dice, begin, count))
    await tx.execute(insert(Message), messages)
    closed = [message for message in messages if message["author"] == "user" and message["id"] % 7 == 0]
    moves = [{"chat_id": row["chat_id"], "at": row["timestamp"] + timedelta(minutes=9)} for row in closed]
    await tx.execute(insert(ChatMove), [{**move, "what": "closed", "user_id": None} for move in moves])


def _messages(dice: random.Random, begin: datetime, count: int) -> Iterator[dict[str, Any]]:
    """Few people write much, few words are said often; by day, and now and then for a while."""
    weights = [1 / rank for rank in range(1, CHATS + 1)]
    often = [1 / rank for rank in range(1, len(VOCABULARY) + 1)]
    number = 0
    while number < count:
        chat = dice.choices(range(1, CHATS + 1), weights)[0]
        at = begin + timedelta(days=dice.randrange(DAYS), seconds=dice.randrange(13 * 3_600, 25 * 3_600))
        for author in ("customer", *dice.choices(AUTHORS, SHARES, k=4)):
            number, at = number + 1, at + timedelta(seconds=dice.randrange(2, 300))
            owner = dice.choice((1, None)) if author != "user" else 1
            yield {
                "id": number, "public_id": f"town{number}", "chat_id": chat, "numero": f"57300{chat:07d}",
                "text": " ".join(dice.choices(VOCABULARY, often, k=6)), "tipo": "cliente", "timestamp": at,
                "received_at": at, "direction": "in" if author == "customer" else "out", "author": author,
                "kind": dice.choice(KINDS) if author == "customer" else "text", "details": {}, "status": 0,
                "roles_then": dice.choice(("", ",1,", ",1,2,")), "owner_then": owner,
                "held_by": "person" if author == "user" else "bot", "user_id": None,
            }  # fmt: skip


async def _set(variables: Mapping[str, int], tx: Transaction) -> None:
    for name, value in variables.items() if tx.dialect == "mysql" else ():
        await tx.execute(text(f"SET GLOBAL {name} = {value}"))


async def _copy(tx: Transaction, copies: int) -> None:
    await tx.execute(text(PREPARATION[tx.dialect]))
    numbers = NUMBERS[tx.dialect].format(copies)
    for table, columns in COPIES.items():
        names = [name.strip() for name in columns.split(",")]
        first = "id" if "id" in names else "chat_id"
        copied = ", ".join(_copied(name) for name in names)
        source = (
            f"{numbers} CROSS JOIN {table} WHERE {first} < {SPAN}"  # one town after the other, in the order of keys
        )
        await tx.execute(text(f"INSERT INTO {table} ({columns}) SELECT {copied} FROM {source}"))  # noqa: S608
    number = "INTEGER" if tx.dialect == "sqlite" else "SIGNED"
    await tx.execute(text(TOPS.format(number=number, span=SPAN, numbers=numbers)))
    grown = ", ".join(f"{name} = {name} * {copies + 1}" for name in (*HOURS, "messages", "words"))
    await tx.execute(text(f"UPDATE daily_messages SET {grown}"))  # noqa: S608
    await tx.execute(text(f"UPDATE daily_figures SET n = n * {copies + 1}"))  # noqa: S608
    totals = ", ".join(f"{name} = {name} * {copies + 1}" for name in ("chats_alone", "received_alone"))
    await tx.execute(text(f"UPDATE kept_periods SET {totals}"))  # noqa: S608
    await tx.execute(text(f"UPDATE monthly_tops SET n = n * {copies + 1} WHERE figure = 'word'"))  # noqa: S608
    if tx.dialect == "sqlite":
        await tx.execute(text("ANALYZE"))


def _copied(name: str) -> str:
    if name in KEYS:
        return f"{name} + k * {SPAN}"
    return "public_id || '.' || k" if name == "public_id" else name
