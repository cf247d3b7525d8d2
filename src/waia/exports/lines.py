"""One message and one chat as an export tells them: in JSON by these names, in sheets as cells under them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from waia.chats.delivery_state import DeliveryState

AUTHORS = {"customer": "cliente", "bot": "bot", "user": "asesor", "phone": "teléfono", "note": "nota"}
DIRECTIONS = {"in": "entra", "out": "sale", "own": "interno"}
HOLDERS = {"bot": "bot", "queue": "cola", "person": "persona"}
STATUSES = {
    DeliveryState.CANCELLED: "cancelado",
    DeliveryState.UNCERTAIN: "sin confirmar",
    DeliveryState.SENDING: "enviando",
    DeliveryState.FAILED: "fallido",
    DeliveryState.QUEUED: "por enviar",
    DeliveryState.SENT: "enviado",
    DeliveryState.DELIVERED: "entregado",
    DeliveryState.READ: "leído",
    DeliveryState.PLAYED: "escuchado",
}


class FileTold(msgspec.Struct, frozen=True):
    """A file of a message; `address` opens it for whoever may see the chat."""

    name: str = msgspec.field(name="nombre")
    mime: str = msgspec.field(name="tipo")
    address: str = msgspec.field(name="direccion")

    def __str__(self) -> str:
        return self.name or self.mime or self.address


class ReactionTold(msgspec.Struct, frozen=True):
    emoji: str
    author: str = msgspec.field(name="autor")

    def __str__(self) -> str:
        return self.emoji


class MessageLine(msgspec.Struct, frozen=True):
    """Moments are ISO 8601 in the time zone of the business. What the panel hides of a revoked message is not here."""

    id: int
    chat_id: int = msgspec.field(name="chat")
    at: str = msgspec.field(name="fecha")
    direction: str = msgspec.field(name="direccion")
    author: str = msgspec.field(name="autor")
    agent: str = msgspec.field(name="asesor")
    tipo: str
    text: str = msgspec.field(name="texto")
    files: tuple[FileTold, ...] = msgspec.field(name="archivos")
    quoted: str = msgspec.field(name="responde_a")
    reactions: tuple[ReactionTold, ...] = msgspec.field(name="reacciones")
    step: str = msgspec.field(name="paso")
    rule_id: int | None = msgspec.field(name="regla")
    status: str = msgspec.field(name="estado")
    error: str
    edited_at: str = msgspec.field(name="editado")
    revoked_at: str = msgspec.field(name="eliminado")
    wamid: str = msgspec.field(name="id_whatsapp")


class ChatLine(msgspec.Struct, frozen=True):
    """`numero` is digits, empty for a contact without a visible number."""

    id: int = msgspec.field(name="chat")
    numero: str
    name: str = msgspec.field(name="nombre")
    alias: str
    username: str = msgspec.field(name="usuario")
    line: str = msgspec.field(name="linea")
    roles: tuple[str, ...]
    estado: str
    holder: str = msgspec.field(name="atiende")
    owner: str = msgspec.field(name="asignado_a")
    waiting_since: str = msgspec.field(name="espera_desde")
    first_at: str = msgspec.field(name="primer_contacto")
    last_at: str = msgspec.field(name="ultimo_mensaje")
    step: str = msgspec.field(name="paso")
    archived_at: str = msgspec.field(name="archivado")


MESSAGE_COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(MessageLine))
CHAT_COLUMNS = tuple(field.encode_name for field in msgspec.structs.fields(ChatLine))
MOMENTS = {"fecha", "editado", "eliminado", "espera_desde", "primer_contacto", "ultimo_mensaje", "archivado"}


def message_line(row: Any, files: Sequence[FileTold], reactions: Sequence[ReactionTold], zone: ZoneInfo) -> MessageLine:
    hidden = row.revoked_at is not None
    return MessageLine(
        id=row.id,
        chat_id=row.chat_id,
        at=moment(row.timestamp, zone),
        direction=DIRECTIONS.get(row.direction, row.direction),
        author=AUTHORS.get(row.author, row.author),
        agent=row.agent,
        tipo=row.tipo or row.kind,
        text="" if hidden else row.text or "",
        files=() if hidden else tuple(files),
        quoted=row.quoted_wamid or "",
        reactions=tuple(reactions),
        step=row.step or "",
        rule_id=row.rule_id,
        status="" if row.direction != "out" else STATUSES.get(row.status, str(row.status)),
        error=row.error_text,
        edited_at=moment(row.edited_at, zone),
        revoked_at=moment(row.revoked_at, zone),
        wamid=row.wamid or "",
    )


def chat_line(row: Any, roles: Sequence[str], zone: ZoneInfo) -> ChatLine:
    return ChatLine(
        id=row.id,
        numero=row.numero or row.phone,
        name=row.name,
        alias=row.alias or "",
        username=row.username,
        line=row.phone_number_id,
        roles=tuple(roles),
        estado=row.estado or "",
        holder=HOLDERS.get(row.holder, row.holder),
        owner=row.owner_name,
        waiting_since=moment(row.unanswered_since, zone),
        first_at=moment(row.created_at, zone),
        last_at=moment(row.last_message_at, zone),
        step=row.step or "",
        archived_at=moment(row.archived_at, zone),
    )


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else ""


def cells(line: MessageLine | ChatLine) -> list[str]:
    """As text, in the order of the columns; moments as spreadsheets read them."""
    columns = MESSAGE_COLUMNS if isinstance(line, MessageLine) else CHAT_COLUMNS
    values = zip(columns, msgspec.structs.astuple(line), strict=True)
    return [_moment_cell(value) if name in MOMENTS else _cell(value) for name, value in values]


def answer_cells(answers: Mapping[str, str], names: Sequence[str]) -> list[str]:
    return [answers.get(name, "") for name in names]


def _moment_cell(value: str) -> str:
    return value[:19].replace("T", " ")


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
