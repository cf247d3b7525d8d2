"""What was heard of a message that is known by Meta's id: for the phone beside the panel, which is a stranger to it."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.params import FromQuery

from waia.chats.access import may_see
from waia.chats.panel import repository
from waia.chats.panel.desk import Desk
from waia.kit.db import Transaction
from waia.kit.errors import NotFound
from waia.media.repository import attachments_of
from waia.media.values import MediaState
from waia.transcription.repository import transcripts_of
from waia.transcription.standing import ModelState, standing

WAITING, NOTHING = "waiting", "none"


@get("/oido/ultimo")
async def show_heard(desk: Given[Desk], wamid: FromQuery[str] = "") -> Response[Any]:
    """Asked again by the page as long as it may still change."""
    async with desk.database.reading() as tx:
        message = await repository.message_of_wamid(tx, wamid[:255])
        if message is None or not await may_see(tx, desk.user, message.chat_id, desk.without_role):
            raise NotFound
        state, text = await _heard(tx, message.id)
    if state == NOTHING:
        now = await asyncio.to_thread(standing, desk.settings, desk.real_now)
        state = NOTHING if now.state in {ModelState.PRESENT, ModelState.OFF} else "no_model"
    is_admin = desk.user.is_admin
    return desk.page.html("chats/_heard.html", wamid=wamid, state=state, text=text, is_admin=is_admin)


async def _heard(tx: Transaction, message_id: int) -> tuple[str, str]:
    """How far it is, and the words that count. A file that is still fetched may be heard later."""
    transcript = (await transcripts_of(tx, [message_id])).get(message_id)
    if transcript is not None:
        return str(transcript.state), transcript.text
    file = (await attachments_of(tx, [message_id])).get(message_id)
    return (WAITING if file is not None and file.state is MediaState.PENDING else NOTHING), ""
