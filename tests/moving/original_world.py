"""A database of the original as its own schema makes it, with the rows that years of use leave behind."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, DateTime, ForeignKey, Index, Integer, MetaData, String, Table, Text, insert
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

ZONE = ZoneInfo("America/Bogota")
OLD_PASSWORD = "girasol tren 9 luna"
CARLA, DIEGO, ELENA, MEXICO, MEXICO_TODAY = (
    "573001112233", "573004445566", "573007778899", "5215512345678", "525512345678",
)  # fmt: skip
CATALOGUE, PHOTO, NOTE = f"{'ab' * 16}_catalogo.pdf", "7001.jpeg", "7002.ogg"
LIST = json.dumps(
    {"header": "Opciones", "button": "Ver", "sections": [{"title": "T", "rows": [
        {"id": "c", "title": "Cotizar", "step": "cotizar"}, {"id": "h", "title": "Horario"}]}]}
)  # fmt: skip
BUTTONS = json.dumps([{"type": "reply", "reply": {"id": "b1", "title": "Barra"}, "next_step": "saludo,barra_medida"}])
BETWEEN = timedelta(seconds=30)
FALLBACK, RESTART = "No entendí tu respuesta, intenta de nuevo.", "Perfecto, volvamos a empezar."
RULES: tuple[tuple[int, str, str, str, str, str, str], ...] = (
    (1, "menu_principal", "iniciar", "Bienvenido a la tienda", "menu", "texto", ""),
    (2, "menu", "1,uno", "Cotización", "cotizar", "texto", ""),
    (3, "menu", "2", "Elija", "", "lista", LIST),
    (4, "menu", "*", "Escriba 1 o 2", "", "texto", ""),
    (5, "cotizar", "barra", "¿Cuál?", "", "boton", BUTTONS),
    (6, "cotizar", "foto", "Mire", "", "image", ""),
    (7, "saludo", "*", "Con gusto", "", "texto", ""),
    (8, "barra_medida", "*", "Son ${total}", "fin", "texto", ""),
    (9, "cotizar", "precio", "Depende", "", "texto", ""),
    (40, "menu", "catalogo", "Se lo envío", "", "document", ""),
)


@dataclass
class OldDatabase:
    """Rows by table, written at once by `write`; the clock goes on by itself while people talk."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    rows: defaultdict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    at: datetime = field(init=False)
    wamids: int = 0

    def __post_init__(self) -> None:
        self.at = self.now - timedelta(days=30)

    def add(self, table: str, **row: Any) -> dict[str, Any]:
        self.rows[table].append(row)
        return row

    def message(self, numero: str | None, tipo: str | None, mensaje: str | None, **more: Any) -> dict[str, Any]:
        """Half a minute after the one before, unless `at` says when."""
        self.at = more.pop("at", self.at + BETWEEN)
        self.wamids += 1
        row = {
            "id": len(self.rows["mensajes"]) + 1, "wa_id": f"wamid.OLD{self.wamids:06}", "numero": numero,
            "tipo": tipo, "mensaje": mensaje, "timestamp": self.at.astimezone(ZONE).replace(tzinfo=None),
        }  # fmt: skip
        return self.add("mensajes", **(row | more))

    async def write(self, url: str, without: Iterable[str] = (), charset: str = "utf8mb4") -> None:
        """`without` names columns that this database never got (`mensajes.wa_id`), or whole tables."""
        lacking = set(without)
        metadata = MetaData()
        tables = [_table(metadata, name, lacking, charset) for name in SCHEMA if name not in lacking]
        drivers = {"sqlite": "sqlite+aiosqlite", "mysql": "mysql+asyncmy"}
        address = make_url(url)
        engine = create_async_engine(address.set(drivername=drivers[address.get_backend_name()]))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            for table in tables:
                rows = [{column.name: row.get(column.name) for column in table.c} for row in self.rows[table.name]]
                if rows:
                    await connection.execute(insert(table), rows)
        await engine.dispose()


SCHEMA: dict[str, Any] = {
    "mensajes": lambda: (
        Column("id", Integer, primary_key=True), Column("wa_id", String(255)), Column("reply_to_wa_id", String(255)),
        Column("numero", String(20)), Column("mensaje", Text), Column("tipo", String(50)),
        Column("media_id", String(255)), Column("media_url", Text), Column("mime_type", Text),
        Column("link_url", Text), Column("link_title", Text), Column("link_body", Text), Column("link_thumb", Text),
        Column("step", Text), Column("regla_id", Integer), Column("timestamp", DateTime),
        Index("idx_mensajes_timestamp", "timestamp"),
    ),
    "mensajes_procesados": lambda: (Column("mensaje_id", String(255), primary_key=True),),
    "usuarios": lambda: (
        Column("id", Integer, primary_key=True), Column("username", String(50), unique=True, nullable=False),
        Column("password", String(255), nullable=False), Column("rol", String(50)),
    ),
    "roles": lambda: (
        Column("id", Integer, primary_key=True), Column("name", String(50), nullable=False),
        Column("keyword", String(20), unique=True, nullable=False),
    ),
    "user_roles": lambda: (
        Column("user_id", Integer, primary_key=True, autoincrement=False),
        Column("role_id", Integer, primary_key=True, autoincrement=False),
    ),
    "reglas": lambda: (
        Column("id", Integer, primary_key=True), Column("step", Text, nullable=False),
        Column("input_text", Text, nullable=False), Column("respuesta", Text, nullable=False),
        Column("siguiente_step", Text), Column("tipo", String(20), nullable=False, server_default="texto"),
        Column("opciones", Text), Column("rol_keyword", String(20)), Column("calculo", Text),
        Column("handler", String(50)), Column("media_url", Text), Column("media_tipo", String(20)),
    ),
    "regla_medias": lambda: (
        Column("id", Integer, primary_key=True),
        Column("regla_id", Integer, ForeignKey("reglas.id", ondelete="CASCADE"), nullable=False),
        Column("media_url", Text, nullable=False), Column("media_tipo", String(20)),
    ),
    "botones": lambda: (
        Column("id", Integer, primary_key=True), Column("mensaje", Text, nullable=False), Column("tipo", String(50)),
        Column("media_url", Text), Column("nombre", String(100)),
    ),
    "boton_medias": lambda: (
        Column("id", Integer, primary_key=True),
        Column("boton_id", Integer, ForeignKey("botones.id", ondelete="CASCADE"), nullable=False),
        Column("media_url", Text, nullable=False), Column("media_tipo", String(20)),
    ),
    "alias": lambda: (Column("numero", String(20), primary_key=True), Column("nombre", String(100))),
    "chat_roles": lambda: (
        Column("numero", String(20), primary_key=True),
        Column("role_id", Integer, primary_key=True, autoincrement=False),
    ),
    "chat_state": lambda: (
        Column("numero", String(20), primary_key=True), Column("step", Text), Column("estado", String(20)),
        Column("last_activity", DateTime),
    ),
}  # fmt: skip


def _table(metadata: MetaData, name: str, lacking: set[str], charset: str) -> Table:
    parts = [part for part in SCHEMA[name]() if not (isinstance(part, Column) and f"{name}.{part.name}" in lacking)]
    parts = [part for part in parts if isinstance(part, Column) or "mensajes.timestamp" not in lacking]
    return Table(name, metadata, *parts, mysql_charset=charset, mysql_engine="InnoDB")


def scrypt_hash(password: str) -> str:
    """As recent releases of Werkzeug write it."""
    digest = hashlib.scrypt(password.encode(), salt=b"saltsaltsaltsalt", n=256, r=8, p=1)
    return f"scrypt:256:8:1$saltsaltsaltsalt${digest.hex()}"


def pbkdf2_hash(password: str) -> str:
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), b"pepper88", 1_000)
    return f"pbkdf2:sha256:1000$pepper88${digest.hex()}"


def add_people(old: OldDatabase) -> None:
    for number, (name, keyword) in enumerate((("Administrador", "admin"), ("Ventas", "ventas"), ("Sin", "")), 1):
        old.add("roles", id=number, name=name, keyword=keyword)
    hashes = {
        "admin": scrypt_hash(OLD_PASSWORD),
        "ana": pbkdf2_hash(OLD_PASSWORD),
        "beto": hashlib.sha256(OLD_PASSWORD.encode()).hexdigest(),
        "nuevo": scrypt_hash("admin123"),
        "cortado": scrypt_hash(OLD_PASSWORD)[:128],
    }
    for number, (name, hashed) in enumerate(hashes.items(), 1):
        old.add("usuarios", id=number, username=name, password=hashed, rol=None)
    for user, role in ((1, 1), (2, 2), (3, 2), (3, 1), (4, 77), (99, 1)):
        old.add("user_roles", user_id=user, role_id=role)


def add_flow(old: OldDatabase) -> None:
    for number, step, words, answer, target, tipo, options in RULES:
        old.add(
            "reglas", id=number, step=step, input_text=words, respuesta=answer, siguiente_step=target, tipo=tipo,
            opciones=options, rol_keyword={2: "ventas", 9: "nadie"}.get(number),
            calculo="p1*p2*350000/10000" if number == 8 else None, handler=None,
            media_url="https://example.com/old.jpg" if number == 6 else None,
            media_tipo="image/jpeg" if number == 6 else None,
        )  # fmt: skip
    address = f"http://old.example.com/static/uploads/{CATALOGUE}"
    old.add("regla_medias", id=1, regla_id=40, media_url=address, media_tipo="application/pdf")
    old.add("botones", id=1, mensaje="Ya le respondo", tipo="texto", media_url=None, nombre="Espera")
    old.add("botones", id=2, mensaje="Nuestro catálogo", tipo="document", media_url=None, nombre=None)
    old.add("boton_medias", id=1, boton_id=2, media_url=address, media_tipo=None)
    old.add("botones", id=3, mensaje="Mapa", tipo="image", media_url="https://example.com/mapa.png", nombre="Mapa")


def add_talks(old: OldDatabase) -> None:
    """Carla is in the middle of a quotation, an agent writes with Diego, Elena's chat is closed."""
    old.message(CARLA, "cliente", "Hola", step="")
    old.message(CARLA, "bot", "Bienvenido a la tienda", step="menu_principal", regla_id=1, media_url="")
    menu = old.message(CARLA, "cliente", "2", step="menu")
    old.message(CARLA, "bot", "Elija", step="menu", regla_id=3, media_url=LIST)
    old.message(CARLA, "cliente", "Cotizar", step="menu", reply_to_wa_id=menu["wa_id"])
    old.message(CARLA, "cliente_image", None, step="cotizar", media_id="7001",
                media_url=f"https://old.example.com/static/uploads/{PHOTO}")  # fmt: skip
    old.message(CARLA, "audio", "quiero una barra", step="cotizar", media_id="7002", mime_type="audio/ogg",
                media_url=f"https://old.example.com/static/uploads/{NOTE}")  # fmt: skip
    old.message(CARLA, "cliente", "quiero una barra", step="cotizar", wa_id=None)
    old.message(CARLA, "bot", FALLBACK, media_url="")
    old.message(CARLA, "referral", "", link_url="https://example.com/ad", link_title="Oferta", link_body="Hoy")
    old.message(DIEGO, "cliente", "¿Me atienden?", step="")
    old.message(DIEGO, "asesor", "Claro, soy Ana", media_url="")
    old.message(DIEGO, "bot_document", "Su cotización", media_url=f"http://x/static/uploads/{CATALOGUE}")
    old.message(DIEGO, "bot_image", "", media_url="https://example.com/foto.jpg", regla_id=6, step="cotizar")
    old.message(ELENA, "video", None, media_id="9", mime_type="video/mp4", media_url="http://x/static/uploads/9.mp4")
    old.message(ELENA, "bot", "Regla borrada", regla_id=500, step="menu")
    last = {"at": old.now - timedelta(minutes=10)}
    old.message(CARLA, "cliente", "barra", step="cotizar", **last)
    old.message(CARLA, "bot", "¿Cuál?", step="cotizar", regla_id=5, media_url=BUTTONS)
    old.message(DIEGO, "cliente", "gracias", step="menu")
    old.message(DIEGO, "asesor", "A usted", media_url="")
    for numero, step, estado in (
        (CARLA, "Cotizar ", "espera_usuario"), (DIEGO, "menu", "asesor"), (ELENA, None, "cerrado"),
    ):  # fmt: skip
        old.add("chat_state", numero=numero, step=step, estado=estado, last_activity=_naive(old.at))
    old.add("alias", numero=CARLA, nombre="Carla (cocina)")
    old.add("chat_roles", numero=CARLA, role_id=2)
    old.add("chat_roles", numero=DIEGO, role_id=77)


def add_oddities(old: OldDatabase) -> None:
    """What nobody would design and every old database has."""
    before = old.at
    old.message(None, "cliente", "¿de quién soy?")
    old.message("", None, None, wa_id=None)
    old.message("+57 300 111-2233", "cliente", "Soy Carla otra vez", timestamp=None)
    old.message("prueba", "rara", "Hola", timestamp=None)
    old.message(MEXICO, "cliente", "Hola", wa_id="wamid.TWICE")
    old.message(MEXICO_TODAY, "cliente", "Hola de nuevo", wa_id="wamid.TWICE")
    old.message(MEXICO, "bot", "🙂" * 30 + "ñandú", media_url="{no es json")
    old.message(MEXICO, "asesor_video", "", media_url="http://x/static/uploads/../../etc/passwd")
    old.message(MEXICO, "bot_image", "", media_url="991122334455")
    old.message("573009990000", "cliente", "x" * 20_000, step="ia_chat")
    old.add("chat_state", numero="573009990000", step="ia_chat", estado="ia_pendiente", last_activity=None)
    old.add("chat_state", numero="573000000042", step="menu", estado="espera_usuario", last_activity=_naive(before))
    old.add("alias", numero="573000000043", nombre="Solo un alias")
    old.add("chat_roles", numero="573000000044", role_id=2)
    for number in range(5):
        old.add("mensajes_procesados", mensaje_id=f"wamid.HANDLED{number}")
    old.add("reglas", id=41, step="menu", input_text="1, uno", respuesta="Nunca", tipo="texto", opciones="")
    old.add("reglas", id=42, step="menu", input_text="cita", respuesta="Llene esto", tipo="flow", opciones="{")
    old.add("reglas", id=43, step="menu", input_text="lista", respuesta="Rota", tipo="lista", opciones="{no")


def add_crowd(old: OldDatabase, many: int) -> None:
    """So many messages of so many customers as it takes, four to a customer."""
    for number in range(many // 4):
        numero = f"5731{number:08}"
        old.message(numero, "cliente", "hola", step="")
        old.message(numero, "bot", "Bienvenido a la tienda", step="menu_principal", regla_id=1, media_url="")
        old.message(numero, "cliente", f"quiero {number}", step="menu")
        old.message(numero, "bot", "Escriba 1 o 2", step="menu", regla_id=4, media_url="")
        old.add("chat_state", numero=numero, step="menu", estado="espera_usuario", last_activity=_naive(old.at))


def whole_shop(many: int = 0) -> OldDatabase:
    old = OldDatabase()
    old.at -= BETWEEN * many  # all of it is past: what is told of the future depends on when it is told
    add_people(old)
    add_flow(old)
    add_oddities(old)
    add_crowd(old, many)
    add_talks(old)
    return old


def uploads_folder(folder: Path) -> Path:
    """The files that messages name, but for those that were lost."""
    folder.mkdir()
    (folder / CATALOGUE).write_bytes(b"%PDF-1.4\n%catalogo\n")
    (folder / PHOTO).write_bytes(b"\xff\xd8\xff\xe0" + b"foto" * 50)
    (folder / NOTE).write_bytes(b"OggS" + b"\0" * 24 + b"OpusHead" + b"voz" * 30)
    (folder / "nadie.txt").write_text("unused")
    return folder


def _naive(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(tzinfo=None)
