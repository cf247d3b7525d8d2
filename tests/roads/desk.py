"""What owners and agents do on the road inside this process: write rules by SQL, take chats, send messages."""

from typing import Any

from tests.road_world import Inside, Road, eventually
from waia.accounts.signed_in import SignedIn
from waia.chats import management, send
from waia.chats.access import find_chat
from waia.chats.record import ChatRecord
from waia.kit.db import Transaction
from waia.media.values import Attachment
from waia.rules.repository import published_flow
from waia.whatsapp.content import Content, Text

ANA = SignedIn(
    id=1, username="ana", name="Ana", role_ids=frozenset(), role_keywords=frozenset({"admin"}), is_admin=True,
    login_id=1, csrf_token="", language="es", must_change_password=False,
)  # fmt: skip
RESUME_HOURS = 24.0
GREETING = {"step": "menu_principal", "input_text": "iniciar", "respuesta": "¡Hola!", "siguiente_step": ""}


def rule(step: str, triggers: str, text: str, next_step: str | None = "", **columns: Any) -> dict[str, Any]:
    """A row of `reglas` by the original's column names."""
    return {"step": step, "input_text": triggers, "respuesta": text, "siguiente_step": next_step, **columns}


async def publish(road: Road, *rules: dict[str, Any]) -> None:
    """These rules and no others; inside this process they are in force at once."""
    await road.store.rows("DELETE FROM regla_medias")
    await road.store.rows("DELETE FROM reglas")
    for row in rules:
        await insert_rule(road, row)
    if isinstance(road, Inside):
        await be_in_force(road)


async def insert_rule(road: Road, row: dict[str, Any]) -> None:
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    await road.store.rows(f"INSERT INTO reglas ({columns}) VALUES ({values})", **row)


async def ana_writes(
    road: Inside,
    chat_id: int,
    words: str | Content,
    client_id: str,
    quoted_wamid: str | None = None,
    draft: Attachment | None = None,
) -> int:
    """Ana sends; the message's id. `client_id` is what her browser made up for this message."""
    content = Text(words) if isinstance(words, str) else words
    now, real_now = road.parts.clock.business(), road.parts.clock.real()
    written = send.Written(client_id, quoted_wamid, now, real_now, RESUME_HOURS)

    async def work(tx: Transaction) -> int:
        return (await send.send_parts(tx, await _chat(tx, chat_id), ANA, [send.Part(content, draft)], written))[0]

    return await road.parts.database.run(work)


async def ana_takes(road: Inside, chat_id: int) -> None:
    async def work(tx: Transaction) -> None:
        now = road.parts.clock.business()
        await management.take(tx, [await _chat(tx, chat_id)], ANA, now, RESUME_HOURS)

    await road.parts.database.run(work)


async def ana_gives_back(road: Inside, chat_id: int) -> None:
    async def work(tx: Transaction) -> None:
        await management.give_back(tx, [await _chat(tx, chat_id)], road.parts.clock.business())

    await road.parts.database.run(work)


async def ana_closes(road: Inside, chat_id: int) -> None:
    async def work(tx: Transaction) -> None:
        await management.close(tx, [await _chat(tx, chat_id)], road.parts.clock.business())

    await road.parts.database.run(work)


async def ana_retries(road: Inside, chat_id: int, message_id: int) -> None:
    async def work(tx: Transaction) -> None:
        now, real_now = road.parts.clock.business(), road.parts.clock.real()
        await send.retry(tx, await _chat(tx, chat_id), message_id, now, real_now)

    await road.parts.database.run(work)


async def ana_resends(road: Inside, chat_id: int, message_id: int) -> None:
    async def work(tx: Transaction) -> None:
        now, real_now = road.parts.clock.business(), road.parts.clock.real()
        await send.resend(tx, await _chat(tx, chat_id), message_id, now, real_now)

    await road.parts.database.run(work)


async def _chat(tx: Transaction, chat_id: int) -> ChatRecord:
    return await find_chat(tx, ANA, chat_id, "all")


async def be_in_force(road: Inside) -> None:
    """A loop may be reading the flow at this moment, so once is not enough."""
    async with road.parts.database.reading() as tx:
        wanted = (await published_flow(tx)).fingerprint

    async def is_in_force() -> bool:
        road.parts.rules.read_again()
        return (await road.parts.rules.book(road.parts.clock.real())).fingerprint == wanted

    await eventually(is_in_force, "the rules are in force")
