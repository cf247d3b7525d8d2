"""What agents do with files inside this process: attach one, send several with captions; what Graph got of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.road_world import Inside
from tests.roads.desk import ANA, RESUME_HOURS
from waia.chats import send
from waia.chats.access import find_chat
from waia.chats.attachments import Offer, drafts_to_send
from waia.chats.panel.composing import MessageForm, parts_of
from waia.kit.db import Transaction
from waia.media.values import Attachment
from waia.simulator.media import StoredMedia
from waia.simulator.records import SentMessage


async def attached(road: Inside, chat_id: int, path: Path, mime: str = "", **how: bool) -> Attachment:
    """Ana attaches a file in her composer."""
    offer = Offer(filename=path.name, mime=mime, **how)
    now = road.parts.clock.real()
    return await road.parts.attacher.attach(_pieces(path), offer, chat_id, ANA.id, now)


async def ana_sends(
    road: Inside,
    chat_id: int,
    drafts: list[Attachment],
    text: str = "",
    client_id: str = "client-00001",
    **captions: str,
) -> list[int]:
    """Ana presses send; the messages' ids. `captions` by the files' kinds."""
    files = tuple(draft.public_id for draft in drafts)
    pies = tuple(captions.get(draft.kind, "") for draft in drafts)
    form = MessageForm(texto=text, client_id=client_id, archivos=files, pies=pies)
    now, real_now = road.parts.clock.business(), road.parts.clock.real()
    written = send.Written(client_id, None, now, real_now, RESUME_HOURS)

    async def work(tx: Transaction) -> list[int]:
        chat = await find_chat(tx, ANA, chat_id, "all")
        known = await send.already_sent(tx, ANA, written)
        if known:
            return known
        return await send.send_parts(
            tx, chat, ANA, parts_of(form, await drafts_to_send(tx, ANA.id, chat_id, files)), written
        )

    return await road.parts.database.run(work)


def file_at_graph(road: Inside, sent: SentMessage) -> StoredMedia:
    """The file that a message names by its id."""
    part: Any = sent.payload[sent.kind]
    return road.world.media.get(part["id"], sent.pnid)


def uploads(road: Inside) -> int:
    """How often a file was given to Graph."""
    return sum(each.method == "POST" and each.path.endswith("/media") for each in road.world.requests)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    yield await asyncio.to_thread(path.read_bytes)
