"""Rows of the original's database as values: every column that it ever had, None where an old database lacks it."""

import msgspec

Cell = str | None


class OldMessage(msgspec.Struct, frozen=True):
    """`timestamp` as the database writes it, without a zone; `media_url` may hold the JSON of a menu's options."""

    id: int
    wa_id: Cell
    reply_to_wa_id: Cell
    numero: Cell
    mensaje: Cell
    tipo: Cell
    media_id: Cell
    media_url: Cell
    mime_type: Cell
    link_url: Cell
    link_title: Cell
    link_body: Cell
    link_thumb: Cell
    step: Cell
    regla_id: int | None
    timestamp: Cell


class OldUser(msgspec.Struct, frozen=True):
    """`rol` is the one role keyword of very old databases."""

    id: int
    username: Cell
    password: Cell
    rol: Cell


class OldRole(msgspec.Struct, frozen=True):
    id: int
    name: Cell
    keyword: Cell


class OldMember(msgspec.Struct, frozen=True):
    user_id: int
    role_id: int


class OldRule(msgspec.Struct, frozen=True):
    id: int
    step: Cell
    input_text: Cell
    respuesta: Cell
    siguiente_step: Cell
    tipo: Cell
    opciones: Cell
    rol_keyword: Cell
    calculo: Cell
    handler: Cell
    media_url: Cell
    media_tipo: Cell


class OldRuleMedia(msgspec.Struct, frozen=True):
    id: int
    regla_id: int
    media_url: Cell
    media_tipo: Cell


class OldReply(msgspec.Struct, frozen=True):
    id: int
    mensaje: Cell
    tipo: Cell
    media_url: Cell
    nombre: Cell


class OldReplyMedia(msgspec.Struct, frozen=True):
    id: int
    boton_id: int
    media_url: Cell
    media_tipo: Cell


class OldAlias(msgspec.Struct, frozen=True):
    numero: Cell
    nombre: Cell


class OldChatRole(msgspec.Struct, frozen=True):
    numero: Cell
    role_id: int


class OldChat(msgspec.Struct, frozen=True):
    numero: Cell
    step: Cell
    estado: Cell
    last_activity: Cell


class OldProcessed(msgspec.Struct, frozen=True):
    mensaje_id: Cell


TABLES: dict[type[msgspec.Struct], str] = {
    OldMessage: "mensajes",
    OldUser: "usuarios",
    OldRole: "roles",
    OldMember: "user_roles",
    OldRule: "reglas",
    OldRuleMedia: "regla_medias",
    OldReply: "botones",
    OldReplyMedia: "boton_medias",
    OldAlias: "alias",
    OldChatRole: "chat_roles",
    OldChat: "chat_state",
    OldProcessed: "mensajes_procesados",
}
NEEDED = ("mensajes", "usuarios", "reglas")
"""Without these it is no database of the original."""
