"""Another site's page cannot act with the cookie of somebody who is signed in."""

from collections.abc import Callable

import pytest

from tests.accounts.world import Browser, World

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "nonsense"}, 403),
        ({"Origin": "http://chat.test"}, 200),
        ({"Origin": "null"}, 200),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "http://chat.test:8080"}, 403),
        ({"Origin": "http://chat.test.evil.test"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": "file://chat.test"}, 403),
    ],
)
async def test_where_a_request_comes_from_decides(world: World, headers: dict[str, str], status: int) -> None:
    browser = await _signed_in(world)
    token = await browser.form_token()
    answer = await browser.post("/sample/change", headers={**headers, "X-CSRF-Token": token})
    assert answer.status_code == status


async def test_behind_a_proxy_that_changes_the_host_the_public_address_is_ours(
    make_world: Callable[..., World],
) -> None:
    world = make_world(base_url="https://chat.example.com")
    browser = await _signed_in(world)
    headers = {"Origin": "https://chat.example.com", "X-CSRF-Token": await browser.form_token()}
    assert (await browser.post("/sample/change", headers=headers)).status_code == 200


async def test_c05_without_the_token_nothing_changes_wherever_it_stands(world: World) -> None:
    browser = await _signed_in(world)
    token = await browser.form_token()
    assert (await browser.post("/sample/change", headers=OWN)).status_code == 403
    assert (await browser.post("/sample/change", headers=OWN, data={"text": "x"})).status_code == 403
    assert (await browser.post("/sample/change", headers=OWN, params={"_csrf": token})).status_code == 403
    assert (await browser.post("/sample/change", headers=OWN, json={"_csrf": token})).status_code == 403
    plain = {"Content-Type": "text/plain"}
    assert (await browser.post("/sample/change", headers=OWN | plain, content=f"_csrf={token}")).status_code == 403


async def test_the_token_may_come_in_the_form_and_the_form_still_arrives(world: World) -> None:
    browser = await _signed_in(world)
    assert (await browser.submit("/sample/change", text="hola")).text == "changed hola"
    files = {"_csrf": (None, (await browser.form_token()).encode()), "text": (None, b"adjunto")}
    assert (await browser.post("/sample/change", files=files)).text == "changed adjunto"


async def test_the_token_of_another_login_is_of_no_use(world: World) -> None:
    ana = await _signed_in(world)
    again = world.browser()
    await again.sign_in("ana")
    for token in (await again.form_token(), await world.browser().form_token("/login"), "", "ñ"):
        sent = {b"X-CSRF-Token": token.encode()}
        assert (await ana.post("/sample/change", headers=sent)).status_code == 403


async def test_a_stranger_is_asked_to_sign_in_before_anything_is_read(world: World) -> None:
    answer = await world.browser().post("/sample/change", data={"text": "x"})
    assert answer.status_code == 401


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}])
async def test_nobody_is_signed_in_by_another_site(world: World, headers: dict[str, str]) -> None:
    await world.add_user("ana")
    browser = world.browser()
    token = await browser.form_token("/login")
    fields = {"username": "ana", "password": "x", "_csrf": token}
    assert (await browser.post("/login", data=fields, headers=headers)).status_code == 403


async def test_the_login_form_needs_the_token_of_its_own_browser(world: World) -> None:
    await world.add_user("ana")
    token = await world.browser().form_token("/login")
    browser = world.browser()
    await browser.get("/login")
    for value in (token, ""):
        fields = {"username": "ana", "password": "x", "_csrf": value}
        assert (await browser.post("/login", data=fields)).status_code == 403
    browser.cookies.set("waia-form", "a.1.b")
    assert (await browser.post("/login", data={"_csrf": token})).status_code == 403


async def test_a_handler_that_protects_itself_is_left_alone(world: World) -> None:
    answer = await world.browser().post("/sample/signed", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.text == "taken"


async def test_a_cookie_value_never_reaches_a_page_unescaped(world: World) -> None:
    """CVE-2026-48060 of another stack: whatever a cookie holds must not become markup."""
    hostile = '"><script>alert(1)</script>'
    browser = world.browser()
    page = await browser.get("/login", headers={"Cookie": f"waia-form={hostile}; waia={hostile}"})
    assert "<script>alert" not in page.text


async def _signed_in(world: World) -> Browser:
    await world.add_user("ana", "ventas")
    browser = world.browser()
    await browser.sign_in("ana")
    return browser
