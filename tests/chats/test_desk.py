"""What agents do with a chat besides writing: pass it on, note, archive, correct; each with a way back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from tests.chats.panel_world import CLIENT_ID, NOW, Answer, Shop
from waia.accounts.models import AuditEntry, User, UserRole
from waia.chats.models import Alias, CapturedAnswer, ChatRole, Message, OutboxItem, UndoStep


@pytest.fixture
async def shop(tmp_path: Path, database_url: str) -> AsyncIterator[Shop]:
    shop = await Shop.open(tmp_path, database_url)
    async with shop.parts.database.writing() as tx:
        await tx.execute(insert(UserRole).values(user_id=shop.users["dora"], role_id=shop.roles["ventas"]))
    yield shop
    await shop.close()


async def test_of_two_who_take_at_once_one_wins_and_the_other_is_told_who(shop: Shop) -> None:
    chat = await shop.add_chat(holder="queue", queue_role_id=shop.roles["ventas"])
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        answers = await asyncio.gather(*(one.act("PUT", f"/chats/{chat}/atencion", dueno="") for one in (ana, dora)))
    assert sorted(answer.status for answer in answers) == [200, 409]
    won = {shop.users["ana"]: "Ana Torres", shop.users["dora"]: "Dora"}[(await shop.chat(chat)).owner_id]
    lost = next(answer for answer in answers if answer.status == 409)
    assert f"{won} ya atiende este chat." in lost.page.text("toast")


async def test_a_chat_is_taken_from_its_owner_by_who_saw_the_owner(shop: Shop) -> None:
    chat = await shop.add_chat(holder="person", owner_id=shop.users["dora"])
    async with shop.browser("ana") as ana:
        page = await ana.get(f"/chats/{chat}")
        button = next(each for each in page.page.elements if "data-take" in each)
        assert button["hx-vals"] == f'{{"dueno": "{shop.users["dora"]}"}}'
        await ana.act("PUT", f"/chats/{chat}/atencion", dueno=str(shop.users["dora"]))
    assert (await shop.chat(chat)).owner_id == shop.users["ana"]


ACTIONS = [
    ("PUT", "atencion", {}),
    ("DELETE", "atencion", {}),
    ("POST", "cola", {}),
    ("POST", "cierre", {}),
    ("PUT", "archivo", {}),
    ("DELETE", "lectura", {}),
    ("POST", "sin-respuesta", {}),
    ("PUT", "alias", {"alias": "La de la cocina"}),
    ("PUT", "roles/{admin}", {}),
    ("DELETE", "roles/{ventas}", {}),
    ("POST", "traspaso", {"a": "u{ana}"}),
]


@pytest.mark.parametrize(("method", "path", "form"), ACTIONS, ids=[f"{each[0]} {each[1]}" for each in ACTIONS])
async def test_what_was_done_can_be_undone(shop: Shop, method: str, path: str, form: dict[str, str]) -> None:
    chat = await shop.add_chat(
        holder="person", owner_id=shop.users["dora"], estado="sin_respuesta", unanswered_since=NOW, unread=0,
        step="menu", session_open=True, bot_memory={"held_since": NOW.isoformat()}, resume_at=NOW, alias="Carlita",
    )  # fmt: skip
    ids = {**shop.users, **shop.roles}
    before = await _whole(shop, chat)
    if (method, path) == ("PUT", "atencion"):
        form = {"dueno": str(shop.users["dora"])}
    async with shop.browser("beto") as beto:
        fields = {name: value.format(**ids) for name, value in form.items()}
        done = await beto.act(method, f"/chats/{chat}/{path.format(**ids)}", **fields)
        assert done.status == 200, done.html
        assert await _whole(shop, chat) != before
        undone = await beto.act("POST", f"/deshacer/{_token(done)}")
    assert "Deshecho" in undone.page.text("toast-done")
    assert await _whole(shop, chat) == before


async def test_undo_is_for_who_acted_once_and_only_while_nobody_changed_it(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        token = _token(await ana.act("PUT", f"/chats/{chat}/archivo"))
        assert (await beto.act("POST", f"/deshacer/{token}")).status == 404
        assert (await ana.act("POST", f"/deshacer/{token}")).status == 200
        assert (await ana.act("POST", f"/deshacer/{token}")).status == 404
        taken = _token(await ana.act("PUT", f"/chats/{chat}/atencion"))
        await beto.act("DELETE", f"/chats/{chat}/atencion")
        late = await ana.act("POST", f"/deshacer/{taken}")
        assert late.status == 409
        assert "cambió después" in late.page.text("toast")
        old = _token(await ana.act("PUT", f"/chats/{chat}/archivo"))
        async with shop.parts.database.writing() as tx:
            await tx.execute(update(UndoStep).values(at=NOW - timedelta(days=365)))
        assert (await ana.act("POST", f"/deshacer/{old}")).status == 404


async def test_a_chat_is_passed_to_a_colleague_with_a_note(shop: Shop) -> None:
    chat = await shop.add_chat(unread=1, unanswered_since=NOW)
    async with shop.browser("ana") as ana, shop.browser("dora") as dora:
        dialog = await ana.get(f"/chats/{chat}/traspaso")
        assert "Dora" in dialog.page.text()
        await ana.act("POST", f"/chats/{chat}/traspaso", a=f"u{shop.users['dora']}", nota="Quiere granito negro")
        thread = (await dora.get(f"/chats/{chat}")).page
    row = await shop.chat(chat)
    assert (row.holder, row.owner_id, row.unanswered_since, row.unread) == ("person", shop.users["dora"], NOW, 1)
    assert "pasó el chat a Dora" in thread.text(f"messages-{chat}")
    assert "Quiere granito negro" in thread.text(f"messages-{chat}")


async def test_a_chat_goes_only_to_people_whose_roles_reach_it(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.parts.database.writing() as tx:
        await tx.execute(delete(UserRole).where(UserRole.user_id == shop.users["dora"]))
        gone = await shop_user(tx, "elena", disabled_at=NOW)
    async with shop.browser("ana") as ana:
        without = await ana.act("POST", f"/chats/{chat}/traspaso", a=f"u{shop.users['dora']}")
        disabled = await ana.act("POST", f"/chats/{chat}/traspaso", a=f"u{gone}")
        nobody = await ana.act("POST", f"/chats/{chat}/traspaso", a="")
    assert (without.status, disabled.status, nobody.status) == (409, 422, 422)
    assert "Dora no tiene un rol de este chat" in without.page.text("pass-error")
    assert "Elige a quién" in nobody.page.text("pass-error")
    assert (await shop.chat(chat)).owner_id is None


async def test_a_chat_is_passed_to_the_queue_of_another_role_and_stays_visible_to_it(shop: Shop) -> None:
    chat = await shop.add_chat(holder="person", owner_id=shop.users["ana"])
    async with shop.browser("ana") as ana:
        await ana.act("POST", f"/chats/{chat}/traspaso", a=f"r{shop.roles['admin']}")
    row = await shop.chat(chat)
    assert (row.holder, row.owner_id, row.queue_role_id) == ("queue", None, shop.roles["admin"])
    assert await _roles(shop, chat) == sorted([shop.roles["ventas"], shop.roles["admin"]])


async def test_a_note_is_seen_by_agents_and_never_sent(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        form = {"nota": "Ojo @beto, pide descuento", "client_id": CLIENT_ID[:30]}
        saved = await ana.act("POST", f"/chats/{chat}/notas", **form)
        await ana.act("POST", f"/chats/{chat}/notas", **form)
        seen = (await beto.get(f"/chats/{chat}")).page
        empty = await ana.act("POST", f"/chats/{chat}/notas", nota="  ")
    note = saved.ids("message")[0]
    assert "Ana Torres nota interna Beto Salas Ojo @beto, pide descuento" in seen.text(f"message-{note}")
    assert "message--note" in seen.where(id=f"message-{note}")[0]["class"]
    assert seen.text(f"messages-{chat}").count("pide descuento") == 1
    assert (empty.status, "Escribe la nota" in empty.page.text("note-error")) == (422, True)
    async with shop.parts.database.reading() as tx:
        assert (await tx.execute(select(OutboxItem))).all() == []
    assert (await shop.chat(chat)).preview == "Hola"


async def test_a_note_is_changed_and_removed_by_its_author_for_a_while(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana, shop.browser("beto") as beto:
        note = (await ana.act("POST", f"/chats/{chat}/notas", nota="Ojo")).ids("message")[0]
        changed = await ana.act("PUT", f"/notas/{note}", nota="Ojo con el precio")
        assert (await beto.act("PUT", f"/notas/{note}", nota="Mía")).status == 404
        assert (await beto.act("DELETE", f"/notas/{note}")).status == 404
        removed = await ana.act("DELETE", f"/notas/{note}")
        old = (await ana.act("POST", f"/chats/{chat}/notas", nota="Vieja")).ids("message")[0]
        async with shop.parts.database.writing() as tx:
            await tx.execute(update(Message).where(Message.id == old).values(timestamp=NOW - timedelta(minutes=16)))
        late = await ana.act("DELETE", f"/notas/{old}")
    assert "Ojo con el precio" in changed.page.text(f"message-{note}")
    assert "Nota borrada" in removed.page.text(f"message-{note}")
    assert "precio" not in removed.html
    assert late.status == 409


async def test_closing_can_say_goodbye_inside_the_window_only(shop: Shop) -> None:
    chat, late = await shop.add_chat(), await shop.add_chat(window_ends_at=NOW - timedelta(hours=1))
    form = {"texto": "Que estés bien", "client_id": CLIENT_ID}
    async with shop.browser("ana") as ana:
        assert "Último mensaje" in (await ana.get(f"/chats/{chat}/cierre")).page.text()
        said = await ana.act("POST", f"/chats/{chat}/cierre", **form)
        refused = await ana.act("POST", f"/chats/{late}/cierre", **{**form, "client_id": CLIENT_ID[:-1] + "2"})
        quiet = await ana.act("POST", f"/chats/{late}/cierre")
    assert (said.status, refused.status, quiet.status) == (200, 409, 200)
    assert refused.page.text("close-text") == "Que estés bien"
    assert await shop.sent_texts(chat) == ["Que estés bien"]
    assert await shop.sent_texts(late) == []
    assert {(await shop.chat(each)).estado for each in (chat, late)} == {"cerrado"}


async def test_an_alias_is_set_corrected_and_taken_away(shop: Shop) -> None:
    chat = await shop.add_chat()
    async with shop.browser("ana") as ana:
        named = await ana.act("PUT", f"/chats/{chat}/alias", alias="  La de   la cocina ")
        long = await ana.act("PUT", f"/chats/{chat}/alias", alias="ñ" * 101)
        found = await ana.get("/?vista=todos&q=cocina", "chat-results")
        assert "La de la cocina" in named.page.text("conversation-title")
        assert f"/chats/{chat}" in found.html
        assert (long.status, "100 caracteres" in long.page.text("alias-error")) == (422, True)
        gone = await ana.act("PUT", f"/chats/{chat}/alias", alias="")
        assert f"/chats/{chat}" not in (await ana.get("/?vista=todos&q=cocina", "chat-results")).html
    assert gone.page.text("conversation-title") == "Carla Gómez"
    async with shop.parts.database.reading() as tx:
        assert (await tx.execute(select(Alias.name))).all() == []


async def test_a_captured_answer_is_corrected_and_the_trail_knows_what_it_was(shop: Shop) -> None:
    chat = await shop.add_chat()
    await shop.add(CapturedAnswer, chat_id=chat, name="nombre", value="Carla", at=NOW)
    async with shop.browser("ana") as ana:
        card = await ana.act("PUT", f"/chats/{chat}/datos", nombre="nombre", valor="Carla Gómez")
        unknown = await ana.act("PUT", f"/chats/{chat}/datos", nombre="otra", valor="x")
    assert "Carla Gómez" in card.page.text(f"answers-{chat}")
    assert unknown.status == 404
    noted = await _trail(shop, "chat.answer_corrected")
    assert [each.details for each in noted] == [{"name": "nombre", "before": "Carla", "after": "Carla Gómez"}]


async def test_c7_nobody_gives_a_role_or_an_alias_to_a_chat_that_is_not_theirs(shop: Shop) -> None:
    foreign = await shop.add_chat(role="admin")
    async with shop.browser("ana") as ana:
        for method, path in (("PUT", f"roles/{shop.roles['ventas']}"), ("DELETE", f"roles/{shop.roles['admin']}"),
                             ("PUT", "alias"), ("POST", "traspaso"), ("POST", "notas")):  # fmt: skip
            answer = await ana.act(method, f"/chats/{foreign}/{path}", alias="mío", nota="hola", a="u1")
            assert answer.status == 404, path
        many = await ana.act(
            "POST", "/chats/seleccion", chats=str(foreign), accion=f"agregar_rol:{shop.roles['ventas']}"
        )
    assert "1 chat ya no está a tu alcance" in many.page.text("toast-done")
    assert await _roles(shop, foreign) == [shop.roles["admin"]]


async def test_many_chats_are_changed_in_one_request_and_undone_in_one(shop: Shop) -> None:
    mine = [await shop.add_chat(f"Carla {number}", unread=1, estado="sin_respuesta") for number in range(3)]
    foreign = await shop.add_chat("Ajeno", role="admin")
    before = [await _whole(shop, chat) for chat in mine]
    async with shop.browser("ana") as ana:
        answer = await _pick(ana, [*mine, foreign], "cerrar")
        assert answer.status == 200
        assert "3 chats cerrados" in answer.page.text("toast-done")
        assert "1 chat ya no está a tu alcance" in answer.page.text("toast-done")
        assert {(await shop.chat(chat)).estado for chat in mine} == {"cerrado"}
        await ana.act("POST", f"/deshacer/{_token(answer)}")
    assert [await _whole(shop, chat) for chat in mine] == before
    assert [each.details["chats"] for each in await _trail(shop, "chat.close")] == [mine]


async def test_of_many_the_ones_that_could_not_be_taken_are_told_by_name(shop: Shop) -> None:
    free = await shop.add_chat("Carla")
    held = await shop.add_chat("Diego", holder="person", owner_id=shop.users["dora"])
    async with shop.browser("ana") as ana:
        answer = await _pick(ana, [free, held], "tomar")
        none = await ana.act("POST", "/chats/seleccion", accion="tomar")
        odd = await _pick(ana, [free], "borrar")
    assert "Tomaste el chat. Diego : Dora ya atiende este chat." in answer.page.text("toast-done").replace(
        "Diego:", "Diego :"
    )
    assert (none.status, odd.status) == (422, 422)
    assert ((await shop.chat(free)).owner_id, (await shop.chat(held)).owner_id) == (
        shop.users["ana"], shop.users["dora"],
    )  # fmt: skip


async def test_the_card_tells_names_roles_owner_sessions_and_what_the_bot_noted(shop: Shop) -> None:
    chat = await shop.add_chat(alias="Carlita", holder="person", owner_id=shop.users["ana"])
    await shop.add(CapturedAnswer, chat_id=chat, name="material", value="Granito", at=NOW)
    async with shop.browser("ana") as ana:
        card = (await ana.get(f"/chats/{chat}/ficha", part="facts")).page
    for words in ("Carlita", "~Carla Gómez", "Ventas", "Asignado a Ana Torres", "Granito", "Sesiones"):
        assert words in card.text("facts"), words


async def _pick(browser: Any, chats: list[int], action: str) -> Answer:
    headers = {"hx-request": "true", "x-csrf-token": browser.csrf}
    form = {"chats": [str(chat) for chat in chats], "accion": action}
    return Answer(await browser.http.request("POST", "/chats/seleccion", headers=headers, data=form))


def _token(answer: Answer) -> str:
    """Of the notice that offers to undo."""
    return next(each["hx-post"] for each in answer.page.elements if "data-undo" in each).rpartition("/")[2]


async def _whole(shop: Shop, chat: int) -> tuple[Any, ...]:
    row = await shop.chat(chat)
    kept = {
        name: value for name, value in row._mapping.items() if name not in {"version", "last_owner_id", "last_activity"}
    }
    async with shop.parts.database.reading() as tx:
        alias = (await tx.execute(select(Alias.name).where(Alias.contact_id == row.contact_id))).scalar_one_or_none()
    return kept, alias, await _roles(shop, chat)


async def _roles(shop: Shop, chat: int) -> list[int]:
    async with shop.parts.database.reading() as tx:
        found = select(ChatRole.role_id).where(ChatRole.chat_id == chat).order_by(ChatRole.role_id)
        return list((await tx.execute(found)).scalars())


async def _trail(shop: Shop, action: str) -> list[Any]:
    async with shop.parts.database.reading() as tx:
        entries = select(AuditEntry.username, AuditEntry.details).where(AuditEntry.action == action)
        return list((await tx.execute(entries)).all())


async def shop_user(tx: Any, name: str, **values: Any) -> int:
    added = await tx.execute(insert(User).values(username=name, password_hash="!", **values))
    return int(added.inserted_primary_key[0])
