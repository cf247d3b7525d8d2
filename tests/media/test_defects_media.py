"""Defects of the original that concern files, each as a regression test (legacy behaviour, section 14)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.media.corpora import HTML, SVG
from tests.media.samples import sample
from tests.road_world import inside
from tests.roads.bodies import PNID
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants
from waia.chats.attachments import Attacher, Offer
from waia.media.convert import NotSendable
from waia.media.limits import MB
from waia.simulator.faults import Knob


async def test_a02_a_file_whose_download_fails_is_not_lost_with_its_message(tmp_path: Path, database_url: str) -> None:
    """Marked as seen before it was handled, the original never came back for the photo."""
    async with inside(tmp_path, database_url) as road:
        road.world.faults.media.not_found = Knob(times=2)
        await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready' AND attempts = 2")
        await road.calm()
        assert len([each for each in road.world.deliveries if each.accepted]) >= 1
        await check_invariants(road)


async def test_a05_captions_of_pictures_videos_and_documents_are_kept(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        carla = road.world.handset("carla", PNID)
        for kind, name, mime in (
            ("image", "photo.jpg", "image/jpeg"),
            ("video", "plain.mp4", "video/mp4"),
            ("document", "a.pdf", "application/pdf"),
        ):
            await carla.sends_media(kind, sample(name).read_bytes(), mime, caption=f"pie de {kind}")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready'", 3)
        words = await road.store.column("SELECT mensaje FROM mensajes WHERE direction = 'in'")
        assert sorted(words) == ["pie de document", "pie de image", "pie de video"]


async def test_b28_media_url_is_an_address_and_never_an_id_of_metas(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready'")
        row = await road.store.row("SELECT media_url, media_id FROM mensajes WHERE direction = 'in'")
        assert row.media_url == "/media/" + await road.store.one("SELECT public_id FROM media")
        assert row.media_id.isdigit()


async def test_g04_files_are_kept_wherever_media_root_lies(tmp_path: Path, database_url: str) -> None:
    """The original served only what lay below its own static folder."""
    elsewhere = tmp_path / "another disk" / "ñ"
    async with inside(tmp_path, database_url, MEDIA_ROOT=str(elsewhere)) as road:
        await road.world.handset("carla", PNID).sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg")
        await road.until("SELECT count(*) FROM media_files WHERE thumb_key IS NOT NULL")
        key = await road.store.one("SELECT storage_key FROM media_files")
        assert (elsewhere / key).read_bytes() == sample("photo.jpg").read_bytes()
        assert not (tmp_path / "media").exists()


async def test_g09_a_decoder_that_fails_leaves_no_file_behind(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        broken = sample("voice.ogg").read_bytes()[:60] + bytes(5000)
        await road.world.handset("carla", PNID).sends_media("audio", broken, "audio/ogg; codecs=opus", voice=True)
        await road.until("SELECT count(*) FROM media_files WHERE checked_at IS NOT NULL")
        await road.calm()
        assert len(await road.stored_keys()) == 1
        await check_invariants(road)


async def test_g04_a_rule_that_names_an_old_upload_sends_the_file_and_never_one_of_a_customer(
    tmp_path: Path, database_url: str
) -> None:
    """R32: the address leads nowhere any more; the file goes out by an upload to Graph."""
    async with inside(tmp_path, database_url) as road:
        photo = sample("photo.jpg").read_bytes()
        await road.world.handset("carla", PNID).sends_media("document", photo, "image/jpeg", filename="promo.jpg")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready'")
        await road.calm()  # what answers it knows the rules of before
        old = {"tipo": "image", "media_url": "https://viejo.example/static/uploads/promo.jpg"}
        await publish(road, rule("menu_principal", "*", "", **old))
        await road.talk("promo")
        assert road.world.sent[-1].payload["image"]["link"] == old["media_url"], "the customer's is none of ours"
        await road.store.rows("UPDATE media SET scope = 'rule', chat_id = NULL, message_id = NULL")
        await road.talk("promo")
        assert "link" not in road.world.sent[-1].payload["image"]
        assert road.world.sent[-1].payload["image"]["id"]


async def test_b21_a_rule_of_a_picture_without_one_sends_its_text(tmp_path: Path, database_url: str) -> None:
    """The original sent an empty link, and nothing arrived."""
    async with inside(tmp_path, database_url) as road:
        await publish(road, rule("menu_principal", "iniciar", "Mira la foto", tipo="image"))
        await road.talk("Hola")
        (sent,) = road.sent_to()
        assert (sent.kind, sent.payload["text"]["body"]) == ("text", "Mira la foto")


async def test_c11_an_upload_has_a_size_limit_and_no_active_content(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        await publish(road, rule("menu_principal", "iniciar", "¡Hola!"))
        await road.talk("Hola")
        chat_id = await road.store.one("SELECT id FROM chat_state")
        small = Attacher(road.parts.database, road.parts.storage, limit=MB)
        for content, word in ((bytes(MB + 1), "demasiado grande"), (SVG, "SVG"), (HTML, "páginas web")):
            with pytest.raises(NotSendable) as refused:
                await small.attach(_pieces(content), Offer(filename="foto.jpg"), chat_id, 1, road.parts.clock.real())
            assert word in refused.value.words(str)
        assert await road.stored_keys() == set()


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def test_b19_a_sound_of_a_rule_has_no_caption_its_text_goes_ahead(tmp_path: Path, database_url: str) -> None:
    async with inside(tmp_path, database_url) as road:
        sound = {"tipo": "audio", "media_url": "https://example.com/nota.ogg", "media_tipo": "audio/ogg"}
        await publish(road, rule("menu_principal", "iniciar", "Escucha esto", **sound))
        await road.talk("Hola")
        text, audio = road.sent_to()
        assert (text.kind, text.payload["text"]["body"]) == ("text", "Escucha esto")
        assert audio.payload["audio"] == {"link": "https://example.com/nota.ogg"}
