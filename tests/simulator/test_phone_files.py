"""Files from the phone page: what is picked there goes out as WhatsApp would send it, and what came back is shown."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.programs import need
from tests.simulator.graph import PNID
from tests.simulator.phone_page import PhonePage
from waia.kit.files import static_dir
from waia.simulator.faults import Knob
from waia.simulator.recording import as_voice_note

DEMO = Path(static_dir()) / "demo"
PICTURE = (DEMO / "granito.jpg").read_bytes()


async def _picks(phone: PhonePage, way: str, name: str, content: bytes, mime: str, **fields: str) -> int:
    answer = await phone.http.post("/simulador/clientes/ana/archivos", files={way: (name, content, mime)}, data=fields)
    return answer.status_code


@pytest.mark.parametrize(
    ("way", "name", "mime", "kind"),
    [
        ("foto", "cocina.jpg", "image/jpeg", "image"),
        ("camara", "foto.jpg", "image/jpeg", "image"),
        ("foto", "corto.mp4", "video/mp4", "video"),
        ("documento", "cocina.jpg", "image/jpeg", "document"),
        ("audio", "canción.mp3", "audio/mpeg", "audio"),
        ("sticker", "s.webp", "image/webp", "sticker"),
    ],
)
async def test_a_picked_file_is_sent_as_what_it_was_picked_for(
    phone: PhonePage, way: str, name: str, mime: str, kind: str
) -> None:
    assert await _picks(phone, way, name, PICTURE, mime, pie="Mira") == 204
    told = phone.last()
    assert told["type"] == kind
    assert told[kind]["mime_type"] == mime
    assert told[kind].get("filename") == (name if kind == "document" else None)
    assert told[kind].get("caption") == ("Mira" if kind in {"image", "video", "document"} else None)
    stored = phone.world.media.find(told[kind]["id"])
    assert stored is not None
    assert stored.content == PICTURE


@pytest.mark.parametrize(
    ("way", "content", "mime"),
    [
        ("foto", b"", "image/jpeg"),
        ("sticker", b"x", "image/png"),
        ("voz", b"no es audio", "audio/webm"),
        ("otro", b"x", ""),
    ],
)
async def test_what_whatsapp_would_not_send_is_refused_in_words(
    phone: PhonePage, way: str, content: bytes, mime: str
) -> None:
    assert await _picks(phone, way, "f", content, mime) == 422
    assert not phone.world.thread("ana", PNID)


async def test_a_recording_of_a_browser_becomes_a_voice_note(phone: PhonePage, tmp_path: Path) -> None:
    ffmpeg, ffprobe = need("ffmpeg"), need("ffprobe")
    recorded = tmp_path / "voz.webm"
    await _run(ffmpeg, "-f", "lavfi", "-i", "sine=duration=2", "-ac", "2", "-c:a", "libopus", str(recorded))
    assert await _picks(phone, "voz", "voz", recorded.read_bytes(), "audio/webm") == 204
    told = phone.last()["audio"]
    assert (told["voice"], told["mime_type"]) == (True, "audio/ogg; codecs=opus")
    note = tmp_path / "note.ogg"
    stored = phone.world.media.find(told["id"])
    assert stored is not None
    note.write_bytes(stored.content)
    facts = await _run(
        ffprobe, "-show_entries", "stream=codec_name,channels:format=duration", "-of", "csv=p=0", str(note)
    )
    assert facts.split()[0] == "opus,1"
    assert float(facts.split()[1]) == pytest.approx(2, abs=0.2)


async def test_without_ffmpeg_a_recording_is_not_passed_off_as_a_voice_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert await as_voice_note(b"\x1a\x45\xdf\xa3 a recording") is None
    assert await as_voice_note(b"OggS from another browser") == b"OggS from another browser"


async def test_every_sample_reaches_the_chat(phone: PhonePage) -> None:
    kinds = {
        "foto": "image", "video": "video", "voz": "audio", "documento": "document", "sticker": "sticker",
        "sticker_animado": "sticker", "ubicacion": "location", "contacto": "contacts", "pedido": "order",
        "encuesta": "unsupported", "anuncio": "text",
    }  # fmt: skip
    for sample, kind in kinds.items():
        assert await phone.sends("clientes/ana/muestras", muestra=sample) == 204
        assert phone.last()["type"] == kind
    stickers = [line.payload["sticker"] for line in phone.world.thread("ana", PNID) if line.kind == "sticker"]
    assert [each["animated"] for each in stickers] == [False, True]


async def test_an_own_message_is_edited_and_deleted_for_everybody(phone: PhonePage) -> None:
    assert await phone.sends("clientes/ana/mensajes", texto="Quiero 3 metros") == 204
    first = phone.last()["id"]
    assert await phone.sends("clientes/ana/ediciones", mensaje=first, texto="Quiero 4 metros") == 204
    assert phone.last()["edit"]["original_message_id"] == first
    assert "Quiero 4 metros" in await phone.text()
    assert await phone.sends("clientes/ana/borrados", mensaje=first) == 204
    assert phone.last()["revoke"]["original_message_id"] == first
    assert "Eliminaste este mensaje" in await phone.text()
    assert "Quiero 4 metros" not in await phone.text()


async def test_what_the_shop_wrote_is_not_the_customers_to_change(phone: PhonePage) -> None:
    theirs = await phone.buttons()
    assert await phone.sends("clientes/ana/borrados", mensaje=theirs) == 404
    assert await phone.sends("clientes/ana/ediciones", mensaje=theirs, texto="x") == 404
    assert await phone.sends("clientes/ana/borrados", mensaje="nada") == 404


async def test_the_page_arms_each_way_in_which_a_file_may_come_wrong(phone: PhonePage) -> None:
    media = phone.world.faults.media
    names = {
        "vencido": "expired", "sin_permiso": "unauthorized", "perdido": "not_found", "cortado": "truncated",
        "largo": "wrong_length", "cambiado": "wrong_bytes", "desviado": "redirect", "sin_fin": "endless",
        "lento": "slow",
    }  # fmt: skip
    for name, knob in names.items():
        assert await phone.sends(f"fallos/archivo_{name}") == 204
        assert getattr(media, knob).is_on, name
        assert await phone.sends(f"fallos/archivo_{name}") == 204
        assert getattr(media, knob) == Knob()


async def test_an_expired_address_is_refused_and_the_next_one_is_good(phone: PhonePage) -> None:
    phone.world.faults.media.expired = Knob(times=1)
    phone.world.graph_url = str(phone.graph.http.base_url).rstrip("/")
    assert await _picks(phone, "foto", "f.jpg", PICTURE, "image/jpeg") == 204
    media_id = phone.last()["image"]["id"]
    bearer = {"authorization": f"Bearer {phone.world.token}"}
    late = await phone.graph.http.get(phone.last()["image"]["url"], headers=bearer)
    assert late.status_code == 404
    told = (await phone.graph.http.get(f"/v25.0/{media_id}", headers=bearer)).json()
    assert (await phone.graph.http.get(told["url"], headers=bearer)).content == PICTURE


async def _run(program: str, *arguments: str) -> str:
    child = await asyncio.create_subprocess_exec(
        program, "-v", "error", *arguments, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    told, _ = await child.communicate()
    assert child.returncode == 0
    return told.decode()
