"""The phone page itself, its sheets, and the files in its chat."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from waia.kit.errors import NotFound
from waia.kit.render import Page
from waia.settings import Settings
from waia.simulator.phone_acts import handset_of
from waia.simulator.phone_content import content_of
from waia.simulator.phone_view import phone_of
from waia.simulator.records import SentMessage
from waia.simulator.world import World

SHOWN_IN_PLACE = frozenset(
    {"image/jpeg", "image/png", "image/webp", "audio/ogg", "audio/mpeg", "audio/mp4", "audio/aac", "video/mp4"}
)
EMOJI = ("👍", "❤️", "😂", "😮", "🙏")
Key = Annotated[str, QueryParameter(max_length=80)]
MessageId = Annotated[str, QueryParameter(max_length=512)]


@get("/", include_in_schema=False)
async def show_phone(
    world: NamedDependency[World], page: NamedDependency[Page], settings: NamedDependency[Settings], cliente: Key = ""
) -> Response[str]:
    key = cliente or next(iter(world.customers), "")
    handset = handset_of(world, key)
    phone = phone_of(world, key, handset.pnid, settings.timezone)
    return page.html("simulator/phone.html", phone=phone)


@get("/clientes/{cliente:str}/opciones", include_in_schema=False)
async def show_options(
    world: NamedDependency[World], page: NamedDependency[Page], cliente: FromPath[str], mensaje: MessageId
) -> Response[str]:
    """The sheet of a list message."""
    handset_of(world, cliente)
    line = world.ledger.line(mensaje)
    if line is None or line.customer_key != cliente:
        raise NotFound
    return page.html("simulator/_options.html", customer_key=cliente, wamid=mensaje, content=content_of(line.payload))


@get("/clientes/{cliente:str}/acciones", include_in_schema=False)
async def show_actions(
    world: NamedDependency[World], page: NamedDependency[Page], cliente: FromPath[str], mensaje: MessageId
) -> Response[str]:
    """What can be done with one message: react, answer."""
    handset_of(world, cliente)
    line = world.ledger.line(mensaje)
    if line is None or line.customer_key != cliente:
        raise NotFound
    content, own = content_of(line.payload), not isinstance(line, SentMessage)
    text = content.text or content.title
    return page.html("simulator/_actions.html", customer_key=cliente, wamid=mensaje, text=text, own=own, emoji=EMOJI)


@get("/clientes/{cliente:str}/adjuntos", include_in_schema=False)
async def show_attachments(
    world: NamedDependency[World], page: NamedDependency[Page], cliente: FromPath[str]
) -> Response[str]:
    handset_of(world, cliente)
    return page.html("simulator/_attachments.html", customer_key=cliente)


@get("/archivos/{media_id:str}", opt={"page": False}, include_in_schema=False)
async def show_file(world: NamedDependency[World], media_id: FromPath[str]) -> Response[bytes]:
    """Pictures and sounds are shown; everything else is only offered for download."""
    media = world.media.find(media_id)
    if media is None:
        raise NotFound
    mime = media.mime.partition(";")[0].strip().lower()
    if mime in SHOWN_IN_PLACE:
        return Response(media.content, media_type=mime)
    headers = {"Content-Disposition": "attachment"}
    return Response(media.content, media_type="application/octet-stream", headers=headers)


pages: list[HTTPRouteHandler] = [show_phone, show_options, show_actions, show_attachments, show_file]
