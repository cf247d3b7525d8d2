"""`waia doctor` beside a running waia and a fake Graph: what is well, what is not, and what to do about it."""

import os
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio

from tests.health.clinic import Clinic, open_clinic
from tests.road_world import SECRET, TOKEN, VERIFY_TOKEN, fresh_sqlite
from tests.roads.bodies import PNID
from tests.roads.store import Store
from tests.servers import free_port
from waia.health.configuration import NEEDED
from waia.simulator.faults import always

pytestmark = pytest.mark.asyncio(loop_scope="module")

WELL = {
    "meta_token", "meta_app_secret", "verify_token", "phone_number_id", "waba_id", "base_url", "secret_key",
    "data_folder", "media_folder", "ffmpeg", "database", "durability", "schema", "workers", "inbox", "outbox", "media",
    "alerts", "dead_items", "jobs", "uncertain_sends", "failed_sends", "default_passwords", "token", "token_expiry",
    "scopes", "clock", f"number:{PNID}", "account", "app_secret", "webhook_fields", "subscribed_app",
    "public_address", "signed_webhook", "forged_webhook",
}  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def open_house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    async with open_clinic(folder, fresh_sqlite(sqlite_template, folder)) as clinic:
        yield clinic


@pytest_asyncio.fixture(loop_scope="module")
async def clinic(open_house: Clinic) -> Clinic:
    """With an account that is well."""
    open_house.account()
    open_house.road.world.postman.subscribed = True
    return open_house


async def test_all_is_well_and_asking_leaves_nothing_behind(clinic: Clinic) -> None:
    store = clinic.road.store
    tables = ("inbox", "webhook_raw", "mensajes", "mensajes_procesados", "account_alerts")
    before = [await store.one(f"SELECT count(*) FROM {table}") for table in tables]
    await clinic.road.until("SELECT count(*) FROM counters WHERE name = 'loops_seen'")
    verdict = await clinic.verdict()
    assert {name: verdict.state(name) for name in WELL} == dict.fromkeys(WELL, "ok"), verdict.text
    assert verdict.code == 0
    assert [await store.one(f"SELECT count(*) FROM {table}") for table in tables] == before
    assert not [each for each in clinic.road.world.requests if each.method != "GET"]


async def test_the_account_is_looked_through_at_meta(clinic: Clinic) -> None:
    clinic.account(
        expires_in_s=3 * 86_400 + 60, scopes=["whatsapp_business_messaging"], quality="RED", name_status="DECLINED",
        foreign_numbers={PNID}, fields=["account_update"], callback="https://other.example/webhook",
        override_callback="https://old.example/webhook", clock_ahead_s=-600,
    )  # fmt: skip
    verdict = await clinic.verdict()
    wanted = {
        "token": "ok", "token_expiry": "warn", "scopes": "fail", f"number:{PNID}": "ok",
        f"number:{PNID}:quality": "warn", f"number:{PNID}:name": "warn", "account": "fail", "webhook_fields": "fail",
        "callback": "warn", "subscribed_app": "warn", "clock": "fail",
    }  # fmt: skip
    assert {name: verdict.state(name) for name in wanted} == wanted, verdict.text
    assert verdict.code == 1
    assert "whatsapp_business_management" in verdict.checks["scopes"]["words"]
    assert PNID in verdict.checks["account"]["words"]
    assert all(verdict.checks[name]["cure"] for name in verdict.troubles)


async def test_an_account_that_delivers_nothing_is_told(clinic: Clinic) -> None:
    clinic.road.world.postman.subscribed = False
    clinic.account(callback="", number_status="DISCONNECTED")
    verdict = await clinic.verdict()
    wanted = {"subscribed_app": "fail", "webhook_fields": "fail", f"number:{PNID}": "fail", "app_secret": "ok"}
    assert {name: verdict.state(name) for name in wanted} == wanted


async def test_a_token_that_meta_refuses_is_named_and_never_printed(clinic: Clinic) -> None:
    clinic.account(repeats_token=True)
    verdict = await clinic.verdict(META_TOKEN="planted-wrong-token")
    assert verdict.state("token") == verdict.state(f"number:{PNID}") == "fail"
    assert "Malformed access token •••" in verdict.checks["token"]["told"]
    assert "system user" in verdict.checks["token"]["cure"]
    for secret in ("planted-wrong-token", SECRET, VERIFY_TOKEN):
        assert secret not in verdict.text
    assert TOKEN not in (await clinic.verdict()).text


async def test_a_token_that_is_over_is_refused_by_its_own_facts(clinic: Clinic) -> None:
    clinic.account(expires_in_s=-60)
    assert (await clinic.verdict()).state("token") == "fail"


async def test_a_secret_of_another_app_shows_at_meta_and_at_our_own_door(clinic: Clinic) -> None:
    verdict = await clinic.verdict(META_APP_SECRET="that-of-another-app", VERIFY_TOKEN="another-word")
    wanted = {"app_secret": "fail", "public_address": "fail", "signed_webhook": "fail", "forged_webhook": "ok"}
    assert {name: verdict.state(name) for name in wanted} == wanted


async def test_who_cannot_be_reached_is_unknown_and_spoils_nothing_else(clinic: Clinic) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    verdict = await clinic.verdict(META_API_URL=nobody, BASE_URL=nobody)
    wanted = {"token": "unknown", f"number:{PNID}": "unknown", "public_address": "warn", "database": "ok"}
    assert {name: verdict.state(name) for name in wanted} == wanted
    clinic.account(unavailable=always())
    verdict = await clinic.verdict()
    wanted = {"token": "unknown", f"number:{PNID}": "unknown", "account": "unknown", "signed_webhook": "ok"}
    assert {name: verdict.state(name) for name in wanted} == wanted


async def test_what_is_missing_or_weak_in_the_settings_is_told_with_its_cure(clinic: Clinic) -> None:
    missing = {about.subject: "" for about, _, _ in NEEDED}
    env_file = clinic.road.folder / "doctor" / ".env"
    env_file.write_text("LOG_LEVEL=INFO\n")
    env_file.chmod(0o644)
    weak = {"SECRET_KEY": "ab" * 20, "WAIA_TRUSTED_PROXIES": "*", "WAIA_ALLOWED_HOSTS": "chat.example.com"}
    model = {"VOICE_MODEL_PATH": str(clinic.road.folder / "nowhere"), "WABA_ID": ""}
    verdict = await clinic.verdict(**missing, **weak, **model, BASE_URL="http://shop.example")
    env_file.unlink()
    fails = {about.name: "fail" for about, _, _ in NEEDED} | {"base_url": "fail", "allowed_hosts": "fail"}
    warns = dict.fromkeys(("secret_key", "trusted_proxies", "env_file", "waba_id"), "warn")
    wanted = fails | warns | {"voice": "fail", "public_address": "unknown"}
    assert {name: verdict.state(name) for name in wanted} == wanted, verdict.text
    assert all(verdict.checks[name]["cure"] for name in verdict.troubles)


async def test_folders_and_databases_that_cannot_be_used_are_found_not_stumbled_over(clinic: Clinic) -> None:
    in_the_way = clinic.road.folder / "a file"
    in_the_way.write_text("")
    nowhere = f"mysql://waia:planted-password@127.0.0.1:{free_port()}/waia"
    verdict = await clinic.verdict(
        WAIA_DATA=str(in_the_way), MEDIA_ROOT=str(in_the_way / "media"), DATABASE_URL=nowhere
    )
    wanted = {"data_folder": "fail", "media_folder": "fail", "database": "fail", "token": "ok"}
    assert {name: verdict.state(name) for name in wanted} == wanted, verdict.text
    assert "planted-password" not in verdict.text


async def test_work_that_does_not_get_on_is_told(clinic: Clinic) -> None:
    """Rows as a worker that died, a poisoned message and a lost answer leave them."""
    store, old = clinic.road.store, "2020-01-01 00:00:00.000000"
    lane = "INSERT INTO lanes (queue, key, due_at, owner, fence) VALUES ('nobody', 'x', :old, '', 0)"
    dead = (
        "INSERT INTO inbox (lane, kind, phone_number_id, dedupe_key, payload, received_at, state) VALUES"
        " ('x', 'message', '1', 'dead.1', '{}', :old, 'dead')"
    )
    for statement in (lane, dead):
        await store.rows(statement, old=old)
    await store.rows("UPDATE usuarios SET must_change_password = 1")
    text = await clinic.doctor(WAIA_LANG="es")
    await store.rows("DELETE FROM lanes WHERE queue = 'nobody'")
    await store.rows("DELETE FROM inbox WHERE state = 'dead'")
    await store.rows("UPDATE usuarios SET must_change_password = 0")
    assert "! Tareas atascadas: Hay 1 que nadie toma hace más de 5 minutos. [nobody: 1]" in text
    assert "! Mensajes que no se pudieron leer: Hay 1, tras varios intentos." in text
    assert "! Contraseñas de fábrica: Alguien no ha elegido la suya: admin." in text
    assert "      → Entra con esa persona y elige una" in text


async def test_a_database_of_another_version_or_without_a_table_is_told(clinic: Clinic, tmp_path: Path) -> None:
    verdict = await clinic.verdict(DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert (verdict.state("schema"), verdict.state("workers")) == ("warn", "nothing")
    revision = await clinic.road.store.one("SELECT version_num FROM alembic_version")
    await clinic.road.store.rows("UPDATE alembic_version SET version_num = '0001'")
    verdict = await clinic.verdict()
    await clinic.road.store.rows("UPDATE alembic_version SET version_num = :revision", revision=revision)
    assert verdict.state("schema") == "fail"
    assert "waia upgrade" in verdict.checks["schema"]["cure"]


async def test_a_server_that_forgets_and_a_small_packet_are_told(clinic: Clinic, mariadb_url: str) -> None:
    store, flush = Store(mariadb_url), "innodb_flush_log_at_trx_commit"
    verdict = await clinic.verdict(DATABASE_URL=mariadb_url)
    wanted = dict.fromkeys(("database", "durability", "schema", "database_clock"), "ok")
    assert {name: verdict.state(name) for name in wanted} == wanted, verdict.text
    await store.rows(f"SET GLOBAL {flush} = 2")
    await store.rows("SET GLOBAL max_allowed_packet = 1048576")
    await store.rows(f"ALTER DATABASE {mariadb_url.rpartition('/')[2]} CHARACTER SET latin1")
    try:
        verdict = await clinic.verdict(DATABASE_URL=mariadb_url)
    finally:
        await store.rows(f"SET GLOBAL {flush} = 1")
        await store.rows("SET GLOBAL max_allowed_packet = 16777216")
    assert {name: verdict.state(name) for name in ("durability", "max_allowed_packet", "charset")} == {
        "durability": "fail", "max_allowed_packet": "warn", "charset": "warn",
    }  # fmt: skip
    assert flush in verdict.checks["durability"]["cure"]


async def test_ffmpeg_that_is_missing_is_told(clinic: Clinic) -> None:
    verdict = await clinic.verdict(PATH=os.devnull)
    assert verdict.state("ffmpeg") == ("warn" if find_spec("imageio_ffmpeg") is None else "ok")
