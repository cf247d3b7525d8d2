"""What the person at the phone page does: write, tap, react, send, move the clock, break things."""

from datetime import timedelta
from typing import Any, Protocol, cast

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from waia.kit.errors import Invalid, NotFound
from waia.kit.i18n import N_
from waia.settings import Settings
from waia.simulator.handset import Handset
from waia.simulator.phone_faults import toggle
from waia.simulator.phone_forms import (
    LARGEST_FORM,
    LONGEST_TEXT,
    ClockForm,
    EditForm,
    MessageForm,
    ReactionForm,
    RevokeForm,
    SampleForm,
    TapForm,
    read_form,
)
from waia.simulator.phone_samples import OFFERED
from waia.simulator.records import SentMessage
from waia.simulator.world import World

AnyRequest = Request[Any, Any, Any]
DONE = 204
AFTER_EXPIRY = timedelta(minutes=1)
JUMPS = {"hora": timedelta(hours=1), "dia": timedelta(hours=24)}


class _Movable(Protocol):
    def advance(self, by: timedelta) -> None: ...


def handset_of(world: World, customer_key: str) -> Handset:
    """The customer's chat with the first number of the business. Raises NotFound."""
    if customer_key not in world.customers:
        raise NotFound
    return world.handset(customer_key, next(iter(world.numbers)))


@post("/clientes/{cliente:str}/mensajes", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def write(request: AnyRequest, world: NamedDependency[World], cliente: FromPath[str]) -> None:
    handset, form = handset_of(world, cliente), await read_form(request, MessageForm)
    text = form.texto.strip()
    if not text:
        raise Invalid({"texto": N_("Escribe un mensaje.")})
    if len(text) > LONGEST_TEXT:
        raise Invalid({"texto": N_("Es demasiado largo: WhatsApp admite 4096 caracteres.")})
    await handset.says(text, quoted=form.cita or None)


@post("/clientes/{cliente:str}/toques", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def tap(request: AnyRequest, world: NamedDependency[World], cliente: FromPath[str]) -> None:
    handset, form = handset_of(world, cliente), await read_form(request, TapForm)
    try:
        await handset.taps(form.opcion, of=form.mensaje)
    except ValueError:
        raise NotFound from None


@post("/clientes/{cliente:str}/reacciones", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def react(request: AnyRequest, world: NamedDependency[World], cliente: FromPath[str]) -> None:
    """An empty emoji takes the reaction back."""
    handset, form = handset_of(world, cliente), await read_form(request, ReactionForm)
    if world.ledger.line(form.mensaje) is None:
        raise NotFound
    await handset.reacts(form.mensaje, form.emoji[:16] or None)


@post("/clientes/{cliente:str}/muestras", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def send_sample(request: AnyRequest, world: NamedDependency[World], cliente: FromPath[str]) -> None:
    handset, form = handset_of(world, cliente), await read_form(request, SampleForm)
    if form.muestra not in OFFERED:
        raise NotFound
    await OFFERED[form.muestra](handset)


@post("/clientes/{cliente:str}/borrados", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def revoke(request: AnyRequest, world: NamedDependency[World], cliente: FromPath[str]) -> None:
    """Deletes an own message for everybody."""
    handset, form = handset_of(world, cliente), await read_form(request, RevokeForm)
    _own_line(world, handset, form.mensaje)
    await handset.revokes(form.mensaje)


@post("/clientes/{cliente:str}/ediciones", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def edit(request: AnyRequest, world: NamedDependency[World], cliente: FromPath[str]) -> None:
    handset, form = handset_of(world, cliente), await read_form(request, EditForm)
    _own_line(world, handset, form.mensaje)
    text = form.texto.strip()[:LONGEST_TEXT]
    if not text:
        raise Invalid({"texto": N_("Escribe un mensaje.")})
    await handset.edits(form.mensaje, text)


@post("/reloj", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def move_clock(request: AnyRequest, world: NamedDependency[World], settings: NamedDependency[Settings]) -> None:
    """The clock of the business goes forward: sessions expire, windows close, the bot comes back."""
    form = await read_form(request, ClockForm)
    session = timedelta(seconds=settings.session_timeout_s) + AFTER_EXPIRY
    jump = {**JUMPS, "sesion": session}.get(form.salto)
    if jump is None:
        raise NotFound
    cast(_Movable, world.clock).advance(jump)
    world.changed.beat()


@post("/fallos/{nombre:str}", status_code=DONE, request_max_body_size=LARGEST_FORM)
async def toggle_fault(world: NamedDependency[World], nombre: FromPath[str]) -> Response[None]:
    if not toggle(world.faults, nombre):
        raise NotFound
    world.changed.beat()
    return Response(None, status_code=DONE)


def _own_line(world: World, handset: Handset, wamid: str) -> None:
    line = world.ledger.line(wamid)
    if line is None or isinstance(line, SentMessage) or line.customer_key != handset.customer.key:
        raise NotFound


acts: list[HTTPRouteHandler] = [write, tap, react, revoke, edit, send_sample, move_clock, toggle_fault]
