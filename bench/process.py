"""The process itself: how soon it is ready, and what it holds in memory before anybody comes."""

import asyncio
from collections.abc import AsyncIterator
from statistics import median

from bench.figures import Figure, at_most
from bench.stand import Ground

SETTLE_S = 0.5


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    times, sizes = [], []
    async with ground.stand() as stand:
        for _ in range(ground.size.starts):
            async with stand.serving() as serving:
                times.append(serving.ready_s)
                await asyncio.sleep(SETTLE_S)
                sizes.append(serving.rss_mb)
    yield Figure("ready after start", median(times), "s", aim=at_most(1.5))
    yield Figure("memory, idle", median(sizes), "MB", aim=at_most(120))
