"""The database of the application before comes over whole, whatever years of use did to it."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any

import pytest

from tests.moving.mover import Mover
from tests.moving.original_world import (
    CARLA,
    DIEGO,
    ELENA,
    MEXICO,
    ZONE,
    OldDatabase,
    add_people,
    uploads_folder,
    whole_shop,
)
from waia.settings import SettingError

LACKING = (
    ("mensajes.wa_id", "mensajes.reply_to_wa_id"),
    ("mensajes.step", "mensajes.regla_id"),
    ("mensajes.link_url", "mensajes.link_title", "mensajes.link_body", "mensajes.link_thumb"),
    ("mensajes.timestamp",),
    ("reglas.calculo", "reglas.handler"),
    ("reglas.media_url", "reglas.media_tipo", "reglas.rol_keyword"),
    ("botones.tipo", "botones.media_url", "botones.nombre"),
    ("chat_state.estado",),
    ("regla_medias", "boton_medias", "alias", "chat_roles", "mensajes_procesados"),
)


async def moved(mover: Mover, old: OldDatabase, without: Iterable[str] = (), **how: Any) -> list[str]:
    await old.write(mover.old_url, without, **how)
    return await mover.moves(media=uploads_folder(mover.folder / "uploads"))


async def check_counts(mover: Mover, old: OldDatabase) -> None:
    """Every row has its counterpart; a transcript that stood there twice stands here once."""
    wanted = {table: len(old.rows[table]) for table in ("mensajes", "reglas", "botones", "usuarios")}
    wanted["mensajes"] -= 1
    assert {table: await mover.store.one(f"SELECT count(*) FROM {table}") for table in wanted} == wanted


async def check_the_shop(mover: Mover, old: OldDatabase) -> None:
    await check_counts(mover, old)
    store = mover.store
    ids = [row["id"] for row in old.rows["reglas"]]
    assert await store.column("SELECT id FROM reglas ORDER BY id") == ids
    assert await store.one("SELECT value FROM ajustes WHERE name = 'flow_profile'") == "original"
    assert await store.one("SELECT nombre FROM alias WHERE numero = :numero", numero=CARLA) == "Carla (cocina)"
    here = await store.column("SELECT mensaje_id FROM mensajes_procesados")
    assert {row["mensaje_id"] for row in old.rows["mensajes_procesados"]} <= set(here)
    states = "SELECT step, estado, holder, session_open FROM chat_state WHERE numero = :numero"
    assert tuple(await store.row(states, numero=CARLA)) == ("cotizar", "espera_usuario", "bot", 1)
    assert tuple(await store.row(states, numero=DIEGO)) == ("menu", "asesor", "person", 0)
    assert tuple(await store.row(states, numero=ELENA)) == (None, "cerrado", "bot", 0)
    roles = "SELECT r.keyword FROM chat_roles c JOIN roles r ON r.id = c.role_id WHERE c.numero = :numero"
    assert await store.column(roles, numero=CARLA) == ["ventas"]
    said_at = next(row["timestamp"] for row in old.rows["mensajes"] if row["mensaje"] == "¿Cuál?")
    told = await store.one("SELECT timestamp FROM mensajes WHERE mensaje = '¿Cuál?'")
    assert str(told)[:19] == str(said_at.replace(tzinfo=ZONE).astimezone(UTC))[:19]
    emoji = "🙂" * 30 + "ñandú"
    assert await store.column("SELECT mensaje FROM mensajes WHERE numero = :n AND mensaje <> ''", n=MEXICO) == [
        "Hola", "Hola de nuevo", emoji,
    ]  # fmt: skip


async def test_everything_that_was_there_is_here(mover: Mover) -> None:
    old = whole_shop(80)
    said = "\n".join(await moved(mover, old))
    await check_the_shop(mover, old)
    for sentence in ("mensajes sin fecha", "comparten chat", "quedan una vez, bajo su audio", "(por ejemplo flow)"):
        assert sentence in said


async def test_on_mariadb_too(maria_mover: Mover) -> None:
    old = whole_shop(40)
    await moved(maria_mover, old)
    await check_the_shop(maria_mover, old)


@pytest.mark.parametrize("lacking", LACKING, ids=lambda lacking: str(lacking[0]))
async def test_a_database_of_an_earlier_release_comes_over_with_what_it_has(
    mover: Mover, lacking: tuple[str, ...]
) -> None:
    old = whole_shop()
    said = await moved(mover, old, lacking)
    await check_counts(mover, old)
    (told,) = [line for line in said if "versión anterior" in line]
    assert all(name in told for name in lacking)


async def test_the_one_role_of_a_very_old_user_becomes_a_role(mover: Mover) -> None:
    old = OldDatabase()
    add_people(old)
    for user in old.rows["usuarios"]:
        user["rol"] = "taller" if user["username"] == "ana" else None
    await moved(mover, old, ("roles", "user_roles"))
    members = "SELECT r.name FROM user_roles m JOIN roles r ON r.id = m.role_id JOIN usuarios u ON u.id = m.user_id"
    assert await mover.store.column(f"{members} WHERE u.username = 'ana'") == ["Taller"]


async def test_a_second_run_adds_what_came_since_and_leaves_what_lives_here(mover: Mover) -> None:
    old = whole_shop()
    await moved(mover, old)
    before = await mover.what_is_here()
    said = await mover.moves(media=mover.folder / "uploads")
    assert (await mover.what_is_here())[:14] == before[:14]
    assert not any("mensajes nuevos aquí" in line for line in said)
    await mover.store.rows("UPDATE reglas SET respuesta = 'De waia' WHERE id = 1")
    for removed in ("user_roles", "usuarios", "botones", "roles"):
        await mover.store.rows(f"DELETE FROM {removed}")
    await mover.store.rows(
        "INSERT INTO mensajes (public_id, chat_id, direction, author, kind, details, timestamp, received_at)"
        " SELECT 'own', id, 'out', 'bot', 'text', '{}', last_message_at, last_message_at FROM chat_state"
        " WHERE numero = :numero",
        numero=CARLA,
    )
    later = OldDatabase(now=old.now, rows=old.rows, wamids=900)
    later.message(ELENA, "cliente", "¿Siguen ahí?", step="menu", at=old.at)
    for state in old.rows["chat_state"]:
        state |= {"step": "cotizar", "estado": "sin_respuesta"}
    (mover.folder / "old.db").unlink()
    await later.write(mover.old_url)
    assert any("1  mensajes nuevos aquí" in line for line in await mover.moves())
    assert await mover.store.one("SELECT respuesta FROM reglas WHERE id = 1") == "De waia"
    for removed in ("usuarios", "botones", "roles"):
        assert await mover.store.one(f"SELECT count(*) FROM {removed}") == 0, removed
    steps = {row[0]: row[1] for row in await mover.store.rows("SELECT numero, step FROM chat_state")}
    assert (steps[CARLA], steps[ELENA]) == ("cotizar", "cotizar")
    assert await mover.store.one("SELECT unread FROM chat_state WHERE numero = :n", n=ELENA) == 1


async def test_a_rehearsal_says_the_same_and_writes_nothing(mover: Mover) -> None:
    old = whole_shop()
    await old.write(mover.old_url)
    folder, before = uploads_folder(mover.folder / "uploads"), await mover.what_is_here()
    rehearsed = await mover.moves(media=folder, dry_run=True)
    assert await mover.what_is_here() == before
    assert not await mover.store.one("SELECT count(*) FROM media_files")
    said = set(await mover.moves(media=folder))
    unsaid = [line for line in rehearsed if line not in said]
    assert not unsaid


async def test_texts_whose_accents_were_broken_are_repaired_when_asked(mover: Mover) -> None:
    old = OldDatabase()
    old.message(CARLA, "cliente", "¿Cuánto?".encode().decode("cp1252"))
    old.message(CARLA, "cliente", "São Paulo está bien: “sí” 🙂")
    await old.write(mover.old_url)
    said = await mover.moves(dry_run=True)
    assert any("--charset latin1" in line for line in said)
    await mover.moves(charset="latin1")
    wanted = ["¿Cuánto?", "São Paulo está bien: “sí” 🙂"]
    assert await mover.store.column("SELECT mensaje FROM mensajes ORDER BY id") == wanted


async def test_what_cannot_be_done_is_said_in_one_line_and_nothing_is_written(mover: Mover) -> None:
    old = whole_shop()
    await old.write(mover.old_url)
    before = await mover.what_is_here()
    for wishes, words in (
        ({"zone": ""}, "Say --timezone"),
        ({"zone": "Bogota"}, "unknown"),
        ({"media": mover.folder / "nowhere"}, "no folder"),
    ):
        with pytest.raises(SettingError, match=words):
            await mover.moves(**wishes)
    for url, words in (
        (mover.url, "own database"),
        ("mysql://root@127.0.0.1:1/x", "cannot be read"),
        (f"sqlite:///{mover.folder / 'none.db'}", "no database of the original"),
        ("hola", "Say where"),
    ):
        with pytest.raises(SettingError, match=words):
            await Mover(mover.folder, url, mover.url).moves()
    assert await mover.what_is_here() == before


async def test_a_flow_that_was_edited_here_is_replaced_only_when_asked_and_stays_as_a_version(mover: Mover) -> None:
    old = whole_shop()
    await old.write(mover.old_url)
    await mover.store.rows(
        "INSERT INTO flow_versions (created_at, profile, rules) VALUES ('2026-01-01 00:00:00.000000', 'waia', '[]')"
    )
    with pytest.raises(SettingError, match="--replace-flow"):
        await mover.moves()
    assert await mover.store.one("SELECT count(*) FROM mensajes") == 0
    mine = await mover.store.column("SELECT respuesta FROM reglas ORDER BY id")
    await mover.moves(replace_flow=True)
    assert await mover.store.one("SELECT count(*) FROM reglas") == len(old.rows["reglas"])
    kept = await mover.store.one("SELECT rules FROM flow_versions WHERE id = 2")
    assert all(text[:20] in kept for text in mine if '"' not in text and "\n" not in text[:20])


async def test_another_database_does_not_go_on_where_this_one_stopped(mover: Mover) -> None:
    await moved(mover, whole_shop())
    (mover.folder / "old.db").unlink()
    other = OldDatabase()
    other.at -= timedelta(days=1)
    for number in range(5):
        other.message("573110000000", "cliente", f"otra {number}", wa_id=f"wamid.OTHER{number}")
    other.rows["usuarios"].append({"id": 1, "username": "x", "password": "y", "rol": None})
    await other.write(mover.old_url)
    with pytest.raises(SettingError, match="--name"):
        await mover.moves()
    await mover.moves(name="segundo", keep_flow=True)
    assert await mover.store.one("SELECT count(*) FROM mensajes WHERE client_id LIKE 'segundo:%'") == 5
