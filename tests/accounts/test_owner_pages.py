"""Roles, people and one-time links through their pages; each change leaves one entry that says before and after."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from tests.accounts.world import NEW_PASSWORD, World
from tests.chats.panel_world import Shop
from waia.accounts.links import new_link
from waia.accounts.models import AuditEntry, PasswordLink, User
from waia.rules.models import RuleRow


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    yield shop
    await shop.close()


async def trail(shop: Shop) -> list[Any]:
    async with shop.parts.database.reading() as tx:
        wanted = select(AuditEntry.action, AuditEntry.subject, AuditEntry.details).order_by(AuditEntry.id)
        return [tuple(row) for row in await tx.execute(wanted)]


async def added(shop: Shop, before: list[Any]) -> list[Any]:
    return (await trail(shop))[len(before) :]


async def test_f4_a_keyword_that_is_empty_or_taken_is_refused_beside_its_field_with_all_that_was_typed(
    shop: Shop,
) -> None:
    await shop.add(RuleRow, step="menu", triggers="x", text="x", role_keyword="Garantias")
    before = await trail(shop)
    async with shop.browser("beto") as beto:
        assert (await beto.act("POST", "/roles", name="Garantías", keyword="garantías")).status == 200
        for keyword in ("", "GARANTIAS", "  garantías ", "ADMIN", "con espacio", "x" * 21):
            answer = await beto.act("POST", "/roles", name="Otro", keyword=keyword)
            assert answer.status == 422
            assert answer.page.where(id="role-new-name")[0]["value"] == "Otro"
            assert answer.page.where(id="role-new-keyword")[0]["aria-invalid"] == "true"
            assert answer.page.text("role-new-keyword-error")
    assert [entry[0] for entry in await added(shop, before)] == ["role_created"]


async def test_f4_the_admin_role_can_be_neither_deleted_nor_renamed_away(shop: Shop) -> None:
    here = f"/roles/{shop.roles['admin']}"
    async with shop.parts.database.reading() as tx:
        seeded = (await tx.execute(select(User.id).where(User.username == "admin"))).scalar_one()
    async with shop.browser("beto") as beto:
        assert (await beto.act("PUT", f"/usuarios/{seeded}/baja")).status == 200
        before = await trail(shop)
        assert (await beto.act("DELETE", here)).status == 409
        assert (await beto.act("PUT", here, name="Jefes", keyword="jefes")).status == 422
        assert (await beto.act("PUT", here, name="Jefes", keyword="admin")).status == 200
        assert (await beto.act("DELETE", f"{here}/personas/{shop.users['beto']}")).status == 409
        assert (await beto.act("PUT", f"/usuarios/{shop.users['beto']}/baja")).status == 409
        assert (await beto.act("DELETE", f"/usuarios/{shop.users['beto']}")).status == 409
    change = {"before": {"name": "Administrador", "keyword": "admin"}, "after": {"name": "Jefes", "keyword": "admin"}}
    assert await added(shop, before) == [("role_changed", "admin", change)]


async def test_f3_a_refused_change_holds_up_nobody(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        for _ in range(3):
            assert (await beto.act("POST", "/roles", name="A", keyword="ventas")).status == 422
        assert (await beto.act("POST", "/roles", name="A", keyword="a")).status == 200


async def test_deleting_a_role_says_first_what_would_miss_it(shop: Shop) -> None:
    await shop.add(RuleRow, step="menu", triggers="x", text="x", role_keyword="VENTAS ")
    await shop.add_chat()
    here, before = f"/roles/{shop.roles['ventas']}", await trail(shop)
    async with shop.browser("beto") as beto:
        told = (await beto.get(f"{here}/borrado", "dialog")).page.text("role-removal")
        assert "1 persona deja de tenerlo" in told
        assert "1 chat deja de verse" in told
        assert "1 regla lo nombra" in told
        renamed = await beto.act("PUT", here, name="Ventas", keyword="otra")
        assert "usan la palabra clave" in renamed.page.text()
        assert (await beto.act("DELETE", here)).status == 200
    async with shop.browser("ana") as ana:
        assert (await ana.get("/", "x")).status == 401
    (entry,) = await added(shop, before)
    assert entry[0] == "role_deleted"
    assert entry[2]["before"] == {"name": "Ventas", "keyword": "ventas", "users": 1, "chats": 1}


async def test_roles_are_given_and_taken_from_either_page(shop: Shop) -> None:
    role, dora, before = shop.roles["ventas"], shop.users["dora"], await trail(shop)
    async with shop.browser("beto") as beto, shop.browser("dora") as asked:
        row = await beto.act("PUT", f"/roles/{role}/personas/{dora}")
        assert "Dora" in row.page.text(f"role-{role}")
        assert (await asked.get("/", "x")).status == 200
        row = await beto.act("DELETE", f"/usuarios/{dora}/roles/{role}")
        assert row.page.owners("Ventas")[0][-1].get("class") != "assigned__name"
        assert (await asked.get("/", "x")).status == 401
    assert [(entry[0], entry[2]) for entry in await added(shop, before)] == [
        ("roles_changed", {"before": [], "after": ["ventas"]}),
        ("roles_changed", {"before": ["ventas"], "after": []}),
    ]


async def test_f5_a_person_is_invited_with_a_link_that_opens_once(shop: Shop) -> None:
    before = await trail(shop)
    async with shop.browser("beto") as beto:
        form = {"name": "Elena", "username": "elena", "language": "es", "roles": "ventas"}
        answer = await beto.act("POST", "/usuarios", **form)
        taken = await beto.act("POST", "/usuarios", **form | {"username": "ELENA"})
    assert taken.status == 422
    assert taken.page.where(id="person-new-name")[0]["value"] == "Elena"
    address = answer.page.where(id="person-link-address")[0]["value"]
    token = address.rpartition("/")[2]
    async with shop.parts.database.reading() as tx:
        assert token not in (await tx.execute(select(PasswordLink.token_hash))).scalars().all()
    async with shop.browser("ana") as ana:
        stranger = ana.http
        stranger.cookies.clear()
        for _ in range(2):  # looking uses nothing up
            page = await stranger.get(f"/acceso/{token}")
            assert "elena" in page.text
        assert (await choose(stranger, token, "corta")).status_code == 422
        assert (await choose(stranger, token, NEW_PASSWORD, "otra")).status_code == 422
        open_elsewhere = await seal_of(stranger, token)
        assert (await choose(stranger, token, NEW_PASSWORD)).headers["location"] == "/"
        assert (await stranger.get("/sesiones")).status_code == 200
        assert (await stranger.get(f"/acceso/{token}")).status_code == 404
        assert (await send(stranger, token, open_elsewhere, NEW_PASSWORD)).status_code == 404
        assert (await send(stranger, token, "", NEW_PASSWORD)).status_code == 403
    assert [entry[0] for entry in await added(shop, before)] == ["user_created", "link_used"]


async def choose(browser: httpx.AsyncClient, token: str, password: str, repeated: str = "") -> httpx.Response:
    return await send(browser, token, await seal_of(browser, token), password, repeated)


async def seal_of(browser: httpx.AsyncClient, token: str) -> str:
    page = (await browser.get(f"/acceso/{token}")).text
    return page.partition('name="_csrf" value="')[2].partition('"')[0]


async def send(browser: httpx.AsyncClient, token: str, seal: str, password: str, repeated: str = "") -> httpx.Response:
    form = {"password": password, "repeated": repeated or password, "_csrf": seal}
    return await browser.post(f"/acceso/{token}", data=form)


async def test_a_reset_ends_the_old_password_and_every_session_at_once(shop: Shop) -> None:
    ana, before = shop.users["ana"], await trail(shop)
    async with shop.browser("beto") as beto, shop.browser("ana") as asked:
        answer = await beto.act("POST", f"/usuarios/{ana}/enlace")
        assert answer.page.where(id="person-link-address")
        assert (await asked.get("/", "x")).status == 401
        assert (await beto.act("POST", f"/usuarios/{shop.users['beto']}/enlace")).status == 409
        assert (await beto.act("PUT", f"/usuarios/{ana}/baja")).status == 200
        assert (await beto.act("DELETE", f"/usuarios/{ana}/baja")).status == 200
        assert (await beto.act("DELETE", f"/usuarios/{ana}/sesiones")).status == 200
        changed = await beto.act("PUT", f"/usuarios/{ana}", name="Ana T.", username="ana", language="en")
        assert "Ana T." in changed.page.text()
        assert (await beto.act("DELETE", f"/usuarios/{shop.users['dora']}")).status == 200
    actions = [entry[0] for entry in await added(shop, before)]
    assert actions == [
        "password_reset", "user_disabled", "user_enabled", "logins_ended", "user_changed", "user_deleted",
    ]  # fmt: skip


async def test_somebody_who_wrote_messages_is_disabled_and_not_deleted(shop: Shop) -> None:
    chat = await shop.add_chat()
    await shop.add_sent(chat, author="user", user_id=shop.users["ana"])
    async with shop.browser("beto") as beto:
        answer = await beto.act("DELETE", f"/usuarios/{shop.users['ana']}")
    assert answer.status == 409
    assert "desactívala" in answer.page.text()


async def test_a_link_that_is_too_old_or_of_a_disabled_user_opens_nothing(world: World) -> None:
    ana, now = await world.add_user("ana"), world.clock.now
    link = await world.database.run(lambda tx: new_link(tx, ana, "ana", now))
    second = await world.database.run(lambda tx: new_link(tx, ana, "ana", now))
    browser = world.browser()
    assert (await browser.get(link.path)).status_code == 404
    assert (await browser.get(second.path)).status_code == 200
    world.clock.now += timedelta(hours=72)
    assert (await browser.get(second.path)).status_code == 404


async def test_the_trail_is_narrowed_by_its_address_and_goes_on_from_the_last_entry(shop: Shop) -> None:
    async with shop.browser("beto") as beto:
        for number in range(55):
            await beto.act("PUT", f"/roles/{shop.roles['ventas']}", name=f"V{number} 50%", keyword="ventas")
        first = await beto.get("/auditoria?que=role_changed&quien=beto&objeto=VENT")
        assert len(first.ids("entry")) == 50
        assert "V53 50% V54 50%" in first.page.text("trail")
        rest = await beto.get(_more(first), "trail-more")
        assert len(rest.ids("entry")) == 5
        for nothing in ("quien=nadie", "del=2030-01-01", "objeto=%25", "que=user_deleted"):
            assert "Nada cumple estos filtros" in (await beto.get(f"/auditoria?{nothing}")).page.text()
        assert (await beto.get("/auditoria?del=x&al=99&antes=-1&que=zzz")).status == 200


def _more(answer: Any) -> str:
    return str(next(e["href"] for e in answer.page.elements if "antes=" in e.get("href", "")))


async def test_who_tries_to_change_what_is_not_theirs_is_in_the_trail(shop: Shop) -> None:
    before = await trail(shop)
    async with shop.browser("ana") as ana:
        assert (await ana.act("POST", "/roles", name="x", keyword="x")).status == 403
        assert (await ana.get("/roles")).status == 403
    assert await added(shop, before) == [("denied", "/roles", {"why": "denied"})]
