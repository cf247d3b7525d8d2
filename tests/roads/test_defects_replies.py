"""Defects of the original that concern the files of quick replies (legacy behaviour, section 14)."""

from pathlib import Path

from sqlalchemy import insert, select

from tests.media.samples import sample
from tests.road_world import Inside, inside, said
from tests.roads.desk import ANA, RESUME_HOURS
from tests.roads.files_out import attached, file_at_graph
from waia.chats import send
from waia.chats.access import find_chat
from waia.chats.panel.replies import parts_of_reply
from waia.kit.db import Transaction
from waia.media.models import Media, MediaFile
from waia.quick_replies.models import QuickReply, QuickReplyMedia
from waia.simulator.faults import once

FILES = ("photo.jpg", "papers.pdf", "song.mp3")


async def _reply_with_uploads(road: Inside) -> int:
    """A quick reply whose files were uploaded here."""
    names = [(await attached(road, 1, sample(name))).public_id for name in FILES]
    async with road.parts.database.writing() as tx:
        added = await tx.execute(insert(QuickReply).values(name="todo", text="Mira", kind="texto"))
        reply = int(added.inserted_primary_key[0])
        for name in names:
            found = select(Media.file_id, MediaFile.mime).join(MediaFile).where(Media.public_id == name)
            media = (await tx.execute(found)).one()
            told = {"quick_reply_id": reply, "url": f"/media/{name}", "file_id": media.file_id, "mime_type": media.mime}
            await tx.execute(insert(QuickReplyMedia).values(**told))
    return reply


async def _ana_sends(road: Inside, reply: int) -> None:
    now = road.parts.clock.business()
    written = send.Written("client-00001", None, now, road.parts.clock.real(), RESUME_HOURS)

    async def work(tx: Transaction) -> None:
        parts = await parts_of_reply(tx, ANA, reply, "Mira", "http://127.0.0.1")
        await send.send_parts(tx, await find_chat(tx, ANA, 1, "all"), ANA, parts, written)

    await road.parts.database.run(work)


async def test_d10_and_d11_every_file_of_a_quick_reply_arrives_and_in_its_order(
    tmp_path: Path, sqlite_url: str
) -> None:
    """Uploaded files were lost under the name of the form's field; the others were sent all at once."""
    async with inside(tmp_path, sqlite_url) as road:
        await road.talk("Hola")
        road.world.sent.clear()
        reply = await _reply_with_uploads(road)
        road.world.faults.send.slow, road.world.faults.send.slow_s = once(), 0.3
        await _ana_sends(road, reply)
        await road.calm()
        sent = road.sent_to()
        assert [(each.kind, said(each)) for each in sent] == [("image", "Mira"), ("document", ""), ("audio", "")]
        assert [file_at_graph(road, each).content for each in sent] == [sample(name).read_bytes() for name in FILES]
