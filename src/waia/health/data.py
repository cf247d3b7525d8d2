"""Whether the database is there, of this version, and set so that it keeps what it committed."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from waia.health.check import About, Check
from waia.health.durability import lossy_variables
from waia.health.repository import journal_mode, server_facts, server_now
from waia.kit import migrate
from waia.kit.db import Database, plain_words
from waia.kit.disk import MB
from waia.kit.i18n import N_
from waia.kit.relay import trouble_with
from waia.settings import Settings

FIXED_SQLITE = (3, 51, 3)
FIXED_BRANCHES = {(3, 50): 7, (3, 44): 6}
OLDEST_MARIADB, OLDEST_MYSQL = (10, 6), (8, 0)
LEAST_PACKET = 16 * MB
MOST_SKEW = timedelta(seconds=5)
DATABASE = About("database", N_("Base de datos"))
SCHEMA = About("schema", N_("Esquema"))
DURABILITY = About("durability", N_("Duración"))
REDIS = About("redis", N_("Redis"))
SURVIVES = N_("Lo que se confirma sobrevive a un corte de luz.")


async def data(database: Database, settings: Settings, now: datetime) -> list[Check]:
    """`now` is real time. Never raises for what the database does."""
    try:
        checks = [await _schema(database)]
        version = await (_sqlite(database) if database.is_sqlite else _server(database, settings, now))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        cure = N_("Revisa que el servidor de la base corra, y DATABASE_URL o DB_HOST, DB_USER, DB_PASSWORD y DB_NAME.")
        return [DATABASE.fail(N_("No se puede usar."), cure, plain_words(error))]
    return [*version, *checks, *await _redis(database, settings)]


async def _redis(database: Database, settings: Settings) -> list[Check]:
    """Nothing fails without it: processes find each other's work a little later."""
    if not settings.redis_url:
        return []
    if database.is_sqlite:
        return [REDIS.ok(N_("No se usa: con SQLite un solo proceso hace todo."))]
    if trouble := await trouble_with(settings.redis_url):
        cure = N_("Revisa REDIS_URL y que Redis corra; mientras tanto todo sigue, un poco más lento.")
        return [REDIS.warn(N_("No responde."), cure, trouble)]
    return [REDIS.ok(N_("Avisa a los demás procesos."))]


async def _schema(database: Database) -> Check:
    if await migrate.is_being_restored(database):
        return SCHEMA.fail(N_("Una restauración quedó a medias."), N_("Corre otra vez el mismo «waia restore»."))
    if await migrate.is_current(database):
        return SCHEMA.ok(N_("Es el de esta versión (%(revision)s)."), revision=migrate.newest())
    if await migrate.is_empty(database):
        return SCHEMA.warn(N_("La base está vacía."), N_("Se prepara sola en el primer arranque."))
    if await migrate.is_unfinished(database):
        return SCHEMA.fail(N_("Una actualización quedó a medias."), N_("Corre «waia upgrade»: sigue donde quedó."))
    if await migrate.is_newer(database):
        return SCHEMA.fail(N_("La actualizó un waia más nuevo."), N_("Instala esa versión."))
    return SCHEMA.fail(N_("Es de una versión anterior de waia."), N_("Corre «waia upgrade», o pon INIT_DB_ON_START=1."))


async def _sqlite(database: Database) -> list[Check]:
    async with database.reading() as tx:
        mode = await journal_mode(tx)
    version = sqlite3.sqlite_version_info
    fixed = version >= FIXED_SQLITE or version[2] >= FIXED_BRANCHES.get(version[:2], 10_000)
    rare = N_("SQLite %(version)s: waia evita con un solo escritor su falla rara.")
    words = N_("SQLite %(version)s.") if fixed else rare
    return [DATABASE.ok(words, version=sqlite3.sqlite_version), _journal(mode)]


def _journal(mode: str) -> Check:
    """Our connections ask for it; a file system without shared memory does not give it."""
    if mode == "wal":
        return DURABILITY.ok(SURVIVES)
    cure = N_("El disco no admite el modo WAL (¿una carpeta de red?): mueve WAIA_DATA a un disco local.")
    return DURABILITY.fail(N_("SQLite no escribe como waia lo pide."), cure, f"journal_mode = {mode}")


async def _server(database: Database, settings: Settings, now: datetime) -> list[Check]:
    lossy = await lossy_variables(database)
    async with database.reading() as tx:
        facts, theirs = await server_facts(tx), await server_now(tx)
    return [
        _version(facts["version"]),
        _durability(lossy, relaxed=settings.db_durability == "relaxed"),
        *_variables(facts),
        _clock(theirs - now),
    ]


def _version(told: str) -> Check:
    """MariaDB calls itself `10.11.19-MariaDB-…`."""
    numbers = tuple(int(number) for number in re.findall(r"\d+", told)[:2])
    name, oldest = ("MariaDB", OLDEST_MARIADB) if "mariadb" in told.lower() else ("MySQL", OLDEST_MYSQL)
    facts = {"name": name, "version": ".".join(map(str, numbers)), "oldest": ".".join(map(str, oldest))}
    if numbers < oldest:
        cure = N_("Actualiza a %(name)s %(oldest)s o más nueva.")
        return DATABASE.fail(N_("%(name)s %(version)s es muy vieja."), cure, **facts)
    return DATABASE.ok(N_("%(name)s %(version)s."), **facts)


def _durability(lossy: Mapping[str, str], *, relaxed: bool) -> Check:
    if not lossy:
        return DURABILITY.ok(SURVIVES)
    told = ", ".join(f"{name} = {value}" for name, value in lossy.items())
    if relaxed:
        words = N_("Un corte de luz puede perder el último segundo; DB_DURABILITY=relaxed dice que está bien.")
        return DURABILITY.ok(words)
    cure = N_("Pon en el servidor de la base: %(names)s = 1.")
    return DURABILITY.fail(N_("Un corte de luz puede perder mensajes."), cure, told, names=", ".join(lossy))


def _variables(facts: Mapping[str, str]) -> Iterator[Check]:
    isolation = facts.get("transaction_isolation") or facts.get("tx_isolation", "")
    about = About("isolation", N_("Aislamiento"))
    if isolation != "READ-COMMITTED":
        cure = N_("Quita lo que lo cambia entre waia y la base.")
        yield about.fail(N_("La sesión no usa READ COMMITTED."), cure, isolation)
    about, charset = About("charset", N_("Juego de caracteres")), facts.get("character_set_database", "")
    cure = N_("ALTER DATABASE … CHARACTER SET utf8mb4, antes de la próxima actualización.")
    if charset != "utf8mb4":
        yield about.warn(N_("La base no usa utf8mb4: tablas nuevas perderían los emojis."), cure, charset)
    about, packet = About("max_allowed_packet", "max_allowed_packet"), int(facts.get("max_allowed_packet", "0"))
    if packet < LEAST_PACKET:
        words = N_("Es de %(size)s MB: webhooks y hojas de Excel grandes no caben.")
        yield about.warn(words, N_("Ponlo en 16M o más en el servidor de la base."), size=packet // MB)


def _clock(skew: timedelta) -> Check:
    about, seconds = About("database_clock", N_("Reloj de la base")), round(abs(skew).total_seconds())
    if abs(skew) <= MOST_SKEW:
        return about.ok(N_("Va como el de waia."))
    cure = N_("Activa la hora automática (NTP) en las dos máquinas.")
    return about.warn(N_("Se aparta %(seconds)s s del de waia."), cure, seconds=seconds)
