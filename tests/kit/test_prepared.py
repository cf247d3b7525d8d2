"""Prepared statements: the same rows, values and errors as SQLAlchemy's own execution, on both databases."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from waia.chats.models import Chat, Contact, Message
from waia.kit import mysql
from waia.kit.db import Database, Transaction
from waia.kit.prepared import Prepared
from waia.kit.sql import insert_ignore, table_of
from waia.kit.wakeups import Wakeups

NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
CONTACT, MESSAGES = table_of(Contact), table_of(Message)
ADD_CONTACT = Prepared(insert(CONTACT))
ADD_CHAT = Prepared(insert(table_of(Chat)))
ADD = Prepared(insert(MESSAGES))
ADD_NEW = Prepared(lambda dialect: insert_ignore(dialect, Message))
FIND = Prepared(
    select(Message.public_id, Message.wamid, Message.text, Message.timestamp, Message.details, Message.bot_may_run)
    .where(Message.public_id.in_(bindparam("ids", expanding=True)), Message.status == bindparam("status"))
    .order_by(Message.public_id)
)
RAISE = Prepared(update(MESSAGES).where(MESSAGES.c.public_id == bindparam("p")).values(status=bindparam("s")))
EDIT = Prepared(
    update(MESSAGES)
    .where(MESSAGES.c.public_id == bindparam("p"))
    .values(wamid=bindparam("w"), edited_at=bindparam("e"), error_code=bindparam("c"))
)
TRIPS = text("SHOW SESSION STATUS WHERE Variable_name = 'Questions'")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, Wakeups())
    yield opened
    await opened.close()


async def chat_of(tx: Transaction) -> int:
    contact = await tx.change(ADD_CONTACT, {"kind": "person", "created_at": NOON})
    chat = await tx.change(
        ADD_CHAT, {"phone_number_id": "1", "contact_id": contact.key, "last_message_at": NOON, "bot_memory": {}}
    )
    return chat.key


def message(chat_id: int, number: int) -> dict[str, Any]:
    times = {"timestamp": NOON, "received_at": NOON}
    words = {"text": f"¿Cuánto? 100 % 👍 {number}", "details": {"n": number}, "kind": "text"}
    return {
        "public_id": f"p{number:03d}",
        "chat_id": chat_id,
        "direction": "in",
        "author": "customer",
        **times,
        **words,
    }


@pytest.mark.parametrize("heard", [False, True], ids=["straight", "listened to"])
async def test_rows_come_back_as_they_were_written(database: Database, heard: bool) -> None:
    if heard:
        event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *_: None)
    async with database.writing() as tx:
        chat_id = await chat_of(tx)
        await tx.change(ADD, [message(chat_id, number) for number in range(40)])
    async with database.writing() as tx:
        for count in (0, 1, 2, 3, 17, 33):
            ids = [f"p{number:03d}" for number in range(count)]
            assert [row.public_id for row in await tx.rows(FIND, {"ids": ids, "status": 0})] == ids
        (found,) = await tx.rows(FIND, {"ids": ["p005"], "status": 0})
    assert (found.text, found.timestamp, found.details) == ("¿Cuánto? 100 % 👍 5", NOON, {"n": 5})
    assert (found.wamid, found.bot_may_run) == (None, False)


async def test_the_number_of_changes_tells_what_was_new(database: Database) -> None:
    async with database.writing() as tx:
        chat_id = await chat_of(tx)
        assert (await tx.change(ADD_NEW, [message(chat_id, number) for number in range(3)])).count == 3
        assert (await tx.change(ADD_NEW, [message(chat_id, number) for number in range(5)])).count == 2
        assert (
            await tx.change(RAISE, [{"p": "p001", "s": 2}, {"p": "p004", "s": 3}, {"p": "nobody", "s": 1}])
        ).count == 2
        assert [row.public_id for row in await tx.rows(FIND, {"ids": ["p001", "p004"], "status": 3})] == ["p004"]


async def test_a_refused_row_is_an_integrity_error_and_rolls_back(database: Database) -> None:
    async def add_twice(tx: Transaction) -> None:
        chat_id = await chat_of(tx)
        await tx.change(ADD, [message(chat_id, 1), message(chat_id, 1)])

    with pytest.raises(IntegrityError):
        await database.run(add_twice)
    async with database.writing() as tx:
        assert await tx.rows(FIND, {"ids": ["p001"], "status": 0}) == []


async def trips(tx: Transaction) -> int:
    """How often this connection asked its server so far."""
    return int((await tx.execute(TRIPS)).one()[1])


async def test_many_rows_go_in_one_trip_whatever_is_missing_in_them(database: Database) -> None:
    rows = [{"p": f"p{n:03d}", "w": f"wamid.{n}" if n % 2 else None, "e": None, "c": n} for n in range(40)]
    async with database.writing() as tx:
        chat_id = await chat_of(tx)
        await tx.change(ADD, [message(chat_id, number) for number in range(40)])
        await tx.change(EDIT, rows)
        before = 0 if database.is_sqlite else await trips(tx)
        assert (await tx.change(EDIT, [*rows, {**rows[0], "p": "nobody"}])).count == 40
        assert (await tx.change(EDIT, [{**rows[1], "e": NOON}, {**rows[2], "w": "wamid.2"}])).count == 2
        if not database.is_sqlite:
            assert await trips(tx) - before <= 2 + 2 + 1, "two statements, each prepared once, and the question itself"
    async with database.reading() as tx:
        asked = select(Message.public_id, Message.wamid, Message.edited_at, Message.error_code)
        found = {row.public_id: tuple(row[1:]) for row in await tx.execute(asked)}
    assert found["p001"] == ("wamid.1", NOON, 1)
    assert found["p002"] == ("wamid.2", None, 2)
    assert found["p004"] == (None, None, 4)


async def test_rows_of_more_than_the_server_takes_at_once_go_in_several_trips(database: Database) -> None:
    async with database.writing() as tx:
        chat_id = await chat_of(tx)
        long = [{**message(chat_id, number), "text": "á" * 1_900_000} for number in range(12)]
        assert (await tx.change(ADD, long)).count == 12
        lengths = (await tx.execute(select(func.length(Message.text)))).scalars().all()
    assert len(lengths) == 12
    assert min(lengths) >= 1_900_000


async def test_a_connection_that_died_at_rest_is_replaced(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no server")
    async with database.reading() as tx:
        reader = (await tx.execute(text("SELECT CONNECTION_ID()"))).scalar_one()
    async with database.writing() as tx:
        writer = (await tx.execute(text("SELECT CONNECTION_ID()"))).scalar_one()
        await tx.execute(text(f"KILL {reader}"))
    monkeypatch.setattr(mysql, "PING_AFTER_S", 0.0)
    async with database.reading() as tx:
        assert (await tx.execute(text("SELECT CONNECTION_ID()"))).scalar_one() != reader
        await tx.execute(text(f"KILL {writer}"))
    monkeypatch.setattr(mysql, "PING_AFTER_S", 60.0)
    assert await database.run(chat_of), "whoever writes tries again with another connection"


@pytest.mark.parametrize("prepared", [False, True])
async def test_who_reads_takes_no_lock_and_waits_for_none(database: Database, prepared: bool) -> None:
    locking = select(Message.text).where(Message.public_id == bindparam("p")).with_for_update()
    asked = Prepared(locking)
    async with database.writing() as tx:
        await tx.change(ADD, message(await chat_of(tx), 1))
    async with database.writing() as writer:
        await writer.execute(locking, {"p": "p001"})
        async with database.reading() as tx:
            found = await tx.rows(asked, {"p": "p001"}) if prepared else list(await tx.execute(locking, {"p": "p001"}))
    assert [row.text for row in found] == ["¿Cuánto? 100 % 👍 1"]
