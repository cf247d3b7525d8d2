"""The demo's world in the tables: people, quick replies, and chats of every state, all consistent."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from waia.accounts.models import Role, User
from waia.chats.models import Chat, Contact, ContactIdentity, Message
from waia.kit.db import Database
from waia.quick_replies.repository import all_contents
from waia.seeds.cast import CUSTOMERS
from waia.seeds.demo import seed_demo
from waia.seeds.repository import open_windows
from waia.settings import Settings

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def seeded(database: Database, settings: Settings) -> None:
    async with database.writing() as tx:
        assert await seed_demo(tx, settings, NOW)


async def chats_with_messages(database: Database) -> Sequence[tuple[Chat, list[Message]]]:
    async with database.reading() as tx:
        chats = (await tx.session.execute(select(Chat))).scalars().all()
        messages = (await tx.session.execute(select(Message).order_by(Message.id))).scalars().all()
    return [(chat, [message for message in messages if message.chat_id == chat.id]) for chat in chats]


async def one(database: Database, statement: Any) -> Any:
    async with database.reading() as tx:
        return (await tx.execute(statement)).scalar_one()


async def test_ana_sells_and_beto_is_admin_and_neither_has_a_password(database: Database) -> None:
    async with database.reading() as tx:
        users = {user.username: user for user in (await tx.session.execute(select(User))).scalars()}
    assert {name: [role.keyword for role in user.roles] for name, user in users.items()} == {
        "ana": ["ventas"],
        "beto": ["admin"],
    }
    assert {user.password_hash for user in users.values()} == {"!"}


async def test_seeding_twice_changes_nothing(database: Database, settings: Settings) -> None:
    before = await one(database, select(func.count(Message.id)))
    async with database.writing() as tx:
        assert not await seed_demo(tx, settings, NOW)
    assert await one(database, select(func.count(Message.id))) == before


async def test_the_list_row_of_each_chat_is_that_of_its_last_message(database: Database) -> None:
    for chat, messages in await chats_with_messages(database):
        last = messages[-1]
        assert (chat.last_message_id, chat.last_message_at) == (last.id, last.timestamp)
        assert (chat.preview_author, chat.preview_kind) == (last.author, last.kind)
        assert chat.preview == " ".join((last.text or "").split())[:200]
        assert chat.preview_status == (last.status if last.direction == "out" else 0)


async def test_every_chat_is_in_order_and_in_the_past(database: Database) -> None:
    for _, messages in await chats_with_messages(database):
        times = [message.timestamp for message in messages]
        assert times == sorted(times)
        assert times[-1] < NOW


async def test_windows_end_a_day_after_the_customers_last_word(database: Database) -> None:
    for chat, messages in await chats_with_messages(database):
        heard = [message.timestamp for message in messages if message.direction == "in"][-1]
        assert chat.last_customer_at == heard
        assert chat.window_ends_at == heard + timedelta(hours=24)


async def test_held_chats_come_back_to_the_bot_later_and_idle_ones_close_later(database: Database) -> None:
    for chat, _ in await chats_with_messages(database):
        assert (chat.resume_at is not None) == (chat.holder != "bot")
        assert chat.resume_at is None or chat.resume_at > NOW
        assert (chat.idle_at is not None) == chat.session_open
        assert chat.idle_at is None or chat.idle_at > NOW


async def test_every_state_and_every_trouble_is_shown(database: Database) -> None:
    found = await chats_with_messages(database)
    messages = [message for _, mine in found for message in mine]
    assert {chat.estado for chat, _ in found} == {
        "sin_respuesta", "espera_usuario", "sin_regla", "asesor", "cerrado",
    }  # fmt: skip
    assert {chat.holder for chat, _ in found} == {"bot", "queue", "person"}
    assert {message.status for message in messages} >= {-3, -1, 0, 1, 2, 3}
    (failed,) = [message for message in messages if message.status == -1]
    assert (failed.error_code, bool(failed.error_text)) == (131047, True)
    assert any(len(message.text or "") > 3_900 for message in messages)
    assert any(message.text == "😍🎉" for message in messages)
    assert any("\u0627" in (message.text or "") for message in messages)


async def test_a_chat_that_waits_shows_since_when(database: Database) -> None:
    for chat, messages in await chats_with_messages(database):
        waits = chat.unanswered_since is not None
        assert waits == (chat.unread > 0)
        if waits:
            assert chat.unanswered_since in {m.timestamp for m in messages if m.direction == "in"}


async def test_a_customer_without_a_number_is_known_by_user_id_only(database: Database) -> None:
    async with database.reading() as tx:
        elena = (await tx.session.execute(select(Contact).where(Contact.username == "elena.disena"))).scalar_one()
        statement = select(ContactIdentity.kind).where(ContactIdentity.contact_id == elena.id)
        kinds = (await tx.execute(statement)).scalars().all()
    assert (elena.phone, list(kinds)) == ("", ["bsuid"])


async def test_taps_and_quotes_point_at_messages_that_exist(database: Database) -> None:
    for _, messages in await chats_with_messages(database):
        known = {message.wamid for message in messages}
        quoted = [message.quoted_wamid for message in messages if message.quoted_wamid]
        assert set(quoted) <= known


async def test_bot_lines_name_the_rule_that_sent_them(database: Database) -> None:
    lines = [m for _, mine in await chats_with_messages(database) for m in mine if m.author == "bot"]
    assert sum(message.rule_id is not None for message in lines) > len(lines) / 2


async def test_chats_that_sales_must_see_carry_its_role(database: Database) -> None:
    role_id = await one(database, select(Role.id).where(Role.keyword == "ventas"))
    queues = [chat.queue_role_id for chat, _ in await chats_with_messages(database) if chat.holder == "queue"]
    assert queues
    assert set(queues) == {role_id}


async def test_quick_replies_are_there_in_order(database: Database) -> None:
    async with database.reading() as tx:
        replies = list((await all_contents(tx)).values())
    assert [reply.name for reply in replies][:2] == ["saludo", "visita"]
    assert replies[-1].files[0].url.endswith("/static/demo/catalogo.pdf")


async def test_open_windows_are_told_so_that_meta_may_remember_them(database: Database) -> None:
    async with database.reading() as tx:
        windows = await open_windows(tx, NOW)
    phones = {window.wa_id for window in windows}
    assert "573005550101" in phones
    assert "573005550104" not in phones
    assert all(NOW - timedelta(hours=24) < window.opened_at <= NOW for window in windows)


def test_the_cast_has_distinct_ids() -> None:
    assert len({person.key for person in CUSTOMERS}) == len(CUSTOMERS)
    assert len({person.user_id for person in CUSTOMERS}) == len(CUSTOMERS)
