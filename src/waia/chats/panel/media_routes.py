"""Files behind the gate: `/media/<id>`, and the addresses that the former application gave them."""

import re
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Response, route
from litestar.di import NamedDependency as Given
from litestar.enums import HttpMethod
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.exc import SQLAlchemyError

from waia.accounts import audit
from waia.chats.access import may_see
from waia.chats.panel.desk import Desk
from waia.kit.db import Transaction
from waia.kit.errors import NotFound
from waia.kit.security import client_address
from waia.media import serving
from waia.media.old_addresses import named
from waia.media.repository import find
from waia.media.storage import Storage
from waia.media.values import Attachment, Scope

READS = [HttpMethod.GET, HttpMethod.HEAD]
PUBLIC_ID = re.compile(r"[0-9a-f]{32}")
log = structlog.get_logger()


@route("/media/{public_id:str}", http_method=READS, opt={"page": False})
async def show_media(desk: Given[Desk], storage: Given[Storage], public_id: FromPath[str]) -> Response[Any]:
    """`v=thumb`: its preview, `v=play`: sound for every browser. Missing and foreign look the same."""
    async with desk.database.reading() as tx:
        attachment = await find(tx, public_id) if PUBLIC_ID.fullmatch(public_id) else None
        if attachment is None or not await may_open(tx, desk, attachment):
            raise NotFound
    file = serving.wanted(attachment, desk.request.query_params.get("v", ""))
    answer = await serving.answer(storage, attachment, file, desk.request.headers, desk.request.method)
    if desk.request.method == "GET" and answer.status_code == HTTPStatus.OK and not file.kind.is_inline:
        await _note(desk, attachment)
    return answer


@route("/static/uploads/{name:str}", http_method=READS, opt={"page": False})
async def show_old_upload(desk: Given[Desk], name: FromPath[str]) -> Redirect:
    """The newest of that name that this person may open."""
    async with desk.database.reading() as tx:
        for attachment in await named(tx, name):
            if await may_open(tx, desk, attachment):
                return Redirect(attachment.address, status_code=302)
    raise NotFound


async def may_open(tx: Transaction, desk: Desk, attachment: Attachment) -> bool:
    """The gate of files. A file of a quick reply is for whoever writes to customers: all who are signed in."""
    match attachment.scope:
        case Scope.CHAT:
            chat_id = attachment.chat_id
            return chat_id is not None and await may_see(tx, desk.user, chat_id, desk.without_role)
        case Scope.RULE:
            return desk.user.is_admin
        case Scope.REPLY:
            return True
        case Scope.DRAFT:
            return attachment.user_id == desk.user.id


async def _note(desk: Desk, attachment: Attachment) -> None:
    """Who took a document is in the trail; a trail that cannot be written now keeps nobody from reading."""
    subject = f"media {attachment.public_id}"
    address = client_address(desk.request.scope, desk.settings.trusted_proxies)

    async def work(tx: Transaction) -> None:
        await audit.record(tx, desk.user, "media.download", subject=subject, address=address, now=desk.real_now)

    try:
        await desk.database.run(work)
    except SQLAlchemyError as error:
        log.warning("download_not_noted", error=type(error).__name__)
