"""A copy that was put back is what was taken: every row, every file, on another machine, in the other database too."""

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.backups.owner import COPIED, Owner, elsewhere
from tests.chats.panel_world import NOW
from tests.media.samples import sample
from tests.programs import need
from tests.road_world import Road, inside
from tests.roads.bodies import PNID
from tests.roads.store import Store
from waia.accounts.cookies import new_token, token_hash
from waia.app.file_commands import sweep
from waia.app.server import hold_data_folder
from waia.backups.repository import AT_ONCE, LEFT_OUT, snapshot
from waia.kit.db import Database
from waia.kit.wakeups import Wakeups
from waia.settings import SettingError, load_settings

ON_ITS_WAY = "SELECT o.state, o.resends, m.status FROM outbox o JOIN mensajes m ON m.public_id = o.public_id"
WAYS = [("sqlite", "mariadb"), ("mariadb", "sqlite")]
MOMENT = f"{NOW:%Y-%m-%d %H:%M:%S.%f}"


async def a_busy_day(folder: Path, url: str) -> Owner:
    """Customers wrote and sent files; somebody is signed in; odd signs are among it all."""
    async with inside(folder, url) as road:
        await road.talk("Hola, ¿qué tal? ñandú 🐧 \x01 'comillas' \"dobles\" \\ %s")
        carla = road.world.handset("carla", PNID)
        await carla.sends_media("image", sample("photo.jpg").read_bytes(), "image/jpeg", caption="mi mesón")
        await carla.sends_media("document", sample("papers.pdf").read_bytes(), "application/pdf", filename="plano.pdf")
        await road.until("SELECT count(*) FROM media WHERE state = 'ready'", 2)
        await road.calm()
        await sign_in_admin(road.store)
    return Owner(folder, url)


async def sign_in_admin(store: Store) -> None:
    user = await store.one("SELECT id FROM usuarios WHERE username = 'admin'")
    columns = "token_hash, user_id, created_at, last_seen_at, confirmed_at, address, user_agent"
    values = f"'{token_hash(new_token())}', {user}, '{MOMENT}', '{MOMENT}', '{MOMENT}', '', ''"
    await store.rows(f"INSERT INTO logins ({columns}) VALUES ({values})")


@pytest.mark.parametrize(("taken_url", "put_url"), WAYS, indirect=True)
async def test_all_of_it_is_put_back_on_another_machine_and_goes_on_there(
    tmp_path: Path, taken_url: str, put_url: str
) -> None:
    owner, copy = await a_busy_day(tmp_path, taken_url), tmp_path / "copy.tar"
    assert len(await owner.backs_up(copy)) == 1
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600

    other = elsewhere(tmp_path / "other", put_url)
    await other.restores(copy)
    assert await other.rows() == await owner.rows()
    assert other.files() == owner.files()
    assert len(other.files()) >= 3
    assert await other.store.one("SELECT count(*) FROM logins") == 0
    assert await other.store.one("SELECT action FROM audit_log ORDER BY id DESC LIMIT 1") == "backup.restored"
    epochs = [await each.store.one("SELECT value FROM counters WHERE name = 'epoch'") for each in (owner, other)]
    assert epochs[0] != epochs[1], "pages that were open load anew"
    await goes_on(other)


async def goes_on(other: Owner) -> None:
    """The next ids, the index of search, the event log: all of it works, and the sweep takes nothing away."""
    more: Any = other.more
    async with inside(other.folder, other.url, **more) as road:
        before = await road.store.one("SELECT max(id) FROM mensajes")
        assert await road.talk("sigo aquí")
        assert await road.store.one("SELECT min(id) FROM mensajes WHERE id > :before", before=before) == before + 1
        assert await road.store.one("SELECT count(*) FROM message_search WHERE words LIKE '%nandu%'") == 1
        assert "without a row 0, without use 0, rows without bytes 0" in await sweep(other.settings, 0)
        last = await road.store.one("SELECT max(seq) FROM events")
        assert await road.store.one("SELECT value FROM counters WHERE name = 'events'") == last
        undecided = "SELECT count(*) FROM mensajes WHERE bot_may_run = 1 AND decision_id IS NULL"
        assert await road.store.one(undecided) == 0


async def test_every_table_is_copied_or_left_out_on_purpose(migrated_file: Path) -> None:
    tables = set(
        await Store(f"sqlite:///{migrated_file}").column("SELECT name FROM sqlite_master WHERE type = 'table'")
    )
    shadows = {table for table in tables if table.startswith(("message_search_", "contact_search_", "sqlite_"))}
    assert tables - shadows == {*COPIED, *LEFT_OUT} - {"migration_steps", "restore_unfinished"}


async def test_what_waited_to_be_sent_or_answered_is_left_to_people(
    tmp_path: Path, sqlite_url: str, other_sqlite_url: str
) -> None:
    """It may have been done after the copy was taken; `--moving` says that it has not."""
    owner, copy = Owner(tmp_path, sqlite_url), tmp_path / "copy.tar"
    async with inside(tmp_path, sqlite_url, BUFFER_SECONDS="8") as road:
        await road.says("Hola")
        await road.until("SELECT count(*) FROM chat_state WHERE bot_due_at IS NOT NULL")
        await a_reply_waits(road)
        await road.store.rows(
            f"INSERT INTO lanes (queue, `key`, owner, due_at) VALUES ('media', '9', 'it', '{MOMENT}')"
        )
        await owner.backs_up(copy)
    other = elsewhere(tmp_path / "other", other_sqlite_url)
    said = await other.restores(copy)
    assert any(line.startswith("1 messages were on their way and 1 answers due") for line in said)
    assert await other.store.row(ON_ITS_WAY) == ("uncertain", 1, -3)
    assert await other.store.one("SELECT count(*) FROM lanes WHERE owner <> ''") == 0, "leases of another life"
    more: Any = other.more
    async with inside(other.folder, other.url, **more) as road:
        await road.calm()
        assert not road.world.sent
    assert await other.store.one("SELECT silent_reason FROM decisions") == "restored"
    assert await other.store.one("SELECT count(*) FROM chat_state WHERE unanswered_since IS NOT NULL") == 1

    third = elsewhere(tmp_path / "third", f"sqlite:///{tmp_path / 'third' / 'waia.db'}")
    await third.restores(copy, moving=True)
    assert await third.store.row(ON_ITS_WAY) == ("queued", 0, 0)
    assert await third.store.one("SELECT count(*) FROM chat_state WHERE bot_due_at IS NOT NULL") == 1


async def a_reply_waits(road: Road) -> None:
    """To be sent, in the chat of Carla."""
    await road.store.rows(
        "INSERT INTO mensajes (public_id, chat_id, timestamp, received_at, direction, author, kind, details, status)"
        f" SELECT 'p1', id, '{MOMENT}', '{MOMENT}', 'out', 'bot', 'text', '{{}}', 0 FROM chat_state"
    )
    await road.store.rows(
        "INSERT INTO outbox (public_id, idem_key, chat_id, phone_number_id, origin, payload, available_at, created_at)"
        f" SELECT 'p1', 'k1', id, phone_number_id, 'bot', '{{}}', '{MOMENT}', '{MOMENT}' FROM chat_state"
    )


async def test_rows_are_held_a_few_at_a_time(tmp_path: Path, sqlite_url: str) -> None:
    """However many there are: else a million of them would fill the memory."""
    await Store(sqlite_url).rows(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        " INSERT INTO mensajes_procesados (mensaje_id) SELECT 'm' || i FROM n"
    )
    database = Database(sqlite_url, Wakeups())
    async with snapshot(database) as moment:
        (table,) = [table for table in await moment.tables() if table.name == "mensajes_procesados"]
        sizes = [len(rows) async for rows in moment.rows(table)]
    await database.close()
    assert sum(sizes) == 3000
    assert max(sizes) == AT_ONCE


async def test_a_copy_names_secrets_and_never_holds_one(tmp_path: Path, sqlite_url: str, other_sqlite_url: str) -> None:
    secrets_there = {"META_TOKEN": "EAAGplanted1", "META_APP_SECRET": "planted2planted2", "VERIFY_TOKEN": "planted3"}
    owner = Owner(tmp_path, sqlite_url, {**secrets_there, "SESSION_TIMEOUT": "77", "FALLBACK_TEXT": "¿Cómo? 'x'"})
    await owner.backs_up(tmp_path / "copy.tar")
    content = (tmp_path / "copy.tar").read_bytes()
    assert not [value for value in secrets_there.values() if value.encode() in content]
    assert b"# secret: META_TOKEN\n" in content
    (tmp_path / "settings.env").write_bytes(member(tmp_path / "copy.tar", "settings.env"))
    told = load_settings({}, env_file=tmp_path / "settings.env")
    assert (told.session_timeout_s, told.fallback_text, told.meta_token) == (77, "¿Cómo? 'x'", "")
    other = elsewhere(tmp_path / "other", other_sqlite_url)
    other.more |= {"META_APP_SECRET": "", "VERIFY_TOKEN": "here"}
    assert "set there and empty here: META_APP_SECRET" in await other.restores(tmp_path / "copy.tar")


async def test_a_copy_can_be_read_with_common_tools(tmp_path: Path, sqlite_url: str) -> None:
    await Owner(tmp_path, sqlite_url).backs_up(tmp_path / "copy.tar")
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unpack(tmp_path / "copy.tar", folder)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert manifest["tables"]["usuarios"]["rows"] == 1


async def test_a_file_that_was_erased_meanwhile_is_named(
    tmp_path: Path, sqlite_url: str, other_sqlite_url: str
) -> None:
    owner, copy, gone = Owner(tmp_path, sqlite_url), tmp_path / "copy.tar", f"ab/{'c' * 32}"
    await owner.store.rows(
        "INSERT INTO media_files (storage_key, sha256, size, mime, kind, created_at)"
        f" VALUES ('{gone}', '', 1, 'application/pdf', 'document', '{MOMENT}')"
    )
    said = await owner.backs_up(copy)
    assert said[1] == "1 files that rows name were gone already and are not in it"
    assert member(copy, "gone.txt") == f"{gone}\n".encode()
    other = elsewhere(tmp_path / "other", other_sqlite_url)
    assert f"1 files that rows name are not in {other.settings.media_dir}" in await other.restores(copy)


async def test_copies_in_a_folder_have_their_time_for_a_name_and_the_oldest_go(tmp_path: Path, sqlite_url: str) -> None:
    owner, folder = Owner(tmp_path, sqlite_url), tmp_path / "copies"
    folder.mkdir()
    strange = [folder / "waia-old.tar", folder / "notes.txt"]
    old = [folder / f"waia-2026010{day}T031500Z.tar" for day in (1, 2, 3)]
    draft = folder / ".waia-20260104T031500Z.tar.unfinished"
    for path in (*strange, *old, draft):
        path.write_bytes(b"")
    said = await owner.backs_up(folder, keep=2)
    left = sorted(path.name for path in folder.iterdir())
    assert said[-1] == "removed 2 older copies"
    assert left[:1] == ["notes.txt"]
    assert left[1] == old[2].name
    assert left[3:] == ["waia-old.tar"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Of as many bytes as are kept for people."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", folder], check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


async def test_a_copy_leaves_the_room_that_people_need(tmp_path: Path, sqlite_url: str, small_disk: Path) -> None:
    with pytest.raises(SettingError, match="make room there or choose another folder"):
        await Owner(tmp_path, sqlite_url, {"DISK_RESERVE_MB": "32"}).backs_up(small_disk / "copy.tar")
    assert os.listdir(small_disk) == []
    await Owner(tmp_path, sqlite_url, {"DISK_RESERVE_MB": "16"}).backs_up(small_disk / "copy.tar")


async def test_a_copy_that_cannot_be_written_leaves_everything_as_it_was(tmp_path: Path, sqlite_url: str) -> None:
    owner, mine = Owner(tmp_path, sqlite_url), tmp_path / "mine.tar"
    mine.write_bytes(b"mine")
    with pytest.raises(SettingError, match="exists: name another file"):
        await owner.backs_up(mine)
    assert mine.read_bytes() == b"mine"
    with pytest.raises(SettingError, match="--keep counts the copies in a folder"):
        await owner.backs_up(tmp_path / "nowhere", keep=3)
    with pytest.raises(SettingError, match="could not be written"):
        await owner.backs_up(tmp_path / "nowhere" / "copy.tar")


async def test_a_database_that_holds_something_is_only_replaced_on_demand(tmp_path: Path, sqlite_url: str) -> None:
    """What was there before is kept."""
    owner, copy = Owner(tmp_path, sqlite_url), tmp_path / "copy.tar"
    await owner.backs_up(copy)
    await owner.store.rows("UPDATE usuarios SET display_name = 'Beto'")
    assert await owner.is_refused(copy) == "The database is not empty: --force puts the copy in its place"
    await owner.restores(copy, force=True)
    assert await owner.store.one("SELECT display_name FROM usuarios") == "Administrador"
    before = Store(f"{sqlite_url}.before-restore")
    assert await before.one("SELECT display_name FROM usuarios") == "Beto"


async def test_what_a_server_held_before_is_kept_and_leads_back(
    tmp_path: Path, sqlite_url: str, other_mariadb_url: str
) -> None:
    """Also when the copy turns out not to fit; tables that are none of ours stay as they are."""
    owner, copy = Owner(tmp_path, sqlite_url), tmp_path / "copy.tar"
    await owner.backs_up(copy)
    other = elsewhere(tmp_path / "other", other_mariadb_url)
    await other.restores(copy)
    await other.store.rows("UPDATE usuarios SET display_name = 'Beto'")
    await other.store.rows("CREATE TABLE informe_mio (id INTEGER)")
    await owner.store.rows("INSERT INTO usuarios (username, password) VALUES ('ana', '!'), ('ANA', '!')")
    await owner.backs_up(copy, force=True)
    assert "--force" in await other.is_refused(copy)
    why = await other.is_refused(copy, force=True)
    (kept,) = (other.folder / "backups").iterdir()
    assert "Rows of usuarios do not fit into this database" in why, "where names differ in case alone"
    assert f"What was in the database before is in {kept}: `waia restore` brings it back" in why
    await other.restores(kept)
    assert await other.store.one("SELECT display_name FROM usuarios") == "Beto"
    assert await other.store.one("SELECT count(*) FROM informe_mio") == 0


async def test_a_waia_that_runs_is_not_restored_over(tmp_path: Path, sqlite_url: str, other_mariadb_url: str) -> None:
    owner, copy = Owner(tmp_path, sqlite_url), tmp_path / "copy.tar"
    await owner.backs_up(copy)
    serving = hold_data_folder(owner.settings)
    assert serving is not None
    assert "stop it" in await owner.is_refused(copy, force=True)
    serving.close()

    other = elsewhere(tmp_path / "other", other_mariadb_url)
    database = Database(other.url, Wakeups())
    async with database.reading():
        assert "stop every waia first" in await other.is_refused(copy, force=True)
    await database.close()


def member(path: Path, name: str) -> bytes:
    return subprocess.run([need("tar"), "xOf", path, name], check=True, capture_output=True).stdout


def unpack(path: Path, folder: Path) -> None:
    """As anybody would, and compare the sums."""
    subprocess.run([need("tar"), "xf", path], cwd=folder, check=True)
    subprocess.run([need("sha256sum"), "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=folder, check=True)
