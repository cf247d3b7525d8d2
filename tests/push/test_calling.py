"""Who is called on a phone, about what, how often: those who agreed, may see the chat, and do not look."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from tests.push.world import Office, open_office
from waia.accounts.models import Login, User, UserRole

NOTICE = "Diego Ramírez espera respuesta"


async def test_a_sealed_notice_says_who_waits_and_not_what_they_wrote(tmp_path: Path, database_url: str) -> None:
    async with open_office(tmp_path, database_url) as office:
        await office.agrees("ana", "telefono")
        chat = await office.chat()
        await office.writes(chat)
        (arrived,) = office.service.arrived
        assert arrived.told == {"title": "waia", "body": NOTICE, "chat": chat}
        assert b"4821" not in arrived.sealed
        assert arrived.headers["content-encoding"] == "aes128gcm"
        assert arrived.headers["urgency"] == "high"
        assert len(arrived.headers["topic"]) == 32
        assert office.service.key == (await office.ask("ana", "GET", "/notificaciones")).json()["clave"]
        assert (
            await office.ask("ana", "DELETE", "/notificaciones", {"endpoint": f"{office.service.origin}/send/telefono"})
        ).status_code == 204
        office.clock.move(minutes=2)
        await office.writes(chat)
        assert len(office.service.arrived) == 1
        assert await office.trail() == [("ana", "push.on"), ("ana", "push.off")]


async def test_the_owner_may_want_the_text_in_it(tmp_path: Path, sqlite_url: str) -> None:
    async with open_office(tmp_path, sqlite_url, WAIA_PUSH_TEXT="1") as office:
        await office.agrees("ana", "telefono")
        await office.writes(await office.chat(), "¿tienen *mármol*?")
        assert office.service.told("telefono") == ["Diego Ramírez: ¿tienen mármol?"]


async def test_a_chat_calls_once_a_minute_however_much_is_written(office: Office) -> None:
    await office.agrees("ana", "telefono")
    one, other = await office.chat(), await office.chat("Elena")
    for _ in range(3):
        await office.writes(one)
    await office.writes(other)
    assert office.service.told("telefono") == [NOTICE, "Elena espera respuesta"]
    office.clock.move(seconds=61)
    await office.work()
    assert office.service.told("telefono") == [NOTICE, "Elena espera respuesta", NOTICE]
    office.clock.move(seconds=300)
    await office.work()
    assert len(office.service.arrived) == 3


async def test_nobody_is_called_while_a_page_of_theirs_is_in_sight(office: Office) -> None:
    assert await office.looks("ana") > 60  # without notifications there is nothing to note
    await office.agrees("ana", "telefono")
    chat = await office.chat()
    assert await office.looks("ana") <= 30
    await office.writes(chat)
    assert office.service.arrived == []
    await office.looks("ana", visible=False)
    await office.writes(chat)
    assert len(office.service.arrived) == 1
    await office.looks("ana")
    office.clock.move(minutes=3)  # the page went away without a word
    await office.writes(chat)
    assert len(office.service.arrived) == 2


async def test_only_those_are_called_for_whom_the_chat_waits(office: Office) -> None:
    for name in ("ana", "beto", "dora"):
        await office.agrees(name, name)
    beto = office.shop.users["beto"]
    await office.writes(await office.chat("De ventas"))
    await office.writes(await office.chat("De otros", role="admin"))
    await office.writes(await office.chat("De Beto", holder="person", owner_id=beto))
    await office.writes(await office.chat("Del bot", holder="bot"))
    await office.writes(await office.chat("Atendido"), unanswered_since=None)
    assert office.service.told("ana") == ["De ventas espera respuesta"]
    assert office.service.told("beto") == [f"{name} espera respuesta" for name in ("De ventas", "De otros", "De Beto")]
    assert office.service.told("dora") == []


async def test_whoever_signed_out_lost_a_role_or_is_away_is_not_called(office: Office) -> None:
    users, now = office.shop.users, datetime.now(UTC)
    await office.agrees("ana", "telefono")
    away, disabled = (
        update(User).where(User.id == users["ana"]).values(**{name: now}) for name in ("away_at", "disabled_at")
    )
    back = update(User).where(User.id == users["ana"]).values(away_at=None, disabled_at=None)
    revoked = update(Login).where(Login.user_id == users["ana"])
    undone = revoked.values(revoked_at=None)
    for gone, again in ((away, back), (disabled, back), (revoked.values(revoked_at=now), undone)):
        await office.change(gone)
        await office.writes(await office.chat())
        assert office.service.arrived == []
        await office.change(again)
    await office.change(delete(UserRole).where(UserRole.user_id == users["ana"]))
    await office.writes(await office.chat())
    await office.change(revoked.values(last_seen_at=datetime(2020, 1, 1, tzinfo=UTC)))
    await office.writes(await office.chat(owner_id=users["ana"]))
    assert office.service.arrived == []


async def test_a_logout_ends_the_consent_of_that_browser(office: Office) -> None:
    await office.agrees("ana", "telefono")
    async with office.shop.browser("ana") as browser:
        assert (await browser.submit("/logout")).status == 303
    await office.writes(await office.chat())
    assert (office.service.arrived, await office.devices()) == ([], [])


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_took_its_consent_back_is_forgotten(office: Office, status: int) -> None:
    await office.agrees("ana", "telefono")
    await office.agrees("ana", "tableta")
    office.service.answers = [status]
    await office.writes(await office.chat())
    assert await office.devices() == ["tableta"]
    assert office.service.told("tableta") == [NOTICE]


async def test_a_service_in_trouble_is_asked_again_and_then_left_alone(office: Office) -> None:
    await office.agrees("ana", "telefono")
    chat = await office.chat()
    office.service.answers = [503]
    await office.writes(chat)
    assert office.service.arrived == []
    office.clock.move(seconds=65)
    await office.work()
    assert office.service.told("telefono") == [NOTICE]
    office.service.answers = [429, 500, 500, 500]
    office.clock.move(seconds=65)
    await office.writes(chat)
    for _ in range(3):
        office.clock.move(seconds=65)
        await office.work()
    assert (len(office.service.arrived), office.service.refused) == (1, 4)
    office.service.answers = []
    office.clock.move(seconds=65)
    await office.writes(chat)
    assert len(office.service.arrived) == 2


async def test_what_happened_before_anybody_agreed_calls_nobody(office: Office) -> None:
    await office.writes(await office.chat())
    await office.agrees("ana", "telefono")
    assert office.service.arrived == []
