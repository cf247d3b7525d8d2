"""Logins end when they should, at once, and nothing brings them back."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.accounts.world import NEW_PASSWORD, PASSWORD, TESTS, Browser, World
from waia.accounts import people
from waia.accounts.guards import SignedIn
from waia.accounts.tidy import tidy
from waia.kit.db import Transaction


async def test_a_login_ends_after_hours_without_use(make_world: Callable[..., World]) -> None:
    world = make_world(login_idle_hours=2)
    browser = await _signed_in(world)
    for _ in range(3):
        world.clock.move(hours=1.9)
        assert await browser.is_signed_in()
    world.clock.move(hours=2)
    assert not await browser.is_signed_in()


async def test_a_login_ends_after_a_week_however_much_it_is_used(world: World) -> None:
    browser = await _signed_in(world)
    for _ in range(17):
        world.clock.move(hours=9.8)
        assert await browser.is_signed_in()
    world.clock.move(hours=2)
    assert not await browser.is_signed_in()


async def test_requests_that_scripts_make_by_themselves_are_no_use(make_world: Callable[..., World]) -> None:
    world = make_world(login_idle_hours=2)
    browser = await _signed_in(world)
    world.clock.move(hours=1.5)
    assert (await browser.get("/sample/stream")).status_code == 200
    world.clock.move(hours=1)
    assert (await browser.get("/sample/stream")).status_code == 401


async def test_an_open_page_that_can_be_seen_is_use(make_world: Callable[..., World]) -> None:
    world = make_world(login_idle_hours=2)
    browser = await _signed_in(world)
    token = await browser.form_token()
    for _ in range(3):
        world.clock.move(hours=1.5)
        answer = await browser.post("/sesiones/uso", headers={"X-CSRF-Token": token})
        assert answer.status_code == 204
    assert await browser.is_signed_in()


async def test_reading_writes_nothing_but_the_last_use_once_a_minute(world: World) -> None:
    browser = await _signed_in(world)
    before = await _changes(world)
    for _ in range(5):
        assert await browser.is_signed_in()
    assert await _changes(world) == before
    world.clock.move(seconds=61)
    for _ in range(5):
        assert await browser.is_signed_in()
    assert await _changes(world) == before + 1


async def test_a_database_that_cannot_be_written_to_keeps_nobody_from_reading(world: World) -> None:
    browser = await _signed_in(world)
    async with world.database.writing() as tx:
        await tx.execute(
            text("CREATE TRIGGER stop BEFORE UPDATE ON logins BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        )
    world.clock.move(minutes=5)
    assert await browser.is_signed_in()


async def test_a_logout_in_another_process_shows_within_five_seconds(world: World) -> None:
    browser = await _signed_in(world)
    assert await browser.is_signed_in()
    await _sql(world, "UPDATE logins SET revoked_at = '2026-11-22 10:00:00'")
    world.clock.move(seconds=5)
    assert not await browser.is_signed_in()


async def test_a_late_request_does_not_bring_back_a_login_that_has_ended(world: World) -> None:
    browser, late = await _signed_in(world), world.browser()
    late.cookies.set("waia", browser.cookies["waia"])
    world.clock.move(minutes=2)
    await asyncio.gather(browser.submit("/logout"), *[late.get("/sample/page") for _ in range(20)])
    assert not await late.is_signed_in()
    assert (await _sql(world, "SELECT count(*) FROM logins WHERE revoked_at IS NULL"))[0][0] == 0


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "ñ" * 43, "'" * 43, "a" * 5000])
async def test_a_made_up_token_signs_nobody_in(world: World, token: str) -> None:
    await _signed_in(world)
    answer = await world.browser().get("/sample/stream", headers={b"Cookie": f"waia={token}".encode()})
    assert answer.status_code == 401


async def test_changing_the_password_ends_all_other_logins_and_renews_this_one(world: World) -> None:
    browser, other, old = await _signed_in(world), await _sign_in(world, "ana"), world.browser()
    old.cookies.set("waia", browser.cookies["waia"])
    answer = await browser.submit("/clave", current=PASSWORD, password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await browser.is_signed_in()
    assert not await other.is_signed_in()
    assert not await old.is_signed_in()
    assert (await world.browser().sign_in("ana", PASSWORD)).status_code == 401
    assert (await world.browser().sign_in("ana", NEW_PASSWORD)).status_code == 303


@pytest.mark.parametrize(
    ("current", "password", "repeated", "said"),
    [
        ("wrong", NEW_PASSWORD, NEW_PASSWORD, "Esa no es tu contraseña actual."),
        (PASSWORD, NEW_PASSWORD, NEW_PASSWORD + "!", "no son iguales"),
        (PASSWORD, PASSWORD, PASSWORD, "distinta de la actual"),
        (PASSWORD, "short", "short", "al menos 12 caracteres"),
        (PASSWORD, "admin123", "admin123", "fácil de adivinar"),
        (PASSWORD, "whatsapp2026waia", "whatsapp2026waia", "fácil de adivinar"),
        (PASSWORD, "casa ana maria 77", "casa ana maria 77", ""),
    ],
)
async def test_a_new_password_that_will_not_do_is_refused_in_words(
    world: World, current: str, password: str, repeated: str, said: str
) -> None:
    browser = await _signed_in(world)
    answer = await browser.submit("/clave", current=current, password=password, repeated=repeated)
    assert answer.status_code == (422 if said else 303)
    assert said in answer.text
    assert password not in answer.text


async def test_guessing_the_current_password_from_a_stolen_browser_is_slowed_down(world: World) -> None:
    browser = await _signed_in(world)
    fields = {"password": NEW_PASSWORD, "repeated": NEW_PASSWORD}
    for _ in range(5):
        assert (await browser.submit("/clave", current="wrong", **fields)).status_code == 422
    assert (await browser.submit("/clave", current=PASSWORD, **fields)).status_code == 429
    assert (await world.browser().sign_in("ana")).status_code == 303


async def test_c16_a_change_of_roles_ends_the_logins_that_had_them(world: World) -> None:
    await world.add_user("beto", "admin")
    ana = await world.add_user("ana", "ventas", "tiquetes")
    browser = await _sign_in(world, "ana")
    assert await browser.is_signed_in()
    await world.database.run(lambda tx: people.set_roles(tx, TESTS, ana, ["ventas"], now=world.clock.now))
    world.accounts.sessions.forget_user(ana)
    assert not await browser.is_signed_in()
    assert (await world.trail())[-1] == "roles_changed"


async def test_an_open_stream_learns_within_one_check_that_its_login_has_ended(world: World) -> None:
    ana = await world.add_user("ana", "ventas")
    await world.add_user("beto", "admin")
    browser = await _sign_in(world, "ana")
    known = await world.accounts.sessions.find(browser.cookies["waia"])
    assert known is not None
    assert await world.accounts.sessions.still(known.user) == known.user
    await world.database.run(lambda tx: people.disable_user(tx, TESTS, ana, now=world.clock.now))
    assert await world.accounts.sessions.still(known.user) is None


async def test_the_roles_of_the_signed_in_are_those_of_the_database(world: World) -> None:
    await world.add_user("ana", "ventas", "admin")
    browser = await _sign_in(world, "ana")
    known = await world.accounts.sessions.find(browser.cookies["waia"])
    assert known is not None
    user: SignedIn = known.user
    assert (user.username, user.is_admin, user.role_keywords) == (
        "ana",
        True,
        frozenset({"ventas", "admin"}),
    )
    assert len(user.role_ids) == 2


async def test_people_see_and_close_their_own_logins(world: World) -> None:
    browser, phone = await _signed_in(world), await _sign_in(world, "ana", agent="Phone 1")
    page = await browser.get("/sesiones")
    assert "Phone 1" in page.text
    assert page.text.count("Esta sesión") == 1
    login = (await _sql(world, "SELECT id FROM logins WHERE user_agent = 'Phone 1'"))[0][0]
    assert (await browser.submit(f"/sesiones/{login}/cierre")).headers["location"] == "/sesiones"
    assert not await phone.is_signed_in()
    assert "Phone 1" not in (await browser.get("/sesiones")).text


async def test_people_close_all_their_other_logins(world: World) -> None:
    browser, others = await _signed_in(world), [await _sign_in(world, "ana") for _ in range(2)]
    assert (await browser.submit("/sesiones/cierre")).status_code == 303
    assert await browser.is_signed_in()
    assert not any([await other.is_signed_in() for other in others])


async def test_the_login_of_somebody_else_cannot_be_closed_or_found(world: World) -> None:
    browser = await _signed_in(world)
    await world.add_user("beto", "admin")
    beto = await _sign_in(world, "beto")
    login = (await _sql(world, "SELECT max(id) FROM logins"))[0][0]
    assert (await browser.submit(f"/sesiones/{login}/cierre")).status_code == 404
    assert (await browser.submit("/sesiones/999999/cierre")).status_code == 404
    assert await beto.is_signed_in()


async def test_admin_pages_ask_for_the_password_again_after_twelve_hours(
    make_world: Callable[..., World],
) -> None:
    world = make_world(login_idle_hours=24)
    await world.add_user("beto", "admin")
    browser = await _sign_in(world, "beto")
    world.clock.move(hours=11.9)
    assert (await browser.get("/sample/admin")).status_code == 200
    world.clock.move(hours=0.2)
    asked = await browser.get("/sample/admin")
    assert (asked.status_code, asked.headers["location"]) == (303, "/confirmar?next=/sample/admin")
    assert (await browser.get("/sample/admin", headers={"HX-Request": "true"})).status_code == 403
    assert await browser.is_signed_in()
    assert (await browser.submit("/confirmar", password="wrong", next="/sample/admin")).status_code == 422
    assert (await browser.get("/sample/admin")).status_code == 303
    done = await browser.submit("/confirmar", password=PASSWORD, next="/sample/admin")
    assert done.headers["location"] == "/sample/admin"
    assert (await browser.get("/sample/admin")).status_code == 200


async def test_agents_do_not_reach_admin_pages(world: World) -> None:
    browser = await _signed_in(world)
    assert (await browser.get("/sample/admin")).status_code == 403


async def test_what_nobody_needs_any_more_is_forgotten(world: World) -> None:
    browser = await _signed_in(world)
    await world.browser().sign_in("ana", "wrong")
    assert await world.database.run(lambda tx: tidy(tx, world.clock.now + timedelta(days=1))) == 0
    assert await world.database.run(lambda tx: tidy(tx, world.clock.now + timedelta(days=3))) == 1
    assert await browser.is_signed_in()
    assert await world.database.run(lambda tx: tidy(tx, world.clock.now + timedelta(days=31))) == 1


async def _signed_in(world: World) -> Browser:
    await world.add_user("ana", "ventas")
    return await _sign_in(world, "ana")


async def _sign_in(world: World, username: str, agent: str = "Browser 1") -> Browser:
    browser = world.browser(headers={"User-Agent": agent})
    assert (await browser.sign_in(username)).status_code == 303
    return browser


async def _sql(world: World, statement: str) -> list[tuple[int, ...]]:
    async def run(tx: Transaction) -> list[tuple[int, ...]]:
        result = await tx.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []

    return await world.database.run(run)


async def _changes(world: World) -> int:
    return (await _sql(world, "SELECT total_changes()"))[0][0]
