"""Webhooks in any order inside the quiet window: the bot reads them as they were written, and decides once."""

import json
import time
from itertools import permutations
from pathlib import Path

from tests.road_world import inside
from tests.roads.bodies import text, value, webhook
from tests.roads.desk import publish, rule
from tests.roads.invariants import check_invariants

WORDS = ("primero", "segundo", "tercero")


async def test_in_every_order_of_arrival_the_bot_reads_them_by_metas_time(tmp_path: Path, sqlite_url: str) -> None:
    """F27: each order is another customer's."""
    orders = [f"57300222{number:04}" for number in range(6)]
    async with inside(tmp_path, sqlite_url, BUFFER_SECONDS="3") as road:
        await publish(road, rule("menu_principal", "iniciar", "¡Hola!"))
        written = time.time() - 60
        for place in range(len(WORDS)):
            said = [
                text(f"wamid.{phone}.{order[place]}", WORDS[order[place]], sender=phone, at=written + order[place])
                for phone, order in zip(orders, permutations(range(len(WORDS))), strict=True)
            ]
            assert await road.post(webhook(value(said))) == 200
        await road.calm()
        traces = await road.store.column("SELECT trace FROM decisions")
        assert len(traces) == len(orders)
        for trace in traces:
            read = trace if isinstance(trace, str) else json.dumps(trace)
            assert sorted(WORDS, key=read.index) == list(WORDS)
        await check_invariants(road)
