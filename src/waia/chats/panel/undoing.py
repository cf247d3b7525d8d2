"""`POST /deshacer/{token}`: takes back what one has just done, to one chat or to many."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency as Given
from litestar.params import FromPath
from litestar.response import Redirect

from waia.chats import undo
from waia.chats.panel import presenters
from waia.chats.panel.desk import Desk, Done
from waia.chats.undo import TakenBack
from waia.kit.db import Transaction


@post("/deshacer/{token:str}", status_code=200)
async def take_back(desk: Given[Desk], token: FromPath[str]) -> Response[Any]:
    async def work(tx: Transaction) -> TakenBack:
        back = await undo.take_back(tx, desk.user, token, desk.without_role, desk.now, desk.real_now)
        for error in back.refused.values() if not back.chat_ids else ():
            raise error
        await desk.note_many(tx, f"{back.action}.undone", back.chat_ids)
        return back

    back = await desk.database.run(work)
    if "hx-request" not in desk.request.headers:
        return Redirect("/", status_code=303)
    async with desk.database.reading() as tx:
        strips = await presenters.holder_strips(tx, back.chat_ids)
        refused = await presenters.rows_by_id(tx, back.refused)
    done = Done("undo", len(back.chat_ids))
    failures = [(row.person, back.refused[chat_id]) for chat_id, row in refused.items()]
    return desk.page.html("chats/answers/done.html", strips=strips, done=done, failures=failures)
