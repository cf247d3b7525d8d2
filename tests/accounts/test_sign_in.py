"""Signing in and out, as a browser sees it."""

import hashlib
from collections.abc import Callable

import pytest

from tests.accounts.world import NEW_PASSWORD, PASSWORD, World
from waia.accounts import people, repository
from waia.accounts.passwords import NOBODYS, new_hasher
from waia.accounts.seed import seed_people
from waia.kit.db import Transaction

SHA256 = hashlib.sha256(PASSWORD.encode()).hexdigest()
PBKDF2 = "pbkdf2:sha256:1000$saltsalt$" + hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"saltsalt", 1000).hex()
SCRYPT = "scrypt:1024:8:1$saltsalt$" + hashlib.scrypt(PASSWORD.encode(), salt=b"saltsalt", n=1024, r=8, p=1).hex()


async def test_the_right_password_leads_on_to_the_page_that_was_wanted(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    stranger = await browser.get("/sample/page", params={"q": "a&b"})
    assert (stranger.status_code, stranger.headers["location"]) == (
        303,
        "/login?next=/sample/page%3Fq%3Da%2526b",
    )
    page = await browser.get(stranger.headers["location"])
    assert 'value="/sample/page?q=a%26b"' in page.text
    answer = await browser.sign_in("ana", next_path="/sample/page?q=a%26b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sample/page?q=a%26b")
    assert (await browser.get("/sample/page")).text == "hello ana"


async def test_a_wrong_password_and_an_unknown_name_look_the_same_and_keep_the_form(world: World) -> None:
    await world.add_user("ana")
    wrong = await world.browser().sign_in("ana", "wrong")
    unknown = await world.browser().sign_in("ena", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert "Usuario o contraseña incorrectos" in wrong.text
    assert 'value="ana"' in wrong.text
    assert "wrong" not in wrong.text
    token = 'name="_csrf" value="'
    assert _without(wrong.text, token).replace("ana", "ena") == _without(unknown.text, token)


def test_a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has() -> None:
    assert not new_hasher().check_needs_rehash(NOBODYS)


async def test_the_name_is_trimmed_and_its_case_does_not_matter(world: World) -> None:
    await world.add_user("Ana")
    assert (await world.browser().sign_in("  ana ")).status_code == 303


async def test_nobody_is_led_away_to_another_site_after_signing_in(world: World) -> None:
    await world.add_user("ana")
    for path in (
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "/\tevil",
        "",
        "x",
    ):
        answer = await world.browser(address="203.0.113.9").sign_in("ana", next_path=path)
        assert answer.headers["location"] == "/", path


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(world: World) -> None:
    await world.add_user("ana")
    plain = (await world.browser().sign_in("ana")).headers["set-cookie"]
    assert plain.startswith("waia=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(plain.split("; "))
    secure = (await world.browser(host="https://chat.test").sign_in("ana")).headers["set-cookie"]
    assert secure.startswith("__Host-waia=")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(secure.split("; "))
    assert "Domain" not in secure


async def test_a_page_without_https_warns_unless_it_is_this_machine(world: World) -> None:
    warning = "no está cifrada"
    assert warning in (await world.browser().get("/login")).text
    assert warning not in (await world.browser(host="https://chat.test").get("/login")).text
    assert warning not in (await world.local_browser().get("/login")).text


async def test_the_database_holds_no_token_that_could_be_used(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    await browser.sign_in("ana")
    token = browser.cookies["waia"]
    stored = "".join(path.read_bytes().decode("latin-1") for path in world.settings.data_dir.glob("waia.db*"))
    assert hashlib.sha256(token.encode()).hexdigest() in stored
    assert token not in stored


async def test_a_chosen_session_id_is_not_taken_over(world: World) -> None:
    await world.add_user("ana")
    chosen = "a" * 43
    browser = world.browser()
    browser.cookies.set("waia", chosen)
    assert (await browser.sign_in("ana")).status_code == 303
    victim = world.browser()
    victim.cookies.set("waia", chosen)
    assert not await victim.is_signed_in()


async def test_signing_in_again_ends_the_login_before(world: World) -> None:
    await world.add_user("ana")
    browser, thief = world.browser(), world.browser()
    await browser.sign_in("ana")
    first = browser.cookies["waia"]
    form = world.browser()
    page = await form.get("/login")
    token = page.text.split('name="_csrf" value="')[1].split('"')[0]
    form.cookies.set("waia", first)
    again = await form.post("/login", data={"username": "ana", "password": PASSWORD, "_csrf": token})
    assert again.status_code == 303
    thief.cookies.set("waia", first)
    assert not await thief.is_signed_in()


@pytest.mark.parametrize(
    "stored", [SHA256, SHA256.upper(), PBKDF2, SCRYPT], ids=["sha256", "SHA256", "pbkdf2", "scrypt"]
)
async def test_c06_a_hash_of_the_original_is_verified_once_and_replaced(world: World, stored: str) -> None:
    await world.add_user("ana", password_hash=stored)
    assert (await world.browser().sign_in("ana", "wrong")).status_code == 401
    assert await world.stored_hash("ana") == stored
    assert (await world.browser().sign_in("ana")).status_code == 303
    assert (await world.stored_hash("ana")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await world.browser().sign_in("ana")).status_code == 303


async def test_a_hash_of_the_original_that_nobody_used_for_90_days_opens_no_more(world: World) -> None:
    await world.add_user("ana", password_hash=SHA256)
    world.clock.move(days=91)
    assert (await world.browser().sign_in("ana")).status_code == 401


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "x",
        "pbkdf2:sha256:1$a",
        "pbkdf2:md99:1$a$b",
        "scrypt:9999999:8:1$a$b",
        "scrypt:a:b:c$d$e",
        "$argon2id$x",
    ],
)
async def test_a_hash_that_cannot_be_read_opens_nothing(world: World, stored: str) -> None:
    await world.add_user("ana", password_hash=stored or " ")
    assert (await world.browser().sign_in("ana")).status_code == 401


async def test_a_disabled_user_looks_like_one_that_does_not_exist(world: World) -> None:
    ana = await world.add_user("ana")
    await world.database.run(lambda tx: repository.store_disabled(tx, ana, world.clock.now))
    answer = await world.browser().sign_in("ana")
    assert answer.status_code == 401
    assert "Usuario o contraseña incorrectos" in answer.text


async def test_logging_out_ends_the_login_for_good_and_clears_the_browser(world: World) -> None:
    await world.add_user("ana")
    browser, thief = world.browser(), world.browser()
    await browser.sign_in("ana")
    thief.cookies.set("waia", browser.cookies["waia"])
    assert await thief.is_signed_in()
    answer = await browser.submit("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "waia" not in browser.cookies
    assert not await thief.is_signed_in()


async def test_logout_is_no_link(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    await browser.sign_in("ana")
    assert (await browser.get("/logout")).status_code == 405
    assert await browser.is_signed_in()


async def test_logging_out_twice_is_no_error(world: World) -> None:
    assert (await world.browser().post("/logout")).status_code == 303


async def test_a_login_form_from_hours_ago_is_shown_again_with_a_fresh_token(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    token = await browser.form_token("/login")
    world.clock.move(hours=5)
    stale = await browser.post("/login", data={"username": "ana", "password": PASSWORD, "_csrf": token})
    assert stale.status_code == 403
    assert 'value="ana"' in stale.text
    assert (await browser.sign_in("ana")).status_code == 303


async def test_a_page_may_open_the_login_over_itself(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser(headers={"HX-Request": "true"})
    expired = await browser.get("/sample/page")
    assert (expired.status_code, expired.headers["hx-trigger"]) == (401, "waia:sign-in")
    fragment = await browser.get("/login")
    assert fragment.text.startswith('<div class="form" id="sign-in-over">')
    answer = await browser.sign_in("ana")
    assert answer.status_code == 204
    token = await browser.form_token()
    assert token in answer.headers["hx-trigger"]


async def test_somebody_signed_in_is_led_past_the_login_page(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    await browser.sign_in("ana")
    answer = await browser.get("/login?next=/sample/page")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sample/page")


async def test_unknown_fields_of_the_form_are_refused(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    token = await browser.form_token("/login")
    fields = {"username": "ana", "password": PASSWORD, "_csrf": token, "is_admin": "1"}
    assert (await browser.post("/login", data=fields)).status_code == 422


async def test_each_way_in_and_out_leaves_one_entry_in_the_audit_trail(world: World) -> None:
    await world.add_user("ana")
    browser = world.browser()
    await browser.sign_in("ana", "wrong")
    await browser.sign_in("ana")
    await browser.submit("/logout")
    assert await world.trail() == ["user_created", "login_failed", "login", "logout"]
    assert await world.trail_is_intact()


async def test_c04_the_default_password_opens_from_this_machine_only_and_only_to_change_it(world: World) -> None:
    await world.database.run(lambda tx: seed_people(tx, world.settings, world.clock.now))
    assert (await world.browser().sign_in("admin", "admin123")).status_code == 401
    behind_proxy = world.browser(address="127.0.0.1", host="http://localhost", headers={"X-Forwarded-For": "8.8.8.8"})
    assert (await behind_proxy.sign_in("admin", "admin123")).status_code == 401
    browser = world.local_browser()
    assert (await browser.sign_in("admin", "admin123")).status_code == 303
    page = await browser.get("/sample/page")
    assert (page.status_code, page.headers["location"]) == (303, "/clave")
    assert (await browser.get("/sample/stream")).status_code == 403
    same = await browser.submit("/clave", current="admin123", password="admin123", repeated="admin123")
    assert same.status_code == 422
    changed = await browser.submit("/clave", current="admin123", password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert changed.status_code == 303
    assert (await browser.get("/sample/admin")).text == "the admin page"
    assert (await world.browser().sign_in("admin", NEW_PASSWORD)).status_code == 303


async def test_the_default_password_opens_nothing_after_three_days(world: World) -> None:
    await world.database.run(lambda tx: seed_people(tx, world.settings, world.clock.now))
    world.clock.move(hours=73)
    assert (await world.local_browser().sign_in("admin", "admin123")).status_code == 401


async def test_the_password_of_the_setting_opens_everything_at_once(make_world: Callable[..., World]) -> None:
    world = make_world(admin_password=PASSWORD)
    await world.database.run(lambda tx: seed_people(tx, world.settings, world.clock.now))
    browser = world.browser()
    await browser.sign_in("admin")
    assert (await browser.get("/sample/admin")).text == "the admin page"
    assert (await world.local_browser().sign_in("admin", "admin123")).status_code == 401


async def test_the_first_people_are_made_once(world: World) -> None:
    assert await world.database.run(lambda tx: seed_people(tx, world.settings, world.clock.now))

    async def rename(tx: Transaction) -> None:
        admin = await repository.users(tx).named("admin")
        assert admin is not None
        admin.username = "jefa"

    await world.database.run(rename)
    assert not await world.database.run(lambda tx: seed_people(tx, world.settings, world.clock.now))
    async with world.database.reading() as tx:
        assert [user.username for user in await repository.users(tx).by_name()] == ["jefa"]
        assert await people.roles_with(tx, ["admin", "tiquetes", "cotizar"])


async def test_the_demo_lets_anybody_in_who_sits_at_the_machine(make_world: Callable[..., World]) -> None:
    world = make_world(demo=True)
    await world.add_user("ana", "ventas")
    browser = world.local_browser()
    page = await browser.get("/login")
    assert "Entrar como ana" in page.text
    token = await browser.form_token("/login")
    assert (await browser.post("/demo/entrar", data={"usuario": "ana", "_csrf": token})).status_code == 303
    assert await browser.is_signed_in()


async def test_the_demo_lets_nobody_in_from_elsewhere_or_without_its_form(
    make_world: Callable[..., World],
) -> None:
    world = make_world(demo=True)
    await world.add_user("ana", "ventas")
    assert (await world.local_browser().post("/demo/entrar", data={"usuario": "ana"})).status_code == 403
    afar = world.browser()
    assert "Entrar como ana" not in (await afar.get("/login")).text
    token = await afar.form_token("/login")
    assert (await afar.post("/demo/entrar", data={"usuario": "ana", "_csrf": token})).status_code == 403
    rebound = world.browser(address="127.0.0.1", host="http://rebound.evil.test")
    token = await rebound.form_token("/login")
    assert (await rebound.post("/demo/entrar", data={"usuario": "ana", "_csrf": token})).status_code == 403


def _without(page: str, before: str) -> str:
    head, _, rest = page.partition(before)
    return head + rest.partition('"')[2]
