"""Makes a file ready for WhatsApp: as it is, else a rendition that it takes, else words that say what to do.

Decided by the content, never by the name: `mime` is what the bytes were recognised as.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.media import ffmpeg
from waia.media.canvas import MOST_PIXELS, Canvas, canvas_of, is_too_large
from waia.media.ffmpeg import Probe
from waia.media.limits import AUDIOS, IMAGES, LARGEST, MB, VIDEOS

LONGEST_SHRUNK_MS = 180_000
STICKER_SIDE, STATIC_STICKER = 512, 100 * 1024
PNG_HEADS = (b"\x08\x02", b"\x08\x06")  # 8 bits a channel, RGB or RGBA
TOO_LARGE = N_(
    "Pesa %(size)s MB y WhatsApp admite %(limit)s MB en este tipo de archivo. "
    "Envíalo como documento, o hazlo más pequeño."
)
TOO_LARGE_FOR_ALL = N_("Es demasiado grande: aquí se admiten hasta %(limit)s MB. Compártelo con un enlace.")
DAMAGED = N_(
    "El archivo está dañado o no es lo que su nombre dice. Ábrelo, guárdalo de nuevo o envíalo como documento."
)
NOT_A_PICTURE = N_("WhatsApp no acepta fotos en este formato. Guárdala como JPG o envíala como documento.")
TOO_MANY_PIXELS = N_(
    "La foto tiene %(found)s megapíxeles y se admiten hasta %(limit)s. Envíala como documento, o hazla más pequeña."
)
TOO_SLOW = N_("Convertirlo tarda demasiado. Envíalo como documento, o uno más corto.")
NO_SOUND = N_("La grabación no tiene sonido. Revisa el micrófono y graba de nuevo.")
EMPTY = N_("El archivo está vacío.")
FOREIGN_PICTURES = ("image/heic", "image/heif", "image/avif", "image/svg+xml")


class NotSendable(Invalid):
    """WhatsApp would refuse the file. `as_document` says whether it would take it as a document."""

    code = "not_sendable"

    def __init__(self, message: str, *, as_document: bool = True, **values: object) -> None:
        super().__init__(None, message)
        self.as_document, self.values = as_document, values

    def words(self, gettext: Callable[[str], str]) -> str:
        return gettext(self.message) % self.values if self.values else gettext(self.message)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that may be sent: where it is, and as what. `kind` is WhatsApp's."""

    path: Path
    mime: str
    kind: str
    voice: bool = False
    probe: Probe = field(default_factory=Probe)


Rendition = Callable[[Path, str, Path], Awaitable[None]]


async def prepare(path: Path, mime: str, target: Path, *, voice: bool = False, as_document: bool = False) -> Prepared:
    """The file itself, or a rendition of it in `target`. Raises NotSendable, and NoDecoder for what needs ffmpeg."""
    if not _size(path):
        raise NotSendable(EMPTY, as_document=False)
    family = mime.partition("/")[0]
    if voice:
        return _fitting(await _voice_note(path, mime, target))
    if as_document or family not in {"image", "video", "audio"}:
        return _fitting(Prepared(path, mime, "document"))
    prepare_kind = {"image": _image, "video": _video, "audio": _audio}[family]
    return _fitting(await prepare_kind(path, mime, target))


async def _voice_note(path: Path, mime: str, target: Path) -> Prepared:
    try:
        found = await ffmpeg.probe(path, mime)
    except ffmpeg.Undecodable:
        raise NotSendable(NO_SOUND, as_document=False) from None
    if mime == "audio/ogg" and _is_mono_opus(found):
        return Prepared(path, mime, "audio", voice=True, probe=found)
    made = await _rendition(ffmpeg.to_voice_note, path, mime, target, "audio/ogg", "audio", NO_SOUND)
    return replace(made, voice=True)


async def _image(path: Path, mime: str, target: Path) -> Prepared:
    if mime in FOREIGN_PICTURES:
        raise NotSendable(NOT_A_PICTURE)
    canvas = canvas_of(path) or Canvas(0, 0)
    if is_too_large(canvas.width, canvas.height):
        raise _too_many_pixels(canvas.width * canvas.height)
    if mime == "image/gif":
        return await _rendition(ffmpeg.to_mp4, path, mime, target, "video/mp4", "video")
    if mime == "image/webp" and _is_sticker(path, canvas):
        return Prepared(path, mime, "sticker", probe=Probe(width=canvas.width, height=canvas.height))
    if canvas.animated:
        raise NotSendable(NOT_A_PICTURE)
    found = await _probed(path, mime, trusted=mime in IMAGES)
    if mime in IMAGES and _size(path) <= LARGEST["image"] and _is_plain(path, mime):
        return Prepared(path, mime, "image", probe=found)
    return await _rendition(ffmpeg.to_jpeg, path, mime, target, "image/jpeg", "image")


async def _video(path: Path, mime: str, target: Path) -> Prepared:
    found = await _probed(path, mime, trusted=mime in VIDEOS)
    if not found.video and found.audio:
        return await _audio(path, mime.replace("video/", "audio/"), target)
    large = _size(path) > LARGEST["video"]
    if large and (found.duration_ms or LONGEST_SHRUNK_MS) >= LONGEST_SHRUNK_MS:
        return Prepared(path, mime, "video", probe=found)
    if mime in VIDEOS and not large and await _plays_everywhere(path, mime, found):
        return Prepared(path, mime, "video", probe=found)
    return await _rendition(ffmpeg.to_mp4, path, mime, target, "video/mp4", "video")


async def _audio(path: Path, mime: str, target: Path) -> Prepared:
    found = await _probed(path, mime, trusted=mime in AUDIOS)
    fits = mime in AUDIOS and found.audio in _CODECS[mime]
    if fits and (mime != "audio/ogg" or _is_mono_opus(found)):
        return Prepared(path, mime, "audio", probe=found)
    return await _rendition(ffmpeg.to_m4a, path, mime, target, "audio/mp4", "audio")


async def _probed(path: Path, mime: str, *, trusted: bool) -> Probe:
    """Without ffmpeg, a type that WhatsApp takes as it is goes out unseen."""
    try:
        return await ffmpeg.probe(path, mime)
    except ffmpeg.NoDecoder:
        if trusted:
            return _UNSEEN.get(mime.partition("/")[0], Probe())
        raise
    except ffmpeg.TooManyPixels as error:
        raise _too_many_pixels(error.width * error.height) from None
    except ffmpeg.Undecodable:
        raise NotSendable(DAMAGED) from None


def _too_many_pixels(count: int) -> NotSendable:
    return NotSendable(TOO_MANY_PIXELS, found=-(-count // 1_000_000), limit=MOST_PIXELS // 1_000_000)


async def _rendition(
    make: Rendition, path: Path, mime: str, target: Path, new_mime: str, kind: str, complaint: str = DAMAGED
) -> Prepared:
    try:
        await make(path, mime, target)
        return Prepared(target, new_mime, kind, probe=await ffmpeg.probe(target, new_mime))
    except ffmpeg.TooSlow:
        raise NotSendable(TOO_SLOW) from None
    except ffmpeg.Undecodable:
        raise NotSendable(complaint) from None


def _fitting(prepared: Prepared) -> Prepared:
    size, limit = _size(prepared.path), LARGEST[prepared.kind]
    if size <= limit:
        return prepared
    if size > LARGEST["document"]:
        raise NotSendable(TOO_LARGE_FOR_ALL, as_document=False, limit=LARGEST["document"] // MB)
    raise NotSendable(TOO_LARGE, size=-(-size // MB), limit=limit // MB)


async def _plays_everywhere(path: Path, mime: str, found: Probe) -> bool:
    """H.264 without B-frames and at most one AAC stream."""
    simple = found.video == "h264" and "High" not in found.profile
    if not (simple and found.audio_streams <= 1 and found.audio in {"aac", ""}):
        return False
    return not ffmpeg.available() or not await ffmpeg.has_b_frames(path, mime)


def _is_mono_opus(found: Probe) -> bool:
    return found.audio == "opus" and found.channels == "mono" and found.audio_streams == 1


def _is_sticker(path: Path, canvas: Canvas) -> bool:
    most = LARGEST["sticker"] if canvas.animated else STATIC_STICKER
    return (canvas.width, canvas.height) == (STICKER_SIDE, STICKER_SIDE) and _size(path) <= most


def _is_plain(path: Path, mime: str) -> bool:
    if mime != "image/png":
        return True
    with path.open("rb") as file:
        return file.read(26)[24:] in PNG_HEADS


def _size(path: Path) -> int:
    return path.stat().st_size


_CODECS = {
    "audio/aac": {"aac"},
    "audio/amr": {"amrnb", "amr_nb", "amrwb", "amr_wb"},
    "audio/mpeg": {"mp3"},
    "audio/mp4": {"aac"},
    "audio/ogg": {"opus"},
}
_UNSEEN = {"video": Probe(video="h264")}
