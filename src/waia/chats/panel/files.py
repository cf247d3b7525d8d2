"""What a bubble draws of a file: where it is, how large it is on the page, or in words why it is not here."""

from collections.abc import Mapping

from waia.chats.panel.bubble import Media
from waia.kit.i18n import N_
from waia.media.canvas import is_too_large
from waia.media.values import Attachment, MediaState, Reason

KINDS = frozenset({"image", "video", "audio", "voice", "document", "sticker", "media_placeholder"})
WITH_FILES = KINDS | {"template", "buttons", "cta_url", "flow", "product"}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
FILMS = frozenset({"video/mp4", "video/3gpp", "video/webm"})
SIDE, SHORTEST = 320, 96
UNKNOWN_BOX = (240, 180)
WORDS: Mapping[Reason, str] = {
    Reason.EXPIRED: N_("Meta ya no lo guarda: pide al cliente que lo envíe otra vez."),
    Reason.GONE: N_("Meta no lo encontró: pide al cliente que lo envíe otra vez."),
    Reason.REFUSED: N_("Meta no lo entregó: el token no es válido o no tiene permiso."),
    Reason.TOO_BIG: N_("Es más grande de lo que se admite."),
    Reason.WRONG_HASH: N_("Llegó dañado: no es igual a lo que envió el cliente."),
    Reason.WRONG_LENGTH: N_("Llegó incompleto."),
    Reason.WRONG_TYPE: N_("Su contenido no es lo que dice ser, así que no se abre."),
    Reason.NETWORK: N_("No hubo conexión con Meta."),
    Reason.DISK_FULL: N_("No hay espacio en el servidor para guardarlo."),
    Reason.BROKEN: N_("El archivo está dañado."),
    Reason.RETENTION: N_("Se borró al cumplirse los días que se guardan los archivos."),
    Reason.LEFT_BEHIND: N_("No estaba entre los archivos de la aplicación anterior."),
}
FINAL = frozenset({Reason.TOO_BIG, Reason.WRONG_TYPE, Reason.BROKEN, Reason.RETENTION})


def with_file(known: Media, attachment: Attachment | None) -> Media:
    """`known` is what the message itself says of the file."""
    if attachment is None:
        return known
    mime = attachment.mime or known.mime
    ready = attachment.is_ready
    width, height = box(attachment.width, attachment.height)
    return Media(
        kind=_shape(known.kind, mime, attachment),
        filename=known.filename,
        mime=mime,
        extension=known.extension or (_extension(mime) if ready else ""),
        voice=known.voice or attachment.voice,
        animated=attachment.animated,
        state=attachment.state if ready or attachment.state is not MediaState.READY else MediaState.PENDING,
        reason=WORDS.get(attachment.reason, ""),
        may_ask_again=attachment.state is not MediaState.READY and attachment.reason not in {Reason.NONE, *FINAL},
        url=attachment.address if ready else "",
        thumb=attachment.thumb_address or "",
        play=attachment.play_address or "",
        size=attachment.size or 0,
        width=width,
        height=height,
        length_s=(attachment.duration_ms or 0) / 1000,
    )


def box(width: int | None, height: int | None) -> tuple[int, int]:
    """The space of a picture on the page, known before it loads; very long ones are cut by the page."""
    if not width or not height or width < 0 or height < 0:
        return UNKNOWN_BOX
    scale = min(SIDE / width, SIDE / height, 1.0)
    return max(round(width * scale), SHORTEST), max(round(height * scale), SHORTEST)


def _shape(told: str, mime: str, attachment: Attachment) -> str:
    """A picture that browsers cannot show, or should better not, is a document, whatever it was sent as."""
    if not attachment.is_ready:
        return told
    if is_too_large(attachment.width, attachment.height):
        return "document"
    if told == "media_placeholder":
        told = attachment.kind
    shown = {"image": PICTURES, "sticker": PICTURES, "video": FILMS}.get(told)
    return told if shown is None or mime in shown else "document"


def _extension(mime: str) -> str:
    return mime.rpartition("/")[2].rpartition(".")[2].upper()[:5]
