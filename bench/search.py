"""The search of the panel, and the list of an agent who may see one chat of a hundred, with little and with much."""

import time
from collections.abc import AsyncIterator
from urllib.parse import quote

from sqlalchemy import text

from bench.figures import Figure, Of, at_most, percentile
from bench.office import MESSAGES_A_CHAT, fill, open_logins
from bench.size import Size
from bench.stand import Ground
from bench.wire import ask, get
from waia.kit.db import Database, Transaction
from waia.kit.wakeups import Wakeups

ROLE, FULL_PAGE = "uno_de_cien", 50
# What stands in how many messages: a common word in 30 %, a rare one in 1 %, numbers of their own in each.
WORDS = (
    "{mark}mensaje {mark}' || id || CASE WHEN id % 10 < 3 THEN ' {mark}comun' ELSE '' END || "
    "CASE id % 100 WHEN 7 THEN ' {mark}raro' ELSE '' END || '"
)
INDEX = {
    "sqlite": "INSERT INTO message_search (rowid, words, chat_id) "  # noqa: S608  # all of it stands here
    f"SELECT id, '{WORDS.format(mark='')} §' || chat_id, chat_id FROM mensajes",
    "mysql": "INSERT INTO message_search (message_id, words, chat_id) "  # noqa: S608  # all of it stands here
    f"SELECT id, ' {WORDS.format(mark='xx')} ', chat_id FROM mensajes",
}
CARRIES = "INSERT INTO chat_roles (chat_id, role_id) SELECT c.id, r.id FROM chat_state c JOIN roles r"
SHARE = (
    f"INSERT INTO roles (name, keyword) VALUES ('{ROLE}', '{ROLE}')",  # noqa: S608  # all of it stands here
    f"{CARRIES} ON r.keyword = '{ROLE}' WHERE c.id % {{step}} = 0",
    f"{CARRIES} ON r.keyword = 'admin' WHERE c.id % {{step}} > 0",
    "UPDATE chat_state SET carries_role = 1",
)


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    size, is_sqlite = ground.size, ground.mariadb is None
    few, many = await _times(ground, size.few, size), await _times(ground, size.many, size)
    for name, times in many.items():
        wanted = at_most(150 if is_sqlite and "beginning" not in name else 1_000)
        if name.startswith("list"):
            typical = percentile(times, 0.5)
            growth = typical / percentile(few[name], 0.5)
            yield Figure(f"{name}, {size.many:,} chats", typical, "ms", growth=growth, aim=at_most(1.5, Of.GROWTH))
        else:
            messages = size.many * MESSAGES_A_CHAT
            yield Figure(f"search p95, {name}, {messages:,} messages", percentile(times, 0.95), "ms", aim=wanted)


async def _times(ground: Ground, chats: int, size: Size) -> dict[str, list[float]]:
    """What each question took, in ms."""
    async with ground.stand() as stand:
        await fill(stand.url, chats)
        database = Database(stand.url, Wakeups())
        await database.run(lambda tx: _prepare(tx, chats))
        await database.close()
        (admin,), (agent,) = await open_logins(stand.url, 1), await open_logins(stand.url, 1, ROLE)
        questions = _questions(chats, admin, agent)
        async with stand.serving() as serving:
            return {name: await _ask_all(serving.port, asked, size.looks) for name, asked in questions.items()}


def _questions(chats: int, admin: str, agent: str) -> dict[str, list[tuple[str, str]]]:
    """Paths, and who asks for them."""
    return {
        "list and counts of an agent who sees 1 %": [("/", agent)],
        "a word in 1 % of messages": [(_asking("raro "), admin)],
        "a word in 30 % of messages": [(_asking("comun "), admin)],
        "a word in 30 %, by an agent who sees 1 %": [(_asking("comun "), agent)],
        "a word in 1 %, by an agent who sees 1 %": [(_asking("raro "), agent)],
        "two words": [(_asking("raro mensaje "), admin)],
        "four digits": [(_asking(f"{chats - 1} "), admin)],
        "a beginning": [(_asking(words), admin) for words in ("com", "men", "ra", "12")],
    }


async def _ask_all(port: int, asked: list[tuple[str, str]], looks: int) -> list[float]:
    times = []
    for look in range(looks + len(asked)):
        path, cookie = asked[look % len(asked)]
        began = time.perf_counter()
        (reply,) = await ask(port, get(path, cookie))
        if look >= len(asked):
            times.append((time.perf_counter() - began) * 1_000)
        if reply.status != 200:
            raise RuntimeError(f"{path} answered {reply.status}")
    return times


def _asking(words: str) -> str:
    return f"/?q={quote(words)}"


async def _prepare(tx: Transaction, chats: int) -> None:
    """Fill the index as waia would, only faster, and give each chat a role. Of few chats the agent sees more than one
    in a hundred: a page that is not full would only show that fewer rows are drawn sooner."""
    step = max(1, min(100, chats // FULL_PAGE))
    if tx.dialect == "mysql":
        await tx.execute(text("SET sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')"))
        await tx.execute(text("ALTER TABLE message_search DROP INDEX ft_message_search_words"))
    await tx.execute(text(INDEX[tx.dialect]))
    if tx.dialect == "mysql":
        await tx.execute(text("ALTER TABLE message_search ADD FULLTEXT KEY ft_message_search_words (words)"))
    for statement in SHARE:
        await tx.execute(text(statement.format(step=step)))
