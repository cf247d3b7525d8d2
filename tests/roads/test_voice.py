"""A voice note on the whole road: by the webhook, twice, and answered once by what was heard in it."""

from pathlib import Path

from tests.media.samples import sample
from tests.road_world import inside
from tests.roads.bodies import PNID
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.chats import hearing
from waia.kit import queue
from waia.kit.db import Transaction
from waia.simulator.faults import always, once
from waia.transcription import repository as transcripts
from waia.transcription.values import Heard, TranscriptState, Word

HEARD = Heard(TranscriptState.HEARD, (Word("precio", 100, 600, 0.9),), duration_ms=1000)


async def test_a_note_that_is_delivered_twice_is_answered_once_by_its_words(tmp_path: Path, database_url: str) -> None:
    """The file stays at Meta, so that nobody else hears it: this test writes down what was heard."""
    async with inside(tmp_path, database_url) as road:
        await publish(road, rule("menu_principal", "iniciar", "¡Hola!"), rule("menu_principal", "precio", "Vale 10"))
        await road.talk("Hola")
        road.world.faults.media.not_found, road.world.faults.webhook.duplicate = always(), once()
        await road.world.handset("carla", PNID).sends_media(
            "audio", sample("voice.ogg").read_bytes(), "audio/ogg; codecs=opus", voice=True
        )
        await road.until("SELECT count(*) FROM media WHERE attempts > 0")
        note = await road.store.row("SELECT id, chat_id FROM mensajes WHERE kind = 'voice'")

        async def record(tx: Transaction) -> None:
            now = road.parts.clock.real()
            await transcripts.want(tx, note.id, note.chat_id, now)
            await transcripts.record(tx, note.id, HEARD, now)
            await hearing.settle(tx, note.id, HEARD, road.parts.clock.business(), now)
            await queue.finish(tx, transcripts.TRANSCRIPTS, [str(note.id)])

        await road.parts.database.run(record)
        await road.parts.database.run(record)
        await road.until("SELECT count(*) FROM mensajes WHERE mensaje = 'Vale 10'")
        await road.calm()
        assert [row.mensaje for row in await road.store.rows("SELECT mensaje FROM mensajes ORDER BY id")] == [
            "Hola", "¡Hola!", "precio", "Vale 10",
        ]  # fmt: skip
        await check_invariants(road)
