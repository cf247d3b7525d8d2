"""The process itself: how soon it is ready, and what it holds in memory before anybody comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from statistics import median

from bench.figures import Figure, at_most
from bench.stand import Ground, Serving

SETTLE_S = 0.5


async def measure(ground: Ground) -> AsyncIterator[Figure]:
    async with ground.stand() as stand:
        waia = [await _started(stand.serving()) for _ in range(ground.size.starts)]
    bare = [await _started(ground.bare()) for _ in range(ground.size.starts)]
    ready_s, size_mb = (median(values) for values in zip(*waia, strict=True))
    bare_ready_s, bare_size_mb = (median(values) for values in zip(*bare, strict=True))
    yield Figure("ready after start", ready_s, "s", bare_ready_s, aim=at_most(1.5))
    yield Figure("memory, idle", size_mb, "MB", bare_size_mb, aim=at_most(120))


async def _started(starting: AbstractAsyncContextManager[Serving]) -> tuple[float, float]:
    """Seconds until it was ready, and MB that it holds then."""
    async with starting as serving:
        await asyncio.sleep(SETTLE_S)
        return serving.ready_s, serving.rss_mb
