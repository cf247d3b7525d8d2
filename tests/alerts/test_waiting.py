"""Customers who wait too long: noticed once, whoever looks; told to the owner, then to those who supervise."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.alerts.world import Watchtower, open_watchtower
from tests.chats.panel_world import NOW
from waia.rules.hours import BusinessHours, parse_holidays, parse_hours

BOGOTA, NEW_YORK = ZoneInfo("America/Bogota"), ZoneInfo("America/New_York")


async def test_eight_situations_have_each_their_count(each_tower: Watchtower) -> None:
    """In two workers that look again and again. Alerts begin after 10 minutes, supervision 10 minutes later."""
    tower = each_tower
    waits = await tower.waiting(11, "espera")
    long_wait = await tower.waiting(25, "espera mucho")
    young = await tower.waiting(9, "acaba de escribir")
    closed = await tower.waiting(60, "cerrado", unanswered_since=None, estado="cerrado")
    no_answer = await tower.waiting(60, "gracias", unanswered_since=None, estado="espera_usuario")
    archived = await tower.waiting(60, "archivado", archived_at=NOW)
    answered = await tower.waiting(11, "contestado y otra vez")
    by_night = await tower.waiting(13 * 60, "desde anoche")
    await tower.look()
    expected = {waits: 1, long_wait: 2, answered: 1, by_night: 2}
    assert await tower.noticed() == expected
    assert await tower.called() == expected
    await tower.answered(answered)
    await tower.look(minutes=2)
    await tower.change(answered, unanswered_since=tower.clock.business(), estado="sin_respuesta")
    await tower.change(waits, unread=5)  # the customer writes more, and goes on waiting since then
    await tower.look(minutes=8)
    expected |= {young: 1, waits: 2}
    assert await tower.noticed() == expected
    await tower.look(minutes=3)
    expected |= {answered: 2, young: 2}
    assert await tower.noticed() == expected
    assert await tower.called() == expected
    assert not {closed, no_answer, archived} & expected.keys()


async def test_while_it_is_closed_nobody_waits_longer(tower: Watchtower) -> None:
    chat = await tower.waiting(0)
    tower.clock.move(hours=7, minutes=55)  # 17:55
    await tower.change(chat, unanswered_since=tower.clock.business())
    await tower.look(minutes=30)
    assert await tower.noticed() == {}
    await tower.look(hours=13, minutes=39)  # 08:04 on the next day: nine minutes of opening hours
    assert await tower.noticed() == {}
    await tower.look(minutes=2)
    assert await tower.noticed() == {chat: 1}


async def test_the_row_is_highlighted_until_somebody_answers(tower: Watchtower) -> None:
    chat = await tower.waiting(11, owner_id=tower.shop.users["ana"], holder="person")
    async with tower.shop.browser("ana") as ana:
        assert "row--late" not in (await ana.get("/")).html
        await tower.look()
        page = await ana.get("/")
        assert "row--late" in page.page.where(id=f"chat-{chat}")[0]["class"]
        assert (await ana.act("POST", f"/chats/{chat}/sin-respuesta")).status == 200
        assert "row--late" not in (await ana.get("/")).html
    await tower.look(minutes=30)
    assert await tower.noticed() == {chat: 1}


async def test_the_owner_is_called_first_and_then_those_who_supervise(tmp_path: Path, database_url: str) -> None:
    async with open_watchtower(tmp_path, database_url) as tower:
        for name in ("ana", "beto", "dora"):
            await _agrees(tower, name)
        await tower.waiting(11, "Diego", owner_id=tower.shop.users["ana"], holder="person")
        await tower.waiting(11, "Ajeno", role="admin")
        await tower.look()
        assert tower.service.told("ana") == ["Diego espera desde hace 11 min"]
        assert tower.service.told("beto") == ["Ajeno espera desde hace 11 min"]
        await tower.look(minutes=10)
        assert tower.service.told("ana") == ["Diego espera desde hace 11 min"]
        assert tower.service.told("beto")[1:] == ["2 clientes esperan hace rato"]
        assert tower.service.told("dora") == []


async def test_a_role_may_supervise_instead_of_the_admins(tmp_path: Path, database_url: str) -> None:
    async with open_watchtower(tmp_path, database_url, ALERT_ROLE="Ventas", ALERT_ESCALATE_MIN="1") as tower:
        await _agrees(tower, "ana")
        await _agrees(tower, "beto")
        await tower.waiting(60, "Diego", owner_id=tower.shop.users["dora"], holder="person")
        await tower.look()
        assert tower.service.told("ana") == ["Diego espera desde hace 60 min"]
        assert tower.service.told("beto") == []


async def test_in_quiet_hours_it_is_shown_and_nobody_is_called_until_they_end(
    tmp_path: Path, database_url: str
) -> None:
    async with open_watchtower(tmp_path, database_url, QUIET_HOURS="09:00-10:30") as tower:
        await _agrees(tower, "ana")
        chat, answered = await tower.waiting(11, "Diego"), await tower.waiting(11, "Elena")
        await tower.look()
        assert await tower.noticed() == {chat: 1, answered: 1}
        assert await tower.called() == {}
        assert tower.service.arrived == []
        await tower.answered(answered)
        await tower.look(minutes=31)
        assert await tower.called() == {chat: 2}
        assert tower.service.told("ana") == ["Diego espera desde hace 42 min"]


async def test_nothing_is_noticed_where_the_owner_does_not_want_it(tmp_path: Path, database_url: str) -> None:
    async with open_watchtower(tmp_path, database_url, ALERT_AFTER_MIN="0") as tower:
        await tower.waiting(600)
        await tower.look()
        assert await tower.noticed() == {}


async def test_the_owner_sets_it_on_a_page(tower: Watchtower) -> None:
    here = "/configuracion/ajustes/avisos"
    fields = {
        "alert_after_min": "30", "alert_escalate_min": "0", "alert_role": "ventas", "quiet_hours": "22:00-07:00",
        "alert_failed_sends": "5", "alert_backlog_min": "2",
    }  # fmt: skip
    async with tower.shop.browser("beto") as beto:
        wrong = await beto.act("PUT", here, **fields | {"quiet_hours": "de noche", "alert_after_min": "-1"})
        assert wrong.status == 422
        assert wrong.page.where(id="setting-quiet_hours")[0]["value"] == "de noche"
        assert (await beto.act("PUT", here, **fields)).status == 200
    flow = await tower.shop.parts.rules.book(tower.shop.parts.clock.real())
    assert (flow.values.alert_after_min, flow.values.alert_role) == (30, "ventas")
    assert flow.is_quiet(datetime(2026, 11, 22, 4, 0, tzinfo=UTC))
    assert not flow.is_quiet(NOW)


def _at(zone: ZoneInfo, *when: int) -> datetime:
    return datetime(*when, tzinfo=zone)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("hours", "now", "minutes", "since"),
    [
        ("", _at(BOGOTA, 2026, 11, 22, 0, 5), 10, _at(BOGOTA, 2026, 11, 21, 23, 55)),
        ("lun-vie 08:00-18:00", _at(BOGOTA, 2026, 11, 23, 8, 4), 10, _at(BOGOTA, 2026, 11, 20, 17, 54)),
        ("lun-vie 08:00-18:00", _at(BOGOTA, 2026, 11, 22, 15, 0), 10, _at(BOGOTA, 2026, 11, 20, 17, 50)),
        ("lun-dom 08:00-12:00, 14:00-18:00", _at(BOGOTA, 2026, 11, 22, 14, 5), 10, _at(BOGOTA, 2026, 11, 22, 11, 55)),
        ("vie-dom 22:00-02:00", _at(BOGOTA, 2026, 11, 22, 1, 0), 200, _at(BOGOTA, 2026, 11, 21, 1, 40)),
        # the clocks of New York went back at two in the morning of the first of November 2026: an hour more
        ("00:00-24:00", _at(NEW_YORK, 2026, 11, 1, 3, 0), 240, _at(NEW_YORK, 2026, 11, 1, 0, 0)),
    ],
)  # fmt: skip
def test_opening_hours_are_counted_back_from_now(hours: str, now: datetime, minutes: int, since: datetime) -> None:
    zone = now.tzinfo
    assert isinstance(zone, ZoneInfo)
    found = parse_hours(hours).opened_for(now.astimezone(UTC), timedelta(minutes=minutes), zone)
    assert found == since.astimezone(UTC)


def test_a_holiday_does_not_count() -> None:
    week = parse_hours("lun-vie 08:00-18:00")
    hours = BusinessHours(week.spans, parse_holidays("23/11\n24/11 10:00-10:05"))
    now = datetime(2026, 11, 25, 8, 3, tzinfo=BOGOTA).astimezone(UTC)
    assert hours.opened_for(now, timedelta(minutes=10), BOGOTA) == _at(BOGOTA, 2026, 11, 20, 17, 58).astimezone(UTC)


def test_what_is_never_open_lets_nobody_wait_too_long() -> None:
    november = parse_holidays("\n".join(f"{day}/11" for day in range(1, 31)))
    closed = BusinessHours(parse_hours("lun 08:00-09:00").spans, november)
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert closed.opened_for(now, timedelta(minutes=90), BOGOTA) < now - timedelta(days=20)


async def _agrees(tower: Watchtower, name: str) -> None:
    """As the page's script does it."""
    async with tower.shop.browser(name) as browser:
        headers = {"x-csrf-token": browser.csrf, "content-type": "application/json"}
        answer = await browser.http.post("/notificaciones", json=tower.service.browser(name), headers=headers)
        assert answer.status_code == 204
