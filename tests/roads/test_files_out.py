"""Files that agents send: uploaded before the message is on its way, once, in order, and again when Meta lost them."""

from pathlib import Path

import pytest

from tests.media.samples import by_ffprobe, sample
from tests.road_world import Inside, inside, said
from tests.roads.desk import ana_retries, be_in_force, publish, rule
from tests.roads.files_out import ana_sends, attached, file_at_graph, uploads
from tests.roads.invariants import check_invariants
from waia.kit.errors import Invalid

FAILED, READ = -1, 3
BAD_MEDIA, BUSY = 131053, 130429


async def open_chat(road: Inside) -> int:
    await publish(road, rule("menu_principal", "iniciar", "¡Hola!"))
    await road.talk("Hola")
    road.world.sent.clear()
    chat_id: int = await road.store.one("SELECT id FROM chat_state")
    return chat_id


async def test_each_kind_goes_out_by_the_id_of_an_upload(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        chat_id = await open_chat(road)
        drafts = [
            await attached(road, chat_id, sample("photo.jpg")),
            await attached(road, chat_id, sample("high.mp4")),
            await attached(road, chat_id, sample("song.mp3")),
            await attached(road, chat_id, sample("papers.pdf")),
        ]
        await ana_sends(road, chat_id, drafts, "Mira esto", video="Así se instala", document="La lista")
        await road.calm()
        sent = road.sent_to()
        assert [each.kind for each in sent] == ["image", "video", "audio", "document"]
        assert [said(each) for each in sent] == ["Mira esto", "Así se instala", "", "La lista"]
        assert [file_at_graph(road, each).mime for each in sent] == [
            "image/jpeg", "video/mp4", "audio/mpeg", "application/pdf",
        ]  # fmt: skip
        assert file_at_graph(road, sent[0]).content == sample("photo.jpg").read_bytes()
        assert sent[3].payload["document"]["filename"] == "papers.pdf"
        assert await road.store.column("SELECT tipo FROM mensajes WHERE author = 'user' ORDER BY id") == [
            "asesor_image", "asesor_video", "asesor_audio", "asesor_document",
        ]  # fmt: skip
        assert await road.store.column("SELECT DISTINCT scope FROM media") == ["chat"]
        await check_invariants(road)


async def test_b19_a_recorded_note_is_ogg_with_one_mono_opus_stream(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await open_chat(road)
        draft = await attached(road, chat_id, sample("stereo.webm"), "audio/webm;codecs=opus", voice=True)
        await ana_sends(road, chat_id, [draft])
        await road.calm()
        (sent,) = road.sent_to()
        assert sent.payload["audio"]["voice"] is True
        note = by_ffprobe(file_at_graph(road, sent).content)
        assert (note.container, note.streams) == ("ogg", [("opus", 1)])
        assert note.duration_s == pytest.approx(3, abs=0.1)


async def test_a_text_that_is_no_caption_goes_ahead_as_its_own_message(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await open_chat(road)
        long_text = "Muy detallado. " * 100
        voice = await attached(road, chat_id, sample("voice.ogg"), voice=True)
        photo = await attached(road, chat_id, sample("photo.jpg"))
        await ana_sends(road, chat_id, [voice], "Escucha")
        await ana_sends(road, chat_id, [photo], long_text, "client-00002")
        await road.calm()
        assert [each.kind for each in road.sent_to()] == ["text", "audio", "text", "image"]
        assert said(road.sent_to()[2]) == long_text.strip()


async def test_a_press_that_is_repeated_sends_once(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await open_chat(road)
        drafts = [await attached(road, chat_id, sample(name)) for name in ("photo.jpg", "papers.pdf")]
        first = await ana_sends(road, chat_id, drafts, "Dos cosas")
        assert await ana_sends(road, chat_id, drafts, "Dos cosas") == first
        with pytest.raises(Invalid):
            await ana_sends(road, chat_id, drafts, "Otra vez", "client-00002")
        await road.calm()
        assert [each.kind for each in road.sent_to()] == ["image", "document"]


async def test_an_upload_is_used_again_until_it_runs_out(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await open_chat(road)
        await publish(road, rule("menu_principal", "catalogo", "Toma", tipo="document"))
        draft = await attached(road, chat_id, sample("papers.pdf"))
        await _give_to_rule(road, draft.file_id)
        await road.talk("catálogo")
        await road.talk("catálogo")
        assert [each.kind for each in road.sent_to()] == ["document", "document"]
        assert uploads(road) == 1
        road.advance(days=29, hours=1)
        await road.talk("catálogo")
        assert uploads(road) == 2
        addresses = await road.store.column("SELECT media_url FROM mensajes WHERE kind = 'document'")
        assert len(set(addresses)) == 3
        assert await road.store.one("SELECT count(*) FROM media WHERE message_id IS NOT NULL") == 3


async def test_a_file_that_meta_lost_is_given_to_it_again(tmp_path: Path, sqlite_url: str) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await open_chat(road)
        draft = await attached(road, chat_id, sample("papers.pdf"))
        await ana_sends(road, chat_id, [draft])
        await road.calm()
        lost = file_at_graph(road, road.sent_to()[0])
        road.world.media.delete(lost.id)
        await publish(road, rule("menu_principal", "catalogo", "Toma", tipo="document"))
        await _give_to_rule(road, draft.file_id)
        await road.store.rows("UPDATE chat_state SET holder = 'bot', owner_id = NULL")
        await road.talk("catálogo")
        assert [each.kind for each in road.sent_to()] == ["document", "document"]
        assert uploads(road) == 2
        assert file_at_graph(road, road.sent_to()[1]).content == lost.content


async def test_a_file_that_meta_refuses_fails_with_words_and_goes_after_a_retry(
    tmp_path: Path, sqlite_url: str
) -> None:
    """131053 comes at once or by a status, and both are shown at the message."""
    async with inside(tmp_path, sqlite_url) as road:
        chat_id = await open_chat(road)
        draft = await attached(road, chat_id, sample("photo.jpg"))
        road.world.faults.status.failed_later.times = 1
        (message_id,) = await ana_sends(road, chat_id, [draft])
        await road.calm()
        assert await road.store.one("SELECT status FROM mensajes WHERE id = :id", id=message_id) == FAILED
        await ana_retries(road, chat_id, message_id)
        await road.calm()
        assert uploads(road) == 2, "the file is given to Meta anew"
        assert await road.store.one("SELECT status FROM mensajes WHERE id = :id", id=message_id) == READ


async def _give_to_rule(road: Inside, file_id: int | None) -> None:
    """The only rule sends this file."""
    rule_id = await road.store.one("SELECT id FROM reglas")
    values = {"rule": rule_id, "url": "/media/regla", "mime": "application/pdf", "file": file_id}
    await road.store.rows(
        "INSERT INTO regla_medias (regla_id, media_url, media_tipo, file_id) VALUES (:rule, :url, :mime, :file)",
        **values,
    )
    await be_in_force(road)
