"""People who look at the panel, and a history for them to look at; the database makes the history itself."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import insert, select, text

from bench.customers import FIRST, NUMBER_ID
from bench.settling import settle
from waia.accounts.cookies import new_token, token_hash
from waia.accounts.models import Login, Role, User, UserRole
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups

MESSAGES_A_CHAT = 10
DAYS = 30
NUMBERS = {
    "sqlite": "(WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {0}) SELECT k FROM n) AS n",
    "mysql": "(SELECT seq AS k FROM seq_1_to_{0}) AS n",
}
AGO = {
    "sqlite": "strftime('%Y-%m-%d %H\\:%M\\:%f', 'now', '-' || ({0}) || ' seconds') || '000'",
    "mysql": "UTC_TIMESTAMP(6) - INTERVAL ({0}) SECOND",
}
WHOLE = {"sqlite": "/", "mysql": "DIV"}
PREPARATION = {"sqlite": "PRAGMA cache_size=-65536", "mysql": "SET sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')"}
CONTACT = """
    INSERT INTO contacts (id, kind, name, phone, created_at)
    SELECT k, 'person', 'Cliente ' || k, {first} + k - 1, {at} FROM {numbers}
"""
IDENTITY = """
    INSERT INTO contact_identities (contact_id, kind, value, open, valid_from)
    SELECT k, 'wa_id', {first} + k - 1, 1, {at} FROM {numbers}
"""
CHAT = """
    INSERT INTO chat_state (id, phone_number_id, contact_id, numero, estado, bot_memory, last_message_id,
      last_message_at, last_customer_at, preview, preview_author, unread, window_ends_at)
    SELECT k, '{number}', k, {first} + k - 1, 'espera_usuario', '{{}}', k * {each}, {at}, {at}, 'Con gusto', 'bot',
      k % 500 = 0, {at} FROM {numbers}
"""
MESSAGE = """
    INSERT INTO mensajes (id, public_id, chat_id, wa_id, numero, mensaje, tipo, step, timestamp, received_at,
      direction, author, kind, details, status)
    SELECT k, 'bench' || k, {chat}, 'wamid.old' || k, {first} + {chat} - 1, 'Mensaje ' || k,
      CASE k % 2 WHEN 0 THEN 'bot' ELSE 'cliente' END, '', {at}, {at}, CASE k % 2 WHEN 0 THEN 'out' ELSE 'in' END,
      CASE k % 2 WHEN 0 THEN 'bot' ELSE 'customer' END, 'text', '{{}}', 3 FROM {numbers}
"""


async def open_logins(url: str, people: int, role: str = "admin") -> list[str]:
    """Hire so many people of a role and sign each in; the cookies of their browsers."""
    database, tokens = Database(url, Wakeups()), [new_token() for _ in range(people)]
    try:
        await database.run(lambda tx: _sign_in(tx, tokens, role))
    finally:
        await database.close()
    return [f"waia={token}" for token in tokens]


async def fill(url: str, chats: int) -> None:
    """So many chats with ten messages each, spread over the last 30 days; one in 500 is unread."""
    database = Database(url, Wakeups())
    try:
        await database.run(lambda tx: _fill(tx, chats))
        await settle(database)
    finally:
        await database.close()


async def _sign_in(tx: Transaction, tokens: list[str], keyword: str) -> None:
    now = datetime.now(UTC)
    role = (await tx.execute(select(Role.id).where(Role.keyword == keyword))).scalar_one()
    for token in tokens:
        person = insert(User).values(username=f"agente{uuid4().hex[:12]}", password_hash="-")  # noqa: S106  # nobody signs in by it
        user = (await tx.execute(person)).inserted_primary_key[0]
        await tx.execute(insert(UserRole).values(user_id=user, role_id=role))
        times = {"created_at": now, "confirmed_at": now, "last_seen_at": now}
        browser = {"address": "127.0.0.1", "user_agent": "bench"}
        await tx.execute(insert(Login).values(user_id=user, token_hash=token_hash(token), **times, **browser))


async def _fill(tx: Transaction, chats: int) -> None:
    last = chats * MESSAGES_A_CHAT
    await tx.execute(text(PREPARATION[tx.dialect]))
    for statement, count in ((CONTACT, chats), (IDENTITY, chats), (CHAT, chats), (MESSAGE, last)):
        at = AGO[tx.dialect].format(f"{DAYS * 86_400} - {DAYS * 86_400} * k / {count}")
        written = statement.format(
            numbers=NUMBERS[tx.dialect].format(count),
            at=at,
            first=FIRST,
            number=NUMBER_ID,
            each=MESSAGES_A_CHAT,
            chat=f"((k - 1) {WHOLE[tx.dialect]} {MESSAGES_A_CHAT} + 1)",
        )
        await tx.execute(text(written))
    if tx.dialect == "sqlite":
        await tx.execute(text("ANALYZE"))
