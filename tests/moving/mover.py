"""Somebody who moves over: the command, and what is here afterwards."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.road_world import settings_for
from tests.roads.store import Store
from waia.app.moving_command import Wishes, import_legacy
from waia.settings import Settings, load_settings

# What a row is, whatever its number here and whenever it was written.
WHAT_IS_HERE = (
    "SELECT numero, mensaje, tipo, wa_id, reply_to_wa_id, media_id, mime_type, link_url, step, regla_id, timestamp,"
    " direction, author, kind, status, client_id FROM mensajes ORDER BY id",
    "SELECT c.phone, c.name, s.numero, s.step, s.estado, s.holder, s.session_open, s.preview, s.unread,"
    " CASE WHEN s.last_message_id IS NULL THEN '' ELSE s.last_message_at END,"
    " s.last_customer_at, s.bot_memory FROM chat_state s JOIN contacts c ON c.id = s.contact_id ORDER BY s.id",
    "SELECT kind, value FROM contact_identities ORDER BY id",
    "SELECT numero, nombre FROM alias ORDER BY contact_id",
    "SELECT chat_id, role_id FROM chat_roles ORDER BY chat_id, role_id",
    "SELECT username, must_change_password, LENGTH(password) FROM usuarios ORDER BY id",
    "SELECT user_id, role_id FROM user_roles ORDER BY user_id, role_id",
    "SELECT id, step, input_text, respuesta, siguiente_step, tipo, opciones, calculo FROM reglas ORDER BY id",
    "SELECT regla_id, media_url, file_id IS NULL FROM regla_medias ORDER BY id",
    "SELECT nombre, mensaje, tipo FROM botones ORDER BY id",
    "SELECT boton_id, media_url, file_id IS NULL FROM boton_medias ORDER BY id",
    "SELECT scope, kind, filename, state, reason, message_id IS NULL FROM media ORDER BY id",
    "SELECT sha256, size, mime, kind FROM media_files ORDER BY id",
    "SELECT mensaje_id FROM mensajes_procesados ORDER BY mensaje_id",
    "SELECT stage, position, done, tally FROM import_stages ORDER BY stage",
    "SELECT name, value FROM ajustes ORDER BY name",
    "SELECT chat_id, ended_at IS NULL FROM sessions ORDER BY id",
)


@dataclass
class Mover:
    folder: Path
    old_url: str
    url: str
    said: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return Store(self.url)

    @property
    def settings(self) -> Settings:
        return load_settings(settings_for(self.folder, "http://127.0.0.1:9", self.url, 5000), env_file=None)

    async def moves(self, **wishes: Any) -> list[str]:
        """What the command says."""
        said: list[str] = []
        await import_legacy(self.settings, Wishes(self.old_url, **({"zone": "America/Bogota"} | wishes)), said.append)
        return said

    async def what_is_here(self) -> list[list[tuple[Any, ...]]]:
        return [[tuple(row) for row in await self.store.rows(sql)] for sql in WHAT_IS_HERE]
