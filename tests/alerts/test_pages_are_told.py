"""Open pages: the row turns red for all who see it, the call is for those whose business it is."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chats.stream_world import Client, Office, connect, eventually, serving
from waia.kit.disk import Disk
from waia.push.parts import open_push
from waia.rules.book import Rules
from waia.workers.alerts import AlertsWorker
from waia.workers.conditions import Watch


@pytest.fixture
async def office(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Office]:
    office = await Office.open(tmp_path, migrated_file)
    yield office
    await office.database.close()


def called(client: Client) -> list[str]:
    """The names in the calls that ring and show a notification."""
    return [each["name"] for told in client.told if told.event == "attention" for each in json.loads(told.data)]


async def test_the_row_turns_red_for_all_and_the_call_is_for_the_owner_and_then_supervision(office: Office) -> None:
    rules = Rules(office.database, office.settings)
    watch = Watch(office.database, Disk(None, 0))
    push, idle = open_push(office.settings), timedelta(hours=12)
    worker = AlertsWorker(office.database, office.clock, rules, push, watch, idle)
    now = office.clock.business()
    mine = {"owner_id": office.users["ana"], "holder": "person"}
    async with serving(office) as server:
        ana, beto = await connect(office, server, "ana"), await connect(office, server, "beto")
        eleven = await office.add_chat("Once")
        await office.change_chat(eleven, **mine, unanswered_since=now - timedelta(minutes=11))
        await worker.step()
        foreign = await office.add_chat("Ajeno", role="admin")
        await office.change_chat(foreign, unanswered_since=now - timedelta(minutes=12))
        await worker.step()
        long_wait = await office.add_chat("Veinticinco")
        await office.change_chat(long_wait, **mine, unanswered_since=now - timedelta(minutes=25))
        await worker.step()
        await eventually(lambda: "Veinticinco" in called(ana), "ana is called")
        await eventually(lambda: "Veinticinco" in called(beto), "beto is called")
        assert called(ana) == ["Once", "Veinticinco"]
        assert called(beto) == ["Ajeno", "Veinticinco"]
        assert ana.html.count("toast--late") == 2
        await eventually(lambda: beto.html.count("row--late") >= 3, "all three rows are red")
        assert "row--late" in ana.html
        await push.close()
