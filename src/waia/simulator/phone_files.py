"""Real files from the phone page: picked, photographed or recorded there, they go out as WhatsApp would send them."""

from typing import Any

from litestar import Request, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.simulator.handset import Handset
from waia.simulator.media_kinds import INBOUND_MAX, bare_mime
from waia.simulator.phone_acts import handset_of
from waia.simulator.recording import VOICE_MIME, as_voice_note
from waia.simulator.world import World

# What is above 100 MB still has to get here, so that Meta's refusal of it can be seen.
LARGEST_UPLOAD = INBOUND_MAX + 10 * 1024 * 1024
LONGEST_CAPTION = 1024
OCTETS = "application/octet-stream"
WAYS = ("foto", "camara", "documento", "audio", "sticker", "voz")
CAPTIONED, NAMED = frozenset({"image", "video", "document"}), frozenset({"document"})


@post("/clientes/{cliente:str}/archivos", status_code=204, request_max_body_size=LARGEST_UPLOAD)
async def send_file(request: Request[Any, Any, Any], world: NamedDependency[World], cliente: FromPath[str]) -> None:
    """The name of the field says how it was picked: a picture sent as a document stays as it is."""
    handset, form = handset_of(world, cliente), await request.form()
    picked = ((way, form.get(way)) for way in WAYS)
    way, upload = next(
        ((way, file) for way, file in picked if isinstance(file, UploadFile) and file.filename), ("", None)
    )
    if upload is None:
        raise Invalid({"archivo": N_("Elige un archivo.")})
    content = await upload.read()
    if not content:
        raise Invalid({"archivo": N_("El archivo está vacío.")})
    if way == "voz":
        await _speak(handset, content)
        return
    mime = bare_mime(upload.content_type) or OCTETS
    kind = _kind(way, mime)
    caption = str(form.get("pie") or "").strip()[:LONGEST_CAPTION]
    await handset.sends_media(
        kind,
        content,
        mime,
        filename=upload.filename if kind in NAMED else None,
        caption=caption if caption and kind in CAPTIONED else None,
        quoted=str(form.get("cita") or "") or None,
    )


def _kind(way: str, mime: str) -> str:
    if way == "sticker" and mime != "image/webp":
        raise Invalid({"archivo": N_("Un sticker es un archivo WebP.")})
    if way in {"documento", "audio", "sticker"}:
        return {"documento": "document"}.get(way, way)
    found = mime.partition("/")[0]
    return found if found in {"image", "video"} else "document"


async def _speak(handset: Handset, recorded: bytes) -> None:
    content = await as_voice_note(recorded)
    if content is None:
        raise Invalid({"archivo": N_("La grabación no se pudo preparar: hace falta ffmpeg en este equipo.")})
    await handset.sends_media("audio", content, VOICE_MIME, voice=True)


files: list[HTTPRouteHandler] = [send_file]
