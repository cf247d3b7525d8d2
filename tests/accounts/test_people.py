"""Users, roles, the audit trail and the commands of the command line."""

import hashlib
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.accounts.world import NEW_PASSWORD, PASSWORD, TESTS, World
from waia.accounts import audit, people, repository
from waia.accounts.audit.trail import Detail
from waia.accounts.browsers import browser_name
from waia.accounts.commands import Created, Rehashed, create_user, rehash_passwords, verify_audit
from waia.accounts.errors import LastAdmin, NameTaken
from waia.accounts.password_policy import password_problem
from waia.kit.db import Transaction
from waia.kit.errors import Invalid, NotFound
from waia.kit.secret_key import SecretKeyUnusable, secret_key

SHA256 = hashlib.sha256(PASSWORD.encode()).hexdigest()


@pytest.mark.parametrize(
    ("password", "accepted"),
    [
        ("mango reloj tejado 7", True),
        ("correct horse battery staple", True),
        ("Xk7#pQ2!vLm9", True),
        ("ñandúes cantan hoy", True),
        ("x1!" * 85 + "abcdefgh"[:1], False),
        ("kX9 " + "mango reloj tejado " * 13, True),
        ("short", False),
        ("admin123", False),
        ("admin123admin123", False),
        ("password1234", False),
        ("P4ssw0rd2026!", False),
        ("Contraseña2026*", False),
        ("waia-whatsapp-2026", False),
        ("123456789012", False),
        ("qwertyuiop123", False),
        ("1qaz2wsx3edc", False),
        ("aaaaaaaaaaaaa", False),
        ("3001234567890", False),
        ("abc123abc123", False),
        ("kX9 " + "mango" * 60, False),
        ("la casa de carla", False),
    ],
)
def test_the_policy_wants_length_and_refuses_what_everybody_tries(password: str, accepted: bool) -> None:
    assert (password_problem(password, "carla") is None) is accepted


async def test_two_people_cannot_have_names_that_differ_only_in_case(world: World) -> None:
    await world.add_user("ana")
    with pytest.raises(NameTaken):
        await world.add_user("ANA")


@pytest.mark.parametrize("username", ["", "a b", "a\n", "x" * 51, "a\x00b"])
async def test_a_name_that_cannot_be_typed_is_refused(world: World, username: str) -> None:
    with pytest.raises(Invalid):
        await world.add_user(username)


async def test_the_last_admin_cannot_be_disabled_or_lose_the_role(world: World) -> None:
    beto, ana = await world.add_user("beto", "admin"), await world.add_user("ana", "admin")
    now = world.clock.now
    await world.database.run(lambda tx: people.disable_user(tx, TESTS, ana, now=now))
    with pytest.raises(LastAdmin):
        await world.database.run(lambda tx: people.disable_user(tx, TESTS, beto, now=now))
    with pytest.raises(LastAdmin):
        await world.database.run(lambda tx: people.set_roles(tx, TESTS, beto, [], now=now))
    await world.database.run(lambda tx: people.enable_user(tx, TESTS, ana, now=now))
    await world.database.run(lambda tx: people.set_roles(tx, TESTS, beto, [], now=now))
    assert await world.trail_is_intact()


async def test_a_role_that_does_not_exist_and_a_user_that_does_not_exist_are_refused(world: World) -> None:
    ana = await world.add_user("ana")
    with pytest.raises(Invalid):
        await world.database.run(lambda tx: people.set_roles(tx, TESTS, ana, ["x"], now=world.clock.now))
    with pytest.raises(NotFound):
        await world.database.run(lambda tx: people.disable_user(tx, TESTS, 999, now=world.clock.now))


async def test_a_refused_change_leaves_no_trace(world: World) -> None:
    beto = await world.add_user("beto", "admin")
    before = await world.trail()
    with pytest.raises(LastAdmin):
        await world.database.run(lambda tx: people.disable_user(tx, TESTS, beto, now=world.clock.now))
    assert await world.trail() == before


async def test_the_audit_trail_can_be_neither_changed_nor_emptied(world: World) -> None:
    await world.add_user("ana")
    for statement in ("UPDATE audit_log SET username = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(DBAPIError, match="append-only"):
            await _sql(world, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET details = '{}' WHERE id = 2",
        "UPDATE audit_log SET at = '2026-01-01 00:00:00.000000' WHERE id = 1",
        "UPDATE audit_log SET address = '1.2.3.4' WHERE id = 3",
        "DELETE FROM audit_log WHERE id = 2",
        "DELETE FROM audit_log WHERE id = 3",
        "DELETE FROM audit_log",
        "UPDATE audit_log SET user_id = 7 WHERE id = 1",
    ],
)
async def test_whatever_somebody_does_to_the_trail_shows(world: World, statement: str) -> None:
    for name in ("ana", "beto", "carla"):
        await world.add_user(name, "ventas")
    assert (await verify_audit(world.database)) == audit.Verdict(True, 3)
    for trigger in ("update", "delete"):
        await _sql(world, f"DROP TRIGGER audit_log_no_{trigger}")
    await _sql(world, statement)
    assert not (await verify_audit(world.database)).intact


async def test_details_of_every_kind_stay_in_the_chain(world: World) -> None:
    details: dict[str, Detail] = {"text": 'ñ 😀 " \\ \n', "n": 1, "yes": True, "none": None, "list": ["b", "a"]}
    now = world.clock.now
    await world.database.run(
        lambda tx: audit.record(tx, TESTS, "x" * 99, subject="s" * 999, details=details, address="::1", now=now)
    )
    assert await world.trail_is_intact()


async def test_the_command_line_creates_a_user_who_can_sign_in(world: World) -> None:
    await world.add_user("beto", "admin")
    assert await create_user(world.database, "ana", PASSWORD, ["admin"], world.clock.now) is Created.NEW
    browser = world.browser()
    await browser.sign_in("ana")
    assert (await browser.get("/sample/admin")).status_code == 200


async def test_the_command_line_is_the_way_back_for_a_disabled_user(world: World) -> None:
    ana = await world.add_user("ana", "admin")
    await world.add_user("beto", "admin")
    await world.database.run(lambda tx: people.disable_user(tx, TESTS, ana, now=world.clock.now))
    assert await create_user(world.database, "ana", NEW_PASSWORD, [], world.clock.now) is Created.RENEWED
    assert (await world.browser().sign_in("ana", NEW_PASSWORD)).status_code == 303
    async with world.database.reading() as tx:
        user = await repository.users(tx).named("ana")
    assert user is not None
    assert [role.keyword for role in user.roles] == ["admin"]


async def test_the_command_line_refuses_weak_passwords_and_unknown_roles(world: World) -> None:
    with pytest.raises(Invalid, match="12"):
        await create_user(world.database, "ana", "short", [], world.clock.now)
    with pytest.raises(Invalid, match="rol"):
        await create_user(world.database, "ana", PASSWORD, ["nope"], world.clock.now)


async def test_old_hashes_are_listed_and_brought_up_to_date(world: World) -> None:
    await world.add_user("ana", password_hash=SHA256)
    await world.add_user("beto")
    await world.add_user("carla", password_hash=SHA256)
    await world.add_user("dora", password_hash=SHA256)
    answers = {"ana": PASSWORD, "carla": "wrong", "dora": ""}
    listed = await rehash_passwords(world.database, True, answers.__getitem__)
    assert [(each.username, each.outcome) for each in listed] == [
        (name, Rehashed.LEFT) for name in ("ana", "carla", "dora")
    ]
    done = await rehash_passwords(world.database, False, answers.__getitem__)
    outcomes = [Rehashed.DONE, Rehashed.WRONG_PASSWORD, Rehashed.SKIPPED]
    assert [each.outcome for each in done] == outcomes
    assert (await world.stored_hash("ana")).startswith("$argon2id$")
    assert await world.stored_hash("carla") == SHA256


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/150 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150 Safari/537.36 Edg/150.0", "Edge · Windows"),
        ("curl/8", "curl/8"),
        ("x" * 200, "x" * 60),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


def test_the_key_is_made_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = secret_key("", folder)
    assert len(first) >= 32
    assert secret_key("", folder) == first
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == ["secret_key"]
    assert secret_key("configured", folder) == b"configured"


def test_a_key_file_without_a_key_stops_the_start_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(SecretKeyUnusable, match="delete it"):
        secret_key("", tmp_path)


async def _sql(world: World, statement: str) -> None:
    async def run(tx: Transaction) -> None:
        await tx.execute(text(statement))

    await world.database.run(run)
