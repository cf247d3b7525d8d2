"""What admins must know of waia itself: told once for as long as it lasts, over by itself, seen in the banner and at
`/readyz`."""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, update

from tests.alerts.world import Watchtower, open_watchtower
from tests.chats.panel_world import NOW
from waia.chats.delivery_state import DeliveryState
from waia.chats.models import Message, OutboxItem
from waia.kit.disk import Disk
from waia.whatsapp.alerts_repository import begin_condition
from waia.whatsapp.models import InboxItem

APART = 16
"""Seconds after which everything is looked at again."""


async def test_each_trouble_is_told_once_and_is_over_by_itself(each_tower: Watchtower) -> None:
    tower = each_tower
    chat = await tower.shop.add_chat()
    await tower.look()
    assert await tower.open_alerts() == []
    long_ago = tower.clock.real() - timedelta(minutes=3)
    await tower.shop.add(
        InboxItem, lane="1:x", kind="message", dedupe_key="w", payload=b"{}", received_at=long_ago,
    )  # fmt: skip
    for number in range(5):
        await tower.shop.add_sent(
            chat, status=int(DeliveryState.FAILED), timestamp=NOW - timedelta(minutes=number), wamid=f"f{number}"
        )
    sent = await tower.shop.add_sent(chat, wamid=None)
    await tower.shop.add_outbox(chat, sent, "queued")
    await tower.look(seconds=APART)
    await tower.look(seconds=APART)
    assert sorted(await tower.open_alerts()) == ["inbox_waits", "outbox_waits", "sends_fail"]
    async with tower.shop.browser("beto") as beto, tower.shop.browser("ana") as ana:
        banner = (await beto.get("/avisos", "alerts")).page
        assert "esperan más de 2 min a que waia los lea" in banner.text("alerts")
        assert (await ana.get("/avisos", "alerts")).status == 404
        ready = (await beto.http.get("/readyz")).json()
        assert ready["status"] == "degraded"
        assert ready["checks"]["alerts"] == "3 open: inbox_waits, outbox_waits, sends_fail"
    await tower.shop.change(delete(InboxItem))
    await tower.shop.change(update(OutboxItem).values(state="sent"))
    await tower.look(minutes=40)
    assert await tower.open_alerts() == []
    assert sorted(await tower.all_alerts()) == ["inbox_waits", "outbox_waits", "sends_fail"]
    async with tower.shop.browser("beto") as beto:
        assert (await beto.http.get("/readyz")).json()["checks"]["alerts"] == "ok"


async def test_a_trouble_that_was_seen_comes_back_only_after_it_was_over(tower: Watchtower) -> None:
    chat = await tower.shop.add_chat()
    for number in range(5):
        await tower.shop.add_sent(chat, status=int(DeliveryState.FAILED), timestamp=NOW, wamid=f"f{number}")
    await tower.look()
    async with tower.shop.browser("beto") as beto:
        assert (await beto.act("POST", "/avisos/1/visto")).status == 200
    await tower.look(seconds=APART)
    assert (await tower.open_alerts(), await tower.all_alerts()) == ([], ["sends_fail"])
    await tower.shop.change(update(Message).values(status=int(DeliveryState.READ)))
    await tower.look(seconds=APART)
    await tower.shop.change(update(Message).values(status=int(DeliveryState.FAILED)))
    await tower.look(seconds=APART)
    assert await tower.open_alerts() == ["sends_fail"]


async def test_a_number_that_sends_again_is_well_by_itself(each_tower: Watchtower) -> None:
    tower = each_tower
    chat = await tower.shop.add_chat()
    sent = await tower.shop.add_sent(chat)
    await tower.shop.add_outbox(chat, sent, "sent")
    now = tower.clock.real()
    async with tower.shop.parts.database.writing() as tx:
        for number in ("1", "2"):
            told = {"kind": "sending_stopped", "text": "token", "severity": "critical", "phone_number_id": number}
            assert await begin_condition(tx, f"sending_stopped:{number}", **told, now=now)
            assert await begin_condition(tx, f"sending_stopped:{number}", **told, now=now) is None
    await tower.look()
    assert await tower.open_alerts() == ["sending_stopped"] * 2
    await tower.shop.change(update(OutboxItem).values(request_started_at=now + timedelta(seconds=1)))
    await tower.look(seconds=APART)
    assert await tower.open_alerts() == ["sending_stopped"]


async def test_a_disk_that_fills_up_is_told_before_it_is_full(tower: Watchtower, tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    story: tuple[tuple[int, list[str]], ...] = (
        (free // 100, []), (free // 2, ["disk_low"]), (free * 2, ["disk_full"]), (1, []),
    )  # fmt: skip
    for reserve, told in story:
        tower.give_disk(Disk(tmp_path, reserve))
        await tower.look(seconds=APART)
        assert await tower.open_alerts() == told


async def test_an_admin_who_looks_away_is_called_once_outside_of_quiet_hours(tmp_path: Path, database_url: str) -> None:
    async with open_watchtower(tmp_path, database_url, QUIET_HOURS="09:00-10:10", WAIA_LANG="es") as tower:
        async with tower.shop.browser("beto") as beto:
            headers = {"x-csrf-token": beto.csrf}
            await beto.http.post("/notificaciones", json=tower.service.browser("beto"), headers=headers)
        chat = await tower.shop.add_chat()
        for number in range(5):
            await tower.shop.add_sent(chat, status=int(DeliveryState.FAILED), timestamp=NOW, wamid=f"f{number}")
        await tower.look()
        assert tower.service.arrived == []
        await tower.look(minutes=12)
        assert tower.service.told("beto") == [
            "Fallaron 5 envíos o más en media hora. En cada chat, el mensaje rojo dice por qué."
        ]
        await tower.look(minutes=2)
        assert len(tower.service.arrived) == 1
